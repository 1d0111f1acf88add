"""What videos are expected to have gained in a window, from what others of the account did.

By age: a video that gains with the logarithm of its age has gained that part of its count. The
account's measured videos tell how much more or less than that it is.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from snapshot_core.growth.bracket import Flags
from snapshot_core.growth.listing import Counts
from snapshot_core.growth.shape import Instants, Shares
from snapshot_core.growth.value import NEVER
from snapshot_core.windows import HOUR, Window

MIN_TRACKED_SECONDS: Final = 3 * HOUR
"""How long a video must have been read to tell by itself what it gains."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What each video should have gained in a window, and how far that may be off."""

    gains: Shares
    """Shape (videos,); infinite where nothing is measured."""
    own: float
    """The variance of a video's gain, relative to the square of what is expected of it."""
    shared: float
    """That of all of them at once: the pace itself may be off."""

    def only(self, rows: Flags) -> "Expectation":
        """That of some videos."""
        return Expectation(self.gains[rows], self.own, self.shared)


def expectation(
    counts: Counts, gains: Counts, measured: Flags, published: Instants, window: Window
) -> Expectation:
    """`expected_gains`, and how far the measured videos are from it.

    As if one more video had been measured, and been off by all that was expected of it: a video
    that tells the pace alone is not off by anything.
    """
    expected = expected_gains(counts, gains, measured, published, window)
    known = expected[measured]
    squares = float(np.square(known).sum())
    if not 0 < squares < np.inf:
        return Expectation(expected, 1.0, 1.0)
    errors = float(np.square(gains[measured] - known).sum()) + squares / len(known)
    return Expectation(expected, errors / squares, errors / float(known.sum()) ** 2)


def expected_gains(
    counts: Counts, gains: Counts, measured: Flags, published: Instants, window: Window
) -> Shares:
    """What each video should have gained in ``window``, given what the measured ones did.

    ``counts`` at the window's end and ``gains`` in it; arrays of shape (videos,), of which
    ``gains`` counts where ``measured`` only. Infinite where nothing is measured.
    """
    weights = gains_by_age(np.maximum(counts, 0), published, window)
    whole = float(weights.sum(where=measured))
    if whole <= 0:
        return np.full(len(counts), np.inf)
    expected: Shares = weights * (float(np.maximum(gains, 0).sum(where=measured)) / whole)
    return expected


def gains_by_age(counts: Counts, published: Instants, window: Window) -> Shares:
    """What videos with these counts gained that gain with the logarithm of their age.

    The whole count where the age of none is known. Shape (videos,).
    """
    dated = (published != NEVER) & (published < window.end)
    since = np.where(dated, published, window.start)
    begin, end = (np.maximum(at - since, 0) / HOUR for at in (window.start, window.end))
    parts: Shares = np.log1p((end - begin) / (begin + 1.0)) / np.log1p(end)
    if not dated.all():
        seen = float(counts.sum(where=dated))
        mean = float((counts * parts).sum(where=dated)) / seen if seen else 1.0
        parts = np.where(dated, parts, mean)
    weights: Shares = counts * parts
    return weights


def coverage(gained: float, missed: float) -> float:
    """The part of the growth that is measured: 0 to 1, and 1 where nothing is missed.

    ``gained``: the positive gains of like for like and published; ``missed``: what the newly
    tracked videos gained, of which only `missed_gains` tells.
    """
    return gained / (gained + missed) if missed > 0 else 1.0


def missed_gains(
    counts: Counts, first: Counts, first_at: Instants, expected: Shares, window: Window
) -> Shares:
    """What newly tracked videos are thought to have gained in ``window``. Shape (videos,).

    By their own readings since the ``first`` of them, where these reach back far enough, else
    as ``expected`` of videos like them.
    """
    tracked = window.end - first_at
    own = np.maximum(counts - first, 0) * (window.seconds / np.maximum(tracked, 1))
    gains: Shares = np.where(tracked >= MIN_TRACKED_SECONDS, own, expected)
    return gains
