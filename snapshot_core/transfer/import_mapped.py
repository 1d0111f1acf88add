"""Importing a table whose columns its owner has mapped to ours."""

from dataclasses import replace
from pathlib import Path

from snapshot_core.clock import latest_date
from snapshot_core.formats.isolated import Progress
from snapshot_core.formats.mapped.columns import table_of
from snapshot_core.formats.mapped.parse import TableMapping, parse_mapped
from snapshot_core.store.accounts import User
from snapshot_core.store.database import Store
from snapshot_core.transfer.import_account import checked_name, find_account, refuse_sample
from snapshot_core.transfer.import_readings import import_parsed
from snapshot_core.transfer.import_report import ImportReport


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
    mapping = replace(mapping, account=checked_name(mapping.account))
    with store.read() as connection:
        if account := find_account(connection, user, mapping.account):
            refuse_sample(account)
    parsed = parse_mapped(table_of(path), mapping, latest_date(now))
    return import_parsed(store, parsed, user, now, progress)
