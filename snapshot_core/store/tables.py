"""The tables. What the platform said is raw and append-only; the rest is folded from it.

Raw:     users, accounts, videos, captures, video_snapshots, account_snapshots
Folded:  captures.status, presence, quarantine, corrections, capture_totals
         (by `snapshot_core.store.settle`, in the capture's own transaction)
Job:     heartbeats

Every per-user table is keyed by ``user_id`` first, so the schema can be distributed on it.
Instants are whole UTC seconds; counters and generated ids are 64-bit.
"""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _number(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=null, autoincrement=False)


def _text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null)


def _word(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, String(40), nullable=null)


def _table(name: str, key: tuple[str, ...], *parts: Any) -> Table:
    """A table clustered by its key: WITHOUT ROWID saves SQLite the second copy of it."""
    return Table(name, metadata, *parts, PrimaryKeyConstraint(*key), sqlite_with_rowid=False)


def _of_account() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["user_id", "account_id"],
        ["accounts.user_id", "accounts.account_id"],
        ondelete="CASCADE",
    )


users = _table(
    "users",
    ("user_id",),
    _number("user_id"),
    _text("email"),
    _text("time_zone", null=True),
    _number("created_at"),
    # When the sample account was offered: once removed by its user, it does not come back.
    _number("sample_offered_at", null=True),
    UniqueConstraint("email"),
)

accounts = _table(
    "accounts",
    ("user_id", "account_id"),
    _number("user_id"),
    _number("account_id"),
    _text("name"),
    _word("source"),
    _text("external_id", null=True),
    Column("rounded", Boolean(name="rounded"), nullable=False),
    Column("paused", Boolean(name="paused"), nullable=False),
    _text("time_zone", null=True),
    _number("cadence"),
    _number("created_at"),
    _number("next_video"),
    # Raised whenever readings come in: what was computed for an older one is out of date.
    _number("revision"),
    # The lease that lets one capture of an account run: claimed by a conditional UPDATE.
    _text("lease_owner", null=True),
    _number("lease_until", null=True),
    # The last attempt, whether or not it made a capture: due-ness and back-off read it.
    _number("attempted_at", null=True),
    _number("failures"),
    _text("last_error", null=True),
    # The last failure was for good: the job waits until the user acts.
    Column("blocked", Boolean(name="blocked"), nullable=False, default=False),
    ForeignKeyConstraint(["user_id"], ["users.user_id"], ondelete="CASCADE"),
    UniqueConstraint("user_id", "name"),
)

videos = _table(
    "videos",
    ("user_id", "video_id"),
    _number("user_id"),
    _number("video_id"),
    _number("account_id"),
    _text("platform_id"),
    _text("title", null=True),
    _text("cover_url", null=True),
    _text("share_url", null=True),
    _number("duration", null=True),
    _number("published_at", null=True),
    _of_account(),
    UniqueConstraint("user_id", "account_id", "platform_id"),
)

captures = _table(
    "captures",
    ("user_id", "account_id", "captured_at"),
    _number("user_id"),
    _number("account_id"),
    _number("captured_at"),
    _number("ended_at"),
    _word("trigger"),
    _word("scope"),
    _word("status"),
    # What the fold judges the status by; None where nobody knows, as in a file.
    Column("walked_to_end", Boolean(name="walked_to_end"), nullable=True),
    _number("reported_count", null=True),
    _number("video_count"),
    _number("rejected_count"),
    _text("message", null=True),
    _of_account(),
)

# No foreign key to videos: a look-up per row doubles the cost of a capture, and rows come
# only from statements that have just read or written the video. See docs/decisions/.
video_snapshots = _table(
    "video_snapshots",
    ("user_id", "captured_at", "video_id"),
    _number("user_id"),
    _number("captured_at"),
    _number("video_id"),
    _number("view_count", null=True),
    _number("like_count", null=True),
    _number("comment_count", null=True),
    _number("share_count", null=True),
)

account_snapshots = _table(
    "account_snapshots",
    ("user_id", "account_id", "captured_at"),
    _number("user_id"),
    _number("account_id"),
    _number("captured_at"),
    _number("follower_count", null=True),
    _number("following_count", null=True),
    _number("like_count", null=True),
    _number("video_count", null=True),
    _of_account(),
)

# A run of captures that saw a video: from the first one to the first complete one without it.
presence = _table(
    "presence",
    ("user_id", "account_id", "video_id", "since"),
    _number("user_id"),
    _number("account_id"),
    _number("video_id"),
    _number("since"),
    _number("until", null=True),
    _of_account(),
)

# Readings that are not (yet) believed. video_id 0 is the account itself (followers).
quarantine = _table(
    "quarantine",
    ("user_id", "account_id", "captured_at", "video_id", "metric"),
    _number("user_id"),
    _number("account_id"),
    _number("captured_at"),
    _number("video_id"),
    _word("metric"),
    _number("count"),
    _number("accepted_count", null=True),
    _word("verdict"),
    _of_account(),
)

# Falls between consecutive accepted readings, dated by the later one.
corrections = _table(
    "corrections",
    ("user_id", "account_id", "captured_at", "video_id", "metric"),
    _number("user_id"),
    _number("account_id"),
    _number("captured_at"),
    _number("video_id"),
    _word("metric"),
    _number("amount"),
    _of_account(),
)

# Totals of a complete capture, and what entered and left the listing since the one before,
# so that a chart of a year reads a year of rows and not a year of videos.
capture_totals = _table(
    "capture_totals",
    ("user_id", "account_id", "metric", "captured_at"),
    _number("user_id"),
    _number("account_id"),
    _word("metric"),
    _number("captured_at"),
    _number("total"),
    _number("entered"),
    _number("left"),
    _of_account(),
)

heartbeats = _table(
    "heartbeats",
    ("job",),
    _word("job"),
    _number("started_at"),
    _number("beat_at"),
    _number("next_run_at", null=True),
    _text("doing", null=True),
)

# Which videos are younger than a window.
Index("ix_videos_published", videos.c.user_id, videos.c.account_id, videos.c.published_at)

VIDEOS_PER_ACCOUNT: Final = 1 << 20
"""Video ids of account n are ``n * VIDEOS_PER_ACCOUNT + 1, 2, …``: inside a capture the rows
of an account lie side by side in the key, so reading one is a range and never a join."""

COUNTS: Final = tuple(
    video_snapshots.c[name] for name in ("view_count", "like_count", "comment_count", "share_count")
)
"""The counters of a reading, in the order of `growth.value.METRICS`."""
