"""The secret that login cookies are signed with, derived from the installation's own."""

import base64
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from snapshot_core.settings.secret_key import secret_key
from snapshot_core.settings.table import Settings

PURPOSE: Final = b"truegrowth login cookies"


def cookie_secret(settings: Settings) -> str:
    """The same at every start; changed with the secret key, which ends all logins."""
    newest = secret_key(settings).split(",")[0].strip()
    derived = HKDF(SHA256(), 32, salt=None, info=PURPOSE).derive(newest.encode())
    return base64.urlsafe_b64encode(derived).decode("ascii")
