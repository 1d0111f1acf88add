"""The tables of access: to platforms, and to our own API. Secrets are encrypted or digests."""

from snapshot_core.store.tables.columns import account_table, numbers, table, texts, user_table

# What an account may be read with. The tokens are encrypted (`connections.encryption`).
connections = account_table(
    "connections",
    (),
    *texts("scopes", "access_token"),
    *numbers("access_until"),
    *texts("refresh_token", null=True),
    *numbers("refresh_until", null=True),
    # Raised with each new pair of tokens: who renews knows whether another was first.
    *numbers("generation"),
    *texts("lease_owner", null=True),
    *numbers("lease_until", null=True),
    *numbers("connected_at"),
)

# A consent that was asked for and not yet given. `state` is a digest, `verifier` encrypted.
authorizations = user_table(
    "authorizations",
    ("state",),
    *texts("state", "verifier"),
    # The account that is connected again; None for a new one.
    *numbers("account_id", null=True),
    *numbers("created_at"),
)

# When the next call of a platform's endpoint may be made, in milliseconds since 1970; shared by
# every process of the installation. `reserved_at` tells whether the clock was ahead that said so.
rate_limits = table(
    "rate_limits",
    ("endpoint",),
    *texts("endpoint"),
    *numbers("free_at"),
    *numbers("reserved_at", null=True),
)

api_tokens = user_table(
    "api_tokens",
    ("token_id",),
    *numbers("token_id"),
    *texts("name", "scopes"),
    # SHA-256 of the secret, which is shown once and stored nowhere.
    *texts("digest"),
    *numbers("created_at"),
    *numbers("ends_at", "revoked_at", "last_used_at", null=True),
)
