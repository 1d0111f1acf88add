"""``cadence`` on the command line."""

import pytest

from snapshot_core.cadences import CADENCE_HOURS
from snapshot_core.cli.program import DONE, FAILED, USAGE
from tests.cli.command_line import CommandLine


@pytest.fixture
def run(run: CommandLine) -> CommandLine:
    run.add("mine", "tiktok")
    run.add("files", "csv")
    return run


def test_it_is_shown_with_what_each_choice_takes(run: CommandLine) -> None:
    assert run("cadence", "--account", "mine") == DONE
    first, second, *_ = run.out.splitlines()
    assert first.startswith("mine: nightly. One snapshot a night")
    assert second.startswith("Next 24 hours: ")
    assert "of the 864,000 a day that TikTok allows" in second
    listed = [line.split()[0] for line in run.out.splitlines()[-len(CADENCE_HOURS) :]]
    assert listed == list(CADENCE_HOURS)


def test_it_is_set_and_stays(run: CommandLine) -> None:
    for cadence in CADENCE_HOURS:
        assert run("cadence", "--account", "mine", "--set", cadence) == DONE
        assert run.out.startswith(f"mine: {cadence}. ")
        assert len(run.out.splitlines()) == 2
        document = run.json("cadence", "--account", "mine")
        assert document["cadence"] == cadence
        (mine,) = [each for each in run.json("status")["accounts"] if each["account"] == "mine"]
        assert mine["cadence"] == cadence
        plans = {plan["cadence"]: plan for plan in document["plans"]}
        assert (mine["calls_per_day"], mine["bytes_per_day"]) == (
            plans[cadence]["calls"],
            plans[cadence]["bytes"],
        )
    assert plans["hourly"]["complete"] >= 24
    calls = [plans[name]["calls"] for name in ("nightly", "6h", "3h", "hourly")]
    assert calls == sorted(calls)


def test_what_cannot_be_set_says_why(run: CommandLine) -> None:
    assert run("cadence", "--account", "mine", "--set", "daily") == FAILED
    assert run.err == (
        "There is no cadence 'daily'. Use one of adaptive, nightly, 6h, 3h, hourly.\n"
    )
    assert run("cadence", "--account", "Sample account", "--set", "hourly") == FAILED
    assert run.err == "Sample data can be read nightly only.\n"
    for arguments in ([], ["--set", "nightly"]):
        assert run("cadence", "--account", "files", *arguments) == FAILED
        assert run.err.startswith("files comes from a file: import a newer one")
    assert run("cadence", "--account", "nobody") == FAILED
    assert "There is no account 'nobody'" in run.err
    assert run("cadence") == USAGE


def test_a_paused_account_says_so_and_the_sample_has_no_choice(run: CommandLine) -> None:
    run.pause("mine")
    assert run("cadence", "--account", "mine") == DONE
    assert "It is paused" in run.out
    (mine,) = [each for each in run.json("status")["accounts"] if each["account"] == "mine"]
    assert (mine["calls_per_day"], mine["bytes_per_day"]) == (None, None)
    assert run("cadence", "--account", "Sample account") == DONE
    assert "by cadence" not in run.out
