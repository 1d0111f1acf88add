"""Kill -9 in the middle of an import: nothing half is ever seen, and the next run completes it."""

import random
import signal
import subprocess
from contextlib import AbstractContextManager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from jobs.tasks.rhythms import PooledRhythms
from snapshot_core.periods import PERIODS
from snapshot_core.readings import ProfileReading
from snapshot_core.sources.registry import load_settings
from snapshot_core.store.accounts import LEASE_SECONDS, accounts_of, remove_account
from snapshot_core.store.database import Connection, Store
from snapshot_core.store.fold.write import refold
from snapshot_core.store.keys import of, readings_of
from snapshot_core.store.record_capture import Fetched, record
from snapshot_core.store.tables import captures, video_snapshots
from snapshot_core.store.users import LOCAL_EMAIL, User, ensure_user
from snapshot_core.transfer.import_file import import_file
from snapshot_core.view.documents.fields import json_object
from snapshot_core.view.documents.growth import Growth
from snapshot_core.view.overview import overview
from snapshot_core.windows import DAY, HOUR, iso
from tests.store.recording import undone
from tests.store.test_fold_write import folded
from tests.store.test_rhythms import every, taught, views_at
from tests.support.kills import begun, intact, series
from tests.support.readings import video_reading
from tests.support.staged import NOON, installed
from tests.support.waiting import PATIENCE_SECONDS

NIGHTS = 80
VIDEOS = 4


