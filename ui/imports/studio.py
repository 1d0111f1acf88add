"""A TikTok Studio export in the dialog: whose it is, what will be imported, and Import."""

from datetime import date

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from snapshot_core.errors import TruegrowthError
from snapshot_core.formats.tiktok_studio.export import ExportDayNeeded
from snapshot_core.formats.tiktok_studio.preview import StudioPreview
from snapshot_core.transfer.foreign_file import import_file, preview_studio
from snapshot_core.transfer.import_studio import Target
from snapshot_core.windows import local_date
from ui.imports.account import ChosenAccount, choose_account
from ui.imports.preview import studio_preview
from ui.imports.report import rows_to_refuse
from ui.imports.texts import STUDIO, UNNAMED
from ui.imports.upload import ImportResult, answer, failed, import_upload, on_disk, row_word
from ui.session import PageSession


def studio_form(session: PageSession, file: UploadedFile) -> ImportResult | None:
    """What became of the export; None until Import is pressed."""
    st.html(STUDIO)
    into = choose_account(session, file.file_id)
    today = local_date(session.now, into.zone)
    try:
        suggested = _suggested_day(session, file, into, today)
        day = st.date_input(
            "Day of the export",
            value=suggested,
            min_value=date(2016, 1, 1),
            max_value=today,
            format="YYYY-MM-DD",
            help="Dates in the file have no year. It is worked out from this day.",
            key=f"tg-exported-{file.file_id}",
        )
        exported = day if isinstance(day, date) and day != suggested else None
        if suggested is None and exported is None:
            return None
        export = _preview(session, file, into, exported)
    except TruegrowthError as error:
        return failed(file, error)
    st.html(studio_preview(export, into.zone, session.now))
    disabled = into.name is None or export.nothing
    pressed = st.button("Import", type="primary", key="tg-import", disabled=disabled)
    if export.refused:
        st.html(rows_to_refuse(export.refused, row_word(file.name)))
    if not pressed or into.name is None:
        return None
    target = Target(into.name, into.zone, exported, file.name)
    return import_upload(
        session,
        file,
        lambda path, progress: import_file(
            session.store, path, session.user, session.clock(), target, progress
        ),
    )


def _suggested_day(
    session: PageSession, file: UploadedFile, into: ChosenAccount, today: date
) -> date | None:
    """The newest day in the file; None where only its owner knows when it was exported."""
    try:
        return min(_preview(session, file, into, None).last or today, today)
    except ExportDayNeeded:
        return None


def _preview(
    session: PageSession, file: UploadedFile, into: ChosenAccount, exported: date | None
) -> StudioPreview:
    """What the export would become. Of an account without a name, as of a new one."""

    def preview() -> StudioPreview:
        target = Target(into.name or UNNAMED, into.zone, exported, file.name)
        with on_disk(file, file.name) as path:
            return preview_studio(session.store, path, session.user, session.now, target)

    key = (file.file_id, into.name, exported, session.now // 60, session.revisions)
    return answer(f"export, {'as it is' if exported is None else 'of a day'}", key, preview)
