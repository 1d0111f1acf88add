"""The settings: read once at the start from the environment and from ``.env`` beside app.py.

The environment wins over the file, and an empty value is no value. Nothing here is read at
import; whoever starts the program calls `load` and hands the result down.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time
from difflib import get_close_matches
from pathlib import Path
from typing import Final, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from dotenv.parser import parse_stream
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from snapshot_core.errors import SettingsError
from snapshot_core.machine import zone_named, zone_of_machine

ROOT: Final = Path(__file__).resolve().parent.parent
"""The project's folder: relative paths in settings start here, whatever the working folder."""

ENV_FILE: Final = ROOT / ".env"

SHORTEST_KEY: Final = 32
"""Characters of a secret key; ``openssl rand -base64 32`` gives 44."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the table of settings, as the documentation shows it."""

    name: str
    default: str
    meaning: str


SETTINGS: Final = (
    Setting(
        "DATABASE_URL",
        "sqlite:///data/truegrowth.db",
        "where everything is kept: sqlite:///… (relative to the project's folder) or "
        "postgresql+psycopg://…",
    ),
    Setting(
        "TRUEGROWTH_TIME_ZONE",
        "the machine's",
        "an IANA name such as Europe/Berlin",
    ),
    Setting("TRUEGROWTH_SNAPSHOT_AT", "00:00", "local time of the nightly capture, HH:MM"),
    Setting(
        "TRUEGROWTH_SECRET_KEY",
        "made on first use beside the database, readable by its owner only",
        f"encrypts stored platform tokens; at least {SHORTEST_KEY} characters",
    ),
)

_PREFIX: Final = "TRUEGROWTH_"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the installation is set to. What may hold a password is left out of ``repr``."""

    database_url: str = field(repr=False)
    """A SQLAlchemy URL; the path of a SQLite file is absolute."""
    time_zone: ZoneInfo
    snapshot_at: time
    """Wall-clock time of the nightly capture, without a zone."""
    secret_key: str | None = field(repr=False)
    """None where `secret.secret_key` makes one."""


def load(environ: Mapping[str, str] | None = None, env_file: Path | None = ENV_FILE) -> Settings:
    """The settings in ``environ`` (the process's own if None) and in ``env_file``, if it exists.

    Raises `SettingsError`, one line, for an unknown ``TRUEGROWTH_`` name, a bad value or a
    file that cannot be read.
    """
    given = {**_read_file(env_file), **(os.environ if environ is None else environ)}
    _refuse_unknown(given)
    present = {name: value.strip() for name, value in given.items() if value.strip()}
    return Settings(
        database_url=_parsed(present, "DATABASE_URL", _database_url, SETTINGS[0].default),
        time_zone=(
            _parsed(present, "TRUEGROWTH_TIME_ZONE", _time_zone)
            if "TRUEGROWTH_TIME_ZONE" in present
            else zone_of_machine(given)
        ),
        snapshot_at=_parsed(present, "TRUEGROWTH_SNAPSHOT_AT", _wall_clock, "00:00"),
        secret_key=_parsed(present, "TRUEGROWTH_SECRET_KEY", _secret_key, ""),
    )


def _parsed(
    present: Mapping[str, str], name: str, parse: Callable[[str], T], default: str = ""
) -> T:
    """The value of a setting; ``parse`` raises ValueError with what is wrong and the remedy."""
    try:
        return parse(present.get(name, default))
    except ValueError as error:
        raise SettingsError(f"{name} {error}") from None


def _read_file(env_file: Path | None) -> dict[str, str]:
    if env_file is None or not env_file.is_file():
        return {}
    values: dict[str, str] = {}
    try:
        with env_file.open(encoding="utf-8-sig") as stream:
            for binding in parse_stream(stream):
                # The library skips such a line with a warning: a setting that is silently not set.
                if binding.error or (binding.key is not None and binding.value is None):
                    raise SettingsError(
                        f"{env_file}, line {binding.original.line}: not a setting. "
                        "Write NAME=value, or begin the line with # to keep a note."
                    )
                if binding.key is not None:
                    values[binding.key] = binding.value or ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{env_file} cannot be read ({type(error).__name__}). "
            "Make it a UTF-8 text file that this user may read, or remove it."
        ) from None
    return values


def _refuse_unknown(given: Mapping[str, str]) -> None:
    known = [setting.name for setting in SETTINGS]
    for name in sorted(given):
        if name.startswith(_PREFIX) and name not in known:
            near = get_close_matches(name, known, 1, 0.0)[0]
            raise SettingsError(
                f"{name} is not a setting. Did you mean {near}? If not, remove it. "
                f"Known: {', '.join(known)}."
            )


def _database_url(text: str) -> str:
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


def _time_zone(text: str) -> ZoneInfo:
    if (zone := zone_named(text)) is not None:
        return zone
    names = {name.rpartition("/")[2].lower(): name for name in sorted(available_timezones())}
    names |= {name.lower(): name for name in names.values()}
    near = get_close_matches(text.lower().replace(" ", "_"), names, 1, 0.6)
    remedy = f"did you mean {names[near[0]]}?" if near else "use one such as Europe/Berlin."
    raise ValueError(f"is {text!r}, which is not an IANA time zone; {remedy}")


def _wall_clock(text: str) -> time:
    if (match := re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", text, re.ASCII)) is None:
        raise ValueError(f"is {text!r}; write it as HH:MM from 00:00 to 23:59, such as 03:30.")
    return time(int(match[1]), int(match[2]))


def _secret_key(text: str) -> str | None:
    if 0 < len(text) < SHORTEST_KEY:
        raise ValueError(
            f"has {len(text)} characters and needs at least {SHORTEST_KEY}; make one with: "
            "openssl rand -base64 32"
        )
    return text or None
