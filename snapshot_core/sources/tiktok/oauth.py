"""TikTok's consent: the page to send people to, and the tokens for it.

OAuth 2 with ways of TikTok's own: `client_key`, scopes divided by commas, the PKCE challenge in
hexadecimal. What an answer means is decided by its body, because errors come with HTTP 200 too.
No text of an error holds anything that TikTok sent but the error's own code: a description may
repeat a code or a token.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

import httpx2

from snapshot_core.errors import InputError, SourceError
from snapshot_core.sources import json_fields
from snapshot_core.sources.contract import Grant, Guide, OAuthSource
from snapshot_core.sources.http_client import WILL_RETRY, Answer, HttpClient
from snapshot_core.sources.tiktok import client
from snapshot_core.sources.tiktok.settings import TikTokSettings

PERMISSIONS: Final = {
    "user.info.basic": "see who it is",
    "user.info.profile": "see its handle",
    "user.info.stats": "count its followers",
    "video.list": "list its videos with their counters",
}
NEEDED_SCOPE: Final = "video.list"
"""The one without which there is nothing to measure."""
RENEWAL_SECONDS: Final = 55.0
"""A renewal that we stop waiting for may be made all the same, and its tokens are lost."""
RENEWAL_TIMEOUT: Final = httpx2.Timeout(RENEWAL_SECONDS, connect=10.0)

_MAX_LIFE_SECONDS: Final = 20 * 365 * 86_400
_CONNECT: Final = "Connect the account again."
_KEYS: Final = "TRUEGROWTH_TIKTOK_CLIENT_KEY and TRUEGROWTH_TIKTOK_CLIENT_SECRET"
_NEWER: Final = "Look for a newer version of Truegrowth."

_REFUSALS: Final = {
    "access_denied": "You did not allow access at TikTok. Connect again and press Allow.",
    "non_sandbox_target": (
        "This TikTok account may not use your sandbox app yet. Add it to the app's target users "
        "at developers.tiktok.com (Sandbox settings), then connect it again."
    ),
    "invalid_client": (
        f"TikTok does not know your app. Compare {_KEYS} with the app's page at "
        "developers.tiktok.com, then try again."
    ),
    "unauthorized_client": (
        "Your TikTok app may not do this. Add Login Kit and the Display API to it at "
        "developers.tiktok.com, then connect again."
    ),
    "invalid_scope": (
        "Your TikTok app does not have all the scopes that are asked for. Add "
        f"{', '.join(PERMISSIONS)} to it at developers.tiktok.com, then connect again."
    ),
    "unsupported_response_type": f"TikTok does not know this kind of consent. {_NEWER}",
    "unsupported_grant_type": f"TikTok does not know this kind of token call. {_NEWER}",
    "unsupported_token_type": f"TikTok does not know this kind of token. {_NEWER}",
}
"""What an error of OAuth means, where that is the same at every step."""

_NO_EXCHANGE: Final = {
    "invalid_grant": (
        "TikTok does not take the code of this consent: each works once and for a short while. "
        "Connect again."
    ),
    "invalid_request": (
        "TikTok did not accept the end of this consent. See that this dashboard's address with "
        "/connect is registered with your app, letter by letter, then connect again."
    ),
}
_NO_RENEWAL: Final = {
    "invalid_grant": f"TikTok has ended this access: it was taken back or ran out. {_CONNECT}",
    "access_token_invalid": f"TikTok has ended this access. {_CONNECT}",
    "invalid_request": (
        f"TikTok does not renew this access. {_CONNECT} If that does not help, compare {_KEYS} "
        "with the app's page at developers.tiktok.com."
    ),
}


_UNTICKED: Final = (
    "The box for your videos was not ticked at TikTok, and without it there is nothing to "
    "measure. Connect again and leave it ticked."
)


class TikTokLogin(OAuthSource):
    """The steps of a consent. Nothing is kept in it."""

    label = client.LABEL
    settings = TikTokSettings
    choice = "Sign in with TikTok"
    about = (
        "Exact numbers and followers of your own account. It takes a TikTok developer app, made "
        "once in about ten minutes."
    )
    guide = Guide("tiktok-app.md", "How to make the app, step by step")
    consent = (
        "TikTok will ask you to allow reading your profile, your counters and your public videos. "
        "Leave all boxes ticked. Nothing can be posted or changed with it."
    )
    permissions = PERMISSIONS

    def missing(self, settings: TikTokSettings) -> str | None:
        """The app's key and secret."""
        if settings.client_key and settings.client_secret:
            return None
        return f"Set {_KEYS} to those of your TikTok app."

    def consent_url(self, settings: TikTokSettings, state: str, verifier: str) -> str:
        """TikTok's consent page."""
        query = {
            "client_key": settings.client_key or "",
            "response_type": "code",
            "scope": ",".join(PERMISSIONS),
            "redirect_uri": settings.redirect_uri or "",
            "state": state,
            "code_challenge": hashlib.sha256(verifier.encode()).hexdigest(),
            "code_challenge_method": "S256",
        }
        return f"{settings.auth_base}/v2/auth/authorize/?{urlencode(query)}"

    def code_in(self, answer: Mapping[str, str]) -> str:
        """The code of a consent whose boxes were ticked."""
        error, kind = answer.get("error", ""), answer.get("error_type", "")
        if error or kind:
            if refusal := _REFUSALS.get(kind) or _REFUSALS.get(error):
                raise SourceError(refusal, permanent=True)
            raise SourceError(f"TikTok ended the consent ({client.shown(error)}). Connect again.")
        allowed = answer.get("scopes")
        if allowed is not None and NEEDED_SCOPE not in re.split(r"[,\s]+", allowed):
            raise InputError(_UNTICKED)
        if not answer.get("code"):
            raise InputError("TikTok sent the browser back without a code. Begin again.")
        return answer["code"]

    def exchange(
        self, settings: TikTokSettings, http: HttpClient, code: str, verifier: str, now: int
    ) -> Grant:
        """The tokens for a code, which is decoded already."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": settings.redirect_uri or "",
            "code_verifier": verifier,
        }
        remedy = "Connect again."
        answer = self._post(settings, http, "token", form, repeat=False, remedy=remedy)
        grant = _grant(answer, now, _NO_EXCHANGE, remedy)
        if NEEDED_SCOPE not in grant.scopes:
            raise SourceError(_UNTICKED, permanent=True)
        return grant

    def renew(
        self, settings: TikTokSettings, http: HttpClient, refresh_token: str, now: int
    ) -> Grant:
        """New tokens; the old refresh token dies with that."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        answer = self._post(settings, http, "token", form, repeat=True, remedy=WILL_RETRY)
        return _grant(answer, now, _NO_RENEWAL, WILL_RETRY)

    def revoke(self, settings: TikTokSettings, http: HttpClient, access_token: str) -> None:
        """End the access; fine where it has ended already."""
        remedy = "To end the access, remove the app in TikTok's own security settings."
        form = {"token": access_token}
        answer = self._post(settings, http, "revoke", form, repeat=True, remedy=remedy)
        error = client.error_code(answer)
        if error not in (None, "invalid_grant", "access_token_invalid"):
            raise SourceError(f"TikTok did not end the access ({client.shown(error)}). {remedy}")

    def _post(
        self,
        settings: TikTokSettings,
        http: HttpClient,
        endpoint: str,
        form: dict[str, str],
        *,
        repeat: bool,
        remedy: str,
    ) -> Answer:
        if (missing := self.missing(settings)) is not None:
            raise SourceError(missing, permanent=True)
        app = {"client_key": settings.client_key, "client_secret": settings.client_secret}
        return http.request(
            client.LABEL,
            "POST",
            f"{settings.api_base}/v2/oauth/{endpoint}/",
            endpoint=f"tiktok oauth/{endpoint}",
            rate=client.RATE,
            repeat=repeat,
            judge=client.judge,
            bodyless=endpoint == "revoke",
            remedy=remedy,
            seconds=RENEWAL_SECONDS,
            timeout=RENEWAL_TIMEOUT,
            data=app | form,
        )


