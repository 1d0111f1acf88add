"""An account stays connected: through a year of nights, deaths, and two workers at once."""

import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, event, text, update

from snapshot_core.connections.accounts import remove
from snapshot_core.connections.leases import LEASE_SECONDS, RENEWAL_SECONDS
from snapshot_core.connections.tokens import STORE_ATTEMPTS
from snapshot_core.errors import SourceError, StoreError
from snapshot_core.store import connections, tables
from snapshot_core.store.database import Store
from snapshot_core.store.keys import of
from snapshot_core.windows import DAY
from tests.connections.dies_in_a_capture import DEAD, MOMENTS
from tests.fakes.installation import SOURCE, Clock, Installation, installation
from tests.fakes.scripted import LOST, Said
from tests.fakes.serve import Stage
from tests.fakes.tiktok import Call, TikTok
from tests.support.staged import account_row, captures_of
from tests.support.waiting import PATIENCE_SECONDS, wait_until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def at_home(
    database_url: str,
    stage: tuple[Stage, str],
    fake: TikTok,
    clock: Clock,
    without_pauses: None,
) -> Iterator[Installation]:
    """A connected account, on each kind of database."""
    with fake.on(stage[0]), installation(database_url, fake, stage[1], clock) as made:
        yield made


def renewals(fake: TikTok) -> list[Call]:
    calls = fake.called("oauth/token")
    return [call for call in calls if call.body["grant_type"] == "refresh_token"]


def token(here: Installation, rejected: str | None = None) -> str:
    with here.tokens() as tokens:
        return tokens.token(rejected)


# --- one worker


def test_an_access_token_is_used_until_shortly_before_its_end(
    here: Installation, clock: Clock
) -> None:
    first = token(here)
    clock.now += 7_000
    assert token(here) == first
    clock.now += 100
    assert token(here) != first
    assert len(renewals(here.fake)) == 1


def test_a_rejected_token_is_renewed_though_it_should_live(here: Installation) -> None:
    first = token(here)
    second = token(here, rejected=first)
    assert second != first
    assert token(here, rejected=first) == second  # of another who was told the same
    assert len(renewals(here.fake)) == 1


def test_a_token_that_lives_for_seconds_is_no_endless_renewal(here: Installation) -> None:
    here.fake.access_lives = 30
    here.clock.now += 7_200
    assert here.take().status == "complete"
    assert len(renewals(here.fake)) == 1


def test_the_new_pair_is_stored_before_it_is_used(here: Installation, clock: Clock) -> None:
    clock.now += 7_200
    stored: list[str] = []
    here.fake.before = lambda call: (
        stored.append(here.stored().access_token) if call.endpoint == "user/info" else None
    )
    here.take()
    assert stored == [here.stored().access_token]
    assert here.stored().generation == 2
    assert here.stored().lease_owner is None


def disconnect(here: Installation) -> None:
    this = of(tables.connections, here.account.key)
    here.store.transact(lambda c: c.execute(delete(tables.connections).where(this)).rowcount)


def test_a_pair_that_outlives_its_account_is_not_stored_as_that_of_the_next(
    here: Installation,
) -> None:
    """A new account may get the number of one that was removed."""
    old, key = here.stored(), here.account.key
    disconnect(here)
    here.clock.now += 1
    here.connect()
    next_one = here.stored()
    assert next_one.generation == old.generation
    assert not here.store.transact(lambda c: connections.renewed(c, key, old, old))
    assert here.stored() == next_one


def test_a_connection_that_ran_out_is_over_as_the_platform_says(
    here: Installation, clock: Clock
) -> None:
    clock.now += 181 * DAY
    with pytest.raises(SourceError, match="it was taken back or ran out") as raised:
        here.take()
    assert raised.value.permanent
    assert len(renewals(here.fake)) == 1
    assert account_row(here.store, here.account.key).blocked


@pytest.mark.parametrize("days", [-365, -1, 1, 365])
def test_ends_that_a_wrong_clock_has_noted_end_nothing(
    here: Installation, clock: Clock, days: int
) -> None:
    """A machine that starts with an old date, until the network tells it the time."""
    known = here.stored()
    wrong = {"access_until": known.access_until + days * DAY,
             "refresh_until": (known.refresh_until or 0) + (days - 180) * DAY}  # fmt: skip
    this = of(tables.connections, here.account.key)
    noted = update(tables.connections).where(this).values(wrong)
    here.store.transact(lambda c: c.execute(noted).rowcount)
    assert here.take().status == "complete"
    here.fake.access.clear()  # as time does to them
    clock.now += 1
    assert here.take().status == "complete"
    assert 0 <= (here.stored().refresh_until or 0) - (known.refresh_until or 0) < 60


def test_an_account_without_a_connection_says_so(here: Installation) -> None:
    disconnect(here)
    with pytest.raises(SourceError, match="not connected") as raised:
        here.take()
    assert raised.value.permanent


def test_a_renewal_that_fails_for_now_leaves_the_way_open(here: Installation, clock: Clock) -> None:
    clock.now += 7_200
    here.fake.script("oauth/token", *[Said(b"", 503)] * 4)
    with pytest.raises(SourceError) as raised:
        here.take()
    assert not raised.value.permanent
    clock.now += 1
    assert here.take().status == "complete"


