"""Writing what a fold concluded: for one capture as it is taken, or for a whole history."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from snapshot_core.growth.completeness import Status
from snapshot_core.growth.fold import fold
from snapshot_core.growth.fold_types import CaptureEffects, CaptureInput, FoldState
from snapshot_core.growth.listing import rows_of
from snapshot_core.store.dialects import among
from snapshot_core.store.fold_state import arrays, load
from snapshot_core.store.keys import Key, of, readings_of
from snapshot_core.store.tables import (
    COUNTS,
    account_snapshots,
    accounts,
    capture_totals,
    captures,
    corrections,
    listing_runs,
    quarantine,
    videos,
)
from snapshot_core.store.tables import video_snapshots as readings


def bump_revision(connection: Connection, key: Key) -> None:
    """Say that the account's readings change, and make whoever else changes them wait.

    The fold reads what it writes on: two of them at once would each miss the other's capture.
    """
    connection.execute(
        update(accounts).where(of(accounts, key)).values(revision=accounts.c.revision + 1)
    )


def write_effects(connection: Connection, key: Key, capture: CaptureInput, new: set[int]) -> Status:
    """Fold the newest capture of an account and write what follows; gives its status."""
    state = load(connection, key, capture, new)
    last = state.last_complete
    if last is not None:
        _, stayed = rows_of(last.ids, capture.ids)
        entered = capture.ids[~stayed].tolist()
        capture = replace(capture, published=_published(connection, key, entered))
    return _write(connection, key, [fold(state, capture)])[0]


def _published(
    connection: Connection, key: Key, ids: Sequence[int] | None = None
) -> dict[int, int]:
    """Instants of publication, where known, of some videos of an account or of all."""
    statement = select(videos.c.video_id, videos.c.published_at).where(
        of(videos, key), videos.c.published_at.is_not(None)
    )
    if ids is not None:
        statement = statement.where(among(videos.c.video_id, "ids"))
    rows = connection.execute(statement, {} if ids is None else {"ids": list(ids)})
    return dict(rows.all())


def refold(connection: Connection, key: Key) -> None:
    """Fold all captures of an account again: after readings came in between old ones."""
    bump_revision(connection, key)
    for table in (listing_runs, corrections, capture_totals):
        connection.execute(delete(table).where(of(table, key)))
    folded = quarantine.c.verdict.in_(("held", "rejected"))
    connection.execute(delete(quarantine).where(of(quarantine, key), folded))
    state = FoldState()
    _write(connection, key, [fold(state, capture) for capture in capture_inputs(connection, key)])


def capture_inputs(connection: Connection, key: Key) -> Iterator[CaptureInput]:
    """All captures of an account that have readings, oldest first."""
    published = _published(connection, key)
    followers = dict(
        connection.execute(
            select(account_snapshots.c.captured_at, account_snapshots.c.follower_count).where(
                of(account_snapshots, key)
            )
        ).all()
    )
    stored = connection.execute(
        select(captures)
        .where(of(captures, key), captures.c.status != "failed")
        .order_by(captures.c.captured_at)
    ).all()
    of_capture = (
        select(readings.c.video_id, *COUNTS)
        .where(readings_of(key), readings.c.captured_at == bindparam("at"))
        .order_by(readings.c.video_id)
    )
    for row in stored:
        rows = connection.execute(of_capture, {"at": row.captured_at}).cursor.fetchall()
        ids, counts = arrays(rows)
        yield CaptureInput(
            row.captured_at,
            row.scope,
            row.walked_to_end,
            row.reported_count,
            ids,
            counts,
            published,
            followers.get(row.captured_at),
        )


def _write(connection: Connection, key: Key, effects: Sequence[CaptureEffects]) -> list[Status]:
    """Write the effects, oldest capture first: one statement a table, whatever their number."""
    if not effects:
        return []
    whose = {"user_id": key[0], "account_id": key[1]}
    _insert_runs(connection, whose, effects)
    _insert(
        connection,
        corrections,
        [
            {**whose, **correction._asdict()}
            for capture in effects
            for correction in capture.corrections
        ],
    )
    _write_quarantine(connection, key, whose, effects)
    _write_totals(connection, key, whose, effects)
    connection.execute(
        update(captures)
        .where(of(captures, key), captures.c.captured_at == bindparam("at"))
        .values(status=bindparam("is")),
        [{"at": capture.captured_at, "is": capture.status} for capture in effects],
    )
    return [capture.status for capture in effects]


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _insert_runs(
    connection: Connection, whose: dict[str, int], effects: Sequence[CaptureEffects]
) -> None:
    """Open the runs of the videos that appeared; close those of the ones that vanished."""
    runs: dict[int, dict[str, Any]] = {}
    closed: list[dict[str, Any]] = []
    earlier: list[dict[str, Any]] = []
    for capture in effects:
        at = capture.captured_at
        for video in capture.appeared:
            runs[video] = {**whose, "video_id": video, "since": at, "until": None}
        for video in capture.vanished:
            if video in runs:
                closed.append({**runs.pop(video), "until": at})
            else:
                earlier.append({"video": video, "at": at})
    _insert(connection, listing_runs, closed + list(runs.values()))
    if earlier:
        connection.execute(
            update(listing_runs)
            .where(
                listing_runs.c.user_id == whose["user_id"],
                listing_runs.c.account_id == whose["account_id"],
                listing_runs.c.video_id == bindparam("video"),
                listing_runs.c.until.is_(None),
            )
            .values(until=bindparam("at")),
            earlier,
        )


def _write_totals(
    connection: Connection, key: Key, whose: dict[str, int], effects: Sequence[CaptureEffects]
) -> None:
    """The totals of each capture, and what a later one adds to those of the one before."""
    rows: dict[tuple[int, str], dict[str, Any]] = {
        (capture.captured_at, total.metric): {
            **whose,
            "captured_at": capture.captured_at,
            **total._asdict(),
        }
        for capture in effects
        for total in capture.totals
    }
    stored: list[dict[str, Any]] = []
    for capture in effects:
        for at, metric, left in capture.amended:
            if row := rows.get((at, metric)):
                row["left"] += left
            else:
                stored.append({"at": at, "of_metric": metric, "went": left})
    _insert(connection, capture_totals, list(rows.values()))
    if stored:
        same = (
            capture_totals.c.captured_at == bindparam("at"),
            capture_totals.c.metric == bindparam("of_metric"),
        )
        connection.execute(
            update(capture_totals)
            .where(of(capture_totals, key), *same)
            .values(left=capture_totals.c.left + bindparam("went")),
            stored,
        )


def _write_quarantine(
    connection: Connection, key: Key, whose: dict[str, int], effects: Sequence[CaptureEffects]
) -> None:
    """A confirmed reading leaves quarantine; a rejected one stays and says so."""
    _insert(
        connection,
        quarantine,
        [
            {**whose, "captured_at": capture.captured_at, **asdict(held), "verdict": "held"}
            for capture in effects
            for held in capture.held
        ],
    )
    same = (
        quarantine.c.captured_at == bindparam("at"),
        quarantine.c.video_id == bindparam("video"),
        quarantine.c.metric == bindparam("of_metric"),
    )
    decided = [
        ({"at": at, "video": video, "of_metric": metric}, verdict)
        for capture in effects
        for at, video, metric, verdict in capture.decided
    ]
    if confirmed := [row for row, verdict in decided if verdict == "confirmed"]:
        connection.execute(delete(quarantine).where(of(quarantine, key), *same), confirmed)
    if rejected := [row for row, verdict in decided if verdict == "rejected"]:
        statement = update(quarantine).where(of(quarantine, key), *same)
        connection.execute(statement.values(verdict="rejected"), rejected)
