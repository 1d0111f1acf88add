"""Setting up: everything a first start needs, and nothing a second time."""

from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from snapshot_core.capture.first_start import SetupReport, set_up
from snapshot_core.errors import SourceError
from snapshot_core.growth.completeness import Scope
from snapshot_core.growth.rounding import EXACT, Rounding
from snapshot_core.periods import PERIODS
from snapshot_core.readings import ProfileReading
from snapshot_core.settings.secret_key import key_file, make_secret_key
from snapshot_core.settings.table import Settings
from snapshot_core.sources.contract import AccountRef, Listing, Source
from snapshot_core.sources.registry import load_settings, source
from snapshot_core.sources.sample import ACCOUNT_NAME
from snapshot_core.store.accounts import (
    Account,
    account_named,
    accounts_of,
    add_account,
    remove_account,
)
from snapshot_core.store.database import Store
from snapshot_core.store.keys import of
from snapshot_core.store.schema import upgrade
from snapshot_core.store.tables import captures
from snapshot_core.store.users import LOCAL_EMAIL, ensure_user, user_named
from snapshot_core.view.account_growth import account_growth
from snapshot_core.windows import DAY, local_date, midnight
from tests.support.readings import video_reading

NOW = 1_760_000_000 + 15 * 3_600


@pytest.fixture
def settings(database_url: str) -> Settings:
    return load_settings(
        {"DATABASE_URL": database_url, "TRUEGROWTH_TIME_ZONE": "America/New_York"}, None
    )


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    store = Store(settings.database_url)
    yield store
    store.close()


class Steady(Source):
    """A source with one video; or, if it is broken, with none."""

    name = label = "steady"
    metrics = dict.fromkeys(("views",), Rounding.EXACT)
    scopes: frozenset[Scope] = frozenset({"complete"})

    def __init__(self, *, broken: bool = False, permanent: bool = False) -> None:
        self.broken, self.permanent = broken or permanent, permanent
        self.asked = 0

    def read(self, account: AccountRef, scope: Scope, now: int) -> Listing:
        self.asked += 1
        if self.broken:
            message = "The platform is away. Try again later."
            raise SourceError(message, permanent=self.permanent)
        return Listing(ProfileReading(), iter([video_reading("v1", 7)]))


def sources(**others: Source) -> Callable[[str], Source]:
    return lambda name: others[name] if name in others else source(name)


def at(now: int) -> Callable[[], int]:
    return lambda: now


def failures(report: SetupReport) -> dict[str, str]:
    return {one.account.name: str(one.error) for one in report.baselines if one.error is not None}


def accounts(store: Store) -> list[Account]:
    with store.read() as connection:
        return accounts_of(connection, user_named(connection, LOCAL_EMAIL).user_id)


def add(store: Store, name: str, of_source: str) -> Account:
    return store.transact(lambda connection: add_account(connection, 1, name, of_source, NOW))


def test_the_first_start_shows_a_filled_sample_account(store: Store, settings: Settings) -> None:
    report = set_up(store, settings, at(NOW))

    with store.read() as connection:
        assert user_named(connection, LOCAL_EMAIL).email == LOCAL_EMAIL
    assert (report.nights, report.baselines) == (89, [])
    (sample,) = accounts(store)
    assert (sample.name, sample.source, sample.created_at) == (ACCOUNT_NAME, "sample", NOW)
    with store.read() as connection:
        for period in PERIODS:
            growth = account_growth(connection, sample.key, period, NOW, ZoneInfo("UTC"), EXACT)
            assert growth.windows.window is not None
            assert growth.now["views"].growth > 0
            assert growth.before is not None


def test_the_sample_was_captured_at_local_midnights(store: Store, settings: Settings) -> None:
    set_up(store, settings, at(NOW))
    (sample,) = accounts(store)
    with store.read() as connection:
        taken = connection.execute(select(captures).where(of(captures, sample.key))).all()
    zone = settings.time_zone
    assert all(
        one.captured_at == midnight(local_date(one.captured_at, zone), zone) for one in taken
    )
    assert {(one.trigger, one.scope) for one in taken} == {("sample", "complete")}
    assert max(one.captured_at for one in taken) == midnight(local_date(NOW, zone), zone)


