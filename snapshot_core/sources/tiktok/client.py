"""Calls of TikTok's Display API: their data, or what an error means."""

import re
from collections.abc import Callable
from typing import Any, Final

from snapshot_core.errors import SourceError
from snapshot_core.sources.http_client import WILL_RETRY, Answer, HttpClient, Verdict
from snapshot_core.sources.rate import Rate
from snapshot_core.sources.tiktok.settings import TikTokSettings

LABEL: Final = "TikTok"
RATE: Final = Rate(600, 60)
"""Calls of one endpoint in any minute, whichever user they are for."""
UNDOCUMENTED: Final = "TikTok gave an answer that is not the one it documents."

_NOT_ALLOWED: Final = ("scope_not_authorized", "scope_permission_missed", "invalid_scope")
_REJECTED: Final = ("access_token_invalid", "HTTP 401")
_FAULTS: Final = ("server_error", "temporarily_unavailable", "internal_error")


class NotAllowed(SourceError):
    """A scope was not granted, or the app does not have it."""

    def __init__(self) -> None:
        super().__init__(
            "TikTok was not allowed to tell this. Connect the account again and leave every "
            "box ticked.",
            permanent=True,
        )


class Api:
    """The API with an account's token, and with another one where TikTok rejects it."""

    def __init__(
        self, settings: TikTokSettings, http: HttpClient, token: Callable[[str | None], str]
    ) -> None:
        """``token`` is that of `SourceContext`."""
        self._settings, self._http, self._next_token = settings, http, token
        self._token = token(None)

    def request(
        self, endpoint: str, fields: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """The ``data`` of an endpoint such as ``video/list``; ``fields`` are divided by commas.

        Raises `NotAllowed` or another `SourceError`.
        """
        answer = self._send(endpoint, fields, body)
        if error_code(answer) in _REJECTED:
            self._token = self._next_token(self._token)
            answer = self._send(endpoint, fields, body)
        code = error_code(answer)
        if code in _REJECTED:
            raise SourceError(
                "TikTok does not accept the access it has given. Connect the account again.",
                permanent=True,
            )
        if code in _NOT_ALLOWED:
            raise NotAllowed
        if code is not None:
            raise SourceError(f"TikTok refused to answer {endpoint} ({shown(code)}). {WILL_RETRY}")
        return object_in(answer.body, "data")

    def _send(self, endpoint: str, fields: str, body: dict[str, Any] | None) -> Answer:
        return self._http.request(
            LABEL,
            "GET" if body is None else "POST",
            f"{self._settings.api_base}/v2/{endpoint}/",
            endpoint=f"tiktok {endpoint}",
            rate=RATE,
            judge=judge,
            params={"fields": fields},
            headers={"authorization": f"Bearer {self._token}"},
            json=body,
        )


def object_in(body: dict[str, Any], name: str) -> dict[str, Any]:
    """The object called ``name``. Raises `SourceError`."""
    value = body.get(name)
    if not isinstance(value, dict):
        raise SourceError(f"{UNDOCUMENTED} {WILL_RETRY}")
    return value


def judge(answer: Answer) -> Verdict:
    """Whether an answer asks for a pause or for another try: TikTok says so with HTTP 200 too."""
    code = error_code(answer)
    if code == "rate_limit_exceeded":
        return "wait"
    return "again" if code in _FAULTS else None


def error_code(answer: Answer) -> str | None:
    """The error's code in any of the shapes that TikTok has for it; None where all is well."""
    error = answer.body.get("error")
    if isinstance(error, dict):
        error = error.get("code")
    if error in (None, "", "ok"):
        return None if answer.status < 400 else f"HTTP {answer.status}"
    return error if isinstance(error, str) else "unknown"


def shown(code: str) -> str:
    """An error's code, if that is what it is: it may be shown."""
    fits = re.fullmatch(r"[A-Za-z][\w ]{0,59}", code, re.ASCII)
    return code if fits else "an error without a name"
