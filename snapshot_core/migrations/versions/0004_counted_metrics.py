"""Note which metrics any reading of an account counts."""

from alembic import op

from snapshot_core.migrations.tables import create_for_accounts, words

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_VIDEOS_PER_ACCOUNT = 1 << 20
_METRICS = ("views", "likes", "comments", "shares", "saves")


def upgrade() -> None:
    create_for_accounts("counted_metrics", ["metric"], *words("metric"))
    for metric in _METRICS:
        op.execute(
            "INSERT INTO counted_metrics (user_id, account_id, metric) "
            f"SELECT DISTINCT user_id, video_id / {_VIDEOS_PER_ACCOUNT}, '{metric}' "
            f"FROM video_snapshots WHERE {metric[:-1]}_count IS NOT NULL"
        )
