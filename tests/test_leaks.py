"""The search for secrets finds them: in a file, in a SQLite database, in PostgreSQL."""

import sqlite3
from pathlib import Path

import psycopg
import pytest

from tests.support import leaks

SECRET = "act." + "0123456789abcdef" * 2
# Put together here, so that the search does not find this file's own compiled copy.


def test_in_files_and_databases(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("all is well\n")
    assert leaks.in_files(tmp_path) == []
    with sqlite3.connect(tmp_path / "one.db") as database:
        database.execute("CREATE TABLE connections (access_token TEXT)")
        database.execute("INSERT INTO connections VALUES (?)", [SECRET])
    database.close()
    (tmp_path / "log").write_text(f"asked with Bearer {SECRET}\n")
    assert [Path(hit.split(":")[0]).name for hit in leaks.in_files(tmp_path)] == ["log", "one.db"]
    for path in tmp_path.iterdir():  # the search over the whole run must not find these
        path.unlink()


@pytest.mark.postgres
def test_in_postgres(postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE connections (access_token TEXT)")
        assert leaks.in_postgres(postgres_url) == []
        connection.execute("INSERT INTO connections VALUES (%s)", [SECRET])
        connection.commit()
        assert leaks.in_postgres(postgres_url) == ["connections"]
        connection.execute("DROP TABLE connections")
