"""Many processes on one account at once, some of them killed: nothing doubled, nothing lost."""

import signal
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from snapshot_core.capture.take import take
from snapshot_core.store.accounts import Account
from snapshot_core.store.database import Store
from snapshot_core.windows import DAY, HOUR, iso
from tests.capture.captures_in_a_crowd import VIDEOS
from tests.store.test_rhythms import taught
from tests.support.kills import begun, intact
from tests.support.staged import NOON, Hands, Staged, added, captures_of, halves, installed
from tests.support.waiting import PATIENCE_SECONDS

APART_SECONDS = 3 * HOUR
PROGRAM = ["-m", "tests.capture.captures_in_a_crowd"]


def captured(store: Store, account: Account, instants: range) -> None:
    for at in instants:
        take(store, Staged(VIDEOS), account, Hands(at), trigger="nightly")


def lessons(store: Store, account: Account) -> list[Any]:
    with store.read() as connection:
        return taught(connection, account.key)


def test_killed_while_it_learns_it_leaves_neither_capture_nor_lesson(database_url: str) -> None:
    store = installed(database_url)
    ours, other = added(store), added(store, "other")
    start = NOON - 4 * DAY
    learning = range(start, NOON, APART_SECONDS)
    captured(store, ours, learning)
    before, known = captures_of(store, ours.key), lessons(store, ours)
    assert known
    late = NOON + 13 * HOUR
    for _ in range(2):
        with begun([*PROGRAM, database_url, "dying", _clock(late), "1"]) as child:
            assert child.wait(PATIENCE_SECONDS) == -signal.SIGKILL
        assert (captures_of(store, ours.key), lessons(store, ours)) == (before, known)
        assert intact(store)
        store.transact(lambda c: _let_go(c, ours))
    night = range(late, late + 1)
    captured(store, ours, night)
    captured(store, other, learning)
    captured(store, other, night)
    assert lessons(store, ours) == lessons(store, other)
    assert halves(store, ours.key) == []
    store.close()


def _clock(at: int) -> str:
    """What makes the clock of the programs begin at an instant."""
    return str(at - int(time.monotonic()))


def _let_go(connection: Any, account: Account) -> None:
    """The lease of the dead one ends."""
    connection.exec_driver_sql("UPDATE accounts SET lease_until = NULL")


@pytest.mark.parametrize(
    "rounds", [4, *(pytest.param(400, marks=pytest.mark.soak) for _ in range(3))]
)
def test_all_at_once_nothing_is_doubled_or_lost(
    database_url: str, tmp_path: Path, rounds: int
) -> None:
    store = installed(database_url)
    account = added(store)
    lines = ["account,video_id,captured_at,views"]
    old = range(NOON - 9 * DAY, NOON - 8 * DAY, APART_SECONDS)
    lines += [f"{account.name},v{n},{iso(at)},{n + 1}" for at in old for n in range(VIDEOS)]
    (file := tmp_path / "old.csv").write_text("\n".join(lines))
    start = _clock(NOON)
    roles = ("nightly", "manual", "import", "ask")
    with ExitStack() as stack:
        each = [
            stack.enter_context(
                begun([*PROGRAM, database_url, role, start, str(rounds), str(file)])
            )
            for role in roles
        ]
        printed = [child.communicate(timeout=10 * PATIENCE_SECONDS)[0] for child in each]
        assert [child.returncode for child in each] == [0] * len(roles)
    stored = [line.split() for text in printed for line in text.splitlines()]
    told = sorted((int(words[1]), words[2]) for words in stored if words[0] == "stored")
    there = captures_of(store, account.key)
    assert told == [(at, status) for at, trigger, status, _ in there if trigger != "import"]
    assert len({at for at, _ in told}) == len(told) > 0
    assert {count for *_, count in there} == {VIDEOS}
    assert {status for _, _, status, _ in there} == {"complete"}
    assert len(there) - len(told) in (0, len(old))
    if any(words == ["imported"] for words in stored):
        assert len(there) - len(told) == len(old)
    assert halves(store, account.key) == []
    assert intact(store)
    store.close()
