"""Imports a file and is killed when all of it is stored, before it learns of it."""

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

from snapshot_core.store.database import Store
from snapshot_core.store.users import LOCAL_EMAIL, user_named
from snapshot_core.transfer import import_steps
from snapshot_core.transfer.import_file import import_file


def main(url: str, path: str, now: int) -> None:
    """Import ``path`` for the local user at the instant ``now``."""
    import_steps.learn_step = _die  # type: ignore[attr-defined]
    store = Store(url)
    with store.read() as connection:
        user = user_named(connection, LOCAL_EMAIL)
    import_file(store, Path(path), user, now)


def _die(*_: object, **__: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
