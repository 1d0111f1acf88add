"""The columns of a readings file, and one of its rows."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple, TypeAlias

from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.readings import NO_COUNTS, Counts

ACCOUNT_COUNTERS: Final = ("followers", "following", "likes_total")
"""The account's own counters, in rows without a video."""
INTEGERS: Final = (*VIDEO_METRICS, *ACCOUNT_COUNTERS)

_FIRST_METRICS: Final = 4
"""Metrics of the first files. Later ones stand last, so that columns keep their places."""
_ABOUT: Final = ("account", "video_id", "title", "published_at", "captured_at")
COLUMNS: Final = (
    *_ABOUT,
    *VIDEO_METRICS[:_FIRST_METRICS],
    *ACCOUNT_COUNTERS,
    "status",
    "rounded",
    *VIDEO_METRICS[_FIRST_METRICS:],
    "source",
)
NEEDED_COLUMNS: Final = ("account", "video_id", "captured_at")
USUAL_COLUMNS: Final = COLUMNS[: len(_ABOUT) + _FIRST_METRICS]
NO_TOTALS: Final[Counts] = (None,) * len(ACCOUNT_COUNTERS)

Cell: TypeAlias = Any
"""A text, a whole number, a truth value or None."""


class ReadingRow(NamedTuple):
    """One row. Instants are UTC seconds; None is unknown."""

    account: str
    video_id: str | None
    title: str | None
    published_at: int | None
    captured_at: int
    counts: Counts = NO_COUNTS
    """In the order of `VIDEO_METRICS`."""
    totals: Counts = NO_TOTALS
    """In the order of `ACCOUNT_COUNTERS`."""
    status: str | None = None
    """``complete`` or ``partial``, as the capture was judged where it was made."""
    rounded: bool | None = None
    """Whether the source rounds its counters."""
    source: str | None = None
    """That the readings came from, by its name."""

    def cells(self) -> list[Cell]:
        """The values in the order of `COLUMNS`."""
        judged = self.status, self.rounded
        return cells_in_order(self[: len(_ABOUT)], self.counts, self.totals, judged, self.source)


def cells_in_order(
    about: Sequence[Cell], counts: Counts, totals: Counts, judged: Sequence[Cell], source: Cell
) -> list[Cell]:
    """The cells of a row, in the order of `COLUMNS`; ``judged`` is its status and rounding."""
    return [*about, *counts[:_FIRST_METRICS], *totals, *judged, *counts[_FIRST_METRICS:], source]


def batches_of(rows: Iterable[ReadingRow], size: int) -> Iterator[list[ReadingRow]]:
    """``rows``, so many at a time."""
    source = iter(rows)
    while batch := list(islice(source, size)):
        yield batch
