"""What the product answers from the captures an account kept: growth, range and how sure."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.real_series import Account, nearest
from snapshot_core.growth.bracket import Bracket, Falls, Flags, Videos
from snapshot_core.growth.completeness import status_of
from snapshot_core.growth.fold import fold
from snapshot_core.growth.fold_types import CaptureInput, FoldState
from snapshot_core.growth.growth import MIN_COVERAGE
from snapshot_core.growth.lines import lines
from snapshot_core.growth.listing import UNKNOWN_COUNT, Counts
from snapshot_core.growth.rhythms.learned import Learned
from snapshot_core.growth.rhythms.lessons import Lesson, Lessons, Pooled, ShortBrackets
from snapshot_core.growth.rounding import Rounding, Roundings
from snapshot_core.growth.shape import Instants, Shaped
from snapshot_core.growth.value import NEVER, interpolate
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.rhythms.cases import MAX_SAMPLED_VIDEOS
from snapshot_core.windows import DAY, Window

METRIC = VIDEO_METRICS[0]
UTC = ZoneInfo("UTC")
NOTHING_POOLED = Pooled()
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
        return Learned(
            [lesson.since for lesson in self.lessons],
            [lesson.rhythm for lesson in self.lessons],
            [lesson.video_factor for lesson in self.lessons],
            [lesson.total_factor for lesson in self.lessons],
        )


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
    (in_window,) = lines(videos, [window])
    ledger = in_window.ledgers()[METRIC]
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


@dataclass(frozen=True, eq=False)
class Taught:
    """An account's complete captures as the product folds them, to be learned from."""

    account: Account
    captured_at: Instants
    """Of complete captures."""
    brackets: ShortBrackets

    def lessons(self, zone: ZoneInfo = UTC, pooled: Pooled = NOTHING_POOLED) -> list[Lesson]:
        """What the captures teach, at the instants at which the product learns it."""
        taught = Lessons(self.brackets, zone, pooled, self._counts)
        held: list[Lesson] = []
        for number in range(len(self.captured_at)):  # one capture after the other
            last = held[-1].since if held else None
            held += taught.after(last, self.captured_at[number : number + 1].tolist())
        return held

    def _counts(self, at: Instants, published_by: int) -> tuple[Counts, Instants]:
        account = self.account
        settled = np.flatnonzero(account.published <= published_by)
        some = settled[:: -(-len(settled) // MAX_SAMPLED_VIDEOS) or 1]
        rows = np.searchsorted(account.at, at)
        return account.counts[np.ix_(rows, some)], account.published[some]


def taught(account: Account, rows: Instants) -> Taught:
    """Take the captures at the positions ``rows`` in, as the product does."""
    state = FoldState()
    ids = np.arange(1, len(account.published) + 1)
    published = {
        video: at
        for video, at in zip(ids.tolist(), account.published.tolist(), strict=True)
        if at != NEVER
    }
    complete: list[int] = []
    brackets: list[tuple[int, int, int]] = []
    for row in rows.tolist():
        listed = account.listed[row]
        counts = np.full((int(listed.sum()), len(VIDEO_METRICS)), UNKNOWN_COUNT)
        counts[:, VIDEO_METRICS.index(METRIC)] = account.counts[row, listed]
        at = int(account.at[row])
        capture = CaptureInput(at, "complete", None, None, ids[listed], counts, published)
        effects = fold(state, capture)
        if effects.status == "complete":
            complete.append(at)
        if (bracket := effects.short_bracket) is not None:
            brackets.append((bracket.left_at, at, bracket.gain))
    table = np.array(brackets, np.int64).reshape(-1, 3)
    return Taught(account, np.array(complete, np.int64), ShortBrackets(*table.T))
