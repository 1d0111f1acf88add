"""Tokens of our own API: what they look like, and who a text proves to be.

A token reads ``tg_<user>_<number>_<secret>``: the look-up binds the user from the start, and what
does not have this form never reaches the database. Of the secret only a digest is stored; it has
256 random bits, so the digest needs no salt and no stretching.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from snapshot_core.errors import InputError, NotFound
from snapshot_core.store import api_tokens
from snapshot_core.store.api_tokens import ApiToken
from snapshot_core.store.database import Connection
from snapshot_core.store.users import User
from snapshot_core.windows import DAY

READ, SNAPSHOT, TAG, NOTE = "read", "snapshot", "tag", "note"
SCOPES: Final = (READ, SNAPSHOT, TAG, NOTE)
"""What a token may be good for: reading everything of its user, taking snapshots, tagging,
writing notes."""

MAX_NAME_CHARACTERS: Final = 100
MAX_LIFE_DAYS: Final = 3_650
"""Days."""

_FORM: Final = re.compile(r"tg_([1-9][0-9]{0,18})_([1-9][0-9]{0,18})_([A-Za-z0-9_-]{43})")
_MAX_NUMBER: Final = 2**63 - 1
_NOBODY: Final = hashlib.sha256(b"nobody's secret").hexdigest()


@dataclass(frozen=True, slots=True)
class Claim:
    """What a token's text says of itself, not yet proved."""

    user_id: int
    token_id: int
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who showed a token that is good."""

    user: User
    token: ApiToken

    @property
    def scopes(self) -> set[str]:
        """What the token is good for."""
        return set(self.token.scopes.split())


def claim(text: str) -> Claim | None:
    """What ``text`` claims; None where it cannot be a token of ours."""
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    user_id, token_id = int(match[1]), int(match[2])
    return Claim(user_id, token_id, match[3]) if max(user_id, token_id) <= _MAX_NUMBER else None


def proved(connection: Connection, claimed: Claim, now: int) -> Bearer | None:
    """Who it is; None where the secret is wrong, or the token has ended or was revoked.

    One look-up by the primary key.
    """
    known = api_tokens.known(connection, claimed.user_id, claimed.token_id)
    # A number that was never given out is compared too: the time taken tells nothing.
    same = hmac.compare_digest(digest(claimed.secret), known.digest if known else _NOBODY)
    if known is None or not same or known.token.over(now):
        return None
    return Bearer(known.user, known.token)


def create(
    connection: Connection,
    user_id: int,
    name: str,
    scopes: Collection[str],
    now: int,
    days: int | None,
) -> tuple[ApiToken, str]:
    """Make a token that ends after ``days`` (None: never); it and its text, shown only now.

    Raises `InputError` for a bad name, scope or number of days.
    """
    name = name.strip()
    if not name or len(name) > MAX_NAME_CHARACTERS or not name.isprintable():
        raise InputError(f"A token needs a name of 1 to {MAX_NAME_CHARACTERS} characters.")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise InputError(f"A token needs at least one scope of: {', '.join(SCOPES)}.")
    if days is not None and not 1 <= days <= MAX_LIFE_DAYS:
        raise InputError(f"A token ends after 1 to {MAX_LIFE_DAYS:,} days, or never.")
    secret = secrets.token_urlsafe(32)
    made = api_tokens.add(
        connection,
        user_id,
        name,
        " ".join(scope for scope in SCOPES if scope in scopes),
        digest(secret),
        now,
        None if days is None else now + days * DAY,
    )
    return made, f"tg_{user_id}_{made.token_id}_{secret}"


def revoke(connection: Connection, user_id: int, token_id: int, now: int) -> ApiToken:
    """Make a token useless for good; else `NotFound`. Revoking twice changes nothing."""
    known = api_tokens.known(connection, user_id, token_id) if token_id <= _MAX_NUMBER else None
    if known is None:
        raise NotFound(f"There is no token {token_id}. List them to see their numbers.")
    api_tokens.revoke(connection, user_id, token_id, now)
    return known.token


def digest(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode("ascii")).hexdigest()
