"""A YouTube that speaks the part of the Data API v3 that channels are read with.

Its state is what a test says; counters move with the clock it is given.
"""

import math
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

KEY = "AIza-the-key-of-a-test"
PATH = "/youtube/v3"
STATS = "videos:batchGetStats"
STATS_PARTS = {"id", "snippet", "statistics", "contentDetails"}
MESSAGE = 'The request cannot be completed. See <a href="/youtube/v3/getting-started">more</a>.'

Answer = Callable[[Request], Response | Awaitable[Response]]


@dataclass
class Video:
    """One video; ``hidden`` are the counts that its owner does not show."""

    id: str
    published_at: int
    rate: int = 100
    """Views a day."""
    title: str = "A video"
    duration: str = "PT1M5S"
    hidden: frozenset[str] = frozenset()
    counted: bool = True
    """Whether `videos` knows it; the list of uploads may know one that `videos` does not."""
    stats_fail: bool = False
    """Whether the method for statistics alone fails for it."""

    def views(self, now: int) -> int:
        return max(0, now - self.published_at) * self.rate // 86_400


@dataclass
class Channel:
    """One channel; its videos newest first."""

    id: str
    handle: str
    title: str = "A channel"
    videos: list[Video] = field(default_factory=list)
    subscribers: int = 12_345
    hidden: bool = False
    username: str | None = None
    has_uploads: bool = True
    """Whether there is a list of uploads at all."""

    @property
    def uploads(self) -> str:
        return f"UU{self.id[2:]}"


