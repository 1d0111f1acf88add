"""YouTube: a channel's videos by the Data API v3, with a key and without anybody's consent.

500 videos take 11 calls of the 10,000 a day that a key has: one for the channel, ten for the list
of its uploads. Their numbers take ten of another 10,000.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from snapshot_core.errors import NoSuchProfile, SourceError
from snapshot_core.growth.completeness import Scope
from snapshot_core.growth.rounding import Rounding
from snapshot_core.plural import plural
from snapshot_core.readings import VideoReading
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
from snapshot_core.sources.youtube import answers, client
from snapshot_core.sources.youtube.client import Api, NoSuchMethod, NoSuchPlaylist
from snapshot_core.sources.youtube.settings import YouTubeSettings

VIDEOS_PER_CALL: Final = 50
"""That one call lists or counts; YouTube gives no more."""
CALLS_A_DAY: Final = 10_000
"""That a key has where Google grants it no more."""
MAX_PAGES: Final = 400
"""Of a list: YouTube itself ends at 20,000 videos."""
ALLOWED_DAYS: Final = 30
"""That YouTube's terms let numbers be kept without an agreement."""
NEEDED_DAYS: Final = 61
"""That growth in 30 days takes, compared with the 30 before."""

MAX_NAMED: Final = 5
"""Videos that a notice names."""

_CHANNEL_PARTS: Final = "snippet,statistics,contentDetails"
_VIDEO_PARTS: Final = "snippet,statistics,contentDetails"


class YouTube(AddressSource):
    """A channel."""

    name = "youtube"
    label = "YouTube"
    metrics = dict.fromkeys(answers.COUNTERS, Rounding.EXACT) | {"followers": Rounding.THREE_DIGITS}
    scopes: frozenset[Scope] = frozenset({"complete", "recent"})
    calls = Calls(a_day=CALLS_A_DAY, fixed=1, videos_per_page=VIDEOS_PER_CALL, per_page=2, recent=3)
    settings = YouTubeSettings
    platform = "YouTube"

    def missing(self, settings: YouTubeSettings) -> str | None:
        """The key, where none is set."""
        if settings.api_key:
            return None
        return (
            "Set TRUEGROWTH_YOUTUBE_API_KEY to a key of the YouTube Data API v3; Google Cloud "
            "gives one for nothing."
        )

    def keep_days(self, settings: YouTubeSettings) -> int | None:
        """As YouTube's terms or an agreement have it."""
        return settings.keep_days or None

    def notice(self, settings: YouTubeSettings) -> str | None:
        """What YouTube's terms say of how long numbers are kept, as this installation is set."""
        days = settings.keep_days
        if 0 < days <= ALLOWED_DAYS:
            return (
                f"YouTube lets numbers be kept for {ALLOWED_DAYS} days only: those older than "
                f"{days} days are removed each day. So there is no growth in 30 days, which takes "
                f"{NEEDED_DAYS}. Whoever has YouTube's consent to keep them longer sets "
                "TRUEGROWTH_YOUTUBE_KEEP_DAYS."
            )
        how_long = "for ever" if days == 0 else f"for {days:,} days"
        return (
            f"YouTube's numbers are kept {how_long}. Its terms allow {ALLOWED_DAYS} days unless "
            "YouTube has accepted your amendment; TRUEGROWTH_YOUTUBE_KEEP_DAYS sets it."
        )

    def recognise(self, text: str) -> Address | None:
        """A handle, a channel's id, or the link of a channel or of any of its videos."""
        return answers.address_in(text)

    def look_up(self, address: str, context: SourceContext) -> Identity:
        """Which channel has this handle or address."""
        video, api = answers.video_in(address), self._api(context)
        query = answers.channel_filter(address) if video is None else _channel_of(api, video)
        channel = _channel(api, query)
        if channel is None:
            raise NoSuchProfile(
                f"YouTube has no channel {next(iter(query.values()))}. Check how its handle is "
                "written on the channel's own page."
            )
        snippet, channel_id = channel.get("snippet"), str(channel["id"])
        custom_url = json_fields.text(json_fields.nested(snippet, "customUrl")) or ""
        handle = custom_url.removeprefix("@") or None
        title = json_fields.text(json_fields.nested(snippet, "title"))
        name = title or handle or channel_id
        return Identity(channel_id, handle, name, answers.profile_of(channel))

    def read(self, account: AccountRef, scope: Scope, now: int) -> Listing:
        """The channel's counters at once, its videos newest first as they are asked for."""
        api = self._api(account.context)
        if account.external_id is None and account.handle is None:
            raise SourceError(
                f"No channel is noted for {account.name}. Remove the account and add the channel "
                "again.",
                permanent=True,
            )
        query = (
            {"id": account.external_id}
            if account.external_id is not None
            else answers.channel_filter(str(account.handle))
        )
        channel = _channel(api, query)
        if channel is None:
            raise SourceError(client.GONE, permanent=True)
        channel_id = str(channel["id"])
        listing = Listing(answers.profile_of(channel), iter(()), external_id=channel_id)
        playlist = json_fields.nested(channel, "contentDetails", "relatedPlaylists", "uploads")
        uploads = json_fields.identifier(playlist) or f"UU{channel_id[2:]}"
        listing.videos = _videos(api, listing, uploads, 1 if scope == "recent" else MAX_PAGES)
        return listing

    def _api(self, context: SourceContext | None) -> Api:
        """The API with the installation's key. Raises `SourceError`."""
        if context is None:
            raise SourceError("YouTube cannot be reached from here.", permanent=True)
        settings: YouTubeSettings = context.settings
        if (missing := self.missing(settings)) is not None:
            raise SourceError(missing, permanent=True)
        key = str(settings.api_key)
        if not re.fullmatch(r"[!-~]+", key, re.ASCII):  # it would not even fit into a header
            raise SourceError(client.BAD_KEY, permanent=True)
        return Api(context.http, settings.api_base, key)


