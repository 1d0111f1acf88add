"""The command line: what it prints where, and with which status it ends."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from snapshot_core.cli import imports, main
from snapshot_core.cli.program import DONE, FAILED, INTERRUPTED, USAGE
from snapshot_core.errors import SourceError
from snapshot_core.formats.captures import Refusals
from snapshot_core.formats.readings.columns import COLUMNS
from snapshot_core.formats.readings.parse import parse
from snapshot_core.growth.completeness import Scope
from snapshot_core.growth.rounding import Rounding
from snapshot_core.metrics import COUNTERS
from snapshot_core.readings import ProfileReading
from snapshot_core.sources.contract import Listing, Source
from snapshot_core.sources.registry import SOURCES
from snapshot_core.transfer.import_report import ImportReport, Unfinished
from snapshot_core.windows import DAY, iso
from tests.cli.command_line import NOW, CommandLine
from tests.support.readings import video_reading
from tests.support.staged import Staged
from tests.support.waiting import PATIENCE_SECONDS

ROOT = Path(__file__).resolve().parent.parent.parent
COMMANDS = ("setup", "import", "export", "snapshot", "growth", "history", "status")
HEADER = "account,video_id,title,published_at,captured_at,views,likes"


@pytest.fixture
def run(bare: CommandLine) -> CommandLine:
    return bare


@pytest.fixture
def ready(run: CommandLine) -> CommandLine:
    run.set_up()
    return run


@pytest.fixture
def readings(tmp_path: Path) -> Callable[..., Path]:
    """A readings file of account ``mine`` with these rows."""

    def written(*rows: str) -> Path:
        path = tmp_path / "mine.csv"
        path.write_text("\n".join([HEADER, *(f"mine,{row}" for row in rows)]))
        return path

    return written


def nights(count: int) -> list[str]:
    """Rows of one video, growing by 100 views a night, the last one now."""
    return [
        f"v1,Soup,{iso(NOW - 60 * DAY)},{iso(NOW - (count - 1 - n) * DAY)},{1_000 + 100 * n},"
        for n in range(count)
    ]


# Contracts of all commands


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == DONE
    out, err = capsys.readouterr()
    assert out.startswith(f"usage: python -m snapshot_core {command}")
    assert err == ""


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == DONE
    out = capsys.readouterr().out
    assert all(f"\n    {command} " in out for command in COMMANDS)


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["unknown"],
        ["import"],
        ["growth", "--account", "a"],
        ["growth", "--account", "a", "--period", "2"],
        ["history", "--account", "a"],
        ["setup", "--json"],
    ],
    ids=" ".join,
)
def test_a_mistyped_command_is_a_matter_of_usage(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("usage: ")


def test_a_wrong_period_names_the_right_ones(capsys: pytest.CaptureFixture[str]) -> None:
    main(["growth", "--account", "a", "--period", "2"])
    assert "use 24h, 7d, 30d, 90d, 1y or all" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        (["--period", "7", "--start", "2026-01-01"], "not allowed with argument --period"),
        (["--period", "7", "--end", "2026-01-01"], "--end needs --start"),
        (["--start", "2026-01-32"], "'2026-01-32' is not a day"),
        (["--start", "2026-02-01", "--end", "2026-01-01"], "2026-01-01 is before 2026-02-01"),
        ([], "one of the arguments --period --start is required"),
    ],
)
def test_wrong_days_are_a_matter_of_usage(
    capsys: pytest.CaptureFixture[str], options: list[str], wrong: str
) -> None:
    assert main(["growth", *options]) == USAGE
    assert wrong in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv",
    [
        ["import", "missing.csv"],
        ["export", "out.csv"],
        ["snapshot"],
        ["growth", "--account", "a", "--period", "1", "--json"],
        ["history", "--account", "a", "--video", "1", "--json"],
        ["status", "--json"],
    ],
    ids=lambda argv: argv[0],
)
def test_before_setup_every_command_says_so_in_one_line(run: CommandLine, argv: list[str]) -> None:
    assert run(*argv) == FAILED
    assert run.out == ""
    assert run.err.lower().endswith("run: python -m snapshot_core setup\n")
    assert run.err.count("\n") == 1


def test_setup_names_the_files_that_others_could_read(run: CommandLine, tmp_path: Path) -> None:
    run.environ["DATABASE_URL"] = f"sqlite:///{tmp_path}/mine.db"
    assert run("setup") == DONE
    assert "Others" not in run.out
    (tmp_path / "mine.db").chmod(0o644)
    assert run("setup") == DONE
    assert f"Others could read {tmp_path}/mine.db; now only its owner can.\n" in run.out
    assert (tmp_path / "mine.db").stat().st_mode & 0o777 == 0o600


def test_a_wrong_setting_stops_with_one_line(run: CommandLine) -> None:
    run.environ["TRUEGROWTH_SNAPSHOT_AT"] = "midnight"
    assert run("status", "--json") == FAILED
    assert run.out == ""
    assert run.err.startswith("TRUEGROWTH_SNAPSHOT_AT is 'midnight'; write it as HH:MM")
    assert run.err.count("\n") == 1


def test_a_folder_that_cannot_be_made_is_told_in_one_line(run: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    run.environ["DATABASE_URL"] = f"sqlite:///{tmp_path}/file/truegrowth.db"
    assert run("setup") == FAILED
    assert run.err.count("\n") == 1
    assert "cannot be made" in run.err
    assert "name another place in DATABASE_URL" in run.err


def test_interrupting_leaves_no_traceback(
    ready: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("snapshot_core.capture.snapshot_accounts.take", interrupt)
    assert ready("snapshot") == INTERRUPTED
    assert ready.err.startswith("Stopped.")


# setup


def test_setup_makes_a_sample_once(run: CommandLine) -> None:
    assert run("setup") == DONE
    assert run.out.splitlines() == [
        "Made the sample account, with 89 nights of invented snapshots.",
        "The database is ready.",
    ]
    assert run("setup") == DONE
    assert run.out == "The database is ready.\n"


def test_setup_is_done_though_a_first_snapshot_fails(
    ready: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`make run` begins with it: one account must not keep the dashboard from starting."""
    monkeypatch.setitem(SOURCES, "away", Away())
    ready.add("one", "away")
    ready.add("two", "of tomorrow")
    assert ready("setup") == DONE
    assert ready.out == "The database is ready.\n"
    assert ready.err.splitlines() == [
        "one: The platform is away. Try again later.",
        "two: This version has no source 'of tomorrow'. Update Truegrowth, or remove the account.",
    ]


