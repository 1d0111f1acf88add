"""Importing a table whose columns its owner has mapped to ours."""

from dataclasses import replace
from pathlib import Path

from snapshot_core.formats.captures import ParsedFile
from snapshot_core.formats.mapped.columns import table_of
from snapshot_core.formats.mapped.parse import TableMapping, parse_mapped
from snapshot_core.store.accounts import User, accounts_of
from snapshot_core.store.database import Store
from snapshot_core.transfer.import_readings import ImportReport, import_parsed
from snapshot_core.transfer.import_studio import checked_name, refuse_made_up


def preview_mapped(path: Path, mapping: TableMapping, now: int) -> ParsedFile:
    """What `import_mapped` would store. Raises `InputError`."""
    return parse_mapped(table_of(path), mapping, now)


def import_mapped(
    store: Store, path: Path, user: User, now: int, mapping: TableMapping
) -> ImportReport:
    """Import the table at ``path`` by ``mapping``, as a readings file is imported.

    Raises `InputError` where the table or the mapping is of no use, and `Busy` while the account is
    being captured.
    """
    mapping = replace(mapping, account=checked_name(mapping.account))
    with store.read() as connection:
        for account in accounts_of(connection, user.user_id):
            if account.name == mapping.account:
                refuse_made_up(account)
    return import_parsed(store, preview_mapped(path, mapping, now), user, now)
