"""A file that was dropped: a copy of it while it is read, and what became of it."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import IO, Final, TypeVar

import streamlit as st

from snapshot_core.errors import InputError, TruegrowthError
from snapshot_core.sources.sample import Sample
from snapshot_core.store.accounts import Account, accounts_of
from snapshot_core.transfer import ImportReport
from ui.imports.readings_texts import outcome, problem, refused
from ui.session import PageSession

T = TypeVar("T")

SUFFIXES: Final = ("csv", "parquet", "zip", "xlsx")
FOUND: Final = "tg-found-out"
"""Key of what was last found out about a file, by what was asked."""


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


@contextmanager
def on_disk(file: IO[bytes], name: str) -> Iterator[Path]:
    """A copy of ``file``, which its owner calls ``name``. Nothing of it stays behind.

    What is wrong with the file is told by that name. Raises `TruegrowthError`.
    """
    suffix = Path(name).suffix.lower()
    try:
        with TemporaryDirectory(prefix="truegrowth-") as folder:
            path = Path(folder, f"readings{suffix if suffix[1:] in SUFFIXES else '.csv'}")
            file.seek(0)
            with path.open("wb") as copy:
                copyfileobj(file, copy, 1 << 20)
            try:
                yield path
            except InputError as error:
                # The person knows the file by its own name.
                said = str(error).replace(str(path), name).replace(path.name, name)
                raise InputError(said) from error
    except OSError as error:
        why = error.strerror or "it could not be written"
        raise InputError(f"There is no room to unpack the file: {why}.") from error


def received(
    session: PageSession,
    file: IO[bytes],
    name: str,
    file_id: str,
    take: Callable[[Path], ImportReport],
) -> Brought:
    """Import a file by ``take`` and say what became of it."""
    try:
        with on_disk(file, name) as path:
            report = take(path)
        with session.store.read() as connection:
            now_there = accounts_of(connection, session.user.user_id)
    except TruegrowthError as error:
        return Brought(file_id, problem(str(error)))
    stored = report.added + report.already_there > 0
    left_out = refused(report.refused, unit_of(name))
    to_show = _to_show(report.accounts_added, session, now_there)
    return Brought(file_id, outcome(report), left_out, stored, to_show)


def unit_of(name: str) -> str:
    """What a file of that name has: lines, or rows."""
    return "Row" if Path(name).suffix.lower() in (".parquet", ".xlsx") else "Line"


def found_out(asked: str, key: Hashable, look: Callable[[], T]) -> T:
    """What ``look`` gives, not looked for again while ``key`` is the same."""
    known: dict[str, tuple[Hashable, T]] = st.session_state.setdefault(FOUND, {})
    if asked not in known or known[asked][0] != key:
        known[asked] = (key, look())
    return known[asked][1]


def _to_show(made: list[str], session: PageSession, now_there: list[Account]) -> str | None:
    """The account that was made; else one that changed; else one that is not made up."""
    was = set(session.revisions)
    changed = [one.name for one in now_there if (one.account_id, one.revision) not in was]
    own = [one.name for one in now_there if one.source != Sample.name]
    return next(iter([*made, *changed, *own]), None)
