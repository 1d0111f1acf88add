"""What `make audit` makes of what pip and pip-audit say."""

from tests.support.audit import verdict, withdrawn


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
