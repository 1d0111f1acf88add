"""The tokens of a user: ``token --json``."""

from typing import Literal, TypeAlias

from snapshot_core.store.api_tokens import ApiToken
from snapshot_core.view.documents.fields import Instant, document

TokenState: TypeAlias = Literal["in force", "ended", "revoked"]


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
        return cls(
            id=token.token_id,
            name=token.name,
            scopes=tuple(token.scopes.split()),
            state=state,
            created_at=token.created_at,
            ends_at=token.ends_at,
            revoked_at=token.revoked_at,
            last_used_at=token.last_used_at,
        )


@document
class Tokens:
    """All tokens of a user."""

    tokens: tuple[Token, ...]
