"""What is said of one video: its name, its age, its line in the ledger, why there is no number."""

from snapshot_core.growth.ledger import Line, VideoGrowth
from snapshot_core.view.video import VideoStory
from snapshot_core.view.wording.numbers import compact, moment, reason_sentence

NOTES: dict[Line | None, str] = {
    "published": "new",
    "newly_tracked": "newly tracked",
    "removed": "removed",
}
"""What a row of the table says beside the title; most videos need no word."""

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
    """The title; the platform's number where there is none."""
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
    found = [words[estimate] for estimate in story.estimates(metric)]
    return f"Estimated: {'; '.join(found)}." if found else ""


def gone_sentence(story: VideoStory, now: int) -> str | None:
    """That the video is no longer listed; None while it is."""
    if story.gone_since is None:
        return None
    since = moment(story.gone_since, story.zone, now)
    return f"No longer on the account since the snapshot of {since}. Its history stays here."


def keys_of(keys: list[tuple[str, str]]) -> str:
    """The key of a chart: a mark (by its style) and what it means."""
    marks = "".join(f'<span><i class="{css}"></i>{text}</span>' for css, text in keys)
    return f'<p class="tg-key">{marks}</p>'
