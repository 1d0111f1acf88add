"""Let users say of a listing that the videos it misses are gone."""

from alembic import op

from snapshot_core.migrations.tables import flags

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("captures", *flags("confirmed", null=True))
