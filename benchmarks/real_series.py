"""Real series of readings, the truth they tell, and what a nightly job would have kept of them.

The files lie beside the repository, not in it: ``../shared/data``.
"""

import csv
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from benchmarks import Unmeasured
from snapshot_core.windows import DAY, HOUR, Window, instant
from tests.support.accepted import accepted_series

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"

Series = list[tuple[int, int]]


@dataclass
class Account:
    """One account's captures, ``{instant: {video: count}}``, and what they tell together."""

    captures: dict[int, dict[str, int]] = field(default_factory=dict)
    published: dict[str, int] = field(default_factory=dict)

    def series(self, video: str, instants: Iterable[int]) -> Series:
        """The accepted readings of one video at these captures."""
        rows = ((at, self.captures[at].get(video)) for at in instants)
        return accepted_series([(at, count) for at, count in rows if count is not None])


def read(name: str) -> dict[str, Account]:
    """The accounts of one file of readings."""
    if not (DATA / name).is_file():
        raise Unmeasured(f"../shared/data/{name} is not beside this checkout")
    accounts: dict[str, Account] = {}
    with (DATA / name).open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            account = accounts.setdefault(row["account"], Account())
            at = instant(datetime.fromisoformat(row["captured_at"]))
            account.captures.setdefault(at, {})[row["video_id"]] = int(row["views"])
            account.published[row["video_id"]] = instant(
                datetime.fromisoformat(row["published_at"])
            )
    return accounts


class Truth:
    """What every reading of an account says, on a straight line between neighbours."""

    def __init__(self, account: Account, widest: int) -> None:
        self.account, self.widest = account, widest
        self.instants = sorted(account.captures)
        self.series = {video: account.series(video, self.instants) for video in account.published}

    def near(self, at: int, within: int) -> bool:
        """Whether a capture was taken within so many seconds of ``at``."""
        place = bisect_left(self.instants, at - within)
        return place < len(self.instants) and self.instants[place] <= at + within

    def count(self, video: str, at: int) -> float | None:
        """One video's count at ``at``, where readings lie close enough on both sides."""
        series = self.series[video]
        place = bisect_left(series, (at, -1))
        if place < len(series) and series[place][0] == at:
            return series[place][1]
        if not 0 < place < len(series):
            return None
        (t0, c0), (t1, c1) = series[place - 1], series[place]
        return c0 + (c1 - c0) * (at - t0) / (t1 - t0) if t1 - t0 <= self.widest else None

    def growth(self, window: Window) -> float:
        """The account's growth: videos known at both ends, and those published between."""
        total = 0.0
        for video, published in self.account.published.items():
            end = self.count(video, window.end)
            start = 0.0 if published > window.start else self.count(video, window.start)
            if published <= window.end and start is not None and end is not None:
                total += end - start
        return total


def schedules(instants: Sequence[int]) -> Iterator[tuple[int, dict[int, int]]]:
    """Every hour a nightly job may run at (UTC), and what it keeps: ``{day: instant}``."""
    schedules_given = set()
    for hour in range(24):
        nights: dict[int, int] = {}
        for at in instants:
            nights.setdefault((at - hour * HOUR) // DAY, at)
        if tuple(nights.values()) not in schedules_given:
            schedules_given.add(tuple(nights.values()))
            yield hour, nights
