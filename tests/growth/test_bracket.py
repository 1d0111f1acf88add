"""The values of all videos and counters at once are those of each by itself."""

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from snapshot_core.growth.bracket import Bracket, Falls, Values, Videos
from snapshot_core.growth.listing import NO_IDS, UNKNOWN_COUNT, positions_of
from snapshot_core.growth.rhythms.learned import NOTHING_LEARNED, Learned
from snapshot_core.growth.rounding import EXACT
from snapshot_core.growth.shape import Rhythm
from snapshot_core.growth.value import NEVER, Series, value_at
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.windows import DAY, HOUR

AT = 1_767_225_600
GAP = 2 * DAY
NIGHT = Rhythm(ZoneInfo("Europe/Berlin"), np.where(np.arange(24) < 6, 0.05, 1.0))
LATELY = Learned([0, AT + 9 * HOUR], [NIGHT, Rhythm(NIGHT.zone, np.ones(24))], [1.0] * 2, [1.0] * 2)
PUBLISHED = {"old": AT - 99 * DAY, "young": AT - DAY, "unknown": None, "to come": AT + HOUR}


def hours(*readings: tuple[float, int]) -> Series:
    """Readings so many hours after `AT`."""
    return [(AT + round(after * HOUR), count) for after, count in readings]


READ_TOGETHER = hours((-6, 100), (12, 900)), hours((-6, 5_000), (12, 4_000))
COUNTERS = {
    "read together": (*READ_TOGETHER, hours((-6, 7), (12, 7))),
    "read at other instants": (*READ_TOGETHER, hours((-6, 10), (30, 70)), hours((-2, 1), (12, 9))),
    "one read at the instant": (*READ_TOGETHER, hours((-6, 10), (0, 70)), hours((-3, 8))),
    "one read only before, or only after": (hours((-6, 3)), *READ_TOGETHER, hours((6, 60))),
    "one too seldom": (hours((-40, 3), (40, 8)), *READ_TOGETHER),
    "one never": ([], *READ_TOGETHER),
    "none ever": (),
}
"""The series of the first metrics; the others have none."""


def values_of(counters: tuple[Series, ...], published: list[int | None], known: Learned) -> Values:
    """Of videos that were published then, each with these counters."""
    bracket = Bracket.empty(AT, len(published))
    for row in range(len(published)):
        for metric, series in enumerate(counters):
            for read_at, count in series:
                counts = np.full((len(VIDEO_METRICS), 1), UNKNOWN_COUNT)
                counts[metric] = count
                bracket.add(np.array([read_at]), np.array([row]), counts)
    instants = np.array([NEVER if at is None else at for at in published], np.int64)
    no_falls = Falls(NO_IDS, NO_IDS, NO_IDS, NO_IDS)
    ids = np.arange(len(published))
    return Videos(ids, instants, {AT: bracket}, no_falls, EXACT, known).values(AT, GAP)


@pytest.mark.parametrize("known", [NOTHING_LEARNED, LATELY], ids=["nothing learned", "a rhythm"])
@pytest.mark.parametrize("counters", COUNTERS.values(), ids=COUNTERS)
def test_values_are_those_of_each_counter(counters: tuple[Series, ...], known: Learned) -> None:
    found = values_of(counters, list(PUBLISHED.values()), known)
    for row, published in enumerate(PUBLISHED.values()):
        for metric in range(len(VIDEO_METRICS)):
            series = counters[metric] if metric < len(counters) else []
            value = value_at(series, AT, GAP, published, known.share_at(published))
            shown = [int(part[metric, row]) for part in (found.count, found.low, found.high)]
            expected = (value.count, value.low, value.high) if value else [UNKNOWN_COUNT] * 3
            assert shown == list(expected)
            between = value is not None and value.distance > 0 and value.low != value.high
            assert (found.spread[metric, row] > 0) == between


def test_no_videos_have_no_values() -> None:
    assert values_of((), [], NOTHING_LEARNED).count.shape == (len(VIDEO_METRICS), 0)


def test_positions_pass_over_ids_that_are_gone() -> None:
    ids = np.array([5, 7, 8, 12])
    assert positions_of(ids, np.array([12, 5, 8, 8, 7])).tolist() == [3, 0, 2, 2, 1]
    assert positions_of(NO_IDS, NO_IDS).tolist() == []
