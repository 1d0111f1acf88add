"""Growth across a day on which a platform redefined a counter: said beside the number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from snapshot_core.growth.definitions import DefinitionBreak
from snapshot_core.growth.gain_line import DayGrowth
from snapshot_core.growth.growth import Growth
from snapshot_core.sources.definitions import breaks_in
from snapshot_core.windows import Window, local_date


def across_breaks(growth: Growth, places: Iterable[tuple[str, Window]]) -> Growth:
    """``growth`` with the days in its period on which its counter was redefined.

    ``places``: the sources that it is of, each with its own window. Across such a day nothing is
    compared with the period before.
    """
    places = list(places)
    breaks = breaks_of(growth.metric, places)
    earlier = breaks_of(growth.metric, [(source, window.before) for source, window in places])
    if growth.growth is None or not (breaks or earlier):
        return growth
    growth = replace(growth, before=None, redefined=True)
    if not breaks:
        return growth
    return replace(growth, breaks=breaks, estimated=(*growth.estimated, "definition"))


def breaks_of(metric: str, places: Iterable[tuple[str, Window]]) -> tuple[DefinitionBreak, ...]:
    """The days on which one of the sources redefined a counter, each in its own window."""
    breaks = {each for source, window in places for each in breaks_in(source, metric, window)}
    return tuple(sorted(breaks, key=lambda each: each.day))


def video_across_breaks(
    growths: Mapping[str, Growth], source: str, published_at: int | None
) -> dict[str, Growth]:
    """`across_breaks` for a video's counters: days before its publication do not concern it."""

    def across(growth: Growth) -> Growth:
        return across_breaks(growth, _counted_in(growth.window, source, published_at))

    return {
        metric: replace(
            across(growth), since_tracking=growth.since_tracking and across(growth.since_tracking)
        )
        for metric, growth in growths.items()
    }


def _counted_in(
    window: Window | None, source: str, published_at: int | None
) -> list[tuple[str, Window]]:
    if window is None:
        return []
    start = window.start if published_at is None else max(window.start, published_at)
    return [(source, Window(start, window.end))] if start < window.end else []


def mark_days(
    days: Sequence[DayGrowth],
    breaks: Sequence[DefinitionBreak],
    zone: ZoneInfo,
    resolution: int,
) -> Sequence[DayGrowth]:
    """``days`` with those estimated on which a counter was redefined, and with what is rounded off
    between two readings.
    """
    broken = {local_date(at, zone) for each in breaks for at in (each.start, each.end - 1)}
    return [
        replace(day, estimated=day.estimated or day.date in broken, resolution=resolution)
        for day in days
    ]
