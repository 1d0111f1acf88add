"""The equipment of the suite itself: a real PostgreSQL, isolated databases, nothing left behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.support import chromium, needs
from tests.support.needs import Missing
from tests.support.postgres import Server
from tests.support.waiting import PATIENCE_SECONDS, wait_until

ROOT = Path(__file__).resolve().parent.parent


def ask(url: str, statement: str) -> object:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            result = connection.execute(text(statement))
            return result.scalar() if result.returns_rows else None
    finally:
        engine.dispose()


def test_the_server_is_really_postgresql(postgres_url: str) -> None:
    assert str(ask(postgres_url, "select version()")).startswith("PostgreSQL ")
    # Only PostgreSQL itself can say this: a lock of a table, seen in its catalogue.
    assert ask(postgres_url, "select count(*) > 0 from pg_locks where granted") is True


def test_the_tests_are_not_a_superuser_and_not_in_utc(postgres_url: str) -> None:
    assert ask(postgres_url, "show is_superuser") == "off"
    assert ask(postgres_url, "show timezone") != "UTC"


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_has_an_empty_database(database_url: str, turn: int) -> None:
    # Would fail in the second turn if anything of the first were left.
    ask(database_url, "create table leftover (id integer)")
    assert ask(database_url, "select count(*) from leftover") == 0


def test_two_databases_do_not_see_each_other(postgres_server: Server) -> None:
    with postgres_server.fresh_database() as one, postgres_server.fresh_database() as other:
        ask(one, "create table mine (id integer)")
        assert ask(one, "select to_regclass('mine')") is not None
        assert ask(other, "select to_regclass('mine')") is None


def test_a_database_goes_away_even_with_a_connection_open(postgres_server: Server) -> None:
    with postgres_server.fresh_database() as url:
        engine = create_engine(url)
        forgotten = engine.connect()
        name = make_url(url).database
    forgotten.invalidate()
    engine.dispose()
    with postgres_server.fresh_database() as other:
        known = ask(other, f"select count(*) from pg_database where datname = '{name}'")
    assert known == 0


@pytest.mark.postgres
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_the_server_ends_with_a_killed_holder(postgres_server: Server, end: signal.Signals) -> None:
    # `postgres_server` only to be skipped where there is none; this one has a holder to kill.
    script = (
        "import time\n"
        "from tests.support.postgres import running_server\n"
        "with running_server() as server:\n"
        "    print(server.url('postgres'), flush=True)\n"
        "    time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        url = make_url(holder.stdout.readline().strip())
        folder = Path(str(url.query["host"]))
        server = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        holder.send_signal(end)
    wait_until(lambda: not folder.exists())
    assert not is_running(server)


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # In a container that reaps nothing, an ended process stays in the table as a zombie.
    status = Path(f"/proc/{process}/status")
    return not (status.exists() and "State:\tZ" in status.read_text())


def test_missing_equipment_is_a_skip_and_under_ci_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no such thing"):
        needs.give_up(Missing("no such thing"))
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no such thing"):
        needs.give_up(Missing("no such thing"))


def test_a_wrong_chromium_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(Missing, match="/nowhere/chromium"):
        chromium.find_chromium()


def test_chromium_renders_a_page(chromium_path: str, tmp_path: Path) -> None:
    answer = subprocess.run(
        [
            chromium_path,
            "--headless",
            *chromium.launch_arguments(),
            f"--user-data-dir={tmp_path}",
            "--dump-dom",
            "data:text/html,<p id=a></p><script>a.textContent = 6 * 7</script>",
        ],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=True,
    )
    assert ">42</p>" in answer.stdout
