"""The engine of whichever checkout runs this file, on the same made data.

Each runs it as a script (an earlier one by `python -m benchmarks queries --before DIR`): commands
come in as lines of JSON, seconds go out. So it may import only what both have, and knows the
engine's former shape.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from time import perf_counter
from typing import Any

from benchmarks import life
from benchmarks.storage import fill
from snapshot_core.store.accounts import add_account
from snapshot_core.store.database import Store
from snapshot_core.store.schema import upgrade
from snapshot_core.windows import DAY, HOUR, Window

ON_ARRAYS = find_spec("snapshot_core.store.brackets") is not None
"""Whether this checkout's engine is `growth.lines`, or the one in three parts before it."""

NEWEST_VIDEOS = 60
TOP_VIDEOS = 10
SERVER_BLOCK_BYTES = 24 << 20


def make_user(connection: Any) -> int:
    """The number of a new user; where users are made has changed."""
    for home in ("accounts", "users"):
        name = f"snapshot_core.store.{home}"
        module: Any = import_module(name) if find_spec(name) else None
        if hasattr(module, "ensure_user"):
            number: int = module.ensure_user(connection, "creator@localhost", life.START).user_id
            return number
    raise ImportError("this checkout makes users elsewhere")


def ledgers_and_videos(connection: Any, key: Any, windows: list[Window], *, videos: bool) -> None:
    """The ledgers of all counters in each window, and the videos that gained most in the first."""
    if ON_ARRAYS:
        from snapshot_core.growth.lines import lines
        from snapshot_core.store.brackets import load

        # An earlier one reads whatever is stored, be it ahead of the clock.
        named = signature(load).parameters
        options: dict[str, Any] = {"now": windows[0].end + DAY} if "now" in named else {}
        if "rounding" in named:
            from snapshot_core.growth.rounding import EXACT

            options["rounding"] = EXACT
        else:
            options["rounded"] = False
        by_window = lines(load(connection, key, windows, **options), windows)
        for window_lines in by_window:
            window_lines.ledgers()
        if videos:
            by_window[0].top("views", TOP_VIDEOS)
        return
    from snapshot_core.store import growths, movers, scene  # type: ignore[attr-defined]

    former_scene = scene.look(connection, key, windows, rounded=False)
    growths.ledgers(connection, former_scene, windows)
    if videos:
        movers.video_lines(connection, former_scene, windows[0]).top("views", TOP_VIDEOS)


class Account:
    """An account of `benchmarks.life` in a database of its own."""

    def __init__(self, url: str, videos: int, nights: int, *, hourly: bool) -> None:
        """Fill the database. ``hourly``: the newest videos are read beside the nights as well."""
        captures = list(life.nights(videos, nights))
        self.ends = [capture.captured_at for capture in captures]
        self.store = Store(url)
        upgrade(self.store)
        with self.store.write() as connection:
            added = add_account(connection, make_user(connection), "creator", "csv", life.START)
        self.key = added.key
        fill(self.store, self.key, list(with_newest(captures)) if hourly else captures)

    def seconds(self, days: int, ago: int = 0, *, videos: bool = True) -> float:
        """How long the window and the one before take that end ``ago`` nights before the last."""
        end = self.ends[-1 - ago]
        window = Window(end - days * DAY, end)
        began = perf_counter()
        with self.store.read() as connection:
            ledgers_and_videos(connection, self.key, [window, window.before], videos=videos)
        return perf_counter() - began


def with_newest(nights: list[Any]) -> Iterator[Any]:
    """The nights, and each hour between them a capture of the newest videos."""
    for night in nights[:-1]:
        yield night
        newest = sorted(night.videos, key=lambda video: video.published_at)[-NEWEST_VIDEOS:]
        profile = replace(night.profile, videos=None)
        for hour in range(1, 24):
            at = night.captured_at + hour * HOUR
            yield replace(
                night, captured_at=at, ended_at=at, scope="recent", profile=profile, videos=newest
            )
    yield nights[-1]


def allocate_as_a_server() -> None:
    """Have memory that is given back stay with the process, as in any that serves pages.

    glibc returns what is free at the end of its heap to the system, until a large block was freed
    once: importing the app does that. Here each run would wait for hundreds of fresh pages.
    """
    bytearray(SERVER_BLOCK_BYTES)


def main() -> None:
    """Answer commands until they end."""
    allocate_as_a_server()
    accounts: dict[str, Account] = {}
    for line in sys.stdin:
        command = json.loads(line)
        name = command.pop("account")
        if "url" in command:
            accounts[name] = Account(**command)
            print("0", flush=True)
        else:
            print(accounts[name].seconds(**command), flush=True)
    for account in accounts.values():
        account.store.close()


if __name__ == "__main__":
    main()
