"""`make audit`: are the pinned packages withdrawn, or known to be vulnerable?

The package index alone can say which releases were withdrawn ("yanked", PEP 592): pip warns of
each that a pin picks. Vulnerabilities stand in a database beside it, which `pip-audit` asks. Where
either cannot be reached, that is neither "all is well" nor a finding, and has a status of its own.
"""

import subprocess
import sys
from collections.abc import Sequence

WELL, FOUND, NOT_LOOKED_FOR = 0, 1, 2
"""Exit statuses."""

PIP = ("pip", "--disable-pip-version-check", "install", "--dry-run", "--ignore-installed")
PINS = ("-r", "requirements.txt")


def withdrawn(said: str) -> list[str]:
    """The releases that pip warned of."""
    lines = said.splitlines()
    return [line for line in lines if "yanked version" in line]


def verdict(status: int, said: str) -> str:
    """``vulnerable``, ``clean`` or ``unknown``, by what pip-audit ended with and said."""
    if status == 0 and "skipped" not in said.lower():
        return "clean"
    return "vulnerable" if "known vulnerabilit" in said and status == 1 else "unknown"


def ask(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a module of this Python's."""
    return subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, check=False
    )


def status(bad_pins: Sequence[str] | None, vulnerabilities: str) -> int:
    """The exit status: `WELL`, `FOUND`, or `NOT_LOOKED_FOR` where something could not be asked.

    ``bad_pins`` is None where the index did not answer; ``vulnerabilities`` is a `verdict`.
    """
    if bad_pins or vulnerabilities == "vulnerable":
        return FOUND
    return NOT_LOOKED_FOR if bad_pins is None or vulnerabilities == "unknown" else WELL


def main() -> int:
    """Print what was found; gives the exit status."""
    index = ask(*PIP, "--no-deps", *PINS)
    bad_pins = None if index.returncode else withdrawn(index.stderr)
    if bad_pins is None:
        print(
            "Package index: it does not give all pins, so withdrawn releases were NOT looked for:\n"
            f"{index.stderr.strip()}"
        )
    else:
        print("\n".join(bad_pins) or "Package index: every pin is there, and none was withdrawn.")
    audit = ask("pip_audit", *PINS, "--no-deps", "--disable-pip", "--strict")
    vulnerabilities = verdict(audit.returncode, audit.stdout + audit.stderr)
    print(
        {
            "clean": "Advisory database: no known vulnerability.",
            "vulnerable": f"Advisory database:\n{audit.stdout.strip()}",
            "unknown": "Advisory database: it cannot be asked from here, so vulnerabilities were "
            "NOT looked for. Run this where it can be reached.",
        }[vulnerabilities]
    )
    return status(bad_pins, vulnerabilities)


if __name__ == "__main__":
    sys.exit(main())
