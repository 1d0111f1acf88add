"""What is read of an account beyond its nights, and when. Pure: instants in, instants out.

`hours_between` says how far apart complete captures are, `next_launch` when the newest page is
read because of a new video.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.cadences import ADAPTIVE, CADENCE_HOURS, NIGHTLY
from snapshot_core.capture.slots import nights_between, slots
from snapshot_core.windows import HOUR

LAUNCH_AGES_HOURS: Final = (1, 2, 3, 4, 6, 8, 12, 16, 20, 24, 36, 48, 60, 72)
"""Ages at which a new video is read."""
NEAR_PART: Final = 12
"""A reading within a twelfth of the age serves it: within a tenth, however slow the capture is."""
_AGES: Final = [(hours * HOUR, hours * HOUR // NEAR_PART) for hours in LAUNCH_AGES_HOURS]
"""In seconds, and by how many a reading may be off."""
LEARNING_HOURS: Final = 3
"""Hours between complete captures on a day on which the account's rhythm is learned."""
FIRST_LEARNING_DAYS: Final = 7
LEARNING_CYCLE_DAYS: Final = 28
LEARNING_DAYS: Final = (3, 11, 19, 27)
"""Of each cycle: as far apart as they can be on four days of the week."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """An account's wall clock."""

    zone: ZoneInfo
    at: time
    """Of the nightly capture."""

    def slots(self, night: int, hours: int) -> tuple[int, ...]:
        """See `slots.slots`."""
        return slots(night, self.zone, self.at, hours)


def hours_between(cadence: str, connected_at: int, night: int, rhythm: Rhythm) -> int:
    """Hours between complete captures in the night (and day) that began at ``night``."""
    hours = CADENCE_HOURS.get(cadence, CADENCE_HOURS[NIGHTLY])
    if cadence == ADAPTIVE and is_learning(nights_between(connected_at, night, *_wall(rhythm))):
        return LEARNING_HOURS
    return hours


def is_learning(day: int) -> bool:
    """Whether the account's rhythm is learned on the ``day``-th day after it was connected.

    One connected by a clock that was ahead, before day 0, is learned by the cycle alone.
    """
    return (
        0 <= day < FIRST_LEARNING_DAYS
        or (day - FIRST_LEARNING_DAYS) % LEARNING_CYCLE_DAYS in LEARNING_DAYS
    )


def next_launch(
    published: Iterable[int], last_tried: int | None, ahead: Iterable[int], now: int
) -> int | None:
    """When the newest page is read next because of videos that were ``published`` lately.

    An age is served by any capture near it or after it, be it one that failed: those that were
    missed are made up for once. ``last_tried`` is the latest capture, ``ahead`` are the complete
    ones to come: near an age, the page is left to them. ``now`` itself means at once.
    """
    coming = [slot for slot in ahead if slot > now]
    seen = last_tried or 0
    wanted = (_next_age(begin, seen, coming) for begin in published)
    return min((max(at, now) for at in wanted if at is not None), default=None)


def _next_age(published_at: int, seen: int, coming: Sequence[int]) -> int | None:
    """When a video has the first age that nothing serves, if there is one."""
    for age, near in _AGES:
        at = published_at + age
        if at - near > seen and not any(at - near <= slot <= at + near for slot in coming):
            return at
    return None


def _wall(rhythm: Rhythm) -> tuple[ZoneInfo, time]:
    return rhythm.zone, rhythm.at
