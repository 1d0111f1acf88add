"""Importing a table whose columns its owner has mapped to ours."""

from dataclasses import replace
from pathlib import Path

from snapshot_core.formats.mapped.parse import Plan, parse_mapped, table_of
from snapshot_core.formats.readings.parse import ParsedFile
from snapshot_core.store.accounts import User, accounts_of
from snapshot_core.store.database import Store
from snapshot_core.transfer.import_readings import ImportReport, import_parsed
from snapshot_core.transfer.import_studio import checked_name, refuse_made_up


def preview_mapped(path: Path, plan: Plan, now: int) -> ParsedFile:
    """What `import_mapped` would store. Raises `InputError`."""
    return parse_mapped(table_of(path), plan, now)


def import_mapped(store: Store, path: Path, user: User, now: int, plan: Plan) -> ImportReport:
    """Import the table at ``path`` by ``plan``, as a readings file is imported.

    Raises `InputError` where the table or the plan is of no use, and `Busy` while the account is
    being captured.
    """
    plan = replace(plan, account=checked_name(plan.account))
    with store.read() as connection:
        for account in accounts_of(connection, user.user_id):
            if account.name == plan.account:
                refuse_made_up(account)
    return import_parsed(store, preview_mapped(path, plan, now), user, now)
