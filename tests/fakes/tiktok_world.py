"""What a fake TikTok holds: people, videos with moving counters, codes and tokens."""

import hashlib
from dataclasses import dataclass, field

MINUTE = 60
SCOPES = ("user.info.basic", "user.info.profile", "user.info.stats", "video.list")


@dataclass
class Video:
    """A video whose views grow by ``a_minute`` from its publication on."""

    id: str
    published_at: int
    a_minute: int = 3
    listed: bool = True
    there: bool = True
    title: str = "Potatoes in a bucket"

    def shown(self, now: int) -> dict[str, object]:
        """It as the platform states it at ``now``."""
        views = max(0, now - self.published_at) // MINUTE * self.a_minute
        return {
            "id": self.id,
            "create_time": self.published_at,
            "cover_image_url": f"https://p16.example/{self.id}.jpeg?x-expires={now + 21_600}",
            "share_url": f"https://www.tiktok.com/@mara/video/{self.id}",
            "video_description": f"{self.title} #balcony",
            "duration": 21,
            "height": 1024,
            "width": 576,
            "title": self.title,
            "embed_html": "<blockquote></blockquote>",
            "embed_link": f"https://www.tiktok.com/player/v1/{self.id}",
            "like_count": views // 10,
            "comment_count": views // 100,
            "share_count": views // 200,
            "view_count": views,
            "is_aigc": False,
        }


@dataclass
class Person:
    """A TikTok account."""

    open_id: str
    username: str
    display_name: str
    followers: int = 5_400
    videos: list[Video] = field(default_factory=list)
    target: bool = True
    """Whether a sandbox app may use it."""

    def shown(self) -> dict[str, object]:
        """It as the platform states it."""
        return {
            "open_id": self.open_id,
            "union_id": f"u{self.open_id}",
            "avatar_url": "https://p16.example/avatar.jpeg",
            "display_name": self.display_name,
            "username": self.username,
            "bio_description": "",
            "profile_deep_link": f"https://vm.tiktok.com/{self.username}/",
            "is_verified": False,
            "follower_count": self.followers,
            "following_count": 88,
            "likes_count": 91_000,
            "video_count": len(self.listed()),
        }

    def listed(self) -> list[Video]:
        """The public list, newest first."""
        shown = [video for video in self.videos if video.listed and video.there]
        return sorted(shown, key=lambda video: video.published_at, reverse=True)


FIELDS_OF = {
    "user.info.basic": {"open_id", "union_id", "avatar_url", "display_name"},
    "user.info.profile": {"username", "bio_description", "profile_deep_link", "is_verified"},
    "user.info.stats": {"follower_count", "following_count", "likes_count", "video_count"},
}


@dataclass
class Code:
    """A consent, good for one token call."""

    person: Person
    scopes: tuple[str, ...]
    challenge: str
    redirect_uri: str
    until: float

    def fits(self, verifier: str) -> bool:
        """Whether the challenge is the verifier's, in hexadecimal."""
        return self.challenge == hashlib.sha256(verifier.encode()).hexdigest()


@dataclass
class Token:
    """An access or refresh token."""

    person: Person
    scopes: tuple[str, ...]
    until: float


def person(number: int = 1, videos: int = 3, now: int = 0) -> Person:
    """Someone with ``videos`` videos, one a day, the newest an hour old at ``now``."""
    made = Person(f"-000open{number}", f"mara{number}", f"Mara {number}")
    for back in range(videos):
        at = now - 3_600 - back * 86_400
        made.videos.append(Video(str(at << 32 | number), at, 3 + back % 5))
    return made
