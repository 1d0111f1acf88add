"""Accounts that are read beyond their nights, by a clock in the test's hand, on a real database."""

import logging
from collections import Counter
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from jobs.stop import Stop
from jobs.tasks.nightly import Nightly
from snapshot_core.errors import SourceError
from snapshot_core.sources.contract import Calls
from snapshot_core.sources.registry import load_settings
from snapshot_core.store.accounts import Account, set_cadence
from snapshot_core.store.database import Store
from snapshot_core.store.keys import of
from snapshot_core.store.source_loads import Load, stored_loads
from snapshot_core.store.tables import captures
from snapshot_core.windows import DAY, HOUR, instant
from tests.support.job_weeks import add_video
from tests.support.staged import Hands, Staged, added

BERLIN = ZoneInfo("Europe/Berlin")
MIDNIGHT = instant(datetime.fromisoformat("2026-11-22T00:00:00+01:00"))
WIDE = Calls(a_day=100_000, fixed=1, videos_per_page=20, recent=2)


def job(store: Store, clock: Hands, source: Staged) -> Nightly:
    settings = load_settings(
        {"TRUEGROWTH_TIME_ZONE": "Europe/Berlin", "TRUEGROWTH_WORKERS": "1"}, None
    )
    return Nightly(settings, store, clock, lambda _name: source, Stop())


def account_of(store: Store, cadence: str, name: str = "creator_01") -> Account:
    account = added(store, name)
    store.transact(lambda c: set_cadence(c, account.key, cadence))
    return account


def live(nightly: Nightly, clock: Hands, until: int, step: int = 600) -> None:
    while clock.now < until:
        nightly.run()
        clock.now += step


def log_of(store: Store, account: Account) -> list[tuple[str, str, str, str]]:
    """Local time, trigger, scope and status of each capture of an account."""
    columns = (captures.c[name] for name in ("captured_at", "trigger", "scope", "status"))
    with store.read() as connection:
        own = select(*columns).where(of(captures, account.key)).order_by(captures.c.captured_at)
        return [
            (datetime.fromtimestamp(at, BERLIN).strftime("%d %H:%M"), *words)
            for at, *words in connection.execute(own)
        ]


def post(store: Store, account: Account, at: int) -> None:
    """A video of the account that a capture has found."""
    store.transact(partial(add_video, account, at))


def test_every_six_hours(store: Store) -> None:
    clock, account = Hands(MIDNIGHT - HOUR), account_of(store, "6h")
    live(job(store, clock, Staged(calls=WIDE)), clock, MIDNIGHT + DAY + HOUR)
    assert log_of(store, account) == [
        ("21 23:00", "baseline", "complete", "complete"),
        ("22 00:00", "nightly", "complete", "complete"),
        ("22 06:00", "hourly", "complete", "complete"),
        ("22 12:00", "hourly", "complete", "complete"),
        ("22 18:00", "hourly", "complete", "complete"),
        ("23 00:00", "nightly", "complete", "complete"),
    ]


def test_a_launch_reads_the_newest_page_and_moves_no_window(store: Store) -> None:
    clock, account = Hands(MIDNIGHT + 7 * HOUR), account_of(store, "adaptive")
    nightly = job(store, clock, Staged(calls=WIDE))
    nightly.run()
    post(store, account, MIDNIGHT + 7 * HOUR - 1_200)
    live(nightly, clock, MIDNIGHT + 20 * HOUR)
    # Learned in the first seven days, so every three hours; 8 h, 12 h are near one of them.
    assert log_of(store, account) == [
        ("22 07:00", "baseline", "complete", "complete"),
        ("22 07:40", "hourly", "recent", "partial"),
        ("22 08:40", "hourly", "recent", "partial"),
        ("22 09:00", "hourly", "complete", "complete"),
        ("22 09:40", "hourly", "recent", "partial"),
        ("22 10:40", "hourly", "recent", "partial"),
        ("22 12:00", "hourly", "complete", "complete"),
        ("22 12:40", "hourly", "recent", "partial"),
        ("22 15:00", "hourly", "complete", "complete"),
        ("22 18:00", "hourly", "complete", "complete"),
    ]


