"""What the product answers from the captures an account kept: growth, range and how sure."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.real_series import Account, nearest
from snapshot_core.growth.bracket import Bracket, Falls, Flags, Videos
from snapshot_core.growth.completeness import status_of
from snapshot_core.growth.growth import MIN_COVERAGE
from snapshot_core.growth.learned import Learned
from snapshot_core.growth.lines import lines
from snapshot_core.growth.listing import Counts
from snapshot_core.growth.rhythm import (
    COARSE_STEP,
    LAUNCH_SECONDS,
    LEARNING_BRACKET_SECONDS,
    LEARNING_WINDOW_SECONDS,
    HourlyGains,
    hourly_gains,
    learn,
    learn_without,
)
from snapshot_core.growth.rounding import Rounding, Roundings
from snapshot_core.growth.shape import Instants, Rhythm, Shaped, Shares
from snapshot_core.growth.uncertainty import UNLEARNED_FACTOR, Cases, cases, learned_factor
from snapshot_core.growth.value import NEVER, interpolate
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.windows import DAY, HOUR, Window

LESSON_SECONDS = 5 * HOUR // 2
"""The least time between two lessons."""
METRIC = VIDEO_METRICS[0]
UTC = ZoneInfo("UTC")
NO_FALLS = Falls(*np.zeros((4, 0), np.int64))


class StraightLine(Learned):
    """Neither age nor rhythm: what the product said before it knew of them."""

    def between(
        self,
        left: tuple[Instants, Counts],
        right: tuple[Instants, Counts],
        at: int,
        published: Instants,
    ) -> Shaped:
        """The straight line between readings."""
        shares = (at - left[0]) / np.maximum(right[0] - left[0], 1)
        return Shaped(interpolate(left, right, at), shares)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What held from an instant on."""

    since: int
    rhythm: Rhythm
    factor: float


@dataclass(frozen=True, eq=False)
class History:
    """The captures an account kept, and what they taught it."""

    account: Account
    rows: Instants
    """Positions of the captures, ascending."""
    lessons: Sequence[Lesson] = ()
    rounding: Rounding = Rounding.EXACT

    def with_fresh(self, row: int) -> "History":
        """Up to a capture that is taken now."""
        before = self.rows[: int(np.searchsorted(self.rows, row))]
        return History(self.account, np.append(before, row), self.lessons, self.rounding)

    def learned(self) -> Learned:
        """The lessons, as the engine takes them."""
        factors = [lesson.factor for lesson in self.lessons]
        since = [lesson.since for lesson in self.lessons]
        return Learned(since, [lesson.rhythm for lesson in self.lessons], factors, factors)


@dataclass(frozen=True, slots=True)
class Answer:
    """A growth with its range, or None where it is not known."""

    window: Window
    growth: int | None
    low: float = 0.0
    high: float = 0.0

    @property
    def estimated(self) -> bool:
        """Whether it carries the mark."""
        return 10 * (self.high - self.low) / 2 > abs(self.growth or 0)


def answer(history: History, *, straight: bool = False) -> Answer:
    """24-hour growth up to the last complete capture, as a dashboard would have said it."""
    end, missed = _last_complete(history)
    at = history.account.at
    window = Window(int(at[end]) - DAY, int(at[end]))
    learned = StraightLine() if straight else history.learned()
    videos = _videos(history, window, learned, missed > 1)
    (found,) = lines(videos, [window])
    ledger = found.ledgers()[METRIC]
    if window.start < at[history.rows[0]] or ledger.coverage < MIN_COVERAGE:
        return Answer(window, None)
    return Answer(window, ledger.growth, ledger.low, ledger.high)


def _last_complete(history: History) -> tuple[int, Instants]:
    """The last complete capture, and how many complete ones in a row each video was missed by."""
    listed = history.account.listed
    last: set[int] | None = None
    before: set[int] | None = None
    end, absences = int(history.rows[0]), np.zeros(listed.shape[1], np.int64)
    if listed[history.rows].all():
        return int(history.rows[-1]), absences
    for row in history.rows.tolist():
        here = set(np.flatnonzero(listed[row]).tolist())
        status = status_of(
            here,
            scope="complete",
            walked_to_end=None,
            reported_count=None,
            last_complete=last,
            listed_before=before,
        )
        before = here
        if status == "complete":
            last, end = here, row
            absences = np.where(listed[row], 0, absences + 1)
    return end, absences


