"""What is wrong with a SQLite database is told by place and remedy, and reading goes on."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from snapshot_core.errors import StoreError
from snapshot_core.store.database import Connection, Store
from snapshot_core.store.engines import PROGRAM
from snapshot_core.store.tables import users
from tests.support.disks import read_only_disk, small_disk
from tests.support.programs import ROOT
from tests.support.staged import installed
from tests.support.waiting import PATIENCE_SECONDS

HASTY = replace(PROGRAM, lock=0.05)
NOBODY = "os.setuid(65_534)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (made := tmp_path / "disk").mkdir()
    return made


def store_in(folder: Path) -> Store:
    """With one user."""
    store = installed(f"sqlite:///{folder / 'growth.db'}")
    add(store, 1)
    return store


def add(store: Store, number: int, size: int = 1) -> None:
    row = {"user_id": number, "email": f"{number}".ljust(size, "."), "created_at": 0}
    store.transact(lambda connection: connection.execute(insert(users), row).rowcount)


def add_without_end(store: Store) -> None:
    for number in count(2):
        add(store, number, 8_000)


def numbers(store: Store) -> list[int]:
    with store.read() as connection:
        return list(connection.scalars(select(users.c.user_id).order_by(users.c.user_id)))


class TestReadOnlyDisk:
    def test_it_is_read_and_what_cannot_be_written_is_told(self, folder: Path) -> None:
        store = store_in(folder)
        store.close()
        with read_only_disk(folder):
            assert numbers(store) == [1]
            told = f"{folder}/growth.db is on a disk that is mounted read-only: it can be read"
            assert str(store.read_only()).startswith(f"The database {told}")
            with pytest.raises(StoreError, match=told):
                add(store, 2)
            assert store.checkpoint()
            assert numbers(store) == [1]
        assert store.read_only() is None
        add(store, 2)  # through the same store: the disk can be written again
        assert numbers(store) == [1, 2]
        store.close()

    def test_what_others_write_meanwhile_is_seen(self, folder: Path, tmp_path: Path) -> None:
        """As a folder that is shared with a container for reading only."""
        store_in(folder).close()
        (shared := tmp_path / "shared").mkdir()
        subprocess.run(["mount", "--bind", folder, shared], check=False)
        try:
            with read_only_disk(shared):
                reader = Store(f"sqlite:///{shared / 'growth.db'}")
                assert numbers(reader) == [1]
                writer = Store(f"sqlite:///{folder / 'growth.db'}")
                add(writer, 2)
                assert numbers(reader) == [1, 2]
                writer.close()
                reader.close()
        finally:
            subprocess.run(["umount", "--lazy", shared], check=False)

    def test_rows_that_only_the_log_has(self, folder: Path) -> None:
        store_in(folder).close()
        script = (
            "import os, sqlite3\n"
            f"file = sqlite3.connect({str(folder / 'growth.db')!r})\n"
            "file.execute(\"INSERT INTO users (user_id, email, created_at) VALUES (2, 'b', 0)\")\n"
            "file.commit(); os._exit(0)"
        )
        subprocess.run([sys.executable, "-c", script], check=True)
        store = Store(f"sqlite:///{folder / 'growth.db'}")
        with read_only_disk(folder):
            assert numbers(store) == [1, 2]
            store.close()
        (folder / "growth.db-shm").unlink()
        with read_only_disk(folder), pytest.raises(StoreError, match=r"newest rows .*db-wal"):
            numbers(store)
        assert numbers(store) == [1, 2]
        store.close()


class TestFullDisk:
    def test_what_was_stored_stays_and_it_goes_on_when_there_is_room(self, folder: Path) -> None:
        with small_disk(folder, 2_000):
            store = store_in(folder)
            with pytest.raises(StoreError, match=f"no room left on the disk of {folder}, where"):
                add_without_end(store)
            stored = numbers(store)
            with pytest.raises(StoreError, match="no room left"):
                add(store, 5_000, 500_000)
            assert numbers(store) == stored
            store.close()
            subprocess.run(["mount", "-o", "remount,size=8000k", folder], check=True)
            add(store, 5_000, 500_000)
            assert numbers(store) == [*stored, 5_000]
            with store.read() as connection:
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            store.close()

    def test_there_is_no_room_for_what_sqlite_writes_beside_it(self, folder: Path) -> None:
        """Opening it takes room too: that is told as such, not as a file that cannot be opened."""
        with small_disk(folder, 1_000):
            store_in(folder).close()
            fill = ["dd", "if=/dev/zero", f"of={folder / 'rest'}", "bs=4k"]
            assert b"No space left" in subprocess.run(fill, capture_output=True, check=False).stderr
            store = Store(f"sqlite:///{folder / 'growth.db'}")
            with pytest.raises(StoreError, match="no room left on the disk"):
                add(store, 2)
            (folder / "rest").unlink()
            add(store, 2)
            assert numbers(store) == [1, 2]
            store.close()

    def test_a_limit_on_the_size_of_files(self, folder: Path) -> None:
        store_in(folder).close()
        limit = "resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))"
        printed = child(folder, limit, "add(store, 2, 2_000_000)")
        assert f"The disk of {folder}/growth.db reports an error" in printed
        assert "no limit on the size of files or quota is reached" in printed


class TestRights:
    @pytest.fixture
    def open_folder(self) -> Iterator[Path]:
        """One that another user can reach."""
        if os.geteuid() != 0:
            pytest.skip("only root can become another user")
        with tempfile.TemporaryDirectory(dir="/tmp") as name:
            Path(name).chmod(0o755)
            yield Path(name)

    def test_a_file_of_another_user(self, open_folder: Path) -> None:
        store_in(open_folder).close()
        for action in ("numbers(store)", "add(store, 2)"):
            printed = child(open_folder, NOBODY, action)
            assert f"This user may not write {open_folder}/growth.db." in printed

    def test_a_file_of_which_one_may_only_read(self, open_folder: Path) -> None:
        store = store_in(open_folder)
        for file in store.files():
            file.chmod(0o644)
        printed = child(open_folder, NOBODY, "print(numbers(store)); add(store, 2)")
        assert printed.startswith("[1]\n")
        assert f"This user may not write {open_folder}/growth.db." in printed
        store.close()


def child(folder: Path, prepare: str, action: str) -> str:
    """What another process prints that does ``action`` after it did ``prepare``."""
    script = (
        "import os, resource\n"
        "from snapshot_core.errors import StoreError\n"
        "from tests.store.test_sqlite_faults import Store, add, numbers\n"
        f"store = Store('sqlite:///{folder / 'growth.db'}')\n"
        f"{prepare}\n"
        f"try: {action}\n"
        "except StoreError as error: print(error)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@contextmanager
def holding(path: Path, begin: str) -> Iterator[None]:
    """A process that holds a lock on the database."""
    script = (
        f"import sqlite3, sys; file = sqlite3.connect({str(path)!r}, isolation_level=None)\n"
        f"for statement in {begin!r}.split(';'): file.execute(statement)\n"
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield
        finally:
            process.send_signal(signal.SIGKILL)


class TestLocked:
    def test_for_writing(self, folder: Path) -> None:
        store_in(folder).close()
        path = folder / "growth.db"
        store = Store(f"sqlite:///{path}", HASTY)
        with holding(path, "BEGIN IMMEDIATE"):
            assert numbers(store) == [1]
            told = f"Another process keeps {path} locked.*`fuser {path}` names the process"
            with pytest.raises(StoreError, match=told), store.write():
                pass
        add(store, 2)
        store.close()

    def test_for_reading_too(self, folder: Path) -> None:
        store_in(folder).close()
        path, begin = folder / "growth.db", "PRAGMA locking_mode = EXCLUSIVE;BEGIN EXCLUSIVE"
        store = Store(f"sqlite:///{path}", HASTY)
        with (
            holding(path, begin),
            pytest.raises(StoreError, match="Another process keeps"),
            store.read(),
        ):
            pass
        assert numbers(store) == [1]
        store.close()


def test_a_damaged_file_is_named(folder: Path) -> None:
    (folder / "growth.db").write_bytes(b"a holiday photo" * 1_000)
    store = Store(f"sqlite:///{folder / 'growth.db'}")
    with pytest.raises(StoreError, match=f"{folder}/growth.db is damaged"), store.read():
        pass


def test_a_file_that_this_connection_may_not_write(folder: Path) -> None:
    store = store_in(folder)

    def write(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA query_only = ON")
        connection.execute(users.delete())

    with pytest.raises(StoreError, match="This user may not write"):
        store.transact(write)
    store.close()
