"""How far 24-hour growth is from the truth, beside the original formula, on real counters.

The truth
    Real series that were read more often than an account usually is. Some readings are kept
    as history, the rest is the truth: growth between two instants by every reading, over the
    videos known at both ends and those published between them. An instant serves as a
    query only where 24 hours earlier a reading was really taken (within five minutes for
    the hourly series, half an hour for TikTok's), so that the truth is measured, not guessed.
    TikTok's are read every 40 minutes by day; the widest bracket of its truth is 12 hours.

Nightly
    A nightly job at hour h keeps the first capture at or after h of each day. No hour is
    preferred: all 24 are measured and pooled (schedules that keep the same captures once).
    So n counts an instant once per schedule: the errors are not independent of each other.

The window that ends at the latest nightly capture
    Its start lies where another nightly capture was taken, so here, and only here, the truth
    at the start often rests on a reading that the history has too. The line shows what is
    lost by captures that were late, not by interpolation.

The query
    At each truthful instant a fresh capture is taken, as "Take snapshot now" does, and both
    formulas get the same rows: the nightly ones before it, and the fresh one. Where the fresh
    listing is judged partial, ours answers for the window that ends at the last complete
    capture (and says so) and is compared with the truth of that window; the original answers
    for now. The table also gives the queries with a complete fresh capture by themselves.
    "null" counts the queries that ours declines to answer; the original is then left out too.
    With every second reading kept, the original's day has its first reading as its snapshot.

Errors are relative: |growth - truth| / truth, where the truth is positive.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks import Table
from benchmarks.real_series import Account, Series, Truth, read, schedules
from snapshot_core.growth.completeness import status_of
from snapshot_core.growth.growth import MIN_COVERAGE
from snapshot_core.growth.value import value_at
from snapshot_core.windows import DAY, HOUR, Window
from tests.support.video_readings import VideoReadings, ledger_of

COLUMNS = (
    *("history", "n", "null", "median", "p95", "negative"),
    *("original median", "p95", "negative", "ratio", "target"),
)


@dataclass
class Errors:
    """Relative errors of one formula."""

    relative: list[float] = field(default_factory=list)
    negative: int = 0

    def add(self, growth: int, truth: float) -> None:
        """Count one answer in; the truth is positive."""
        self.relative.append(abs(growth - truth) / truth)
        self.negative += growth < 0

    def cells(self) -> tuple[str, str, str]:
        """Median, 95th percentile, and how often negative, as text."""
        ranked = sorted(self.relative)
        p95 = ranked[int(0.95 * (len(ranked) - 1))]
        return f"{median(ranked):.2%}", f"{p95:.2%}", f"{self.negative / len(ranked):.1%}"


@dataclass
class Line:
    """One line of the table: ours and the original's over the same queries."""

    name: str
    target: str
    ours: Errors = field(default_factory=Errors)
    original: Errors = field(default_factory=Errors)
    unanswered: int = 0

    def row(self) -> tuple[str, ...]:
        """As the table shows it."""
        ratio = median(self.ours.relative) / median(self.original.relative)
        mine, theirs = self.ours.cells(), self.original.cells()
        counts = (str(len(self.ours.relative)), str(self.unanswered))
        return (self.name, *counts, *mine, *theirs, f"{ratio:.4f}", self.target)


def run() -> list[Table]:
    """Measure on the two real series beside the repository."""
    lines = [*hourly_lines(), *tiktok_lines()]
    notes = (__doc__ or "").split("\n\n", 1)[1].strip()
    accuracy = Table(
        "Accuracy of 24-hour growth (views)", COLUMNS, [line.row() for line in lines], notes
    )
    return [accuracy, by_distance()]


# --- what a dashboard would have said ---------------------------------------------------------


def our_growth(account: Account, history: Sequence[int]) -> tuple[Window, int | None]:
    """Our 24-hour growth from the captures of ``history``, and the window it is for.

    The growth is None where we would say that it is not known.
    """
    last: set[str] | None = None
    before: set[str] | None = None
    first = end = history[0]
    absences: dict[str, int] = {}
    for at in history:
        listed = set(account.captures[at])
        status = status_of(
            listed,
            scope="complete",
            walked_to_end=None,
            reported_count=None,
            last_complete=last,
            listed_before=before,
        )
        before = listed
        if status == "complete":
            last, end = listed, at
            absences = {v: 0 if v in listed else absences.get(v, 0) + 1 for v in account.published}
    window = Window(end - DAY, end)
    videos = []
    for number, (video, published) in enumerate(account.published.items()):
        if series := account.series(video, history):
            videos.append(VideoReadings(number, published, series, absences[video] <= 1))
    ledger = ledger_of(videos, window)
    known = window.start >= first and ledger.coverage >= MIN_COVERAGE
    return window, ledger.growth if known else None