def test_a_second_start_changes_nothing(store: Store, settings: Settings) -> None:
    set_up(store, settings, at(NOW))
    report = set_up(store, settings, at(NOW + DAY))
    assert (report.nights, report.baselines) == (0, [])
    with store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(captures)) == 89
    assert len(accounts(store)) == 1


def test_a_removed_sample_account_does_not_come_back(store: Store, settings: Settings) -> None:
    set_up(store, settings, at(NOW))
    (sample,) = accounts(store)
    store.transact(lambda connection: remove_account(connection, sample.key))
    assert set_up(store, settings, at(NOW + DAY)).nights == 0
    assert accounts(store) == []


def test_whoever_has_accounts_needs_no_sample(store: Store, settings: Settings) -> None:
    upgrade(store)
    store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, NOW))
    mine = add(store, "mine", "csv")
    assert set_up(store, settings, at(NOW)).nights == 0
    assert accounts(store) == [mine]
    store.transact(lambda connection: remove_account(connection, mine.key))
    assert set_up(store, settings, at(NOW)).nights == 0


def test_every_account_without_a_capture_gets_its_baseline(
    store: Store, settings: Settings
) -> None:
    set_up(store, settings, at(NOW))
    add(store, "mine", "steady")
    add(store, "from a file", "csv")
    report = set_up(store, settings, at(NOW + 60), sources(steady=Steady()))
    (taken,) = report.baselines
    assert taken.account.name == "mine"
    assert (taken.captured_at, taken.status, taken.videos) == (NOW + 60, "complete", 1)
    with store.read() as connection:
        mine = account_named(connection, 1, "mine")
        (stored,) = connection.execute(select(captures).where(of(captures, mine.key)))
    assert stored.trigger == "baseline"
    assert not set_up(store, settings, at(NOW + 120), sources(steady=Steady())).baselines


def test_a_baseline_that_fails_is_told_and_stops_nobody(store: Store, settings: Settings) -> None:
    set_up(store, settings, at(NOW))
    for name in ("broken", "steady", "newer than this program"):
        add(store, name, name)
    both = sources(broken=Steady(broken=True), steady=Steady())
    report = set_up(store, settings, at(NOW + 60), both)
    assert [one.account.name for one in report.baselines if one.error is None] == ["steady"]
    errors = failures(report)
    assert set(errors) == {"broken", "newer than this program"}
    assert errors["broken"] == "The platform is away. Try again later."
    assert "no source 'newer than" in errors["newer than this program"]
    assert "Update Truegrowth" in errors["newer than this program"]
    again = set_up(store, settings, at(NOW + 120), sources(broken=Steady(), steady=Steady()))
    taken = [one.account.name for one in again.baselines if one.error is None]
    assert taken == ["broken"]


def test_who_must_act_first_is_not_asked_again_at_each_start(
    store: Store, settings: Settings
) -> None:
    set_up(store, settings, at(NOW))
    add(store, "revoked", "revoked")
    add(store, "away", "away")
    revoked, away = Steady(permanent=True), Steady(broken=True)
    both = sources(revoked=revoked, away=away)
    assert set(failures(set_up(store, settings, at(NOW + 60), both))) == {"revoked", "away"}
    assert set(failures(set_up(store, settings, at(NOW + 120), both))) == {"away"}
    assert (revoked.asked, away.asked) == (1, 2)


def test_files_that_others_can_read_become_private_and_are_named(sqlite_url: str) -> None:
    environ = {"DATABASE_URL": sqlite_url, "TRUEGROWTH_TIME_ZONE": "UTC"}
    settings = load_settings(environ, None)
    store = Store(sqlite_url)
    assert set_up(store, settings, at(NOW)).made_private == []
    database, log, index = store.files()
    make_secret_key(settings)
    key = key_file(settings)
    for file in (database, log, key):
        file.chmod(0o644)
    report = set_up(store, settings, at(NOW))
    assert report.made_private == [database, log, key]
    assert report.open_to_others == []
    modes = {file.stat().st_mode & 0o777 for file in (database, log, index, key)}
    assert modes == {0o600}
    store.close()
