"""What a file will become, as it is shown before anything is imported."""

from collections.abc import Sequence
from html import escape
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.formats.mapped.preview import TablePreview
from snapshot_core.formats.readings.columns import COLUMNS
from snapshot_core.formats.tiktok_studio.preview import DaySpan, StudioPreview
from snapshot_core.metrics import COUNTERS
from snapshot_core.view.wording.numbers import UNKNOWN_TEXT, calendar_day, exact, moment
from snapshot_core.windows import local_date
from ui.html import note
from ui.imports.report import notices
from ui.wording import plural

PAST: Final = (
    "An export fills in the past of an account. To see growth from here on, connect the account "
    "too and import the export into it."
)
ACCOUNT_ROW: Final = "The account itself"


def studio_preview(export: StudioPreview, zone: ZoneInfo, now: int) -> str:
    """What an export will become, as a table of facts."""
    facts = [
        (
            plural(totals.videos, "video"),
            f"totals at {moment(totals.captured_at, zone, now)}; the list holds only top posts, "
            "so nothing is concluded about other videos",
        )
        for totals in export.contents
    ]
    if days := export.followers:
        facts.append((plural(days.count, "day"), f"of followers, {_span(days)}"))
    if days := export.amounts:
        shown = "they are shown as TikTok reported them and never turned into snapshots"
        facts.append((plural(days.count, "day"), f"of daily amounts, {_span(days)}; {shown}"))
    if export.set_aside:
        waiting = "without a number yet, left for a newer file"
        facts.append((plural(export.set_aside, "row"), waiting))
    if not facts:
        return _nothing(export.notices)
    rows = "".join(
        f'<tr><th scope="row">{escape(count)}</th><td>{escape(meaning)}</td></tr>'
        for count, meaning in facts
    )
    table = f'<table class="tg-facts"><tbody>{rows}</tbody></table>'
    return _preview(f"{table}{notices(export.notices)}{note(PAST)}")


def table_preview(table: TablePreview, zone: ZoneInfo, now: int) -> str:
    """The first rows of a table as they would be stored, and how many there are."""
    days = DaySpan.of([local_date(at, zone) for at in (table.first, table.last) if at is not None])
    if days is None or not table.rows:
        return _nothing(table.notices)
    summary = (
        f"{plural(table.readings, 'reading')} of {plural(table.videos, 'video')} in "
        f"{plural(table.captures, 'snapshot')}, {_span(days)}"
    )
    cells = [dict(zip(COLUMNS, row.cells(), strict=True)) for row in table.rows]
    used = [metric for metric in COUNTERS if any(row[metric] is not None for row in cells)]
    names = ("video", "read at", *used)
    head = "".join(f'<th scope="col">{name.capitalize()}</th>' for name in names)
    body = "".join(
        f'<tr><th scope="row">{escape(row["title"] or row["video_id"] or ACCOUNT_ROW)}</th>'
        f"<td>{escape(moment(row['captured_at'], zone, now))}</td>"
        + "".join(f"<td>{_count(row[metric])}</td>" for metric in used)
        + "</tr>"
        for row in cells
    )
    return _preview(
        f"<p>{escape(summary)}. The first rows:</p>"
        f'<table class="tg-first"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        f"{notices(table.notices)}"
    )


def _preview(content: str) -> str:
    return f'<div role="status"><h2>What will be imported</h2>{content}</div>'


def _nothing(messages: Sequence[str]) -> str:
    return f'<div role="status"><h2>Nothing to import</h2>{notices(messages)}</div>'


def _count(count: int | None) -> str:
    return UNKNOWN_TEXT if count is None else exact(count)


def _span(days: DaySpan) -> str:
    first, last = calendar_day(days.first), calendar_day(days.last)
    return first if first == last else f"{first} to {last}"
