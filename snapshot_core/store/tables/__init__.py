"""The tables. What the platform said is raw and append-only; the rest is folded from it.

Raw:     users, accounts, videos, captures, video_snapshots, account_snapshots, reported_days
Folded:  captures.status, listing_runs, quarantine, corrections, capture_totals,
         counted_metrics, short_brackets (by `snapshot_core.store.fold.write`, in the capture's
         own transaction)
Own:     video_tags, notes
Learned: rhythms, and of all accounts together pooled_rhythms
Access:  connections (a platform's tokens, encrypted), authorizations (consents under way),
         rate_limits (calls a platform allows), api_tokens (of our own API)
Job:     heartbeats, source_loads

Every per-user table is keyed by ``user_id`` first, so the schema can be distributed on it.
Instants are whole UTC seconds; counters and generated ids are 64-bit.
"""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    func,
    literal_column,
)

from snapshot_core.metrics import METRICS
from snapshot_core.store.tables.access import api_tokens as api_tokens
from snapshot_core.store.tables.access import authorizations as authorizations
from snapshot_core.store.tables.access import connections as connections
from snapshot_core.store.tables.access import rate_limits as rate_limits
from snapshot_core.store.tables.columns import (
    account_table,
    flag,
    numbers,
    of_account,
    table,
    texts,
    user_table,
    words,
)
from snapshot_core.store.tables.columns import metadata as metadata

users = table(
    "users",
    ("user_id",),
    *numbers("user_id"),
    *texts("email"),
    # Who a login says it is; None of the one user of an installation without logins.
    *texts("issuer", "subject", null=True),
    *texts("time_zone", null=True),
    *numbers("created_at"),
    # When the sample account was offered: once removed by its user, it does not come back.
    *numbers("sample_offered_at", null=True),
    UniqueConstraint("issuer", "subject"),
)

accounts = user_table(
    "accounts",
    ("account_id",),
    *numbers("account_id"),
    *texts("name"),
    *words("source"),
    # Of one made by importing a file: the source that its readings came from, where the file says.
    *texts("read_from", null=True),
    # The platform's own name for it, which stays when the handle changes.
    *texts("external_id", "handle", null=True),
    flag("rounded"),
    flag("paused"),
    *texts("time_zone", null=True),
    # By name (`snapshot_core.cadences`).
    *words("cadence"),
    *numbers("created_at", "next_video"),
    # Raised whenever readings come in: what was computed for an older one is out of date.
    *numbers("revision"),
    # The lease that lets one capture of an account run: claimed by a conditional UPDATE.
    *texts("lease_owner", null=True),
    *numbers("lease_until", null=True),
    # The last attempt, whether or not it made a capture: due-ness and back-off read it.
    *numbers("attempted_at", null=True),
    *numbers("failures"),
    *texts("last_error", null=True),
    # The last failure was for good: the job waits until the user acts.
    flag("blocked", default=False),
    # When the job looks at it next; at once where it is not above 0. Whatever changes the row
    # makes it so by itself, each time by another number: what was decided before is not noted.
    Column(
        "look_at",
        BigInteger,
        nullable=False,
        default=0,
        onupdate=-1 - func.abs(literal_column("look_at", BigInteger)),
    ),
    # From its last complete capture to the next by the plan, where that is more than its cadence.
    *numbers("planned_seconds", null=True),
    UniqueConstraint("user_id", "name"),
)

videos = table(
    "videos",
    ("user_id", "video_id"),
    *numbers("user_id", "video_id", "account_id"),
    *texts("platform_id"),
    *texts("title", "cover_url", "share_url", null=True),
    *numbers("duration", "published_at", null=True),
    # The first reading above 0, where it came before that (see `store.fold.publication`).
    *numbers("counted_at", null=True),
    of_account(),
    UniqueConstraint("user_id", "account_id", "platform_id"),
)

# Written by the user, of a day of theirs; about all accounts where there is no number of one.
notes = user_table(
    "notes",
    ("note_id",),
    *numbers("note_id"),
    *numbers("account_id", null=True),
    Column("day", Date, nullable=False),
    *texts("text"),
    *numbers("created_at"),
    of_account(),
)

# Given by the user; they go with their video.
video_tags = table(
    "video_tags",
    ("user_id", "video_id", "tag"),
    *numbers("user_id", "video_id"),
    *texts("tag"),
    ForeignKeyConstraint(
        ["user_id", "video_id"], ["videos.user_id", "videos.video_id"], ondelete="CASCADE"
    ),
)

captures = account_table(
    "captures",
    ("captured_at",),
    *numbers("captured_at", "ended_at"),
    *words("trigger", "scope", "status"),
    # What the fold judges the status by; None where nobody knows, as in a file.
    flag("walked_to_end", null=True),
    *numbers("reported_count", null=True),
    *numbers("video_count", "rejected_count"),
    *texts("message", null=True),
    # When it was seen to be ahead of the clock; None where it never was. It counts for nothing
    # then, unless its user keeps it.
    *numbers("ahead_at", null=True),
    flag("kept", null=True),
    # The user says that the videos it misses are gone.
    flag("confirmed", null=True),
)


