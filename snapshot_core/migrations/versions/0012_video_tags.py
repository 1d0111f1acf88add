"""Make room for the tags that users give to videos."""

from snapshot_core.migrations.tables import create, numbers, texts

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    columns = *numbers("user_id", "video_id"), *texts("tag")
    create("video_tags", ["user_id", "video_id", "tag"], *columns, parent="videos")
