"""Takes one capture, and waits in its middle for a line: what tests freeze and kill."""

import sys

from snapshot_core.capture.take import take
from snapshot_core.errors import Busy
from snapshot_core.store.accounts import accounts_of
from snapshot_core.store.database import Store
from tests.support.staged import Hands, Staged


def main(url: str, now: int) -> None:
    """Capture the first account of the first user at the instant ``now``."""
    store = Store(url)
    with store.read() as connection:
        account = accounts_of(connection, 1)[0]

    def wait(_account: object, number: int) -> None:
        if number == 1:
            print("in the middle", flush=True)
            sys.stdin.readline()

    try:
        take(store, Staged(between=wait), account, Hands(now), trigger="nightly")
        print("stored", flush=True)
    except Busy as error:
        print(error, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
