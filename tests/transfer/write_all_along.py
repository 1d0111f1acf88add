"""Writes to a SQLite database every few milliseconds until a file is there.

Then it tells when each of its writes was done: what test_import_steps starts.
"""

import sqlite3
import sys
import time
from pathlib import Path


def main(path: str, stop: Path) -> None:
    """Write to the database at ``path`` until ``stop`` is there."""
    connection = sqlite3.connect(path, timeout=60, isolation_level=None)
    done: list[float] = []
    while not stop.exists():
        time.sleep(0.02)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE users SET time_zone = time_zone")
        connection.execute("COMMIT")
        done.append(time.monotonic())
        if len(done) == 1:
            print("begun", flush=True)
    print(*done)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
