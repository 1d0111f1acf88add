"""Any other table in the dialog: what its columns are, what will be imported, and Import."""

from datetime import date
from typing import Final

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from snapshot_core.errors import InputError, TruegrowthError
from snapshot_core.formats.cells import DATE_FORMS, SEPARATORS, DateForm
from snapshot_core.formats.mapped.columns import DATES, Suggestion
from snapshot_core.formats.mapped.names import ACCOUNT, FIELDS
from snapshot_core.formats.mapped.parse import TableMapping, check_mapping
from snapshot_core.formats.recognise import FileLook
from snapshot_core.metrics import COUNTERS
from snapshot_core.transfer.foreign_file import import_mapped, preview_mapped, suggest_forms
from snapshot_core.windows import local_date, noon
from ui.html import note
from ui.imports.account import ChosenAccount, choose_account
from ui.imports.preview import raw_rows, table_preview
from ui.imports.report import not_imported, rows_to_refuse
from ui.imports.texts import DATE_EXAMPLES, FIELD_LABELS, SEPARATOR_EXAMPLES, TABLE, UNNAMED
from ui.imports.upload import ImportResult, answer, failed, import_upload, on_disk, row_word
from ui.session import PageSession

NO_COLUMN: Final = -1
"""In place of a column's position: the file has none."""
_WIDTH: Final = 220


def mapped_form(
    session: PageSession, file: UploadedFile, look: FileLook, suggestion: Suggestion
) -> ImportResult | None:
    """What became of the table; None until Import is pressed."""
    header = look.header
    st.html(raw_rows(header, look.rows) + TABLE)
    place = st.container()
    columns = _columns(header, suggestion, file.file_id)
    with place:
        if ACCOUNT in columns:
            into = ChosenAccount(UNNAMED, session.zone())  # the rows name their own
        else:
            into = choose_account(session, file.file_id)
    try:
        form, separator = _forms(file, columns, suggestion)
    except TruegrowthError as error:
        return failed(file, error)
    read_at = None
    if "captured_at" not in columns:
        day = st.date_input(
            "Day of all counts",
            value=None,
            max_value=local_date(session.now, into.zone),
            format="YYYY-MM-DD",
            key=f"tg-read-{file.file_id}",
        )
        read_at = min(noon(day, into.zone), session.now) if isinstance(day, date) else None
    if form is None:
        return None
    mapping = TableMapping(into.name or UNNAMED, into.zone, columns, form, separator, read_at)
    try:
        check_mapping(mapping)
    except InputError as error:
        st.html(note(str(error)))
        return None
    try:
        preview, refused, importable = _preview(session, file, mapping)
    except TruegrowthError as error:
        st.html(not_imported(str(error)))
        return None
    st.html(preview)
    disabled = into.name is None or not importable
    pressed = st.button("Import", type="primary", key="tg-import", disabled=disabled)
    if refused:
        st.html(refused)
    if not pressed or into.name is None:
        return None
    return import_upload(
        session,
        file,
        lambda path, progress: import_mapped(
            session.store, path, session.user, session.clock(), mapping, progress
        ),
    )


def _columns(header: list[str], suggestion: Suggestion, file_id: str) -> dict[str, int]:
    """The column of each of our fields, as chosen."""
    columns: dict[str, int] = {}
    with st.container(horizontal=True, key="tg-columns"):
        for field in (*FIELDS, ACCOUNT):
            suggested = suggestion.columns.get(field, NO_COLUMN)
            chosen = st.selectbox(
                FIELD_LABELS[field],
                [NO_COLUMN, *range(len(header))],
                index=suggested + 1,
                format_func=lambda position: _column_name(header, position),
                key=f"tg-column-{field}-{file_id}",
                width=_WIDTH,
            )
            if chosen != NO_COLUMN:
                columns[field] = chosen
    return columns


def _column_name(header: list[str], position: int) -> str:
    if position == NO_COLUMN:
        return "Not in the file"
    name = header[position]
    unique = name and header.count(name) == 1
    return name if unique else f"{name or 'No name'} (column {position + 1})"


def _forms(
    file: UploadedFile, columns: dict[str, int], suggestion: Suggestion
) -> tuple[DateForm | None, str]:
    """How dates and numbers are written; the former is None until it is clear."""

    def look() -> Suggestion:
        with on_disk(file, file.name) as path:
            return suggest_forms(path, columns)

    if columns != suggestion.columns:
        suggestion = answer("columns", (file.file_id, repr(columns)), look)
    # Other columns, another answer.
    key = f"{file.file_id}-{sorted(columns.items())}"
    form: DateForm | None = "year first"
    separator = ""
    with st.container(horizontal=True, key="tg-forms"):
        if set(DATES) & set(columns):
            form = st.selectbox(
                "Date format",
                DATE_FORMS,
                index=None if suggestion.form is None else DATE_FORMS.index(suggestion.form),
                format_func=lambda form: DATE_EXAMPLES[form],
                placeholder="Not clear from the file: choose",
                key=f"tg-dates-{key}",
                width=_WIDTH,
            )
        if set(COUNTERS) & set(columns):
            separator = st.selectbox(
                "Thousands separator",
                SEPARATORS,
                index=SEPARATORS.index(suggestion.separator),
                format_func=lambda separator: SEPARATOR_EXAMPLES[separator],
                key=f"tg-signs-{key}",
                width=_WIDTH,
            )
    return form, separator


def _preview(
    session: PageSession, file: UploadedFile, mapping: TableMapping
) -> tuple[str, str, bool]:
    """What would be imported and what not, as HTML, and whether anything would."""

    def preview() -> tuple[str, str, bool]:
        with on_disk(file, file.name) as path:
            table = preview_mapped(path, mapping, session.now)
        return (
            table_preview(table, mapping.zone, session.now),
            rows_to_refuse(table.refused, row_word(file.name)),
            table.captures > 0,
        )

    return answer("rows", (file.file_id, repr(mapping), session.now // 60), preview)
