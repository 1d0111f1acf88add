"""The table of accounts says what their Overviews and Health say, and costs the same for many."""

from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.event import listen, remove

from snapshot_core.capture.schedule import Schedule
from snapshot_core.growth.gain_line import DayGrowth
from snapshot_core.periods import PERIODS, Period, period
from snapshot_core.store.accounts import Account
from snapshot_core.store.database import Store
from snapshot_core.view.account_state import HealthState
from snapshot_core.view.accounts_table import AccountsTable, accounts_table
from snapshot_core.view.health import health
from snapshot_core.view.overview import overview
from snapshot_core.windows import DAY, HOUR
from tests.support.readings import video_reading
from tests.support.stock import capture, local_accounts, make_account, stocked

BERLIN = ZoneInfo("Europe/Berlin")
MIDNIGHT = 1_700_002_800
"""2023-11-15T00:00 in Berlin."""
NOW = MIDNIGHT + 20 * DAY + 15 * HOUR
SCHEDULE = Schedule(BERLIN, time(0))


def nights(store: Store, name: str, *numbers: int, gain: int = 100) -> Account:
    """An account that was read on some nights, with two videos."""
    account = make_account(store, name, "sample")
    for number in numbers:
        published = {"published_at": MIDNIGHT - 3 * HOUR}
        views = {
            "a": video_reading(f"{name}-a", views=1_000 + gain * number, **published),
            "b": video_reading(f"{name}-b", views=50),
        }
        followers = 500 + 10 * number
        capture(store, account, MIDNIGHT + number * DAY, views, followers=followers)
    return account


def table(store: Store, chosen: Period = PERIODS[1], now: int = NOW) -> AccountsTable:
    with store.read() as connection:
        accounts = local_accounts(store)
        return accounts_table(connection, accounts, chosen, SCHEDULE, now, BERLIN)


def test_it_says_what_each_page_says(database_url: str) -> None:
    with stocked(database_url) as store:
        nights(store, "every", *range(21))
        nights(store, "gap", 0, 1, 2, 8, 15, 20, gain=-3)
        nights(store, "new", 19, 20)
        nights(store, "one", 20)
        nights(store, "old", 0, 1, 2, 3)
        make_account(store, "none", "sample")
        accounts = local_accounts(store)
        for chosen in (*PERIODS, period("2023-11-17..2023-11-20")):
            seen = table(store, chosen)
            with store.read() as connection:
                stands = health(connection, accounts, SCHEDULE, NOW).accounts
                for row, its_health in zip(seen.rows, stands, strict=True):
                    alone = overview(connection, accounts, row.account, chosen, NOW, BERLIN)
                    assert row.views == alone.cards["views"].growth
                    assert row.health == its_health
                    if chosen == PERIODS[1]:
                        followers = alone.cards["followers"].growth
                        alike: dict[str, Any] = {"since_tracking": None, "stale_since": None}
                        assert row.followers == replace(followers, **alike)
        (every, gap, new, one, old, none) = table(store).rows
    assert (every.views.growth, every.followers.growth, every.platform) == (700, 70, "Sample data")
    assert every.last_post == MIDNIGHT - 3 * HOUR
    assert [day.growth for day in every.days][:-1] == [100] * 13
    assert every.days[-1] == DayGrowth(every.days[-1].date, 0, 24.0, so_far=True)
    assert new.views.since_tracking is not None
    assert new.views.since_tracking.growth == 100
    assert (one.views.growth, one.followers.current, one.followers.growth) == (None, 700, None)
    assert (none.views.growth, none.followers.current, none.last_post) == (None, None, None)
    states = [row.state.state for row in (every, gap, new, one, old, none)]
    assert states == [HealthState.SAMPLE] * 4 + [HealthState.LATE, HealthState.EMPTY]


def test_many_cost_as_many_statements_as_few(tmp_path: Path) -> None:
    counted = []
    for accounts in (3, 60):
        with stocked(f"sqlite:///{tmp_path / str(accounts)}.db") as store:
            for number in range(accounts):
                nights(store, f"{number}", 5, 19, 20)
            statements: list[str] = []

            def note(*execution: object, statements: list[str] = statements) -> None:
                statements.append(str(execution[2]))

            listen(store.reader, "before_cursor_execute", note)
            rows = table(store).rows
            remove(store.reader, "before_cursor_execute", note)
            assert len(rows) == accounts
            counted.append(len(statements))
    assert counted[0] == counted[1] <= MAX_STATEMENTS + 1  # the accounts themselves


MAX_STATEMENTS = 17