def original_answer(account: Account, nights: dict[int, int], hour: int, at: int) -> int:
    """The formula that growth is usually computed by, with exactly its naivety.

        growth = sum(now) - sum(snapshots of the day before)

    A snapshot belongs to the calendar day it was taken on, whatever the hour; the day begins
    when the nightly job runs. All videos are summed together, so a video that enters or leaves
    the list is growth or loss; without a snapshot on that day the whole total is growth.
    """
    night = nights.get((at - hour * HOUR) // DAY - 1, at)
    before = sum(account.captures[night].values()) if night < at else 0
    return sum(account.captures[at].values()) - before


# --- the lines --------------------------------------------------------------------------------


def tiktok_lines() -> list[Line]:
    """Six TikTok accounts over 63 hours, with partial listings and rounded counters."""
    all_queries = Line("TikTok, nightly: all queries", "ratio <= 1/5, never negative")
    complete = Line("TikTok, nightly: fresh capture complete", "ratio <= 1/5, never negative")
    for account in read("tiktok_readings.csv").values():
        truth = Truth(account, 12 * HOUR)
        for hour, nights in schedules(truth.instants):
            captured = sorted(nights.values())
            for at in truth.instants:
                if at - DAY < captured[0] or not truth.near(at - DAY, HOUR // 2):
                    continue
                history = [night for night in captured if night < at] + [at]
                window, growth = our_growth(account, history)
                now = truth.growth(Window(at - DAY, at))
                theirs = original_answer(account, nights, hour, at)
                for line in (all_queries, complete) if window.end == at else (all_queries,):
                    if growth is None:
                        line.unanswered += 1
                    elif now > 0 and (then := truth.growth(window)) > 0:
                        line.ours.add(growth, then)
                        line.original.add(theirs, now)
    return [all_queries, complete]


def hourly_video() -> tuple[Account, Truth, str]:
    """The account that has one video, the truth of it, and the video's id."""
    (account,) = read("youtube_hourly_readings.csv").values()
    (video,) = account.published
    return account, Truth(account, 3 * HOUR // 2), video


def hourly_lines() -> list[Line]:
    """One video, hourly for ten months."""
    account, truth, video = hourly_video()
    published = account.published[video]
    series = truth.series[video]
    every_second = Line("hourly video: every second reading", "median <= 0.5 %")
    nightly = Line("hourly video: nightly", "ratio <= 1/2")
    at_night = Line("hourly video: nightly, window ends at the latest", "median <= 0.5 %")

    def measure(line: Line, kept: Series, end: tuple[int, int], theirs: int) -> None:
        at, count = end
        window = Window(at - DAY, at)
        start = truth.count(video, window.start)
        if start is None or count <= start:
            return
        place = bisect_left(kept, (at, -1))
        history = [*kept[max(0, place - 100) : place], end]
        ledger = ledger_of([VideoReadings(1, published, history)], window)
        if ledger.coverage < MIN_COVERAGE:
            line.unanswered += 1
            return
        line.ours.add(ledger.growth, count - start)
        line.original.add(theirs, count - start)

    held_out = Truth(Account({at: {} for at, _ in series[1::2]}), 0)
    days: dict[int, int] = {}
    for at, _ in series[::2]:
        days.setdefault(at // DAY, at)
    for end in series:
        if held_out.near(end[0] - DAY, 300):
            measure(every_second, series[::2], end, original_answer(account, days, 0, end[0]))
    for hour, nights in schedules([at for at, _ in series]):
        kept = [(at, account.captures[at][video]) for at in nights.values()]
        for end in series:
            if truth.near(end[0] - DAY, 300):
                measure(nightly, kept, end, original_answer(account, nights, hour, end[0]))
        for end in kept:
            measure(at_night, kept, end, original_answer(account, nights, hour, end[0]))
    return [every_second, nightly, at_night]


def by_distance() -> Table:
    """Error of nightly readings by how far the window's start is from the nearest of them."""
    account, truth, video = hourly_video()
    series = truth.series[video]
    limits = (5, 15, 30, 45, 60, 90, 120, 240, 480, 720)
    bins: dict[int, Errors] = {limit: Errors() for limit in limits}
    for _, nights in schedules([at for at, _ in series]):
        kept = [(at, account.captures[at][video]) for at in nights.values()]
        for end in series:
            start = truth.count(video, end[0] - DAY)
            if start is None or end[1] <= start or not truth.near(end[0] - DAY, 300):
                continue
            place = bisect_left(kept, (end[0], -1))
            value = value_at([*kept[max(0, place - 4) : place], end], end[0] - DAY, 50 * HOUR)
            if value is not None and value.distance <= 60 * limits[-1]:
                limit = next(limit for limit in limits if value.distance <= 60 * limit)
                bins[limit].add(end[1] - value.count, end[1] - start)
    rows: list[tuple[str, ...]] = [
        (f"up to {limit} min", str(len(errors.relative)), *errors.cells()[:2])
        for limit, errors in bins.items()
        if errors.relative
    ]
    return Table("Error by distance to the nearest reading", ("start", "n", "median", "p95"), rows)
