"""Nobody but a process of its own reads a foreign file for a page or a command."""

import inspect
from importlib import import_module
from pathlib import Path

import pytest

from snapshot_core.store.database import Store
from snapshot_core.store.users import LOCAL_EMAIL, User, ensure_user
from snapshot_core.transfer import foreign_file
from snapshot_core.transfer.export import export_file
from tests.support.staged import NOON
from tests.test_architecture import each, imports_of

WRITES_ONLY = {export_file}


@pytest.fixture
def user(store: Store) -> User:
    return store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, NOON))


@each("ui", "pages", "api", "jobs", "snapshot_core/cli")
def test_a_face_calls_nothing_else_that_takes_a_file(path: Path) -> None:
    for name in imports_of(path):
        package, _, last = name.rpartition(".")
        if not package.startswith(("snapshot_core.formats", "snapshot_core.transfer")):
            continue
        function = getattr(import_module(package), last, None)
        if inspect.isfunction(function) and function not in WRITES_ONLY:
            takes_a_file = Path in inspect.get_annotations(function).values()
            assert not takes_a_file or function.__module__ == foreign_file.__name__, name


def test_an_import_tells_how_far_it_is(store: Store, user: User, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        "account,video_id,captured_at,views\nmine,v1,2026-01-31T22:00:00Z,5\nmine,v1,never,5\n"
    )
    words: list[tuple[int, int]] = []
    report = foreign_file.import_file(
        store, path, user, NOON, progress=lambda *word: words.append(word)
    )
    assert (report.added, report.refused.total, report.accounts_added) == (1, 1, ["mine"])
    assert words[0] == (0, 1)
