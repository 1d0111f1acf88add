"""Importing a readings file: what is new is added, what is there stays, the rest is refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Final

from sqlalchemy import Connection

from snapshot_core.errors import Busy, NotFound
from snapshot_core.growth.resolution import looks_rounded
from snapshot_core.sources.contract import VideoReading
from snapshot_core.sources.readings import FileCapture, ParsedFile, ReadingsFile, Refusal, parse
from snapshot_core.store.accounts import (
    Account,
    User,
    account_named,
    add_account,
    claim,
    release,
)
from snapshot_core.store.database import Store
from snapshot_core.store.record import LARGEST
from snapshot_core.transfer.merge import Merged, merge

_TOO_LARGE: Final = f"a counter is above {LARGEST:,}, which no platform reaches: check the row"


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
    accounts_added: list[str] = field(default_factory=list)


def import_file(store: Store, path: Path, user: User, now: int) -> ImportReport:
    """Import the readings at ``path`` for ``user``; accounts are found or made by name.

    Each account is stored in one transaction. Importing a file again, or a mended copy of it,
    is safe: readings that are there already are never doubled and never overwritten. ``now``
    (instant) decides what lies in the future. Raises `InputError` where the whole file is of
    no use, and `Busy` where one of its accounts is being captured; the accounts before it are
    then stored, and importing again does the rest.
    """
    parsed = parse(path, now)
    _refuse_too_large(parsed)
    report = ImportReport(parsed.rows_read, parsed.duplicates, parsed.refused, parsed.notices)
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
        if made:
            report.accounts_added.append(name)
        group.clear()  # a million rows need not stay in memory until the last account is done
    report.refused.sort(key=lambda refusal: refusal.line)
    return report


def _import(
    connection: Connection, user: User, name: str, group: Sequence[FileCapture], now: int
) -> tuple[Merged, bool]:
    """Merge the captures of one account; gives whether the account had to be made."""
    account, made = _account(connection, user, name, group, now)
    # Held until this transaction ends, so that no capture of the account runs beside it.
    owner = f"import-{token_hex(4)}"
    if not claim(connection, account.key, owner, now, now):
        raise Busy(f"A snapshot of {name} is being taken. Import again when it has ended.")
    merged = merge(connection, account.key, group)
    release(connection, account.key, owner)
    return merged, made


def _account(
    connection: Connection, user: User, name: str, group: Sequence[FileCapture], now: int
) -> tuple[Account, bool]:
    try:
        return account_named(connection, user.user_id, name), False
    except NotFound:
        said = [capture.rounded for capture in group if capture.rounded is not None]
        views = [v.views for one in group for _, v in one.readings if v.views is not None]
        rounded = any(said) if said else looks_rounded(views)
        source = ReadingsFile.name
        return add_account(connection, user.user_id, name, source, now, rounded=rounded), True


def _by_account(parsed: ParsedFile) -> dict[str, list[FileCapture]]:
    groups: dict[str, list[FileCapture]] = {}
    for capture in parsed.captures:
        groups.setdefault(capture.account, []).append(capture)
    parsed.captures = []
    return groups


def _refuse_too_large(parsed: ParsedFile) -> None:
    for capture in parsed.captures:
        wrong = {line for line, video in capture.readings if _is_too_large(video)}
        if wrong:
            capture.readings = [(n, video) for n, video in capture.readings if n not in wrong]
            capture.refused += len(wrong)
        own, line = capture.profile, capture.profile_line
        if own and line and max(own.followers or 0, own.following or 0, own.likes or 0) > LARGEST:
            wrong.add(line)
            capture.profile = capture.profile_line = None
        parsed.refused += [Refusal(line, _TOO_LARGE) for line in wrong]
    parsed.captures = [c for c in parsed.captures if c.readings or c.profile_line is not None]


def _is_too_large(video: VideoReading) -> bool:
    counts = video.views or 0, video.likes or 0, video.comments or 0, video.shares or 0
    return max(counts) > LARGEST
