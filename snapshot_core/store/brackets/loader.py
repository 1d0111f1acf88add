"""Loading the readings around the ends of windows, for `growth.lines`.

The captures on either side of an instant are read whole. Only for videos without an accepted
reading there (new, gone, partly listed, held back, null) are further ones looked up, nearest
first. What it costs does not depend on how long the history is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from sqlalchemy import Connection

from snapshot_core.clock import believed_until
from snapshot_core.growth.bracket import Bracket, Flags, Videos
from snapshot_core.growth.listing import Counts, Ids
from snapshot_core.growth.rounding import Roundings
from snapshot_core.growth.value import LATER, NEVER
from snapshot_core.store.brackets.rows import BracketRows, Captures, Runs, Surroundings
from snapshot_core.store.keys import Key
from snapshot_core.windows import Window

FIRST_LOOKUPS: Final = 4
"""Captures that are looked up for a video on one side at first; four times as many each time."""


def load(
    connection: Connection,
    key: Key,
    windows: Sequence[Window],
    *,
    now: int,
    rounding: Roundings,
    video: int | None = None,
) -> Videos:
    """The videos of an account, or one ``video``, with the readings around the windows' ends.

    ``now``: what is ahead of it is not read. ``rounding``: that of the account's source.
    """
    stored = BracketRows(connection, key, video)
    return Loader(stored, windows, believed_until(now)).videos(rounding)


@dataclass(frozen=True, slots=True)
class _Lookup:
    """A video that lacks a reading on one side of an instant, and where it may have one."""

    row: int
    bracket: Bracket
    before: bool
    metrics: Ids
    captures: Ids
    """Nearest first."""

    def unsettled(self, tried: int) -> bool:
        """Whether there is more to try, and none of the captures ``tried`` has the reading."""
        if tried >= len(self.captures):
            return False
        farthest, counter = self.captures[tried - 1], (self.metrics, self.row)
        if self.before:
            return bool((self.bracket.left_at[counter] < farthest).any())
        return bool((self.bracket.right_at[counter] > farthest).any())


class Loader:
    """Loads the videos of one account."""

    def __init__(self, stored: BracketRows, windows: Sequence[Window], until: int) -> None:
        """Reads what is known beside readings. ``until``: what is later is not believed."""
        self._stored = stored
        self._gap = max(window.max_gap for window in windows)
        self._ends = {window.end for window in windows}
        self._ends_of = {window.start: window.end for window in windows}
        self._instants = sorted(self._ends | {window.start for window in windows})
        start, end = self._instants[0], self._instants[-1]
        first, self._until = start - self._gap, min(end + self._gap, until)
        self._believed_until = until
        self.known = self._surroundings(first, start, end)
        # Clocks differ: a video may be listed before it is said to have been published. Without
        # its older readings it would seem to have begun at 0.
        since, published = self._runs.since, self.known.published[self._runs.row]
        early = (since < published) & (published > first)
        self._since = int(since[early].min(initial=first))
        self._early = np.zeros(len(self.known.ids), np.bool_)
        self._early[self._runs.row[early]] = True
        if self._since < first:
            self.known = self._surroundings(self._since, start, end)
        self._complete = self._captures.at[self._captures.complete]

    def _surroundings(self, since: int, start: int, end: int) -> Surroundings:
        """What is known beside the readings from ``since`` on.

        A video that only captures ahead of the clock have listed is not known to be published: it
        would be told as one of 0 views.
        """
        known = self._stored.surroundings(since, self._until, start, end)
        listed = known.published <= since  # of the younger ones all runs are there
        listed[known.runs.row[known.runs.since <= self._believed_until]] = True
        return replace(known, published=np.where(listed, known.published, NEVER))

    @property
    def _runs(self) -> Runs:
        return self.known.runs

    @property
    def _captures(self) -> Captures:
        return self.known.captures

    def videos(self, rounding: Roundings) -> Videos:
        """The videos with the brackets around all ends of the windows."""
        known, brackets = self.known, self._brackets()
        return Videos(known.ids, known.published, brackets, known.falls, rounding, known.learned)

    @cached_property
    def nearest(self) -> Ids:
        """The captures around the ends of the windows, which are read whole."""
        near = np.zeros(len(self._captures.at), np.bool_)
        for first, last in map(self._around, self._instants):
            near |= (self._captures.at >= first) & (self._captures.at <= last)
        return self._captures.at[near]

    @property
    def counted_metrics(self) -> list[int]:
        """Those that the nearest captures may count."""
        return self._counted_metrics(self.nearest)

    def _brackets(self) -> dict[int, Bracket]:
        around = {at: self._around(at) for at in self._instants}
        nearest = self.nearest
        self._near = self._stored.readings(self.known, nearest, self.counted_metrics)
        self._steady = self._steadily_listed(nearest)
        brackets = {at: self._bracket(at, *ends) for at, ends in around.items()}
        self._look_further([*self._lookups(brackets, around)])
        return brackets

    def _are_complete(self, captures: Ids) -> Flags:
        return self._captures.complete[np.searchsorted(self._captures.at, captures)]

    def _counted(self, complete: Flags) -> Flags:
        """By metric, whether captures may count it; of partial ones no totals tell."""
        return np.array(self._captures.counted if complete.all() else self.known.ever_counted)

    def _counted_metrics(self, captures: Ids) -> list[int]:
        counted: list[int] = np.flatnonzero(self._counted(self._are_complete(captures))).tolist()
        return counted

    def _steadily_listed(self, nearest: Ids) -> Flags:
        """The videos of which no run began or ended: they are listed all the time, or never."""
        steady = np.ones(len(self.known.ids), np.bool_)
        if self._are_complete(nearest).any():  # then whoever it did not list never is
            steady[:] = False
            steady[self._near.row] = True
        steady[self._runs.row] = False
        return steady

    def _around(self, at: int) -> tuple[int, int]:
        """The complete captures on either side of an instant; no farther than may matter."""
        place = int(np.searchsorted(self._complete, at))
        after = int(self._complete[place]) if place < len(self._complete) else LATER
        if after == at:
            return at, at
        before = int(self._complete[place - 1]) if place else -LATER
        return max(before, at - self._gap), min(after, at + self._gap)

    def _bracket(self, at: int, first: int, last: int) -> Bracket:
        near = self._near
        begin, here, beyond, end = np.searchsorted(near.at, (first, at, at + 1, last + 1))
        bracket = replace(Bracket.empty(at, len(self.known.ids)), gone=self._gone(at))
        part = slice(begin, end)
        bracket.add(near.at[part], near.row[part], near.counts[:, part])
        bracket.uncounted[:, near.row[here:beyond]] = near.null[:, here:beyond]
        return bracket

    def _gone(self, at: int) -> Flags:
        """Which videos two complete captures in a row, or one at its user's word, have not seen."""
        runs = self._runs
        begun = runs.since <= at
        ended = runs.until[begun]
        looks = np.repeat(self._captures.at, self._captures.looks)
        missed_by = np.searchsorted(looks, at, "right") - np.searchsorted(looks, ended)
        gone = np.zeros(len(self.known.ids), np.bool_)
        gone[runs.row[begun]] = (ended <= at) & (missed_by >= 2)  # its last run decides
        return gone

    def _look_further(self, lookups: list[_Lookup]) -> None:
        begin, count = 0, FIRST_LOOKUPS
        while lookups:
            tried = [lookup.captures[begin : begin + count] for lookup in lookups]
            captures = np.unique(np.concatenate(tried))
            rows = np.unique([lookup.row for lookup in lookups])
            metrics = self._counted_metrics(captures)
            further = self._stored.readings(self.known, captures, metrics, rows)
            for bracket in {id(lookup.bracket): lookup.bracket for lookup in lookups}.values():
                bracket.add(further.at, further.row, further.counts)
            begin, count = begin + count, 4 * count
            lookups = [lookup for lookup in lookups if lookup.unsettled(begin)]

    def _lookups(
        self, brackets: dict[int, Bracket], around: dict[int, tuple[int, int]]
    ) -> Iterator[_Lookup]:
        for at, bracket in brackets.items():
            first, last = around[at]
            before, after = (at - self._gap, first - 1), (last + 1, at + self._gap)
            # Both readings are needed, but where the left one is carried, or is the publication.
            serves = (bracket.right >= 0) | self._listed_in(*after)
            if at in self._ends:
                serves |= ~(bracket.uncounted | bracket.gone)
            wanted = (bracket.right_at != at) & (self.known.published <= at)
            lacks = (bracket.left < 0) & wanted & serves & (self._listed_in(*before) | self._early)
            serves = (bracket.left >= 0) | (self.known.published >= before[0])
            for lookup in self._lookups_of(bracket, lacks, *before):
                serves[lookup.metrics, lookup.row] = True
                yield lookup
            if at in self._ends_of and first > at - self._gap:
                # A newly tracked video's first reading tells how fast it gains.
                after, serves = (after[0], max(after[1], self._ends_of[at])), wanted
            lacks = (bracket.right < 0) & wanted & serves & self._listed_in(*after)
            yield from self._lookups_of(bracket, lacks, *after)

    def _listed_in(self, first: int, last: int) -> Flags:
        """Which videos captures in ``[first, last]`` may have listed."""
        runs, listed = self._runs, self._steady.copy()
        if not len(_between(self._captures.at, first, last)):
            return np.zeros_like(listed)
        listed[runs.row[(runs.since <= last) & (runs.until > first)]] = True
        return listed

    def _lookups_of(
        self, bracket: Bracket, lacks: Flags, first: int, last: int
    ) -> Iterator[_Lookup]:
        """What to look up in ``[first, last]``, on one side of an instant."""
        before = last < bracket.at
        lacks &= self._counted(self._captures.complete)[:, None]
        if not lacks.any():
            return
        rows = np.flatnonzero(lacks.any(axis=0))
        begin = self._since if before and self._early[rows].any() else first
        counted = self._counting(rows, np.flatnonzero(lacks.any(axis=1)).tolist(), begin, last)
        for metric, captures in counted.items():
            lacks[metric] &= len(captures) > 0
        for row in np.flatnonzero(lacks.any(axis=0)).tolist():
            metrics = np.flatnonzero(lacks[:, row]).tolist()
            begin = self._since if before and self._early[row] else first
            runs_in = self._runs_in(row, begin, last)
            captures = np.unique(
                np.concatenate([_between(counted[m], *run) for m in metrics for run in runs_in])
            )
            if len(captures):
                nearest_first = captures[::-1] if before else captures
                yield _Lookup(row, bracket, before, np.array(metrics), nearest_first)

    def _runs_in(self, row: int, first: int, last: int) -> list[tuple[int, int]]:
        """The stretches of ``[first, last]`` in which captures listed a video."""
        if self._steady[row]:
            return [(first, last)]
        runs = self._runs
        its = slice(*np.searchsorted(runs.row, (row, row + 1)).tolist())
        ends = zip(runs.since[its].tolist(), runs.until[its].tolist(), strict=True)
        return [(max(since, first), min(until - 1, last)) for since, until in ends]

    def _counting(self, rows: Ids, metrics: list[int], first: int, last: int) -> dict[int, Ids]:
        """By metric, the captures in ``[first, last]`` that may count it of one of some videos.

        A source may never give a metric, or begin or cease to: nothing is looked up of it then.
        """
        captures = _between(self._captures.at, first, last)
        doubtful = [metric for metric in metrics if not self._given[metric]]
        counting = dict.fromkeys(metrics, captures)
        partial = _between(self._captures.at[~self._captures.complete], first, last)
        for by_complete, candidates in ((False, partial), (True, captures)):
            asked = [m for m in doubtful if self._captures.counted[m] == by_complete]
            if asked:
                counting |= self._stored.counting(self.known, rows, candidates, asked)
        return counting

    @cached_property
    def _given(self) -> list[bool]:
        """By metric, whether each of the captures that were read counts it."""
        _, begins = np.unique(self._near.at, return_index=True)
        most: Counts = np.maximum.reduceat(self._near.counts, begins, axis=1)
        return [bool((counts >= 0).all()) for counts in most]


def _between(instants: Ids, first: int, last: int) -> Ids:
    """Those of ascending ``instants`` that lie in ``[first, last]``."""
    return instants[np.searchsorted(instants, first) : np.searchsorted(instants, last, "right")]
