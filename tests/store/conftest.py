"""Empty stores, one for the tests of a module: what they write is to be undone."""

from collections.abc import Iterator
from typing import Any

import pytest

from snapshot_core.store.database import Store
from snapshot_core.store.schema import upgrade


@pytest.fixture(scope="module")
def sqlite_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """On SQLite."""
    yield from _store(f"sqlite:///{tmp_path_factory.mktemp('store') / 'growths.db'}")


@pytest.fixture(scope="module")
def postgres_store(postgres_server: Any) -> Iterator[Store]:
    """On PostgreSQL."""
    with postgres_server.fresh_database() as url:
        yield from _store(url)


def _store(url: str) -> Iterator[Store]:
    store = Store(url)
    upgrade(store)
    yield store
    store.close()
