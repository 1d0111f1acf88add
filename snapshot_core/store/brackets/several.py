"""Loading the readings of many accounts of a user at once, for tables that compare them.

What `loader.load` reads in two statements for each account is read here in two for all of those
whose windows lie close together. Only for what it looks up further are there statements of one
account's own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection

from snapshot_core.clock import believed_until
from snapshot_core.growth.bracket import Videos
from snapshot_core.growth.listing import Ids
from snapshot_core.growth.rounding import Roundings
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.brackets.loader import Loader
from snapshot_core.store.brackets.rows import (
    BracketRows,
    Readings,
    Surroundings,
    readings_from,
    surroundings_from,
)
from snapshot_core.store.brackets.statements import (
    PARTS,
    SURROUNDINGS_OF_SEVERAL,
    readings_of_several,
)
from snapshot_core.store.keys import Key, bound_to
from snapshot_core.windows import DAY, Window

TOGETHER_SECONDS: Final = 2 * DAY
"""Between the ends of windows that are read together: of one far back all that came since would
be read as well."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An account and the windows around whose ends its readings are wanted."""

    key: Key
    windows: Sequence[Window]
    rounding: Roundings

    @property
    def span(self) -> Window:
        """From the first of their ends to the last."""
        return Window(
            min(window.start for window in self.windows), max(window.end for window in self.windows)
        )

    @property
    def around(self) -> Window:
        """What is read for them."""
        gap = max(window.max_gap for window in self.windows)
        return Window(self.span.start - gap, self.span.end + gap)


def load_several(connection: Connection, asked: Sequence[Asked], *, now: int) -> dict[Key, Videos]:
    """What `load` gives, for some accounts of one user."""
    until = believed_until(now)
    loaded: dict[Key, Videos] = {}
    for together in _together(asked):
        shared = _surroundings(connection, together, until)
        loaders = {each.key: Loader(shared[each.key], each.windows, until) for each in together}
        _readings(connection, shared, loaders)
        loaded |= {each.key: loaders[each.key].videos(each.rounding) for each in together}
    return loaded


def _together(asked: Sequence[Asked]) -> Iterator[list[Asked]]:
    """Those whose windows end close to each other."""
    together: list[Asked] = []
    for each in sorted(asked, key=lambda each: each.span.end):
        if together and each.span.end - together[0].span.end > TOGETHER_SECONDS:
            yield together
            together = []
        together.append(each)
    if together:
        yield together


class _SharedRows(BracketRows):
    """Gives an account's rows out of those that were read of several."""

    def __init__(self, connection: Connection, key: Key, within: Window) -> None:
        """``within``: what was read of."""
        super().__init__(connection, key)
        self._within = within
        self.parts: list[Sequence[Any]] = [(None,) * (2 + len(VIDEO_METRICS))] * PARTS
        self._metrics: Sequence[int] = ()
        self._instants: frozenset[int] = frozenset()
        self._captures: dict[int, Sequence[Any]] = {}

    def read(self, metrics: Sequence[int], instants: Ids, rows: Sequence[Sequence[Any]]) -> None:
        """Take in the readings of ``metrics`` at ``instants``, a row for each capture."""
        self._metrics, self._instants = metrics, frozenset(instants.tolist())
        self._captures = {row[0]: row for row in rows if row[0] in self._instants}

    def surroundings(self, since: int, until: int, start: int, end: int) -> Surroundings:
        if since < self._within.start or until > self._within.end:
            return super().surroundings(since, until, start, end)
        return surroundings_from(self.parts, Window(since, until), Window(start, end))

    def readings(
        self, known: Surroundings, at: Ids, metrics: Sequence[int], only: Ids | None = None
    ) -> Readings:
        wanted = at.tolist()
        if only is not None or not self._instants.issuperset(wanted):
            return super().readings(known, at, metrics, only)
        columns = [0, 1, 2, *(3 + self._metrics.index(metric) for metric in metrics)]
        captures = [
            self._captures[instant] for instant in sorted(wanted) if instant in self._captures
        ]
        return readings_from([[row[n] for n in columns] for row in captures], known, metrics)


def _surroundings(
    connection: Connection, asked: Sequence[Asked], until: int
) -> dict[Key, _SharedRows]:
    start = min(each.around.start for each in asked)
    within = Window(start, min(max(each.around.end for each in asked), until))
    bound = bound_to([each.key for each in asked]) | {
        "since": within.start,
        "until": within.end,
        "start": min(each.span.start for each in asked),
        "end": max(each.span.end for each in asked),
    }
    shared = {each.key: _SharedRows(connection, each.key, within) for each in asked}
    for *columns, account, part in connection.execute(
        SURROUNDINGS_OF_SEVERAL, bound
    ).cursor.fetchall():
        shared[bound["user"], account].parts[part] = columns
    return shared


def _readings(
    connection: Connection, shared: dict[Key, _SharedRows], loaders: dict[Key, Loader]
) -> None:
    instants = np.unique(np.concatenate([loader.nearest for loader in loaders.values()]))
    metrics = sorted({m for loader in loaders.values() for m in loader.counted_metrics})
    by_account: dict[int, list[Sequence[Any]]] = {}
    user_id = next(iter(loaders))[0]
    bound = {"user": user_id, "at": instants.tolist()}
    statement = readings_of_several(tuple(metrics))
    for *row, account in connection.execute(statement, bound).cursor.fetchall():
        by_account.setdefault(account, []).append(row)
    for key, loader in loaders.items():
        shared[key].read(metrics, loader.nearest, by_account.get(key[1], []))
