"""Importing a table whose columns its owner has mapped to ours."""

from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from zoneinfo import ZoneInfo

from snapshot_core.clock import latest_date
from snapshot_core.formats.captures import FileCapture
from snapshot_core.formats.isolated import Progress
from snapshot_core.formats.mapped.columns import table_of
from snapshot_core.formats.mapped.names import ACCOUNT
from snapshot_core.formats.mapped.parse import TableMapping, parse_mapped
from snapshot_core.store.capture_batch import IMPORT_TRIGGER
from snapshot_core.store.captures import captures_of, counts_at, profiles_of
from snapshot_core.store.database import Connection, Store
from snapshot_core.store.keys import Key
from snapshot_core.store.users import User
from snapshot_core.store.videos import video_ids
from snapshot_core.transfer.import_account import checked_name, find_account, refuse_sample
from snapshot_core.transfer.import_readings import import_parsed
from snapshot_core.transfer.import_report import ImportReport
from snapshot_core.windows import local_date, midnight


def import_mapped(
    store: Store,
    path: Path,
    user: User,
    now: int,
    mapping: TableMapping,
    progress: Progress | None = None,
) -> ImportReport:
    """Import the table at ``path`` by ``mapping``, as a readings file is imported.

    Raises `InputError` where the table or the mapping is of no use, and `Busy` while the account
    is being captured. ``progress`` is called first when the file is read.
    """
    if ACCOUNT not in mapping.columns:
        mapping = replace(mapping, account=checked_name(mapping.account))
        with store.read() as connection:
            if account := find_account(connection, user, mapping.account):
                refuse_sample(account)
    parsed = parse_mapped(table_of(path), mapping, latest_date(now))
    with store.read() as connection:
        for name, captures in groupby(parsed.captures, key=attrgetter("account")):
            if account := find_account(connection, user, name):
                _date_as_before(connection, account.key, list(captures), mapping.zone)
    parsed.captures.sort(key=attrgetter("account", "captured_at"))
    return import_parsed(store, parsed, user, now, progress)


def _date_as_before(
    connection: Connection, key: Key, captures: list[FileCapture], zone: ZoneInfo
) -> None:
    """Give days the instants at which the same counts are stored.

    Counts of a day are dated its noon. What was imported before that has an earlier instant, and
    keeps it when it is imported again: else they would be there twice.
    """
    of_days = [capture for capture in captures if capture.dated_by_day]
    if not of_days:
        return
    since = midnight(local_date(of_days[0].captured_at, zone), zone)
    stored = [
        capture.captured_at
        for capture in captures_of(connection, key, since, of_days[-1].captured_at)
        if capture.trigger == IMPORT_TRIGGER
    ]
    taken = {capture.captured_at for capture in captures}
    ids = video_ids(connection, key)
    for capture in of_days:
        begin = midnight(local_date(capture.captured_at, zone), zone)
        earlier = [at for at in stored if begin < at < capture.captured_at and at not in taken]
        for at in earlier:
            if _says_the_same(connection, key, capture, at, ids):
                taken.add(at)
                capture.captured_at = at
                break


def _says_the_same(
    connection: Connection, key: Key, capture: FileCapture, at: int, ids: dict[str, int]
) -> bool:
    """Whether all readings of a capture are stored for the instant ``at``."""
    known = counts_at(connection, key, at)
    given = [(known.get(ids.get(v.platform_id, 0)), v.counts) for _, v in capture.readings]
    if (own := capture.profile) is not None:
        totals = own.followers, own.following, own.likes
        given.append((profiles_of(connection, key, at, at).get(at), totals))
    return bool(given) and all(stored == counts for stored, counts in given)
