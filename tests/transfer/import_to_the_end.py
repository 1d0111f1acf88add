"""Imports a file and tells after each step how far it is: what test_import_kill starts."""

import sys
import time
from pathlib import Path

from snapshot_core.store.database import Store
from snapshot_core.store.users import LOCAL_EMAIL, user_named
from snapshot_core.transfer import import_steps
from snapshot_core.transfer.import_file import import_file


def main(url: str, path: str, now: int) -> None:
    """Import ``path`` for the local user at the instant ``now``, in short steps."""
    import_steps.STEP_SECONDS = 0.05  # type: ignore[misc]
    import_steps.FIRST_STEP_ROWS = 200  # type: ignore[misc]
    store = Store(url)
    with store.read() as connection:
        user = user_named(connection, LOCAL_EMAIL)
    print("begin", time.monotonic(), flush=True)
    import_file(store, Path(path), user, now, progress=_tell)
    print("end", time.monotonic(), flush=True)


def _tell(done: int, total: int) -> None:
    if done:
        print("step", done, total, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
