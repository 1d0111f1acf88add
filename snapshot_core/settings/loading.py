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
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from dotenv.parser import parse_stream
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from snapshot_core.errors import SettingsError
from snapshot_core.settings.web import PARSERS, address, base, whole
from snapshot_core.zones import zone_named, zone_of_machine

ROOT: Final = Path(__file__).resolve().parents[2]
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
        f"encrypts stored platform tokens; at least {SHORTEST_KEY} characters. To change it, "
        "write the new key before the old one, divided by a comma, and run setup",
    ),
    Setting("TRUEGROWTH_WORKERS", "4", "how many accounts the nightly job reads at once, 1 to 32"),
    Setting("TRUEGROWTH_API_RATE", "600", "calls of the API that a token may make in a minute"),
    Setting("TRUEGROWTH_TIKTOK_CLIENT_KEY", "none", "client key of your TikTok app"),
    Setting("TRUEGROWTH_TIKTOK_CLIENT_SECRET", "none", "client secret of your TikTok app"),
    Setting(
        "TRUEGROWTH_TIKTOK_REDIRECT_URI",
        "http://127.0.0.1:8501/connect",
        "where TikTok sends the browser back to, exactly as registered with the app",
    ),
    Setting("TRUEGROWTH_TIKTOK_API_BASE", "https://open.tiktokapis.com", "TikTok's API"),
    Setting("TRUEGROWTH_TIKTOK_AUTH_BASE", "https://www.tiktok.com", "TikTok's consent page"),
    Setting("TRUEGROWTH_YOUTUBE_API_KEY", "none", "key of the YouTube Data API v3"),
    Setting(
        "TRUEGROWTH_YOUTUBE_API_BASE",
        "https://youtube.googleapis.com/youtube/v3",
        "the YouTube Data API",
    ),
    Setting(
        "TRUEGROWTH_YOUTUBE_KEEP_DAYS",
        "30",
        "days that YouTube's numbers are kept; 0 keeps them for ever, which YouTube allows only "
        "to those whose amendment it has accepted",
    ),
    Setting("TRUEGROWTH_OIDC_METADATA_URL", "none", "the provider's …/openid-configuration"),
    Setting("TRUEGROWTH_OIDC_CLIENT_ID", "none", "client id that the provider gave"),
    Setting("TRUEGROWTH_OIDC_CLIENT_SECRET", "none", "client secret that the provider gave"),
    Setting(
        "TRUEGROWTH_OIDC_REDIRECT_URI",
        "none",
        "the dashboard's public address with /oauth2callback, as registered with the provider",
    ),
    Setting("TRUEGROWTH_ALLOWED_USERS", "none", "who may log in: e-mails and @domains, by commas"),
    Setting("TRUEGROWTH_ADMINS", "none", "e-mails of those who see the health of all"),
    Setting(
        "TRUEGROWTH_OIDC_EMAIL_UNVERIFIED",
        "none",
        "accept: take e-mails of which the provider does not say whether it has verified them",
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
    """None where `secret.secret_key` makes one; else one or more keys divided by commas."""
    workers: int = 4
    tiktok_client_key: str | None = None
    tiktok_client_secret: str | None = field(default=None, repr=False)
    tiktok_redirect_uri: str = "http://127.0.0.1:8501/connect"
    tiktok_api_base: str = "https://open.tiktokapis.com"
    """Without a slash at the end, as are the other addresses."""
    tiktok_auth_base: str = "https://www.tiktok.com"
    youtube_api_key: str | None = field(default=None, repr=False)
    youtube_api_base: str = "https://youtube.googleapis.com/youtube/v3"
    youtube_keep_days: int = 30
    api_rate: int = 600
    oidc_metadata_url: str | None = None
    """None where nobody logs in: then there is one user, on this machine only."""
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = field(default=None, repr=False)
    oidc_redirect_uri: str | None = None
    allowed_users: tuple[str, ...] = ()
    """E-mails, and domains that begin with @; in lower case, as are the administrators."""
    admins: tuple[str, ...] = ()
    oidc_email_unverified: bool = False
    """Whether an e-mail counts where the provider does not say that it has verified it."""

    @property
    def logins(self) -> bool:
        """Whether people log in; `load` gives all that takes, or none of it."""
        return self.oidc_metadata_url is not None


def load(environ: Mapping[str, str] | None = None, env_file: Path | None = ENV_FILE) -> Settings:
    """The settings in ``environ`` (the process's own if None) and in ``env_file``, if it exists.

    Raises `SettingsError`, one line, for an unknown ``TRUEGROWTH_`` name, a bad value or a
    file that cannot be read.
    """
    given = {**_read_file(env_file), **(os.environ if environ is None else environ)}
    _refuse_unknown(given)
    present = {name: value.strip() for name, value in given.items() if value.strip()}
    whole(present)
    return Settings(
        database_url=_parsed(present, "DATABASE_URL", _database_url, SETTINGS[0].default),
        time_zone=(
            _parsed(present, "TRUEGROWTH_TIME_ZONE", _time_zone)
            if "TRUEGROWTH_TIME_ZONE" in present
            else zone_of_machine(given)
        ),
        snapshot_at=_parsed(present, "TRUEGROWTH_SNAPSHOT_AT", _wall_clock, "00:00"),
        secret_key=_parsed(present, "TRUEGROWTH_SECRET_KEY", _secret_key, ""),
        **_platforms(present),
    )


def _platforms(present: Mapping[str, str]) -> dict[str, Any]:
    """The settings whose field is called as they are; those not given keep its default."""
    parsers: dict[str, Callable[[str], Any]] = {
        "TRUEGROWTH_WORKERS": partial(_number, least=1, most=32),
        "TRUEGROWTH_API_RATE": partial(_number, least=1, most=1_000_000),
        "TRUEGROWTH_TIKTOK_CLIENT_KEY": str,
        "TRUEGROWTH_TIKTOK_CLIENT_SECRET": str,
        "TRUEGROWTH_TIKTOK_REDIRECT_URI": address,
        "TRUEGROWTH_TIKTOK_API_BASE": base,
        "TRUEGROWTH_TIKTOK_AUTH_BASE": base,
        "TRUEGROWTH_YOUTUBE_API_KEY": str,
        "TRUEGROWTH_YOUTUBE_API_BASE": base,
        "TRUEGROWTH_YOUTUBE_KEEP_DAYS": partial(_number, least=0, most=100_000),
        **PARSERS,
    }
    return {
        name.removeprefix(_PREFIX).lower(): _parsed(present, name, parse)
        for name, parse in parsers.items()
        if name in present
    }


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
    keys = [key.strip() for key in text.split(",") if key.strip()]
    for key in keys:
        if len(key) < SHORTEST_KEY:
            raise ValueError(
                f"has {len(key)} characters and needs at least {SHORTEST_KEY}; make one with: "
                "openssl rand -base64 32"
            )
    return ",".join(keys) or None


def _number(text: str, least: int, most: int) -> int:
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise ValueError(f"is {text!r}; write a whole number from {least} to {most}.")
    return int(text)
