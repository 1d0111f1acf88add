"""The tokens of a user: ``token --json``."""

from typing import Literal, TypeAlias

from snapshot_core.store.api_tokens import ApiToken
from snapshot_core.view.documents.fields import Instant, copied, document

TokenState: TypeAlias = Literal["active", "ended", "revoked"]


@document
class Token:
    """An API token, without its secret."""

    id: int
    name: str
    scopes: tuple[str, ...]
    state: TokenState
    created_at: Instant
    ends_at: Instant | None
    revoked_at: Instant | None
    last_used_at: Instant | None

    @classmethod
    def of(cls, token: ApiToken, state: TokenState) -> "Token":
        """A token as stored, and its state now."""
        scopes = tuple(token.scopes.split())
        return copied(cls, token, id=token.token_id, scopes=scopes, state=state)


@document
class Tokens:
    """All tokens of a user."""

    tokens: tuple[Token, ...]