def _learned() -> list[Column[Any]]:
    """A rhythm and its zone, and the factors of the range in thousandths.

    ``hours``: 24 integers with commas between them, 10,000 for the mean.
    """
    return [*texts("zone", "hours"), *numbers("video_factor", "total_factor")]


_VIDEO_COLUMNS: Final = tuple(metric.column for metric in METRICS if not metric.account_level)

# No foreign key to videos: a look-up per row doubles the cost of a capture, and rows come
# only from statements that have just read or written the video. See docs/decisions/.
video_snapshots = table(
    "video_snapshots",
    ("user_id", "captured_at", "video_id"),
    *numbers("user_id", "captured_at", "video_id"),
    *numbers(*_VIDEO_COLUMNS, null=True),
)

account_snapshots = account_table(
    "account_snapshots",
    ("captured_at",),
    *numbers("captured_at"),
    *numbers("follower_count", "following_count", "like_count", "video_count", null=True),
)

# A run of captures that saw a video: from the first one to the first complete one without it.
listing_runs = account_table(
    "listing_runs",
    ("video_id", "since"),
    *numbers("video_id", "since"),
    *numbers("until", null=True),
)

# Readings that are not (yet) believed. video_id 0 is the account itself (followers).
quarantine = account_table(
    "quarantine",
    ("captured_at", "video_id", "metric"),
    *numbers("captured_at", "video_id"),
    *words("metric"),
    *numbers("count"),
    *numbers("accepted_count", null=True),
    *words("verdict"),
)

# Falls between consecutive accepted readings, dated by the later one.
corrections = account_table(
    "corrections",
    ("captured_at", "video_id", "metric"),
    *numbers("captured_at", "video_id"),
    *words("metric"),
    *numbers("amount"),
)

# Totals of a complete capture, and what entered and left the listing since the one before,
# so that a chart of a year reads a year of rows and not a year of videos.
capture_totals = account_table(
    "capture_totals",
    ("metric", "captured_at"),
    *words("metric"),
    *numbers("captured_at", "total", "entered", "left"),
)

# The metrics that any reading of an account counts: nothing is looked up of the others.
counted_metrics = account_table("counted_metrics", ("metric",), *words("metric"))

# Complete captures in a row soon after one another, by the later one, and the views gained
# between them: a rhythm is learned from these.
short_brackets = account_table(
    "short_brackets", ("captured_at",), *numbers("captured_at", "left_at", "gain")
)

# What an account's readings have taught, from an instant on until the next row's.
rhythms = account_table(
    "rhythms",
    ("since",),
    *numbers("since"),
    *_learned(),
    # How many cases the two factors of the range come from; of too few, they are another's.
    *numbers("video_cases", "total_cases"),
)

# What the accounts of a platform have learned in a zone, all users' together: no row is anybody's.
pooled_rhythms = table("pooled_rhythms", ("source", "zone"), *words("source"), *_learned())

# What a platform says came in on a day, as its exports do. Never turned into readings.
reported_days = account_table(
    "reported_days",
    ("metric", "day"),
    *words("metric"),
    Column("day", Date, nullable=False),
    *numbers("amount"),
)

heartbeats = table(
    "heartbeats",
    ("job",),
    *words("job"),
    *numbers("started_at", "beat_at"),
    *numbers("next_run_at", null=True),
    *texts("doing", null=True),
)

# How many accounts of a source the job reads, of all users: no page asks for other users' rows.
source_loads = table(
    "source_loads",
    ("source",),
    *words("source"),
    *numbers("accounts", "videos"),
)

# The few captures that are, or were, ahead of the clock.
Index(
    "ix_captures_ahead",
    captures.c.user_id,
    captures.c.ahead_at,
    sqlite_where=captures.c.ahead_at.is_not(None),
    postgresql_where=captures.c.ahead_at.is_not(None),
)

# The accounts whose time has come, of all users.
Index("ix_accounts_look_at", accounts.c.look_at)

# Which videos are younger than a window.
Index("ix_videos_published", videos.c.user_id, videos.c.account_id, videos.c.published_at)

VIDEOS_PER_ACCOUNT: Final = 1 << 20
"""Video ids of account n are ``n * VIDEOS_PER_ACCOUNT + 1, 2, …``: inside a capture the rows
of an account lie side by side in the key, so reading one is a range and never a join."""

COUNTS: Final = tuple(video_snapshots.c[column] for column in _VIDEO_COLUMNS)
"""The counters of a reading, in the order of `metrics.VIDEO_METRICS`."""
