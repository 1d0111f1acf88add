"""The table of the program's own settings. Those of a platform stand beside its source."""

from dataclasses import dataclass
from datetime import time
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from snapshot_core.settings import parsers
from snapshot_core.settings.declaration import setting
from snapshot_core.settings.parsers import MIN_KEY_CHARACTERS

_LOGINS: Final = "Logins"

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the installation is set to. What may hold a password is left out of ``repr``."""

    database_url: str = setting(
        "DATABASE_URL",
        parsers.database_url,
        "where everything is kept: `sqlite:///…` (relative to the project's folder) or "
        "`postgresql+psycopg://…`",
        default="sqlite:///data/truegrowth.db",
        secret=True,
    )
    """A SQLAlchemy URL; the path of a SQLite file is absolute."""
    time_zone: ZoneInfo = setting(
        "TRUEGROWTH_TIME_ZONE",
        parsers.time_zone,
        "an IANA name such as `Europe/Berlin`",
        default="UTC",
        shown="the machine's",
    )
    snapshot_at: time = setting(
        "TRUEGROWTH_SNAPSHOT_AT",
        parsers.wall_clock,
        "local time of the nightly capture, HH:MM",
        default="00:00",
    )
    """Wall-clock time of the nightly capture, without a zone."""
    secret_key: str | None = setting(
        "TRUEGROWTH_SECRET_KEY",
        parsers.secret_keys,
        f"encrypts stored platform tokens; at least {MIN_KEY_CHARACTERS} characters. To change it, "
        "write the new key before the old one, divided by a comma, and run "
        "`python -m snapshot_core setup`: then the old one can go",
        shown="made when first needed beside the database, readable by its owner only",
        secret=True,
    )
    """None where one is kept in a file; else one or more keys divided by commas."""
    workers: int = setting(
        "TRUEGROWTH_WORKERS",
        parsers.number(1, 32),
        "how many accounts the nightly job reads at once, 1 to 32",
        default="4",
    )
    api_rate: int = setting(
        "TRUEGROWTH_API_RATE",
        parsers.number(1, 1_000_000),
        "calls of the API that a token may make in a minute",
        default="600",
    )
    oidc_metadata_url: str | None = setting(
        "TRUEGROWTH_OIDC_METADATA_URL",
        parsers.address,
        "the identity provider's `…/.well-known/openid-configuration`; it turns logins on: see "
        "[a shared installation](shared-installation.md)",
        group=_LOGINS,
    )
    """None where nobody logs in: then there is one user, on this machine only."""
    oidc_client_id: str | None = setting(
        "TRUEGROWTH_OIDC_CLIENT_ID", str, "client id that the provider gave", group=_LOGINS
    )
    oidc_client_secret: str | None = setting(
        "TRUEGROWTH_OIDC_CLIENT_SECRET",
        str,
        "client secret that the provider gave",
        secret=True,
        group=_LOGINS,
    )
    oidc_redirect_uri: str | None = setting(
        "TRUEGROWTH_OIDC_REDIRECT_URI",
        parsers.login_callback,
        f"the dashboard's public address with `{parsers.LOGIN_CALLBACK}`, as registered with the "
        "provider",
        group=_LOGINS,
    )
    allowed_users: tuple[str, ...] = setting(
        "TRUEGROWTH_ALLOWED_USERS",
        parsers.people,
        "who may log in: e-mails and `@domains`, divided by commas",
        default="",
        group=_LOGINS,
    )
    admins: tuple[str, ...] = setting(
        "TRUEGROWTH_ADMINS",
        parsers.emails,
        "e-mails of those who see the health of all; they may log in as well",
        default="",
        group=_LOGINS,
        needed=False,
    )
    oidc_email_unverified: bool = setting(
        "TRUEGROWTH_OIDC_EMAIL_UNVERIFIED",
        parsers.accept,
        "`accept` takes e-mails of which the provider does not say whether it has verified them: "
        "see [a shared installation](shared-installation.md) before you do",
        default="",
        group=_LOGINS,
        needed=False,
    )
    sections: tuple[object, ...] = ()
    """The settings of the sources, an instance of each one's class."""

    @property
    def logins(self) -> bool:
        """Whether people log in; `load` gives all that takes, or none of it."""
        return self.oidc_metadata_url is not None

    def section(self, kind: type[S]) -> S:
        """The settings of class ``kind``; its defaults where none were loaded."""
        return next((each for each in self.sections if isinstance(each, kind)), None) or kind()
