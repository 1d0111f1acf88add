"""Writing what a fold concluded: for one capture as it is taken, or for a whole history."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection, bindparam, delete, func, select, update

from snapshot_core.clock import LAST_INSTANT
from snapshot_core.growth.completeness import Status
from snapshot_core.growth.fold import fold
from snapshot_core.growth.fold_types import CaptureInput, FoldState
from snapshot_core.growth.listing import rows_of
from snapshot_core.growth.rhythms.rhythm import LAUNCH_SECONDS
from snapshot_core.growth.totals import ShortBracket, is_short
from snapshot_core.store.dialects import among
from snapshot_core.store.fold.publication import PUBLICATION, forget_counted, note_counted, redated
from snapshot_core.store.fold.rows import FoldedRows, append_rows, replace_rows
from snapshot_core.store.fold.state import arrays, load
from snapshot_core.store.keys import Key, my_readings, not_ahead, of, rows
from snapshot_core.store.rhythms.learn import learn_due
from snapshot_core.store.tables import (
    COUNTS,
    account_snapshots,
    accounts,
    capture_totals,
    captures,
    corrections,
    counted_metrics,
    listing_runs,
    quarantine,
    rhythms,
    short_brackets,
    videos,
)
from snapshot_core.store.tables import video_snapshots as readings
from snapshot_core.zones import UTC, zone_named

FIRST_PAGE_CAPTURES: Final = 4
"""Whoever folds from the middle on often needs no more."""
MAX_PAGE_CAPTURES: Final = 1_024
READINGS_AT_ONCE: Final = 50_000
"""As soon as so many are to be read, they are."""

_READINGS_OF_CAPTURES: Final = (
    select(readings.c.captured_at, readings.c.video_id, *COUNTS)
    .where(my_readings(), among(readings.c.captured_at, "instants"))
    .order_by(readings.c.captured_at, readings.c.video_id)
)


def bump_revision(connection: Connection, key: Key) -> None:
    """Say that the account's readings change, and make whoever else changes them wait.

    The fold reads what it writes on: two of them at once would each miss the other's capture.
    """
    raised = {"revision": accounts.c.revision + 1}
    connection.execute(update(accounts).where(of(accounts, key)).values(raised))


def write_effects(connection: Connection, key: Key, capture: CaptureInput, new: set[int]) -> Status:
    """Fold the newest capture of an account and write what follows; gives its status."""
    state = load(connection, key, capture, new)
    if (last := state.last_complete) is not None:
        _, stayed = rows_of(last.ids, capture.ids)
        entered = capture.ids[~stayed].tolist()
        published = _published(connection, key, entered)
        if is_short(last, capture.captured_at):
            published |= _young(connection, key, last.captured_at - LAUNCH_SECONDS)
        capture = replace(capture, published=published)
    folded, effects = FoldedRows(), fold(state, capture)
    folded.add(effects)
    append_rows(connection, key, folded)
    return effects.status


def _published(
    connection: Connection, key: Key, ids: Sequence[int] | None = None
) -> dict[int, int]:
    """Instants of publication, where known, of some videos of an account or of all."""
    known = of(videos, key), videos.c.published_at.is_not(None)
    statement = select(videos.c.video_id, PUBLICATION).where(*known)
    if ids is None:
        return dict(connection.execute(statement).all())
    some = statement.where(among(videos.c.video_id, "ids"))
    return dict(connection.execute(some, {"ids": list(ids)}).all())


def _young(connection: Connection, key: Key, since: int) -> dict[int, int]:
    """The instants of publication of the videos that were published after an instant."""
    recent = of(videos, key), videos.c.published_at > since
    columns = videos.c.video_id, PUBLICATION
    return dict(connection.execute(select(*columns).where(*recent)).all())


def refold(connection: Connection, key: Key, *, doubted_since: int | None = None) -> None:
    """Fold all captures of an account again: after readings came in between old ones.

    What they taught is learned again where it is in doubt. ``doubted_since``: the instant from
    which on readings are gone that its cases may have come from.
    """
    bump_revision(connection, key)
    forget_counted(connection, key)
    state, folded = FoldState(), FoldedRows()
    published: dict[int, int] = {}
    for capture in redated(capture_inputs(connection, key), published):
        folded.add(fold(state, capture))
    note_counted(connection, key, published)
    for table in (listing_runs, corrections, capture_totals, counted_metrics):
        connection.execute(delete(table).where(of(table, key)))
    judged = quarantine.c.verdict.in_(("held", "rejected"))
    connection.execute(delete(quarantine).where(of(quarantine, key), judged))
    first = min(folded.status, default=LAST_INSTANT)
    zone = _forget_lessons(connection, key, first)
    if doubted_since is not None:
        _forget_cases(connection, key, doubted_since)
    old = _folded_before(connection, key, first)
    replace_rows(connection, key, FoldState(), old, folded, newest=True)
    if zone is not None:
        learn_due(connection, key, zone)


def _forget_lessons(connection: Connection, key: Key, first: int) -> ZoneInfo | None:
    """Remove the short brackets that go with the history's old end, and the lessons that no
    bracket needs any more; gives the zone of the newest lesson.

    What went with the old end taught stays, for it was true.
    """
    before = of(short_brackets, key), short_brackets.c.captured_at <= first
    connection.execute(delete(short_brackets).where(*before))
    held = select(func.max(rhythms.c.since)).where(of(rhythms, key), rhythms.c.since <= first)
    needless = of(rhythms, key), rhythms.c.since < held.scalar_subquery()
    connection.execute(delete(rhythms).where(*needless))
    zones = select(rhythms.c.zone).where(of(rhythms, key)).order_by(rhythms.c.since.desc())
    newest = connection.scalar(zones.limit(1))
    return None if newest is None else zone_named(newest) or UTC


def _forget_cases(connection: Connection, key: Key, since: int) -> None:
    """Remove the lessons from the first one on, since an instant, that looked at single videos."""
    with_cases = of(rhythms, key), rhythms.c.since >= since, rhythms.c.video_cases > 0
    first = select(func.min(rhythms.c.since)).where(*with_cases).scalar_subquery()
    connection.execute(delete(rhythms).where(of(rhythms, key), rhythms.c.since >= first))


def _folded_before(connection: Connection, key: Key, first: int) -> FoldedRows:
    """What is stored of that which follows from captures after the first, as far as lessons do.

    Where there is a lesson there was a complete capture, though it may be gone now.
    """
    stored = select(captures.c.captured_at, captures.c.status).where(
        of(captures, key), not_ahead(captures), captures.c.status != "failed"
    )
    taught = select(rhythms.c.since).where(of(rhythms, key), rhythms.c.since > first)
    status: dict[int, Status] = dict.fromkeys(connection.scalars(taught), "complete")
    status |= dict(connection.execute(stored).all())
    columns = (short_brackets.c[name] for name in ("captured_at", "left_at", "gain"))
    brackets = connection.execute(select(*columns).where(of(short_brackets, key)))
    return FoldedRows(
        status=status,
        short_brackets={at: ShortBracket(left_at, gain) for at, left_at, gain in brackets},
    )


def capture_inputs(
    connection: Connection, key: Key, since: int = 0, until: int = LAST_INSTANT
) -> Iterator[CaptureInput]:
    """The captures of an account that count and have readings, oldest first, between two instants.

    Both instants (UTC seconds) are included. Read page by page: whoever stops early reads little.
    """
    published, limit = _published(connection, key), FIRST_PAGE_CAPTURES
    at = captures.c.captured_at
    following = (
        select(captures)
        .where(of(captures, key), not_ahead(captures), captures.c.status != "failed")
        .where(at >= bindparam("since"), at <= bindparam("until"))
        .order_by(at)
    )
    while True:
        bounds = {"since": since, "until": until}
        page = connection.execute(following.limit(limit), bounds).all()
        some: list[Any] = []
        waiting = 0
        for row in page:
            some.append(row)
            waiting += row.video_count
            if waiting >= READINGS_AT_ONCE:
                yield from _inputs(connection, key, some, published)
                some, waiting = [], 0
        yield from _inputs(connection, key, some, published)
        if len(page) < limit:
            return
        since, limit = page[-1].captured_at + 1, min(4 * limit, MAX_PAGE_CAPTURES)


def _inputs(
    connection: Connection, key: Key, some: Sequence[Any], published: dict[int, int]
) -> Iterator[CaptureInput]:
    """Some captures of an account, by their rows, oldest first."""
    if not some:
        return
    own = of(account_snapshots, key), account_snapshots.c.follower_count.is_not(None)
    between = account_snapshots.c.captured_at.between(some[0].captured_at, some[-1].captured_at)
    profiles = account_snapshots.c.captured_at, account_snapshots.c.follower_count
    followers = dict(connection.execute(select(*profiles).where(*own, between)).all())
    instants = [row.captured_at for row in some]
    listed = rows(connection, _READINGS_OF_CAPTURES, key, instants=instants)
    ids, counts = arrays([reading[1:] for reading in listed])
    ends = np.searchsorted([reading[0] for reading in listed], instants, "right").tolist()
    begin = 0
    for row, end in zip(some, ends, strict=True):
        yield CaptureInput(
            row.captured_at,
            row.scope,
            row.walked_to_end,
            row.reported_count,
            ids[begin:end],
            counts[begin:end],
            published,
            followers.get(row.captured_at),
            row.confirmed is True,
        )
        begin = end
