"""The job looks at the accounts whose time has come, and misses none of those that are due."""

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text, update

from jobs import looks as looks_module
from jobs.looks import FULL_LOOK_SECONDS, Looks
from snapshot_core.capture.take import take
from snapshot_core.errors import SourceError
from snapshot_core.sources.contract import Calls
from snapshot_core.store import ahead
from snapshot_core.store.accounts import (
    Account,
    block,
    note_connected,
    note_origin,
    set_cadence,
    set_paused,
    set_time_zone,
    unblock,
)
from snapshot_core.store.database import Store
from snapshot_core.store.due_accounts import NEVER, NextLook, accounts_to_look_at, note_looks
from snapshot_core.store.keys import of
from snapshot_core.store.retention import forget
from snapshot_core.store.tables import accounts
from snapshot_core.store.users import LOCAL_EMAIL, User
from snapshot_core.transfer.import_file import import_file
from snapshot_core.windows import DAY, HOUR
from tests.separation.test_statements import recorded
from tests.support.databases import mostly_on_sqlite
from tests.support.job_weeks import Weeks, job
from tests.support.staged import NOON, Hands, Staged, account_row, added, captures_of, installed

WIDE = Calls(a_day=1_000_000, fixed=1, videos_per_page=20, recent=1)
NARROW = Calls(a_day=70, fixed=1, videos_per_page=20, recent=1)
YEARS = 20 * 365 * DAY


def looks_of(store: Store) -> Looks:
    return Looks(store, job(store, Hands(), Staged(calls=WIDE)).schedule)


def names(looks: Looks, now: int) -> list[str]:
    return [account.name for account in looks.due(now)]


def to_look_at(store: Store, now: int) -> list[str]:
    with store.read() as connection:
        return [account.name for account in accounts_to_look_at(connection, now)]


@pytest.fixture
def never_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """No account is found but by what is noted of it."""
    monkeypatch.setattr(looks_module, "FULL_LOOK_SECONDS", YEARS)


def test_a_look_asks_those_alone_whose_time_has_come(store: Store) -> None:
    every = [added(store, f"creator_{number:02}") for number in range(12)]
    clock = Hands()
    nightly = job(store, clock, Staged(calls=WIDE))
    nightly.run()
    assert to_look_at(store, NOON + 60) == []
    store.transact(lambda c: set_cadence(c, every[3].key, "hourly"))
    assert to_look_at(store, NOON + 60) == ["creator_03"]
    clock.now = NOON + 60
    nightly.run()
    assert to_look_at(store, NOON + 60) == []
    assert to_look_at(store, NOON + HOUR) == ["creator_03"]
    assert len(to_look_at(store, NOON + 11 * HOUR)) == 12  # midnight in Berlin


def test_an_index_leads_to_them(store: Store) -> None:
    first = added(store)
    row = account_row(store, first.key)._mapping
    rows = [
        {**row, "account_id": number, "name": f"creator {number}", "look_at": NEVER - number}
        for number in range(2, 5_000)
    ]
    store.transact(lambda c: c.execute(insert(accounts), rows).rowcount)
    server = store.file is None
    if server:
        with store.write() as connection:
            connection.execute(text("ANALYZE accounts"))
    with store.read() as connection, recorded() as statements:
        accounts_to_look_at(connection, NOON)
        ahead.accounts_to_mark(connection, NOON, every=False)
    asked = [(statement, bound) for statement, bound in statements if "look_at <=" in statement]
    assert len(asked) == 2
    for statement, bound in asked:
        explain = f"{'EXPLAIN' if server else 'EXPLAIN QUERY PLAN'} {statement}"
        with store.read() as connection:
            plan = [str(each) for each in connection.exec_driver_sql(explain, bound)]
        assert any("ix_accounts_look_at" in step for step in plan), plan
        assert not any("SCAN accounts" in step or "Seq Scan on accounts" in step for step in plan)


def run(statement: Any, connection: Connection) -> int:
    return connection.execute(statement).rowcount


def _import(store: Store, account: Account, folder: Path) -> None:
    file = folder / "readings.csv"
    file.write_text(
        "account,platform,captured_at,video_id,views\n"
        f"{account.name},staged,2026-11-20T12:00:00Z,v1,5\n"
    )
    report = import_file(store, file, User(1, LOCAL_EMAIL, None), NOON)
    assert report.added, report


def _by_hand(store: Store, account: Account, _folder: Path) -> None:
    take(store, Staged(), account, Hands(NOON + 60), trigger="manual")


def _failing(store: Store, account: Account, _folder: Path) -> None:
    down = Staged(errors={account.name: SourceError("Down.")})
    with pytest.raises(SourceError):
        take(store, down, account, Hands(NOON + 60), trigger="manual")


def _marked(store: Store, account: Account, _folder: Path) -> None:
    assert store.transact(partial(ahead.mark_ahead, key=account.key, now=NOON - DAY))


def _dropped(store: Store, account: Account, _folder: Path) -> None:
    with store.read() as connection:
        chosen = ahead.captures_ahead(connection, account.user_id, [account], NOON - DAY)
    assert store.transact(partial(ahead.drop, chosen=chosen, now=NOON - DAY))


def _kept(store: Store, account: Account, _folder: Path) -> None:
    with store.read() as connection:
        chosen = ahead.captures_ahead(connection, account.user_id, [account], NOON - DAY)
    assert store.transact(partial(ahead.keep, chosen=chosen, now=NOON - DAY))


