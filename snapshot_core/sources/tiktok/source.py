"""TikTok through its Display API v2: exact counters of one's own public videos.

The list is walked page by page. A video that left it is asked for by name: what TikTok still
answers for is unlisted, and only the rest may be gone.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from snapshot_core.errors import SourceError
from snapshot_core.growth.completeness import Scope
from snapshot_core.growth.rounding import Rounding
from snapshot_core.plural import plural
from snapshot_core.readings import ProfileReading, VideoReading
from snapshot_core.sources import json_fields
from snapshot_core.sources.contract import AccountRef, Calls, Grant, Identity, Listing
from snapshot_core.sources.http_client import WILL_RETRY, HttpClient
from snapshot_core.sources.tiktok.client import RATE, UNDOCUMENTED, Api, NotAllowed, object_in
from snapshot_core.sources.tiktok.oauth import TikTokLogin
from snapshot_core.sources.tiktok.settings import TikTokSettings

VIDEOS_PER_CALL: Final = 20
"""TikTok gives no more."""
MAX_VIDEOS_QUERIED: Final = 200
"""Of those that left the list, the newest are asked for by id."""
MAX_PAGES_WITHOUT_NEWS: Final = 20
"""In a row, after which the list is taken to be stuck."""

_USER_FIELDS: Final = "open_id,follower_count,following_count,likes_count,video_count"
_COUNTERS: Final = {
    "views": "view_count",
    "likes": "like_count",
    "comments": "comment_count",
    "shares": "share_count",
}
_VIDEO_FIELDS: Final = (
    "id,create_time,cover_image_url,share_url,video_description,duration,title,"
    + ",".join(_COUNTERS.values())
)


class TikTok(TikTokLogin):
    """One's own TikTok account."""

    name = "tiktok"
    metrics = dict.fromkeys((*_COUNTERS, "followers"), Rounding.EXACT)
    scopes: frozenset[Scope] = frozenset({"complete", "recent"})
    calls = Calls(a_day=RATE.a_day, fixed=1, videos_per_page=VIDEOS_PER_CALL, recent=1)

    def read(self, account: AccountRef, scope: Scope, now: int) -> Listing:
        """List the account as it is now. Raises `SourceError`."""
        if account.context is None:
            raise SourceError(f"{account.name} is not connected to TikTok.", permanent=True)
        context = account.context
        api = Api(context.settings, context.http, context.token)
        # The newest page takes one call: who owns it, and its followers, are asked with all of it.
        listing = Listing(ProfileReading(), iter(()))
        if scope == "complete":
            listing = _listing_of(api, account)
        listing.videos = _walk(api, listing, scope, context.known)
        return listing

    def identity(self, settings: TikTokSettings, http: HttpClient, grant: Grant) -> Identity:
        """Whose tokens they are, by as much of a name as was allowed."""
        api = Api(settings, http, lambda _rejected: grant.access_token)
        user = _user(api, "open_id,display_name,username")
        if user is None:
            user = _user(api, "open_id,display_name") or {}
        if json_fields.identifier(user.get("open_id")) not in (None, grant.external_id):
            raise SourceError(
                "TikTok gave the access of one account and the name of another. Connect again."
            )
        handle = json_fields.text(user.get("username"))
        name = json_fields.text(user.get("display_name")) or handle or "TikTok account"
        return Identity(grant.external_id, handle, name[:200])


def _listing_of(api: Api, account: AccountRef) -> Listing:
    """The account itself, before its videos are listed."""
    notices: list[str] = []
    user = _user(api, _USER_FIELDS)
    if user is None:
        notices.append(
            "Followers are unknown, because TikTok was not allowed to tell them. To see them, "
            "connect the account again and leave the box for its statistics ticked."
        )
        user = _user(api, "open_id") or {}
    owner = json_fields.identifier(user.get("open_id"))
    if owner and account.external_id and owner != account.external_id:
        raise SourceError(
            f"{account.name} was connected as another TikTok account. Connect it again as "
            "the one it was made for, or add the other one as a new account.",
            permanent=True,
        )
    profile = ProfileReading(
        followers=json_fields.count(user.get("follower_count")),
        following=json_fields.count(user.get("following_count")),
        likes=json_fields.count(user.get("likes_count")),
        videos=json_fields.bounded(user.get("video_count")),
    )
    return Listing(profile, iter(()), notices=notices, external_id=owner)


