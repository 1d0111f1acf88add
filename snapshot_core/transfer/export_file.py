"""Exporting readings to a file that gives the same captures and the same growth when imported."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, bindparam, select

from snapshot_core.formats.readings.columns import NO_TOTALS, ReadingRow
from snapshot_core.formats.readings.write import write
from snapshot_core.readings import NO_COUNTS
from snapshot_core.store.accounts import (
    Account,
    User,
    account_named,
    accounts_of,
    shown_together,
)
from snapshot_core.store.database import Store
from snapshot_core.store.keys import of, readings_of
from snapshot_core.store.tables import COUNTS, account_snapshots, captures, videos
from snapshot_core.store.tables import video_snapshots as readings
from snapshot_core.transfer.import_batch import PROFILE_COUNTS, Counts


def export_file(store: Store, path: Path, user: User, account: str | None = None) -> int:
    """Write the readings of one account, or of all, to ``path``; the number of rows.

    Among all, made-up readings have no place: the sample account is written when it is named,
    or when there is no other. CSV or Parquet by suffix; the file appears whole or not at all,
    and only one capture is in memory at a time. Raises `NotFound` for an unknown account and
    `InputError` where the file cannot be written.
    """
    with store.read() as connection:
        if account is None:
            chosen = shown_together(accounts_of(connection, user.user_id))
        else:
            chosen = [account_named(connection, user.user_id, account)]
        return write(path, _rows(connection, chosen))


def _rows(connection: Connection, chosen: Sequence[Account]) -> Iterator[ReadingRow]:
    for account in chosen:
        known = known_of(connection, account)
        for at, status in known.taken:
            yield from rows_at(connection, account, known, at, status)


@dataclass(frozen=True, slots=True)
class Known:
    """What the rows of an account are made with, beside the readings."""

    about: Mapping[int, Sequence[Any]]
    """Platform id, title and publication by video."""
    profiles: Mapping[int, Counts]
    taken: Sequence[tuple[int, str]]
    """Instant and status of each capture, oldest first; failed ones are left out."""


def known_of(connection: Connection, account: Account) -> Known:
    """Read once for an account."""
    key = account.key
    about = {
        video_id: known
        for video_id, *known in connection.execute(
            select(
                videos.c.video_id, videos.c.platform_id, videos.c.title, videos.c.published_at
            ).where(of(videos, key))
        )
    }
    own = [account_snapshots.c[name] for name in ("captured_at", *PROFILE_COUNTS)]
    profiles: dict[int, Counts] = {
        at: tuple(counts)
        for at, *counts in connection.execute(select(*own).where(of(account_snapshots, key)))
    }
    taken = connection.execute(
        select(captures.c.captured_at, captures.c.status)
        .where(of(captures, key), captures.c.status != "failed")
        .order_by(captures.c.captured_at)
    ).all()
    return Known(about, profiles, [(at, status) for at, status in taken])


def rows_at(
    connection: Connection, account: Account, known: Known, at: int, status: str
) -> Iterator[ReadingRow]:
    """The rows of one capture."""
    listing = (
        select(readings.c.video_id, *COUNTS)
        .where(readings_of(account.key), readings.c.captured_at == bindparam("at"))
        .order_by(readings.c.video_id)
    )
    rows = connection.execute(listing, {"at": at}).all()
    totals = known.profiles.get(at, NO_TOTALS)
    judged = status, account.rounded
    # A capture that found no video still says so: growth needs to know that it was taken.
    if totals != NO_TOTALS or not rows:
        yield ReadingRow(account.name, None, None, None, at, NO_COUNTS, totals, *judged)
    for video_id, *counts in rows:
        platform_id, title, published_at = known.about[video_id]
        about = account.name, platform_id, title, published_at, at
        yield ReadingRow(*about, tuple(counts), NO_TOTALS, *judged)
