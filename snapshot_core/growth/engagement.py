"""Engagement: how many of those who watched did something."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from snapshot_core.growth.growth import percent
from snapshot_core.metrics import VIDEO_METRICS

VIEWS: Final = VIDEO_METRICS[0]
INTERACTIONS: Final = VIDEO_METRICS[1:]
"""Likes, comments, shares, saves."""


def engagement(totals: Mapping[str, int | None]) -> Decimal | None:
    """Interactions per view, in per cent with two decimals, from a video's totals by metric.

    Counts those that the source gives. None where it gives none, and at 0 or unknown views.
    """
    return engagement_of([totals])


def engagement_of(videos: Iterable[Mapping[str, int | None]]) -> Decimal | None:
    """The same of several videos together: of those that have a rate of their own."""
    interactions = views = 0
    for totals in videos:
        given = [count for metric in INTERACTIONS if (count := totals.get(metric)) is not None]
        if given and (watched := totals.get(VIEWS)):
            interactions += sum(given)
            views += watched
    return percent(interactions, views)
