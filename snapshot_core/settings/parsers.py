"""From the text of a setting to its value.

Each parser raises ValueError with what is wrong and the remedy; the name of the setting goes
before it.
"""

import re
import string
from collections.abc import Callable
from datetime import time
from difflib import get_close_matches
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from snapshot_core.zones import zone_named

ROOT: Final = Path(__file__).resolve().parents[2]
"""The project's folder: relative paths in settings start here, whatever the working folder."""
MIN_KEY_CHARACTERS: Final = 32
"""Of a secret key; ``openssl rand -base64 32`` gives 44."""
LOGIN_CALLBACK: Final = "/oauth2callback"
"""Path that the identity provider sends people back to."""
LOCAL_HOSTS: Final = ("127.0.0.1", "localhost", "::1")
"""The names of this machine to itself."""

# Neither a blank nor a comma nor what cannot be seen or stored.
_PART: Final = r"[^\s@,\x00-\x1f\x7f-\x9f\ud800-\udfff]+"
EMAIL: Final = re.compile(rf"{_PART}@{_PART}")
_DOMAIN: Final = re.compile(rf"@{_PART}\.{_PART}")
_LOWER: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def number(least: int, most: int) -> Callable[[str], int]:
    """A parser of whole numbers from ``least`` to ``most``."""

    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise ValueError(f"is {text!r}; write a whole number from {least} to {most}.")
        return int(text)

    return parse


def address(text: str) -> str:
    """An address without query and fragment."""
    try:
        parts = urlsplit(text)
        known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        fits = known and not (parts.query or parts.fragment or re.search(r"\s", text))
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"is {text!r}; write an address such as https://host/path.")
    return text


def base_address(text: str) -> str:
    """An address that others are appended to: without a slash at its end."""
    return address(text).rstrip("/")


def login_callback(text: str) -> str:
    """The address that the identity provider sends people back to."""
    parts = urlsplit(address(text))
    if parts.path != LOGIN_CALLBACK:
        raise ValueError(
            f"is {text!r}; write the dashboard's public address with {LOGIN_CALLBACK}."
        )
    if parts.scheme == "http" and parts.hostname not in LOCAL_HOSTS:
        raise ValueError(
            f"is {text!r}; over http anybody on the way could take over a login: use https."
        )
    return text


def database_url(text: str) -> str:
    """A SQLAlchemy URL of SQLite or PostgreSQL; the path of a SQLite file is made absolute."""
    # The address may hold a password: of a bad one only its beginning is told.
    try:
        url: URL | None = make_url(text)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in ("sqlite", "postgresql+psycopg"):
        begin = text.split(":", 1)[0][:40] if ":" in text else "something else"
        raise ValueError(
            f"must begin with sqlite:/// or postgresql+psycopg://, and begins with {begin!r}."
        )
    if url.drivername != "sqlite":
        return text
    if url.database in (None, "", ":memory:"):
        raise ValueError("must name a file, such as sqlite:///data/truegrowth.db.")
    file = ROOT / Path(str(url.database)).expanduser()
    return url.set(database=str(file)).render_as_string(hide_password=False)


def time_zone(text: str) -> ZoneInfo:
    """An IANA time zone."""
    if (zone := zone_named(text)) is not None:
        return zone
    names = {name.rpartition("/")[2].lower(): name for name in sorted(available_timezones())}
    names |= {name.lower(): name for name in names.values()}
    near = get_close_matches(text.lower().replace(" ", "_"), names, 1, 0.6)
    remedy = f"did you mean {names[near[0]]}?" if near else "use one such as Europe/Berlin."
    raise ValueError(f"is {text!r}, which is not an IANA time zone; {remedy}")


def wall_clock(text: str) -> time:
    """A time of the day, to the minute."""
    if (match := re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", text, re.ASCII)) is None:
        raise ValueError(f"is {text!r}; write it as HH:MM from 00:00 to 23:59, such as 03:30.")
    return time(int(match[1]), int(match[2]))


def secret_keys(text: str) -> str | None:
    """One or more secret keys divided by commas; None where there is none."""
    keys = [key.strip() for key in text.split(",") if key.strip()]
    for key in keys:
        if len(key) < MIN_KEY_CHARACTERS:
            raise ValueError(
                f"has {len(key)} characters and needs at least {MIN_KEY_CHARACTERS}; make one "
                "with: openssl rand -base64 32"
            )
    return ",".join(keys) or None


def people(text: str) -> tuple[str, ...]:
    """E-mails, and domains that begin with @; in lower case."""
    return _listed(text, EMAIL, _DOMAIN)


def emails(text: str) -> tuple[str, ...]:
    """E-mails, in lower case."""
    return _listed(text, EMAIL)


def _listed(text: str, *forms: re.Pattern[str]) -> tuple[str, ...]:
    entries = tuple(entry for entry in re.split(r"[\s,]+", lowered(text)) if entry)
    for entry in entries:
        if not any(form.fullmatch(entry) for form in forms):
            domain = " or @example.org" if _DOMAIN in forms else ""
            raise ValueError(f"has {entry!r}; write e-mails such as anna@example.org{domain}.")
    return entries


def accept(text: str) -> bool:
    """Whether the word ``accept`` is there; any other is refused."""
    if text not in ("", "accept"):
        raise ValueError(f"is {text!r}; write accept, or leave it out.")
    return text == "accept"


def lowered(email: str) -> str:
    """In lower case, A to Z alone: a Kelvin sign is no k, and its e-mail is somebody else's."""
    return email.translate(_LOWER)
