"""What columns are called elsewhere."""

import re
from collections.abc import Sequence
from typing import Final

from snapshot_core.formats.spreadsheet.table import folded
from snapshot_core.metrics import COUNTERS, METRICS, Metric

FIELDS: Final = ("video_id", "captured_at", *COUNTERS, "title", "published_at")
"""Our fields, by the names of a readings file, in the order that they are asked for in."""
ACCOUNT: Final = "account"
"""A field that is suggested only where its column names several: mostly a table is of one."""

_NAMES: Final = {
    "video_id": "video id|video link|video url|link|url|post id|post url|permalink|aweme id"
    "|item id|id|video",
    "captured_at": "captured at|read at|snapshot|snapshot date|snapshot at|timestamp|collected at"
    "|collected on|fetched at|scraped at|measured at|measured on|recorded at|as of|date|day|time"
    "|date time|datum|fecha|data|日期|日付",
    "title": "title|video title|caption|description|text|desc",
    ACCOUNT: "account|account name|handle|username|user|profile|profile name|channel|channel name"
    "|channel title|creator|creator name|author|author name|nickname|uploader|konto|cuenta|compte",
    "published_at": "published at|published|post time|posted|posted at|post date|publish date"
    "|upload date|uploaded|created|created at|create time|video publish time",
}
"""The likeliest first. Signs between words do not count."""
_MORE_NAMES: Final = {
    "views": "video views|plays|play count|aufrufe|visualizaciones|visualizações|vues"
    "|visualizzazioni|weergaven|wyświetlenia|просмотры|görüntüleme|再生回数|視聴回数|观看次数|播放量|조회수",
    "likes": "hearts|digg count",
    "shares": "reposts",
    "saves": "favourites|favorites|bookmarks|collect count",
    "followers": "subscribers|subscriber count",
}
"""The same of metrics that have other names than their own."""


def _key(name: str) -> str:
    """A name as it is compared: ``play_count``, ``Play Count`` and ``playCount`` are the same."""
    return re.sub(r"[\s_-]", "", folded(name))


def _metric_names(metric: Metric) -> str:
    names = metric.name, metric.label, f"total {metric.name}", metric.column
    return "|".join((*names, *filter(None, [_MORE_NAMES.get(metric.name)])))


_KNOWN: Final = {
    field: list(map(_key, names.split("|")))
    for field, names in {
        **_NAMES,
        **{metric.name: _metric_names(metric) for metric in METRICS},
    }.items()
}


def columns_named(header: Sequence[str], field: str) -> list[int]:
    """The positions of the columns that may be called so, the likeliest first."""
    keys = list(map(_key, header))
    return [position for name in _KNOWN[field] for position, key in enumerate(keys) if key == name]


def known_fields(header: Sequence[str]) -> set[str]:
    """Which of our fields a row names."""
    return {field for field in FIELDS if columns_named(header, field)}
