"""What people copy of a SQLite database: the one file."""

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any


def rows_of_copy(path: Path, statement: str) -> list[Any]:
    """What ``statement`` finds in a ``cp`` of the file at ``path`` alone, which must be whole."""
    with TemporaryDirectory() as folder:
        copy = Path(folder, "copy.db")
        # In a process of its own: closing a copy here would give up the locks that this one holds.
        subprocess.run(["cp", path, copy], check=True)
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            return connection.execute(statement).fetchall()
