"""A source needs nothing outside its own module but its place in the registry."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from snapshot_core.capture.take import take
from snapshot_core.connections.accounts import ask, receive
from snapshot_core.connections.platforms import Platforms
from snapshot_core.errors import InputError, SettingsError
from snapshot_core.maintenance.retention import keep_to_policy
from snapshot_core.settings.table import Settings
from snapshot_core.sources.registry import SOURCES, declared_settings, load_settings
from snapshot_core.store.accounts import Account
from snapshot_core.store.database import Store
from snapshot_core.store.tables import videos
from snapshot_core.store.users import LOCAL_EMAIL, ensure_user
from snapshot_core.view.connections import connection_views
from snapshot_core.windows import DAY
from tests.fakes.installation import CONNECT, Clock
from tests.fakes.toygram import KEEP_DAYS, Toygram, ToygramSettings
from tests.support.staged import NOON, believe, captures_of, installed

SOURCE = Toygram()
APP = {"TRUEGROWTH_TOYGRAM_CLIENT_ID": "bear", "TRUEGROWTH_TOYGRAM_CLIENT_SECRET": "honey"}


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SOURCES, SOURCE.name, SOURCE)


def settings_at(url: str = "sqlite:////nowhere", **more: str) -> Settings:
    key = {"TRUEGROWTH_SECRET_KEY": "a key of the tests that is long enough", "TZ": "UTC"}
    return load_settings({"DATABASE_URL": url, **key, **APP, **more}, None)


@pytest.fixture
def platforms(sqlite_url: str) -> Iterator[Platforms]:
    store = installed(sqlite_url)
    store.transact(lambda c: ensure_user(c, LOCAL_EMAIL, NOON))
    yield Platforms(store, settings_at(sqlite_url), Clock())
    store.close()


def connected(platforms: Platforms) -> Account:
    url = ask(platforms, SOURCE, 1, None, CONNECT, NOON)
    (state,) = parse_qs(urlsplit(url).query)["state"]
    return receive(platforms, 1, {"code": "c0de", "state": state}, NOON)


def test_its_settings_are_read_checked_and_told() -> None:
    names = [setting.name for setting in declared_settings()]
    assert names[-4:] == [
        f"TRUEGROWTH_TOYGRAM_{part}"
        for part in ("CLIENT_ID", "CLIENT_SECRET", "REDIRECT_URI", "AUTH_BASE")
    ]
    settings = settings_at(TRUEGROWTH_TOYGRAM_AUTH_BASE="https://toys.example/")
    assert settings.section(ToygramSettings).auth_base == "https://toys.example"
    assert "honey" not in repr(settings)
    with pytest.raises(SettingsError, match="Did you mean TRUEGROWTH_TOYGRAM_CLIENT_ID"):
        settings_at(TRUEGROWTH_TOYGRAM_CLIENTID="x")


def test_it_is_connected_and_read_with_its_token(platforms: Platforms) -> None:
    account = connected(platforms)
    assert (account.name, account.source, account.rounded) == ("Bear", "toygram", False)
    stored = take(
        platforms.store, SOURCE, account, Clock(NOON), trigger="manual", platforms=platforms
    )
    assert (stored.status, stored.videos) == ("complete", 1)
    assert titles(platforms.store) == ["token for c0de of bear"]


def test_its_access_is_renewed_when_it_ends(platforms: Platforms) -> None:
    account, later = connected(platforms), Clock(NOON + 2 * DAY)
    then = Platforms(platforms.store, platforms.settings, later)
    take(platforms.store, SOURCE, account, later, trigger="manual", platforms=then)
    assert titles(platforms.store) == ["token for c0de of bear, renewed"]


def titles(store: Store) -> list[str | None]:
    with store.read() as connection:
        return list(connection.scalars(select(videos.c.title)))


def test_what_its_access_allows_is_told_in_its_words(platforms: Platforms) -> None:
    account = connected(platforms)
    zone = platforms.settings.time_zone
    with platforms.store.read() as connection:
        (view,) = connection_views(connection, 1, [account], NOON, zone)
    assert (view.label, view.permissions) == ("Toygram", ["count its toys"])


def test_an_answer_goes_to_the_source_that_asked(platforms: Platforms) -> None:
    url = ask(platforms, SOURCE, 1, None, CONNECT, NOON)
    (state,) = parse_qs(urlsplit(url).query)["state"]
    with pytest.raises(InputError, match="does not belong"):
        receive(platforms, 1, {"code": "c", "state": state.replace("toygram", "tiktok")}, NOON)
    with pytest.raises(InputError, match="Toygram sent no code"):
        receive(platforms, 1, {"state": state}, NOON)


def test_its_readings_are_kept_as_long_as_it_says(platforms: Platforms) -> None:
    account = connected(platforms)
    for day in (0, KEEP_DAYS + 1):
        clock = Clock(NOON + day * DAY)
        then = Platforms(platforms.store, platforms.settings, clock)
        take(platforms.store, SOURCE, account, clock, trigger="manual", platforms=then)
    believe(platforms.store, clock())
    assert keep_to_policy(platforms.store, platforms.settings, clock()) == 1
    assert len(captures_of(platforms.store, account.key)) == 1
