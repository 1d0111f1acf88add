"""The calls of all workers together: nearly all that a platform allows, and never one more."""

import random
from collections import deque
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapshot_core.capture.take import take
from snapshot_core.connections.encryption import cipher
from snapshot_core.connections.platforms import Platforms
from snapshot_core.connections.rate_limit import RateLimit
from snapshot_core.connections.tokens import sealed
from snapshot_core.sources.contract import Grant
from snapshot_core.sources.rate import MAX_BURST_CALLS, Rate
from snapshot_core.store import connections
from snapshot_core.store.accounts import Account, add_account
from snapshot_core.store.database import Store
from snapshot_core.store.users import ensure_user
from tests.fakes.installation import SOURCE, Clock, settings_for
from tests.fakes.simulation import Simulation
from tests.fakes.tiktok import TikTok as Fake
from tests.fakes.tiktok_world import person
from tests.support.staged import NOON, installed

RATE = Rate(600, 60)
LATENCY = 0.2


def most_in_any(window: float, times: list[float]) -> int:
    """The most calls in any stretch of ``window`` seconds."""
    inside: deque[float] = deque()
    most = 0
    for at in sorted(times):
        inside.append(at)
        while inside[0] <= at - window:
            inside.popleft()
        most = max(most, len(inside))
    return most


@given(st.integers(1, 10_000), st.sampled_from([1.0, 60.0, 100.0]), st.integers(0, 2**32))
def test_no_stretch_of_time_holds_more_than_the_rate(calls: int, seconds: float, seed: int) -> None:
    rate, clock, at = Rate(calls, seconds), random.Random(seed), 0
    free = 0
    times = []
    for _ in range(300):
        at += int(clock.expovariate(1) * rate.step)
        free = max(free, at) + rate.step
        times.append(max(at, free - rate.step - (rate.burst - 1) * rate.step) / 1000)
    assert most_in_any(seconds, times) <= calls


def test_after_a_pause_some_calls_follow_at_once(database_url: str) -> None:
    store, clock = installed(database_url), Clock()
    limiter, began = RateLimit(store, clock), clock.now
    for _ in range(MAX_BURST_CALLS):
        limiter.wait("tiktok video/list", RATE)
    assert clock.now == began
    limiter.wait("tiktok video/list", RATE)
    assert clock.now == pytest.approx(began + RATE.step / 1000, abs=0.002)
    limiter.wait("another endpoint", RATE)
    assert clock.now == pytest.approx(began + RATE.step / 1000, abs=0.002)
    store.close()


def test_what_one_worker_is_told_holds_for_all(database_url: str) -> None:
    store, other, clock = installed(database_url), Store(database_url), Clock()
    RateLimit(store, clock).hold("tiktok video/list", RATE, 30)
    began = clock.now
    RateLimit(other, clock).wait("tiktok video/list", RATE)
    assert clock.now - began == pytest.approx(30, abs=0.01)
    RateLimit(other, clock).wait("tiktok video/list", RATE)
    assert clock.now - began == pytest.approx(30 + RATE.step / 1000, abs=0.01)
    store.close()
    other.close()


def connected(store: Store, fake: Fake, settings: Any, accounts: int, videos: int) -> list[Account]:
    """So many accounts with so many videos each, connected."""
    own_cipher = cipher(settings)

    def work(connection: Any) -> list[Account]:
        user = ensure_user(connection, "agency", NOON)
        made = []
        for number in range(1, accounts + 1):
            creator = person(number, videos=videos, now=NOON)
            fake.people.append(creator)
            account = add_account(
                connection,
                user.user_id,
                creator.username,
                "tiktok",
                NOON,
                external_id=creator.open_id,
            )
            grant = granted(fake, creator)
            connections.connect(connection, account.key, sealed(grant, own_cipher, NOON))
            made.append(account)
        return made

    return store.transact(work)


def granted(fake: Fake, creator: Any) -> Any:
    answer = fake.grant(creator)
    return Grant(
        answer["access_token"],
        NOON + answer["expires_in"],
        answer["refresh_token"],
        NOON + answer["refresh_expires_in"],
        frozenset(answer["scope"].split(",")),
        answer["open_id"],
    )


def night(tmp_path: Path, accounts: int, videos: int, workers: int) -> tuple[Fake, float]:
    """A night of captures on a simulated clock; the platform, and the seconds it took."""
    clock = Simulation(NOON)
    fake = Fake(clock.time)
    fake.access_lives = 30 * 86_400
    fake.before = lambda _call: clock.sleep(LATENCY)
    store = installed(f"sqlite:///{tmp_path / 'night.db'}")
    with fake.running() as base:
        settings = settings_for(fake, base, f"sqlite:///{tmp_path / 'night.db'}")
        waiting = deque(connected(store, fake, settings, accounts, videos))

        def worker() -> None:
            while waiting:
                try:
                    account = waiting.popleft()
                except IndexError:
                    return
                platforms = Platforms(store, settings, clock)
                taken = take(store, SOURCE, account, clock, trigger="nightly", platforms=platforms)
                assert (taken.status, taken.videos) == ("complete", videos)

        clock.run([worker] * workers)
    store.close()
    return fake, clock.time() - NOON


@pytest.mark.parametrize("accounts", [150, pytest.param(10_000, marks=pytest.mark.soak)])
def test_an_agency_uses_the_rate_and_is_never_sent_away(tmp_path: Path, accounts: int) -> None:
    fake, took = night(tmp_path, accounts, videos=100, workers=4)
    calls = [call.at for call in fake.called("video/list")]
    assert len(calls) == accounts * 5
    assert fake.sent_away == 0
    assert most_in_any(60, calls) <= 600
    # The first seconds of a burst and the last of an end that runs out are left aside.
    used = len(calls) / (600 / 60 * took)
    print(f"{accounts:,} accounts: {used:.1%} of the rate in {took / 60:.1f} simulated minutes")
    assert used >= 0.95
