"""The original design of tables and queries, to be measured beside ours.

A serial id, text video ids, the calendar day as text, one index on each of two columns; sums
over all rows of a day, and an upsert for every row through the ORM.
"""

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from snapshot_core.store.record_capture import Fetched

USER: Final = 1
"""The user who is measured; the others only fill the table, as an agency's would."""

_Serial: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")


class Base(DeclarativeBase):
    """The original's tables."""


class Video(Base):
    """A video, under the platform's id."""

    __tablename__ = "videos"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    user_id: Mapped[int] = mapped_column(index=True)
    title: Mapped[str | None]


class Snapshot(Base):
    """A video's counters on a day."""

    __tablename__ = "video_snapshots"
    id: Mapped[int] = mapped_column(_Serial, primary_key=True)
    video_id: Mapped[str] = mapped_column(sa.ForeignKey("videos.id"), index=True)
    snapshot_date: Mapped[Any] = mapped_column(sa.Date, index=True)
    view_count: Mapped[int] = mapped_column(sa.BigInteger)
    like_count: Mapped[int] = mapped_column(sa.BigInteger)
    comment_count: Mapped[int] = mapped_column(sa.BigInteger)
    share_count: Mapped[int] = mapped_column(sa.BigInteger)


COUNTS: Final = (
    Snapshot.view_count, Snapshot.like_count, Snapshot.comment_count, Snapshot.share_count,
)  # fmt: skip
_SUMS: Final = [sa.func.sum(count) for count in COUNTS]


def day_of(at: int) -> Any:
    """The calendar day that the original files a snapshot under."""
    return datetime.fromtimestamp(at, UTC).date()


def build(path: Path, nights: Iterable[Fetched], users: int) -> sa.Engine:
    """A database of ``users`` users, each with the life of the same account.

    Of many users the indexes are built in the end: quicker, and denser than nightly writing
    leaves them, which favours the original. Of one user they grow night by night.
    """
    engine = sa.create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    engine.dispose()  # a connection kept open would go on seeing the indexes dropped below
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = OFF")
    raw.execute("PRAGMA cache_size = -1000000")
    raw.execute("CREATE TEMP TABLE night (number INTEGER, day TEXT, a, b, c, d)")
    raw.execute("CREATE TEMP TABLE others (number INTEGER)")
    raw.executemany("INSERT INTO others VALUES (?)", [(n,) for n in range(users)])
    # The ids of the other users' videos differ in the thousands of billions.
    video_id = "CAST(night.number + others.number * 1000000000000 AS TEXT)"
    late = [index for index in Snapshot.metadata.tables["video_snapshots"].indexes if users > 1]
    for index in late:
        raw.execute(f"DROP INDEX {index.name}")
    for fetched in nights:
        day = day_of(fetched.captured_at).isoformat()
        rows = [(int(v.platform_id), day, *v.counts[:4]) for v in fetched.videos]
        raw.execute("BEGIN")
        raw.execute("DELETE FROM night")
        raw.executemany("INSERT INTO night VALUES (?, ?, ?, ?, ?, ?)", rows)
        raw.execute(
            f"INSERT OR IGNORE INTO videos (id, user_id, title) "
            f"SELECT {video_id}, others.number + {USER}, 'Video' FROM others, night"
        )
        raw.execute(
            f"INSERT INTO video_snapshots (video_id, snapshot_date, view_count, like_count, "
            f"comment_count, share_count) SELECT {video_id}, day, a, b, c, d FROM others, night"
        )
        raw.execute("COMMIT")
    raw.close()
    for index in late:
        index.create(engine)
    return engine


def cards(session: Session, today: Any, days: int) -> list[list[int]]:
    """Growth of the four counters: now minus X days ago, and the same for the period before."""
    totals = []
    for ago in (0, days, 2 * days):
        statement = sa.select(*_SUMS).join(Video, Video.id == Snapshot.video_id)
        statement = statement.where(
            Video.user_id == USER, Snapshot.snapshot_date == today - timedelta(days=ago)
        )
        totals.append([n or 0 for n in session.execute(statement).one()])
    now, then, before = totals
    return [
        [a - b for a, b in zip(now, then, strict=True)],
        [b - c for b, c in zip(then, before, strict=True)],
    ]


def daily_totals(session: Session) -> list[Any]:
    """The user's views, day by day."""
    statement = sa.select(Snapshot.snapshot_date, sa.func.sum(Snapshot.view_count))
    statement = statement.join(Video, Video.id == Snapshot.video_id)
    statement = statement.where(Video.user_id == USER)
    statement = statement.group_by(Snapshot.snapshot_date).order_by(Snapshot.snapshot_date)
    return list(session.execute(statement))


def history(session: Session, video_id: str) -> list[Snapshot]:
    """Every snapshot of one video."""
    statement = sa.select(Snapshot).where(Snapshot.video_id == video_id)
    return list(session.scalars(statement.order_by(Snapshot.snapshot_date)))


def upsert(session: Session, fetched: Fetched) -> None:
    """Store a capture: each row is looked for, then changed or added."""
    day = day_of(fetched.captured_at)
    for video in fetched.videos:
        statement = sa.select(Snapshot).filter_by(video_id=video.platform_id, snapshot_date=day)
        stored = session.scalars(statement).first()
        if stored is None:
            stored = Snapshot(video_id=video.platform_id, snapshot_date=day)
            session.add(stored)
        stored.view_count, stored.like_count = video.count("views") or 0, video.count("likes") or 0
        stored.comment_count = video.count("comments") or 0
        stored.share_count = video.count("shares") or 0
    session.commit()


def add_videos(engine: sa.Engine, fetched: Fetched) -> None:
    """The videos of a capture, where only the snapshots are to be measured."""
    rows = [{"id": v.platform_id, "user_id": USER, "title": v.title} for v in fetched.videos]
    with engine.begin() as connection:
        connection.execute(sa.insert(Video), rows)
