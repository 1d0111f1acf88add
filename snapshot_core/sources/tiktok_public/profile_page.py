"""The counters on the page of a profile, which yt-dlp passes by."""

import json
import re
from typing import Final

from snapshot_core.readings import NO_PROFILE, ProfileReading
from snapshot_core.sources import json_fields

_DATA: Final = re.compile(
    rb'<script[^>]*\bid="__UNIVERSAL_DATA_FOR_REHYDRATION__"[^>]*>(.*?)</script>', re.DOTALL
)


def profile_in(page: bytes) -> ProfileReading:
    """What a profile's page says of the profile; nothing where it is built in another way.

    TikTok rounds these numbers as it rounds those of videos. They tell people which account they
    have found, and are not stored.
    """
    if (script := _DATA.search(page)) is None:
        return NO_PROFILE
    try:
        data = json.loads(script[1])
    except (ValueError, RecursionError):
        return NO_PROFILE
    place = "__DEFAULT_SCOPE__", "webapp.user-detail", "userInfo", "stats"
    stats = json_fields.nested(data, *place)
    return ProfileReading(
        followers=json_fields.count(json_fields.nested(stats, "followerCount")),
        videos=json_fields.bounded(json_fields.nested(stats, "videoCount")),
    )
