"""Kill -9 of the job at any moment of its night: nothing half, and the next run takes the rest."""

import random
import time
from contextlib import AbstractContextManager
from subprocess import Popen

import pytest

from snapshot_core.store.accounts import Account
from snapshot_core.store.database import Store
from snapshot_core.windows import DAY, HOUR
from tests.jobs.job_at_an_instant import VIDEOS
from tests.support.kills import begun, intact, kill_after, moment, series
from tests.support.programs import environment
from tests.support.staged import NOON, account_row, added, captures_of, halves, installed
from tests.support.waiting import PATIENCE_SECONDS

ACCOUNTS = 6
"""More than the job has workers."""


def job(url: str, now: int, *arguments: str) -> AbstractContextManager[Popen[str]]:
    return begun(["-m", "tests.jobs.job_at_an_instant", str(now), *arguments], environment(url))


def run_once(url: str, now: int) -> float:
    """A whole run at ``now``; seconds from the first account read to the last one stored."""
    lines: list[str] = []
    times: list[float] = []
    with job(url, now, "--once") as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            times.append(time.monotonic())
        assert process.wait(PATIENCE_SECONDS) == 0, lines
    return times[-1] - times[0] if times else 0.0  # where nothing was left to take


def nights(store: Store, account: Account) -> list[int]:
    """How many captures there are of each day, oldest first."""
    days = [at // DAY for at, _, status, _ in captures_of(store, account.key)]
    return [days.count(day) for day in sorted(set(days))]


@pytest.mark.parametrize(("seed", "kills"), series(few=2))
def test_killed_at_any_moment_the_next_run_takes_the_rest(
    database_url: str, seed: int, kills: int
) -> None:
    store, chance = installed(database_url), random.Random(seed)
    accounts = [added(store, f"account {number}") for number in range(ACCOUNTS)]
    run_once(database_url, NOON)
    length = run_once(database_url, NOON + DAY)
    unfinished = 0

    for number in range(kills):
        night = NOON + (number + 2) * DAY
        with job(database_url, night) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "storing\n"
            kill_after(process, moment(number, kills, chance, length))
        assert intact(store)
        for account in accounts:
            assert halves(store, account.key, night - HOUR) == []
        stored = sum(len(captures_of(store, account.key)) == number + 3 for account in accounts)
        unfinished += stored < ACCOUNTS

        leases = [account_row(store, account.key).lease_until or 0 for account in accounts]
        run_once(database_url, max(night, *leases) + 1)
        for account in accounts:
            assert halves(store, account.key, night - HOUR) == []
            assert nights(store, account) == [1] * (number + 3)

    assert all(halves(store, account.key) == [] for account in accounts)
    assert all(videos == VIDEOS for *_, videos in captures_of(store, accounts[0].key))
    store.close()
    print(f"{length:.2f} s a night, {unfinished} of {kills} kills before its end")
    assert unfinished > 0, "no kill fell into the night: make VIDEOS more"
