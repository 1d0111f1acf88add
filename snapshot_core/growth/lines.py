"""Growth of videos, all of an account's at once: the only implementation of the ledger's lines.

Amounts are kept per video, so that an account's ledger, a table's row and one video's page are
sums over the same numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, get_args

import numpy as np
import numpy.typing as npt

from snapshot_core.growth.bracket import Flags, Values, Videos
from snapshot_core.growth.ledger import Ledger, Line, VideoGrowth
from snapshot_core.growth.listing import Counts, Ids
from snapshot_core.growth.rounding import half_step
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.windows import Window

_LINES: Final[tuple[Line, ...]] = get_args(Line)
_LIKE_FOR_LIKE, _PUBLISHED, _NEWLY_TRACKED, _REMOVED = range(len(_LINES))
_NO_LINE: Final = -1

_FIELDS: Final = tuple(field.name for field in fields(Ledger))

Amounts = npt.NDArray[np.int64]
"""Shape (fields of a ledger, metrics, videos)."""


@dataclass(frozen=True, slots=True)
class VideoLine:
    """A video in a window. Counts by metric; None is unknown."""

    video_id: int
    line: Line
    """By the first metric that has one."""
    current: Mapping[str, int | None]
    growth: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Lines:
    """Where every video stands in a window. Shapes (metrics, videos)."""

    ids: Ids
    line: npt.NDArray[np.int8]
    """Positions in `Line`'s words; -1 where there is a value at neither end."""
    start: Values
    """To be read where a line says that it counts: not of a video published after it."""
    end: Values
    amounts: Amounts

    @property
    def grows(self) -> Flags:
        """Where there is a growth: in the lines that make it."""
        found: Flags = (self.line == _LIKE_FOR_LIKE) | (self.line == _PUBLISHED)
        return found

    @property
    def growth(self) -> Counts:
        """What each video gained; 0 where it is unknown."""
        amounts = _by_field(self.amounts)
        return amounts["like_for_like"] + amounts["published"]

    def ledgers(self) -> dict[str, Ledger]:
        """The ledger of each metric."""
        totals = _totals(self.amounts)
        return {metric: Ledger(*of) for metric, of in zip(VIDEO_METRICS, totals, strict=True)}

    def top(self, metric: str, count: int) -> list[VideoLine]:
        """The videos that gained most of ``metric``, best first, gains only."""
        gains = self.growth[VIDEO_METRICS.index(metric)]
        best = np.argsort(-gains, kind="stable")[:count]
        return self._video_lines(best[gains[best] > 0])

    def rows(self) -> list[VideoLine]:
        """Every video with a line, by id."""
        return self._video_lines(np.flatnonzero((self.line != _NO_LINE).any(axis=0)))

    def _video_lines(self, rows: Ids) -> list[VideoLine]:
        known = self.line[:, rows] != _NO_LINE
        first = self.line[known.argmax(axis=0), rows]
        current, growth = self.end.count[:, rows], self.growth[:, rows]
        table = zip(
            self.ids[rows].tolist(),
            first.tolist(),
            current.T.tolist(),
            growth.T.tolist(),
            self.grows[:, rows].T.tolist(),
            strict=True,
        )
        return [
            VideoLine(
                video_id,
                _LINES[line],
                {m: n if n >= 0 else None for m, n in zip(VIDEO_METRICS, counts, strict=True)},
                {m: n if k else None for m, n, k in zip(VIDEO_METRICS, gains, grows, strict=True)},
            )
            for video_id, line, counts, gains, grows in table
        ]

    def of(self, video_id: int) -> dict[str, VideoGrowth | None]:
        """One video's line in each metric; None where it has a value at neither end."""
        found: dict[str, VideoGrowth | None] = dict.fromkeys(VIDEO_METRICS)
        for row in np.flatnonzero(self.ids == video_id).tolist():
            for number, metric in enumerate(VIDEO_METRICS):
                line = int(self.line[number, row])
                if line != _NO_LINE:
                    found[metric] = VideoGrowth(
                        video_id,
                        _LINES[line],
                        None if line == _PUBLISHED else self.start.value(number, row),
                        self.end.value(number, row),
                        Ledger(*self.amounts[:, number, row].tolist()),
                    )
        return found


