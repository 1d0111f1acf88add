"""The engine beside that of an earlier commit: cards with the videos behind them.

Each database holds one account of `benchmarks.life`; the earlier commit writes its own, of the
same readings, by its own code. What is timed is what the Overview asks of the engine: the
ledgers of all counters for a window and the period before, and the videos that gained most.
Medians of runs taken in turns, in processes that keep the memory they free, as a server does.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks import Table, engine_worker, medians, milliseconds
from benchmarks.servers import ROOT
from snapshot_core.periods import PERIODS
from tests.support.needs import Missing
from tests.support.postgres import running_server

COLUMNS: Final = ("", "now", "before", "ratio", "target")
RUNS: Final = 25
ENDS: Final = 35
NIGHTS: Final = {"nightly": 120, "hourly": 120, "long": 365, "short": 30}
"""By account."""

Timed = Callable[..., float]
"""`Account.seconds` of the ``account`` named."""


def engine_tables(folder: Path, videos: int, before: Path | None) -> list[Table]:
    """A table for each database that can be had here. ``before``: an earlier checkout."""
    tables = [_table("SQLite", videos, before, lambda name: f"sqlite:///{folder / name}.db")]
    try:
        with running_server() as server, ExitStack() as stack:

            def fresh(_: str) -> str:
                return stack.enter_context(server.fresh_database())

            tables.append(_table("PostgreSQL", videos, before, fresh))
    except Missing as reason:
        print(f"queries: not measured on PostgreSQL: {reason}", file=sys.stderr)
    return tables


def _table(database: str, videos: int, before: Path | None, url_of: Callable[[str], str]) -> Table:
    with ExitStack() as stack:
        sides = [stack.enter_context(_engine(ROOT, videos, url_of))]
        if before is not None:
            earlier = _engine(before, videos, lambda name: url_of(f"{name}-before"))
            sides.append(stack.enter_context(earlier))
        rows = [
            *_videos_lines(sides),
            _ends_line(sides),
            *_hourly_lines(sides),
            *_flat_lines(sides),
        ]
    notes = (__doc__ or "").split("\n\n", 1)[1].strip()
    return Table(f"Engine: {videos:,} videos, {database}", COLUMNS, rows, notes)


@contextmanager
def _engine(checkout: Path, videos: int, url_of: Callable[[str], str]) -> Iterator[Timed]:
    """The engine of a checkout, in a process of its own."""
    command = [sys.executable, "-P", str(Path(engine_worker.__file__))]
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=checkout, env=environment, **pipes) as process:
        commands, answers = process.stdin, process.stdout
        assert commands is not None
        assert answers is not None

        def ask(account: str, **arguments: Any) -> float:
            commands.write(json.dumps({"account": account, **arguments}) + "\n")
            commands.flush()
            return float(answers.readline())

        for name, nights in NIGHTS.items():
            ask(name, url=url_of(name), videos=videos, nights=nights, hourly=name == "hourly")
        yield ask
        commands.close()


def _videos_lines(sides: list[Timed]) -> Iterator[tuple[str, ...]]:
    for period in PERIODS:
        now, *before = medians([partial(side, "nightly", days=period.days) for side in sides], RUNS)
        ratio = f"{before[0] / now:.2f}" if before else "-"
        shown = milliseconds(before[0]) if before else "-"
        name = f"cards for {period.label} and the videos behind them"
        yield name, milliseconds(now), shown, ratio, ">= 1.4"


def _ends_line(sides: list[Timed]) -> tuple[str, ...]:
    """Over consecutive nights as ends of 24-hour windows."""
    pairs = []
    for side in sides:
        took = medians([partial(side, "nightly", days=1, ago=ago) for ago in range(ENDS)], RUNS)
        pairs.append((max(took), median(took)))
    return f"{ENDS} ends of 24h windows: slowest / median", *_compared(pairs, "<= 1.5")


def _hourly_lines(sides: list[Timed]) -> Iterator[tuple[str, ...]]:
    """What the newest videos cost that are read hourly beside the nights."""
    for period in PERIODS:
        pairs = _pairs(sides, "hourly", "nightly", days=period.days, videos=False)
        name = f"cards for {period.label}, newest videos read hourly / nights only"
        yield name, *_compared(pairs, "<= 2")


def _flat_lines(sides: list[Timed]) -> Iterator[tuple[str, ...]]:
    """Whether more history costs more."""
    for period in PERIODS[:2]:  # 30 nights do not reach back 30 days and a night
        pairs = _pairs(sides, "long", "short", days=period.days)
        name = f"{period.label}, {NIGHTS['long']} / {NIGHTS['short']} nights"
        yield name, *_compared(pairs, "<= 1.5")


def _pairs(sides: list[Timed], first: str, second: str, **query: Any) -> list[tuple[float, float]]:
    """By side, the medians of two accounts."""
    took = medians(
        [partial(side, name, **query) for side in sides for name in (first, second)], RUNS
    )
    return list(zip(took[::2], took[1::2], strict=True))


def _compared(pairs: list[tuple[float, float]], target: str) -> tuple[str, ...]:
    shown = [f"{milliseconds(a)} / {milliseconds(b)}" for a, b in pairs]
    ratios = [a / b for a, b in pairs]
    before = f"{shown[1]} ({ratios[1]:.2f})" if len(pairs) > 1 else "-"
    return shown[0], before, f"{ratios[0]:.2f}", target
