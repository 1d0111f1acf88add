"""The totals of a complete capture, and what entered and left its listing since the last one.

A video enters with what it had at the last complete capture. Where that one missed it, that is
known only now, from the line between its readings on either side: its growth up to there is then
owed to the totals of that capture, which it left with less.

And what settled videos gained between two complete captures soon after one another: from these an
account's rhythm is learned.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from snapshot_core.growth.gain_line import DAILY_GAP
from snapshot_core.growth.listing import UNKNOWN_COUNT, Counts, Listing, rows_of
from snapshot_core.growth.rhythms.rhythm import LAUNCH_SECONDS, LEARNING_BRACKET_SECONDS, leaps
from snapshot_core.growth.value import interpolate
from snapshot_core.metrics import VIDEO_METRICS

_VIEWS: Final = VIDEO_METRICS.index("views")


@dataclass(slots=True)
class Totals:
    """The totals of one counter."""

    total: int
    left: int
    entered: int = 0
    lacked: dict[int, int] = field(default_factory=dict)
    """By the instants of earlier complete captures: what left with more than they knew."""


def totals_of(
    here: Listing,
    accepted: Counts,
    published: Mapping[int, int],
    last: Listing | None,
    before: Listing | None,
) -> dict[str, Totals]:
    """By metric, where anything is counted or no longer is.

    ``accepted``: the counts of the videos of ``here`` that were accepted before it. ``last``: the
    last complete capture, ``before``: the one before it, with the videos at least that ``last``
    did not count.
    """
    first = last is None
    last = last or Listing(here.captured_at)
    then = np.full_like(here.counts, UNKNOWN_COUNT)
    at, there = rows_of(last.ids, here.ids)
    then[there] = last.counts[at[there]]
    stayed = np.zeros_like(last.counts, np.bool_)
    stayed[at[there]] = here.counts[there] >= 0
    gone = (last.counts >= 0) & ~stayed
    by_metric = {}
    for column, metric in enumerate(VIDEO_METRICS):
        known, left = here.counts[:, column] >= 0, gone[:, column]
        if not known.any() and not left.any():
            continue
        total = int(here.counts[known, column].sum())
        totals = by_metric[metric] = Totals(total, int(last.counts[left, column].sum()))
        if first:  # of the first listing of all nobody can say what entered it
            continue
        for row in np.flatnonzero(known & (then[:, column] < 0)).tolist():
            fresh = not there[row] and accepted[row, column] < 0
            since = None if there[row] else published.get(int(here.ids[row]))
            _enter(totals, here, last, before, row, column, since, fresh=fresh)
    return by_metric


def _enter(
    totals: Totals,
    here: Listing,
    last: Listing,
    before: Listing | None,
    row: int,
    column: int,
    published: int | None,
    *,
    fresh: bool,
) -> None:
    """Let a video enter that the last complete capture did not count.

    ``published``: when, where known of one that it did not list. ``fresh``: no count was ever
    accepted.
    """
    count, video = int(here.counts[row, column]), int(here.ids[row])
    reading = here.captured_at, count
    if before is not None and here.captured_at - before.captured_at <= DAILY_GAP:
        was = before.count(video, column)
        if was >= 0:
            had = interpolate((before.captured_at, was), reading, last.captured_at)
            _owe(totals, last, had - was)
            totals.entered += had
            return
    if published is None:
        totals.entered += count
    elif published > last.captured_at:
        pass  # it had nothing
    elif fresh and here.captured_at - published <= DAILY_GAP and published < here.captured_at:
        had, then = interpolate((published, 0), reading, last.captured_at), 0
        if before is not None and published < before.captured_at:
            then = interpolate((published, 0), reading, before.captured_at)
            _owe(totals, before, then)
        _owe(totals, last, had - then)
        totals.entered += had
    else:
        totals.entered += count


def _owe(totals: Totals, listing: Listing, amount: int) -> None:
    at = listing.captured_at
    totals.lacked[at] = totals.lacked.get(at, 0) + amount


class ShortBracket(NamedTuple):
    """The views gained between two complete captures in a row, known by the later one."""

    left_at: int
    gain: int
    """Of the videos that both counted, and that were settled and not coarsely rounded."""


def is_short(last: Listing, captured_at: int) -> bool:
    """Whether a capture follows the complete one before it soon."""
    return captured_at - last.captured_at <= LEARNING_BRACKET_SECONDS


def short_bracket(
    last: Listing | None, here: Listing, published: Mapping[int, int]
) -> ShortBracket | None:
    """The bracket of ``here`` and the complete capture before it; None where it is too wide, or
    no video tells of the hour.

    ``published``: the instants of publication, where known, of videos younger than
    `LAUNCH_SECONDS` at least.
    """
    if last is None or not is_short(last, here.captured_at):
        return None
    at, there = rows_of(last.ids, here.ids)
    before, now = last.counts[at[there], _VIEWS], here.counts[there, _VIEWS]
    settled_by = last.captured_at - LAUNCH_SECONDS
    young = [video for video, instant in published.items() if instant > settled_by]
    counted = (before >= 0) & (now >= 0) & ~np.isin(here.ids[there], young)
    counted &= ~(leaps(now) & leaps(before))
    if not counted.any():
        return None
    gain = int((now - before).sum(where=counted))
    return ShortBracket(last.captured_at, gain)
