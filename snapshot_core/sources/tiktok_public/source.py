"""A public TikTok profile by its handle, without any key.

Counters are rounded from 10,000 up, as on the profile itself, and followers are not told. The
profile's lasting id is found once, with the handle; from then on the list is read by the id, so
a changed handle does no harm and the page that TikTok guards most is left alone.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from snapshot_core.errors import InputError, SourceError
from snapshot_core.growth.completeness import Scope
from snapshot_core.growth.rounding import Rounding
from snapshot_core.readings import ProfileReading, VideoReading
from snapshot_core.sources import json_fields
from snapshot_core.sources.contract import (
    AccountRef,
    Address,
    AddressSource,
    Calls,
    Identity,
    Listing,
    SourceContext,
)
from snapshot_core.sources.links import link_in
from snapshot_core.sources.tiktok_public.client import RATE, Walk, open_profile

VIDEOS_PER_PAGE: Final = 15
MAX_VIDEOS: Final = 10_000
"""That a walk lists, a page a second."""
MAX_WARNINGS: Final = 3

_COUNTERS: Final = {
    "views": "view_count",
    "likes": "like_count",
    "comments": "comment_count",
    "shares": "repost_count",
    "saves": "save_count",
}
_EXAMPLE: Final = "@handle or https://www.tiktok.com/@handle"
_HOST: Final = "tiktok.com"
_HANDLE: Final = r"[a-z0-9_.]{1,24}"
_SHORT_HOSTS: Final = frozenset({"vm.tiktok.com", "vt.tiktok.com"})
_CHANNEL: Final = r"MS4wLjABAAAA[\w-]{64}"
"""What yt-dlp takes for a lasting id; anything else it would take for a handle."""
_UPLOAD_SHIFT_BITS: Final = 32
"""Bits of a video's id below the instant of its upload."""


class Public(AddressSource):
    """A profile as anybody may see it."""

    name = "public"
    label = "TikTok (public)"
    metrics = dict.fromkeys(_COUNTERS, Rounding.WEB)
    scopes: frozenset[Scope] = frozenset({"complete", "recent"})
    calls = Calls(a_day=RATE.a_day, fixed=0, videos_per_page=VIDEOS_PER_PAGE, recent=1)
    about = (
        "TikTok rounds public numbers from 10,000 on and does not give followers. Sign in to get "
        "exact ones."
    )
    uncounted_remedy = "A newer version of yt-dlp may help; it will be tried again."
    platform = "TikTok"

    def recognise(self, text: str) -> Address | None:
        """A handle, or the link of a profile or of any of its videos."""
        link = link_in(text)
        if link is None:
            handle = text.removeprefix("@").lower()
            fits = re.fullmatch(_HANDLE, handle)
            return Address(f"@{handle}", certain=False) if fits else None
        if link.host in _SHORT_HOSTS or (link.host == _HOST and link.steps[:1] == ("t",)):
            raise InputError(
                "That is a short link of TikTok. Open it in a browser and paste the address that "
                "it leads to."
            )
        if link.host != _HOST:
            return None
        return Address(f"@{handle_in(text)}", certain=True)

    def look_up(self, address: str, context: SourceContext) -> Identity:
        """Whose profile it is. The name is the handle; TikTok shows no other without more."""
        handle = handle_in(address)
        walk = open_profile(context.http, _page(handle), f"@{handle}")
        walk.close()
        channel_id = _lasting(walk.channel_id)
        if channel_id is None:
            raise SourceError(f"TikTok does not tell the id of @{handle}. Try again later.")
        return Identity(channel_id, handle, handle, walk.log.profile)

    def read(self, account: AccountRef, scope: Scope, now: int) -> Listing:
        """The profile's videos, newest first, as they are asked for."""
        if account.context is None:
            raise SourceError("TikTok cannot be reached from here.", permanent=True)
        channel_id, handle = _lasting(account.external_id), account.handle
        if channel_id is None and handle is None:
            raise SourceError(
                f"No profile is noted for {account.name}. Remove the account and add the profile "
                "again.",
                permanent=True,
            )
        who = f"@{handle}" if handle else account.name
        address = f"tiktokuser:{channel_id}" if channel_id else _page(str(handle))
        walk = open_profile(account.context.http, address, who)
        listing = Listing(
            ProfileReading(), iter(()), external_id=channel_id or _lasting(walk.channel_id)
        )
        listing.videos = _videos(walk, listing, scope, handle, who, account.context.known)
        return listing


def handle_in(address: str) -> str:
    """The handle in what people type or paste. Raises `InputError`."""
    text = address.strip()
    if (link := link_in(text)) is not None:
        text = link.steps[0] if link.host == _HOST and link.steps else ""
        if not text.startswith("@"):
            raise InputError(f"That is no address of a TikTok profile. Write {_EXAMPLE}.")
    handle = text.removeprefix("@").lower()
    if not re.fullmatch(_HANDLE, handle):
        raise InputError(f"{text[:100]!r} is no handle on TikTok. Write {_EXAMPLE}.")
    return handle


def _page(handle: str) -> str:
    return f"https://www.tiktok.com/@{handle}"


def _lasting(channel_id: str | None) -> str | None:
    fits = channel_id is not None and re.fullmatch(_CHANNEL, channel_id, re.ASCII)
    return channel_id if fits else None


def _videos(
    walk: Walk,
    listing: Listing,
    scope: Scope,
    handle: str | None,
    who: str,
    known: Callable[[], frozenset[str]],
) -> Iterator[VideoReading]:
    seen: set[str] = set()
    try:
        for entry in walk.entries:
            video_id = json_fields.identifier(entry.get("id"))
            if video_id is None or video_id in seen:
                continue
            if len(seen) == MAX_VIDEOS:
                listing.cut_short(f"The newest {MAX_VIDEOS:,} videos were read; there are more.")
                break
            seen.add(video_id)
            yield _reading(entry, video_id, handle)
            if scope == "recent" and len(seen) == VIDEOS_PER_PAGE:
                listing.cut_short()
                break
    finally:
        walk.close()
    if scope == "complete" and listing.walked_to_end:
        _require_some(seen, known(), who)
    listing.notices += walk.log.warnings[:MAX_WARNINGS]


def _require_some(seen: set[str], known: frozenset[str], who: str) -> None:
    """Doubt a list without a single video: TikTok may not have wanted to be read."""
    if known and not seen:
        raise SourceError(
            f"TikTok lists no video of {who} any more. The profile may be private or gone, or "
            "TikTok does not want to be read now: look at it in a browser. It will be tried again."
        )


def _reading(entry: dict[str, Any], video_id: str, handle: str | None) -> VideoReading:
    uploaded = int(video_id) >> _UPLOAD_SHIFT_BITS if video_id.isdecimal() else None
    return VideoReading(
        video_id,
        json_fields.counts(entry, _COUNTERS),
        title=json_fields.text(entry.get("description")) or json_fields.text(entry.get("title")),
        published_at=json_fields.instant(entry.get("timestamp")) or json_fields.instant(uploaded),
        cover_url=_cover(entry),
        share_url=f"https://www.tiktok.com/@{handle or '_'}/video/{video_id}",
        duration=json_fields.bounded(entry.get("duration")) or None,
    )


def _cover(entry: dict[str, Any]) -> str | None:
    thumbnails = json_fields.objects(entry.get("thumbnails"))
    covers = {image.get("id"): image.get("url") for image in thumbnails}
    return json_fields.https_url(covers.get("cover") or covers.get("originCover"))


SOURCE: Final = Public()
