"""Name how often an account is read, instead of in seconds, and note what each source has to do."""

import sqlalchemy as sa
from alembic import op

from snapshot_core.migrations.tables import create, numbers, words

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_CONNECTED = "public", "tiktok", "youtube"


def upgrade() -> None:
    # It was a day for every account.
    op.drop_column("accounts", "cadence")
    cadence = sa.Column("cadence", sa.String(40), nullable=False, server_default="nightly")
    op.add_column("accounts", cadence)
    names = ", ".join(f"'{name}'" for name in _CONNECTED)
    op.execute(f"UPDATE accounts SET cadence = 'adaptive' WHERE source IN ({names})")
    create("source_loads", ["source"], *words("source"), *numbers("accounts", "videos"))
