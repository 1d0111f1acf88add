"""Streamlit with a stopwatch: ``python -m benchmarks.latency_stopwatch LOG run app.py …``.

Each script run adds a line to LOG: its milliseconds, garbage collection included.
"""

import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.web.cli import main


def attach(log: Path) -> None:
    """Time every script run of this process."""
    run = ScriptRunner._run_script

    def timed(self: ScriptRunner, rerun_data: Any) -> None:
        begun = perf_counter()
        try:
            run(self, rerun_data)
        finally:
            with log.open("a") as lines:
                lines.write(f"{(perf_counter() - begun) * 1_000:.3f}\n")

    ScriptRunner._run_script = timed  # type: ignore[method-assign]


if __name__ == "__main__":
    log = Path(sys.argv.pop(1))
    log.touch()
    attach(log)
    main(prog_name="streamlit")