def lines(videos: Videos, windows: Sequence[Window]) -> list[Lines]:
    """Where the videos stand in each of the windows whose ends they were loaded for."""
    values: dict[tuple[int, int], Values] = {}
    found = []
    for window in windows:
        gap = window.max_gap
        for at in (window.start, window.end):
            if (at, gap) not in values:
                values[at, gap] = videos.values(at, gap)
        end = videos.values_carried(window.end, gap, values[window.end, gap])
        found.append(_lines(videos, window, values[window.start, gap], end))
    return found


def _lines(videos: Videos, window: Window, start: Values, end: Values) -> Lines:
    new = videos.published > window.start
    known_then, known_now = (start.count >= 0) & ~new, end.count >= 0
    stayed, published = known_then & known_now, known_now & new
    newly_tracked, removed = known_now & ~(known_then | new), known_then & ~known_now
    line = np.full(known_now.shape, _NO_LINE, np.int8)
    for number, chosen in enumerate((stayed, published, newly_tracked, removed)):
        line[chosen] = number
    grows = stayed | published
    uncounted = removed & videos.brackets[window.end].uncounted
    estimated = (end.estimated & grows) | (start.estimated & stayed)
    amounts = np.empty((len(_FIELDS), *line.shape), np.int64)
    of = _by_field(amounts)
    for name, counts, chosen in (
        ("current", end.count, known_now),
        ("previous", start.count, known_then),
        ("like_for_like", end.count - start.count, stayed),
        ("published", end.count, published),
        ("newly_tracked", end.count, newly_tracked),
        ("removed", start.count, removed),
        ("corrections", _corrections(videos, window, start, end), stayed),
        ("low", end.low, grows),
        ("high", end.high, grows),
        ("known", end.count, stayed),
        ("withheld", start.count, uncounted),
    ):
        np.multiply(counts, chosen, out=of[name])
    of["low"] -= start.high * stayed
    of["high"] -= start.low * stayed
    of["resolution"][:] = 0
    if videos.rounded:
        of["resolution"] += half_step(end.count) * grows + half_step(start.count) * stayed
    of["videos"][:] = known_then | known_now
    of["carried"][:] = end.carried
    of["interpolated"][:] = estimated
    of["uncounted"][:] = uncounted
    return Lines(videos.ids, line, start, end, amounts)


def _by_field(amounts: Amounts) -> dict[str, Counts]:
    """Views of the amounts, of shape (metrics, videos), by the names of a ledger's fields."""
    return {name: amounts[number] for number, name in enumerate(_FIELDS)}


def _corrections(videos: Videos, window: Window, start: Values, end: Values) -> Counts:
    """The falls from the value at the start over the readings inside to the value at the end."""
    first, last = videos.brackets[window.start], videos.brackets[window.end]
    exact = last.right_at == window.end
    until = np.where(exact, last.right_at, last.left_at)
    before_end = np.where(exact, last.right, last.left)
    total = np.maximum(start.count - first.right, 0) + np.maximum(before_end - end.count, 0)
    total += videos.falls.inside(first.right_at, until)
    empty = first.right_at >= window.end
    falls: Counts = np.where(empty, np.maximum(start.count - end.count, 0), total)
    return falls


def _totals(amounts: Amounts) -> list[list[int]]:
    """By metric, the sums over the videos: in Python's integers where 64 bits may not do."""
    largest = max(int(amounts.max(initial=0)), -int(amounts.min(initial=0)))
    fits = largest * amounts.shape[-1] < 2**63
    sums: Any = (amounts if fits else amounts.astype(object)).sum(axis=-1)
    totals: list[list[int]] = sums.T.tolist()
    return totals