def _grant(answer: Answer, now: int, refusals: dict[str, str], remedy: str) -> Grant:
    error = client.error_code(answer)
    if error is not None:
        if refusal := (refusals | _REFUSALS).get(error):
            raise SourceError(refusal, permanent=True)
        raise SourceError(f"TikTok gave no access ({client.shown(error)}). {remedy}")
    body = answer.body
    access, refresh = _token(body.get("access_token")), _token(body.get("refresh_token"))
    lives, refresh_lives = _life(body.get("expires_in")), _life(body.get("refresh_expires_in"))
    owner, scope = json_fields.identifier(body.get("open_id")), body.get("scope")
    if not (access and refresh and lives and refresh_lives and owner and isinstance(scope, str)):
        raise SourceError(f"{client.UNDOCUMENTED} {remedy}")
    scopes = frozenset(name for name in re.split(r"[,\s]+", scope) if name)
    return Grant(access, now + lives, refresh, now + refresh_lives, scopes, owner)


def _token(value: Any) -> str | None:
    """A token that can be sent in a header; None for anything else."""
    fits = isinstance(value, str) and re.fullmatch(r"[!-~]{1,4000}", value)
    return value if fits else None


def _life(value: Any) -> int | None:
    """Seconds that a token lives; None for what is not clearly that."""
    return value if type(value) is int and 0 < value <= _MAX_LIFE_SECONDS else None
