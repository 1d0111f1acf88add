"""Encryption of what is secret at rest, with a key that can be changed.

`cryptography`'s Fernet: AES-128-CBC with HMAC-SHA256. The key is derived from the secret key by
HKDF. After the key was changed, the old ones follow it, divided by commas: new values are
encrypted with the first, and `renew` brings old ones to it.
"""

from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from snapshot_core.errors import SettingsError
from snapshot_core.settings.secret_key import (
    derived_key,
    has_secret_key,
    key_file,
    make_secret_key,
    secret_key,
)
from snapshot_core.settings.table import Settings
from snapshot_core.store import connections
from snapshot_core.store.database import Store

PURPOSE: Final = b"truegrowth platform tokens"


class Cipher:
    """Keeps texts secret with the installation's key. Its ``repr`` tells nothing."""

    def __init__(self, keys: str) -> None:
        """``keys``: the secret key, or several divided by commas, the newest first."""
        texts = [key.strip() for key in keys.split(",") if key.strip()]
        fernets = [Fernet(derived_key(text, PURPOSE)) for text in texts]
        self._newest, self._all = fernets[0], MultiFernet(fernets)

    def encrypt(self, text: str) -> str:
        """``text`` under the newest key."""
        return self._newest.encrypt(text.encode()).decode("ascii")

    def decrypt(self, secret: str) -> str:
        """What was encrypted under any of the keys; else `SettingsError`."""
        try:
            return self._all.decrypt(secret.encode()).decode()
        except InvalidToken:
            raise SettingsError(
                "A stored token cannot be read with TRUEGROWTH_SECRET_KEY. Add the key that it "
                "was stored with after the present one, divided by a comma, or connect the "
                "account again."
            ) from None

    def renew(self, secret: str) -> str:
        """``secret`` under the newest key; itself where it is already."""
        try:
            self._newest.decrypt(secret.encode())
        except InvalidToken:
            return self.encrypt(self.decrypt(secret))
        return secret


def cipher(settings: Settings) -> Cipher:
    """The installation's cipher. Raises `SettingsError` where its key is away."""
    return Cipher(secret_key(settings))


def ensure_secret_key(store: Store, settings: Settings) -> None:
    """Make the secret key, unless tokens are stored that need the one that is away.

    Raises `SettingsError` then, and where it cannot be made.
    """
    if has_secret_key(settings):
        return
    with store.read() as connection:
        count = len(connections.stored_connections(connection))
    if count:
        file = key_file(settings)
        raise SettingsError(
            f"The secret key {file} is not there, and the tokens of connected accounts ({count:,}) "
            "can be read with no other. Put it back, from a backup if need be. If it is lost, make "
            f"another with `openssl rand -base64 32 > {file}` and connect those accounts again."
        )
    make_secret_key(settings)
