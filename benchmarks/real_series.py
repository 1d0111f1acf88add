"""Real series of readings, the truth they tell, and what an account would have kept of them.

The files lie beside the repository, not in it: ``../shared/data``.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks import Unmeasured
from snapshot_core.growth.listing import Counts
from snapshot_core.growth.rounding import Rounding
from snapshot_core.growth.shape import Instants
from snapshot_core.growth.value import NEVER
from snapshot_core.windows import DAY, HOUR, Window, instant
from tests.support.accepted import accepted_series

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"

Values = npt.NDArray[np.float64]
Series = list[tuple[int, int]]
"""Readings of one video, oldest first."""


@dataclass(frozen=True, eq=False)
class Account:
    """One account's captures. Shapes (captures,), (captures, videos) and (videos,)."""

    at: Instants
    listed: npt.NDArray[np.bool_]
    counts: Counts
    """Accepted readings; -1 where there is none."""
    published: Instants

    def rounded(self, rounding: Rounding) -> "Account":
        """The same as a source would show it that rounds so to the nearest."""
        step = rounding.down(self.counts) + rounding.up(self.counts)
        nearest = (self.counts + step // 2) // np.maximum(step, 1) * step
        return replace(self, counts=np.where(step > 0, nearest, self.counts))


def read(name: str, folder: Path = DATA) -> dict[str, Account]:
    """The accounts of one file of readings, by name; `Unmeasured` where there is no such file."""
    if not (folder / name).is_file():
        raise Unmeasured(f"there is no {name} in {folder}")
    captures: dict[str, dict[int, dict[str, int]]] = {}
    published: dict[str, dict[str, int]] = {}
    with (folder / name).open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            listing = captures.setdefault(row["account"], {})
            listing.setdefault(_instant(row["captured_at"]), {})[row["video_id"]] = int(
                row["views"]
            )
            since = _instant(row["published_at"]) if row["published_at"] else NEVER
            published.setdefault(row["account"], {})[row["video_id"]] = since
    return {account: _account(captures[account], published[account]) for account in captures}


def _instant(text: str) -> int:
    return instant(datetime.fromisoformat(text))


def _account(captures: dict[int, dict[str, int]], published: dict[str, int]) -> Account:
    at = sorted(captures)
    row_of = {instant: row for row, instant in enumerate(at)}
    counts = np.full((len(at), len(published)), -1, np.int64)
    listed = np.zeros(counts.shape, np.bool_)
    for column, video in enumerate(published):
        readings = [(when, captures[when][video]) for when in at if video in captures[when]]
        for when, _ in readings:
            listed[row_of[when], column] = True
        for when, count in accepted_series(readings):
            counts[row_of[when], column] = count
    return Account(np.array(at), listed, counts, np.array(list(published.values()), np.int64))


@dataclass(frozen=True, eq=False)
class Truth:
    """What every reading of an account says, on a straight line between neighbours."""

    account: Account
    widest: int
    """Seconds between two readings beyond which nothing is said."""

    def near(self, at: int, within: int) -> bool:
        """Whether a capture was taken within so many seconds of ``at``."""
        instants = self.account.at
        place = int(np.searchsorted(instants, at - within))
        return place < len(instants) and int(instants[place]) <= at + within

    @cached_property
    def _values(self) -> dict[int, Values]:
        return {}

    def values(self, at: int) -> Values:
        """Every video's count at ``at``; NaN where readings lie too far apart. Shape (videos,)."""
        if at not in self._values:
            instants, counts = self.account.at, self.account.counts
            left, right = nearest(self.account, np.arange(len(instants)), at)
            known = (left >= 0) & (right >= 0)
            column = np.arange(counts.shape[1])
            begin, end = instants[left], instants[right]
            exact = (right >= 0) & (end == at)
            span = np.where(known & (end > begin), end - begin, 1)
            first, last = counts[left, column], counts[right, column]
            between = first + (last - first) * ((at - begin) / span)
            line = np.where(known & (span <= self.widest), between, np.nan)
            self._values[at] = np.where(exact, last, line)
        return self._values[at]

    @cached_property
    def instants(self) -> list[int]:
        """Of all captures."""
        instants: list[int] = self.account.at.tolist()
        return instants

    @cached_property
    def series(self) -> dict[int, Series]:
        """The readings of each video, by its position."""
        counts = self.account.counts.T.tolist()
        return {
            video: [
                (at, count) for at, count in zip(self.instants, column, strict=True) if count >= 0
            ]
            for video, column in enumerate(counts)
        }

    def count(self, video: int, at: int) -> float | None:
        """One video's count at ``at``; None where readings lie too far apart."""
        count = float(self.values(at)[video])
        return None if np.isnan(count) else count

    def growth(self, window: Window) -> float:
        """The account's growth: videos known at both ends, and those published between."""
        published = self.account.published
        start = np.where(published > window.start, 0.0, self.values(window.start))
        gains = np.where(published <= window.end, self.values(window.end) - start, np.nan)
        return float(np.nansum(gains))


def nearest(account: Account, rows: Instants, at: int) -> tuple[Instants, Instants]:
    """The captures with each video's nearest reading before ``at``, and at or after it.

    Of those at the ascending positions ``rows``; -1 where there is none. Shape (videos,).
    """
    before = int(np.searchsorted(account.at[rows], at))
    read = account.counts[rows] >= 0
    nearest = []
    for part, order in ((slice(before), -1), (slice(before, None), 1)):
        known, places = read[part][::order], rows[part][::order]
        if len(places):
            nearest.append(np.where(known.any(axis=0), places[known.argmax(axis=0)], -1))
        else:
            nearest.append(np.full(read.shape[1], -1))
    return nearest[0], nearest[1]


# --- what an account keeps ---------------------------------------------------------------------


def first_of_each(at: Instants, hour: int, seconds: int = DAY) -> Instants:
    """The positions of the first captures of every ``seconds``, counted from an hour of the day."""
    _, first = np.unique((at - hour * HOUR) // seconds, return_index=True)
    return np.sort(first)


def schedules(at: Instants) -> Iterator[tuple[int, Instants]]:
    """Every hour a nightly job may run at (UTC), and the positions of what it keeps.

    Those that keep the same captures are given once.
    """
    given = set()
    for hour in range(24):
        nights = first_of_each(at, hour)
        if (key := tuple(nights.tolist())) not in given:
            given.add(key)
            yield hour, nights


def read_closely(at: Instants, days: npt.NDArray[np.bool_], widest: int) -> Instants:
    """The positions of captures on some days, each the last within ``widest`` of the one before.

    ``days``: of each capture whether it was taken on one of them.
    """
    chosen: list[int] = []
    place = 0
    while place < len(at):
        if not days[place]:
            place += 1
            continue
        chosen.append(place)
        place = max(int(np.searchsorted(at, at[place] + widest, side="right")) - 1, place + 1)
    return np.array(chosen, np.int64)


def learning_days(at: Instants, hour: int, first: int, of_each_28: int) -> npt.NDArray[np.bool_]:
    """Whether captures were taken in the first days, or in the last few of each 28 after."""
    day = (at - hour * HOUR) // DAY - (at[0] - hour * HOUR) // DAY
    later = (day >= first) & ((day - first) % 28 >= 28 - of_each_28)
    chosen: npt.NDArray[np.bool_] = (day < first) | (later & (of_each_28 > 0))
    return chosen


def together(parts: Sequence[Instants]) -> Instants:
    """Positions of several plans as those of one."""
    return np.unique(np.concatenate(parts))
