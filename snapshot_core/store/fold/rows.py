"""The rows that follow from folded captures, and how the tables get from some to others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from snapshot_core.growth.completeness import Status
from snapshot_core.growth.fold_types import CaptureEffects, FoldState
from snapshot_core.growth.totals import ShortBracket
from snapshot_core.store.dialects import among, insert_new
from snapshot_core.store.keys import Key, key_columns, of
from snapshot_core.store.tables import (
    capture_totals,
    captures,
    corrections,
    counted_metrics,
    listing_runs,
    quarantine,
    rhythms,
    short_brackets,
)

_OF_READING: Final = ("captured_at", "video_id", "metric")
_OF_TOTAL: Final = ("captured_at", "metric")


@dataclass(slots=True)
class _Listed:
    """When a video was listed within the captures at hand."""

    closed: int | None = None
    """The capture that ended the run of before them, if one did."""
    runs: list[list[int | None]] = field(default_factory=list)
    """Those that began in them: since, and until, which is None of one still open."""


@dataclass(slots=True)
class FoldedRows:
    """What the captures of a stretch of time amount to, as rows by key."""

    status: dict[int, Status] = field(default_factory=dict)
    counted: set[str] = field(default_factory=set)
    """Metrics that any of them counts."""
    listed: dict[int, _Listed] = field(default_factory=dict)
    corrections: dict[tuple[int, int, str], int] = field(default_factory=dict)
    quarantine: dict[tuple[int, int, str], tuple[int, int | None, str]] = field(
        default_factory=dict
    )
    """Readings held: count, what was accepted, verdict."""
    decided: dict[tuple[int, int, str], str] = field(default_factory=dict)
    """Verdicts on readings that were held before the stretch."""
    totals: dict[tuple[int, str], tuple[int, int, int]] = field(default_factory=dict)
    """Total, entered, left."""
    amended: dict[tuple[int, str], int] = field(default_factory=dict)
    """What left captures before the stretch in addition."""
    short_brackets: dict[int, ShortBracket] = field(default_factory=dict)
    """By the later capture."""

    def add(self, effects: CaptureEffects) -> None:
        """Take in what follows from the next capture."""
        at = effects.captured_at
        self.status[at] = effects.status
        self.counted.update(effects.counted)
        for video in effects.appeared:
            self.listed.setdefault(video, _Listed()).runs.append([at, None])
        for video in effects.vanished:
            listed = self.listed.setdefault(video, _Listed())
            if listed.runs:
                listed.runs[-1][1] = at
            else:
                listed.closed = at
        for fall in effects.corrections:
            self.corrections[fall.captured_at, fall.video_id, fall.metric] = fall.amount
        for held in effects.held:
            row = held.count, held.accepted_count, "held"
            self.quarantine[at, held.video_id, held.metric] = row
        for decision in effects.decided:
            key = decision.captured_at, decision.video_id, decision.metric
            if key not in self.quarantine:
                self.decided[key] = decision.verdict
            elif decision.verdict == "confirmed":
                del self.quarantine[key]
            else:
                self.quarantine[key] = (*self.quarantine[key][:2], decision.verdict)
        if effects.short_bracket is not None:
            self.short_brackets[at] = effects.short_bracket
        for total in effects.totals:
            self.totals[at, total.metric] = total.total, total.entered, total.left
        for amendment in effects.amended:
            of_total = amendment.captured_at, amendment.metric
            if of_total in self.totals:
                total_, entered, left = self.totals[of_total]
                self.totals[of_total] = total_, entered, left + amendment.left
            elif amendment.captured_at not in self.status:  # else it has no such total
                self.amended[of_total] = self.amended.get(of_total, 0) + amendment.left


def append_rows(connection: Connection, key: Key, new: FoldedRows) -> None:
    """Write what follows from captures later than all that the tables know of."""
    replace_rows(connection, key, FoldState(), FoldedRows(), new, newest=True)


def replace_rows(
    connection: Connection,
    key: Key,
    before: FoldState,
    old: FoldedRows,
    new: FoldedRows,
    *,
    newest: bool,
) -> None:
    """Make the tables hold ``new`` where they hold ``old``, and leave alone what is the same.

    Both follow from captures folded into ``before``. Captures that come after them must be judged
    the same after either; ``newest`` says that the tables know of none.
    """
    _replace_runs(connection, key, old, new, newest=newest)
    changed = _changed(old.corrections, new.corrections)
    fallen = [(*fall, new.corrections[fall]) for fall in changed if fall in new.corrections]
    _delete(connection, corrections, key, _OF_READING, changed & old.corrections.keys())
    _insert(connection, corrections, key, (*_OF_READING, "amount"), fallen)
    _replace_quarantine(connection, key, before, old, new)
    _replace_totals(connection, key, old, new)
    _replace_short_brackets(connection, key, old, new)
    if old.status or not newest:  # else whatever is learned is of before
        _unlearn(connection, key, old, new)
    if metrics := new.counted - old.counted:
        counted = [{**key_columns(key), "metric": metric} for metric in sorted(metrics)]
        connection.execute(insert_new(connection, counted_metrics), counted)
    status = [
        {"at": at, "is": status}
        for at, status in new.status.items()
        if old.status.get(at) != status
    ]
    if status:
        this = of(captures, key), captures.c.captured_at == bindparam("at")
        connection.execute(update(captures).where(*this).values(status=bindparam("is")), status)


def _replace_short_brackets(
    connection: Connection, key: Key, old: FoldedRows, new: FoldedRows
) -> None:
    changed = _changed(old.short_brackets, new.short_brackets)
    names, stale = ("captured_at", "left_at", "gain"), changed & old.short_brackets.keys()
    _delete(connection, short_brackets, key, names[:1], [(at,) for at in stale])
    fresh = sorted(changed & new.short_brackets.keys())
    rows = [(at, *new.short_brackets[at]) for at in fresh]
    _insert(connection, short_brackets, key, names, rows)


def _unlearn(connection: Connection, key: Key, old: FoldedRows, new: FoldedRows) -> None:
    """Remove what was learned since the first bracket, or complete capture, that differs."""
    complete = [
        {at: True for at, status in folded.status.items() if status == "complete"}
        for folded in (old, new)
    ]
    changed = _changed(old.short_brackets, new.short_brackets) | _changed(*complete)
    if changed:
        since = of(rhythms, key), rhythms.c.since >= min(changed)
        connection.execute(delete(rhythms).where(*since))


def _changed(old: Mapping[Any, Any], new: Mapping[Any, Any]) -> set[Any]:
    """The keys whose values differ, or that only one of them has."""
    if not old:
        return set(new)
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


def _delete(
    connection: Connection, table: Table, key: Key, names: tuple[str, ...], keys: Iterable[Any]
) -> None:
    rows = [dict(zip((f"the_{name}" for name in names), row, strict=True)) for row in keys]
    if rows:
        same = (table.c[name] == bindparam(f"the_{name}") for name in names)
        connection.execute(delete(table).where(of(table, key), *same), rows)


def _insert(
    connection: Connection, table: Table, key: Key, names: tuple[str, ...], rows: Iterable[Any]
) -> None:
    own = key_columns(key)
    if values := [own | dict(zip(names, row, strict=True)) for row in rows]:
        connection.execute(insert(table), values)


def _replace_runs(
    connection: Connection, key: Key, old: FoldedRows, new: FoldedRows, *, newest: bool
) -> None:
    """Open the runs of the videos that appeared; close those of the ones that vanished."""
    changed = list(_changed(old.listed, new.listed))
    if not changed:
        return
    table = listing_runs.c
    first, last = min(old.status | new.status), max(old.status | new.status)
    later_ends: dict[int, int] = {}
    if not newest or old.listed:
        ids, own = {"ids": changed}, (of(listing_runs, key), among(table.video_id, "ids"))
        # The run that is open at the end of the stretch ends where later captures say.
        over_the_end = table.since <= last, table.until > last
        ended = select(table.video_id, table.until).where(*own, *over_the_end)
        later_ends = dict(connection.execute(ended, ids).all())
        within = delete(listing_runs).where(*own, table.since >= first, table.since <= last)
        connection.execute(within, ids)
        over_the_start = update(listing_runs).where(*own, table.since < first, table.until >= first)
        connection.execute(over_the_start.values(until=None), ids)
    opened: list[tuple[int, int | None, int | None]] = []
    closed: list[dict[str, int]] = []
    for video in changed:
        listed = new.listed.get(video, _Listed())
        for since, until in listed.runs:
            opened.append((video, since, later_ends.get(video) if until is None else until))
        left_open = listed.closed is None and not listed.runs
        until = later_ends.get(video) if left_open else listed.closed
        if until is not None:
            closed.append({"video": video, "at": until})
    if closed:
        of_video = table.video_id == bindparam("video")
        still_open = of(listing_runs, key), of_video, table.since < first, table.until.is_(None)
        statement = update(listing_runs).where(*still_open)
        connection.execute(statement.values(until=bindparam("at")), closed)
    _insert(connection, listing_runs, key, ("video_id", "since", "until"), opened)


def _replace_quarantine(
    connection: Connection, key: Key, before: FoldState, old: FoldedRows, new: FoldedRows
) -> None:
    """A confirmed reading leaves quarantine; a rejected one stays and says so."""
    changed = _changed(old.quarantine, new.quarantine)
    held = [(*row, *new.quarantine[row]) for row in changed if row in new.quarantine]
    redecided = _changed(old.decided, new.decided)
    for row in redecided:
        at, video, metric = row
        if row in old.decided and new.decided.get(row) != "confirmed":
            track, verdict = before.held[video, metric], new.decided.get(row, "held")
            held.append((at, video, metric, track.held_count, track.accepted, verdict))
    gone = (changed & old.quarantine.keys()) | (redecided & old.decided.keys())
    gone |= {row for row in redecided if new.decided.get(row) == "confirmed"}
    _delete(connection, quarantine, key, _OF_READING, gone)
    _insert(connection, quarantine, key, (*_OF_READING, "count", "accepted_count", "verdict"), held)
    rejected = [
        {"at": at, "video": video, "of_metric": metric}
        for at, video, metric in redecided - old.decided.keys()
        if new.decided[at, video, metric] == "rejected"
    ]
    if rejected:
        same = (
            quarantine.c.captured_at == bindparam("at"),
            quarantine.c.video_id == bindparam("video"),
            quarantine.c.metric == bindparam("of_metric"),
        )
        statement = update(quarantine).where(of(quarantine, key), *same)
        connection.execute(statement.values(verdict="rejected"), rejected)


def _replace_totals(connection: Connection, key: Key, old: FoldedRows, new: FoldedRows) -> None:
    """The totals of each capture, and what a later one adds to those of the one before."""
    changed = _changed(old.totals, new.totals)
    _delete(connection, capture_totals, key, _OF_TOTAL, changed - new.totals.keys())
    drawn_up = [(*row, *new.totals[row]) for row in changed if row not in old.totals]
    names = *_OF_TOTAL, "total", "entered", "left"
    _insert(connection, capture_totals, key, names, drawn_up)
    # To what left a capture, those after the stretch may have added: that stays.
    table, same = capture_totals.c, of(capture_totals, key)
    this = table.captured_at == bindparam("at"), table.metric == bindparam("of_metric")
    more = {"left": table.left + bindparam("more_left")}
    redrawn = [
        {
            "at": row[0],
            "of_metric": row[1],
            "new_total": new.totals[row][0],
            "new_entered": new.totals[row][1],
            "more_left": new.totals[row][2] - old.totals[row][2],
        }
        for row in changed & old.totals.keys() & new.totals.keys()
    ]
    if redrawn:
        values = {"total": bindparam("new_total"), "entered": bindparam("new_entered"), **more}
        connection.execute(update(capture_totals).where(same, *this).values(values), redrawn)
    amended = [
        {
            "at": row[0],
            "of_metric": row[1],
            "more_left": new.amended.get(row, 0) - old.amended.get(row, 0),
        }
        for row in _changed(old.amended, new.amended)
    ]
    if amended:
        connection.execute(update(capture_totals).where(same, *this).values(more), amended)