def _videos(history: History, window: Window, learned: Learned, gone: Flags) -> Videos:
    account = history.account
    brackets = {}
    for at in (window.start, window.end):
        bracket = Bracket.empty(at, account.counts.shape[1])
        bracket.gone[:] = gone
        sides = nearest(account, history.rows, at)
        columns = np.arange(account.counts.shape[1])
        for rows, instants, counts in (
            (sides[0], bracket.left_at, bracket.left),
            (sides[1], bracket.right_at, bracket.right),
        ):
            read = rows >= 0
            instants[0, read] = account.at[rows[read]]
            counts[0, read] = account.counts[rows[read], columns[read]]
        brackets[at] = bracket
    ids = np.arange(1, len(account.published) + 1)
    rounding = Roundings({METRIC: history.rounding})
    return Videos(ids, account.published, brackets, NO_FALLS, rounding, learned)


# --- what readings teach -----------------------------------------------------------------------


def lessons(account: Account, rows: Instants, rounding: Rounding = Rounding.EXACT) -> list[Lesson]:
    """What captures at the positions ``rows`` teach: a rhythm each few hours, a factor each day."""
    begins, ends, gains = short_brackets(account, rows, rounding)
    held: list[Lesson] = []
    for number, end in enumerate(ends.tolist()):
        if held and end - held[-1].since < LESSON_SECONDS:
            continue
        recent = slice(int(np.searchsorted(ends, end - LEARNING_WINDOW_SECONDS)), number + 1)
        brackets = begins[recent], ends[recent], gains[recent]
        rhythm = learn(hourly_gains(*brackets, UTC), UTC)
        if rhythm is None:
            continue
        factor = held[-1].factor if held else UNLEARNED_FACTOR
        if number + 1 == len(ends) or ends[number + 1] // DAY > end // DAY:
            known = account.at[rows]
            window = rows[(known > end - LEARNING_WINDOW_SECONDS) & (known <= end)]
            told = tell(account, window, brackets, rounding)
            factor = learned_factor(told.totals, told.days) or factor
        held.append(Lesson(end, rhythm, factor))
    return held


def tell(
    account: Account,
    rows: Instants,
    brackets: tuple[Instants, Instants, Counts],
    rounding: Rounding = Rounding.EXACT,
    pooled: Shares | None = None,
) -> Cases:
    """What captures tell of guesses between captures a day apart."""
    begins, ends, gains = brackets
    whole = hourly_gains(begins, ends, gains, UTC)

    def without(left: int, right: int) -> Rhythm | None:
        inside = (ends > left) & (begins < right)
        part = hourly_gains(begins[inside], ends[inside], gains[inside], UTC)
        return learn_without(whole, part, UTC, pooled)

    fine = ~_coarse(account.counts[rows], rounding).any(axis=0)
    counts = account.counts[np.ix_(rows, fine)]
    return cases(account.at[rows], counts, account.published[fine], without)


def short_brackets(
    account: Account, rows: Instants, rounding: Rounding = Rounding.EXACT
) -> tuple[Instants, Instants, Counts]:
    """Begins, ends and gains between captures close to each other."""
    begins, ends = account.at[rows[:-1]], account.at[rows[1:]]
    before, after = account.counts[rows[:-1]], account.counts[rows[1:]]
    settled = account.published[None, :] <= begins[:, None] - LAUNCH_SECONDS
    settled |= account.published[None, :] == NEVER
    fine = ~(_coarse(before, rounding) | _coarse(after, rounding))
    gains = np.where((before >= 0) & (after >= 0) & settled & fine, after - before, 0)
    short = (ends - begins <= LEARNING_BRACKET_SECONDS) & (settled & (before >= 0)).any(axis=1)
    return begins[short], ends[short], gains.sum(axis=1)[short]


def _coarse(counts: Counts, rounding: Rounding) -> Flags:
    steps: Flags = rounding.down(counts) + rounding.up(counts) > COARSE_STEP
    return steps


def by_hour(account: Account, rounding: Rounding) -> HourlyGains:
    """What all captures of an account tell of its hours."""
    return hourly_gains(*short_brackets(account, np.arange(len(account.at)), rounding), UTC)