def _user(api: Api, fields: str) -> dict[str, Any] | None:
    """The account itself; None where a field was not allowed, and it can be measured anyway."""
    try:
        return object_in(api.request("user/info", fields), "user")
    except NotAllowed:
        return None


def _walk(
    api: Api, listing: Listing, scope: Scope, known: Callable[[], frozenset[str]]
) -> Iterator[VideoReading]:
    """The list, page by page, and then what left it."""
    seen: set[str] = set()
    nameless = 0
    for page in _pages(api, listing, seen, None if scope == "complete" else 1):
        for item in page:
            video = _reading(item) if isinstance(item, dict) else None
            if video is None:
                nameless += 1
            elif video.platform_id not in seen:
                seen.add(video.platform_id)
                yield video
    if nameless:
        listing.cut_short(f"TikTok listed {nameless} without an id: left out.")
    if scope == "complete" and listing.walked_to_end:
        yield from _unlisted(api, listing, known() - seen)


def _pages(
    api: Api, listing: Listing, seen: set[str], max_pages: int | None
) -> Iterator[list[Any]]:
    """The pages of the list. The caller adds what it saw on each to ``seen``.

    Says in ``listing`` whether the end was reached. TikTok may say that there is more and give
    nothing new: where the cursor stands still, or nothing comes for long, the walk stops.
    """
    cursor: int | None = None
    cursors: set[int | None] = {None}
    count, still = 0, 0
    while True:
        body = {"max_count": VIDEOS_PER_CALL} | ({} if cursor is None else {"cursor": cursor})
        data = api.request("video/list", _VIDEO_FIELDS, body)
        before = len(seen)
        videos, more = data.get("videos"), data.get("has_more")
        if videos is None and more is False and not listing.profile.videos and not seen:
            videos = []  # an account without videos
        if not isinstance(videos, list) or not isinstance(more, bool):
            raise SourceError(f"{UNDOCUMENTED} {WILL_RETRY}")
        yield videos
        count, still = count + 1, still + 1 if len(seen) == before else 0
        if not more:
            return
        cursor = json_fields.count(data.get("cursor"))
        if cursor in cursors or still >= MAX_PAGES_WITHOUT_NEWS:
            expected = listing.profile.videos
            if expected is None or len(seen) < expected:
                total = "" if expected is None else f" of {expected}"
                listing.cut_short(f"TikTok stopped listing after {len(seen)}{total} videos.")
            return
        if count == max_pages:
            listing.cut_short()
            return
        cursors.add(cursor)


def _unlisted(api: Api, listing: Listing, gone: frozenset[str]) -> Iterator[VideoReading]:
    """Readings of videos that left the list and still exist: unlisted, not removed."""
    newest = sorted(gone, key=lambda video_id: (len(video_id), video_id), reverse=True)
    newest, unlisted = newest[:MAX_VIDEOS_QUERIED], 0
    for at in range(0, len(newest), VIDEOS_PER_CALL):
        ids = newest[at : at + VIDEOS_PER_CALL]
        try:
            data = api.request("video/query", _VIDEO_FIELDS, {"filters": {"video_ids": ids}})
        except SourceError as error:
            # The list itself is whole, so the night is not lost.
            listing.notices.append(
                f"Whether videos that left the list still exist is unknown. {error}"
            )
            return
        for item in json_fields.objects(data.get("videos")):
            video = _reading(item)
            if video is not None and video.platform_id in ids:
                ids.remove(video.platform_id)
                unlisted += 1
                yield video
    if unlisted:
        listing.notices.append(
            f"{plural(unlisted, 'video')} left the public list but can still be read."
        )


def _reading(item: dict[str, Any]) -> VideoReading | None:
    """A video as TikTok states it; None without an id."""
    platform_id = json_fields.identifier(item.get("id"))
    if platform_id is None:
        return None
    return VideoReading(
        platform_id,
        json_fields.counts(item, _COUNTERS),
        title=json_fields.text(item.get("title"))
        or json_fields.text(item.get("video_description")),
        published_at=json_fields.instant(item.get("create_time")),
        cover_url=json_fields.https_url(item.get("cover_image_url")),
        share_url=json_fields.https_url(item.get("share_url")),
        duration=json_fields.bounded(item.get("duration")) or None,
    )


SOURCE: Final = TikTok()
