"""The tables of access: to platforms, and to our own API. Secrets are encrypted or digests."""

from sqlalchemy import ForeignKeyConstraint

from snapshot_core.store.tables.columns import number, of_account, table, text

# What an account may be read with. The tokens are encrypted (`connections.encryption`).
connections = table(
    "connections",
    ("user_id", "account_id"),
    number("user_id"),
    number("account_id"),
    text("scopes"),
    text("access_token"),
    number("access_until"),
    text("refresh_token", null=True),
    number("refresh_until", null=True),
    # Raised with each new pair of tokens: who renews knows whether another was first.
    number("generation"),
    text("lease_owner", null=True),
    number("lease_until", null=True),
    number("connected_at"),
    of_account(),
)

# A consent that was asked for and not yet given. `state` is a digest, `verifier` encrypted.
authorizations = table(
    "authorizations",
    ("user_id", "state"),
    number("user_id"),
    text("state"),
    text("verifier"),
    # The account that is connected again; None for a new one.
    number("account_id", null=True),
    number("created_at"),
    ForeignKeyConstraint(["user_id"], ["users.user_id"], ondelete="CASCADE"),
)

# When the next call of a platform's endpoint may be made, in milliseconds since 1970; shared by
# every process of the installation.
rate_limits = table("rate_limits", ("endpoint",), text("endpoint"), number("free_at"))

api_tokens = table(
    "api_tokens",
    ("user_id", "token_id"),
    number("user_id"),
    number("token_id"),
    text("name"),
    text("scopes"),
    # SHA-256 of the secret, which is shown once and stored nowhere.
    text("digest"),
    number("created_at"),
    number("ends_at", null=True),
    number("revoked_at", null=True),
    number("last_used_at", null=True),
    ForeignKeyConstraint(["user_id"], ["users.user_id"], ondelete="CASCADE"),
)