def test_a_source_that_says_nothing_of_calls_is_read_by_night(store: Store) -> None:
    clock, account = Hands(MIDNIGHT), account_of(store, "hourly")
    live(job(store, clock, Staged()), clock, MIDNIGHT + DAY)
    assert len(log_of(store, account)) == 1


def test_two_jobs_take_no_slot_twice(store: Store) -> None:
    clock, account = Hands(MIDNIGHT), account_of(store, "hourly")
    jobs = [job(store, clock, Staged(calls=WIDE)) for _ in range(3)]
    while clock.now < MIDNIGHT + 8 * HOUR:
        for each in jobs:
            each.run()
        clock.now += 900
    assert Counter(at[3:5] for at, *_ in log_of(store, account)) == {
        f"{hour:02}": 1 for hour in range(8)
    }


def test_after_an_outage_what_was_missed_is_made_up_for_once(store: Store) -> None:
    clock, account = Hands(MIDNIGHT), account_of(store, "3h")
    nightly = job(store, clock, Staged(calls=WIDE))
    nightly.run()
    clock.now = MIDNIGHT + DAY + 10 * HOUR + 60
    live(nightly, clock, MIDNIGHT + DAY + 13 * HOUR)
    assert [line[:2] for line in log_of(store, account)] == [
        ("22 00:00", "baseline"), ("23 10:01", "nightly"), ("23 12:01", "hourly"),
    ]  # fmt: skip


def test_a_newest_page_that_fails_is_not_asked_for_again_and_blocks_nothing(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    clock, account = Hands(MIDNIGHT + 7 * HOUR), account_of(store, "adaptive")
    source = Staged(calls=WIDE)
    nightly = job(store, clock, source)
    nightly.run()
    post(store, account, MIDNIGHT + 7 * HOUR - 60)
    source.errors = {account.name: SourceError("Down.")}
    clock.now = MIDNIGHT + 8 * HOUR
    live(nightly, clock, MIDNIGHT + 8 * HOUR + 1_800, 60)
    source.errors = {}
    live(nightly, clock, MIDNIGHT + 10 * HOUR)
    assert [line[::3] for line in log_of(store, account)] == [
        ("22 07:00", "complete"),
        ("22 08:00", "failed"),
        ("22 09:00", "complete"),
    ]


def test_the_calls_of_a_platform_are_shared_and_the_night_comes_first(store: Store) -> None:
    names = [f"creator_{number:02}" for number in range(6)]
    accounts = [account_of(store, "hourly", name) for name in names]
    clock = Hands(MIDNIGHT)
    # 48 may be planned: 6 for the nights, 7 for the rest of each account.
    narrow = Calls(a_day=60, fixed=0, videos_per_page=20, recent=1)
    nightly = job(store, clock, Staged(calls=narrow))
    live(nightly, clock, MIDNIGHT + 3 * DAY, 1_800)
    for account in accounts:
        taken = log_of(store, account)
        assert sum(trigger != "hourly" for _, trigger, *_ in taken) == 3
        by_day = Counter(at[:2] for at, trigger, *_ in taken if trigger == "hourly")
        assert all(6 <= count <= 7 for count in by_day.values())
    with store.read() as connection:
        assert stored_loads(connection) == {"staged": Load(6, 18)}


@pytest.mark.parametrize("ahead", [HOUR, DAY, 3 * DAY, 365 * DAY])
def test_a_clock_that_was_ahead_holds_nothing_up(store: Store, ahead: int) -> None:
    clock, account = Hands(MIDNIGHT), account_of(store, "6h")
    nightly = job(store, clock, Staged(calls=WIDE))
    nightly.run()
    clock.now += ahead
    nightly.run()
    clock.now += 60
    nightly.run()
    clock.now = MIDNIGHT + 6 * HOUR + 30
    live(nightly, clock, MIDNIGHT + 19 * HOUR)
    told = [at for at, *_ in log_of(store, account) if at.startswith("22")]
    assert [at for at in told if at[3:5] in ("06", "12", "18")] == [
        "22 06:00", "22 12:00", "22 18:00",
    ]  # fmt: skip
