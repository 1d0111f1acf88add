"""What befalls a machine in years, and when its snapshots are due: the plan of `job_years`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final, Literal
from zoneinfo import ZoneInfo

from snapshot_core.windows import DAY, HOUR

LEADS: Final = (DAY, 3 * DAY, 365 * DAY)
"""Seconds by which a clock is ahead."""
LONGEST_SECONDS: Final = {"off": 6 * DAY, "platform": 30 * HOUR, "clock": 40 * HOUR}
Kind = Literal["off", "restart", "killed", "platform", "clock"]
_IN_TURN: Final[tuple[Kind, ...]] = (
    "clock",
    "off",
    "platform",
    "clock",
    "restart",
    "killed",
    "clock",
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is not as it should be from one true instant to another."""

    begins: int
    ends: int
    kind: Kind
    account: str = ""
    """Whose platform is away."""
    lead: int = 0
    """Seconds by which the clock is ahead."""
    in_walk: bool = False
    """Whether the clock is put right while a snapshot is being taken, if one is."""
    leaves_lease: bool = False
    """Whether somebody was killed by then, in the middle of another."""


def troubles(chance: Random, begin: int, end: int, names: Sequence[str]) -> Iterator[Trouble]:
    """One after the other, with some days between: each kind, and each lead, in its turn."""
    at = begin + 4 * DAY
    for number in range((end - begin) // DAY):
        kind = _IN_TURN[number % len(_IN_TURN)]
        longest = LONGEST_SECONDS.get(kind, 300)
        ends = at + chance.randrange(longest // 20, longest)
        if ends + 6 * DAY > end:
            return
        lead = LEADS[number % len(LEADS)] + chance.randrange(-HOUR, HOUR)
        in_walk, leaves_lease = chance.random() < 0.3, chance.random() < 0.3
        yield Trouble(at, ends, kind, chance.choice(names), lead, in_walk, leaves_lease)
        at = ends + chance.randrange(20 * HOUR, 7 * DAY)


def slots(zone: ZoneInfo, first: date, days: int, hours: Sequence[int]) -> list[int]:
    """The instants at which the clocks of a zone show these hours: the first time, if twice."""
    dates = (first + timedelta(days=n) for n in range(days + 2))
    return [
        int(datetime.combine(day, time(hour), zone).timestamp()) for day in dates for hour in hours
    ]
