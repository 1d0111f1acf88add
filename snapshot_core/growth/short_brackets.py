"""What an account's settled videos gained between two captures soon after one another.

Its rhythm is learned from these: they tell at which hours an account gains.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np

from snapshot_core.growth.listing import Listing, rows_of
from snapshot_core.growth.rhythm import LAUNCH_SECONDS, LEARNING_BRACKET_SECONDS
from snapshot_core.metrics import VIDEO_METRICS

_VIEWS: Final = VIDEO_METRICS.index("views")


class ShortBracket(NamedTuple):
    """The views gained between two complete captures in a row, known by the later one."""

    left_at: int
    gain: int
    """Of the videos that both counted and that were settled."""


def is_short(last: Listing, captured_at: int) -> bool:
    """Whether a capture follows the complete one before it soon."""
    return captured_at - last.captured_at <= LEARNING_BRACKET_SECONDS


def short_bracket(
    last: Listing | None, here: Listing, published: Mapping[int, int]
) -> ShortBracket | None:
    """The bracket of ``here`` and the complete capture before it; None where it is too wide.

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
    gain = int((now - before).sum(where=counted))
    return ShortBracket(last.captured_at, gain)
