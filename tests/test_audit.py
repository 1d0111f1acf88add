"""What `make audit` makes of what pip and pip-audit say."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.audit import FOUND, NOT_LOOKED_FOR, WELL, status, verdict, withdrawn
from tests.support.programs import ROOT
from tests.support.waiting import PATIENCE_SECONDS


def test_a_withdrawn_release_is_named() -> None:
    said = (
        "Collecting one\nWARNING: The candidate selected for download or install is a yanked "
        "version: 'one' candidate (version 1.0 from the index)\nReason for being yanked: broken\n"
    )
    assert [line.split("'")[1] for line in withdrawn(said)] == ["one"]
    assert withdrawn("Collecting one\n") == []


def test_a_database_that_cannot_be_asked_is_no_clean_bill() -> None:
    assert verdict(0, "No known vulnerabilities found") == "clean"
    assert verdict(1, "Found 2 known vulnerabilities in 1 package") == "vulnerable"
    assert verdict(1, "ERROR: Failed to query PyPI: 404") == "unknown"
    assert verdict(0, "No known vulnerabilities found\nName Skip Reason\nSkipped: no data") == (
        "unknown"
    )


@pytest.mark.parametrize(
    ("bad_pins", "vulnerabilities", "expected"),
    [
        ([], "clean", WELL),
        (["one"], "clean", FOUND),
        ([], "vulnerable", FOUND),
        ([], "unknown", NOT_LOOKED_FOR),
        (None, "clean", NOT_LOOKED_FOR),
        (None, "unknown", NOT_LOOKED_FOR),
        (["one"], "unknown", FOUND),
        (None, "vulnerable", FOUND),
    ],
)
def test_what_was_not_looked_for_is_neither_well_nor_found(
    bad_pins: list[str] | None, vulnerabilities: str, expected: int
) -> None:
    assert status(bad_pins, vulnerabilities) == expected


def test_where_nobody_can_be_asked_the_status_says_so(tmp_path: Path, free_port: int) -> None:
    nowhere = f"http://127.0.0.1:{free_port}"
    (tmp_path / "pip.conf").write_text(f"[global]\nindex-url = {nowhere}/simple\nretries = 0\n")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    ended = subprocess.run(
        [sys.executable, "-m", "tests.support.audit"],
        cwd=ROOT,
        env=environ | {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), "HTTPS_PROXY": nowhere},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert ended.returncode == NOT_LOOKED_FOR, ended.stdout + ended.stderr
    assert ended.stdout.count("NOT looked for") == 2
