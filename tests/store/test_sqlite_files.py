"""The files of a SQLite database: who makes them, and what becomes of them while it is in use."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from snapshot_core.errors import SettingsError, StoreError
from snapshot_core.store.database import Store
from snapshot_core.store.schema import upgrade
from snapshot_core.store.tables import users
from tests.support.copies import rows_of_copy
from tests.support.staged import installed
from tests.support.waiting import PATIENCE_SECONDS


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    """A store that has been read and written, as those of job and dashboard."""
    made = installed(sqlite_url)
    add(made, "before")
    assert emails(made) == ["before"]
    yield made
    made.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "truegrowth.db"


def add(store: Store, email: str) -> None:
    row = {"user_id": hash(email) % 2**31, "email": email, "created_at": 0}
    store.transact(lambda connection: connection.execute(insert(users), row).rowcount)


def emails(store: Store) -> list[str]:
    with store.read() as connection:
        return sorted(connection.scalars(select(users.c.email)))


def emails_in_the_file_alone(path: Path) -> list[str]:
    """What ``cp`` of the one file gets."""
    return sorted(email for (email,) in rows_of_copy(path, "SELECT email FROM users"))


class TestOnlySettingUpMakesIt:
    def test_a_file_that_is_not_there(self, sqlite_url: str, path: Path) -> None:
        store = Store(sqlite_url)
        for use in (store.read, store.write):
            with pytest.raises(StoreError, match=f"no database at {path}.*run: .* setup"), use():
                pass
        store.close()
        assert not path.exists()
        upgrade(store)
        assert emails(store) == []
        store.close()

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        store = Store(f"sqlite:///{tmp_path}/disk/data/growth.db")
        with pytest.raises(StoreError, match=f"folder {tmp_path}/disk/data .*mount"), store.read():
            pass
        assert not (tmp_path / "disk").exists()
        upgrade(store)
        store.close()

    def test_a_file_where_the_folder_should_be(self, tmp_path: Path) -> None:
        (tmp_path / "disk").write_text("a file")
        with pytest.raises(StoreError, match="cannot be made"):
            upgrade(Store(f"sqlite:///{tmp_path}/disk/growth.db"))

    def test_a_name_with_characters_of_addresses(self, tmp_path: Path) -> None:
        path = tmp_path / "100% of #1? yes" / "growth & co.db"
        store = Store(f"sqlite:///{path}".replace("?", "%3F"))
        if store.file is None or store.file.path != path:
            pytest.skip("a URL cannot name such a file")
        upgrade(store)
        store.close()
        assert path.exists()

    def test_the_log_of_a_database_that_was_moved_is_not_given_to_a_new_one(
        self, sqlite_url: str, path: Path, tmp_path: Path
    ) -> None:
        log = path.with_name("truegrowth.db-wal")
        log.write_bytes(b"rows of another")
        with pytest.raises(StoreError, match=f"{log} is here"):
            upgrade(Store(sqlite_url))
        assert not path.exists()


class TestMovedWhileInUse:
    def test_nothing_is_made_in_its_place_and_it_works_again_when_it_is_back(
        self, store: Store, path: Path, tmp_path: Path
    ) -> None:
        path.rename(elsewhere := tmp_path / "elsewhere.db")
        for _ in range(3):
            with pytest.raises(StoreError, match=r"no database at .*put it back"):
                add(store, "lost")
            with pytest.raises(StoreError, match="no database at"):
                emails(store)
        assert not path.exists()
        elsewhere.rename(path)
        add(store, "after")
        assert emails(store) == ["after", "before"]

    def test_moved_with_its_folder(self, store: Store, path: Path, tmp_path: Path) -> None:
        tmp_path.rename(moved := tmp_path.with_name(f"{tmp_path.name}-moved"))
        try:
            with pytest.raises(StoreError, match=r"folder .* is not there"):
                emails(store)
            assert not tmp_path.exists()
        finally:
            moved.rename(tmp_path)
        assert emails(store) == ["before"]

    def test_in_the_middle_of_a_transaction_nothing_is_stored_unseen(
        self, store: Store, path: Path, tmp_path: Path
    ) -> None:
        elsewhere = tmp_path / "elsewhere.db"

        def work(connection):
            connection.execute(insert(users), {"user_id": 9, "email": "unseen", "created_at": 0})
            if not elsewhere.exists():
                path.rename(elsewhere)

        with pytest.raises(StoreError, match="no database at"):
            store.transact(work)
        elsewhere.rename(path)
        assert emails(store) == ["before"]

    def test_another_in_its_place_is_not_mixed_with_it(
        self, store: Store, path: Path, tmp_path: Path
    ) -> None:
        """Whoever has the old one open would, closing it, take away the log of the new one."""
        other = tmp_path / "backup.db"
        backup = installed(f"sqlite:///{other}")
        add(backup, "restored")
        backup.close()
        add(store, "newest")
        for file in tmp_path.glob("truegrowth.db*"):
            file.rename(tmp_path / f"old-{file.name}")
        other.rename(path)
        for _ in range(2):
            with pytest.raises(StoreError, match=r"was replaced.*Stop the dashboard and the job"):
                emails(store)
            with pytest.raises(StoreError, match="was replaced"):
                add(store, "lost")
        store.close()
        assert emails(store) == ["restored"]  # opened anew

    @pytest.mark.parametrize("suffix", ["-wal", "-shm"])
    def test_a_file_beside_it_taken_away_is_missed_and_nothing_is_lost(
        self, store: Store, path: Path, tmp_path: Path, suffix: str
    ) -> None:
        beside = path.with_name(path.name + suffix)
        assert beside.exists()
        beside.rename(elsewhere := tmp_path / "elsewhere")
        with pytest.raises(StoreError, match=f"{suffix}, a part of .*taken away.*Put it back"):
            add(store, "lost")
        elsewhere.rename(beside)
        add(store, "after")
        beside.unlink()
        with pytest.raises(StoreError, match="If it is gone: stop the dashboard and the job"):
            emails(store)
        store.close()  # what the deleted log held is brought back at the end
        assert emails_in_the_file_alone(path) == ["after", "before"]


class TestTheFileAlone:
    """`cp truegrowth.db` is what people do, whatever the guide says."""

    def test_after_a_checkpoint_and_after_the_end(
        self, store: Store, path: Path, tmp_path: Path
    ) -> None:
        add(store, "first")
        assert store.checkpoint()
        assert path.with_name("truegrowth.db-wal").stat().st_size == 0
        assert emails_in_the_file_alone(path) == ["before", "first"]
        other = Store(store.writer.url.render_as_string())
        emails(other)  # somebody else has it open, so that nobody is the last to close it
        add(store, "second")
        store.close()
        assert emails_in_the_file_alone(path) == ["before", "first", "second"]
        other.close()
        assert not path.with_name("truegrowth.db-wal").exists()

    def test_a_reader_of_an_older_state_makes_it_wait_for_the_next_occasion(
        self, store: Store, sqlite_url: str, path: Path, tmp_path: Path
    ) -> None:
        other = Store(sqlite_url)
        with other.read() as connection:
            connection.execute(select(users)).all()
            add(store, "meanwhile")
            assert not store.checkpoint()
            store.close()  # neither fails
            add(store, "later")
        assert store.checkpoint()
        assert emails_in_the_file_alone(path) == ["before", "later", "meanwhile"]
        other.close()

    def test_it_raises_nothing_whatever_is_wrong(
        self, store: Store, sqlite_url: str, path: Path, tmp_path: Path
    ) -> None:
        add(store, "more")
        path.rename(elsewhere := tmp_path / "elsewhere.db")
        assert not store.checkpoint()
        elsewhere.rename(path)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert not store.checkpoint()
        other.close()
        assert store.checkpoint()
        assert Store("sqlite:////nowhere/growth.db").checkpoint()  # there is nothing to bring back

    def test_writers_wait_for_it_a_second_at_most(self, store: Store, sqlite_url: str) -> None:
        other = Store(sqlite_url)
        with other.read() as connection:
            connection.execute(select(users)).all()
            add(store, "meanwhile")
            blocked = threading.Thread(target=store.checkpoint)
            blocked.start()
            add(other, "beside it")
            blocked.join(PATIENCE_SECONDS)
            assert not blocked.is_alive()
        assert emails(store) == ["before", "beside it", "meanwhile"]
        other.close()

    def test_the_file_that_a_link_leads_to(self, tmp_path: Path) -> None:
        (tmp_path / "disk").mkdir()
        link, real = tmp_path / "growth.db", tmp_path / "disk" / "real.db"
        link.symlink_to(real)
        store, other = installed(f"sqlite:///{link}"), Store(f"sqlite:///{link}")
        add(store, "first")
        assert emails(other) == ["first"]
        assert real.with_name("real.db-wal").stat().st_size > 0
        assert store.checkpoint()
        assert real.with_name("real.db-wal").stat().st_size == 0
        real.rename(elsewhere := tmp_path / "disk" / "elsewhere.db")
        with pytest.raises(StoreError, match="no database at"):
            emails(store)
        elsewhere.rename(real)
        store.close()
        other.close()
        assert emails_in_the_file_alone(real) == ["first"]

    def test_a_server_has_nothing_to_bring_back(self, postgres_url: str) -> None:
        store = Store(postgres_url)
        upgrade(store)
        assert store.checkpoint()
        store.close()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_all_that_is_made_is_its_owners_alone(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        folder = tmp_path / "new" / "data"
        store = Store(f"sqlite:///{folder / 'growth.db'}")
        upgrade(store)
        emails(store)
        made = {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}
        store.close()
    finally:
        os.umask(before)
    assert made == dict.fromkeys(("growth.db", "growth.db-wal", "growth.db-shm"), 0o600)
    for each in (folder, folder.parent):
        assert each.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    (folder := tmp_path / "mine").mkdir()
    folder.chmod(0o755)
    store = Store(f"sqlite:///{folder / 'growth.db'}")
    upgrade(store)
    store.close()
    assert folder.stat().st_mode & 0o777 == 0o755


def test_an_address_without_a_file_is_refused() -> None:
    with pytest.raises(SettingsError, match="must name a file"):
        Store("sqlite://")
