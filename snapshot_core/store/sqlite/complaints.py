"""What is wrong with a SQLite database, where, and what to do."""

from snapshot_core.errors import SET_UP
from snapshot_core.store.sqlite.files import DatabaseFile

READ_ONLY = "is on a disk that is mounted read-only: it can be read, and nothing can be written"


def read_only(file: DatabaseFile) -> str:
    """That and why nothing can be written."""
    return f"The database {file.path} {READ_ONLY}. Mount it writable again."


def sqlite_complaint(name: str, text: str, file: DatabaseFile) -> str | None:
    """``name`` and ``text``: of SQLite's error. None where it is a fault of the program."""
    path, folder = file.path, file.path.parent
    if "no such table" in text:
        return f"The database {path} has no tables yet. Run: {SET_UP}"
    if "no such column" in text or "has no column named" in text:
        return f"The tables in {path} are of an older version. Run: {SET_UP}"
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")):
        return (
            f"Another process keeps {path} locked. Try again in a minute; if it stays so, "
            f"`fuser {path}` names the process."
        )
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return f"The database file {path} is damaged ({text}). Restore it from a backup."
    if not name.startswith(("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_IOERR")):
        return None
    if (missing := file.missing()) is not None:
        return missing
    if file.on_read_only_disk():
        if name.startswith("SQLITE_CANTOPEN"):
            return (
                f"The newest rows of {path} are in {file.log.name}, which cannot be read on a disk "
                "that is mounted read-only. Mount it writable again."
            )
        return read_only(file)
    if name == "SQLITE_FULL" or file.disk_is_full():
        return (
            f"There is no room left on the disk of {folder}, where the database is. Free some, "
            "then try again."
        )
    if name.startswith("SQLITE_IOERR"):
        return (
            f"The disk of {path} reports an error ({name}: {text}). Check its room, that no "
            "limit on the size of files or quota is reached, and what the system log says of it."
        )
    return (
        f"This user may not write {path}. SQLite also writes beside it: give them the file and its "
        f"folder {folder}, or start as their owner."
    )
