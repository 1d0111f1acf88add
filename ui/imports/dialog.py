"""Bringing readings in: a file is dropped, looked at, imported, and told what became of it."""

from typing import IO, Final

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from snapshot_core.errors import TruegrowthError
from snapshot_core.transfer import import_file, recognise
from ui.controls import NEXT_ACCOUNT
from ui.imports.mapped import mapped_form
from ui.imports.readings_texts import INTRODUCTION, columns, example, problem
from ui.imports.studio import studio_form
from ui.imports.upload import SUFFIXES, Brought, found_out, on_disk, received
from ui.session import PageSession, open_session
from ui.videos.table import VIDEO_PARAMETER

LARGEST: Final = 100
"""Megabytes of a file. As CSV that is a good 800,000 readings, and some 500 MB while it is read."""
BROUGHT: Final = "tg-brought"
"""Key of what became of the file that the dialog holds."""
TIMES: Final = "tg-times-closed"


def _closed() -> None:
    """The next time it opens it is empty, however soon that is."""
    st.session_state[TIMES] = st.session_state.get(TIMES, 0) + 1


# A callback also means a rerun: the page behind has to show what came in.
@st.dialog("Bring your readings in", width="medium", on_dismiss=_closed)
def connect() -> None:
    """Take a file in, and say what became of it."""
    session = open_session()
    with st.container(key="tg-bring", gap="small"):
        st.html(INTRODUCTION)
        file = st.file_uploader(
            "Readings file",
            type=SUFFIXES,
            max_upload_size=LARGEST,
            key=f"tg-file-{st.session_state.get(TIMES, 0)}",
            label_visibility="collapsed",
        )
        if file is None:
            _how_to(session)
            return
        brought: Brought | None = st.session_state.get(BROUGHT)
        if brought is None or brought.file_id != file.file_id:
            place = st.empty()
            with place.container(gap="small"):
                brought = _took(session, file)
            if brought is None:
                return  # there are questions left
            place.empty()
            st.session_state[BROUGHT] = brought
        st.html(brought.told)
        if brought.stored:
            _show(brought.account)
        else:
            _how_to(session)
        if brought.left_out:
            st.html(brought.left_out)


def _took(session: PageSession, file: UploadedFile) -> Brought | None:
    """What became of the file; None while it takes answers to take it in."""
    try:
        kind = _kind(file)
    except TruegrowthError as error:
        return Brought(file.file_id, problem(str(error)))
    if kind == "studio":
        return studio_form(session, file)
    if kind == "table":
        return mapped_form(session, file)
    with st.spinner("Reading your file …", show_time=True):
        return bring(session, file, file.name, file.file_id)


def _kind(file: UploadedFile) -> str:
    def look() -> str:
        with on_disk(file, file.name) as path:
            return recognise(path)

    return found_out("kind", file.file_id, look)


def bring(session: PageSession, file: IO[bytes], name: str, file_id: str) -> Brought:
    """Import the readings in ``file``, which its owner calls ``name``."""
    return received(
        session,
        file,
        name,
        file_id,
        lambda path: import_file(session.store, path, session.user, session.clock()),
    )


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
    """What a file needs, and one that has it."""
    st.html(columns())
    st.download_button(
        "Download an example file",
        example(session.clock()),
        file_name="example-readings.csv",
        mime="text/csv",
        on_click="ignore",
        key="tg-example",
    )
