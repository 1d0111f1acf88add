"""The tables. What the platform said is raw and append-only; the rest is folded from it.

Raw:     users, accounts, videos, captures, video_snapshots, account_snapshots, reported_days
Folded:  captures.status, listing_runs, quarantine, corrections, capture_totals
         (by `snapshot_core.store.fold_write`, in the capture's own transaction)
Access:  connections (a platform's tokens, encrypted), authorizations (consents under way),
         rate_limits (calls a platform allows), api_tokens (of our own API)
Job:     heartbeats

Every per-user table is keyed by ``user_id`` first, so the schema can be distributed on it.
Instants are whole UTC seconds; counters and generated ids are 64-bit.
"""

from typing import Final

from sqlalchemy import Boolean, Column, Date, ForeignKeyConstraint, Index, UniqueConstraint

from snapshot_core.metrics import METRICS
from snapshot_core.store.tables.access import api_tokens as api_tokens
from snapshot_core.store.tables.access import authorizations as authorizations
from snapshot_core.store.tables.access import connections as connections
from snapshot_core.store.tables.access import rate_limits as rate_limits
from snapshot_core.store.tables.columns import metadata as metadata
from snapshot_core.store.tables.columns import number, of_account, table, text, word

users = table(
    "users",
    ("user_id",),
    number("user_id"),
    text("email"),
    # Who a login says it is; None of the one user of an installation without logins.
    text("issuer", null=True),
    text("subject", null=True),
    text("time_zone", null=True),
    number("created_at"),
    # When the sample account was offered: once removed by its user, it does not come back.
    number("sample_offered_at", null=True),
    UniqueConstraint("issuer", "subject"),
)

accounts = table(
    "accounts",
    ("user_id", "account_id"),
    number("user_id"),
    number("account_id"),
    text("name"),
    word("source"),
    # The platform's own name for it, which stays when the handle changes.
    text("external_id", null=True),
    text("handle", null=True),
    Column("rounded", Boolean(name="rounded"), nullable=False),
    Column("paused", Boolean(name="paused"), nullable=False),
    text("time_zone", null=True),
    number("cadence"),
    number("created_at"),
    number("next_video"),
    # Raised whenever readings come in: what was computed for an older one is out of date.
    number("revision"),
    # The lease that lets one capture of an account run: claimed by a conditional UPDATE.
    text("lease_owner", null=True),
    number("lease_until", null=True),
    # The last attempt, whether or not it made a capture: due-ness and back-off read it.
    number("attempted_at", null=True),
    number("failures"),
    text("last_error", null=True),
    # The last failure was for good: the job waits until the user acts.
    Column("blocked", Boolean(name="blocked"), nullable=False, default=False),
    ForeignKeyConstraint(["user_id"], ["users.user_id"], ondelete="CASCADE"),
    UniqueConstraint("user_id", "name"),
)

videos = table(
    "videos",
    ("user_id", "video_id"),
    number("user_id"),
    number("video_id"),
    number("account_id"),
    text("platform_id"),
    text("title", null=True),
    text("cover_url", null=True),
    text("share_url", null=True),
    number("duration", null=True),
    number("published_at", null=True),
    of_account(),
    UniqueConstraint("user_id", "account_id", "platform_id"),
)

captures = table(
    "captures",
    ("user_id", "account_id", "captured_at"),
    number("user_id"),
    number("account_id"),
    number("captured_at"),
    number("ended_at"),
    word("trigger"),
    word("scope"),
    word("status"),
    # What the fold judges the status by; None where nobody knows, as in a file.
    Column("walked_to_end", Boolean(name="walked_to_end"), nullable=True),
    number("reported_count", null=True),
    number("video_count"),
    number("rejected_count"),
    text("message", null=True),
    of_account(),
)

# No foreign key to videos: a look-up per row doubles the cost of a capture, and rows come
# only from statements that have just read or written the video. See docs/decisions/.
video_snapshots = table(
    "video_snapshots",
    ("user_id", "captured_at", "video_id"),
    number("user_id"),
    number("captured_at"),
    number("video_id"),
    *(number(metric.column, null=True) for metric in METRICS if not metric.account_level),
)

account_snapshots = table(
    "account_snapshots",
    ("user_id", "account_id", "captured_at"),
    number("user_id"),
    number("account_id"),
    number("captured_at"),
    number("follower_count", null=True),
    number("following_count", null=True),
    number("like_count", null=True),
    number("video_count", null=True),
    of_account(),
)

# A run of captures that saw a video: from the first one to the first complete one without it.
listing_runs = table(
    "listing_runs",
    ("user_id", "account_id", "video_id", "since"),
    number("user_id"),
    number("account_id"),
    number("video_id"),
    number("since"),
    number("until", null=True),
    of_account(),
)

# Readings that are not (yet) believed. video_id 0 is the account itself (followers).
quarantine = table(
    "quarantine",
    ("user_id", "account_id", "captured_at", "video_id", "metric"),
    number("user_id"),
    number("account_id"),
    number("captured_at"),
    number("video_id"),
    word("metric"),
    number("count"),
    number("accepted_count", null=True),
    word("verdict"),
    of_account(),
)

# Falls between consecutive accepted readings, dated by the later one.
corrections = table(
    "corrections",
    ("user_id", "account_id", "captured_at", "video_id", "metric"),
    number("user_id"),
    number("account_id"),
    number("captured_at"),
    number("video_id"),
    word("metric"),
    number("amount"),
    of_account(),
)

# Totals of a complete capture, and what entered and left the listing since the one before,
# so that a chart of a year reads a year of rows and not a year of videos.
capture_totals = table(
    "capture_totals",
    ("user_id", "account_id", "metric", "captured_at"),
    number("user_id"),
    number("account_id"),
    word("metric"),
    number("captured_at"),
    number("total"),
    number("entered"),
    number("left"),
    of_account(),
)

# What a platform says came in on a day, as its exports do. Never turned into readings.
reported_days = table(
    "reported_days",
    ("user_id", "account_id", "metric", "day"),
    number("user_id"),
    number("account_id"),
    word("metric"),
    Column("day", Date, nullable=False),
    number("amount"),
    of_account(),
)

heartbeats = table(
    "heartbeats",
    ("job",),
    word("job"),
    number("started_at"),
    number("beat_at"),
    number("next_run_at", null=True),
    text("doing", null=True),
)

# Which videos are younger than a window.
Index("ix_videos_published", videos.c.user_id, videos.c.account_id, videos.c.published_at)

VIDEOS_PER_ACCOUNT: Final = 1 << 20
"""Video ids of account n are ``n * VIDEOS_PER_ACCOUNT + 1, 2, …``: inside a capture the rows
of an account lie side by side in the key, so reading one is a range and never a join."""

COUNTS: Final = tuple(
    video_snapshots.c[metric.column] for metric in METRICS if not metric.account_level
)
"""The counters of a reading, in the order of `metrics.VIDEO_METRICS`."""
