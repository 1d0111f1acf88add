"""Importing readings: what is new is added, what is there stays, the rest is refused."""

from functools import partial
from pathlib import Path

from snapshot_core.formats.captures import FileCapture, ParsedFile
from snapshot_core.formats.isolated import Progress
from snapshot_core.formats.readings.parse import parse
from snapshot_core.store.accounts import User
from snapshot_core.store.database import Connection, Store
from snapshot_core.transfer.import_account import account_for_import, merge_into
from snapshot_core.transfer.import_merge import Merged
from snapshot_core.transfer.import_report import ImportReport


def import_readings(
    store: Store, path: Path, user: User, now: int, progress: Progress | None = None
) -> ImportReport:
    """Import the readings file at ``path`` for ``user``; accounts are found or made by name.

    Raises `InputError` where the whole file is of no use. See `import_parsed`.
    """
    parsed = parse(path, now)
    if progress is not None:
        progress(0, len(parsed.captures))
    return import_parsed(store, parsed, user, now)


def import_parsed(store: Store, parsed: ParsedFile, user: User, now: int) -> ImportReport:
    """Import the content of a file, which is used up.

    Each account is stored in one transaction. Importing a file again, or a mended copy of it,
    is safe: readings that are there already are never doubled and never overwritten. ``now``
    (instant) decides what lies in the future. Raises `Busy` where one of its accounts is being
    captured; the accounts before it are then stored, and importing again does the rest.
    """
    report = ImportReport(parsed.rows_read, parsed.duplicates, parsed.refused, parsed.notices)
    statuses_changed = 0
    for name, group in _by_account(parsed).items():
        merged, made = store.transact(partial(_import, user=user, name=name, group=group, now=now))
        report.include(merged, name, made=made)
        statuses_changed += merged.statuses_changed
        group.clear()  # a million rows need not stay in memory until the last account is done
    if statuses_changed:
        word = "the file's status is now that of stored snapshots that had another"
        report.notices.append(f"{word}: {statuses_changed:,}")
    return report


def _import(
    connection: Connection, user: User, name: str, group: list[FileCapture], now: int
) -> tuple[Merged, bool]:
    with account_for_import(connection, user, name, now) as (account, made):
        return merge_into(connection, account, group), made


def _by_account(parsed: ParsedFile) -> dict[str, list[FileCapture]]:
    groups: dict[str, list[FileCapture]] = {}
    for capture in parsed.captures:
        groups.setdefault(capture.account, []).append(capture)
    parsed.captures = []
    return groups
