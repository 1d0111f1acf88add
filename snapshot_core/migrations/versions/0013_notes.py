"""Make room for the dated notes that users write."""

import sqlalchemy as sa

from snapshot_core.migrations.tables import create, numbers, texts

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    columns = [
        *numbers("user_id", "note_id"),
        *numbers("account_id", null=True),
        sa.Column("day", sa.Date, nullable=False),
        *texts("text"),
        *numbers("created_at"),
    ]
    create("notes", ["user_id", "note_id"], *columns, parent="users", parents=["accounts"])