def _forgotten(store: Store, account: Account, _folder: Path) -> None:
    assert store.transact(lambda c: forget(c, account.key, NOON + 1))


def _set(work: Callable[..., object], *arguments: Any) -> Callable[[Store, Account, Path], None]:
    def change(store: Store, account: Account, _folder: Path) -> None:
        store.transact(lambda c: work(c, account.key, *arguments))

    return change


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_by_hand, id="a snapshot by hand"),
        pytest.param(_failing, id="one that fails"),
        pytest.param(_import, id="an import"),
        pytest.param(_marked, id="marked as ahead"),
        pytest.param(_dropped, id="dropped"),
        pytest.param(_kept, id="kept"),
        pytest.param(_forgotten, id="kept no longer"),
        pytest.param(_set(set_cadence, "3h"), id="cadence"),
        pytest.param(_set(set_time_zone, "Asia/Tokyo"), id="time zone"),
        pytest.param(_set(set_paused, True), id="paused"),
        pytest.param(_set(block, True), id="stopped"),
        pytest.param(_set(unblock), id="let go on"),
        pytest.param(_set(note_connected, "id", "@handle"), id="connected again"),
        pytest.param(_set(partial(note_origin, rounded=True)), id="rounded"),
    ],
)
def test_whatever_changes_an_account_makes_the_job_look_at_it(
    store: Store, tmp_path: Path, change: Callable[[Store, Account, Path], None]
) -> None:
    account = added(store)
    take(store, Staged(), account, Hands(NOON), trigger="manual")
    looks_of(store).due(NOON)
    assert to_look_at(store, NOON + 60) == []
    change(store, account, tmp_path)
    assert to_look_at(store, 0) == [account.name]


def test_what_was_decided_before_a_change_is_not_noted(store: Store) -> None:
    account = added(store)
    decided_by = account_row(store, account.key).look_at
    late = NextLook(account.key, decided_by, NOON + YEARS, None)
    for cadence in ("3h", "6h"):
        store.transact(partial(set_cadence, key=account.key, cadence=cadence))
        store.transact(partial(note_looks, looks=[late]))
        assert to_look_at(store, 0) == [account.name]
    present = NextLook(account.key, account_row(store, account.key).look_at, NOON, None)
    store.transact(partial(note_looks, looks=[present]))
    assert to_look_at(store, NOON - 1) == []


@mostly_on_sqlite("cadence, days", [*product(("nightly", "6h", "adaptive"), (1, 3, 365))])
def test_a_clock_that_was_ahead_has_noted_nothing_that_lasts(
    store: Store, never_at_all: None, cadence: str, days: int
) -> None:
    source, clock, account = Staged(calls=WIDE), Hands(NOON), added(store)
    store.transact(partial(set_cadence, key=account.key, cadence=cadence))
    nightly = job(store, clock, source)
    for lead in (0, days * DAY, 0):
        for minute in range(2):
            clock.now = NOON + 60 * minute + lead
            nightly.run()
    midnight = NOON + 11 * HOUR
    for clock.now in range(NOON + 120, midnight + 1, 60):
        nightly.run()
    counted = [at for at, *_ in captures_of(store, account.key) if at <= midnight]
    six = [NOON + 5 * HOUR] if cadence != "nightly" else []
    three = [NOON + 2 * HOUR, *six, NOON + 8 * HOUR]  # of an account in its first week
    assert counted == [NOON, *(three if cadence == "adaptive" else six), midnight]


@pytest.mark.parametrize("lead", [DAY, 3 * DAY, 365 * DAY])
def test_what_another_machine_has_noted_ahead_is_found_within_the_hour(
    store: Store, lead: int
) -> None:
    account, clock = added(store), Hands(NOON)
    nightly = job(store, clock, Staged(calls=WIDE))
    nightly.run()
    wrong = update(accounts).where(of(accounts, account.key)).values(look_at=NOON + lead)
    store.transact(partial(run, wrong))
    midnight = NOON + 11 * HOUR
    clock.now = midnight - FULL_LOOK_SECONDS
    nightly.run()
    clock.now = midnight
    nightly.run()
    assert captures_of(store, account.key)[-1][0] == midnight


def test_what_was_noted_before_a_start_is_decided_anew(store: Store) -> None:
    """As by another nightly hour, another zone, or a version that plans otherwise."""
    account = added(store)
    wrong = update(accounts).where(of(accounts, account.key)).values(look_at=NEVER)
    store.transact(partial(run, wrong))
    assert names(looks_of(store), NOON) == [account.name]


@pytest.fixture
def twins(tmp_path: Path) -> Iterator[list[Store]]:
    urls = [f"sqlite:///{tmp_path / name}.db" for name in ("one", "other")]
    with closing(installed(urls[0])) as one, closing(installed(urls[1])) as other:
        yield [one, other]


@pytest.mark.parametrize("calls", [WIDE, NARROW], ids=["wide", "narrow"])
def test_it_takes_what_it_would_take_if_it_always_looked_at_all(
    twins: list[Store], monkeypatch: pytest.MonkeyPatch, calls: Calls
) -> None:
    found = []
    for store, seconds in zip(twins, (0, YEARS), strict=True):
        monkeypatch.setattr(looks_module, "FULL_LOOK_SECONDS", seconds)
        found.append(Weeks(store, Random(1), calls).live(4, HOUR // 3))
    assert found[1] == found[0]
    assert sum(map(len, found[0])) > 60
