"""A file that was dropped: a copy of it while it is read, and what became of it."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import IO, Final, TypeVar

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from snapshot_core.errors import InputError, TruegrowthError
from snapshot_core.formats.isolated import Progress
from snapshot_core.sources.sample import Sample
from snapshot_core.store.accounts import Account, accounts_of
from snapshot_core.transfer.import_report import ImportReport
from snapshot_core.view.wording.numbers import exact
from ui.imports.report import imported, not_imported, refused_rows
from ui.session import PageSession

T = TypeVar("T")

FILE_TYPES: Final = ("csv", "parquet", "zip", "xlsx")
ANSWERS: Final = "tg-import-answers"
"""Key of what was last found out about a file, by question."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of one file, as HTML."""

    file_id: str
    message: str
    refused: str = ""
    """The rows that were left out."""
    stored: bool = False
    """Whether its readings are there now."""
    account: str | None = None
    """The account to show next."""


@contextmanager
def on_disk(file: IO[bytes], name: str) -> Iterator[Path]:
    """A copy of ``file``, which its owner calls ``name``. Nothing of it stays behind.

    Errors about the file call it by that name. Raises `TruegrowthError`.
    """
    suffix = Path(name).suffix.lower()
    try:
        with TemporaryDirectory(prefix="truegrowth-") as folder:
            path = Path(folder, f"readings{suffix if suffix[1:] in FILE_TYPES else '.csv'}")
            file.seek(0)
            with path.open("wb") as copy:
                copyfileobj(file, copy, 1 << 20)
            try:
                yield path
            except InputError as error:
                message = str(error).replace(str(path), name).replace(path.name, name)
                raise type(error)(message) from error
    except OSError as error:
        why = error.strerror or "it could not be written"
        raise InputError(f"There is no room to unpack the file: {why}.") from error


def import_upload(
    session: PageSession,
    file: UploadedFile,
    import_path: Callable[[Path, Progress], ImportReport],
) -> ImportResult:
    """Import a file by ``import_path``, showing how far it is, and say what became of it."""
    place = st.empty()

    def progress(done: int, total: int) -> None:
        rows = f"{exact(done)} of {exact(total)} rows imported"
        place.progress(min(1.0, done / total) if total else 0.0, text=rows)

    try:
        with on_disk(file, file.name) as path:
            report = import_path(path, progress)
        with session.store.read() as connection:
            accounts = accounts_of(connection, session.user.user_id)
    except TruegrowthError as error:
        return failed(file, error)
    return ImportResult(
        file.file_id,
        imported(report),
        refused_rows(report.refused, row_word(file.name)),
        stored=report.added + report.already_there > 0,
        account=_to_show(report.accounts_added, session, accounts),
    )


def failed(file: UploadedFile, error: TruegrowthError) -> ImportResult:
    """Why nothing came of a file."""
    return ImportResult(file.file_id, not_imported(str(error)))


def row_word(name: str) -> str:
    """What a file of that name has: lines, or rows."""
    return "Row" if Path(name).suffix.lower() in (".parquet", ".xlsx") else "Line"


def answer(question: str, key: Hashable, find_out: Callable[[], T]) -> T:
    """What ``find_out`` gives, not called again while ``key`` is the same."""
    answers: dict[str, tuple[Hashable, T]] = st.session_state.setdefault(ANSWERS, {})
    if question not in answers or answers[question][0] != key:
        answers[question] = (key, find_out())
    return answers[question][1]


def _to_show(made: list[str], session: PageSession, accounts: list[Account]) -> str | None:
    """The account that was made; else one that changed; else one that is not the sample."""
    before = set(session.revisions)
    changed = [a.name for a in accounts if (a.account_id, a.revision) not in before]
    own = [account.name for account in accounts if account.source != Sample.name]
    return next(iter([*made, *changed, *own]), None)
