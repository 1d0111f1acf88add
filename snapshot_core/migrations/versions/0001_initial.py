"""Tables for captures, readings and what is folded from them."""

import sqlalchemy as sa
from alembic import op

from snapshot_core.migrations.tables import (
    create,
    create_for_accounts,
    flags,
    numbers,
    texts,
    words,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ACCOUNT = ("user_id", "account_id")


def upgrade() -> None:
    create(
        "heartbeats",
        ["job"],
        *words("job"),
        *numbers("started_at", "beat_at"),
        *numbers("next_run_at", null=True),
        *texts("doing", null=True),
    )
    create(
        "users",
        ["user_id"],
        *numbers("user_id"),
        *texts("email"),
        *texts("issuer", "subject", "time_zone", null=True),
        *numbers("created_at"),
        *numbers("sample_offered_at", null=True),
        unique=["issuer", "subject"],
    )
    create(
        "video_snapshots",
        ["user_id", "captured_at", "video_id"],
        *numbers("user_id", "captured_at", "video_id"),
        *numbers("view_count", "like_count", "comment_count", "share_count", null=True),
    )
    create(
        "accounts",
        ACCOUNT,
        *numbers(*ACCOUNT),
        *texts("name"),
        *words("source"),
        *texts("external_id", "handle", null=True),
        *flags("rounded", "paused"),
        *texts("time_zone", null=True),
        *numbers("cadence", "created_at", "next_video", "revision"),
        *texts("lease_owner", null=True),
        *numbers("lease_until", "attempted_at", null=True),
        *numbers("failures"),
        *texts("last_error", null=True),
        *flags("blocked"),
        parent="users",
        unique=["user_id", "name"],
    )
    create_for_accounts(
        "account_snapshots",
        ["captured_at"],
        *numbers("captured_at"),
        *numbers("follower_count", "following_count", "like_count", "video_count", null=True),
    )
    create_for_accounts(
        "capture_totals",
        ["metric", "captured_at"],
        *words("metric"),
        *numbers("captured_at", "total", "entered", "left"),
    )
    create_for_accounts(
        "captures",
        ["captured_at"],
        *numbers("captured_at", "ended_at"),
        *words("trigger", "scope", "status"),
        *flags("walked_to_end", null=True),
        *numbers("reported_count", null=True),
        *numbers("video_count", "rejected_count"),
        *texts("message", null=True),
    )
    create_for_accounts(
        "corrections",
        ["captured_at", "video_id", "metric"],
        *numbers("captured_at", "video_id"),
        *words("metric"),
        *numbers("amount"),
    )
    create_for_accounts(
        "presence",
        ["video_id", "since"],
        *numbers("video_id", "since"),
        *numbers("until", null=True),
    )
    create_for_accounts(
        "quarantine",
        ["captured_at", "video_id", "metric"],
        *numbers("captured_at", "video_id"),
        *words("metric"),
        *numbers("count"),
        *numbers("accepted_count", null=True),
        *words("verdict"),
    )
    create(
        "videos",
        ["user_id", "video_id"],
        *numbers("user_id", "video_id", "account_id"),
        *texts("platform_id"),
        *texts("title", "cover_url", "share_url", null=True),
        *numbers("duration", "published_at", null=True),
        parent="accounts",
        unique=[*ACCOUNT, "platform_id"],
    )
    create_for_accounts(
        "daily_amounts",
        ["metric", "day"],
        *words("metric"),
        sa.Column("day", sa.Date, nullable=False),
        *numbers("amount"),
    )
    create_for_accounts(
        "connections",
        [],
        *texts("scopes", "access_token"),
        *numbers("access_until"),
        *texts("refresh_token", null=True),
        *numbers("refresh_until", null=True),
        *numbers("generation"),
        *texts("lease_owner", null=True),
        *numbers("lease_until", null=True),
        *numbers("connected_at"),
    )
    create(
        "authorizations",
        ["user_id", "state"],
        *numbers("user_id"),
        *texts("state", "verifier"),
        *numbers("account_id", null=True),
        *numbers("created_at"),
        parent="users",
    )
    create("allowances", ["endpoint"], *texts("endpoint"), *numbers("free_at"))
    create(
        "api_tokens",
        ["user_id", "token_id"],
        *numbers("user_id", "token_id"),
        *texts("name", "scopes", "digest"),
        *numbers("created_at"),
        *numbers("ends_at", "revoked_at", "last_used_at", null=True),
        parent="users",
    )
    op.create_index("ix_videos_published", "videos", [*ACCOUNT, "published_at"])
