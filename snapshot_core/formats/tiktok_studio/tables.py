"""The tables of a TikTok Studio export: how each is recognised, and what it gives."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from snapshot_core.formats.captures import Refusals
from snapshot_core.formats.spreadsheet.table import Table, folded
from snapshot_core.readings import VideoReading

Kind = Literal["content", "followers", "amounts"]

AMOUNTS: Final = {
    "video views": "views",
    "profile views": "profile_views",
    "likes": "likes",
    "comments": "comments",
    "shares": "shares",
}
"""The columns of Overview.csv, and what we call them."""
TOTALS: Final = {
    "total views": "views",
    "total likes": "likes",
    "total comments": "comments",
    "total shares": "shares",
}
"""The same of Content.csv."""
_OLD_TOTALS: Final = {
    "video views": "total views",
    "likes": "total likes",
    "comments": "total comments",
    "shares": "total shares",
}
"""What the totals of Content.csv were called earlier."""
_SWEDISH: Final = {
    "datum": "date",
    "videovisningar": "video views",
    "profilvisningar": "profile views",
    "gilla-markeringar": "likes",
    "kommentarer": "comments",
    "delningar": "shares",
    "videotitel": "video title",
    "videolänk": "video link",
    "publiceringstid": "post time",
}
"""Old exports have columns in the language of the display; these are the ones that are known."""
_VIDEO: Final = frozenset(["video title", "video link", "post time"])
_MORE_OF_A_VIDEO: Final = frozenset(
    [
        "add to favorites",
        "average watch time",
        "lägg till i favoriter",
        "new followers",
        "total play time",
        "watched full video",
    ]
)
_DIFFERENCE: Final = "difference in followers from previous day"


@dataclass(frozen=True, slots=True)
class StudioVideo:
    """A video of Content.csv."""

    line: int
    day: date
    """Of the export: the totals are of that day."""
    reading: VideoReading
    uploaded: int | None
    """Instant, from the video's id; None of one older than TikTok itself."""
    posted: date | None
    """The day of the post, where that is not the day of the upload."""


@dataclass(slots=True)
class StudioFile:
    """The content of an export, by day."""

    videos: list[StudioVideo] = field(default_factory=list)
    followers: list[tuple[int, date, int | None]] = field(default_factory=list)
    """``(line, day, count)``; None where Studio does not know."""
    amounts: list[tuple[int, date, dict[str, int]]] = field(default_factory=list)
    """``(line, day, amounts by metric)``, without those that are unknown."""
    rows_read: int = 0
    duplicates: int = 0
    refused: Refusals = field(default_factory=Refusals)
    notices: list[str] = field(default_factory=list)


def column_names(table: Table) -> list[str]:
    """The columns as Studio calls them in English today."""
    names = [_SWEDISH.get(name, name) for name in map(folded, table.header)]
    if _VIDEO.issubset(names):
        names = [_OLD_TOTALS.get(name, name) for name in names]
    return names


def kind_of(table: Table) -> Kind | None:
    """Which table of Studio this is; None where it is none."""
    names = set(column_names(table))
    if names >= _VIDEO and names & set(TOTALS):
        # Some exports do not say of which day they are. Somebody's own table has a column for it.
        if "time" in names or names <= _VIDEO | set(TOTALS) | _MORE_OF_A_VIDEO:
            return "content"
        return None
    if "date" in names and "video views" in names:
        return "amounts"
    known = {"date", "followers", _DIFFERENCE}
    return "followers" if {"date", "followers"} <= names <= known else None
