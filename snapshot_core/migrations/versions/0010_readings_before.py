"""Take in what captures of before say: short brackets to learn from, and views before publication.

Brackets of the last 60 days of each account: a rhythm is learned from no others. The next capture
teaches from them.
"""

from alembic import op

from snapshot_core.migrations.tables import numbers

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_VIDEOS_PER_ACCOUNT = 1 << 20
_BRACKET_SECONDS = 3 * 3_600 + 900
_LEARNING_SECONDS = 60 * 86_400
_LAUNCH_SECONDS = 3 * 86_400
_COUNTS = ("view_count", "like_count", "comment_count", "share_count", "save_count")

_BRACKETS = f"""
WITH complete AS (
  SELECT user_id, account_id, captured_at,
    lag(captured_at) OVER (PARTITION BY user_id, account_id ORDER BY captured_at) AS left_at,
    max(captured_at) OVER (PARTITION BY user_id, account_id) AS newest
  FROM captures
  WHERE status = 'complete' AND (ahead_at IS NULL OR kept IS TRUE)
), close_by AS (
  SELECT user_id, account_id, captured_at, left_at FROM complete
  WHERE captured_at - left_at <= {_BRACKET_SECONDS}
    AND captured_at > newest - {_LEARNING_SECONDS}
    AND NOT EXISTS (
      SELECT 1 FROM short_brackets
      WHERE short_brackets.user_id = complete.user_id
        AND short_brackets.account_id = complete.account_id
        AND short_brackets.captured_at = complete.captured_at
    )
)
INSERT INTO short_brackets (user_id, account_id, captured_at, left_at, gain)
SELECT close_by.user_id, close_by.account_id, close_by.captured_at, close_by.left_at,
  sum(after.view_count - before.view_count)
FROM close_by
JOIN video_snapshots AS before ON before.user_id = close_by.user_id
  AND before.captured_at = close_by.left_at
  AND before.video_id BETWEEN close_by.account_id * {_VIDEOS_PER_ACCOUNT}
    AND close_by.account_id * {_VIDEOS_PER_ACCOUNT} + {_VIDEOS_PER_ACCOUNT - 1}
JOIN video_snapshots AS after ON after.user_id = close_by.user_id
  AND after.captured_at = close_by.captured_at AND after.video_id = before.video_id
JOIN videos ON videos.user_id = close_by.user_id AND videos.video_id = before.video_id
WHERE before.view_count IS NOT NULL AND after.view_count IS NOT NULL
  AND (videos.published_at IS NULL OR videos.published_at <= close_by.left_at - {_LAUNCH_SECONDS})
  AND (
    before.view_count < 1000000 OR before.view_count % 100000 <> 0
    OR after.view_count < 1000000 OR after.view_count % 100000 <> 0
  )
  AND NOT EXISTS (
    SELECT 1 FROM quarantine
    WHERE quarantine.user_id = close_by.user_id
      AND quarantine.account_id = close_by.account_id
      AND quarantine.video_id = before.video_id
      AND quarantine.metric = 'views'
      AND quarantine.captured_at IN (close_by.left_at, close_by.captured_at)
  )
GROUP BY close_by.user_id, close_by.account_id, close_by.captured_at, close_by.left_at
"""

_COUNTED = f"""
UPDATE videos SET counted_at = counted.captured_at
FROM (
  SELECT early.user_id, early.video_id, min(readings.captured_at) AS captured_at
  FROM listing_runs
  JOIN videos AS early ON early.user_id = listing_runs.user_id
    AND early.account_id = listing_runs.account_id
    AND early.video_id = listing_runs.video_id
    AND early.published_at > listing_runs.since
  JOIN video_snapshots AS readings ON readings.user_id = early.user_id
    AND readings.captured_at >= listing_runs.since
    AND readings.captured_at < early.published_at
    AND readings.video_id = early.video_id
    AND ({" OR ".join(f"readings.{count} > 0" for count in _COUNTS)})
  GROUP BY early.user_id, early.video_id
) AS counted
WHERE counted.user_id = videos.user_id AND counted.video_id = videos.video_id
"""


def upgrade() -> None:
    op.add_column("videos", *numbers("counted_at", null=True))
    op.execute(_COUNTED)
    op.execute(_BRACKETS)
