"""Keep what is learned of the hours at which accounts gain, and what it is learned from."""

from snapshot_core.migrations.tables import (
    Columns,
    create,
    create_for_accounts,
    numbers,
    texts,
    words,
)

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _learned() -> Columns:
    return [*texts("zone", "hours"), *numbers("video_factor", "total_factor")]


def upgrade() -> None:
    brackets = numbers("captured_at", "left_at", "gain")
    create_for_accounts("short_brackets", ["captured_at"], *brackets)
    cases = numbers("video_cases", "total_cases")
    create_for_accounts("rhythms", ["since"], *numbers("since"), *_learned(), *cases)
    create("pooled_rhythms", ["source", "zone"], *words("source"), *_learned())
