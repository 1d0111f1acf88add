"""What a program of ours is started with."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def environment(database_url: str, **more: str) -> dict[str, str]:
    """This process's environment with a database and ``more``.

    A program reads the real clock. Its nightly snapshots are half a day away from now, so that
    none falls into a test.
    """
    night = datetime.now(UTC) + timedelta(hours=12)
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "TRUEGROWTH_TIME_ZONE": "UTC",
        "TRUEGROWTH_SNAPSHOT_AT": f"{night:%H:%M}",
        **more,
    }
