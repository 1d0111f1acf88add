"""The command line, run in the process of a test."""

import json
from typing import Any

import pytest

from snapshot_core.cli import main
from snapshot_core.cli.program import DONE
from snapshot_core.sources.registry import load_settings
from snapshot_core.store.accounts import account_named, add_account, set_paused
from snapshot_core.store.database import Store
from tests.support.templates import fill

NOW = 1_760_000_000
"""2025-10-09T08:53:20Z."""


class CommandLine:
    """Runs commands in this process; ``now`` is the instant they see."""

    def __init__(self, database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.environ = environment(database_url)
        self.capsys = capsys
        self.now = NOW
        self.out = self.err = ""

    def set_up(self) -> None:
        """As ``setup`` leaves an empty database."""
        fill(self.environ["DATABASE_URL"], _set_up)
        self.capsys.readouterr()

    def __call__(self, *argv: object) -> int:
        status = main(
            [str(each) for each in argv], lambda: load_settings(self.environ, None), self._clock
        )
        self.out, self.err = self.capsys.readouterr()
        return status

    def pause(self, name: str) -> None:
        store = Store(self.environ["DATABASE_URL"])
        with store.read() as connection:
            key = account_named(connection, 1, name).key
        store.transact(lambda connection: set_paused(connection, key, True))
        store.close()

    def _clock(self) -> int:
        return self.now

    def json(self, *argv: object) -> Any:
        assert self(*argv, "--json") == DONE, self.err
        assert self.err == ""
        return json.loads(self.out)

    def add(self, name: str, of_source: str) -> None:
        store = Store(self.environ["DATABASE_URL"])
        store.transact(lambda connection: add_account(connection, 1, name, of_source, self.now))
        store.close()


def environment(database_url: str) -> dict[str, str]:
    return {"DATABASE_URL": database_url, "TRUEGROWTH_TIME_ZONE": "Europe/Berlin"}


def _set_up(database_url: str) -> None:
    settings = load_settings(environment(database_url), None)
    assert main(["setup"], lambda: settings, lambda: NOW) == DONE
