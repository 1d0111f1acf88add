"""The words of the import dialog: what a file may be, and what its columns mean."""

from typing import Final

from snapshot_core.formats.cells import DateForm
from snapshot_core.metrics import FOLLOWERS, METRICS, VIDEO_METRICS
from snapshot_core.windows import DAY, iso

INTRODUCTION: Final = (
    "<p>Choose a TikTok Studio export (zip, CSV or Excel), a table of your own with a row for each "
    "video and date, or a readings file (CSV or Parquet). A newer file adds only what is new.</p>"
)
STUDIO: Final = (
    "<p>This is an export of <b>TikTok Studio</b>. It does not say which account it is of: please "
    "choose. Nothing is saved until you press Import.</p>"
)
TABLE: Final = (
    "<p>Which column is which? Counts must be <b>totals at that time</b>, not daily amounts. "
    "Nothing is saved until you press Import.</p>"
)
UNNAMED: Final = "–"
"""The account of a preview, until it has a name."""

FIELD_LABELS: Final = {
    "video_id": "Video ID or link",
    "captured_at": "Date of the counts",
    "title": "Title",
    "published_at": "Date of publication",
    **{metric.name: metric.label for metric in METRICS},
    "account": "Account, if the file has several",
}
DATE_EXAMPLES: Final[dict[DateForm, str]] = {
    "year first": "Year first: 2026-12-31",
    "day first": "Day first: 31.12.2026",
    "month first": "Month first: 12/31/2026",
}
SEPARATOR_EXAMPLES: Final = {
    "": "None: 1234567",
    ",": "Comma: 1,234,567",
    ".": "Full stop: 1.234.567",
    " ": "Space: 1 234 567",
    "'": "Apostrophe: 1'234'567",
}
_COLUMNS: Final = (
    (["account"], "the name it appears under"),
    (["video_id"], "the video’s ID, every digit of it"),
    (["captured_at"], "when the counts were read: 2026-01-31T22:00:00Z"),
    (VIDEO_METRICS, "totals at that time; empty if unknown"),
    (["title", "published_at"], "of the video; optional"),
    ([FOLLOWERS], "in a row without a video_id; optional"),
)


def columns() -> str:
    """The columns of a readings file."""
    rows = "".join(
        f'<tr><th scope="row">{"<br>".join(f"<code>{name}</code>" for name in names)}</th>'
        f"<td>{meaning}</td></tr>"
        for names, meaning in _COLUMNS
    )
    return (
        f'<h2>What a readings file needs</h2><table class="tg-facts"><tbody>{rows}</tbody></table>'
    )


def example(now: int) -> str:
    """A readings file of two videos in the eight nights before ``now``."""
    lines = [
        "account,video_id,title,published_at,captured_at,views,likes,comments,shares,followers"
    ]
    midnight = now - now % DAY
    videos = (
        ("7554971395553052634", "First video", 57_600),
        ("7556082501234567890", "Second", 900),
    )
    for night in range(8):
        at = iso(midnight - (7 - night) * DAY)
        for number, (video_id, title, first_views) in enumerate(videos):
            views = first_views + night * 410 * (number + 1)
            published = iso(midnight - (30 - 9 * number) * DAY)
            counts = f"{views},{views // 50},{views // 900},{views // 2000}"
            lines.append(f"my_channel,{video_id},{title},{published},{at},{counts},")
        lines.append(f"my_channel,,,,{at},,,,,{1_200 + 6 * night}")
    return "\n".join(lines) + "\n"
