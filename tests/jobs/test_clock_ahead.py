"""A clock that is ahead for one night: then the job goes on as if that night were missing."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from jobs.heartbeat import HeartbeatWriter
from jobs.loop import Task, loop
from jobs.stop import Stop
from jobs.tasks.nightly import Nightly
from snapshot_core.capture.take import take
from snapshot_core.clock import FIRST_INSTANT, is_ahead
from snapshot_core.errors import ClockError, SourceError
from snapshot_core.periods import PERIODS
from snapshot_core.sources.contract import AccountRef
from snapshot_core.sources.registry import load_settings
from snapshot_core.store.accounts import account as account_of
from snapshot_core.store.ahead import captures_ahead, keep
from snapshot_core.store.captures import captures_of as captures_of_account
from snapshot_core.store.database import Store
from snapshot_core.store.heartbeats import heartbeat
from snapshot_core.view.overview import overview
from snapshot_core.view.videos_table import video_table
from snapshot_core.windows import DAY, HOUR
from tests.jobs.test_nightly import BERLIN, utc
from tests.store.test_ahead import FOLDED, rows_of
from tests.support.databases import mostly_on_sqlite
from tests.support.job_years import scheduler_by
from tests.support.staged import Hands, Staged, account_row, added, captures_of, installed

BEGIN = utc("2026-03-07T12:00:00+01:00")
WRONG_FROM, WRONG_UNTIL = utc("2026-03-10T12:00:00+01:00"), utc("2026-03-11T02:00:00+01:00")


class Machine:
    """A job that looks every hour of true time, by a clock that may be ahead."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock, self.true_time = store, Hands(BEGIN), BEGIN
        self.account = added(store)
        self.source = Staged()
        settings = load_settings(
            {"TRUEGROWTH_TIME_ZONE": "Europe/Berlin", "TRUEGROWTH_WORKERS": "1"}, None
        )
        self.beats = HeartbeatWriter(store, self.clock)
        self.job = Nightly(settings, store, self.clock, lambda _: self.source, heartbeat=self.beats)

    def live(self, until: int, ahead: int = 0) -> None:
        while self.true_time < until:
            self.clock.now = self.true_time + ahead
            self.job.run()
            self.true_time += HOUR
        self.clock.now = self.true_time

    def sleep(self, until: int) -> None:
        self.true_time = self.clock.now = until

    def ahead(self) -> list[int]:
        with self.store.read() as connection:
            account = account_of(connection, self.account.key)
            rows = captures_ahead(connection, account.user_id, [account], self.true_time)
        return [capture.captured_at for capture in rows]


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[Store]:
    """Of a machine that was off in that night."""
    with closing(installed(f"sqlite:///{tmp_path / 'twin.db'}")) as store:
        yield store


def shown(machine: Machine) -> list[Any]:
    """What the Overview and the Videos page show of the account."""
    now, seen = machine.true_time, list[Any]()
    with machine.store.read() as connection:
        account = account_of(connection, machine.account.key)
        for period in PERIODS:
            view = overview(connection, [account], account, period, now, BERLIN)
            seen += [view.window, view.history, view.videos, view.stale, view.cards, view.curves]
            table = video_table(connection, [account], period, now, BERLIN)
            seen += [(row.about.platform_id, row.line, row.growth, row.sparkline)
                     for row in table.rows]  # fmt: skip
    return seen


def folded(machine: Machine) -> list[Any]:
    with machine.store.read() as connection:
        return [rows_of(connection, machine.account.key, table) for table in FOLDED]


@mostly_on_sqlite("days", [(1,), (3,), (400,)])
def test_growth_is_ready_the_night_after_as_if_the_bad_one_were_missing(
    store: Store, twin: Store, days: int
) -> None:
    wrong, off = Machine(store), Machine(twin)
    wrong.live(WRONG_FROM)
    wrong.live(WRONG_UNTIL, ahead=days * DAY + 7)  # not of the same second as a later one
    off.live(WRONG_FROM)
    off.sleep(WRONG_UNTIL)
    dated = [at for at, *_ in captures_of(store, wrong.account.key) if at > WRONG_UNTIL]
    assert dated, "nothing was taken in the bad night"
    assert shown(wrong) == shown(off)  # before anybody has marked anything

    for machine in (wrong, off):
        machine.live(WRONG_UNTIL + HOUR)
    assert wrong.ahead() == dated
    served = [at for at, *_ in captures_of(store, wrong.account.key) if at not in dated]
    assert served[-1] == WRONG_UNTIL  # the night is taken as soon as the clock is right
    assert shown(wrong) == shown(off)
    assert folded(wrong) == folded(off)

    for machine in (wrong, off):
        machine.live(WRONG_UNTIL + 30 * HOUR)
    assert shown(wrong) == shown(off)
    seen = shown(wrong)
    assert seen[0].end == utc("2026-03-12T00:00:00+01:00")
    assert all(card.growth.growth is not None for name, card in seen[4].items()
               if name in ("views", "followers"))  # fmt: skip

    for machine in (wrong, off):  # their dates have come, and they are still not of them
        machine.live(WRONG_UNTIL + 5 * DAY)
        machine.sleep(WRONG_UNTIL + 402 * DAY)
        machine.live(WRONG_UNTIL + 403 * DAY)
    assert wrong.ahead() == dated
    assert shown(wrong) == shown(off)
    assert folded(wrong) == folded(off)


