"""The two worlds, and what runs in them."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from snapshot_core.sources.registry import SOURCES
from tests.core.staged import Staged
from tests.separation.worlds import World, world

Worlds = tuple[World, World]
"""Anna's installation with Boris in it, and without."""

LOGINS = {
    "TRUEGROWTH_OIDC_METADATA_URL": "https://login.example/.well-known/openid-configuration",
    "TRUEGROWTH_OIDC_CLIENT_ID": "one",
    "TRUEGROWTH_OIDC_CLIENT_SECRET": "two",
    "TRUEGROWTH_OIDC_REDIRECT_URI": "https://growth.example/oauth2callback",
    "TRUEGROWTH_ALLOWED_USERS": "@one.example, @two.example",
    "TRUEGROWTH_TIME_ZONE": "Europe/Lisbon",
}


@pytest.fixture
def staged(monkeypatch: pytest.MonkeyPatch) -> Staged:
    """The source that all accounts have."""
    source = Staged()
    monkeypatch.setitem(SOURCES, source.name, source)
    return source


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[str]]:
    """Two fresh databases of a kind."""
    if request.param == "sqlite":
        yield [f"sqlite:///{tmp_path / f'{n}.db'}" for n in range(2)]
        return
    server = request.getfixturevalue("postgres_server")
    with ExitStack() as stack:
        yield [stack.enter_context(server.fresh_database()) for _ in range(2)]


@pytest.fixture
def worlds(urls: list[str], staged: Staged) -> Iterator[Worlds]:
    """Where people log in."""
    with world(urls[0], crowded=True) as with_boris, world(urls[1], crowded=False) as without:
        yield with_boris, without


@pytest.fixture
def local_worlds(urls: list[str], staged: Staged) -> Iterator[Worlds]:
    """Where Anna is the user of the command line."""
    with (
        world(urls[0], crowded=True, local=True) as with_boris,
        world(urls[1], crowded=False, local=True) as without,
    ):
        yield with_boris, without
