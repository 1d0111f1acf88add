"""The two worlds, and what runs in them."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from itertools import count

import pytest
from sqlalchemy import make_url

from snapshot_core.sources.registry import SOURCES
from tests.separation.worlds import World, make
from tests.support.postgres import Server
from tests.support.staged import Staged

Worlds = tuple[World, World]
"""Anna's installation with Boris in it, and without."""
Fresh = Callable[[bool, bool], World]
"""``(crowded, local)``: a copy of the world that `make` makes of them."""
Copy = Callable[[bool, bool], AbstractContextManager[World]]

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
def kind(request: pytest.FixtureRequest) -> str:
    """Of database."""
    return str(request.param)


@pytest.fixture(scope="session")
def sqlite_copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Each world is made once: two months of nights take seconds."""
    folder = tmp_path_factory.mktemp("worlds")
    numbers = count(1)

    @cache
    def made(crowded: bool, local: bool) -> World:
        return make(f"sqlite:///{folder / f'{crowded}-{local}.db'}", crowded, local)

    @contextmanager
    def copy(crowded: bool, local: bool) -> Iterator[World]:
        file = folder / f"{next(numbers)}.db"
        shutil.copy(made(crowded, local).url.removeprefix("sqlite:///"), file)
        with made(crowded, local).copied_to(f"sqlite:///{file}") as one:
            yield one

    return copy


@pytest.fixture(scope="session")
def postgres_copy(postgres_server: Server) -> Iterator[Copy]:
    """The same on PostgreSQL."""
    with ExitStack() as held:

        @cache
        def made(crowded: bool, local: bool) -> World:
            return make(held.enter_context(postgres_server.fresh_database()), crowded, local)

        @contextmanager
        def copy(crowded: bool, local: bool) -> Iterator[World]:
            template = make_url(made(crowded, local).url).database or ""
            with (
                postgres_server.fresh_database(template) as url,
                made(crowded, local).copied_to(url) as one,
            ):
                yield one

        yield copy


@pytest.fixture
def fresh(request: pytest.FixtureRequest, staged: Staged, kind: str) -> Iterator[Fresh]:
    """A copy of a world that a test may do with as it likes."""
    copy: Copy = request.getfixturevalue(f"{kind}_copy")
    with ExitStack() as held:
        yield lambda crowded, local: held.enter_context(copy(crowded, local))


@pytest.fixture
def worlds(fresh: Fresh) -> Worlds:
    """Where people log in."""
    return fresh(True, False), fresh(False, False)


@pytest.fixture
def local_worlds(fresh: Fresh) -> Worlds:
    """Where Anna is the user of the command line."""
    return fresh(True, True), fresh(False, True)
