"""Mark captures, and turns of rate limits, that were dated by a clock that was ahead."""

import sqlalchemy as sa
from alembic import op

from snapshot_core.migrations.tables import flags, numbers

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (*numbers("ahead_at", null=True), *flags("kept", null=True)):
        op.add_column("captures", column)
    key, marked = ["user_id", "ahead_at"], sa.text("ahead_at IS NOT NULL")
    op.create_index(
        "ix_captures_ahead", "captures", key, sqlite_where=marked, postgresql_where=marked
    )
    op.add_column("rate_limits", *numbers("reserved_at", null=True))
