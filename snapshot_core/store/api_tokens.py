"""The tokens of our own API as stored: a digest of each, never the token."""

from dataclasses import asdict, dataclass, field
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, insert, or_, select, update

from snapshot_core.clock import MAX_AHEAD_SECONDS
from snapshot_core.store.tables import api_tokens, users
from snapshot_core.store.users import User

USE_NOTED_SECONDS: Final = 60
"""Seconds between two writes of when a token was last used."""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as its owner may see it. Instants are UTC seconds."""

    token_id: int
    name: str
    scopes: str
    """Divided by spaces."""
    created_at: int
    ends_at: int | None
    revoked_at: int | None
    last_used_at: int | None
    """As of the last minute in which it was used."""

    def over(self, now: int) -> bool:
        """Whether it is good for nothing any more."""
        return self.revoked_at is not None or (self.ends_at is not None and self.ends_at <= now)


@dataclass(frozen=True, slots=True)
class Known:
    """What a shown token is compared with."""

    token: ApiToken
    digest: str = field(repr=False)
    user: User
    """Whose it is."""


_COLUMNS: Final = tuple(api_tokens.c[name] for name in ApiToken.__dataclass_fields__)
_KNOWN: Final = (
    select(*_COLUMNS, api_tokens.c.digest, users.c.email, users.c.time_zone)
    .join_from(api_tokens, users, users.c.user_id == api_tokens.c.user_id)
    .where(
        api_tokens.c.user_id == bindparam("user"),
        api_tokens.c.token_id == bindparam("token"),
        users.c.user_id == bindparam("user"),
    )
)


def known(connection: Connection, user_id: int, token_id: int) -> Known | None:
    """One token by its key, good or not."""
    row = connection.execute(_KNOWN, {"user": user_id, "token": token_id}).first()
    if row is None:
        return None
    *token, digest, email, time_zone = row
    return Known(ApiToken(*token), digest, User(user_id, email, time_zone))


def tokens_of(connection: Connection, user_id: int) -> list[ApiToken]:
    """All tokens of a user, newest first."""
    statement = select(*_COLUMNS).where(api_tokens.c.user_id == user_id)
    rows = connection.execute(statement.order_by(api_tokens.c.token_id.desc()))
    return [ApiToken(*row) for row in rows]


def add(
    connection: Connection,
    user_id: int,
    name: str,
    scopes: str,
    digest: str,
    now: int,
    ends_at: int | None,
) -> ApiToken:
    """Store a new token under the user's next number, which is never given out again."""
    # The user's row is locked first: two tokens made at once must not get one number.
    connection.execute(update(users).where(users.c.user_id == user_id).values(email=users.c.email))
    numbers = select(func.max(api_tokens.c.token_id)).where(api_tokens.c.user_id == user_id)
    number = (connection.scalar(numbers) or 0) + 1
    token = ApiToken(number, name, scopes, now, ends_at, None, None)
    row = asdict(token) | {"user_id": user_id, "digest": digest}
    connection.execute(insert(api_tokens).values(row))
    return token


def revoke(connection: Connection, user_id: int, token_id: int, now: int) -> None:
    """Revoke a token that was not."""
    this = _this(user_id, token_id), api_tokens.c.revoked_at.is_(None)
    connection.execute(update(api_tokens).where(*this).values(revoked_at=now))


def note_use(connection: Connection, user_id: int, token_id: int, now: int) -> None:
    """Remember that a token was used, unless that was noted within the minute."""
    noted = api_tokens.c.last_used_at
    of_long_ago, ahead = noted <= now - USE_NOTED_SECONDS, noted > now + MAX_AHEAD_SECONDS
    this = _this(user_id, token_id), or_(noted.is_(None), of_long_ago, ahead)
    connection.execute(update(api_tokens).where(*this).values(last_used_at=now))


def _this(user_id: int, token_id: int) -> ColumnElement[bool]:
    return and_(api_tokens.c.user_id == user_id, api_tokens.c.token_id == token_id)
