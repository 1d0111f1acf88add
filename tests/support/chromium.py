"""The machine's own Chromium for the browser tests. No browser is ever downloaded by the tests.

`python -m tests.support.chromium` exits with 0 if there is one, 1 if not.
"""

import os
import shutil
import subprocess
import sys

from tests.support.needs import Missing

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Keep a test browser from speaking to anybody but the server under test.
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str:
    """The path of a Chromium that starts: the one named by CHROMIUM, else the first on PATH.

    Raises:
        Missing: there is none, or none that starts.
    """
    named = os.environ.get("CHROMIUM")
    candidates = [named] if named else [path for name in NAMES if (path := shutil.which(name))]
    for path in candidates:
        if _starts(path):
            return path
    if named:
        raise Missing(f"CHROMIUM names {named}, which does not start")
    raise Missing("no Chromium: install the package `chromium`, or set CHROMIUM to a path")


def launch_arguments() -> list[str]:
    """The arguments to start it with; root has to do without the sandbox."""
    return [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else list(QUIET)


def _starts(path: str) -> bool:
    # On Ubuntu the command may be a stub that only says "install the snap".
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


if __name__ == "__main__":
    try:
        find_chromium()
    except Missing:
        sys.exit(1)
