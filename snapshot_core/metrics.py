"""The table of metrics: what a platform counts, and what follows from that.

Columns, arrays, documents, cards, file columns and form fields follow from it. A new metric is a
row here, a migration, and the source that gives it.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Metric:
    """One counter, cumulative as platforms give it."""

    name: str
    column: str
    """Of ``video_snapshots``, or of ``account_snapshots`` for an account's counter."""
    label: str
    account_level: bool = False
    """Counted for the account as a whole: it has change but no ledger."""
    may_fall: bool = False
    """A fall is an ordinary event, such as an unfollow, and not the platform's correction."""


METRICS: Final = (
    Metric("views", "view_count", "Views"),
    Metric("likes", "like_count", "Likes"),
    Metric("comments", "comment_count", "Comments"),
    Metric("shares", "share_count", "Shares"),
    Metric("saves", "save_count", "Saves"),
    Metric("followers", "follower_count", "Followers", account_level=True, may_fall=True),
)

COUNTERS: Final = tuple(metric.name for metric in METRICS)
"""All names, in the order in which people see them."""

VIDEO_METRICS: Final = tuple(metric.name for metric in METRICS if not metric.account_level)
"""The counters of a video, in the order in which every table and array holds them."""

FOLLOWERS: Final = "followers"
"""The account's own counter."""
