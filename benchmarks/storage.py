"""Bytes on disk, and the time a capture takes to be stored, beside the original's design.

The life of an account (`benchmarks.life`) is written night by night by the product's own
`record`, a transaction a night, into a file that is never vacuumed. The original's rows are
written by raw SQL, which leaves the file as its ORM would; only the capture is timed, and
there the original looks each row up, then changes or adds it, on a tenth of the rows or fewer.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from benchmarks import Table, life, naive, seconds
from snapshot_core.store.accounts import add_account
from snapshot_core.store.database import Store
from snapshot_core.store.keys import Key
from snapshot_core.store.record_capture import Fetched, record
from snapshot_core.store.schema import upgrade
from snapshot_core.store.users import LOCAL_EMAIL, ensure_user
from snapshot_core.windows import DAY

COLUMNS = ("", "videos", "Truegrowth", "original", "ratio", "target")


def run(
    videos: int = 1_000, nights: int = 365, rows: int = 100_000, orm_rows: int = 3_000
) -> Table:
    """Measure in a temporary folder."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        lines = [bytes_line(folder, videos, nights), capture_line(folder, rows, orm_rows)]
    return Table("Storage", COLUMNS, lines, (__doc__ or "").split("\n\n", 1)[1].strip())


def new_store(path: Path, name: str = "creator", now: int = life.START) -> tuple[Store, Key]:
    """An empty database with one account of the user that the dashboard opens for."""
    store = Store(f"sqlite:///{path}")
    upgrade(store)
    with store.write() as connection:
        user = ensure_user(connection, LOCAL_EMAIL, now)
        return store, add_account(connection, user.user_id, name, "csv", now).key


def fill(store: Store, key: Key, nights: list[Fetched]) -> None:
    """Record captures as the product does."""
    for fetched in nights:
        store.transact(partial(record, key=key, fetched=fetched))


def bytes_line(folder: Path, videos: int, nights: int) -> tuple[str, ...]:
    """Bytes per video and snapshot, indexes and all other tables included."""
    captures = list(life.nights(videos, nights))
    rows = sum(len(fetched.videos) for fetched in captures)
    store, key = new_store(folder / "ours.db")
    fill(store, key, captures)
    store.close()  # the last connection writes the log back
    naive.build(folder / "naive.db", captures, 1).dispose()
    ours, theirs = ((folder / name).stat().st_size / rows for name in ("ours.db", "naive.db"))
    cells = (f"{ours:.1f} B", f"{theirs:.1f} B", f"{theirs / ours:.1f}", "<= 32 B")
    return ("bytes per video and snapshot", f"{videos:,} x {nights}", *cells)


def capture_line(folder: Path, rows: int, orm_rows: int, runs: int = 3) -> tuple[str, ...]:
    """Storing one capture of videos that are known, with one capture before it."""
    first = next(iter(life.nights(rows, 1)))
    store, key = new_store(folder / "capture.db")
    fill(store, key, [first])
    nights = [later(first, n) for n in range(1, runs + 1)]
    ours = median(seconds(fill, store, key, [night]) for night in nights)
    store.close()
    engine = create_engine(f"sqlite:///{folder / 'orm.db'}")
    naive.Base.metadata.create_all(engine)
    few = replace(first, videos=first.videos[:orm_rows])
    naive.add_videos(engine, few)
    with Session(engine) as session:
        naive.upsert(session, few)
    took = []
    for n in range(1, runs + 1):
        with Session(engine) as session:
            took.append(seconds(naive.upsert, session, later(few, n)))
    engine.dispose()
    theirs = median(took) / orm_rows * rows
    cells = (f"{ours:.2f} s", f"{theirs:.1f} s ({orm_rows:,} measured)")
    return ("storing a capture", f"{rows:,}", *cells, f"{theirs / ours:.0f}", ">= 60")


def later(fetched: Fetched, days: int) -> Fetched:
    """The same capture some days on, every counter a little higher."""
    videos = [
        replace(video, counts=tuple((count or 0) + days * 9 for count in video.counts))
        for video in fetched.videos
    ]
    return replace(fetched, captured_at=fetched.captured_at + days * DAY, videos=videos)
