"""Databases that many tests begin with: each is made once and then copied."""

from collections.abc import Callable
from pathlib import Path

import psycopg
from sqlalchemy import URL, make_url

from tests.support.postgres import ROLE

Make = Callable[[str], object]
"""Fills the empty database at a URL, and leaves nobody connected to it."""

_files: dict[Make, bytes] = {}
_databases: dict[tuple[Make, str], str] = {}


def fill(url: str, make: Make) -> None:
    """Leave the empty database at ``url`` as ``make(url)`` would.

    ``make`` runs for the first database of a kind, which is kept as the template of the others. It
    must be a function of a module, for it stands for what it makes.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        _fill_file(Path(str(address.database)), url, make)
    else:
        _fill_database(address, url, make)


def _fill_file(file: Path, url: str, make: Make) -> None:
    if make in _files:
        file.touch(0o600)  # as setting up makes it
        file.write_bytes(_files[make])
        return
    make(url)
    assert not file.with_name(f"{file.name}-wal").exists(), "somebody is still connected"
    _files[make] = file.read_bytes()


def _fill_database(address: URL, url: str, make: Make) -> None:
    folder = str(address.query["host"])
    with psycopg.connect(
        host=folder, user="postgres", dbname="postgres", autocommit=True
    ) as superuser:

        def copy(template: str, name: str | None) -> None:
            statement = f"CREATE DATABASE {name} OWNER {ROLE} TEMPLATE {template}"
            superuser.execute(f"{statement} STRATEGY file_copy".encode())

        if template := _databases.get((make, folder)):
            superuser.execute(f"DROP DATABASE {address.database}".encode())
            copy(template, address.database)
            return
        make(url)
        template = f"template_{len(_databases) + 1}"
        copy(str(address.database), template)
        _databases[make, folder] = template
