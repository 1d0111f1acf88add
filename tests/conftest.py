"""Fixtures that every test may use, and what is set by itself for all of them.

Where a test takes `database_url` it runs twice: on a fresh SQLite file and on a fresh database of a
real PostgreSQL.
"""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings

from snapshot_core import clock
from snapshot_core.store.database import Store
from tests.support import leaks
from tests.support.chromium import find_chromium
from tests.support.needs import Missing, give_up
from tests.support.ports import free_port as find_free_port
from tests.support.postgres import Server, running_server
from tests.support.read_here import read_files_here
from tests.support.staged import installed

ROOT = Path(__file__).resolve().parent.parent
MEMORY = Path("/dev/shm")
ROOM = 4 << 30

# Time limits, per example or for making them, only measure how busy the machine is; fixtures are
# not made anew for each example, and those that are used so may be used again. Under CI the
# examples are the same each time, so that a change is not blamed for what chance found.
UNTIMED = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("usual", UNTIMED, derandomize=os.environ.get("CI") == "true")
settings.register_profile("soak", UNTIMED, max_examples=5_000)
settings.load_profile("usual")


def pytest_xdist_auto_num_workers() -> int:
    """Two more than there are processors: many tests wait for a server or a browser."""
    return (os.cpu_count() or 1) + 2


def pytest_configure() -> None:
    """Forget the developer's own settings: no test may touch the real database.

    Where memory serves as a folder, what the tests write goes there: a thousand small databases
    wait for a disk a quarter of the time.
    """
    for name in list(os.environ):
        if name in {"DATABASE_URL", "PORT"} or name.startswith("TRUEGROWTH_"):
            del os.environ[name]
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # it was looked up before


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by the equipment they take, and leave the long ones out unless asked for."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if {"postgres_url", "postgres_server", "frail_server"} & set(fixtures):
            item.add_marker("postgres")
        if "chromium_path" in fixtures:
            item.add_marker("browser")
    if "soak" not in config.option.markexpr:
        long = [item for item in items if item.get_closest_marker("soak")]
        if long:
            config.hook.pytest_deselected(items=long)
            items[:] = [item for item in items if item not in long]


@pytest.fixture(scope="session", autouse=True)
def no_real_clock() -> Iterator[None]:
    """No test hangs on when it runs: whoever is given no clock in a test's own process has none."""

    def refuse() -> float:
        raise AssertionError("this test reads the real clock: give it one that stands still")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "time", SimpleNamespace(time=refuse))
        yield


@pytest.fixture(scope="session", autouse=True)
def no_secret_left(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """After the last test: no token in any log, database or file that the tests have written."""
    folder = tmp_path_factory.getbasetemp()
    log = logging.FileHandler(folder / "everything.log", encoding="utf-8")
    log.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(log)
    root.setLevel(logging.INFO)
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)  # else every statement is logged
    yield
    root.removeHandler(log)
    log.close()
    assert leaks.in_files(folder) == [], "a secret was written in clear text"
    if MEMORY in folder.parents and not request.session.testsfailed:
        shutil.rmtree(folder, ignore_errors=True)  # nobody looks at it, and memory is dear


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL server of this test process's own, started when first needed (about 1 s)."""
    with _server_or_skip() as server:
        yield server


@pytest.fixture(scope="module")
def frail_server() -> Iterator[Server]:
    """One more, which a test may stop or freeze: it is nobody else's."""
    with _server_or_skip() as server:
        yield server


@contextmanager
def _server_or_skip() -> Iterator[Server]:
    context = running_server()
    try:
        server = context.__enter__()
    except Missing as missing:
        give_up(missing)
    try:
        yield server
    finally:
        context.__exit__(None, None, None)


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """The URL of a fresh, empty PostgreSQL database."""
    with postgres_server.fresh_database() as url:
        yield url
        assert leaks.in_postgres(url) == [], "a secret stands in the database in clear text"


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'truegrowth.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh, empty database, once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A fresh store with its tables, on each kind of database."""
    made = installed(database_url)
    yield made
    made.close()


@pytest.fixture
def read_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Foreign files are read in this process, but by tests that are marked `apart`."""
    if request.node.get_closest_marker("apart") is None:
        read_files_here(monkeypatch)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The path of the machine's Chromium; start it with `launch_arguments()` beside it."""
    try:
        return find_chromium()
    except Missing as missing:
        give_up(missing)


@pytest.fixture
def free_port() -> int:
    """A TCP port of 127.0.0.1 to start a server on."""
    return find_free_port()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real readings that may lie beside a checkout; not part of the repository."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real readings (../shared/data) are not beside this checkout")
    return folder
