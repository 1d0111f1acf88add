"""Give readings a fifth counter: saves (favourites)."""

from alembic import op

from snapshot_core.migrations.tables import numbers

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("video_snapshots", *numbers("save_count", null=True))
