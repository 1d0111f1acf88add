"""Cases that differ in logic alone: what they ask of a database is the same for all of them."""

from collections.abc import Sequence
from typing import Any

import pytest


def mostly_on_sqlite(names: str, cases: Sequence[Any]) -> pytest.MarkDecorator:
    """Every case on SQLite, and the last one on PostgreSQL too. ``names`` as of `parametrize`."""
    on_sqlite = [("sqlite", *case) for case in cases]
    on_postgres = pytest.param("postgres", *cases[-1], marks=pytest.mark.postgres)
    return pytest.mark.parametrize(
        f"database_url, {names}", [*on_sqlite, on_postgres], indirect=["database_url"]
    )
