"""The installation's secret key: set by its owner, or made once and kept beside the database."""

import base64
import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import make_url

from snapshot_core.errors import SettingsError
from snapshot_core.settings.parsers import ROOT
from snapshot_core.settings.table import Settings

KEY_BYTES: Final = 32


def secret_key(settings: Settings) -> str:
    """The key, made at the first call if it is not set. Raises `SettingsError`.

    Processes that call this for the first time at once all get the same key.
    """
    if settings.secret_key is not None:
        return settings.secret_key
    file = key_file(settings)
    try:
        if not file.exists():
            _make(file)
        key = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The secret key in {file} cannot be made or read ({type(error).__name__}). "
            "Let this user write its folder, or set TRUEGROWTH_SECRET_KEY."
        ) from None
    if not key:
        raise SettingsError(
            f"The secret key in {file} is empty. Restore the file from a backup, or remove it: "
            "accounts must then be connected again."
        )
    return key


def derived_key(key: str, purpose: bytes) -> bytes:
    """The key for one purpose that follows from a secret ``key``: 32 bytes in URL-safe Base64."""
    derived = HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(key.encode())
    return base64.urlsafe_b64encode(derived)


def key_file(settings: Settings) -> Path:
    """Where the key is kept: beside a SQLite file, else in ``data`` of the project's folder."""
    url = make_url(settings.database_url)
    folder = Path(str(url.database)).parent if url.drivername == "sqlite" else ROOT / "data"
    return folder / "secret.key"


def _make(file: Path) -> None:
    """Write a new key beside its place, then link it there: it appears whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    # Readable by its owner only, as all that this function of the library makes.
    with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.") as draft:
        draft.write(base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)))
        draft.flush()
        os.fsync(draft.fileno())
        with suppress(FileExistsError):  # another process was first, and its key is the key
            os.link(draft.name, file)
