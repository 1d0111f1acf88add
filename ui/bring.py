"""Bringing readings in: a file is dropped, imported at once, and told what became of it."""

from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import IO, Final

import streamlit as st

from snapshot_core.errors import TruegrowthError
from snapshot_core.sources.sample import Sample
from snapshot_core.store.accounts import Account, accounts_of
from snapshot_core.transfer import import_file
from ui.bring_words import INTRODUCTION, columns, example, outcome, problem, refused
from ui.controls import NEXT_ACCOUNT
from ui.desk import Desk, open_desk
from ui.video_table import OPEN

LARGEST: Final = 100
"""Megabytes of a file. As CSV that is a good 800,000 readings, and some 500 MB while it is read."""
SUFFIXES: Final = ("csv", "parquet")
BROUGHT: Final = "tg-brought"
"""Key of what became of the file that the dialog holds."""
TIMES: Final = "tg-times-closed"


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of one file."""

    file_id: str
    told: str
    left_out: str = ""
    """The rows that were refused; both are HTML."""
    stored: bool = False
    """Whether its readings are there now."""
    account: str | None = None
    """The account to show next."""


def _closed() -> None:
    """The next time it opens it is empty, however soon that is."""
    st.session_state[TIMES] = st.session_state.get(TIMES, 0) + 1


# A callback also means a rerun: the page behind has to show what came in.
@st.dialog("Bring your readings in", width="medium", on_dismiss=_closed)
def connect() -> None:
    """Take a file in, and say what became of it."""
    desk = open_desk()
    with st.container(key="tg-bring", gap="small"):
        st.html(INTRODUCTION)
        file = st.file_uploader(
            "Readings file",
            type=SUFFIXES,
            max_upload_size=LARGEST,
            key=f"tg-file-{st.session_state.get(TIMES, 0)}",
            label_visibility="collapsed",
        )
        brought: Brought | None = None
        if file is not None:
            brought = st.session_state.get(BROUGHT)
            if brought is None or brought.file_id != file.file_id:
                with st.spinner("Reading your file …", show_time=True):
                    brought = bring(desk, file, file.name, file.file_id)
                st.session_state[BROUGHT] = brought
            st.html(brought.told)
        if brought is not None and brought.stored:
            _show(brought.account)
        else:
            _how_to(desk)
        if brought is not None and brought.left_out:
            st.html(brought.left_out)


def _show(account: str | None) -> None:
    """The way on: to what has come in."""
    arguments = (account,)
    if st.button("Show my growth", type="primary", key="tg-show", on_click=_select, args=arguments):
        st.rerun()


def _select(account: str | None) -> None:
    if account is not None:
        st.session_state[NEXT_ACCOUNT] = account
    st.query_params.pop(OPEN, None)  # on the Videos page, a video of another account


def _how_to(desk: Desk) -> None:
    """What a file needs, and one that has it."""
    st.html(columns())
    st.download_button(
        "Download an example file",
        example(desk.clock()),
        file_name="example-readings.csv",
        mime="text/csv",
        on_click="ignore",
        key="tg-example",
    )


def bring(desk: Desk, file: IO[bytes], name: str, file_id: str) -> Brought:
    """Import ``file``, which its owner calls ``name``. Nothing of it stays behind."""
    suffix = Path(name).suffix.lower()
    try:
        with TemporaryDirectory(prefix="truegrowth-") as folder:
            path = Path(folder, f"readings{suffix if suffix[1:] in SUFFIXES else '.csv'}")
            try:
                with path.open("wb") as copy:
                    copyfileobj(file, copy, 1 << 20)
                report = import_file(desk.store, path, desk.user, desk.clock())
            except TruegrowthError as error:
                # The person knows the file by its own name.
                said = str(error).replace(str(path), name).replace(path.name, name)
                return Brought(file_id, problem(said))
        with desk.store.read() as connection:
            now_there = accounts_of(connection, desk.user.user_id)
    except TruegrowthError as error:
        return Brought(file_id, problem(str(error)))
    except OSError as error:
        why = error.strerror or "it could not be written"
        return Brought(file_id, problem(f"There is no room to unpack the file: {why}."))
    stored = report.added + report.already_there > 0
    left_out = refused(report.refused, "Row" if suffix == ".parquet" else "Line")
    to_show = _to_show(report.accounts_added, desk, now_there)
    return Brought(file_id, outcome(report), left_out, stored, to_show)


def _to_show(made: list[str], desk: Desk, now_there: list[Account]) -> str | None:
    """The account that was made; else one that changed; else one that is not made up."""
    was = set(desk.revisions)
    changed = [one.name for one in now_there if (one.account_id, one.revision) not in was]
    own = [one.name for one in now_there if one.source != Sample.name]
    return next(iter([*made, *changed, *own]), None)
