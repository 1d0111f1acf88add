"""An API on a real database, with an account of forty nights and a clock that stands still."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import Connection
from starlette.testclient import TestClient

from api.app import create as create_api
from snapshot_core.identity.api_tokens import create
from snapshot_core.readings import ProfileReading, VideoReading
from snapshot_core.settings.table import Settings
from snapshot_core.sources.registry import SOURCES, load_settings
from snapshot_core.store.accounts import Account
from snapshot_core.store.database import Store
from snapshot_core.store.fold.write import refold
from snapshot_core.store.record_capture import Fetched, store_readings
from snapshot_core.store.users import ensure_user
from snapshot_core.windows import DAY
from tests.support import templates
from tests.support.readings import video_reading
from tests.support.staged import NOON, Hands, Staged
from tests.support.stock import local_accounts, make_account, stocked

NIGHTS = 40
HERE = "http://127.0.0.1"


@dataclass
class Api:
    """The API and the database under it."""

    app: FastAPI
    store: Store
    settings: Settings
    clock: Hands
    account: Account
    staged: Staged

    def token(
        self, *scopes: str, user_id: int = 1, days: int | None = 30, name: str = "test"
    ) -> str:
        """A token of a user; with both scopes if none is named."""
        wanted = scopes or ("read", "snapshot")
        now = self.clock.now
        return self.store.transact(lambda c: create(c, user_id, name, wanted, now, days))[1]

    def client(self, token: str | None = None) -> TestClient:
        """Shows ``token`` with every request; faults of ours are answers and do not raise."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return TestClient(self.app, HERE, headers=headers, raise_server_exceptions=False)

    def user(self, email: str) -> int:
        """One more user."""
        now = self.clock.now
        return self.store.transact(lambda c: ensure_user(c, email, now)).user_id


def night(number: int) -> dict[str, VideoReading]:
    """What the account listed on a night: ten videos, one of them published in the last week."""
    listed = range(10) if number > NIGHTS - 5 else range(9)
    return {
        f"v{n}": video_reading(
            f"v{n}",
            views=10_000 + 100 * (n + 1) * number,
            likes=1_000 + 10 * (10 - n) * number,
            comments=number,
            shares=None if n == 3 else n,
            title=f"Video {n}",
            published_at=NOON - (4 if n == 9 else 90 + n) * DAY,
        )
        for n in listed
    }


def fill(store: Store, account: Account, nights: int = NIGHTS) -> None:
    """Nights in a row, the last of them at noon."""

    def write(connection: Connection) -> None:
        for number in range(NIGHTS - nights, NIGHTS):
            at = NOON - (NIGHTS - 1 - number) * DAY
            profile, videos = ProfileReading(followers=5_000 + number), list(night(number).values())
            fetched = Fetched(at, at, "nightly", "complete", True, profile, videos)
            store_readings(connection, account.key, fetched)
        refold(connection, account.key)

    store.transact(write)


@pytest.fixture
def staged(monkeypatch: pytest.MonkeyPatch) -> Staged:
    """A source of the name "staged" that does what a test says."""
    source = Staged()
    monkeypatch.setitem(SOURCES, source.name, source)
    return source


def make_api(store: Store, url: str, staged: Staged, rate: int = 600) -> Api:
    """An API on ``store``, which has the local user and the account."""
    environ = {
        "DATABASE_URL": url,
        "TRUEGROWTH_TIME_ZONE": "Europe/Lisbon",
        "TRUEGROWTH_API_RATE": str(rate),
    }
    settings, clock = load_settings(environ, None), Hands()
    (account,) = local_accounts(store)
    return Api(create_api(settings, store, clock), store, settings, clock, account, staged)


def with_forty_nights(url: str) -> None:
    """Fill an empty database with the local user and the account."""
    with stocked(url) as store:
        fill(store, make_account(store, "creator_01", "staged"))


@contextmanager
def filled_api(url: str, staged: Staged) -> Iterator[Api]:
    """An API on a copy of the account."""
    templates.fill(url, with_forty_nights)
    store = Store(url)
    made = make_api(store, url, staged)
    yield made
    made.app.state.context.close()
    store.close()


@pytest.fixture
def sqlite_api(sqlite_url: str, staged: Staged) -> Iterator[Api]:
    """Where the database makes no difference."""
    with filled_api(sqlite_url, staged) as made:
        yield made


@pytest.fixture
def postgres_api(postgres_url: str, staged: Staged) -> Iterator[Api]:
    """The same on PostgreSQL."""
    with filled_api(postgres_url, staged) as made:
        yield made


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def api(request: pytest.FixtureRequest) -> Api:
    """On both databases."""
    made: Api = request.getfixturevalue(f"{request.param}_api")
    return made


@pytest.fixture
def client(api: Api) -> TestClient:
    """Shows a token with both scopes."""
    return api.client(api.token())


def all_pages(client: TestClient, address: str, name: str, **query: str | int) -> list[dict]:
    """The rows of all pages of a list."""
    rows: list[dict] = []
    params = dict(query)
    for _ in range(1_000):
        document = client.get(address, params=params).raise_for_status().json()
        rows += document[name]
        if document["next"] is None:
            return rows
        params["cursor"] = document["next"]
    raise AssertionError("the pages do not end")


def readings_file(path: Path, content: bytes) -> Path:
    """``content`` as a file."""
    path.write_bytes(content)
    return path
