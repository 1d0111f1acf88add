"""Note of an imported account from which platform its readings came."""

from alembic import op

from snapshot_core.migrations.tables import texts

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", *texts("read_from", null=True))
