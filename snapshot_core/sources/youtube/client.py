"""YouTube's Data API v3: one call, and what a refusal means.

The key travels in a header, so that no address holds it. YouTube's own messages hold HTML and
are never shown; what a refusal means is told by its reasons.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from snapshot_core.errors import SourceError
from snapshot_core.sources import json_fields
from snapshot_core.sources.http_client import WILL_RETRY, Answer, HttpClient
from snapshot_core.sources.rate import Rate

RATE: Final = Rate(600, 60)
"""Ours: YouTube counts calls by the day, not by the minute."""
STATS: Final = "videos:batchGetStats"
"""The counters of up to 50 videos. A key has 10,000 calls of it a day, beside those of the rest."""

GONE: Final = (
    "YouTube has no such channel any more. What was recorded stays; remove the account, or add the "
    "channel again under its new address."
)
UNDOCUMENTED: Final = f"YouTube gave an answer that is not the one it documents. {WILL_RETRY}"
BAD_KEY: Final = (
    "YouTube does not accept the key. Check TRUEGROWTH_YOUTUBE_API_KEY, restart, then try again."
)

_NOT_ENABLED: Final = {
    *("accessNotConfigured", "SERVICE_DISABLED", "API_KEY_SERVICE_BLOCKED"),
    *("API_KEY_IP_ADDRESS_BLOCKED", "API_KEY_HTTP_REFERRER_BLOCKED", "ipRefererBlocked"),
}


class NoSuchPlaylist(SourceError):
    """The playlist is not there: a channel that never uploaded anything has none."""


class NoSuchMethod(SourceError):
    """The API does not know the method: it is an older one."""


@dataclass(frozen=True, slots=True)
class Api:
    """The API as one installation uses it."""

    http: HttpClient
    base: str
    key: str = field(repr=False)

    def get(self, resource: str, **params: str | int) -> dict[str, Any]:
        """The answer of a list method. Raises `SourceError`."""
        answer = self.http.request(
            "YouTube",
            "GET",
            f"{self.base}/{resource}",
            endpoint=f"youtube {STATS}" if resource == STATS else "youtube",
            rate=RATE,
            params=params,
            headers={"x-goog-api-key": self.key},
        )
        if answer.status != 200 or "error" in answer.body:
            raise _refusal(answer)
        return answer.body


def _is_unknown(answer: Answer) -> bool:
    """Whether there is nothing at the address itself, whatever it is asked for."""
    return answer.status == 404 and _reasons(answer.body) <= {"notFound"}


def _refusal(answer: Answer) -> SourceError:
    reasons = _reasons(answer.body)
    if reasons & {"quotaExceeded", "dailyLimitExceeded"}:
        return SourceError(
            "YouTube's quota of calls for today is used up. It is renewed at midnight Pacific "
            "time, and the snapshot is then tried again."
        )
    if reasons & {"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"}:
        return SourceError(f"YouTube allows no more calls for now. {WILL_RETRY}")
    if reasons & {"API_KEY_INVALID", "keyInvalid", "keyExpired"} or answer.status == 401:
        return SourceError(BAD_KEY, permanent=True)
    if reasons & _NOT_ENABLED:
        return SourceError(
            "YouTube's Data API is not enabled for the key, or the key is restricted to other "
            "uses. Enable “YouTube Data API v3” for its project in the Google Cloud console and "
            "check the key's restrictions, then try again.",
            permanent=True,
        )
    if reasons & {"channelNotFound", "channelClosed", "channelSuspended"}:
        return SourceError(GONE, permanent=True)
    if _is_unknown(answer):
        return NoSuchMethod(f"YouTube does not know what it is asked for (HTTP 404). {WILL_RETRY}")
    if "playlistNotFound" in reasons:
        return NoSuchPlaylist(f"YouTube has no list of this channel's videos. {WILL_RETRY}")
    why = f"HTTP {answer.status}" + "".join(f", {reason}" for reason in sorted(reasons)[:3])
    return SourceError(
        f"YouTube refused to answer ({why}). It will be tried again; if it stays so, check the "
        "channel and TRUEGROWTH_YOUTUBE_API_KEY."
    )


def _reasons(body: dict[str, Any]) -> set[str]:
    """The words YouTube gives for a refusal, in the two places where it does."""
    error = body.get("error")
    return {
        reason
        for place in ("errors", "details")
        for detail in json_fields.objects(json_fields.nested(error, place))
        if isinstance(reason := detail.get("reason"), str)
        and re.fullmatch(r"[A-Za-z_]{1,60}", reason, re.ASCII)
    }
