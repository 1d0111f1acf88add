"""Plans of reading lived through: which captures they take, and what series they keep."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from random import Random
from zoneinfo import ZoneInfo

import numpy as np

from snapshot_core.capture.plan import DueCapture
from snapshot_core.capture.schedule import Schedule
from snapshot_core.growth.shape import Instants
from snapshot_core.sources.contract import Calls, Source
from snapshot_core.sources.registry import source
from snapshot_core.windows import DAY, HOUR
from tests.support.due import Life, due_account

UTC = ZoneInfo("UTC")
LOOK_SECONDS = 10
"""Between two looks of the job."""


def captures(
    cadence: str,
    begin: int,
    end: int,
    *,
    videos: int = 1,
    posts: Iterable[int] = (),
    connected_at: int | None = None,
    platform: str = "tiktok",
    hour: int = 0,
) -> list[DueCapture]:
    """What an account is read from ``begin`` to ``end`` (instants), its nights being at ``hour``.

    It publishes at ``posts``.
    """
    schedule = Schedule(UTC, time(hour), lambda _name: source(platform))
    account = due_account(
        source=platform,
        cadence=cadence,
        videos=videos,
        created_at=begin if connected_at is None else connected_at,
    )
    life = Life(schedule, account, sorted(posts))
    life.run(begin, end, LOOK_SECONDS)
    return life.captures


@dataclass(frozen=True)
class Cost:
    """What a plan takes in a day, on average."""

    calls: float
    rows: float


def cost(taken: Sequence[DueCapture], calls: Calls, videos: int, days: float) -> Cost:
    """Of the captures of so many ``days``."""
    return Cost(
        sum(calls.of(due.scope, videos) for due in taken) / days,
        sum(calls.videos_read(due.scope, videos) for due in taken) / days,
    )


def calls_of(platform: str) -> Calls:
    """What the platform's source says of its calls."""
    reader: Source = source(platform)
    assert reader.calls is not None
    return reader.calls


def daily_posts(begin: int, days: int, seed: int) -> list[int]:
    """One post a day, at any second of it."""
    chance = Random(seed)
    return [begin + day * DAY + chance.randrange(DAY) for day in range(days)]


def kept(at: Instants, taken: Iterable[DueCapture], within: int) -> Instants:
    """The positions of the readings nearest to captures, ``within`` so many seconds of them.

    ``at``: when a series was read. Where it was not, there was an outage.
    """
    due = np.array([capture.at for capture in taken])
    after = np.clip(np.searchsorted(at, due), 1, len(at) - 1)
    places = np.where(due - at[after - 1] <= at[after] - due, after - 1, after)
    return np.unique(places[np.abs(at[places] - due) <= within])


@dataclass(frozen=True)
class Checkpoint:
    """How near to an age of a post it was read."""

    in_time: bool
    """Whether it was known before."""
    off: float
    """By which part of the age."""


def checkpoint(taken: Sequence[int], post: int, hours: int) -> Checkpoint:
    """Of a post; ``taken`` are instants of captures, in order."""
    at = post + hours * HOUR
    place = bisect_right(taken, at)
    near = [abs(each - at) for each in taken[max(0, place - 1) : place + 1] if each >= post]
    first = taken[bisect_left(taken, post)]
    return Checkpoint(first <= at, min(near, default=at) / (hours * HOUR))