class YouTube:
    """The platform. ``app`` serves it; ``calls`` is what it was asked, ``(path, params)``."""

    def __init__(self, clock: Callable[[], int], *channels: Channel) -> None:
        self.clock = clock
        self.channels = list(channels)
        self.key = KEY
        self.quota = self.stats_quota = 10_000
        self.knows_stats = True
        """Whether it has the method for statistics, which came in June 2026."""
        self.page = 50
        self.counts = True
        """Whether it gives any numbers of videos."""
        self.repeats = False
        """Whether the list of uploads gives one page again and again."""
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.headers: list[dict[str, str]] = []
        self.scripted: deque[tuple[str, Answer]] = deque()
        """Answers for the next calls of a path, given before any other."""
        names = {
            "channels": self._channels,
            "playlistItems": self._items,
            "videos": self._videos,
            STATS: self._stats,
        }
        self.app = Starlette(
            routes=[Route(f"{PATH}/{name}", self._guarded(work)) for name, work in names.items()]
        )

    def settings(self, base: str) -> dict[str, str]:
        """What to set so that the fake, served at ``base``, is asked."""
        return {
            "TRUEGROWTH_YOUTUBE_API_BASE": base + PATH,
            "TRUEGROWTH_YOUTUBE_API_KEY": KEY,
        }

    def say(self, resource: str, answer: Answer | Response, times: int = 1) -> None:
        """Answer the next calls of ``resource`` so."""
        made = _always(answer) if isinstance(answer, Response) else answer
        self.scripted.extend([(resource, made)] * times)

    def asked(self, resource: str) -> list[dict[str, str]]:
        """The parameters of the calls of ``resource``."""
        return [params for path, params in self.calls if path == resource]

    def _guarded(self, work: Callable[[dict[str, str]], Response]) -> Any:
        async def endpoint(request: Request) -> Response:
            resource = request.url.path.rpartition("/")[2]
            params = dict(request.query_params)
            self.calls.append((resource, params))
            self.headers.append(dict(request.headers))
            if self.scripted and self.scripted[0][0] == resource:
                told = self.scripted.popleft()[1](request)
                return told if isinstance(told, Response) else await told
            if request.headers.get("x-goog-api-key") != self.key:
                return refusal(400, "badRequest", detail="API_KEY_INVALID")
            if resource == STATS and not self.knows_stats:
                return Response("<html>404. That’s an error.", 404, media_type="text/html")
            if resource == STATS:
                self.stats_quota -= 1
            else:
                self.quota -= 1
            if min(self.quota, self.stats_quota) < 0:
                return refusal(403, "quotaExceeded", domain="youtube.quota")
            return work(params)

        return endpoint

    def _channels(self, params: dict[str, str]) -> Response:
        found = [
            channel
            for channel in self.channels
            if params.get("id") == channel.id
            or params.get("forHandle", "").lower().lstrip("@") == channel.handle.lower()
            or (channel.username is not None and params.get("forUsername") == channel.username)
        ]
        items = [self._channel(channel) for channel in found]
        return listing("youtube#channelListResponse", items, total=len(items))

    def _channel(self, channel: Channel) -> dict[str, Any]:
        rounded = three_digits(channel.subscribers)
        return {
            "kind": "youtube#channel",
            "id": channel.id,
            "snippet": {"title": channel.title, "customUrl": f"@{channel.handle}"},
            "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": channel.uploads}},
            "statistics": {
                "viewCount": str(sum(video.views(self.clock()) for video in channel.videos)),
                "subscriberCount": "0" if channel.hidden else str(rounded),
                "hiddenSubscriberCount": channel.hidden,
                "videoCount": str(sum(video.counted for video in channel.videos)),
            },
        }

    def _items(self, params: dict[str, str]) -> Response:
        for channel in self.channels:
            if channel.uploads == params.get("playlistId") and channel.has_uploads:
                break
        else:
            return refusal(404, "playlistNotFound", domain="youtube.playlistItem")
        size = min(int(params.get("maxResults", 5)), self.page, 50)
        start = int(params.get("pageToken", "at-0").removeprefix("at-"))
        shown = channel.videos[start : start + size]
        items = [self._item(video, params.get("part", "")) for video in shown]
        more = start + size < len(channel.videos)
        following = f"at-{0 if self.repeats else start + size}" if more or self.repeats else None
        return listing(
            "youtube#playlistItemListResponse", items, following, total=len(channel.videos)
        )

    def _item(self, video: Video, part: str) -> dict[str, Any]:
        details = {"videoId": video.id, "videoPublishedAt": written(video.published_at)}
        snippet = {
            "title": video.title,
            # When it came into the list, which is not when it was published.
            "publishedAt": written(video.published_at + 999),
            "thumbnails": {"medium": {"url": f"https://i.ytimg.com/vi/{video.id}/mq.jpg"}},
        }
        parts = {"contentDetails": details, "snippet": snippet}
        return {name: parts[name] for name in part.split(",")}

    def _stats(self, params: dict[str, str]) -> Response:
        """As documented: no title, the publication under another name, and who failed."""
        asked = params.get("id", "").split(",")
        if len(asked) > 50 or not set(params["part"].split(",")) <= STATS_PARTS:
            return refusal(400, "invalidArgument")
        known = {
            video.id: video
            for channel in self.channels
            for video in channel.videos
            if video.counted and not video.stats_fail
        }
        items = [self._video_stats(known[each]) for each in asked if each in known]
        failed = [each for each in asked if each not in known]
        summary = {
            "requestedVideoCount": str(len(asked)),
            "succeededVideoCount": str(len(items)),
            "failedVideoCount": str(len(failed)),
            "failedVideoIds": failed,
        }
        body = {"kind": "youtube#batchGetStatsResponse", "etag": "x", "summary": summary}
        return JSONResponse(body | ({"items": items} if items else {}))

    def _video_stats(self, video: Video) -> dict[str, Any]:
        made = self._video(video)
        statistics = {n: c for n, c in made["statistics"].items() if n != "favoriteCount"}
        return {
            "kind": "youtube#videoStats",
            "id": video.id,
            "snippet": {"publishTime": written(video.published_at)},
            "contentDetails": {"duration": video.duration, "durationMillis": "65000"},
            "statistics": statistics,
        }

    def _videos(self, params: dict[str, str]) -> Response:
        asked = params.get("id", "").split(",")
        if len(asked) > 50:
            return refusal(400, "invalidFilters")
        known = {
            video.id: video
            for channel in self.channels
            for video in channel.videos
            if video.counted
        }
        items = [self._video(known[each]) for each in asked if each in known]
        for item in items:
            channel = next(c for c in self.channels if known[item["id"]] in c.videos)
            item["snippet"]["channelId"] = channel.id
        return listing("youtube#videoListResponse", items, total=len(items))

    def _video(self, video: Video) -> dict[str, Any]:
        views = video.views(self.clock())
        counts = {"viewCount": views, "likeCount": views // 10, "commentCount": views // 100}
        shown = counts if self.counts else {}
        return {
            "kind": "youtube#video",
            "id": video.id,
            "snippet": {
                "title": video.title,
                "publishedAt": written(video.published_at),
                "thumbnails": {"medium": {"url": f"https://i.ytimg.com/vi/{video.id}/mq.jpg"}},
            },
            "contentDetails": {"duration": video.duration},
            "statistics": {
                "favoriteCount": "0",
                **{name: str(n) for name, n in shown.items() if name not in video.hidden},
            },
        }


def written(at: int) -> str:
    """An instant as YouTube writes it."""
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def _always(answer: Response) -> Answer:
    return lambda _request: answer


def listing(
    kind: str, items: list[dict[str, Any]], following: str | None = None, *, total: int
) -> Response:
    """A list as YouTube gives it: without ``items`` where there are none of a channel."""
    body: dict[str, Any] = {"kind": kind, "etag": "x", "pageInfo": {"totalResults": total}}
    if items or kind != "youtube#channelListResponse":
        body["items"] = items
    if following is not None:
        body["nextPageToken"] = following
    return JSONResponse(body)


def refusal(
    status: int, reason: str, *, domain: str = "global", detail: str | None = None
) -> Response:
    """A refusal as YouTube gives it, with HTML in its message."""
    errors = [{"message": MESSAGE, "domain": domain, "reason": reason}]
    error: dict[str, Any] = {"code": status, "message": MESSAGE, "errors": errors}
    if detail is not None:
        kind = "type.googleapis.com/google.rpc.ErrorInfo"
        error["details"] = [{"@type": kind, "reason": detail, "domain": "googleapis.com"}]
    return JSONResponse({"error": error}, status)


def three_digits(count: int) -> int:
    """A number of subscribers as YouTube shows it: cut to three digits."""
    unit = 10 ** max(0, math.floor(math.log10(count or 1)) - 2)
    return count // unit * unit


def channel_with(videos: int, now: int, **more: Any) -> Channel:
    """A channel of some videos, one every two days, the newest first."""
    made = [
        Video(f"video-{n:05}", now - (2 * n + 1) * 86_400, rate=100 + n, title=f"Video {n}")
        for n in range(videos)
    ]
    return Channel("UC" + "c" * 22, "creator", videos=made, **more)
