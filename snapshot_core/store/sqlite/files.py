"""The files of a SQLite database: made by setting up alone, private, and watched while in use.

Beside the database stand its log (``-wal``), which holds the newest rows, and the log's index
(``-shm``). An open connection goes on writing to files that were moved or deleted, seen by nobody.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from snapshot_core.errors import SET_UP, StoreError
from snapshot_core.private_files import make_private_folder, private_opener

RESTART: Final = "Stop the dashboard and the job, then start them again."

FileNumber = tuple[int, int]
"""Device and inode: which file it is, whatever its path."""


@dataclass(frozen=True, slots=True)
class OpenFiles:
    """Which files are open; None for one that was not there."""

    database: FileNumber | None
    log: FileNumber | None
    index: FileNumber | None


@dataclass(frozen=True, slots=True)
class DatabaseFile:
    """A SQLite database by its path."""

    path: Path
    log: Path = field(init=False)
    """The write-ahead log."""
    index: Path = field(init=False)
    """The index of the log, shared by all who have the database open."""

    def __post_init__(self) -> None:
        # Here, and not whenever they are asked for: they are looked at in each transaction.
        real = self.path.resolve()  # SQLite puts them beside the file that a link leads to
        object.__setattr__(self, "log", real.with_name(f"{real.name}-wal"))
        object.__setattr__(self, "index", real.with_name(f"{real.name}-shm"))

    @property
    def all(self) -> tuple[Path, Path, Path]:
        """The database, and what stands beside it while it is open."""
        return self.path, self.log, self.index

    def has_log(self) -> bool:
        """Whether rows are in the log that may be in the database not yet."""
        try:
            return self.log.stat().st_size > 0
        except OSError:
            return False

    def make(self) -> None:
        """Make an empty database with its folder, where there is none. Raises `StoreError`.

        SQLite gives the files beside it the same rights.
        """
        if self.path.exists():
            return
        if self.has_log():
            raise StoreError(
                f"{self.log} is here and {self.path.name} is not. The log belongs to the database "
                "that was moved away: put that back, or move the log to it, then try again."
            )
        try:
            make_private_folder(self.path.parent)
            with open(self.path, "ab", opener=private_opener):
                pass
        except OSError as error:
            raise StoreError(
                f"The database {self.path} cannot be made ({error.strerror}). Let this user write "
                "its folder, or name another place in DATABASE_URL."
            ) from None

    def missing(self) -> str | None:
        """What to do where there is no database; None where there is one."""
        if self.path.exists():
            return None
        if not self.path.parent.is_dir():
            return (
                f"The folder {self.path.parent} of the database is not there. If it is on another "
                f"disk, mount that; to begin a new database, run: {SET_UP}"
            )
        return (
            f"There is no database at {self.path}. If it was moved, put it back; to begin a new "
            f"one, run: {SET_UP}"
        )

    def on_read_only_disk(self) -> bool:
        """Whether nothing can be written where the database lies."""
        try:
            return bool(os.statvfs(self.path).f_flag & os.ST_RDONLY)
        except OSError:
            return False

    def disk_is_full(self) -> bool:
        """Whether there is no room, or none for this user."""
        try:
            disk = os.statvfs(self.path.parent)
        except OSError:
            return False
        return disk.f_bavail * disk.f_frsize < 64 * 1024 or (disk.f_files > 0 == disk.f_favail)

    def unchangeable(self) -> bool:
        """Whether it can be read without the files beside it: nobody can write, nor has lately."""
        return self.on_read_only_disk() and not self.has_log()

    def written_ns(self) -> int | None:
        """When the database was last written; None where it is not there."""
        try:
            return self.path.stat().st_mtime_ns
        except OSError:
            return None

    def open_files(self) -> OpenFiles:
        """Which files stand at the paths now."""
        return OpenFiles(*map(_number, self.all))

    def change(self, known: OpenFiles) -> str | None:
        """What became of the files that are open, and what to do; None if nothing."""
        now = self.open_files()
        if now == known:
            return None
        if now.database is None:
            return self.missing()
        if now.database != known.database:
            return f"The database {self.path} was replaced by another while in use. {RESTART}"
        beside = ((self.log, now.log, known.log), (self.index, now.index, known.index))
        for file, number, was in beside:
            if was is not None and number != was:
                return (
                    f"{file}, a part of the database while it is open, was taken away. Put it "
                    f"back. If it is gone: {RESTART[0].lower()}{RESTART[1:]}"
                )
        return None


def _number(file: Path) -> FileNumber | None:
    try:
        status = file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status.st_dev, status.st_ino
