"""YouTube's Data API v3: one call, and what a refusal means.

The key travels in a header, so that no address holds it. YouTube's own messages hold HTML and
are never shown; what a refusal means is told by its reasons.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from snapshot_core.errors import SourceError
from snapshot_core.sources import json_fields
from snapshot_core.sources.contract import SourceContext
from snapshot_core.sources.http_client import Answer, HttpClient
from snapshot_core.sources.rate import Rate
from snapshot_core.sources.youtube.settings import YouTubeSettings

PLATFORM: Final = "YouTube"
ENDPOINT: Final = "youtube"
RATE: Final = Rate(600, 60)
"""Ours: YouTube counts calls by the day, not by the minute."""

_QUOTA: Final = frozenset({"quotaExceeded", "dailyLimitExceeded"})
_RATE: Final = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"})
_BAD_KEY: Final = frozenset({"API_KEY_INVALID", "keyInvalid", "keyExpired"})
_NOT_ENABLED: Final = frozenset(
    {
        "accessNotConfigured",
        "SERVICE_DISABLED",
        "API_KEY_SERVICE_BLOCKED",
        "API_KEY_IP_ADDRESS_BLOCKED",
        "API_KEY_HTTP_REFERRER_BLOCKED",
        "ipRefererBlocked",
    }
)
_CHANNEL_GONE: Final = frozenset({"channelNotFound", "channelClosed", "channelSuspended"})


class NoSuchPlaylist(SourceError):
    """The playlist is not there: a channel that never uploaded anything has none."""


@dataclass(frozen=True, slots=True)
class Api:
    """The API as one installation uses it."""

    http: HttpClient
    base: str
    key: str = field(repr=False)

    def get(self, resource: str, **params: str | int) -> dict[str, Any]:
        """The answer of a list method. Raises `SourceError`."""
        answer = self.http.request(
            PLATFORM,
            "GET",
            f"{self.base}/{resource}",
            endpoint=ENDPOINT,
            rate=RATE,
            params=params,
            headers={"x-goog-api-key": self.key},
        )
        if answer.status != 200 or "error" in answer.body:
            raise _refusal(answer)
        return answer.body


def missing(settings: YouTubeSettings) -> str | None:
    """What to set before YouTube can be asked."""
    if settings.api_key:
        return None
    return (
        "Set TRUEGROWTH_YOUTUBE_API_KEY to a key of the YouTube Data API v3; Google Cloud gives "
        "one for nothing."
    )


def open_api(context: SourceContext | None) -> Api:
    """The API with the installation's key. Raises `SourceError`."""
    if context is None:
        raise SourceError("YouTube cannot be reached from here.", permanent=True)
    settings: YouTubeSettings = context.settings
    if (what := missing(settings)) is not None:
        raise SourceError(what, permanent=True)
    key = str(settings.api_key)
    if not re.fullmatch(r"[!-~]+", key, re.ASCII):  # it would not even fit into a header
        raise _bad_key()
    return Api(context.http, settings.api_base, key)


def _refusal(answer: Answer) -> SourceError:
    reasons = _reasons(answer.body)
    if reasons & _QUOTA:
        return SourceError(
            "YouTube's quota of calls for today is used up. It is renewed at midnight Pacific "
            "time, and the snapshot is then tried again."
        )
    if reasons & _RATE:
        return SourceError("YouTube allows no more calls for now. It will be tried again.")
    if reasons & _BAD_KEY or answer.status == 401:
        return _bad_key()
    if reasons & _NOT_ENABLED:
        return SourceError(
            "YouTube's Data API is not enabled for the key, or the key is restricted to other "
            "uses. Enable “YouTube Data API v3” for its project in the Google Cloud console and "
            "check the key's restrictions, then try again.",
            permanent=True,
        )
    if reasons & _CHANNEL_GONE:
        return gone()
    if "playlistNotFound" in reasons:
        return NoSuchPlaylist("YouTube has no list of this channel's videos.")
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


def gone() -> SourceError:
    """The channel is no longer there."""
    return SourceError(
        "YouTube has no such channel any more. What was recorded stays; remove the account, or "
        "add the channel again under its new address.",
        permanent=True,
    )


def _bad_key() -> SourceError:
    return SourceError(
        "YouTube does not accept the key. Check TRUEGROWTH_YOUTUBE_API_KEY, restart, then try "
        "again.",
        permanent=True,
    )


def unclear() -> SourceError:
    """An answer that is JSON, but not what YouTube documents."""
    return SourceError(
        "YouTube gave an answer that is not the one it documents. It will be tried again."
    )
