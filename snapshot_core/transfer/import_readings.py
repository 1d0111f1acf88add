"""Importing readings: what is new is added, what is there stays, the rest is refused."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex

from sqlalchemy import Connection, select, update

from snapshot_core.errors import Busy, NotFound
from snapshot_core.formats.captures import FileCapture, ParsedFile, Refusal
from snapshot_core.formats.readings.parse import parse
from snapshot_core.growth.rounding import half_step, looks_rounded
from snapshot_core.sources.imported_file import ImportedFile
from snapshot_core.store.accounts import (
    Account,
    User,
    account_named,
    add_account,
    claim,
    release,
)
from snapshot_core.store.database import Store
from snapshot_core.store.fold_write import bump_revision
from snapshot_core.store.keys import of, readings_of
from snapshot_core.store.tables import accounts
from snapshot_core.store.tables import video_snapshots as readings
from snapshot_core.transfer.import_merge import Merged, merge


@dataclass(slots=True)
class ImportReport:
    """What became of a file. Every row read is added, already there, a duplicate or refused."""

    rows_read: int
    duplicates: int
    """Rows that say again what an earlier row of the file said."""
    refused: list[Refusal]
    """By line; nothing of these rows was stored."""
    notices: list[str]
    added: int = 0
    already_there: int = 0
    captures_added: int = 0
    set_aside: int = 0
    """Rows of an export that say nothing yet: a count it does not know, a day that goes on."""
    reported_days: int = 0
    """Amounts by day that were stored, or corrected."""
    accounts_added: list[str] = field(default_factory=list)


def import_readings(store: Store, path: Path, user: User, now: int) -> ImportReport:
    """Import the readings file at ``path`` for ``user``; accounts are found or made by name.

    Raises `InputError` where the whole file is of no use. See `import_parsed`.
    """
    return import_parsed(store, parse(path, now), user, now)


def import_parsed(store: Store, parsed: ParsedFile, user: User, now: int) -> ImportReport:
    """Import what a file says, which is used up.

    Each account is stored in one transaction. Importing a file again, or a mended copy of it,
    is safe: readings that are there already are never doubled and never overwritten. ``now``
    (instant) decides what lies in the future. Raises `Busy` where one of its accounts is being
    captured; the accounts before it are then stored, and importing again does the rest.
    """
    report = ImportReport(parsed.rows_read, parsed.duplicates, parsed.refused, parsed.notices)
    judged_anew = 0
    for name, group in _by_account(parsed).items():

        def work(
            connection: Connection, name: str = name, group: list[FileCapture] = group
        ) -> tuple[Merged, bool]:
            return _import(connection, user, name, group, now)

        merged, made = store.transact(work)
        report.added += merged.added
        report.already_there += merged.already_there
        report.captures_added += merged.captures_added
        report.refused += merged.refused
        judged_anew += merged.judged_anew
        if made:
            report.accounts_added.append(name)
        group.clear()  # a million rows need not stay in memory until the last account is done
    report.refused.sort(key=lambda refusal: refusal.line)
    if judged_anew:
        word = "the file's status is now that of stored snapshots that had another"
        report.notices.append(f"{word}: {judged_anew:,}")
    return report


def _import(
    connection: Connection, user: User, name: str, group: Sequence[FileCapture], now: int
) -> tuple[Merged, bool]:
    """Merge the captures of one account; gives whether the account had to be made."""
    account, made = found_or_made(connection, user, name, now)
    with held(connection, account, now):
        return merge_into(connection, account, group), made


def found_or_made(connection: Connection, user: User, name: str, now: int) -> tuple[Account, bool]:
    """The account of that name, and whether it had to be made."""
    try:
        return account_named(connection, user.user_id, name), False
    except NotFound:
        return add_account(connection, user.user_id, name, ImportedFile.name, now), True


@contextmanager
def held(connection: Connection, account: Account, now: int) -> Iterator[None]:
    """Keep captures of the account away until this transaction ends. Raises `Busy`."""
    owner = f"import-{token_hex(4)}"
    if not claim(connection, account.key, owner, now, now):
        raise Busy(f"A snapshot of {account.name} is being taken. Import again when it has ended.")
    yield
    release(connection, account.key, owner)


def merge_into(connection: Connection, account: Account, group: Sequence[FileCapture]) -> Merged:
    """Merge captures into an account that is held, oldest first."""
    if not group:
        return Merged()
    merged = merge(connection, account.key, group)
    if account.source == ImportedFile.name and not account.rounded:
        _round(connection, account, group, added=merged.added > 0)
    return merged


def _round(
    connection: Connection, account: Account, group: Sequence[FileCapture], *, added: bool
) -> None:
    """Note that the counters of an account are rounded, where its files say so or show it."""
    said = {capture.rounded for capture in group} - {None}
    if True in said or (not said and added and _looks_rounded(connection, account, group)):
        connection.execute(update(accounts).where(of(accounts, account.key)).values(rounded=True))
        bump_revision(connection, account.key)


def _looks_rounded(connection: Connection, account: Account, group: Sequence[FileCapture]) -> bool:
    """Whether all readings of an account, with the file's among them, bear the marks."""
    views = (video.count("views") for capture in group for _, video in capture.readings)
    told = [count for count in views if count and half_step(count)]
    # What is stored is read only where one count of the file after the other could be rounded.
    if not told or not looks_rounded(told + told[:1] * 20):
        return False
    column = readings.c.view_count
    stored = select(column).where(readings_of(account.key), column.is_not(None))
    return looks_rounded(list(connection.scalars(stored)))


def _by_account(parsed: ParsedFile) -> dict[str, list[FileCapture]]:
    groups: dict[str, list[FileCapture]] = {}
    for capture in parsed.captures:
        groups.setdefault(capture.account, []).append(capture)
    parsed.captures = []
    return groups
