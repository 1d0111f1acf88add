"""What a page asks of the database, query to result, beside the original's tables and queries.

Both databases hold the same agency: every user has the life of the same account of
`benchmarks.life`. The measured user's rows were written by the product's own `record`; the
other users' are copies of them. The original's cards read the sums of the four counters at
three days, and that is all they can say; ours are the whole ledgers with bounds and coverage.
The original's cost depends on the number of users, because its indexes lead to the rows of all.
The floor is the same rows in a table of one user that leads with the video, as SQLAlchemy's Core
hands them over. Both files are in memory. Medians of runs taken in turns.
"""

import sqlite3
from functools import partial
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session

from benchmarks import Table, life, medians, milliseconds, naive, seconds
from benchmarks.engine_tables import engine_tables
from benchmarks.storage import fill, new_store
from snapshot_core.growth.rounding import EXACT
from snapshot_core.periods import PERIODS
from snapshot_core.store import readings
from snapshot_core.store.database import Store
from snapshot_core.store.tables import metadata
from snapshot_core.view.account_growth import account_growth

COLUMNS = ("", "Truegrowth", "original", "ratio", "target")
USERS: Final = 100
RUNS: Final = 15
UTC: Final = ZoneInfo("UTC")
TARGETS: Final = {1: ">= 20", 7: ">= 17", 30: ">= 15"}
"""For the cards, by the period's days."""


def run(
    users: int = USERS, videos: int = 1_000, nights: int = 365, before: Path | None = None
) -> list[Table]:
    """Measure in a temporary folder. A hundred users take some minutes and 5 GB.

    ``before``: the checkout of an earlier commit, to be measured beside this one.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        original = Table(
            f"Queries: {users} users x {videos:,} videos x {nights} nights, SQLite",
            COLUMNS,
            measure(folder, users, videos, nights),
            (__doc__ or "").split("\n\n", 1)[1].strip(),
        )
        return [original, *engine_tables(folder, videos, before)]


def measure(folder: Path, users: int, videos: int, nights: int) -> list[tuple[str, ...]]:
    """All lines of the table."""
    captures = list(life.nights(videos, nights))
    store, key = new_store(folder / "ours.db")
    fill(store, key, captures)
    last = captures[-1]
    today = naive.day_of(last.captured_at)
    names = [video.platform_id for video in last.videos[:: len(last.videos) // (4 * RUNS)]]
    numbers = [video_id(store, name) for name in names]
    copy_users(folder / "ours.db", users)
    engine = naive.build(folder / "naive.db", captures, users)

    def ours(query: Any, *arguments: Any, **options: Any) -> Any:
        with store.read() as connection:
            return query(connection, key, *arguments, **options)

    def theirs(query: Any, *arguments: Any) -> Any:
        with Session(engine) as session:
            return query(session, *arguments)

    lines: list[tuple[str, ...]] = []
    for period in PERIODS:
        of_period = period, last.captured_at, UTC, EXACT
        # Four counters: growth, ledger, bounds, and the period before.
        cards, original = medians(
            [
                partial(seconds, partial(ours, account_growth, *of_period)),
                partial(seconds, theirs, naive.cards, today, period.days),
            ],
            RUNS,
        )
        lines.append(line(f"cards for {period.label}", cards, original, TARGETS[period.days]))
    daily, original = medians(
        [
            partial(seconds, ours, readings.totals, ["views"], 0, last.captured_at),
            partial(seconds, theirs, naive.daily_totals),
        ],
        RUNS,
    )
    lines.append(line(f"{nights} daily totals", daily, original, ">= 100"))
    # Another video each time, as a creator looks through them.
    best = side_by_side(folder / "floor.db", folder / "ours.db")
    mine, original_ids, floor_ids = cycle(numbers), cycle(names), cycle(numbers)
    history, original, floor = medians(
        [
            lambda: seconds(ours, readings.video_history, next(mine), last.captured_at),
            lambda: seconds(theirs, naive.history, next(original_ids)),
            lambda: seconds(floor_history, best, next(floor_ids)),
        ],
        2 * RUNS,
    )
    lines.append(line("one video's history", history, original, ">= 20"))
    lines.append(line("the same, rows side by side", floor, original, "(floor)"))
    best.dispose()
    engine.dispose()
    store.close()
    return lines


def line(name: str, ours: float, original: float, target: str) -> tuple[str, ...]:
    """A row of the table."""
    ratio = f"{original / ours:.1f}"
    return name, milliseconds(ours), milliseconds(original), ratio, target


def side_by_side(path: Path, ours: Path) -> Engine:
    """The measured user's readings in a table that leads with the video and holds nothing else.

    No layout of a row per reading can give a history sooner.
    """
    raw = sqlite3.connect(path)
    raw.execute("ATTACH ? AS ours", (str(ours),))
    raw.execute(
        "CREATE TABLE readings (video_id INTEGER, captured_at INTEGER, view_count, like_count, "
        "comment_count, share_count, PRIMARY KEY (video_id, captured_at)) WITHOUT ROWID"
    )
    raw.execute(
        "INSERT INTO readings SELECT video_id, captured_at, view_count, like_count, comment_count, "
        "share_count FROM ours.video_snapshots WHERE user_id = 1 ORDER BY video_id, captured_at"
    )
    raw.commit()
    raw.close()
    return create_engine(f"sqlite:///{path}")


_SIDE_BY_SIDE: Final = text("SELECT * FROM readings WHERE video_id = :video ORDER BY captured_at")


def floor_history(best: Engine, video: int) -> Any:
    """Every reading of one video, as the driver hands it over."""
    with best.connect() as connection:
        return connection.execute(_SIDE_BY_SIDE, {"video": video}).cursor.fetchall()


def video_id(store: Store, platform_id: str) -> int:
    """Our number of a video."""
    videos = metadata.tables["videos"]
    with store.read() as connection:
        query = select(videos.c.video_id).where(videos.c.platform_id == platform_id)
        return int(connection.execute(query).scalar_one())


def copy_users(path: Path, users: int) -> None:
    """Give the other users the measured one's rows, night by night, as they would come in."""
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA synchronous = OFF")
    raw.execute("BEGIN")
    raw.execute("CREATE TEMP TABLE others (number INTEGER PRIMARY KEY)")
    raw.executemany("INSERT INTO others VALUES (?)", [(n,) for n in range(2, users + 1)])
    nights = raw.execute("SELECT captured_at FROM captures WHERE user_id = 1").fetchall()
    for table in metadata.sorted_tables:
        if "user_id" not in table.c:
            continue
        named = {"user_id": "others.number", "email": "'user' || others.number"}
        names = ", ".join(f'"{column.name}"' for column in table.c)
        values = ", ".join(named.get(column.name, f'mine."{column.name}"') for column in table.c)
        copy = (
            f"INSERT INTO {table.name} ({names}) "
            f"SELECT {values} FROM others CROSS JOIN {table.name} AS mine WHERE mine.user_id = 1"
        )
        if table.name == "video_snapshots":
            raw.executemany(f"{copy} AND mine.captured_at = ?", nights)
        else:
            raw.execute(copy)
    raw.execute("COMMIT")
    raw.close()