# import and export


def test_import_help_shows_a_file_that_can_be_imported(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["import", "--help"]) == DONE
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert all(any(name in line for line in lines) for name in COLUMNS)
    start = lines.index("An example:") + 1
    file = tmp_path / "example.csv"
    file.write_text("\n".join(lines[start : start + 2]))
    parsed = parse(file, NOW + 365 * DAY)
    assert (parsed.rows_read, parsed.refused, parsed.notices) == (1, [], [])
    assert parsed.captures[0].readings[0][1].count("shares") == 21


def test_import_reports_what_became_of_the_rows(
    ready: CommandLine, readings: Callable[..., Path]
) -> None:
    file = readings(*nights(3))
    assert ready("import", file) == DONE
    assert "New account: mine" in ready.out
    assert counts(ready.out) == {"added": "3", "already there": "0", "refused": "0"}
    assert ready("import", file, "--user", "creator@localhost") == DONE
    assert counts(ready.out) == {"added": "0", "already there": "3", "refused": "0"}


def counts(out: str) -> dict[str, str]:
    rows = [line.rsplit(maxsplit=1) for line in out.splitlines() if line[-1].isdigit()]
    return {row[0]: row[1] for row in rows if row[0] in ("added", "already there", "refused")}


def test_import_names_the_lines_it_refused_and_fails(
    ready: CommandLine, readings: Callable[..., Path]
) -> None:
    assert ready("import", readings(*nights(2), f"v2,,,{iso(NOW)},-7,")) == FAILED
    assert counts(ready.out) == {"added": "2", "already there": "0", "refused": "1"}
    assert "line 4: views '-7': a total is never negative" in ready.out
    assert ready.err.startswith("1 row was refused, the first in line 4. Correct the")
    assert ready.err.count("\n") == 1


