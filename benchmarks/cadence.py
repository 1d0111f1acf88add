"""What reading an account by a plan gives, and what it takes: adaptive beside every hour.

The job's own schedule lives through each plan, looking every ten seconds. Growth: the readings of
an exact series that the plan's captures would have made are kept. Growth of 24 hours is asked at
each reading of the series, with a fresh one, and compared with what the whole series says; days on
which everything is read every 3 hours from the first on are left out. Nights at five hours in turn.
Launches: 1,000 simulated posts, one a day, in an account of ten pages. Calls and rows: such posts,
after the first week, with the four days of learning of each 28. Every hour means all videos.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from statistics import median, quantiles

from benchmarks import Table
from benchmarks.cadence_replay import (
    Checkpoint,
    calls_of,
    captures,
    checkpoint,
    cost,
    daily_posts,
    kept,
)
from benchmarks.real_series import Account, Series, Truth, read
from snapshot_core.growth.value import value_at
from snapshot_core.windows import DAY, HOUR, Window

COLUMNS = ("", "value", "target", "met")
FIRST_WEEK = 7 * DAY
POSTS = 1_000
BEGIN = 1_767_225_600  # 2026-01-01T00:00:00Z
PLATFORMS = ("tiktok", "public", "youtube")
PAGES = (1, 2, 6, 10, 22)
MAX_GAP_SECONDS = 50 * HOUR
MAX_DELAY_SECONDS = 3 * HOUR
"""Until the series has a reading, after a capture: as after an outage."""
NIGHT_HOURS = range(0, 24, 5)
"""Of the nightly capture, in turn."""


def run() -> Table:
    """Measure; the series lie beside the repository."""
    rows = [*growth_rows(), *launch_rows(), *cost_rows()]
    return Table("Cadence", COLUMNS, rows, (__doc__ or "").split("\n\n", 1)[1].strip())


def row(name: str, value: float, target: float | None, unit: str = "%") -> tuple[str, ...]:
    """A line whose value should not be above its target; with a target below 0, not below it."""
    shown = f"{value:.3g} {unit}"
    if target is None:
        return name, shown, "", ""
    met = value >= -target if target < 0 else value <= target
    return (
        name,
        shown,
        f"{'>=' if target < 0 else '<='} {abs(target):g} {unit}",
        "yes" if met else "no",
    )


def growth_rows() -> Iterator[tuple[str, ...]]:
    """Error of growth in 24 hours."""
    for name, file, near, learned in (
        ("hourly video", "youtube_hourly_readings.csv", 300, FIRST_WEEK),
        ("51 videos as one account", "account_half_hourly.csv", HOUR // 2, 3 * DAY),
    ):
        (account,) = read(file).values()
        for cadence, target in (("adaptive", 0.65), ("nightly", None), ("hourly", None)):
            replay = Replay(account, cadence, near, learned)
            fresh = replay.errors(fresh=True)
            yield row(f"{name}, {cadence}: growth in 24 h, median error", median(fresh), target)
            yield row(f"{name}, {cadence}: the same, p90", quantiles(fresh, n=10)[-1], None)
            if cadence == "adaptive":
                shown = median(replay.errors(fresh=False))
                yield row(f"{name}, {cadence}: without a fresh reading, median", shown, None)


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
        return Truth(self.account, 3 * HOUR // 2)

    def _errors(self, hour: int, fresh: bool) -> Iterator[float]:
        begin, end = self.truth.instants[0], self.truth.instants[-1]
        # Where the series is short, it begins in the midst of the first week.
        connected_at = begin + self.learned - FIRST_WEEK
        taken = captures(self.cadence, begin, end, videos=200, connected_at=connected_at, hour=hour)
        complete = [due for due in taken if due.scope == "complete"]
        series = {
            video: kept(each, complete, MAX_DELAY_SECONDS)
            for video, each in self.truth.series.items()
        }
        ends = sorted({at for each in series.values() for at, _ in each})
        for at in self.truth.instants:
            if at < begin + self.learned + DAY:
                continue
            latest = at if fresh else ends[bisect_left(ends, at) - 1]
            error = self._error(series, latest)
            if error is not None:
                yield error

    def _error(self, series: Mapping[int, Series], end: int) -> float | None:
        """Of the growth that ends at a reading, which is there beside the ones that are kept."""
        window = Window(end - DAY, end)
        if not self.truth.near(window.start, self.near):
            return None
        ours = actual = 0.0
        for video, readings in series.items():
            start = self.truth.count(video, window.start)
            last = self.truth.count(video, window.end)
            if start is None or last is None:
                continue
            place = bisect_left(readings, (window.start, -1))
            near = [each for each in readings[max(0, place - 1) : place + 2] if each[0] < end]
            value = value_at([*near, (end, round(last))], window.start, MAX_GAP_SECONDS)
            if value is not None:
                actual += last - start
                ours += last - value.count
        return 100 * abs(ours - actual) / actual if actual > 0 else None


@cache
def _launches() -> dict[int, list[Checkpoint]]:
    posts = daily_posts(BEGIN + FIRST_WEEK, POSTS, seed=1)
    taken = captures(
        "adaptive", BEGIN, BEGIN + FIRST_WEEK + (POSTS + 5) * DAY, videos=200, posts=posts
    )
    instants = [due.at for due in taken]
    return {
        hours: [checkpoint(instants, post, hours) for post in posts] for hours in (1, 6, 24, 72)
    }


def launch_rows() -> Iterator[tuple[str, ...]]:
    """Posts that were read at their ages."""
    for hours, found in _launches().items():
        known = [each for each in found if each.found]
        near = sum(each.off <= 0.1 for each in known)
        name = f"posts read at {hours} h of age, within a tenth of it"
        if hours == 1:
            yield row("posts found before 1 h of age", 100 * len(known) / len(found), None)
            name = f"of those, {name}"
        yield row(name, 100 * near / len(known if hours == 1 else found), -95)


def cost_rows() -> Iterator[tuple[str, ...]]:
    """Calls and rows of one post a day, beside all of it every hour."""
    days = 84
    begin = BEGIN + FIRST_WEEK
    posts = daily_posts(BEGIN, days + 7, seed=2)
    for platform in PLATFORMS:
        calls = calls_of(platform)
        for pages in PAGES:
            videos = pages * calls.videos_per_page
            lived = captures(
                "adaptive", BEGIN, begin + days * DAY, videos=videos, posts=posts, platform=platform
            )
            taken = [due for due in lived if due.at >= begin]
            ours = cost(taken, calls, videos, days)
            hourly = 24 * calls.of("complete", videos)
            plural = "pages" if pages > 1 else "page"
            name = f"{platform}, {pages} {plural}: calls beside every hour"
            yield row(name, 100 * ours.calls / hourly, 25 if pages >= 10 else 99)
            if pages == 10:
                name = f"{platform}, {pages} {plural}: rows beside every hour"
                yield row(name, 100 * ours.rows / (24 * videos), 34)
