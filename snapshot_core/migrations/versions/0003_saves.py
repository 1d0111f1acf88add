"""Give readings a fifth counter: saves (favourites)."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "video_snapshots",
        sa.Column("save_count", sa.BigInteger(), autoincrement=False, nullable=True),
    )


def downgrade() -> None:
    op.drop_column("video_snapshots", "save_count")
