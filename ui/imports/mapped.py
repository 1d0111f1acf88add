"""Any other table in the dialog: what its columns are, what will come in, and Import."""

from datetime import date
from typing import Final

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from snapshot_core.errors import TruegrowthError
from snapshot_core.formats.mapped.cells import DATE_FORMS, SEPARATORS, DateForm
from snapshot_core.formats.mapped.columns import DATES, FIELDS, Suggestion, suggest, table_of
from snapshot_core.formats.mapped.parse import TableMapping, first_rows
from snapshot_core.metrics import COUNTERS
from snapshot_core.transfer import import_mapped, preview_mapped
from snapshot_core.windows import local_date, noon
from ui.imports.readings_texts import problem, refused
from ui.imports.target import choose_target
from ui.imports.texts import TABLE, table_plan
from ui.imports.upload import Brought, found_out, on_disk, received, unit_of
from ui.session import PageSession

UNNAMED: Final = "–"
"""The account of a preview, until it has a name."""
NOWHERE: Final = -1
"""In place of a column's position: the file has none."""
SHOWN: Final = 5
"""Rows of the preview."""

LABELS: Final = {
    "video_id": "Video: its id or link",
    "captured_at": "When the counts were read",
    "title": "Title",
    "published_at": "When the video went out",
}
WRITTEN: Final[dict[DateForm, str]] = {
    "year first": "Year first: 2026-12-31",
    "day first": "Day first: 31.12.2026",
    "month first": "Month first: 12/31/2026",
}
SIGNS: Final = {
    "": "not at all: 1234567",
    ",": "by commas: 1,234,567",
    ".": "by full stops: 1.234.567",
    " ": "by spaces: 1 234 567",
    "'": "by apostrophes: 1'234'567",
}


def mapped_form(session: PageSession, file: UploadedFile) -> Brought | None:
    """What became of the table; None until Import is pressed."""
    try:
        header, found = _suggested(file)
    except TruegrowthError as error:
        return Brought(file.file_id, problem(str(error)))
    st.html(TABLE)
    name = choose_target(session, file.file_id)
    account = next((one for one in session.accounts if one.name == name), None)
    zone = session.zone(account)
    columns = _columns(header, found, file.file_id)
    form, separator = _forms(file, columns)
    read_at = None
    if "captured_at" not in columns:
        day = st.date_input(
            "Day on which all counts were read",
            value=None,
            max_value=local_date(session.now, zone),
            format="YYYY-MM-DD",
            key=f"tg-read-{file.file_id}",
        )
        read_at = min(noon(day, zone), session.now) if isinstance(day, date) else None
    if form is None:
        return None
    mapping = TableMapping(name or UNNAMED, zone, columns, form, separator, read_at)
    try:
        told, left_out, anything = _look(session, file, mapping)
    except TruegrowthError as error:
        st.html(problem(str(error)))
        return None
    st.html(told)
    pressed = st.button(
        "Import", type="primary", key="tg-import", disabled=name is None or not anything
    )
    if left_out:
        st.html(left_out)
    if not pressed or name is None:
        return None
    return received(
        session,
        file,
        file.name,
        file.file_id,
        lambda path: import_mapped(session.store, path, session.user, session.clock(), mapping),
    )


def _suggested(
    file: UploadedFile, columns: dict[str, int] | None = None
) -> tuple[list[str], Suggestion]:
    """The header, and what the table looks like, with these ``columns`` where they are chosen."""

    def look() -> tuple[list[str], Suggestion]:
        with on_disk(file, file.name) as path:
            table = table_of(path)
            return table.header, suggest(table, columns)

    asked = "table" if columns is None else "columns"
    return found_out(asked, (file.file_id, repr(columns)), look)


def _columns(header: list[str], found: Suggestion, file_id: str) -> dict[str, int]:
    """The column of each of our fields, as chosen."""
    columns: dict[str, int] = {}
    positions = range(len(header))
    with st.container(horizontal=True, key="tg-columns"):
        for field in FIELDS:
            at = found.columns.get(field)
            chosen = st.selectbox(
                LABELS.get(field, field.capitalize()),
                [NOWHERE, *positions],
                index=0 if at is None else at + 1,
                format_func=lambda at: "not in the file" if at == NOWHERE else _named(header, at),
                key=f"tg-column-{field}-{file_id}",
                width=220,
            )
            if chosen != NOWHERE:
                columns[field] = chosen
    return columns


def _named(header: list[str], at: int) -> str:
    name = header[at] or "no name"
    return f"{name} (column {at + 1})" if header.count(header[at]) > 1 or not header[at] else name


def _forms(file: UploadedFile, columns: dict[str, int]) -> tuple[DateForm | None, str]:
    """How dates and numbers are written; the former is None until it is clear."""
    _, found = _suggested(file, columns)
    # Other columns, another answer.
    asked = f"{file.file_id}-{sorted(columns.items())}"
    with st.container(horizontal=True, key="tg-forms"):
        form: DateForm | None = "year first"
        if set(DATES) & set(columns):
            form = st.selectbox(
                "Dates are written",
                DATE_FORMS,
                index=None if found.form is None else DATE_FORMS.index(found.form),
                format_func=lambda one: WRITTEN[one],
                placeholder="The file does not tell: choose",
                key=f"tg-dates-{asked}",
                width=220,
            )
        separator = ""
        if set(COUNTERS) & set(columns):
            separator = st.selectbox(
                "Thousands are set apart",
                SEPARATORS,
                index=SEPARATORS.index(found.separator),
                format_func=lambda one: SIGNS[one],
                key=f"tg-signs-{asked}",
                width=220,
            )
    return form, separator


def _look(session: PageSession, file: UploadedFile, mapping: TableMapping) -> tuple[str, str, bool]:
    """What would come in and what not, in words, and whether anything would."""

    def look() -> tuple[str, str, bool]:
        with on_disk(file, file.name) as path:
            parsed = preview_mapped(path, mapping, session.now)
        told = table_plan(parsed, first_rows(parsed, SHOWN), mapping.zone, session.now)
        # Only the words are kept: the file may have a million rows.
        return told, refused(parsed.refused, unit_of(file.name)), bool(parsed.captures)

    return found_out("rows", (file.file_id, repr(mapping), session.now // 60), look)
