"""What a file will become, as it is shown before anything is imported."""

from collections.abc import Sequence
from html import escape
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.formats.preview import TablePreview
from snapshot_core.formats.readings.columns import COLUMNS
from snapshot_core.formats.tiktok_studio.preview import StudioPreview
from snapshot_core.metrics import COUNTERS
from snapshot_core.view.wording.import_preview import studio_facts, table_summary
from snapshot_core.view.wording.numbers import UNKNOWN_TEXT, exact, moment
from ui.html import note
from ui.imports.report import notices

PAST: Final = (
    "An export fills in an account's past. To see its growth from now on, connect the account too, "
    "and import the export into it."
)
ACCOUNT_ROW: Final = "The account itself"
MAX_CELL_CHARACTERS: Final = 60
"""Of a raw cell."""


def raw_rows(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first rows of a table as they stand in the file."""
    head = "".join(f'<th scope="col">{escape(name or UNKNOWN_TEXT)}</th>' for name in header)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell[:MAX_CELL_CHARACTERS])}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    table = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<h2>The first rows of your file</h2><table class="tg-first">{table}</table>'


def studio_preview(export: StudioPreview, zone: ZoneInfo, now: int) -> str:
    """What an export will become, as a table of facts."""
    facts = studio_facts(export, zone, now)
    if not facts:
        return _nothing(export.notices)
    rows = "".join(
        f'<tr><th scope="row">{escape(fact.count)}</th><td>{escape(fact.meaning)}</td></tr>'
        for fact in facts
    )
    table = f'<table class="tg-facts"><tbody>{rows}</tbody></table>'
    return _preview(f"{table}{notices(export.notices)}{note(PAST)}")


def table_preview(table: TablePreview, zone: ZoneInfo, now: int) -> str:
    """The first rows of a table as they would be stored, and how many there are."""
    summary = table_summary(table, zone)
    if summary is None or not table.rows:
        return _nothing(table.notices)
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
