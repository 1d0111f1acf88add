"""The settings of YouTube's Data API."""

from dataclasses import dataclass

from snapshot_core.settings import parsers
from snapshot_core.settings.declaration import setting


@dataclass(frozen=True, slots=True)
class YouTubeSettings:
    """The address is without a slash at the end."""

    api_key: str | None = setting(
        "TRUEGROWTH_YOUTUBE_API_KEY", str, "key of the YouTube Data API v3", secret=True
    )
    api_base: str = setting(
        "TRUEGROWTH_YOUTUBE_API_BASE",
        parsers.base_address,
        "the YouTube Data API",
        default="https://youtube.googleapis.com/youtube/v3",
    )
    keep_days: int = setting(
        "TRUEGROWTH_YOUTUBE_KEEP_DAYS",
        parsers.number(0, 100_000),
        "days that YouTube's numbers are kept; 0 keeps them for ever, which YouTube allows only "
        "to those whose amendment it has accepted; growth in 30 days takes 61",
        default="30",
    )
