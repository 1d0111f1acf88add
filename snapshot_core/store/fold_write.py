"""Writing what a fold concluded: for one capture as it is taken, or for a whole history."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from snapshot_core.growth.completeness import Status
from snapshot_core.growth.fold import fold
from snapshot_core.growth.fold_types import CaptureEffects, CaptureInput, FoldState
from snapshot_core.growth.listing import rows_of
from snapshot_core.store.dialects import among, insert_new
from snapshot_core.store.fold_state import listing, load
from snapshot_core.store.keys import Key, key_columns, not_ahead, of
from snapshot_core.store.tables import (
    account_snapshots,
    accounts,
    capture_totals,
    captures,
    corrections,
    counted_metrics,
    listing_runs,
    quarantine,
    videos,
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
        capture = replace(capture, published=_published(connection, key, entered))
    return _write(connection, key, [fold(state, capture)])[0]


def _published(
    connection: Connection, key: Key, ids: Sequence[int] | None = None
) -> dict[int, int]:
    """Instants of publication, where known, of some videos of an account or of all."""
    known = of(videos, key), videos.c.published_at.is_not(None)
    statement = select(videos.c.video_id, videos.c.published_at).where(*known)
    if ids is None:
        return dict(connection.execute(statement).all())
    some = statement.where(among(videos.c.video_id, "ids"))
    return dict(connection.execute(some, {"ids": list(ids)}).all())


def refold(connection: Connection, key: Key) -> None:
    """Fold all captures of an account again: after readings came in between old ones."""
    bump_revision(connection, key)
    for table in (listing_runs, corrections, capture_totals, counted_metrics):
        connection.execute(delete(table).where(of(table, key)))
    folded = quarantine.c.verdict.in_(("held", "rejected"))
    connection.execute(delete(quarantine).where(of(quarantine, key), folded))
    state = FoldState()
    _write(connection, key, [fold(state, capture) for capture in capture_inputs(connection, key)])


def capture_inputs(connection: Connection, key: Key) -> Iterator[CaptureInput]:
    """All captures of an account that count and have readings, oldest first."""
    published = _published(connection, key)
    profile = account_snapshots.c.captured_at, account_snapshots.c.follower_count
    profiles = connection.execute(select(*profile).where(of(account_snapshots, key)))
    followers = dict(profiles.all())
    with_readings = of(captures, key), not_ahead(captures), captures.c.status != "failed"
    stored = select(captures).where(*with_readings).order_by(captures.c.captured_at)
    for row in connection.execute(stored).all():
        yield CaptureInput(
            row.captured_at,
            row.scope,
            row.walked_to_end,
            row.reported_count,
            *listing(connection, key, row.captured_at),
            published,
            followers.get(row.captured_at),
        )


def _write(connection: Connection, key: Key, effects: Sequence[CaptureEffects]) -> list[Status]:
    """Write the effects, oldest capture first: one statement a table, whatever their number."""
    if not effects:
        return []
    _write_runs(connection, key, effects)
    fallen = [fall._asdict() for capture in effects for fall in capture.corrections]
    _insert(connection, corrections, key, fallen)
    _write_quarantine(connection, key, effects)
    _write_totals(connection, key, effects)
    if metrics := {metric for capture in effects for metric in capture.counted}:
        counted = [{**key_columns(key), "metric": metric} for metric in sorted(metrics)]
        connection.execute(insert_new(connection, counted_metrics), counted)
    connection.execute(
        update(captures)
        .where(of(captures, key), captures.c.captured_at == bindparam("at"))
        .values(status=bindparam("is")),
        [{"at": capture.captured_at, "is": capture.status} for capture in effects],
    )
    return [capture.status for capture in effects]


def _insert(connection: Connection, table: Table, key: Key, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), [key_columns(key) | row for row in rows])


def _write_runs(connection: Connection, key: Key, effects: Sequence[CaptureEffects]) -> None:
    """Open the runs of the videos that appeared; close those of the ones that vanished."""
    runs: dict[int, dict[str, Any]] = {}
    closed: list[dict[str, Any]] = []
    earlier: list[dict[str, Any]] = []
    for capture in effects:
        at = capture.captured_at
        for video in capture.appeared:
            runs[video] = {"video_id": video, "since": at, "until": None}
        for video in capture.vanished:
            if video in runs:
                closed.append({**runs.pop(video), "until": at})
            else:
                earlier.append({"video": video, "at": at})
    _insert(connection, listing_runs, key, closed + list(runs.values()))
    if earlier:
        same_video = listing_runs.c.video_id == bindparam("video")
        statement = update(listing_runs).where(of(listing_runs, key), same_video)
        still_open = statement.where(listing_runs.c.until.is_(None))
        connection.execute(still_open.values(until=bindparam("at")), earlier)


def _write_totals(connection: Connection, key: Key, effects: Sequence[CaptureEffects]) -> None:
    """The totals of each capture, and what a later one adds to those of the one before."""
    totals: dict[tuple[int, str], dict[str, Any]] = {
        (capture.captured_at, total.metric): {"captured_at": capture.captured_at} | total._asdict()
        for capture in effects
        for total in capture.totals
    }
    stored: list[dict[str, Any]] = []
    for capture in effects:
        for at, metric, left in capture.amended:
            if total := totals.get((at, metric)):
                total["left"] += left
            else:
                stored.append({"at": at, "of_metric": metric, "went": left})
    _insert(connection, capture_totals, key, list(totals.values()))
    if stored:
        table = capture_totals.c
        same = table.captured_at == bindparam("at"), table.metric == bindparam("of_metric")
        statement = update(capture_totals).where(of(capture_totals, key), *same)
        connection.execute(statement.values(left=table.left + bindparam("went")), stored)


def _write_quarantine(connection: Connection, key: Key, effects: Sequence[CaptureEffects]) -> None:
    """A confirmed reading leaves quarantine; a rejected one stays and says so."""
    held = [
        {"captured_at": capture.captured_at, "verdict": "held", **asdict(reading)}
        for capture in effects
        for reading in capture.held
    ]
    _insert(connection, quarantine, key, held)
    same = (
        of(quarantine, key),
        quarantine.c.captured_at == bindparam("at"),
        quarantine.c.video_id == bindparam("video"),
        quarantine.c.metric == bindparam("of_metric"),
    )
    by_verdict: dict[str, list[dict[str, Any]]] = {"confirmed": [], "rejected": []}
    for capture in effects:
        for at, video, metric, verdict in capture.decided:
            by_verdict[verdict].append({"at": at, "video": video, "of_metric": metric})
    if confirmed := by_verdict["confirmed"]:
        connection.execute(delete(quarantine).where(*same), confirmed)
    if rejected := by_verdict["rejected"]:
        connection.execute(update(quarantine).where(*same).values(verdict="rejected"), rejected)
