"""The account that a file goes into: found or made, kept from captures, and merged into."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from secrets import token_hex

from snapshot_core.errors import Busy, InputError, NotFound
from snapshot_core.formats.captures import FileCapture
from snapshot_core.formats.cells import Refused, name_of
from snapshot_core.growth.rounding import half_step, looks_rounded
from snapshot_core.sources.imported_file import ImportedFile
from snapshot_core.sources.sample import Sample
from snapshot_core.store.accounts import (
    Account,
    User,
    account_named,
    accounts_of,
    add_account,
    claim,
    mark_rounded,
    release,
)
from snapshot_core.store.captures import view_counts
from snapshot_core.store.database import Connection
from snapshot_core.store.fold_write import bump_revision
from snapshot_core.store.retention import mark_ahead
from snapshot_core.transfer.import_merge import Merged, merge


def checked_name(name: str) -> str:
    """The account's name as it is stored; `InputError` where it can be none."""
    try:
        plain = name_of("the account's name", name)
    except Refused as error:
        raise InputError(str(error)) from None
    if not plain:
        raise InputError("An account needs a name of 1 to 200 characters.")
    return plain


def accounts_for_export(connection: Connection, user: User) -> str:
    """The accounts that an import can go into, as a sentence for who has named none."""
    accounts = accounts_of(connection, user.user_id)
    names = [repr(account.name) for account in accounts if not _is_sample(account)]
    known = f"Accounts: {', '.join(names)}. " if names else ""
    return f"{known}A new name makes a new account."


def refuse_sample(account: Account) -> None:
    """Real readings and made-up ones do not mix: `InputError`."""
    if _is_sample(account):
        raise InputError(f"{account.name} is made up: import into an account of your own")


def _is_sample(account: Account) -> bool:
    return account.source == Sample.name


def find_account(connection: Connection, user: User, name: str) -> Account | None:
    """The user's account of that name, None where there is none."""
    try:
        return account_named(connection, user.user_id, name)
    except NotFound:
        return None


@contextmanager
def account_for_import(
    connection: Connection, user: User, name: str, now: int
) -> Iterator[tuple[Account, bool]]:
    """The account of that name, and whether it had to be made.

    Captures of it are kept away until the transaction ends. Raises `Busy` while one runs.
    """
    stored = find_account(connection, user, name)
    account = stored or add_account(connection, user.user_id, name, ImportedFile.name, now)
    owner = f"import-{token_hex(4)}"
    if not claim(connection, account.key, owner, now, now):
        raise Busy(f"A snapshot of {account.name} is being taken. Import again when it has ended.")
    mark_ahead(connection, account.key, now)
    yield account, stored is None
    release(connection, account.key, owner)


def merge_into(connection: Connection, account: Account, group: Sequence[FileCapture]) -> Merged:
    """Merge captures into an account that is held, oldest first."""
    if not group:
        return Merged()
    merged = merge(connection, account.key, group)
    if account.source == ImportedFile.name and not account.rounded:
        stated = {capture.rounded for capture in group} - {None}
        shown = not stated and merged.added > 0 and _looks_rounded(connection, account, group)
        if True in stated or shown:
            mark_rounded(connection, account.key)
            bump_revision(connection, account.key)
    return merged


def _looks_rounded(connection: Connection, account: Account, group: Sequence[FileCapture]) -> bool:
    """Whether all readings of an account, with the file's among them, bear the marks."""
    views = (video.count("views") for capture in group for _, video in capture.readings)
    rounded = [count for count in views if count and half_step(count)]
    # What is stored is read only where one count of the file after the other could be rounded.
    if not rounded or not looks_rounded(rounded + rounded[:1] * 20):
        return False
    return looks_rounded(view_counts(connection, account.key))
