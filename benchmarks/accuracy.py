"""How far 24-hour growth is from the truth, beside the original formula, on real counters.

The truth
    Real series that were read more often than an account usually is. Some readings are kept
    as history, the rest is the truth: growth between two instants by every reading, over the
    videos known at both ends and those published between them. An instant serves as a
    query only where 24 hours earlier a reading was really taken (within five minutes, a
    quarter of an hour for the 51 videos, half an hour for TikTok's), so that the truth is
    measured, not guessed. TikTok's truth is itself rounded, so what its range holds is told,
    not promised.

The histories
    "Nightly" keeps the first capture at or after an hour of each day; several hours of the
    day are measured and pooled, so the errors are not independent of each other. "Four a day"
    keeps the first of each six hours. On learning days a capture is kept about every three
    hours: the first seven days and four of each 28 after (hourly series), or the first three
    (account of 51 videos, whose queries begin after them). "Punctual" asks at the nightly
    captures themselves. At each other truthful instant a fresh capture is taken, as "Take
    snapshot now" does. The straight line gets the nightly captures and the fresh one alone.

Formulas
    Original: the sum now less the sum of the snapshots of the day before. Line: what this
    product said before it knew of age and rhythm. Ours: the engine itself. Errors are
    relative: |growth - truth| / truth, where the truth is positive. "null" counts the queries
    that ours declines to answer; the others are then left out too.

Ranges
    "Inside" counts the truths in the range, "width" is the range by the truth. "Estimated"
    answers carry that mark; their median error stands beside that of the others.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks import Table
from benchmarks.accuracy_answers import UTC, History, taught
from benchmarks.accuracy_lines import ERROR_COLUMNS, RANGE_COLUMNS, Line, Target
from benchmarks.real_series import (
    DATA,
    Account,
    Truth,
    first_of_each,
    learning_days,
    read,
    read_closely,
    schedules,
    together,
)
from snapshot_core.growth.rhythms.lessons import Lesson, Pooled, pool_lessons
from snapshot_core.growth.rhythms.rhythm import FLAT, LEARNING_BRACKET_SECONDS
from snapshot_core.growth.rounding import Rounding
from snapshot_core.growth.shape import Instants, Rhythm
from snapshot_core.windows import DAY, HOUR

HELD = (0.88, 0.95)
NIGHT_HOURS = range(0, 24, 5)


def run(data: Path | None = None) -> list[Table]:
    """Measure on the real series in a folder, by default the one beside the repository."""
    folder = data or DATA
    lines = [line for line in measured(folder) if line.ours]
    notes = (__doc__ or "").split("\n\n", 1)[1].strip()
    figures = tuple(figure for line in lines for figure in line.figures())
    return [
        Table(
            "Accuracy of 24-hour growth (views)",
            ERROR_COLUMNS,
            [line.errors_row() for line in lines],
            measured=figures[: len(figures)],
        ),
        Table(
            "How sure 24-hour growth is (views)",
            RANGE_COLUMNS,
            [line.range_row() for line in lines],
            notes,
        ),
    ]


def measured(folder: Path) -> Iterator[Line]:
    """Every line, series by series."""
    yield from hourly_lines(folder)
    yield from account_lines(folder)
    yield from tiktok_lines(folder)
    yield from reported_lines(folder)


# --- one video, hourly for ten months ----------------------------------------------------------


def hourly_lines(folder: Path) -> list[Line]:
    """Nightly, four a day and hourly; exact, and rounded as TikTok rounds."""
    (account,) = read("youtube_hourly_readings.csv", folder).values()
    truth = Truth(account, 3 * HOUR // 2)
    nightly = Line("hourly series, nightly", Target(0.016, 0.045, inside=HELD, width=0.4))
    four = Line("hourly series, four a day", Target(0.0065, inside=HELD, width=0.12))
    punctual = Line("hourly series, punctual nights", Target(width=0.02))
    each_hour = Line("hourly series, hourly")
    for hour in NIGHT_HOURS:
        nights = first_of_each(account.at, hour)
        for line, seconds in ((nightly, DAY), (four, DAY // 4)):
            plain = first_of_each(account.at, hour, seconds)
            ask(line, truth, nights, plain, learning(account, hour, 7, 4))
        ask(punctual, truth, nights, nights, learning(account, hour, 7, 4), only=nights)
    every = np.arange(len(account.at))
    ask(each_hour, truth, first_of_each(account.at, 0), every, every)
    return [nightly, four, punctual, each_hour, *rounded_lines(truth)]


def rounded_lines(truth: Truth) -> list[Line]:
    """The same series as TikTok would have shown it."""
    account = truth.account
    shown = account.rounded(Rounding.WEB)
    names = "nightly", "punctual nights", "hourly"
    lines = [Line(f"hourly series rounded, {name}", Target(inside=HELD)) for name in names]
    for hour in NIGHT_HOURS:
        nights = first_of_each(account.at, hour)
        for line, only in ((lines[0], None), (lines[1], nights)):
            ask(line, truth, nights, nights, shown=shown, only=only)
    every = np.arange(len(account.at))
    ask(lines[2], truth, first_of_each(account.at, 0), every, shown=shown)
    return lines


def learning(account: Account, hour: int, first: int, of_each_28: int) -> Instants:
    """What is kept on learning days beside the nights."""
    days = learning_days(account.at, hour, first, of_each_28)
    return read_closely(account.at, days, LEARNING_BRACKET_SECONDS)


def ask(
    line: Line,
    truth: Truth,
    nights: Instants,
    plain: Instants,
    learned: Instants | None = None,
    *,
    shown: Account | None = None,
    only: Instants | None = None,
    since: int = 0,
    within: int = HOUR // 12,
) -> None:
    """Ask at each truthful instant whose window begins at ``since`` or later.

    ``plain``: what is kept without learning days, ``learned``: what these add, ``only``: the
    captures at which is asked, else all, ``within``: how near to a window's start a reading is.
    """
    account = shown or truth.account
    rounding = Rounding.EXACT if shown is None else Rounding.WEB
    rows = plain if learned is None else together([plain, learned])
    held = [] if learned is None else taught(account, rows).lessons()
    full = History(account, rows, held, rounding)
    bare = History(account, plain, (), rounding)
    for row in range(len(account.at)) if only is None else only.tolist():
        start = int(account.at[row]) - DAY
        if start < max(since, int(account.at[rows[0]])) or not truth.near(start, within):
            continue
        night = nights[np.searchsorted(nights, row) - 1] if row > nights[0] else None
        line.add(
            full.with_fresh(row),
            truth,
            night if night is None else int(night),
            plain=bare.with_fresh(row),
            shown=None if shown is None else Truth(shown, truth.widest),
        )


# --- an account of 51 videos, every half hour --------------------------------------------------


def account_lines(folder: Path) -> list[Line]:
    """After three days of learning: nightly, and four a day."""
    (account,) = read("account_half_hourly.csv", folder).values()
    truth = Truth(account, 3 * HOUR)
    nightly = Line("51 videos, nightly", Target(0.016, inside=HELD, width=0.4))
    four = Line("51 videos, four a day", Target(0.004, inside=HELD, width=0.12))
    punctual = Line("51 videos, punctual nights", Target(width=0.02))
    since = int(account.at[0]) + 3 * DAY
    days = account.at < since
    learned = read_closely(account.at, days, LEARNING_BRACKET_SECONDS)
    for hour in range(24):
        nights = first_of_each(account.at, hour)
        for line, seconds in ((nightly, DAY), (four, DAY // 4)):
            plain = first_of_each(account.at, hour, seconds)
            ask(line, truth, nights, plain, learned, since=since, within=HOUR // 4)
        ask(punctual, truth, nights, nights, learned, only=nights, since=since, within=HOUR // 4)
    return [nightly, four, punctual]


# --- six TikTok accounts -----------------------------------------------------------------------


def tiktok_lines(folder: Path) -> list[Line]:
    """63 hours with partial listings and rounded counters: by age alone, and with a rhythm."""
    accounts = read("tiktok_readings.csv", folder)
    age = Line("TikTok, nightly, by age", Target(0.044, 0.22, nulls=100, width=0.4))
    pooled = Line(
        "TikTok, nightly, rhythm of the others",
        Target(0.036, 0.18, nulls=100, width=0.4, estimated=0.6),
    )
    for name, account in accounts.items():
        truth = Truth(account, 12 * HOUR)
        others = [other for key, other in accounts.items() if key != name]
        taught = of_others(others)
        for _, nights in schedules(account.at):
            for row in range(len(account.at)):
                start = int(account.at[row]) - DAY
                if start < account.at[nights[0]] or not truth.near(start, HOUR // 2):
                    continue
                place = int(np.searchsorted(nights, row)) - 1
                night = int(nights[place]) if place >= 0 else None
                for line, held in ((age, taught[0]), (pooled, taught[1])):
                    history = History(account, nights, [held], Rounding.WEB).with_fresh(row)
                    line.add(history, truth, night)
    return [age, pooled]


def of_others(others: list[Account]) -> tuple[Lesson, Lesson]:
    """What other accounts of the platform teach by all their readings: without and with rhythm.

    As the job of each night makes it: first a rhythm, then the factors of what it errs by.
    """
    each = [taught(account, np.arange(len(account.at))) for account in others]
    gains = [account.brackets.by_hour(UTC) for account in each]
    lessons = []
    for known in (Pooled(FLAT), pool_lessons(gains, []) or Pooled(FLAT)):
        latest = [account.lessons(pooled=known)[-1] for account in each]
        pooled = pool_lessons(gains, latest) or known
        rhythm = Rhythm(UTC, FLAT if known.hours is None else known.hours)
        lessons.append(Lesson(0, rhythm, pooled.video_factor, pooled.total_factor))
    return lessons[0], lessons[1]


# --- series of single videos, told without a promise -------------------------------------------


def reported_lines(folder: Path) -> Iterator[Line]:
    """Videos from birth, and from their first minutes."""
    for name, title in (
        ("single_videos_hourly.csv", "single videos from birth, nightly"),
        ("first_days_5min.csv", "first days, nightly"),
    ):
        line = Line(title)
        for account in read(name, folder).values():
            for video in range(account.counts.shape[1]):
                alone = one_video(account, video)
                for hour in NIGHT_HOURS:
                    nights = first_of_each(alone.at, hour)
                    extra = learning(alone, hour, 7, 4)
                    ask(line, Truth(alone, 3 * HOUR // 2), nights, nights, extra)
        yield line


def one_video(account: Account, video: int) -> Account:
    """A video as an account of its own, at the instants at which it was read."""
    read_at = account.counts[:, video] >= 0
    return replace(
        account,
        at=account.at[read_at],
        listed=account.listed[read_at, video : video + 1],
        counts=account.counts[read_at, video : video + 1],
        published=account.published[[video]],
    )
