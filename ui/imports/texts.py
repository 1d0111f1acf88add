"""What is said of a file before it is imported."""

from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.formats.captures import ParsedFile
from snapshot_core.formats.readings.columns import COLUMNS, ReadingRow
from snapshot_core.metrics import COUNTERS
from snapshot_core.transfer.import_studio_plan import StudioPlan
from snapshot_core.view.wording.numbers import exact, moment
from snapshot_core.windows import local_date
from ui.html import note

STUDIO: Final = (
    "<p>This is an export of <b>TikTok Studio</b>. It does not say whose it is. Nothing is written "
    "before you press Import.</p>"
)
TABLE: Final = (
    "<p>Say what its columns are. Counts must be <b>totals at that moment</b>, not what came in on "
    "a day. Nothing is written before you press Import.</p>"
)
PAST: Final = (
    "An export fills in the past of an account. To see growth from here on, connect the account "
    "too, and bring the export into it."
)
UNKNOWN: Final = "–"
ITSELF: Final = "The account itself"


def studio_plan(plan: StudioPlan, zone: ZoneInfo, now: int) -> str:
    """What an export will become, as a table of facts."""
    facts = [
        (
            _counted(len(capture.readings), "video"),
            f"totals at {moment(capture.captured_at, zone, now)}; the list holds only top posts, "
            "so nothing is concluded about other videos",
        )
        for capture in plan.contents
    ]
    if plan.followers:
        days = [local_date(one.captured_at - 1, zone) for one in plan.followers]
        facts.append((_counted(len(days), "day"), f"of followers, {_span(days)}"))
    if plan.amounts:
        days = list(plan.amounts)
        facts.append(
            (
                _counted(len(days), "day"),
                f"of daily amounts, {_span(days)}; they are shown as TikTok reported them and "
                "never turned into snapshots",
            )
        )
    if plan.set_aside:
        facts.append(
            (_counted(plan.set_aside, "row"), "without a number yet, left for a newer file")
        )
    notices = "".join(note(f"{one[:1].upper()}{one[1:]}.") for one in plan.notices)
    if not facts:
        return f'<div role="status"><h2>Nothing would come in</h2>{notices}</div>'
    rows = "".join(
        f'<tr><th scope="row">{escape(what)}</th><td>{escape(said)}</td></tr>'
        for what, said in facts
    )
    return (
        f'<div role="status"><h2>What will come in</h2><table class="tg-facts"><tbody>{rows}'
        f"</tbody></table>{notices}{note(PAST)}</div>"
    )


def table_plan(parsed: ParsedFile, rows: Sequence[ReadingRow], zone: ZoneInfo, now: int) -> str:
    """The first rows of a table as they would be stored, and how many there are."""
    notices = "".join(note(f"{one[:1].upper()}{one[1:]}.") for one in parsed.notices)
    if not rows:
        return f'<div role="status"><h2>Nothing would come in</h2>{notices}</div>'
    readings = sum(len(one.readings) + (one.profile is not None) for one in parsed.captures)
    videos = {video.platform_id for one in parsed.captures for _, video in one.readings}
    days = [local_date(one.captured_at, zone) for one in parsed.captures]
    told = (
        f"{_counted(readings, 'reading')} of {_counted(len(videos), 'video')} in "
        f"{_counted(len(parsed.captures), 'snapshot')}, {_span(days)}"
    )
    cells = [dict(zip(COLUMNS, row.cells(), strict=True)) for row in rows]
    used = [metric for metric in COUNTERS if any(row[metric] is not None for row in cells)]
    head = "".join(
        f'<th scope="col">{name.capitalize()}</th>' for name in ("video", "read at", *used)
    )
    body = "".join(
        f'<tr><th scope="row">{escape(row["title"] or row["video_id"] or ITSELF)}</th>'
        f"<td>{escape(moment(row['captured_at'], zone, now))}</td>"
        + "".join(f"<td>{_count(row[metric])}</td>" for metric in used)
        + "</tr>"
        for row in cells
    )
    return (
        f'<div role="status"><h2>What will come in</h2><p>{escape(told)}. The first rows:</p>'
        f'<table class="tg-first"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        f"{notices}</div>"
    )


def _count(count: int | None) -> str:
    return UNKNOWN if count is None else exact(count)


def _counted(count: int, word: str) -> str:
    return f"{exact(count)} {word}{'' if count == 1 else 's'}"


def _span(days: Sequence[date]) -> str:
    first, last = min(days), max(days)
    if first == last:
        return _written(first)
    return f"{_written(first)} to {_written(last)}"


def _written(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
