"""YouTube: a channel's videos by the Data API v3, with a key and without anybody's consent.

500 videos take 21 calls of the 10,000 a day that a key has: one for the channel, ten for the
list of its uploads, ten for their numbers.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from snapshot_core.errors import InputError, SourceError
from snapshot_core.growth.completeness import Scope
from snapshot_core.readings import VideoReading
from snapshot_core.settings.loading import Settings
from snapshot_core.sources import json_fields
from snapshot_core.sources.contract import AccountRef, Identity, Listing, SourceContext
from snapshot_core.sources.youtube import answers, client
from snapshot_core.sources.youtube.client import Api, NoSuchPlaylist

PAGE: Final = 50
"""Videos that one call lists or counts, at most."""
PAGES: Final = 400
"""Pages of a list that are read: YouTube itself ends at 20,000 videos."""
ALLOWED_DAYS: Final = 30
"""Days that YouTube's terms let numbers be kept without an agreement."""

_CHANNEL: Final = "snippet,statistics,contentDetails"


class YouTube:
    """A channel. Its subscribers are rounded by YouTube to three digits, from 1,000 up."""

    name: str = "youtube"
    label: str = "YouTube"
    rounded: bool = False
    counts: frozenset[str] = frozenset({"views", "likes", "comments", "followers"})
    scopes: frozenset[Scope] = frozenset({"complete", "recent"})
    address_label: str = "Channel"
    address_example: str = answers.EXAMPLE

    def missing(self, settings: Settings) -> str | None:
        """The key, where none is set."""
        return client.missing(settings)

    def notice(self, settings: Settings) -> str | None:
        """What YouTube's terms say of how long numbers are kept, as this installation is set."""
        days = settings.youtube_keep_days
        if 0 < days <= ALLOWED_DAYS:
            return (
                f"YouTube lets numbers be kept for {ALLOWED_DAYS} days only: those older than "
                f"{days} days are removed each day. Whoever has YouTube's consent to keep them "
                "longer sets TRUEGROWTH_YOUTUBE_KEEP_DAYS."
            )
        kept = "for ever" if days == 0 else f"for {days:,} days"
        return (
            f"YouTube's numbers are kept {kept}. Its terms allow {ALLOWED_DAYS} days unless "
            "YouTube has accepted your amendment; TRUEGROWTH_YOUTUBE_KEEP_DAYS sets it."
        )

    def look_up(self, address: str, context: SourceContext) -> Identity:
        """Which channel has this handle or address."""
        asked = answers.channel_filter(address)
        channel = _channel(client.open_api(context), asked)
        if channel is None:
            raise InputError(
                f"YouTube has no channel {next(iter(asked.values()))}. Check how its handle is "
                "written on the channel's own page."
            )
        handle = answers.handle_of(channel)
        title = json_fields.text(json_fields.part(channel, "snippet", "title"))
        return Identity(str(channel["id"]), handle, title or handle or str(channel["id"]))

    def read(self, account: AccountRef, scope: Scope, now: int) -> Listing:
        """The channel's counters at once, its videos newest first as they are asked for."""
        api = client.open_api(account.context)
        if account.external_id is None and account.handle is None:
            raise SourceError(
                f"No channel is noted for {account.name}. Remove the account and add the channel "
                "again.",
                permanent=True,
            )
        asked = (
            {"id": account.external_id}
            if account.external_id is not None
            else answers.channel_filter(str(account.handle))
        )
        channel = _channel(api, asked)
        if channel is None:
            raise client.gone()
        listing = Listing(answers.profile_of(channel), iter(()), external_id=str(channel["id"]))
        uploads = answers.uploads_of(channel, str(channel["id"]))
        listing.videos = _videos(api, listing, uploads, 1 if scope == "recent" else PAGES)
        return listing


def _channel(api: Api, asked: dict[str, str]) -> dict[str, Any] | None:
    """The channel asked for, with a usable id; None where YouTube clearly says there is none."""
    body = api.get("channels", part=_CHANNEL, **asked)
    if not body.get("items"):
        # Only its own words make an account stop for good, not an answer cut short on the way.
        if body.get("kind") == "youtube#channelListResponse":
            return None
        raise client.unclear()
    for channel in json_fields.items(body["items"]):
        found = json_fields.name(channel.get("id"))
        if found is not None and asked.get("id", found) == found:
            return {**channel, "id": found}
    raise client.unclear()


def _videos(api: Api, listing: Listing, uploads: str, pages: int) -> Iterator[VideoReading]:
    waiting: list[str] = []
    absent = 0
    for video_id in _listed(api, listing, uploads, pages):
        waiting.append(video_id)
        if len(waiting) == PAGE:
            videos = _counted(api, waiting)
            absent += len(waiting) - len(videos)
            yield from videos
            waiting = []
    if waiting:
        videos = _counted(api, waiting)
        absent += len(waiting) - len(videos)
        yield from videos
    if absent:
        listing.notices.append(
            f"YouTube listed {absent:,} {'video' if absent == 1 else 'videos'} without numbers; "
            "they are taken as not seen."
        )


def _listed(api: Api, listing: Listing, uploads: str, pages: int) -> Iterator[str]:
    """The ids of the uploads, newest first, each once."""
    seen: set[str] = set()
    tokens: set[str] = set()
    page: dict[str, str] = {}
    for number in range(pages):
        try:
            body = api.get(
                "playlistItems", part="contentDetails", playlistId=uploads, maxResults=PAGE, **page
            )
        except NoSuchPlaylist as error:
            if number == 0 and not listing.profile.videos:
                return
            raise SourceError(f"{error} It will be tried again.") from None
        if not isinstance(body.get("items"), list):
            raise client.unclear()
        for item in body["items"]:
            found = json_fields.name(json_fields.part(item, "contentDetails", "videoId"))
            if found is None:
                _stopped(listing, "An entry of YouTube's list could not be read.")
            elif found not in seen:
                seen.add(found)
                yield found
        token = body.get("nextPageToken")
        if token is None:
            return
        if not isinstance(token, str) or not token or token in tokens:
            _stopped(listing, "YouTube's list began to repeat itself before its end.")
            return
        tokens.add(token)
        page = {"pageToken": token}
    listing.walked_to_end = False
    if pages > 1:
        _stopped(listing, f"The newest {len(seen):,} videos were read; there are more.")


def _stopped(listing: Listing, why: str) -> None:
    listing.walked_to_end = False
    if why not in listing.notices:
        listing.notices.append(why)


def _counted(api: Api, ids: Sequence[str]) -> list[VideoReading]:
    """The numbers of some videos, in the order asked for; those without any are left out."""
    body = api.get("videos", part="snippet,contentDetails,statistics", id=",".join(ids))
    if not isinstance(body.get("items"), list):
        raise client.unclear()
    told: dict[str, dict[str, Any]] = {}
    for video in json_fields.items(body["items"]):
        told.setdefault(json_fields.name(video.get("id")) or "", video)
    return [answers.video_of(told[each], each) for each in ids if each in told]
