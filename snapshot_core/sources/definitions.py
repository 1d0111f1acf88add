"""The days on which platforms redefined their counters, by source and counter.

The channel totals of views that YouTube redefined on 2026-03-25 are not here: nothing reads them.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from snapshot_core.growth.definitions import DefinitionBreak, crossed
from snapshot_core.windows import Window

BREAKS: Final[Mapping[tuple[str, str], tuple[DefinitionBreak, ...]]] = {
    ("youtube", "views"): (
        DefinitionBreak(date(2025, 3, 31), "YouTube counts every start of a Short as a view"),
        DefinitionBreak(date(2026, 8, 27), "YouTube counts every start of any video as a view"),
    ),
}
"""By the name of a source and a metric, oldest first."""


def breaks_in(platform: str, metric: str, window: Window) -> tuple[DefinitionBreak, ...]:
    """The days inside ``window`` on which the source called ``platform`` redefined ``metric``."""
    return crossed(BREAKS.get((platform, metric), ()), window)
