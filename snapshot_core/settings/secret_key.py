"""The installation's secret key: set by its owner, or made once and kept beside the database.

Reading it never makes it: one that was moved away would be replaced by another, with which nothing
that is stored can be read.
"""

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

from snapshot_core.errors import SET_UP, SettingsError
from snapshot_core.private_files import PRIVATE_FILE_MODE, make_private_folder
from snapshot_core.settings.parsers import ROOT
from snapshot_core.settings.table import Settings

KEY_BYTES: Final = 32


def secret_key(settings: Settings) -> str:
    """The key. Raises `SettingsError` where there is none, or where it cannot be read."""
    if settings.secret_key is not None:
        return settings.secret_key
    file = key_file(settings)
    try:
        key = file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise SettingsError(
            f"There is no secret key at {file}. If it was moved or lost, put it back, from a "
            "backup if need be: what is encrypted can be read with no other. Before the first "
            f"start, run: {SET_UP}"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The secret key {file} cannot be read ({_reason(error)}). Let this user read it, or "
            "restore it from a backup."
        ) from None
    if not key:
        raise SettingsError(
            f"The secret key in {file} is empty. Restore the file from a backup, or remove it: "
            "accounts must then be connected again."
        )
    return key


def has_secret_key(settings: Settings) -> bool:
    """Whether there is a key, be it a good one or not."""
    return settings.secret_key is not None or key_file(settings).exists()


def make_secret_key(settings: Settings) -> None:
    """Make a key where there is none. Raises `SettingsError`.

    For who knows that nothing was encrypted with another. Of processes that do it at once, the
    first makes it for all.
    """
    file = key_file(settings)
    try:
        _make(file)
    except OSError as error:
        raise SettingsError(
            f"The secret key {file} cannot be made ({_reason(error)}). Let this user write its "
            "folder, or set TRUEGROWTH_SECRET_KEY."
        ) from None


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
    make_private_folder(file.parent)
    with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.") as draft:
        os.fchmod(draft.fileno(), PRIVATE_FILE_MODE)  # whatever the umask has left of it
        draft.write(base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)))
        draft.flush()
        os.fsync(draft.fileno())
        with suppress(FileExistsError):  # another process was first, and its key is the key
            os.link(draft.name, file)


def _reason(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or type(error).__name__
