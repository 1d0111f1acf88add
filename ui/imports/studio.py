"""A TikTok Studio export in the dialog: whose it is, what will come in, and Import."""

from datetime import date

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from snapshot_core.errors import TruegrowthError
from snapshot_core.transfer import Target, import_file, preview_studio
from snapshot_core.transfer.import_studio_plan import StudioPlan
from snapshot_core.windows import local_date
from ui.imports.readings_texts import problem, refused
from ui.imports.target import choose_target
from ui.imports.texts import STUDIO, studio_plan
from ui.imports.upload import Brought, found_out, on_disk, received, unit_of
from ui.session import PageSession


def studio_form(session: PageSession, file: UploadedFile) -> Brought | None:
    """What became of the export; None until Import is pressed."""
    st.html(STUDIO)
    name = choose_target(session, file.file_id)
    account = next((one for one in session.accounts if one.name == name), None)
    zone = session.zone(account)
    today = local_date(session.now, zone)
    try:
        guess = _look(session, file, name, None).last or today
        given = st.date_input(
            "Day of the export",
            value=min(guess, today),
            min_value=date(2016, 1, 1),
            max_value=today,
            format="YYYY-MM-DD",
            help="The days in the file have no year: this one tells them.",
            key=f"tg-exported-{file.file_id}",
        )
        exported = given if isinstance(given, date) and given != min(guess, today) else None
        plan = _look(session, file, name, exported)
    except TruegrowthError as error:
        return Brought(file.file_id, problem(str(error)))
    st.html(studio_plan(plan, zone, session.now))
    pressed = st.button(
        "Import", type="primary", key="tg-import", disabled=name is None or plan.nothing
    )
    if plan.refused:
        st.html(refused(plan.refused, unit_of(file.name)))
    if not pressed or name is None:
        return None
    target = Target(name, zone, exported, file.name)
    return received(
        session,
        file,
        file.name,
        file.file_id,
        lambda path: import_file(session.store, path, session.user, session.clock(), target),
    )


def _look(
    session: PageSession, file: UploadedFile, name: str | None, exported: date | None
) -> StudioPlan:
    """What the export would become. Of an account without a name, as of a new one."""
    account = next((one for one in session.accounts if one.name == name), None)
    zone = session.zone(account)

    def look() -> StudioPlan:
        target = Target(name or "–", zone, exported, file.name)
        with on_disk(file, file.name) as path:
            return preview_studio(session.store, path, session.user, session.now, target)

    key = (file.file_id, name, exported, session.now // 60, session.revisions)
    return found_out(f"export, {'as it is' if exported is None else 'of a day'}", key, look)