def long_file(path: Path, nights: range) -> Path:
    """Nights of two accounts, with videos that come and go, falls and corrections."""
    lines = ["account,video_id,published_at,captured_at,views,likes,followers"]
    for name in ("a", "b"):
        for night in nights:
            at = iso(NOON - (NIGHTS - night) * DAY)
            for video in range(VIDEOS):
                published = iso(NOON - (NIGHTS + 40 * video) * DAY)
                listed = (night // 7 + video) % 5 != 0
                views = 1_000 * video + 11 * night - (5 * night if night % 50 == 49 else 0)
                if listed:
                    lines.append(f"{name},v{video},{published},{at},{views},{night},")
            lines.append(f"{name},,,{at},,,{1_000 + night}")
    path.write_text("\n".join(lines))
    return path


def state_of(store: Store, user: User) -> list[Any]:
    """What is folded of each account, and the growth that is shown."""
    with store.read() as connection:
        return [
            _state(connection, user, account) for account in accounts_of(connection, user.user_id)
        ]


def _state(connection: Connection, user: User, account: Any) -> Any:
    view = overview(connection, [account], account, PERIODS[-1], NOON, ZoneInfo("UTC"))
    return account.name, folded(connection, account.key), json_object(Growth.of(view))


def importing(url: str, file: Path, now: int) -> AbstractContextManager[subprocess.Popen[str]]:
    return begun(["-m", "tests.transfer.import_to_the_end", url, str(file), str(now)])


def duration_in_a_child(url: str, file: Path) -> float:
    """Seconds from the first row read to the last one stored."""
    with importing(url, file, NOON) as child:
        lines = [line.split() for line in child.communicate()[0].splitlines()]
    assert (lines[0][0], lines[-1][0]) == ("begin", "end")
    assert len(lines) > 5, "it took too few steps: make NIGHTS more"
    return float(lines[-1][1]) - float(lines[0][1])


def forgotten(store: Store, user: User) -> None:
    """Remove what a run has imported, for the next one to begin anew."""

    def work(connection: Connection) -> None:
        for account in accounts_of(connection, user.user_id):
            remove_account(connection, account.key)

    store.transact(work)


@pytest.mark.parametrize(("seed", "kills"), series(few=3))
def test_killed_at_any_moment_it_is_whole_and_the_next_run_completes_it(
    database_url: str, tmp_path: Path, seed: int, kills: int
) -> None:
    store, chance = installed(database_url), random.Random(seed)
    user = store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, NOON))
    # In every other run, the middle of the history is there already.
    file = long_file(tmp_path / "all.csv", range(NIGHTS))
    middle = long_file(tmp_path / "middle.csv", range(NIGHTS // 3, NIGHTS // 2))
    length = duration_in_a_child(database_url, file)
    at_once = state_of(store, user)
    in_the_middle = 0

    for number in range(kills):
        forgotten(store, user)
        if number % 2:
            import_file(store, middle, user, NOON)
        now = NOON
        for _ in range(1 + number % 2):  # what completes a killed one may be killed as well
            with importing(database_url, file, now) as child:
                assert child.stdout is not None
                assert child.stdout.readline().startswith("begin")
                with suppress(subprocess.TimeoutExpired):
                    child.wait(length * chance.random())
                child.kill()
                lines = child.communicate()[0].splitlines()
            now += LEASE_SECONDS + 60  # what the dead one holds has ended
            in_the_middle += any("step" in line for line in lines) and "end" not in lines[-1]
            assert intact(store)
            assert_whole(store, user)
        report = import_file(store, file, user, now)
        assert (report.unfinished, report.refused) == ([], [])
        assert report.added + report.already_there == report.rows_read
        assert state_of(store, user) == at_once
    store.close()
    assert in_the_middle > 0, "no kill fell between two steps: make NIGHTS more"


def test_what_a_killed_one_had_not_learned_the_job_learns(
    database_url: str, tmp_path: Path
) -> None:
    store = installed(database_url)
    user = store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, NOON))
    lines = ["account,video_id,captured_at,views,likes"]
    instants = every(3, 5)
    lines += [f"a,v{n},{iso(at)},{views_at(at) + n},{n}" for at in instants for n in range(3)]
    (file := tmp_path / "close.csv").write_text("\n".join(lines))

    def lessons() -> list[Any]:
        with store.read() as connection:
            (account,) = accounts_of(connection, user.user_id)
            return taught(connection, account.key)

    def job(now: int) -> None:
        PooledRhythms(load_settings({"TZ": "UTC"}, None), store, lambda: now).run()

    import_file(store, file, user, NOON)
    undisturbed = lessons()
    assert len(undisturbed) == 5
    job(NOON)
    assert lessons() == undisturbed
    forgotten(store, user)

    killed_in = ["-m", "tests.transfer.import_killed_before_learning"]
    with begun([*killed_in, database_url, str(file), str(NOON)]) as child:
        assert child.wait(PATIENCE_SECONDS) == -signal.SIGKILL
    assert lessons() == []
    assert_whole(store, user)
    job(NOON)  # its lease has not ended: it may be at work
    assert lessons() == []
    with store.read() as connection:
        (account,) = accounts_of(connection, user.user_id)
    later = NOON + LEASE_SECONDS + 60
    job(later)
    assert lessons() == undisturbed
    with store.read() as connection:
        (after,) = accounts_of(connection, user.user_id)
    assert after.revision > account.revision
    job(later)
    with store.read() as connection:
        assert accounts_of(connection, user.user_id) == [after]
    forgotten(store, user)

    # So does the next capture, which must not hide what is left by learning of its own day.
    with begun([*killed_in, database_url, str(file), str(later)]) as child:
        assert child.wait(PATIENCE_SECONDS) == -signal.SIGKILL
    with store.read() as connection:
        (account,) = accounts_of(connection, user.user_id)
    next_night = Fetched(
        instants[-1] + 3 * HOUR, 0, "nightly", "complete", True, ProfileReading(),
        [video_reading(f"v{n}", views_at(instants[-1] + 3 * HOUR) + n, n) for n in range(3)],
    )  # fmt: skip
    store.transact(partial(record, key=account.key, fetched=next_night))
    assert lessons() == undisturbed
    store.close()


def assert_whole(store: Store, user: User) -> None:
    """Each capture has all of its readings, none is of no capture, and all of it is folded."""
    with undone(store) as connection:
        for account in accounts_of(connection, user.user_id):
            at, key = video_snapshots.c.captured_at, account.key
            each = select(at, func.count()).where(readings_of(key)).group_by(at)
            counted = select(captures.c.captured_at, captures.c.video_count).where(
                of(captures, key)
            )
            listed = dict(connection.execute(counted).all())
            assert dict(connection.execute(each).all()) == {at: n for at, n in listed.items() if n}
            before = folded(connection, key)
            refold(connection, key)
            assert folded(connection, key) == before
