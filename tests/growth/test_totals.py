"""The totals of captures tell the same growth as the videos themselves, one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from snapshot_core.growth.fold import fold
from snapshot_core.growth.fold_types import CaptureInput, FoldState
from snapshot_core.growth.gain_line import DAILY_GAP, GainLine
from snapshot_core.growth.listing import UNKNOWN_COUNT
from snapshot_core.growth.value import value_at
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.windows import DAY, HOUR

START = 1_700_000_000
AGES = (0, HOUR, DAY - 1, DAY + HOUR, DAILY_GAP, DAILY_GAP + 1, 99 * DAY)
"""Of a video when it is first listed."""
METRIC = "likes"


@dataclass
class Life:
    """One video: what each night's capture has of its likes."""

    published_at: int | None
    likes: list[int | None]
    """None: not counted."""
    listed: list[bool]


@st.composite
def lives(draw: st.DrawFn, nights: int, ages: Sequence[int]) -> Life:
    """Counted from some night on, and never missed twice in a row."""
    since = draw(st.integers(0, nights - 1))
    first = START + since * DAY
    age = draw(st.none() | st.sampled_from(ages))
    if age is not None and since and age <= DAILY_GAP:
        age = min(age, since * DAY)  # what was gained before the first capture is another matter
    count, likes, listed, missed = draw(st.integers(0, 10**6)), [], [], True
    for night in range(nights):
        count += draw(st.integers(0, 10**6))
        missed = night > since and not missed and draw(st.integers(0, 3)) == 0
        there = night >= since and not missed
        likes.append(count if there else None)
        listed.append(there or (missed and draw(st.booleans())))
    return Life(None if age is None else first - age, likes, listed)


@st.composite
def accounts(draw: st.DrawFn, ages: Sequence[int] = AGES) -> list[Life]:
    nights = draw(st.integers(2, 9))
    return draw(st.lists(lives(nights, ages), min_size=1, max_size=5))


def night(videos: list[Life], number: int) -> CaptureInput:
    rows = [n for n, life in enumerate(videos) if life.listed[number]]
    counts = np.full((len(rows), len(VIDEO_METRICS)), UNKNOWN_COUNT, np.int64)
    for row, n in enumerate(rows):
        counts[row, VIDEO_METRICS.index("views")] = 0  # without views it would be partial
        likes = videos[n].likes[number]
        counts[row, VIDEO_METRICS.index(METRIC)] = UNKNOWN_COUNT if likes is None else likes
    published = {n + 1: one.published_at for n, one in enumerate(videos) if one.published_at}
    ids = np.array(rows, np.int64) + 1
    at = START + number * DAY
    # The platform's own count agrees: complete, whatever is missing.
    return CaptureInput(at, "complete", True, len(rows), ids, counts, published)


def line(videos: list[Life]) -> GainLine:
    """The running gain as the tables would give it."""
    account_row, rows = FoldState(), dict[int, list[int]]()
    for number in range(len(videos[0].likes)):
        effects = fold(account_row, night(videos, number))
        for metric, *amounts in effects.totals:
            if metric == METRIC:
                rows[effects.captured_at] = amounts
        for at, metric, left in effects.amended:
            if metric == METRIC and at in rows:  # as an UPDATE of a row that is not there
                rows[at][2] += left
    return GainLine.from_totals((at, *rows[at]) for at in sorted(rows))  # type: ignore[misc]


def gained(life: Life, since: int, until: int) -> int:
    """What one video gained from one night to another, for all that its readings tell."""
    every = enumerate(life.likes)
    series = [(START + n * DAY, count) for n, count in every if count is not None]
    total = 0
    for number in range(since, until):
        ends = [START + n * DAY for n in (number, number + 1)]
        a, b = (value_at(series, at, DAILY_GAP, life.published_at) for at in ends)
        total += b.count - a.count if a and b else 0
    return total


@given(accounts())
def test_the_nights_add_up_to_what_the_videos_gained(videos: list[Life]) -> None:
    points = line(videos).points
    first, last = ((at - START) // DAY for at in (points[0][0], points[-1][0]))
    assert points[-1][1] == sum(gained(life, first, last) for life in videos)


@given(accounts(ages=[age for age in AGES if age != DAILY_GAP]))
def test_every_night_is_what_the_videos_gained_in_it(videos: list[Life]) -> None:
    """Where no capture but the last one missed a video since its publication."""
    for (left, before), (right, after) in pairwise(line(videos).points):
        nights = (left - START) // DAY, (right - START) // DAY
        assert after - before == sum(gained(life, *nights) for life in videos)


def test_a_counter_that_a_whole_capture_lacks_is_not_lost() -> None:
    """Three videos, likes counted every night but one: no night loses what they had before."""
    videos = [Life(START - 99 * DAY, [100, 110, None, 130, 140], [True] * 5) for _ in range(3)]
    gains = [count for _, count in line(videos).points]
    assert gains == [0, 30, 60, 90, 120]
