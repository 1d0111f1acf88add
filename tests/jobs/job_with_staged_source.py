"""A job of its own process whose source does as its account is called: what test_process starts."""

import sys
import threading
from collections.abc import Iterator

from jobs import __main__ as job
from snapshot_core.errors import SourceError
from snapshot_core.readings import VideoReading
from snapshot_core.sources.contract import AccountRef
from tests.support.readings import video_reading
from tests.support.staged import Staged


class Obedient(Staged):
    """Lists some videos; then hangs, crawls on for ever, fails or ends."""

    def _each(self, account: AccountRef, now: int) -> Iterator[VideoReading]:
        yield from super()._each(account, now)
        if account.name == "fails":
            raise SourceError("The platform is down. Wait.")
        never, number = threading.Event(), self.videos
        while account.name in ("hangs", "crawls"):
            print("in the middle", flush=True)
            never.wait(None if account.name == "hangs" else 0.01)
            number += 1
            yield video_reading(f"v{number}", views=1)


if __name__ == "__main__":
    job.CAPTURES_SECONDS = 1  # type: ignore[attr-defined]
    job.GRACE_SECONDS = 3600.0  # it ends by itself, or the test that waits for it fails
    sys.exit(job.main(sys.argv[1:], sources=lambda _name: Obedient()))
