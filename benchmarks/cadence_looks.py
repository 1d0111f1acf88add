"""What a look of the job takes where there are many accounts, beside one at all of them."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import time
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import insert, update

from benchmarks import Figure
from jobs.looks import Looks
from snapshot_core.capture.schedule import Schedule
from snapshot_core.store.database import Connection, Store
from snapshot_core.store.due_accounts import due_accounts
from snapshot_core.store.schema import upgrade
from snapshot_core.store.tables import accounts, captures, users, videos
from snapshot_core.windows import DAY, HOUR

ACCOUNTS: Final = 10_000
DUE: Final = 10
NIGHT: Final = 1_795_305_600  # 2026-11-22T00:00:00Z
NOW: Final = NIGHT + 12 * HOUR + 60
TURNS: Final = 7


def looks() -> Iterator[Figure]:
    """Processor time on SQLite, medians of turns: nothing to do, some accounts changed, all."""
    with TemporaryDirectory() as folder, closing(_crowd(Path(folder))) as store:
        schedule = Schedule(ZoneInfo("UTC"), time(0))
        job = Looks(store, schedule)
        job.due(NOW)
        everything, nothing, some = [], [], []
        for turn in range(1, TURNS + 1):
            now = NOW + turn
            everything.append(_seconds(partial(_full, store, job.schedule, now)))
            nothing.append(_seconds(partial(job.due, now)))
            store.transact(_change_some)
            some.append(_seconds(partial(job.due, now)))
    name = f"a look at {ACCOUNTS:,} adaptive accounts"
    yield Figure(f"{name}, all of them read: processor ms", _ms(everything))
    yield Figure(f"{name}, of which none is due: processor ms", _ms(nothing))
    yield Figure(f"{name}, of which {DUE} have changed: processor ms", _ms(some))
    part = 100 * median(some) / median(everything)
    yield Figure(f"{name}: the last beside the first", float(f"{part:.3g}"), "<= 5 %", part <= 5)


def _full(store: Store, schedule: Schedule, now: int) -> None:
    with store.read() as connection:
        everyone = due_accounts(connection, now)
    schedule.agenda(everyone, now)


def _seconds(work: Callable[[], object]) -> float:
    begun = process_time()
    work()
    return process_time() - begun


def _ms(seconds: list[float]) -> float:
    return float(f"{1_000 * median(seconds):.3g}")


def _change_some(connection: Connection) -> int:
    some = accounts.c.user_id == 1, accounts.c.account_id <= DUE
    return connection.execute(update(accounts).where(*some).values(failures=0)).rowcount


def _crowd(folder: Path) -> Store:
    """Accounts of one page that publish once in three days and were read since the night."""
    store = Store(f"sqlite:///{folder / 'crowd.db'}")
    store.make()
    upgrade(store)
    every = range(1, ACCOUNTS + 1)
    account = {
        "user_id": 1,
        "source": "tiktok",
        "rounded": False,
        "paused": False,
        "cadence": "adaptive",
        "created_at": NIGHT - 40 * DAY,
        "next_video": 21,
        "revision": 0,
        "failures": 0,
    }
    capture = {
        "user_id": 1,
        "scope": "complete",
        "status": "complete",
        "walked_to_end": True,
        "video_count": 20,
        "rejected_count": 0,
    }
    with store.write() as connection:
        connection.execute(insert(users).values(user_id=1, email="a", created_at=0))
        named = [account | {"account_id": number, "name": f"a{number}"} for number in every]
        connection.execute(insert(accounts), named)
        for at in range(NIGHT - DAY, NOW, 6 * HOUR):
            trigger = "hourly" if at % DAY else "nightly"
            own = capture | {"captured_at": at, "ended_at": at, "trigger": trigger}
            connection.execute(insert(captures), [own | {"account_id": n} for n in every])
        posts = [
            {
                "user_id": 1,
                "account_id": number,
                "video_id": (number << 20) + 1,
                "platform_id": "new",
                "published_at": NOW - number * 26 % (3 * DAY),
            }
            for number in every
        ]
        connection.execute(insert(videos), posts)
    return store
