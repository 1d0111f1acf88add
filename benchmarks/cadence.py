"""What reading an account by a plan gives, and what it takes: adaptive beside every hour.

The job's own schedule lives through each plan, looking every ten seconds. Growth: the readings of
an exact series that are nearest to the plan's captures are kept, and the engine learns from them
and answers. Growth of 24 hours is asked at each reading of the series, with a fresh one, and
compared with what the whole series says; days on which everything is read every 3 hours from the
first on are left out. Nights at six hours in turn. Launches: 1,000 simulated posts, one a day, in
an account of ten pages. Calls and rows: such posts, after the first week, with the four days of
learning of each 28. Every hour means all videos. Looks: those of the job at 10,000 accounts, when
most of them have a video younger than 72 hours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median, quantiles

import numpy as np

from benchmarks import Figure, Table
from benchmarks.accuracy_answers import History, answer, taught
from benchmarks.cadence_looks import looks
from benchmarks.cadence_replay import calls_of, captures, checkpoint, cost, daily_posts, kept
from benchmarks.real_series import DATA, Account, Truth, read
from snapshot_core.windows import DAY, HOUR

COLUMNS = ("", "value", "target", "met")
FIRST_WEEK = 7 * DAY
POSTS = 1_000
BEGIN = 1_767_225_600  # 2026-01-01T00:00:00Z
PLATFORMS = ("tiktok", "public", "youtube")
PAGES = (1, 2, 6, 10, 22)
AGES_HOURS = (1, 6, 24, 72)
MAX_OFF_SECONDS = 2 * HOUR
"""Between a capture and the reading of the series that stands for it."""
NIGHT_HOURS = range(6)
"""Of the nightly capture, in turn: captures lie six hours apart."""


def run(data: Path | None = None) -> Table:
    """Measure; the real series are in ``data``, by default beside the repository."""
    figures = (*growth(data or DATA), *launches(), *costs(), *looks())
    rows: list[tuple[str, ...]] = [
        (
            figure.name,
            f"{figure.value}" if "processor" in figure.name else f"{figure.value} %",
            figure.target or "",
            {True: "yes", False: "no", None: ""}[figure.met],
        )
        for figure in figures
    ]
    notes = (__doc__ or "").split("\n\n", 1)[1].strip()
    return Table("Cadence", COLUMNS, rows, notes, figures)


def at_most(name: str, percent: float, target: float | None) -> Figure:
    """A figure that should be no larger than its target."""
    value = float(f"{percent:.3g}")
    if target is None:
        return Figure(name, value)
    return Figure(name, value, f"<= {target:g} %", percent <= target)


def at_least(name: str, percent: float, target: float) -> Figure:
    """A figure that should be no smaller."""
    return Figure(name, float(f"{percent:.3g}"), f">= {target:g} %", percent >= target)


def growth(folder: Path) -> Iterator[Figure]:
    """Error of growth in 24 hours."""
    for name, file, near, learned in (
        ("hourly video", "youtube_hourly_readings.csv", HOUR // 12, FIRST_WEEK),
        ("51 videos as one account", "account_half_hourly.csv", HOUR // 4, 3 * DAY),
    ):
        (account,) = read(file, folder).values()
        for cadence, target in (("adaptive", 0.65), ("nightly", None)):
            replay = Replay(account, cadence, near, learned)
            fresh = replay.errors(fresh=True)
            yield at_most(f"{name}, {cadence}: growth in 24 h, median error", median(fresh), target)
            yield at_most(f"{name}, {cadence}: the same, p90", quantiles(fresh, n=10)[-1], None)
            if cadence == "adaptive":
                shown = median(replay.errors(fresh=False))
                yield at_most(f"{name}, {cadence}: without a fresh reading, median", shown, None)


@dataclass(frozen=True)
class Replay:
    """An account of which a plan keeps some readings."""

    account: Account
    cadence: str
    near: int
    """Seconds within which the series must have a reading where the window begins."""
    learned: int
    """Seconds that are left out at the begin, being days of learning."""

    def errors(self, *, fresh: bool) -> list[float]:
        """Per cent by which growth of 24 hours is off, asked with a fresh reading or without."""
        return [error for hour in NIGHT_HOURS for error in self._errors(hour, fresh)]

    @cached_property
    def truth(self) -> Truth:
        """What the whole series says."""
        return Truth(self.account, 3 * HOUR // 2)

    def _errors(self, hour: int, fresh: bool) -> Iterator[float]:
        begin, end = int(self.account.at[0]), int(self.account.at[-1])
        # Where the series is short, it begins in the midst of the first week.
        connected_at = begin + self.learned - FIRST_WEEK
        taken = captures(self.cadence, begin, end, connected_at=connected_at, hour=hour)
        at = self.account.at
        rows = kept(at, taken, MAX_OFF_SECONDS)
        history = History(self.account, rows, taught(self.account, rows).lessons())
        first = int(np.searchsorted(at, begin + self.learned + DAY))
        for asked in range(first, len(at)) if fresh else rows[rows >= first].tolist():
            if not self.truth.near(int(at[asked]) - DAY, self.near):
                continue
            given = answer(history.with_fresh(asked))
            actual = self.truth.growth(given.window)
            if given.growth is not None and actual > 0:
                yield 100 * abs(given.growth - actual) / actual


def launches() -> Iterator[Figure]:
    """Posts that were read at their ages."""
    posts = daily_posts(BEGIN + FIRST_WEEK, POSTS, seed=1)
    taken = captures("adaptive", BEGIN, posts[-1] + 5 * DAY, videos=200, posts=posts)
    instants = [due.at for due in taken]
    for hours in AGES_HOURS:
        checkpoints = [checkpoint(instants, post, hours) for post in posts]
        known = [each for each in checkpoints if each.in_time]
        near = sum(each.off <= 0.1 for each in known)
        name = f"posts read at {hours} h of age, within a tenth of it"
        if hours == 1:
            yield at_most(
                "posts found before 1 h of age", 100 * len(known) / len(checkpoints), None
            )
            yield at_least(f"of those, {name}", 100 * near / len(known), 95)
        else:
            yield at_least(name, 100 * near / len(checkpoints), 95)


def costs() -> Iterator[Figure]:
    """Calls and rows of one post a day, beside all of it every hour."""
    days = 84
    begin = BEGIN + FIRST_WEEK
    end = begin + days * DAY
    posts = daily_posts(BEGIN, days + 7, seed=2)
    for platform in PLATFORMS:
        calls = calls_of(platform)
        for pages in PAGES:
            videos = pages * calls.videos_per_page
            lived = captures("adaptive", BEGIN, end, videos=videos, posts=posts, platform=platform)
            taken = [due for due in lived if due.at >= begin]
            ours = cost(taken, calls, videos, days)
            hourly = 24 * calls.of("complete", videos)
            name = f"{platform}, {pages} {'pages' if pages > 1 else 'page'}"
            target = 25 if pages >= 10 else 99
            yield at_most(f"{name}: calls beside every hour", 100 * ours.calls / hourly, target)
            if pages == 10:
                rows = 100 * ours.rows / (24 * videos)
                yield at_most(f"{name}: rows beside every hour", rows, 34)
