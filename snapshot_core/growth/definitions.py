"""Definitions break: a platform begins to count something else under a counter's old name.

What a counter gains across such a day is partly a changed ruler, and what it gained before cannot
be compared with what it gains after.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.windows import Window, midnight

PLATFORM_ZONE: Final = ZoneInfo("America/Los_Angeles")
"""Of the days that platforms announce."""


@dataclass(frozen=True, slots=True)
class DefinitionBreak:
    """The day of such a change. Nobody knows the instant, so the day as a whole is crossed."""

    day: date
    change: str
    """What is counted from it on, as in "since 27 Aug 2026 …"."""

    @property
    def start(self) -> int:
        """The instant at which the day begins."""
        return _begin(self.day)

    @property
    def end(self) -> int:
        """The instant at which it is over."""
        return _begin(self.day + timedelta(days=1))


@cache
def _begin(day: date) -> int:
    return midnight(day, PLATFORM_ZONE)


def crossed(breaks: Iterable[DefinitionBreak], window: Window) -> tuple[DefinitionBreak, ...]:
    """The ``breaks`` of which a part lies inside ``window``."""
    return tuple(each for each in breaks if each.start < window.end and window.start < each.end)
