"""`make audit`: are the pinned packages withdrawn, or known to be vulnerable?

The package index alone can say which releases were withdrawn ("yanked", PEP 592): pip warns of
each that a pin picks. Vulnerabilities stand in a database beside it, which `pip-audit` asks; where
that cannot be reached, it is said, and is no "all is well".
"""

import subprocess
import sys

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


def main() -> int:
    """Print what was found; 1 where a pin is withdrawn or vulnerable."""
    index = ask(*PIP, "--no-deps", *PINS)
    if index.returncode:
        print(f"The package index cannot give the pins:\n{index.stderr.strip()}", file=sys.stderr)
        return 1
    bad = withdrawn(index.stderr)
    print("\n".join(bad) or "Package index: every pin is there, and none was withdrawn.")
    audit = ask("pip_audit", *PINS, "--no-deps", "--disable-pip", "--strict")
    found = verdict(audit.returncode, audit.stdout + audit.stderr)
    print(
        {
            "clean": "Advisory database: no known vulnerability.",
            "vulnerable": f"Advisory database:\n{audit.stdout.strip()}",
            "unknown": "Advisory database: it cannot be asked from here, so vulnerabilities were "
            "NOT looked for. Run this where it can be reached.",
        }[found]
    )
    return int(bool(bad) or found == "vulnerable")


if __name__ == "__main__":
    sys.exit(main())
