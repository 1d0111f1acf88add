"""The secret that login cookies are signed with, derived from the installation's own."""

from snapshot_core.settings.secret_key import derived_key, secret_key
from snapshot_core.settings.table import Settings


def cookie_secret(settings: Settings) -> str:
    """The same at every start; changed with the secret key, which ends all logins."""
    newest = secret_key(settings).split(",")[0].strip()
    return derived_key(newest, b"truegrowth login cookies").decode("ascii")
