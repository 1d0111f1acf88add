"""``token create``, ``token list`` and ``token revoke``: the keys to the API."""

import sys
from argparse import Namespace

from snapshot_core.cli.context import Context
from snapshot_core.cli.printing import print_json, print_table
from snapshot_core.errors import InputError
from snapshot_core.identity import api_tokens
from snapshot_core.store.api_tokens import ApiToken, tokens_of
from snapshot_core.view.documents.tokens import Token, Tokens, TokenState
from snapshot_core.view.wording.numbers import ago, moment
from snapshot_core.windows import iso


def create(context: Context, arguments: Namespace) -> bool:
    """Make a token."""
    scopes = [scope.strip() for scope in arguments.scope.split(",")]
    days = arguments.days or None
    session = context.open(arguments.user)
    made, text = session.store.transact(
        lambda connection: api_tokens.create(
            connection, session.user.user_id, arguments.name, scopes, session.now, days
        )
    )
    print(text)
    until = "never ends" if made.ends_at is None else f"ends on {iso(made.ends_at)[:10]}"
    # Beside the token and not with it: $(… token create …) takes the token alone.
    print(f"Token {made.token_id} ({made.scopes}) {until}. It is not shown again.", file=sys.stderr)
    return True


def list_(context: Context, arguments: Namespace) -> bool:
    """List the tokens."""
    session = context.open(arguments.user)
    with session.store.read() as connection:
        tokens = tokens_of(connection, session.user.user_id)
    now, zone = session.now, session.zone()
    if arguments.json:
        print_json(Tokens(tokens=tuple(Token.of(token, _state(token, now)) for token in tokens)))
        return True
    if not tokens:
        print("No tokens yet. Make one with: python -m snapshot_core token create NAME")
        return True

    def when(at: int | None, otherwise: str) -> str:
        return otherwise if at is None else moment(at, zone, now)

    rows = [
        (
            str(token.token_id),
            token.name,
            token.scopes,
            _state(token, now),
            when(token.ends_at, "never"),
            "never" if token.last_used_at is None else ago(now - token.last_used_at),
        )
        for token in tokens
    ]
    print_table(("id", "name", "scopes", "state", "ends", "last used"), rows, texts=6)
    return True


def revoke(context: Context, arguments: Namespace) -> bool:
    """Revoke a token."""
    if arguments.id < 1:
        raise InputError(f"{arguments.id} is no token's number. List them to see those there are.")
    session = context.open(arguments.user)
    known = session.store.transact(
        lambda connection: api_tokens.revoke(
            connection, session.user.user_id, arguments.id, session.now
        )
    )
    was = " before" if known.revoked_at is not None else ""
    print(f"Token {known.token_id} ({known.name}) is revoked{was}.")
    return True


def _state(token: ApiToken, now: int) -> TokenState:
    if token.revoked_at is not None:
        return "revoked"
    return "ended" if token.over(now) else "active"
