"""Several programs started at once on an empty database, as containers are."""

import os
import subprocess
import sys

from sqlalchemy import func, select

from snapshot_core.settings.parsers import ROOT
from snapshot_core.store.database import Store
from snapshot_core.store.tables import accounts, users


def test_all_of_them_come_up_and_one_makes_the_sample(database_url: str) -> None:
    environ = {**os.environ, "DATABASE_URL": database_url}
    command = [sys.executable, "-m", "snapshot_core", "setup"]
    starts = [
        subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    ends = [(start.communicate()[1], start.returncode) for start in starts]
    assert ends == [("", 0)] * 4
    store = Store(database_url)
    with store.read() as connection:
        counts = [connection.scalar(select(func.count()).select_from(t)) for t in (users, accounts)]
    store.close()
    assert counts == [1, 1]
