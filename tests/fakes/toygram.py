"""A platform that does not exist: what a new source with a consent brings along, and no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from snapshot_core.errors import InputError
from snapshot_core.growth.completeness import Scope
from snapshot_core.growth.rounding import Rounding
from snapshot_core.readings import ProfileReading, VideoReading, video_counts
from snapshot_core.settings import parsers
from snapshot_core.settings.declaration import setting
from snapshot_core.sources.contract import (
    AccountRef,
    Grant,
    Guide,
    Identity,
    Listing,
    OAuthSource,
)
from snapshot_core.sources.http_client import HttpClient
from snapshot_core.windows import DAY

KEEP_DAYS = 10


@dataclass(frozen=True, slots=True)
class ToygramSettings:
    """The app that a self-hoster has made."""

    client_id: str | None = setting(
        "TRUEGROWTH_TOYGRAM_CLIENT_ID", str, "client id of your Toygram app"
    )
    client_secret: str | None = setting(
        "TRUEGROWTH_TOYGRAM_CLIENT_SECRET", str, "its secret", secret=True
    )
    redirect_uri: str | None = setting(
        "TRUEGROWTH_TOYGRAM_REDIRECT_URI",
        parsers.address,
        "where Toygram sends the browser back to",
    )
    auth_base: str = setting(
        "TRUEGROWTH_TOYGRAM_AUTH_BASE",
        parsers.base_address,
        "Toygram's consent page",
        default="https://toygram.example",
    )


class Toygram(OAuthSource):
    """One account, whose long token is its own refresh token, as Instagram's is."""

    name = "toygram"
    label = "Toygram"
    metrics = dict.fromkeys(("views", "likes", "followers"), Rounding.EXACT)
    scopes: frozenset[Scope] = frozenset({"complete"})
    settings = ToygramSettings
    choice = "Toygram login"
    about = "A toy's own account. It takes a Toygram app."
    guide = Guide("tiktok-app.md", "How to make a Toygram app")
    consent = "Toygram will ask you to allow counting your toys."
    permissions = dict.fromkeys(("toys.count",), "count its toys")

    def missing(self, settings: ToygramSettings) -> str | None:
        if settings.client_id and settings.client_secret:
            return None
        return "Set TRUEGROWTH_TOYGRAM_CLIENT_ID and TRUEGROWTH_TOYGRAM_CLIENT_SECRET."

    def keep_days(self, settings: ToygramSettings) -> int | None:
        return KEEP_DAYS

    def consent_url(self, settings: ToygramSettings, state: str, verifier: str) -> str:
        query = {"client_id": settings.client_id, "state": state, "scope": "toys.count"}
        return f"{settings.auth_base}/authorize?{urlencode(query)}"

    def code_in(self, answer: Mapping[str, str]) -> str:
        if "code" not in answer:
            raise InputError("Toygram sent no code. Begin again.")
        return answer["code"]

    def exchange(
        self, settings: ToygramSettings, http: HttpClient, code: str, verifier: str, now: int
    ) -> Grant:
        return self._grant(f"token for {code} of {settings.client_id}", now)

    def renew(
        self, settings: ToygramSettings, http: HttpClient, refresh_token: str, now: int
    ) -> Grant:
        return self._grant(f"{refresh_token}, renewed", now)

    def revoke(self, settings: ToygramSettings, http: HttpClient, access_token: str) -> None:
        return None

    def identity(self, settings: ToygramSettings, http: HttpClient, grant: Grant) -> Identity:
        return Identity(grant.external_id, "bear", "Bear")

    def _grant(self, token: str, now: int) -> Grant:
        scopes, ends = frozenset({"toys.count"}), now + 60 * DAY
        return Grant(token, now + DAY, token, ends, scopes, "toy-1")

    def read(self, account: AccountRef, scope: Scope, now: int) -> Listing:
        assert account.context is not None
        title = account.context.token(None)
        video = VideoReading("toy-video-1", video_counts(views=1_000, likes=7), title=title)
        return Listing(ProfileReading(followers=3, videos=1), iter([video]))
