"""The dated notes that a user writes about an account, or about all of them."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from snapshot_core.errors import InputError, NotFound
from snapshot_core.store.accounts import Account
from snapshot_core.store.fold.write import bump_revision
from snapshot_core.store.tables import accounts, notes, users

MAX_NOTE_CHARACTERS: Final = 200
MAX_NOTES: Final = 2_000
"""Of one user: more than a chart or a list can show."""


@dataclass(frozen=True, slots=True)
class Note:
    """What happened on a day, in the user's own words."""

    note_id: int
    account_id: int | None
    """None: about all accounts."""
    account: str | None
    """Its name."""
    day: date
    text: str
    created_at: int


_NOTES: Final = (
    select(
        notes.c.note_id,
        notes.c.account_id,
        accounts.c.name,
        notes.c.day,
        notes.c.text,
        notes.c.created_at,
    )
    .join_from(
        notes,
        accounts,
        (accounts.c.user_id == bindparam("user")) & (accounts.c.account_id == notes.c.account_id),
        isouter=True,
    )
    .where(notes.c.user_id == bindparam("user"))
    .order_by(notes.c.day, notes.c.note_id)
)
_BETWEEN: Final = _NOTES.where(notes.c.day.between(bindparam("first"), bindparam("last")))
_OF_ACCOUNT: Final = _BETWEEN.where(
    or_(notes.c.account_id == bindparam("account"), notes.c.account_id.is_(None))
)


def notes_of(
    connection: Connection,
    user_id: int,
    account: Account | None = None,
    first: date = date.min,
    last: date = date.max,
) -> list[Note]:
    """The notes of days from ``first`` to ``last``, oldest day first.

    ``account``: those about it and about all accounts; None: all of the user's.
    """
    bound: dict[str, object] = {"user": user_id, "first": first, "last": last}
    if account is None:
        return [Note(*row) for row in connection.execute(_BETWEEN, bound)]
    bound["account"] = account.account_id
    return [Note(*row) for row in connection.execute(_OF_ACCOUNT, bound)]


def add_note(
    connection: Connection, user_id: int, account: Account | None, day: date, text: str, now: int
) -> Note:
    """Store a note under the user's next number. Raises `InputError` for what cannot be one."""
    plain = _plain(text)
    # The user's row is locked first: two notes written at once must not get one number.
    connection.execute(update(users).where(users.c.user_id == user_id).values(email=users.c.email))
    mine = notes.c.user_id == user_id
    counted = select(func.count(), func.max(notes.c.note_id)).where(mine)
    count, last = connection.execute(counted).one()
    if count >= MAX_NOTES:
        raise InputError(f"There are {MAX_NOTES:,} notes, which is all there can be. Remove some.")
    account_id = None if account is None else account.account_id
    values = {"account_id": account_id, "day": day, "text": plain, "created_at": now}
    note_id = (last or 0) + 1
    connection.execute(insert(notes).values(user_id=user_id, note_id=note_id, **values))
    _changed(connection, user_id, account_id)
    return Note(note_id, account_id, account.name if account else None, day, plain, now)


def remove_note(connection: Connection, user_id: int, note_id: int) -> Note:
    """Remove a note, and return what it was. Raises `NotFound`."""
    this = notes.c.user_id == user_id, notes.c.note_id == note_id
    row = connection.execute(_NOTES.where(*this), {"user": user_id}).first()
    if row is None:
        raise NotFound(f"There is no note {note_id}.")
    connection.execute(delete(notes).where(*this))
    _changed(connection, user_id, row.account_id)
    return Note(*row)


def _plain(text: str) -> str:
    """In one line, without what cannot be seen."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not plain:
        raise InputError("A note needs some words.")
    if len(plain) > MAX_NOTE_CHARACTERS:
        raise InputError(f"A note has at most {MAX_NOTE_CHARACTERS} characters.")
    return plain


def _changed(connection: Connection, user_id: int, account_id: int | None) -> None:
    """What was drawn of the accounts it is about is out of date."""
    mine = select(accounts.c.account_id).where(accounts.c.user_id == user_id)
    ids = connection.scalars(mine).all() if account_id is None else [account_id]
    for each in ids:
        bump_revision(connection, (user_id, each))