def _channel(api: Api, query: dict[str, str]) -> dict[str, Any] | None:
    """The channel asked for, with a usable id; None where YouTube clearly says there is none."""
    body = api.get("channels", part=_CHANNEL_PARTS, **query)
    if not body.get("items"):
        # Only its own words make an account stop for good, not an answer cut short on the way.
        if body.get("kind") == "youtube#channelListResponse":
            return None
        raise SourceError(client.UNDOCUMENTED)
    for channel in json_fields.objects(body["items"]):
        channel_id = json_fields.identifier(channel.get("id"))
        if channel_id is not None and query.get("id", channel_id) == channel_id:
            return {**channel, "id": channel_id}
    raise SourceError(client.UNDOCUMENTED)


def _channel_of(api: Api, video: str) -> dict[str, str]:
    """What to ask ``channels`` for, to get the one that has published ``video``."""
    items = json_fields.objects(api.get("videos", part="snippet", id=video).get("items"))
    for item in items:
        if channel_id := json_fields.identifier(json_fields.nested(item, "snippet", "channelId")):
            return {"id": channel_id}
    raise NoSuchProfile("YouTube has no such video, or it is private. Check the link.")


def _videos(api: Api, listing: Listing, uploads: str, pages: int) -> Iterator[VideoReading]:
    absent: list[str] = []
    counter = _Counter(api)
    listed = _listed(api, listing, uploads, pages)
    while batch := list(islice(listed, VIDEOS_PER_CALL)):
        videos = counter.counted(batch)
        absent += (upload.platform_id for upload in batch if upload.platform_id not in videos)
        yield from videos.values()
    if absent:
        named = ", ".join(absent[:MAX_NAMED]) + (", …" if len(absent) > MAX_NAMED else "")
        listing.notices.append(
            f"YouTube listed {plural(len(absent), 'video')} without "
            f"numbers ({named}); they are taken as not seen."
        )


def _listed(api: Api, listing: Listing, uploads: str, pages: int) -> Iterator[VideoReading]:
    """The uploads, newest first, each once, without counts."""
    seen: set[str] = set()
    tokens: set[str] = set()
    query: dict[str, str | int] = {"part": "snippet,contentDetails", "playlistId": uploads}
    for number in range(pages):
        try:
            body = api.get("playlistItems", maxResults=VIDEOS_PER_CALL, **query)
        except NoSuchPlaylist:
            if number == 0 and not listing.profile.videos:
                return
            raise
        if not isinstance(body.get("items"), list):
            raise SourceError(client.UNDOCUMENTED)
        for item in body["items"]:
            upload = answers.upload_of(item)
            if upload is None:
                listing.cut_short("An entry of YouTube's list could not be read.")
            elif upload.platform_id not in seen:
                seen.add(upload.platform_id)
                yield upload
        token = body.get("nextPageToken")
        if token is None:
            return
        if not isinstance(token, str) or not token or token in tokens:
            listing.cut_short("YouTube's list began to repeat itself before its end.")
            return
        tokens.add(token)
        query["pageToken"] = token
    newest = plural(len(seen), "video was", "videos were")
    there_are_more = f"The newest {newest} read; there are more."
    listing.cut_short(there_are_more if pages > 1 else None)


@dataclass(slots=True)
class _Counter:
    """Reads the numbers of videos during one walk."""

    api: Api
    knows_stats: bool = True
    """Whether the API has the method that counts apart from the others."""

    def counted(self, uploads: Sequence[VideoReading]) -> dict[str, VideoReading]:
        """Some uploads with their numbers, by id; those without any are left out."""
        videos: dict[str, dict[str, Any]] = {}
        if self.knows_stats:
            try:
                videos = self._asked(client.STATS, f"id,{_VIDEO_PARTS}", uploads)
            except NoSuchMethod:
                self.knows_stats = False
        # Some fail there that can be read here, and what is unknown here as well is not there.
        if failed := [upload for upload in uploads if upload.platform_id not in videos]:
            videos |= self._asked("videos", _VIDEO_PARTS, failed)
        return {
            upload.platform_id: answers.counted(upload, videos[upload.platform_id])
            for upload in uploads
            if upload.platform_id in videos
        }

    def _asked(
        self, resource: str, part: str, uploads: Sequence[VideoReading]
    ) -> dict[str, dict[str, Any]]:
        """What ``resource`` says of some videos, by id."""
        ids = [upload.platform_id for upload in uploads]
        body = self.api.get(resource, part=part, id=",".join(ids))
        items = body.get("items")
        if items is None and body.get("kind") == "youtube#batchGetStatsResponse":
            items = []  # none of them could be counted
        if not isinstance(items, list):
            raise SourceError(client.UNDOCUMENTED)
        videos: dict[str, dict[str, Any]] = {}
        for video in json_fields.objects(items):
            video_id = json_fields.identifier(video.get("id"))
            if video_id in ids:
                videos.setdefault(video_id, video)
        return videos


SOURCE: Final = YouTube()
