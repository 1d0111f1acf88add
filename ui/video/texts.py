"""The words for one video: name, duration, line in the ledger, why a number is missing."""

from snapshot_core.growth.ledger import Line
from snapshot_core.view.video import VideoStory
from snapshot_core.view.wording.numbers import moment

NOTES: dict[Line | None, str] = {
    "published": "new",
    "newly_tracked": "newly tracked",
    "removed": "removed",
}
"""The note beside the title in the table; most videos need none."""

LINES: dict[Line, str] = {
    "like_for_like": "Gained",
    "published": "Gained since it was published",
    "newly_tracked": "Newly tracked",
    "removed": "Removed",
}
LINE_HINTS: dict[Line, str] = {
    "like_for_like": "counts as growth, among the videos you had",
    "published": "counts as growth, among the new videos",
    "newly_tracked": "not growth: what it gained before is not known",
    "removed": "not a loss: it is no longer on the account",
}


def name_of(title: str | None, platform_id: str) -> str:
    """The title; the platform's id where there is none."""
    return title or f"Video {platform_id}"


def running_time(seconds: int) -> str:
    """``0:34``."""
    return f"{seconds // 60}:{seconds % 60:02d}"


def gone_sentence(story: VideoStory, now: int) -> str | None:
    """That the video is no longer listed; None while it is."""
    if story.gone_since is None:
        return None
    since = moment(story.gone_since, story.zone, now)
    return f"No longer on the account since the snapshot of {since}. Its history stays here."
