"""What YouTube's answers say: channels and videos, and the addresses people know channels by."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from snapshot_core.errors import InputError
from snapshot_core.readings import ProfileReading, VideoReading
from snapshot_core.sources import json_fields
from snapshot_core.sources.contract import Address
from snapshot_core.sources.links import link_in
from snapshot_core.windows import DAY, HOUR

COUNTERS: Final = {"views": "viewCount", "likes": "likeCount", "comments": "commentCount"}
HOST: Final = "youtube.com"
SHORT_HOST: Final = "youtu.be"
EXAMPLE: Final = "@handle or https://www.youtube.com/@handle"

_DURATION: Final = re.compile(
    r"P(?:(\d{1,4})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})S)?)?", re.ASCII
)
_CHANNEL: Final = r"UC[\w-]{22}"
_NAME: Final = r"[\w.·-]{1,100}"
"""A handle: letters of any script; YouTube also allows a middle dot."""
_VIDEOS: Final = frozenset({"shorts", "live", "embed"})
"""First steps of links whose second is a video."""


def channel_filter(address: str) -> dict[str, str]:
    """What to ask ``channels`` for, by a handle, a channel id or a channel's address.

    Raises `InputError`.
    """
    text = address.strip()
    if re.fullmatch(_CHANNEL, text, re.ASCII):
        return {"id": text}
    if (link := link_in(text)) is None:
        return {"forHandle": _handle(text)}
    if link.host != HOST:
        raise InputError(f"That is no address of a YouTube channel. Write {EXAMPLE}.")
    kind, name, *_ = (*link.steps, "", "")
    if kind.startswith("@"):
        return {"forHandle": _handle(kind)}
    if kind == "channel" and re.fullmatch(_CHANNEL, name, re.ASCII):
        return {"id": name}
    if kind == "user" and re.fullmatch(r"[A-Za-z0-9._-]{1,100}", name):
        return {"forUsername": name}
    if kind == "c":
        raise InputError(
            "YouTube does not tell which channel a /c/ address belongs to. Open it in a browser "
            "and use the @handle shown below the channel's name."
        )
    raise InputError(f"That is an address on YouTube, but of no channel. Write {EXAMPLE}.")


def video_in(address: str) -> str | None:
    """The id of the video that a link leads to; None for any other address."""
    if (link := link_in(address)) is None:
        return None
    kind, name, *_ = (*link.steps, "", "")
    if link.host == SHORT_HOST:
        video = kind
    elif link.host == HOST:
        video = link.query.get("v", "") if kind == "watch" else name if kind in _VIDEOS else ""
    else:
        return None
    return video if re.fullmatch(r"[\w-]{11}", video, re.ASCII) else None


def address_in(text: str) -> Address | None:
    """The channel that ``text`` names by its form. Raises `InputError` for another link there."""
    link = link_in(text)
    if link is not None and link.host not in (HOST, SHORT_HOST):
        return None
    if video_in(text) is not None:
        return Address(text, certain=True)
    if link is None and not re.fullmatch(_NAME, text.removeprefix("@")):
        return None
    query = channel_filter(text)
    certain = link is not None or "id" in query
    return Address(query.get("forHandle", text), certain)


def _handle(text: str) -> str:
    name = text.removeprefix("@")
    if not re.fullmatch(_NAME, name):
        raise InputError(f"{text[:100]!r} is no handle of a YouTube channel. Write {EXAMPLE}.")
    return f"@{name}"


def profile_of(channel: dict[str, Any]) -> ProfileReading:
    """A channel's counters. YouTube rounds subscribers to three digits, from 1,000 up."""
    statistics = json_fields.nested(channel, "statistics")
    # A hidden count may still be there, as a zero.
    hidden = json_fields.nested(statistics, "hiddenSubscriberCount") not in (None, False)
    subscribers = json_fields.count(json_fields.nested(statistics, "subscriberCount"))
    return ProfileReading(
        followers=None if hidden else subscribers,
        videos=json_fields.bounded(json_fields.nested(statistics, "videoCount")),
    )


def upload_of(item: Any) -> VideoReading | None:
    """A video as the list of uploads names it, without counts; None without an id."""
    snippet = json_fields.nested(item, "snippet")
    details = json_fields.nested(item, "contentDetails")
    video_id = json_fields.identifier(json_fields.nested(details, "videoId"))
    if video_id is None:
        return None
    return VideoReading(
        video_id,
        title=json_fields.text(json_fields.nested(snippet, "title")),
        published_at=instant_of(json_fields.nested(details, "videoPublishedAt")),
        cover_url=json_fields.https_url(json_fields.nested(snippet, "thumbnails", "medium", "url")),
        share_url=f"https://www.youtube.com/watch?v={video_id}",
    )


def counted(upload: VideoReading, video: dict[str, Any]) -> VideoReading:
    """``upload`` with what ``video``, of `videos` or of its statistics, says of it.

    A count that is hidden is absent: unknown, not zero. There are no shares.
    """
    snippet = json_fields.nested(video, "snippet")
    published = (json_fields.nested(snippet, name) for name in ("publishedAt", "publishTime"))
    cover = json_fields.https_url(json_fields.nested(snippet, "thumbnails", "medium", "url"))
    return replace(
        upload,
        counts=json_fields.counts(json_fields.nested(video, "statistics"), COUNTERS),
        title=json_fields.text(json_fields.nested(snippet, "title")) or upload.title,
        published_at=next(filter(None, map(instant_of, published)), upload.published_at),
        cover_url=cover or upload.cover_url,
        duration=seconds_of(json_fields.nested(video, "contentDetails", "duration")),
    )


def instant_of(value: Any) -> int | None:
    """UTC seconds of an ISO-8601 instant with its zone; None for anything else."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        at = datetime.fromisoformat(value)
        return None if at.tzinfo is None else json_fields.instant(int(at.timestamp()))
    except (ValueError, OverflowError):
        return None


def seconds_of(value: Any) -> int | None:
    """Seconds of an ISO-8601 duration such as P1DT2H3M4S; None for none, as of a live stream."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return days * DAY + hours * HOUR + minutes * 60 + seconds or None
