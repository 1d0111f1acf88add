"""When a nightly capture is due: decided from what is stored and the instant, nothing else.

A *night* begins at the installation's snapshot time on the account's own wall clock and lasts
until the next one. It is served by one good capture of complete scope at or after its
beginning, whoever took it. Nothing is remembered between two questions, so a restart, an
outage of any length and a clock that jumps all get the same answer: one capture now, or none.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.errors import NotFound
from snapshot_core.machine import zone_named
from snapshot_core.sources.contract import Source
from snapshot_core.sources.registry import source
from snapshot_core.windows import DAY, HOUR, local_date

FIRST_RETRY: Final = 300
"""Seconds until a failed capture is tried again; doubled by each further failure."""
LAST_RETRY: Final = HOUR

AHEAD: Final = DAY
"""Seconds by which a stored capture may be ahead of the clock and still count. More means that
the clock was wrong then: such a capture must not silence the job until its date comes."""


@dataclass(frozen=True, slots=True)
class Turn:
    """An account as the job sees it. Instants are UTC seconds."""

    user_id: int
    account_id: int
    name: str
    source: str
    time_zone: str | None
    """The account's, else its user's; None where the installation's holds."""
    paused: bool
    blocked: bool
    """A capture failed for good; the job waits until the user acts."""
    attempted_at: int | None
    failures: int
    """Captures that failed since the last one that went well."""
    last_good: int | None
    """The latest complete or partial capture of complete scope, at most `AHEAD` of the clock."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """The installation's rhythm: its time zone, and the wall-clock time of the nightly capture."""

    zone: ZoneInfo
    at: time
    sources: Callable[[str], Source] = source

    def next_due(self, turn: Turn, now: int) -> int | None:
        """The first instant, ``now`` or later, at which a capture is due if nothing happens.

        ``now`` itself means: take it. None means never, until the user acts: the account is
        paused or blocked, or its source is one that is only imported.
        """
        if turn.paused or turn.blocked or not self._can_be_taken(turn.source):
            return None
        zone = (turn.time_zone and _zone(turn.time_zone)) or self.zone
        good = turn.last_good
        if good is not None and good >= night_of(now, zone, self.at):
            return night_after(max(now, good), zone, self.at)
        return max(now, _retry_at(turn, now))

    def agenda(self, turns: Iterable[Turn], now: int) -> tuple[list[Turn], int | None]:
        """The accounts due at ``now``, longest waiting first, and when the next one will be.

        The second is ``now`` while any is due, None where none ever will be.
        """
        when = [(at, turn) for turn in turns if (at := self.next_due(turn, now)) is not None]
        due = [turn for at, turn in when if at == now]
        due.sort(key=lambda turn: (turn.last_good or 0, turn.user_id, turn.account_id))
        return due, min((at for at, _ in when), default=None)

    def _can_be_taken(self, name: str) -> bool:
        try:
            return "complete" in self.sources(name).scopes
        except NotFound:  # stored by a newer version of the program
            return False


@lru_cache(maxsize=1024)
def night_of(now: int, zone: ZoneInfo, at: time) -> int:
    """The instant at which the night that holds ``now`` began."""
    # From a day ahead: a clock put back over midnight is on the old date in the new night.
    day = local_date(now, zone) + timedelta(days=1)
    while (begin := _begin(day, zone, at)) > now:
        day -= timedelta(days=1)
    return begin


@lru_cache(maxsize=1024)
def night_after(now: int, zone: ZoneInfo, at: time) -> int:
    """The instant at which the night after the one that holds ``now`` begins."""
    day = local_date(now, zone) - timedelta(days=1)
    while (begin := _begin(day, zone, at)) <= now:
        day += timedelta(days=1)
    return begin


def _begin(day: date, zone: ZoneInfo, at: time) -> int:
    """When the wall clock shows ``at`` on ``day``: the first time, if it does so twice.

    Where it skips that time, the moment that would have been it: still once for the day.
    """
    return int(datetime.combine(day, at, tzinfo=zone).timestamp())


def _retry_at(turn: Turn, now: int) -> int:
    """Not before this instant, after failures."""
    if not turn.failures or turn.attempted_at is None or turn.attempted_at > now:
        return now  # an attempt in the future tells of a clock put back, not of a delay
    return turn.attempted_at + min(FIRST_RETRY << min(turn.failures - 1, 10), LAST_RETRY)


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo | None:
    return zone_named(name)
