"""The import dialog: a file is dropped, looked at, imported, and its result shown."""

from typing import Final

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from snapshot_core.errors import TruegrowthError
from snapshot_core.formats.recognise import FileLook
from snapshot_core.transfer.foreign_file import import_file, look_at
from ui.controls import NEXT_ACCOUNT
from ui.imports.mapped import mapped_form
from ui.imports.studio import studio_form
from ui.imports.texts import INTRODUCTION, columns, example
from ui.imports.upload import FILE_TYPES, ImportResult, answer, failed, import_upload, on_disk
from ui.session import PageSession, open_session
from ui.videos.rows import VIDEO_PARAMETER

MAX_FILE_MB: Final = 100
"""As CSV that is a good 800,000 readings."""
RESULT: Final = "tg-import-result"
"""Key of the result of the file that the dialog holds."""
TIMES_CLOSED: Final = "tg-times-closed"


def _closed() -> None:
    """The next time it opens it is empty, however soon that is."""
    st.session_state[TIMES_CLOSED] = st.session_state.get(TIMES_CLOSED, 0) + 1


# A callback also means a rerun: the page behind has to show what came in.
@st.dialog("Import a file", width="medium", on_dismiss=_closed)
def connect() -> None:
    """Take a file, and show its result."""
    import_form(open_session())


def import_form(session: PageSession) -> None:
    """What the dialog holds."""
    with st.container(key="tg-import-dialog", gap="small"):
        introduction = st.empty()
        file = st.file_uploader(
            "File",
            type=FILE_TYPES,
            max_upload_size=MAX_FILE_MB,
            key=f"tg-file-{st.session_state.get(TIMES_CLOSED, 0)}",
            label_visibility="collapsed",
        )
        if file is None:
            introduction.html(INTRODUCTION)
            _how_to(session)
            return
        result: ImportResult | None = st.session_state.get(RESULT)
        if result is None or result.file_id != file.file_id:
            place = st.empty()
            with place.container(gap="small"):
                result = _result(session, file)
            if result is None:
                return  # there are questions left
            place.empty()
            st.session_state[RESULT] = result
        st.html(result.message)
        if result.stored:
            _show(result.account)
        else:
            _how_to(session)
        if result.refused:
            st.html(result.refused)


def _result(session: PageSession, file: UploadedFile) -> ImportResult | None:
    """What became of the file; None while there are questions to answer."""
    try:
        look = answer("look", file.file_id, lambda: _look(file))
    except TruegrowthError as error:
        return failed(file, error)
    if look.kind == "studio":
        return studio_form(session, file)
    if look.suggestion is not None:
        return mapped_form(session, file, look, look.suggestion)
    with st.spinner("Reading your file…", show_time=True):
        return import_upload(
            session,
            file,
            lambda path, progress: import_file(
                session.store, path, session.user, session.clock(), None, progress
            ),
        )


def _look(file: UploadedFile) -> FileLook:
    with on_disk(file, file.name) as path:
        return look_at(path)


def _show(account: str | None) -> None:
    """The way on: to what has come in."""
    arguments = (account,)
    if st.button("Show my growth", type="primary", key="tg-show", on_click=_select, args=arguments):
        st.rerun()


def _select(account: str | None) -> None:
    if account is not None:
        st.session_state[NEXT_ACCOUNT] = account
    st.query_params.pop(VIDEO_PARAMETER, None)  # on the Videos page, a video of another account


def _how_to(session: PageSession) -> None:
    """What a file needs, and an example."""
    with st.expander("What a readings file looks like"):
        st.html(columns())
        st.download_button(
            "Download an example file",
            example(session.clock()),
            file_name="example-readings.csv",
            mime="text/csv",
            on_click="ignore",
            key="tg-example",
        )
