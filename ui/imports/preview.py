"""What a file will become, as it is shown before anything is imported."""

from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.formats.captures import ParsedFile
from snapshot_core.formats.readings.columns import COLUMNS, ReadingRow
from snapshot_core.metrics import COUNTERS
from snapshot_core.transfer.import_studio_plan import StudioPlan
from snapshot_core.view.wording.numbers import UNKNOWN_TEXT, exact, moment
from snapshot_core.windows import local_date
from ui.html import note
from ui.imports.report import notices
from ui.wording import plural

PAST: Final = (
    "An export fills in the past of an account. To see growth from here on, connect the account "
    "too and import the export into it."
)
ACCOUNT_ROW: Final = "The account itself"


def studio_preview(plan: StudioPlan, zone: ZoneInfo, now: int) -> str:
    """What an export will become, as a table of facts."""
    facts = [
        (
            plural(len(capture.readings), "video"),
            f"totals at {moment(capture.captured_at, zone, now)}; the list holds only top posts, "
            "so nothing is concluded about other videos",
        )
        for capture in plan.contents
    ]
    if plan.followers:
        days = [local_date(capture.captured_at - 1, zone) for capture in plan.followers]
        facts.append((plural(len(days), "day"), f"of followers, {_span(days)}"))
    if plan.amounts:
        shown = "they are shown as TikTok reported them and never turned into snapshots"
        days = list(plan.amounts)
        facts.append((plural(len(days), "day"), f"of daily amounts, {_span(days)}; {shown}"))
    if plan.set_aside:
        waiting = "without a number yet, left for a newer file"
        facts.append((plural(plan.set_aside, "row"), waiting))
    if not facts:
        return _nothing(plan.notices)
    rows = "".join(
        f'<tr><th scope="row">{escape(count)}</th><td>{escape(meaning)}</td></tr>'
        for count, meaning in facts
    )
    table = f'<table class="tg-facts"><tbody>{rows}</tbody></table>'
    return _preview(f"{table}{notices(plan.notices)}{note(PAST)}")


def table_preview(parsed: ParsedFile, rows: Sequence[ReadingRow], zone: ZoneInfo, now: int) -> str:
    """The first rows of a table as they would be stored, and how many there are."""
    if not rows:
        return _nothing(parsed.notices)
    captures = parsed.captures
    readings = sum(len(capture.readings) + (capture.profile is not None) for capture in captures)
    videos = {video.platform_id for capture in captures for _, video in capture.readings}
    days = [local_date(capture.captured_at, zone) for capture in captures]
    summary = (
        f"{plural(readings, 'reading')} of {plural(len(videos), 'video')} in "
        f"{plural(len(captures), 'snapshot')}, {_span(days)}"
    )
    cells = [dict(zip(COLUMNS, row.cells(), strict=True)) for row in rows]
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
        f"{notices(parsed.notices)}"
    )


def _preview(content: str) -> str:
    return f'<div role="status"><h2>What will be imported</h2>{content}</div>'


def _nothing(messages: Sequence[str]) -> str:
    return f'<div role="status"><h2>Nothing to import</h2>{notices(messages)}</div>'


def _count(count: int | None) -> str:
    return UNKNOWN_TEXT if count is None else exact(count)


def _span(days: Sequence[date]) -> str:
    first, last = min(days), max(days)
    return _written(first) if first == last else f"{_written(first)} to {_written(last)}"


def _written(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
