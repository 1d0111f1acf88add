"""Accounts that a platform's limit lets be read less often than their cadence says: not stale."""

from functools import partial

from snapshot_core.periods import PERIODS
from snapshot_core.sources.contract import Calls
from snapshot_core.store.accounts import account as account_of
from snapshot_core.store.accounts import set_cadence
from snapshot_core.store.captures import history_of
from snapshot_core.store.database import Store
from snapshot_core.store.installation_health import health_of_users
from snapshot_core.view.overview import overview
from snapshot_core.windows import DAY, HOUR
from snapshot_core.zones import UTC
from tests.support.databases import mostly_on_sqlite
from tests.support.job_weeks import job
from tests.support.staged import NOON, Hands, Staged, added

NIGHTS_AND_TWO_MORE = Calls(a_day=8, fixed=1, videos_per_page=20, recent=1)
EVERY_THIRD_NIGHT = Calls(a_day=1, fixed=2, videos_per_page=20, recent=1)
ENOUGH = Calls(a_day=10_000, fixed=1, videos_per_page=20, recent=1)


def stale(store: Store, now: int) -> set[bool]:
    """What is said of it: on the pages and in the API, and to who keeps the installation."""
    with store.read() as connection:
        (account,) = (account_of(connection, (1, 1)),)
        view = overview(connection, [account], account, PERIODS[0], now, UTC)
        (user,) = health_of_users(connection, now)
        assert history_of(connection, account.key, now).last_complete is not None
    return {view.stale, user.stale == 1}


@mostly_on_sqlite(
    "calls, cadence, latest_hours",
    [
        (NIGHTS_AND_TWO_MORE, "hourly", 48),
        (EVERY_THIRD_NIGHT, "hourly", 144),
        (EVERY_THIRD_NIGHT, "nightly", 144),
        (ENOUGH, "hourly", 3),
        (ENOUGH, "nightly", 49),
    ],
)
def test_it_is_stale_when_its_own_plan_is_not_kept_to(
    store: Store, calls: Calls, cadence: str, latest_hours: int
) -> None:
    account, clock = added(store), Hands(NOON)
    store.transact(partial(set_cadence, key=account.key, cadence=cadence))
    nightly = job(store, clock, Staged(calls=calls))
    for clock.now in range(NOON, NOON + 6 * DAY, HOUR):
        nightly.run()
        assert stale(store, clock.now) == {False}
    first = next(
        hours for hours in range(1, 200) if stale(store, clock.now + hours * HOUR) == {True}
    )
    assert first <= latest_hours


def test_one_that_fails_is_stale_by_its_cadence(store: Store) -> None:
    account, clock, source = added(store), Hands(NOON), Staged(calls=ENOUGH)
    store.transact(partial(set_cadence, key=account.key, cadence="hourly"))
    nightly = job(store, clock, source)
    nightly.run()
    source.errors = {account.name: OSError("Down.")}
    for clock.now in range(NOON + 60, NOON + 4 * HOUR, 600):
        nightly.run()
    assert stale(store, clock.now) == {True}


def test_another_cadence_is_followed_at_once(store: Store) -> None:
    account, clock = added(store), Hands(NOON)
    store.transact(partial(set_cadence, key=account.key, cadence="hourly"))
    job(store, clock, Staged(calls=EVERY_THIRD_NIGHT)).run()
    with store.read() as connection:
        assert account_of(connection, account.key).cadence_seconds > DAY
    store.transact(partial(set_cadence, key=account.key, cadence="6h"))
    with store.read() as connection:
        assert account_of(connection, account.key).cadence_seconds == 6 * HOUR