def test_a_failure_for_good_by_a_clock_that_was_ahead_holds_nobody(store: Store) -> None:
    machine = Machine(store)
    machine.live(WRONG_FROM)
    over = SourceError("The consent has ended.", permanent=True)
    machine.source.errors[machine.account.name] = over
    machine.live(WRONG_FROM + HOUR, ahead=400 * DAY)
    assert account_row(store, machine.account.key).blocked
    machine.source.errors.clear()
    machine.live(WRONG_UNTIL)
    row = account_row(store, machine.account.key)
    assert (row.blocked, row.failures) == (False, 0)
    machine.source.errors[machine.account.name] = over
    machine.live(WRONG_UNTIL + DAY)
    assert account_row(store, machine.account.key).blocked  # by a right clock


def test_a_walk_in_which_the_clock_is_put_back_is_not_stored_as_of_the_future(
    store: Store,
) -> None:
    machine = Machine(store)
    machine.live(WRONG_FROM)

    def put_back(_account: AccountRef, number: int) -> None:
        if number == 1:
            machine.clock.now = WRONG_FROM

    machine.source.between = put_back
    machine.clock.now = WRONG_FROM + 400 * DAY
    machine.job.run()
    machine.source.between = lambda _account, _number: None
    machine.live(WRONG_FROM + 20 * HOUR)
    good = [at for at, _, status, _ in captures_of(store, machine.account.key)
            if status != "failed" and at not in machine.ahead()]  # fmt: skip
    assert not any(is_ahead(at, machine.true_time) for at in good)
    assert good[-1] == utc("2026-03-11T00:00:00+01:00")


def test_a_heartbeat_that_is_dated_ahead_is_of_no_job_that_lives(store: Store) -> None:
    machine = Machine(store)
    machine.clock.now = BEGIN + 400 * DAY
    machine.beats.beat()
    with store.read() as connection:
        beat = heartbeat(connection)
    assert beat is not None
    assert beat.alive(machine.clock.now)
    assert not beat.alive(BEGIN)
    machine.clock.now = BEGIN
    machine.beats.beat()
    with store.read() as connection:
        assert (beat := heartbeat(connection)) is not None
    assert beat.alive(BEGIN)


class Turns(Stop):
    """Lets so many ticks pass, of ten minutes each."""

    def __init__(self, clock: Hands, ticks: int) -> None:
        super().__init__()
        self.clock, self.ticks = clock, ticks

    def wait(self, seconds: float) -> bool:
        self.clock.now += HOUR // 6
        self.ticks -= 1
        return self.ticks < 0


@pytest.mark.parametrize("days", [3, 365])
def test_a_clock_that_is_put_back_while_a_task_runs_silences_no_other(
    store: Store, days: int
) -> None:
    clock, ran = Hands(BEGIN + days * DAY), list[int]()

    def capture() -> None:
        if clock.now >= BEGIN + days * DAY:
            clock.now = BEGIN

    tasks = Task("retention", HOUR, lambda: ran.append(clock.now)), Task("captures", 10, capture)
    with scheduler_by(clock):
        loop(tasks, Turns(clock, 30), HeartbeatWriter(store, clock))
    assert len([at for at in ran if at < BEGIN + DAY]) >= 4  # hourly, in five hours


def test_where_the_clock_was_never_set_nothing_is_taken(store: Store) -> None:
    machine = Machine(store)
    machine.clock.now = FIRST_INSTANT - 1
    with pytest.raises(ClockError, match="before 2020"):
        machine.job.run()
    with pytest.raises(ClockError, match="before 2020"):
        take(store, Staged(), machine.account, machine.clock, trigger="manual")
    assert captures_of(store, machine.account.key) == []
    assert account_row(store, machine.account.key).attempted_at is None
    take(store, Staged(), machine.account, Hands(FIRST_INSTANT), trigger="manual")
    assert len(captures_of(store, machine.account.key)) == 1


def test_a_clock_behind_for_a_night_loses_nothing(store: Store) -> None:
    machine = Machine(store)
    machine.live(WRONG_FROM)
    before = captures_of(store, machine.account.key)
    machine.live(WRONG_UNTIL, ahead=-DAY)
    marked = [utc("2026-03-10T00:00:00+01:00")]
    machine.live(WRONG_UNTIL + 30 * HOUR)
    assert machine.ahead() == marked  # good, but nobody can know
    last = captures_of(store, machine.account.key)[-1]
    assert last[:3] == (utc("2026-03-12T00:00:00+01:00"), "nightly", "complete")
    with store.read() as connection:
        account = account_of(connection, machine.account.key)
        ahead = captures_ahead(connection, account.user_id, [account], machine.true_time)
    assert store.transact(partial(keep, chosen=ahead, now=machine.true_time)) == 1
    machine.live(WRONG_UNTIL + 60 * HOUR)
    assert machine.ahead() == []
    with store.read() as connection:
        counting = {each.captured_at for each in captures_of_account(connection, account.key)
                    if each.counts}  # fmt: skip
    assert counting >= {at for at, *_ in before}