def test_an_answer_that_is_lost_on_its_way_ends_the_consent_and_says_so(
    here: Installation, clock: Clock
) -> None:
    clock.now += 7_200
    here.fake.script("oauth/token", LOST)
    with pytest.raises(SourceError, match="Connect the account again") as raised:
        here.take()
    assert raised.value.permanent
    here.connect()
    clock.now += 1
    assert here.take().status == "complete"


def test_a_database_that_is_away_for_minutes_loses_no_pair(
    here: Installation, clock: Clock
) -> None:
    clock.now += 7_200
    away = iter(range(STORE_ATTEMPTS - 1))

    def fail(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "UPDATE connections SET scopes" in statement and next(away, None) is not None:
            raise StoreError("disk I/O error")

    event.listen(here.store.writer, "before_cursor_execute", fail)
    assert token(here) in here.fake.access
    assert len(renewals(here.fake)) == 1
    clock.now += 7_200
    assert token(here) in here.fake.access


def test_removing_an_account_ends_its_access_though_the_stored_token_ran_out(
    here: Installation, clock: Clock
) -> None:
    clock.now += 30 * DAY
    remove(here.platforms, SOURCE, here.account.key)
    assert here.fake.refresh == {}


def test_an_account_can_be_removed_though_its_tokens_cannot_be_read(here: Installation) -> None:
    object.__setattr__(here.settings, "secret_key", "another key than the one it was stored with")
    remove(here.platforms, SOURCE, here.account.key)
    assert not here.fake.called("oauth/revoke")


# --- a year


def die(here: Installation, moment: str) -> None:
    """A capture in a process of its own, which dies at that moment."""
    base, now = here.tiktok.api_base, str(here.clock())
    url = here.settings.database_url
    child = subprocess.run(
        [sys.executable, "-m", "tests.connections.dies_in_a_capture", url, base, now, moment],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert child.returncode == DEAD, child.stderr


def clear_text(here: Installation) -> list[str]:
    """Tokens that stand in the database as they are."""
    with here.store.read() as connection:
        tables = "SELECT * FROM connections", "SELECT message FROM captures"
        stored = str([connection.execute(text(each)).all() for each in tables])
    return [token for token in {*here.fake.access, *here.fake.refresh} if token in stored]


YEAR = pytest.param(365, 12, True, marks=pytest.mark.soak)
LAST_HALF = pytest.param(365, 6, False, marks=pytest.mark.soak)


@pytest.mark.parametrize(("nights", "deaths", "sliding"), [(40, 4, True), YEAR, LAST_HALF])
def test_nights_go_by_and_the_account_stays_connected_or_says_what_to_do(
    at_home: Installation, clock: Clock, nights: int, deaths: int, sliding: bool
) -> None:
    here, chance = at_home, random.Random(nights)
    here.fake.refresh_slides = sliding
    moments = dict(
        zip(
            sorted(chance.sample(range(1, nights), deaths)),
            [MOMENTS[number % 3] for number in range(deaths)],
            strict=True,
        )
    )
    start, reconnected, expected = clock.now, 0, 0
    for night in range(nights):
        clock.now = start + night * DAY
        moment = moments.get(night)
        if moment is not None:
            die(here, moment)
            clock.now += LEASE_SECONDS + 1
        until = here.stored().refresh_until or 0
        error: SourceError | None = None
        try:
            taken = here.take()
        except SourceError as raised:
            error = raised
        # Only what nobody could help: the answer died with the process, or the consent ended.
        assert (error is not None) == (moment == "answered" or until <= clock.now)
        if error is not None:
            assert error.permanent
            assert "Connect the account" in str(error)
            assert ("An earlier renewal was interrupted" in str(error)) == (moment == "answered")
            row = account_row(here.store, here.account.key)
            assert (row.blocked, row.last_error) == (True, str(error))
            reconnected += 1
            here.connect()
            clock.now += 1
            taken = here.take()
        expected += 1
        assert (taken.status, taken.videos) == ("complete", 3)
        assert here.stored().lease_owner is None
    whole = [
        capture for capture in captures_of(here.store, here.account.key) if capture[2] == "complete"
    ]
    assert len(whole) == expected == nights
    died = list(moments.values()).count("answered")
    assert reconnected == died if sliding else reconnected >= died
    assert clear_text(here) == []


# --- several workers


class Watched(Clock):
    """A clock that stands still; who waits lets others run, and is seen to wait."""

    def __init__(self, now: float, on_wait: Callable[[], object] = lambda: None) -> None:
        super().__init__(now)
        self.on_wait = on_wait

    def sleep(self, seconds: float) -> None:
        self.on_wait()
        threading.Event().wait(0.002)


def worker(here: Installation, clock: Clock, stack: ExitStack) -> Installation:
    """Another process's view of the same account: a store and a clock of its own."""
    store = Store(here.settings.database_url)
    stack.callback(store.close)
    return Installation(here.fake, here.settings, store, here.account, clock)


@pytest.mark.parametrize("rejected", [False, True])
@pytest.mark.parametrize("workers", [2, 6])
def test_of_workers_that_renew_at_once_one_asks_the_platform(
    at_home: Installation, workers: int, rejected: bool
) -> None:
    here, waits = at_home, threading.Semaphore(0)
    first = here.connect().access_token
    now = here.clock.now + (0 if rejected else 7_200)
    here.clock.now = now
    waiting = [threading.Event() for _ in range(workers)]

    def hold(call: Call) -> None:
        if call.endpoint == "oauth/token":  # until all the others are waiting for it
            for _ in range(workers - 1):
                assert waits.acquire(timeout=PATIENCE_SECONDS)

    def one(number: int, installation: Installation) -> str:
        def seen() -> None:
            if not waiting[number].is_set():
                waiting[number].set()
                waits.release()

        installation.clock = Watched(now, seen)
        return token(installation, first if rejected else None)

    here.fake.before = hold
    with ExitStack() as stack, ThreadPoolExecutor(workers) as pool:
        desks = [worker(here, here.clock, stack) for _ in range(workers)]
        got = [each.result() for each in [pool.submit(one, n, d) for n, d in enumerate(desks)]]
    assert len(set(got)) == 1
    assert got[0] in here.fake.access
    assert len(renewals(here.fake)) == 1
    assert here.stored().generation == 3
    here.fake.before = lambda _call: None
    here.clock.now += 7_200
    assert token(here) in here.fake.access  # the pair that is stored is the one alive


def test_a_worker_keeps_its_lease_however_long_the_platform_takes(at_home: Installation) -> None:
    here = at_home
    here.clock.now += 7_200
    held: list[int] = []

    def hold(call: Call) -> None:
        if call.endpoint == "oauth/token":
            for _ in range(6):
                here.clock.now += RENEWAL_SECONDS
                held.append(wait_until(lambda: lease_left(here) == LEASE_SECONDS))

    here.fake.before = hold
    assert token(here) in here.fake.access
    assert len(held) == 6
    assert here.stored().lease_owner is None


def lease_left(here: Installation) -> int:
    return (here.stored().lease_until or 0) - here.clock()


def test_a_walk_gets_its_token_though_the_database_is_away_for_some_tries(
    here: Installation, clock: Clock
) -> None:
    clock.now += 7_200
    away = iter(range(3))

    def fail(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "connections" in statement and next(away, None) is not None:
            raise StoreError("disk I/O error")

    for engine in (here.store.reader, here.store.writer):
        event.listen(engine, "before_cursor_execute", fail)
    assert here.take().status == "complete"
    assert next(away, None) is None


def test_a_worker_that_outlives_its_lease_with_the_only_pair_alive_keeps_the_connection(
    at_home: Installation,
) -> None:
    """The slow one has the platform's answer; the other is told that its token is dead."""
    here = at_home
    here.clock.now += 7_200
    answered, release = threading.Event(), threading.Event()

    def hold(call: Call) -> None:
        if call.endpoint == "oauth/token" and not answered.is_set():
            answered.set()
            assert release.wait(PATIENCE_SECONDS)

    here.fake.after = hold
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        slow = worker(here, Watched(here.clock.now), stack)
        done = pool.submit(token, slow)
        assert answered.wait(PATIENCE_SECONDS)

        def let_it_end() -> None:
            release.set()
            done.result(PATIENCE_SECONDS)

        other = worker(here, Watched(here.clock.now + LEASE_SECONDS + 1, let_it_end), stack)
        assert token(other) == done.result(PATIENCE_SECONDS)
    assert len(renewals(here.fake)) == 2
    here.clock.now += 7_200
    assert token(here) in here.fake.access


def test_a_worker_that_wakes_up_after_its_lease_takes_what_the_other_stored(
    at_home: Installation,
) -> None:
    """The slow one has not asked yet; when it does, its token is dead."""
    here = at_home
    here.clock.now += 7_200
    asking, release = threading.Event(), threading.Event()

    def hold(call: Call) -> None:
        if call.endpoint == "oauth/token" and not asking.is_set():
            asking.set()
            assert release.wait(PATIENCE_SECONDS)

    here.fake.before = hold
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        slow = worker(here, Watched(here.clock.now), stack)
        done = pool.submit(token, slow)
        assert asking.wait(PATIENCE_SECONDS)
        other = worker(here, Watched(here.clock.now + LEASE_SECONDS + 1), stack)
        new = token(other)
        release.set()
        assert done.result(PATIENCE_SECONDS) == new
    assert here.stored().generation == 2
    assert new in here.fake.access


def test_who_is_connected_again_meanwhile_keeps_the_new_connection(at_home: Installation) -> None:
    here = at_home
    here.clock.now += 7_200
    grants: list[str] = []

    def connect(call: Call) -> None:
        if call.body.get("grant_type") == "refresh_token" and not grants:
            grants.append("asked")
            grants[0] = here.connect().access_token

    here.fake.before = connect
    token(here)
    assert token(here) == grants[0]