@pytest.mark.apart
def test_import_shows_how_far_it_is_where_somebody_looks(
    ready: CommandLine, readings: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = readings(*nights(3))
    with monkeypatch.context() as patch:
        patch.setattr("sys.stderr.isatty", lambda: True)
        assert ready("import", file) == DONE
    assert "3 of 3 rows" in ready.err
    assert ready.err.endswith("\r\x1b[K")  # and wiped
    assert ready("import", file) == DONE
    assert ready.err == ""


def test_import_names_what_is_left_and_fails(
    ready: CommandLine, readings: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = ImportReport(5, 0, Refusals(), [], added=2)
    report.unfinished.append(Unfinished("mine", 3, "A snapshot of mine is being taken."))
    monkeypatch.setattr(imports, "import_file", lambda *_: report)
    assert ready("import", readings(*nights(3))) == FAILED
    assert (
        ready.err == "mine: 3 rows are still to be imported. A snapshot of mine is being taken.\n"
    )
    assert "still to be imported" in ready.out


def test_import_of_nobodys_file_fails(ready: CommandLine, readings: Callable[..., Path]) -> None:
    assert ready("import", readings(*nights(2)), "--user", "who@example.org") == FAILED
    assert "no user 'who@example.org'. Leave out --user" in ready.err
    assert ready("import", "missing.csv") == FAILED
    assert ready.err.startswith("cannot read missing.csv")


@pytest.mark.apart
@pytest.mark.parametrize("name", ["all.csv", "all.parquet"])
def test_export_writes_what_import_reads(
    ready: CommandLine, readings: Callable[..., Path], tmp_path: Path, name: str
) -> None:
    ready("import", readings(*nights(3)))
    file = tmp_path / name
    assert ready("export", file) == DONE
    assert ready.out == f"3 rows written to {file}\n"
    assert ready("import", file) == DONE
    assert counts(ready.out)["already there"] == "3"


def test_export_of_one_account(ready: CommandLine, readings: Callable[..., Path]) -> None:
    file = readings(*nights(3))
    ready("import", file)
    assert ready("export", file, "--account", "Sample account") == DONE
    with file.open(newline="") as opened:
        assert {row["account"] for row in csv.DictReader(opened)} == {"Sample account"}
    assert ready("export", file, "--account", "yours") == FAILED
    assert ready.err == "There is no account 'yours'. Accounts: 'Sample account', 'mine'.\n"


def test_export_into_nowhere_fails(ready: CommandLine, tmp_path: Path) -> None:
    assert ready("export", tmp_path / "no" / "folder.csv") == FAILED
    assert ready.err.startswith("cannot write")


# snapshot


def test_a_snapshot_moves_the_numbers(ready: CommandLine) -> None:
    before = ready.json("growth", "--account", "Sample account", "--period", "1")
    ready.now += 3_600
    assert ready("snapshot") == DONE
    assert ready.out.startswith("Sample account: complete snapshot of ")
    assert ready.err == ""  # no bar where nobody looks
    after = ready.json("growth", "--account", "Sample account", "--period", "1")
    views = [one["growth"]["views"]["current"] for one in (before, after)]
    assert views[0] < views[1]


class Away(Source):
    scopes: frozenset[Scope] = frozenset({"complete"})
    label = name = "away"
    metrics = dict.fromkeys(("views",), Rounding.EXACT)

    def read(self, *_: object) -> Listing:
        raise SourceError("The platform is away.\nTry again later.")


def test_an_account_of_an_unknown_source_does_not_stop_the_others(
    ready: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SOURCES, "staged", Staged())
    ready.add("another", "of tomorrow")
    ready.add("mine", "staged")
    remedy = "Update Truegrowth, or remove the account."
    told = f"another: This version has no source 'of tomorrow'. {remedy}\n"
    assert ready("snapshot") == FAILED
    assert ready.out.startswith("mine: complete snapshot")
    assert ready.err == told
    assert ready("snapshot", "--account", "another") == FAILED
    assert (ready.out, ready.err) == ("", told)
    for command in ("status", "growth"):
        where = ["--account", "another", "--period", "1"] if command == "growth" else []
        assert ready(command, *where) == DONE


def test_an_account_that_fails_does_not_stop_the_others(
    ready: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SOURCES, "away", Away())
    monkeypatch.setitem(SOURCES, "staged", Staged())
    ready.add("another", "away")
    ready.add("mine", "staged")
    assert ready("snapshot") == FAILED
    assert ready.out.startswith("mine: complete snapshot")
    assert ready.err == "another: The platform is away. Try again later.\n"


def test_a_snapshot_of_all_leaves_the_sample_and_paused_accounts_alone(
    ready: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SOURCES, "staged", Staged())
    ready.add("asleep", "staged")
    ready.add("mine", "staged")
    ready.pause("asleep")
    assert ready("snapshot") == DONE
    assert ready.out == "mine: complete snapshot of 3 videos\n"
    # Whoever names one means it.
    for name in ("asleep", "Sample account"):
        assert ready("snapshot", "--account", name) == DONE
        assert ready.out.startswith(f"{name}: complete snapshot of ")


def test_a_bar_is_drawn_where_somebody_looks(
    ready: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(Source):
        scopes: frozenset[Scope] = frozenset({"complete"})
        label = name = "slow"
        metrics = dict.fromkeys(("views",), Rounding.EXACT)

        def read(self, *_: object) -> Listing:
            some = (video_reading(f"v{n}", 1) for n in range(100))
            return Listing(ProfileReading(videos=100), some)

    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setitem(SOURCES, "slow", Slow())
    ready.add("mine", "slow")
    assert ready("snapshot", "--account", "mine") == DONE
    assert "mine: " in ready.err
    assert ready.err.endswith("\r\x1b[K")  # and wiped
    assert ready.out == "mine: complete snapshot of 100 videos\n"


def test_a_file_cannot_be_captured(ready: CommandLine, readings: Callable[..., Path]) -> None:
    ready("import", readings(*nights(2)))
    assert ready("snapshot", "--account", "mine") == FAILED
    assert ready.err.startswith("mine comes from a file")


# growth, history, status


def test_growth_is_the_documents_of_the_api(
    ready: CommandLine, readings: Callable[..., Path]
) -> None:
    ready("import", readings(*nights(20)))
    for period in ("7", "7d"):
        given = ready.json("growth", "--account", "mine", "--period", period)
        assert (given["period"], given["account"]) == (7, "mine")
        assert given["timestamp"] == iso(NOW)
        assert given["window"]["start"] == iso(NOW - 7 * DAY)
        assert set(given["window"]) >= {"start", "end", "estimated", "stale", "coverage"}
        views = given["growth"]["views"]
        assert (views["current"], views["previous"], views["growth"]) == (2_900, 2_200, 700)
        assert (views["percentage"], views["isIncrease"], views["reason"]) == (31.82, True, None)
        assert views["ledger"] == {
            "likeForLike": 700,
            "published": 0,
            "newlyTracked": 0,
            "removed": 0,
            "corrections": 0,
        }
        assert list(given["growth"]) == list(COUNTERS)
        assert given["growth"]["likes"]["growth"] is None
        assert given["growth"]["likes"]["reason"] == "not_counted"


def test_growth_for_people(ready: CommandLine, readings: Callable[..., Path]) -> None:
    ready("import", readings(*nights(20)))
    assert ready("growth", "--account", "mine", "--period", "7") == DONE
    assert ready.out.startswith("mine: growth in 7 days, until 9 Oct, 10:53\n")
    (views,) = [line for line in ready.out.splitlines() if line.startswith("views ")]
    assert views.split() == ["views", "2.9K", "+700", "+32", "%", "+700", "0", "0", "0"]
    # Counters that no account shown can have are left out, as on the pages.
    assert "likes" not in ready.out
    assert "The source does not give this" not in ready.out


def test_growth_that_is_not_ready_says_when_it_will_be(
    ready: CommandLine, readings: Callable[..., Path]
) -> None:
    ready("import", readings(*nights(3)))
    given = ready.json("growth", "--account", "mine", "--period", "7")
    assert given["growth"]["views"]["growth"] is None
    assert given["growth"]["views"]["reason"] == "not_ready"
    assert ready("growth", "--account", "mine", "--period", "7") == DONE
    assert "7-day growth will be ready on 14 Oct, 10:53" in ready.out


def test_an_account_that_is_not_there(ready: CommandLine) -> None:
    for argv in (["growth", "--period", "1"], ["history", "--video", "v1"]):
        assert ready(*argv, "--account", "nobody", "--json") == FAILED
        assert ready.out == ""
        assert ready.err == "There is no account 'nobody'. Accounts: 'Sample account'.\n"


def test_history_gives_every_reading_newest_first(
    ready: CommandLine, readings: Callable[..., Path]
) -> None:
    ready("import", readings(*nights(3)))
    given = ready.json("history", "--account", "mine", "--video", "v1")
    assert (given["video"], given["title"], given["account"]) == ("v1", "Soup", "mine")
    assert [one["views"] for one in given["readings"]] == [1_200, 1_100, 1_000]
    assert given["readings"][0]["captured_at"] == iso(NOW)
    assert given["readings"][0]["likes"] is None
    assert ready("history", "--account", "mine", "--video", "v1") == DONE
    table = ready.out.splitlines()
    assert table[0] == "Soup (mine)"
    assert "1,200" in table[3]
    assert table[3].startswith("9 Oct, 10:53")


def test_history_names_readings_that_growth_leaves_out(
    ready: CommandLine, readings: Callable[..., Path]
) -> None:
    rows = nights(3)
    rows[1] = rows[1].replace(",1100,", ",0,")
    ready("import", readings(*rows))
    given = ready.json("history", "--account", "mine", "--video", "v1")
    assert [one["doubts"] for one in given["readings"]] == [{}, {"views": "rejected"}, {}]
    ready("history", "--account", "mine", "--video", "v1")
    assert "views rejected" in ready.out


def test_history_of_an_unknown_video_fails(ready: CommandLine) -> None:
    assert ready("history", "--account", "Sample account", "--video", "1") == FAILED
    assert ready.err.startswith("There is no video '1'")


def test_status_tells_accounts_job_and_problems(
    ready: CommandLine, readings: Callable[..., Path]
) -> None:
    ready("import", readings(*nights(2)))
    given = ready.json("status")
    sample, mine = given["accounts"]
    assert (sample["account"], sample["source"]) == ("Sample account", "sample")
    assert sample["last_capture"] == "2025-10-08T22:00:00Z"
    assert sample["next_capture"] == "2025-10-09T22:00:00Z"
    assert len(sample["gaps"]) == 1
    assert (mine["last_capture"], mine["next_capture"]) == (iso(NOW), None)
    assert set(given["job"]) == {"alive", "last_beat", "next_run", "doing"}
    assert given["job"]["alive"] is False
    assert all(one["what"] and one["remedy"] for one in given["problems"])

    assert ready("status") == DONE
    assert "Sample account  sample" in ready.out
    assert "no complete snapshot for 2 days until" in ready.out
    assert "job is not running" in ready.out


# The real thing


def test_the_module_runs_as_a_program(tmp_path: Path) -> None:
    def program(*argv: str) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/truegrowth.db"}
        return subprocess.run(
            [sys.executable, "-m", "snapshot_core", *argv],
            cwd=ROOT,
            env=environ,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    missing = program("status", "--json")
    assert (missing.returncode, missing.stdout) == (FAILED, "")
    assert "Traceback" not in missing.stderr
    assert program("setup").returncode == DONE
    status = program("status", "--json")
    assert status.returncode == DONE
    assert json.loads(status.stdout)["accounts"][0]["account"] == "Sample account"
    assert program("growth").returncode == USAGE
