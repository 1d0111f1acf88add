"""One call of TikTok's Display API: its data, or what its error means."""

from typing import Any, Final

from snapshot_core.errors import SourceError
from snapshot_core.sources import json_fields
from snapshot_core.sources.http_client import WILL_RETRY, Answer, HttpClient, Verdict
from snapshot_core.sources.tiktok.oauth import LABEL, RATE
from snapshot_core.sources.tiktok.settings import TikTokSettings

NOT_ALLOWED: Final = frozenset({"scope_not_authorized", "scope_permission_missed", "invalid_scope"})
UNDOCUMENTED: Final = f"TikTok gave an answer that is not the one it documents. {WILL_RETRY}"


class NotAllowed(SourceError):
    """A scope was not granted, or the app does not have it."""

    def __init__(self) -> None:
        super().__init__(
            "TikTok was not allowed to tell this. Connect the account again and leave every "
            "box ticked.",
            permanent=True,
        )


class Rejected(SourceError):
    """The access token is not valid any more."""

    def __init__(self) -> None:
        super().__init__(
            "TikTok does not accept the access it has given. Connect the account again.",
            permanent=True,
        )


def request(
    settings: TikTokSettings,
    http: HttpClient,
    token: str,
    endpoint: str,
    fields: str,
    body: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The ``data`` of an endpoint such as ``video/list``; ``fields`` are divided by commas.

    Raises `Rejected`, `NotAllowed` or another `SourceError`.
    """
    options: dict[str, Any] = {} if body is None else {"json": body}
    answer = http.request(
        LABEL,
        "GET" if body is None else "POST",
        f"{settings.api_base}/v2/{endpoint}/",
        endpoint=f"tiktok {endpoint}",
        rate=RATE,
        judge=_judge,
        params={"fields": fields},
        headers={"authorization": f"Bearer {token}"},
        **options,
    )
    code = _code(answer)
    if code == "access_token_invalid":
        raise Rejected
    if code in NOT_ALLOWED:
        raise NotAllowed
    if code is not None:
        shown = json_fields.identifier(code) or "an error without a name"
        raise SourceError(f"TikTok refused to answer {endpoint} ({shown}). {WILL_RETRY}")
    data = answer.body.get("data")
    if not isinstance(data, dict):
        raise SourceError(UNDOCUMENTED)
    return data


def _judge(answer: Answer) -> Verdict:
    code = _code(answer)
    if code == "rate_limit_exceeded":
        return "wait"
    return "again" if code == "internal_error" else None


def _code(answer: Answer) -> str | None:
    """The error's code; None where all is well."""
    error = answer.body.get("error")
    code = error.get("code") if isinstance(error, dict) else error
    if code in (None, "", "ok"):
        if answer.status < 400:
            return None
        return "access_token_invalid" if answer.status == 401 else f"HTTP_{answer.status}"
    return code if isinstance(code, str) else "unknown"
