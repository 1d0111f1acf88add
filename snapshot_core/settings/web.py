"""The settings that are addresses, and those of a shared installation: who may log in, and how.

Each parser raises ValueError with what is wrong and the remedy, as those of `settings` do.
"""

import re
import string
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from snapshot_core.errors import SettingsError

CALLBACK: Final = "/oauth2callback"
LOCAL: Final = ("127.0.0.1", "localhost", "::1")
"""The names of this machine to itself."""

_NEEDED: Final = (
    "TRUEGROWTH_OIDC_METADATA_URL",
    "TRUEGROWTH_OIDC_CLIENT_ID",
    "TRUEGROWTH_OIDC_CLIENT_SECRET",
    "TRUEGROWTH_OIDC_REDIRECT_URI",
    "TRUEGROWTH_ALLOWED_USERS",
)
_BESIDE: Final = ("TRUEGROWTH_ADMINS", "TRUEGROWTH_OIDC_EMAIL_UNVERIFIED")
# Neither a blank nor a comma nor what cannot be seen or stored.
_PART: Final = r"[^\s@,\x00-\x1f\x7f-\x9f\ud800-\udfff]+"
EMAIL: Final = re.compile(rf"{_PART}@{_PART}")
_DOMAIN: Final = re.compile(rf"@{_PART}\.{_PART}")
_LOWER: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def lowered(email: str) -> str:
    """In lower case, A to Z alone: a Kelvin sign is no k, and its e-mail is somebody else's."""
    return email.translate(_LOWER)


def address(text: str) -> str:
    """An address without query and fragment."""
    try:
        parts: SplitResult | None = urlsplit(text)
        fine = parts and parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        parts, fine = None, False
    if not fine or parts is None or parts.query or parts.fragment or re.search(r"\s", text):
        raise ValueError(f"is {text!r}; write an address such as https://host/path.")
    return text


def base(text: str) -> str:
    """An address that others are appended to."""
    return address(text).rstrip("/")


def whole(present: Mapping[str, str]) -> None:
    """Logins take all of their settings or none: half of them would protect nothing.

    Raises `SettingsError`.
    """
    given = [name for name in (*_NEEDED, *_BESIDE) if name in present]
    missing = [name for name in _NEEDED if name not in present]
    if given and missing:
        raise SettingsError(
            f"{given[0]} is set and {missing[0]} is not. Logins need all of: {', '.join(_NEEDED)}."
        )


def _redirect(text: str) -> str:
    parts = urlsplit(address(text))
    if parts.path != CALLBACK:
        raise ValueError(f"is {text!r}; write the dashboard's public address with {CALLBACK}.")
    if parts.scheme == "http" and parts.hostname not in LOCAL:
        raise ValueError(
            f"is {text!r}; over http anybody on the way could take over a login: use https."
        )
    return text


def _people(text: str) -> tuple[str, ...]:
    return _listed(text, EMAIL, _DOMAIN)


def _emails(text: str) -> tuple[str, ...]:
    return _listed(text, EMAIL)


def _listed(text: str, *forms: re.Pattern[str]) -> tuple[str, ...]:
    entries = tuple(entry for entry in re.split(r"[\s,]+", lowered(text)) if entry)
    for entry in entries:
        if not any(form.fullmatch(entry) for form in forms):
            domain = " or @example.org" if _DOMAIN in forms else ""
            raise ValueError(f"has {entry!r}; write e-mails such as anna@example.org{domain}.")
    return entries


def _accept(text: str) -> bool:
    if text != "accept":
        raise ValueError(f"is {text!r}; write accept, or leave it out.")
    return True


PARSERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "TRUEGROWTH_OIDC_METADATA_URL": address,
    "TRUEGROWTH_OIDC_CLIENT_ID": str,
    "TRUEGROWTH_OIDC_CLIENT_SECRET": str,
    "TRUEGROWTH_OIDC_REDIRECT_URI": _redirect,
    "TRUEGROWTH_ALLOWED_USERS": _people,
    "TRUEGROWTH_ADMINS": _emails,
    "TRUEGROWTH_OIDC_EMAIL_UNVERIFIED": _accept,
}
