"""Looking for secrets where none may be: in all that a run of the suite has left behind.

The fakes' tokens all have a shape of their own, so a search for it finds any of them, wherever
it was written: databases with their logs, files, and what the processes logged.
"""

import mmap
import re
from pathlib import Path
from typing import Final

import psycopg

TOKEN: Final = (
    rb"(?:act|rft)\.[0-9a-f]{32}|secret-of-the-app|client-secret-of-the-tests"
    rb"|tg_\d+_\d+_[\w-]{43}"
)
TABLES: Final = ("connections", "authorizations", "accounts", "captures", "api_tokens", "videos")

_TOKEN: Final = re.compile(TOKEN)


def in_files(folder: Path) -> list[str]:
    """Where below ``folder`` a secret stands: ``path: the beginning of it``."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or not path.stat().st_size:
            continue
        with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, prot=mmap.PROT_READ) as text:
            if (hit := _TOKEN.search(text)) is not None:
                found.append(f"{path}: {hit[0][:8]!r}…")
    return found


def in_postgres(url: str) -> list[str]:
    """The tables of a PostgreSQL database that hold a secret."""
    pattern = TOKEN.decode()
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        there = {
            name
            for (name,) in connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            )
        }
        return [
            table
            for table in TABLES
            if table in there
            and connection.execute(
                f"SELECT 1 FROM {table} AS t WHERE t::text ~ %s LIMIT 1",
                [pattern],
            ).fetchone()
        ]
