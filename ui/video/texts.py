"""The words for one video: name, duration, line in the ledger, why a number is missing."""

from snapshot_core.growth.ledger import Line, VideoGrowth
from snapshot_core.view.video import VideoStory
from snapshot_core.view.wording.numbers import compact, moment, reason_sentence

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


def why_unknown(story: VideoStory, growth: VideoGrowth | None, now: int) -> str | None:
    """Why the video has no growth of a counter in the period; None where it has."""
    if growth is None:
        if story.reason is not None:
            return reason_sentence(story.reason, story.period, story.zone, now)
        return f"It was not read around the last {story.period.words}."
    if growth.line == "newly_tracked":
        return "It was first read after the period began, so its growth is not known yet."
    if growth.line == "removed":
        if growth.ledger.uncounted:
            return "The latest snapshot lists the video without this count."
        return "It is no longer on the account, so it has no growth in this period."
    return None


def unsure(story: VideoStory, metric: str) -> str:
    """Why its growth is estimated, in a sentence; empty where it is not."""
    growth = story.growth[metric]
    assert growth is not None
    words = {
        "interpolated": "it was not read near the period's start, so its count then lies on the "
        "line between the two readings around it",
        "carried": "the latest snapshot missed it or its reading is held back, so it keeps the "
        "count before",
        "partial": "the latest snapshot was cut short",
        "resolution": "the source rounds its counts, which blurs this by up to "
        f"{compact(growth.ledger.resolution)}",
    }
    reasons = [words[estimate] for estimate in story.estimates(metric)]
    return f"Estimated: {'; '.join(reasons)}." if reasons else ""


def gone_sentence(story: VideoStory, now: int) -> str | None:
    """That the video is no longer listed; None while it is."""
    if story.gone_since is None:
        return None
    since = moment(story.gone_since, story.zone, now)
    return f"No longer on the account since the snapshot of {since}. Its history stays here."
