"""A database that is away while somebody looks: what the page waits for, says and does then."""

import sqlite3
from dataclasses import replace
from pathlib import Path
from threading import Timer
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from snapshot_core.errors import StoreError
from snapshot_core.store.database import Store
from snapshot_core.store.engines import PERSON
from snapshot_core.view.wording.snapshot import WAITING
from tests.support.staged import Hands, Staged, added, captures_of
from tests.support.waiting import PATIENCE_SECONDS
from ui import errors, login
from ui.html import literal
from ui.login import CLOCK


def app(script: Any, clock: Hands) -> AppTest:
    at = AppTest.from_function(script, default_timeout=PATIENCE_SECONDS)
    at.session_state[CLOCK] = clock
    return at


def test_a_snapshot_that_was_read_says_what_it_waits_for_and_is_stored(
    store: Store,
    staged: Staged,
    sqlite_url: str,
    clock: Hands,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(login, "PERSON", replace(PERSON, lock=0.01))
    account = added(store)
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)

    def lock(_account: object, number: int) -> None:
        if number == 3:
            other.execute("BEGIN IMMEDIATE")
            Timer(1.0, other.rollback).start()

    staged.between = lock

    def script() -> None:
        from ui.session import open_session
        from ui.snapshot import take_snapshots

        session = open_session()
        take_snapshots(session, session.accounts)

    at = app(script, clock).run()
    assert not at.exception
    [bar] = at.get("progress")
    busy = f"{WAITING} Another process keeps "
    assert bar.proto.text.startswith(f"{literal(account.name)}: {literal(busy)}")
    assert [status for _, _, status, _ in captures_of(store, account.key)] == ["complete"]
    other.close()


@pytest.mark.parametrize("away", [False, True])
@pytest.mark.parametrize("by_itself", [False, True])
def test_what_says_that_the_database_is_away_goes_when_it_is_back(
    sample: Store, clock: Hands, monkeypatch: pytest.MonkeyPatch, by_itself: bool, away: bool
) -> None:
    """A dashboard started without a database has no last numbers, and comes up all the same."""
    runs: list[int] = []

    def open_session() -> SimpleNamespace:
        if away:
            raise StoreError("The database cannot be reached.")
        return SimpleNamespace(trouble=None)

    context = SimpleNamespace(fragment_ids_this_run=["it"] if by_itself else None)
    monkeypatch.setattr(errors, "get_script_run_ctx", lambda: context)
    monkeypatch.setattr(errors, "open_session", open_session)
    monkeypatch.setattr("ui.errors.st.rerun", lambda: runs.append(1))

    def script() -> None:
        from ui.errors import rerun_when_back

        rerun_when_back()

    assert not app(script, clock).run().exception
    assert bool(runs) == (by_itself and not away)


def test_what_a_dialog_meets_is_told_in_its_own_words(clock: Hands) -> None:
    def script() -> None:
        from snapshot_core.errors import StoreError
        from ui.errors import show_script_error

        show_script_error(StoreError("The database has *no room* left on its disk."))
        show_script_error(ValueError("secret"))

    known, ours = app(script, clock).run().error
    assert known.value == literal("The database has *no room* left on its disk.")
    assert "Something went wrong on our side" in ours.value
    assert "secret" not in ours.value
