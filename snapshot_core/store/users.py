"""Users by name or number, and by who the identity provider says they are."""

import re
from dataclasses import asdict, dataclass, replace
from typing import Final

from sqlalchemy import Connection, bindparam, func, insert, select, update

from snapshot_core.errors import InputError, NotFound
from snapshot_core.store.dialects import one_at_a_time
from snapshot_core.store.tables import users

LOCAL_EMAIL: Final = "creator@localhost"
"""The one user of an installation without logins."""


@dataclass(frozen=True, slots=True)
class User:
    """A user; ``time_zone`` is None where the installation's holds."""

    user_id: int
    email: str
    time_zone: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever logs in: known by issuer and subject; the e-mail may change."""

    issuer: str
    subject: str
    email: str
    """In lower case, as `settings.parsers.lowered` makes it."""


# Asked on every rerun of a page.
_ALL: Final = select(users.c.user_id, users.c.email, users.c.time_zone).order_by(users.c.user_id)
_USER: Final = _ALL.where(
    users.c.issuer == bindparam("issuer"), users.c.subject == bindparam("subject")
)
_NUMBERED: Final = _ALL.where(users.c.user_id == bindparam("number"))
_NAMED: Final = _ALL.where(users.c.email == bindparam("email"))
_LOCAL: Final = _NAMED.where(users.c.issuer.is_(None))  # not whom a provider calls so


def ensure_user(connection: Connection, email: str, now: int) -> User:
    """The user with this e-mail, made if need be."""
    one_at_a_time(connection)
    if rows := connection.execute(_NAMED, {"email": email}).all():
        return User(*rows[-1])  # two people may have had an e-mail, one after the other
    return add_user(connection, email=email, created_at=now)


def add_user(connection: Connection, email: str, **columns: str | int) -> User:
    """Make a user under the next number. The caller sees to it that one runs at a time."""
    user_id = (connection.scalar(select(func.max(users.c.user_id))) or 0) + 1
    connection.execute(insert(users).values(user_id=user_id, email=email, **columns))
    return User(user_id, email, None)


def user_named(connection: Connection, name: str) -> User:
    """The user with this e-mail or this number; else `NotFound`.

    Raises `InputError` for an e-mail that several have: one provider after the other gave it.
    """
    if re.fullmatch(r"[0-9]{1,9}", name):
        rows = connection.execute(_NUMBERED, {"number": int(name)}).all()
    else:
        rows = connection.execute(_LOCAL if name == LOCAL_EMAIL else _NAMED, {"email": name}).all()
    if not rows:
        raise NotFound(f"There is no user {name!r}.")
    if len(rows) > 1:
        numbers = ", ".join(str(row.user_id) for row in rows)
        raise InputError(f"Several users have the e-mail {name!r}. Name one by number: {numbers}.")
    return User(*rows[0])


def user_of(connection: Connection, person: Person) -> User | None:
    """The user who is ``person``; None before their first login."""
    row = connection.execute(_USER, {"issuer": person.issuer, "subject": person.subject}).first()
    return None if row is None else User(*row)


def ensure_user_of(connection: Connection, person: Person, now: int) -> User:
    """The user who is ``person``, under their present e-mail; made at the first login.

    Whoever had that e-mail before them has it no longer, and their tokens are good no more.
    No sample account is made for them: who runs a shared installation has shown it already.
    """
    one_at_a_time(connection)
    if (user := user_of(connection, person)) is not None:
        note_email(connection, person)
        return replace(user, email=person.email)
    _release(connection, person)
    return add_user(connection, **asdict(person), created_at=now, sample_offered_at=now)


def note_email(connection: Connection, person: Person) -> None:
    """Remember the present e-mail of a known user, by which the list holds for programs too."""
    one_at_a_time(connection)
    _release(connection, person)
    this = users.c.issuer == person.issuer, users.c.subject == person.subject
    connection.execute(update(users).where(*this).values(email=person.email))


def _release(connection: Connection, person: Person) -> None:
    """Take ``person``'s e-mail from whoever had it before: the provider says whose it is now.

    What stands in its place has a blank in it, so it is on no list and their tokens end.
    """
    before = (
        users.c.issuer == person.issuer,
        users.c.subject != person.subject,
        users.c.email == person.email,
    )
    connection.execute(update(users).where(*before).values(email=f"formerly {person.email}"))


def email_of(connection: Connection, user_id: int) -> str | None:
    """The present e-mail of a user; None where there is no such user."""
    email: str | None = connection.scalar(select(users.c.email).where(users.c.user_id == user_id))
    return email


def offer_sample(connection: Connection, user_id: int, now: int) -> bool:
    """Note that a user has been offered the sample account; False where that was noted before.

    Of two starts at once, the one whose update finds the column empty makes the account.
    """
    fresh = users.c.user_id == user_id, users.c.sample_offered_at.is_(None)
    statement = update(users).where(*fresh).values(sample_offered_at=now)
    return connection.execute(statement).rowcount == 1
