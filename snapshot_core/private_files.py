"""Files and folders that only their owner may read, whatever the umask of the process."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

PRIVATE_FILE_MODE: Final = 0o600
PRIVATE_FOLDER_MODE: Final = 0o700
_OTHERS: Final = 0o077
"""The rights of everybody but the owner."""


def make_private_folder(folder: Path) -> None:
    """Make ``folder`` and what is missing above it; one that is there stays as it is."""
    if folder.is_dir():
        return
    make_private_folder(folder.parent)
    try:
        folder.mkdir(PRIVATE_FOLDER_MODE)
    except FileExistsError:
        if not folder.is_dir():  # another process may have been first
            raise
    else:
        folder.chmod(PRIVATE_FOLDER_MODE)


def private_opener(path: str, flags: int) -> int:
    """For `open`: a file that this makes is its owner's only."""
    is_new = not Path(path).exists()
    descriptor = os.open(path, flags, PRIVATE_FILE_MODE)
    if is_new:
        os.fchmod(descriptor, PRIVATE_FILE_MODE)  # the umask may have taken the owner's rights too
    return descriptor


def open_to_others(files: Iterable[Path]) -> list[Path]:
    """Those of ``files`` that are there and that anybody but their owner has rights to."""
    return [file for file in files if file.exists() and file.stat().st_mode & _OTHERS]


def make_private(files: Iterable[Path]) -> list[Path]:
    """Take the rights of others to ``files`` away, as far as this user may; those that changed."""
    changed = []
    for file in open_to_others(files):
        with suppress(PermissionError):  # another owns it
            file.chmod(PRIVATE_FILE_MODE)
            changed.append(file)
    return changed
