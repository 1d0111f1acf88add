"""Servers on loopback that are measured from outside."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks import Unmeasured
from tests.support.ports import wait_for

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def served(
    module: str,
    arguments: list[str],
    health_url: str,
    environ: Mapping[str, str],
    folder: Path = ROOT,
    output: int | None = None,
) -> Iterator[None]:
    """``python -m module`` in ``folder``, from when ``health_url`` answers until it is stopped.

    It inherits the environment without our settings. ``output``: where its output goes, as
    `subprocess` takes it. `Unmeasured` where it does not start.
    """
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("TRUEGROWTH_")}
    command = [sys.executable, "-m", module, *arguments]
    environment = {**inherited, **environ}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=output, stderr=output
    ) as process:
        try:
            try:
                wait_for(health_url, process, 60)
            except AssertionError as error:
                raise Unmeasured(f"{' '.join([module, *arguments])} does not start") from error
            yield
        finally:
            process.terminate()
