"""Takes captures one after another until it is killed: what test_kill starts.

Tells on standard output when it begins to store one and when it has, so that a kill can be
aimed. Its clock jumps beyond the lease at every capture, so no dead one's is in the way.
"""

import sys
import time
from itertools import count

from snapshot_core.capture.take import take
from snapshot_core.connections.leases import LEASE_SECONDS
from snapshot_core.store.accounts import accounts_of
from snapshot_core.store.database import Store
from tests.support.staged import Hands, Staged


def main(url: str, start: int, videos: int) -> None:
    """Capture the first account of the first user, from the instant ``start`` on."""
    store = Store(url)
    with store.read() as connection:
        account = accounts_of(connection, 1)[0]
    for number in count():
        clock = Hands(start + number * (LEASE_SECONDS + 1))
        take(
            store, Staged(videos, between=_tell_the_end(videos)), account, clock, trigger="nightly"
        )
        print("stored", time.monotonic(), flush=True)


def _tell_the_end(videos: int):
    def between(_account: object, number: int) -> None:
        if number == videos:
            print("storing", time.monotonic(), flush=True)

    return between


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
