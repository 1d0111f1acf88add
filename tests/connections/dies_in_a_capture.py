"""Takes one capture and dies in it, as a machine without power does: what test_tokens starts.

It dies at the database, which is asked before, between and after what the platform hears:

    asked       the right to renew is stored, the platform has heard nothing
    answered    the platform has answered, and the new pair is about to be stored
    stored      the new pair is stored, and nothing was read with it
"""

import os
import sys
from typing import Any

from sqlalchemy import event

from snapshot_core.store.accounts import accounts_of
from snapshot_core.store.database import Store
from tests.fakes.installation import Clock, Installation, settings_for
from tests.fakes.tiktok import TikTok

DEAD = 9
MOMENTS = ("asked", "answered", "stored")


def main(url: str, base: str, now: int, moment: str) -> None:
    """Capture the first account of the first user at the instant ``now``."""
    store, clock = Store(url), Clock(now)
    with store.read() as connection:
        account = accounts_of(connection, 1)[0]
    seen: set[str] = set()

    def before(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if moment in seen:
            os._exit(DEAD)  # no farewell: what is not committed is gone
        if "UPDATE connections SET lease_owner" in statement:
            seen.add("asked")
        if "UPDATE connections SET scopes" in statement:
            if moment == "answered":
                os._exit(DEAD)
            seen.add("stored")

    for engine in (store.writer, store.reader):
        event.listen(engine, "before_cursor_execute", before)
    fake = TikTok(clock.time)
    Installation(fake, settings_for(fake, base, url), store, account, clock).take()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
