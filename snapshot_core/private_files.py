"""Files and folders that only their owner may read, whatever the umask of the process."""

import os
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


def open_to_others(file: Path) -> bool:
    """Whether anybody but its owner has rights to ``file``; no where there is none."""
    return file.exists() and bool(file.stat().st_mode & _OTHERS)
