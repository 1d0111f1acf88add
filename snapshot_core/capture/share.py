"""How many calls of a platform the plan of one account may make, so that all stay within its limit.

The nightly captures of all accounts come first. What they leave is divided into equal parts, one
for each account, for what is read beyond the nights. Where even the nights are too many, each
account has its turn every second night, every third, and so on.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from snapshot_core.growth.completeness import Scope
from snapshot_core.sources.contract import Calls
from snapshot_core.store.source_loads import Load
from snapshot_core.windows import DAY

PLANNED_PERCENT: Final = 80
"""Of what a platform allows. The rest is for captures by hand, and for what is tried again."""
SLACK_SECONDS: Final = 900
"""By which a day of the share is shorter: a capture that came late must not make that of the next
day late as well."""
EVEN_PARTS: Final[Mapping[Scope, Sequence[int]]] = {"complete": (2, 4, 8), "recent": (2,)}
"""Parts of a day over which what is read is spread. Newest pages are read at ages, in a row."""


@dataclass(frozen=True, slots=True)
class Share:
    """What the plan of one account may take."""

    extra_calls: float
    """A day, beyond those of the night."""
    every_nights: int = 1
    """One nightly capture in so many nights."""


@dataclass(frozen=True, slots=True)
class Spent:
    """A capture that was taken beyond the nights."""

    at: int
    """UTC seconds."""
    calls: int


def share_of(calls: Calls, load: Load) -> Share:
    """The share of each account of a source that has ``load``."""
    allowed = calls.a_day * PLANNED_PERCENT // 100
    # Of each account the last page may be begun only.
    pages = load.accounts + load.videos // calls.videos_per_page
    nights = load.accounts * calls.fixed + pages * calls.per_page
    if nights > allowed:
        return Share(0, math.ceil(nights / max(1, allowed)))
    return Share((allowed - nights) / max(1, load.accounts))


def first_within(
    share_calls: float, at: int, calls: int, spent: Iterable[Spent], parts_of_day: Sequence[int]
) -> int | None:
    """The first instant, ``at`` or later, at which a capture of ``calls`` keeps to the share.

    No day holds more than ``share_calls``, and none of the ``parts_of_day`` (2 for halves) more
    than its part of them, so that what has to be left out is not all of the evening. None where
    that never is.
    """
    if calls > share_calls:
        return None
    limits = {DAY - SLACK_SECONDS: share_calls}
    for parts in parts_of_day:
        captures = math.ceil(share_calls / parts / calls)
        limits[DAY // parts - SLACK_SECONDS] = captures * calls
    past = [capture for capture in spent if capture.at > at - DAY]

    def fits(begin: int) -> bool:
        return all(
            _spent_since(past, begin - seconds) + calls <= limit
            for seconds, limit in limits.items()
        )

    if fits(at):
        return at
    frees = {capture.at + seconds for capture in past for seconds in limits}
    return next((free for free in sorted(frees) if free > at and fits(free)), None)


def _spent_since(past: Sequence[Spent], since: int) -> int:
    return sum(capture.calls for capture in past if capture.at > since)
