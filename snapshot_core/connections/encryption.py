"""Encryption of what is secret at rest, with a key that can be changed.

`cryptography`'s Fernet: AES-128-CBC with HMAC-SHA256. The key is derived from the secret key by
HKDF. After the key was changed, the old ones follow it, divided by commas: new values are
encrypted with the first, and `renew` brings old ones to it.
"""

from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from snapshot_core.errors import SettingsError
from snapshot_core.settings.secret_key import derived_key, secret_key
from snapshot_core.settings.table import Settings

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
    """The installation's cipher; its key is made at the first call if none is set."""
    return Cipher(secret_key(settings))
