"""Kill -9 of the dashboard while people take snapshots: nothing half, and it starts again."""

import json
import random
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

import pytest
from sqlalchemy import update

import run
from snapshot_core.store.accounts import add_account
from snapshot_core.store.database import Store
from snapshot_core.store.tables import accounts
from snapshot_core.store.users import LOCAL_EMAIL, user_named
from snapshot_core.windows import DAY
from tests.browser.conftest import answers
from tests.support.kills import begun, intact, kill_after, series
from tests.support.ports import free_port
from tests.support.programs import ROOT, environment
from tests.support.staged import captures_of, halves
from tests.support.stock import local_accounts
from tests.support.waiting import PATIENCE_SECONDS, wait_until

NAMES = ("second", "third", "fourth")
WORK_SECONDS = 2.0
"""In which a kill falls, from the first snapshot on."""


class Installation:
    """A database with some made-up accounts, and whoever takes snapshots of them."""

    def __init__(self, url: str) -> None:
        self.port = free_port()
        self.environ = environment(url, PORT=str(self.port))
        self.command("setup")
        words = self.command("token", "create", "mine", "--scope", "read,snapshot").split()
        self.token = words[0]
        self.store = Store(url)
        yesterday = int(time.time()) - DAY

        def add(connection):
            user = user_named(connection, LOCAL_EMAIL)
            assert user is not None
            for name in NAMES:
                add_account(connection, user.user_id, name, "sample", yesterday)

        self.store.transact(add)
        self.keys = {account.name: account.key for account in local_accounts(self.store)}

    def command(self, *arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "snapshot_core", *arguments],
            cwd=ROOT, env=self.environ, check=True, capture_output=True, text=True,
            timeout=PATIENCE_SECONDS,
        ).stdout  # fmt: skip

    def take(self) -> int:
        """Take a snapshot of all accounts through the API; how many it said are stored now."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/growth/snapshot",
            headers={"authorization": f"Bearer {self.token}"},
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return str(json.load(answer)["message"]).count("complete snapshot of")

    def take_until_it_is_killed(self) -> int:
        """Snapshots that were said to be stored."""
        told = 0
        try:
            while True:
                told += self.take()
        except (OSError, HTTPException):
            return told

    def stored(self) -> int:
        return sum(len(captures_of(self.store, key)) for key in self.keys.values())

    def let_leases_end(self) -> None:
        """As time does: this test has the real clock."""
        self.store.transact(
            lambda c: (
                c.execute(update(accounts).values(lease_owner=None, lease_until=None)).rowcount
            )
        )


@pytest.mark.parametrize(("seed", "kills"), series(few=1))
def test_killed_at_any_moment_it_starts_again(database_url: str, seed: int, kills: int) -> None:
    here, chance = Installation(database_url), random.Random(seed)
    arguments = run.commands(here.environ)["dashboard"][1:]
    health, told_in_all = f"http://127.0.0.1:{here.port}/_stcore/health", 0

    for _ in range(kills):
        with (
            begun(arguments, here.environ) as dashboard,
            ThreadPoolExecutor(len(here.keys)) as pool,
        ):
            wait_until(lambda: answers(health))
            here.let_leases_end()
            # A second has passed since the last snapshot: two of one second are one.
            assert here.take() == len(here.keys)  # what was killed hinders nobody
            before, taker = here.stored(), pool.submit(here.take_until_it_is_killed)
            kill_after(dashboard, chance.uniform(0, WORK_SECONDS))
            told = taker.result()
        assert intact(here.store)
        for key in here.keys.values():
            assert halves(here.store, key) == []
        # What it said it had stored is there, and at most one of each that it could not tell of.
        assert told <= here.stored() - before <= told + len(here.keys)
        told_in_all += told

    here.store.close()
    print(f"{kills} kills, {told_in_all} snapshots told meanwhile")
