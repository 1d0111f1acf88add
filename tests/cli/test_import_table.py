"""`import` of a table whose columns are named, and what it would become."""

import json
from pathlib import Path

import pytest

from snapshot_core.cli.program import DONE, FAILED, USAGE
from snapshot_core.store.accounts import account_named
from snapshot_core.store.captures import captures_of
from snapshot_core.store.database import Store
from tests.cli.command_line import NOW, CommandLine
from tests.support.studio import CONTENT, FOLLOWERS, OVERVIEW, export, link

TABLE = (
    'Clip,Measured on,"Plays, all",Name\n'
    "v1,2025-10-01,1.200,Soup\nv2,2025-10-01,900,Salad\nv1,2025-10-02,1.300,Soup\n"
)
MAP = 'video=Clip,at=Measured on,views="Plays, all",title=Name'


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(TABLE)
    return path


def stored(run: CommandLine, account: str = "mine") -> list[tuple[int, int]]:
    """Instant and number of videos of each snapshot."""
    store = Store(run.environ["DATABASE_URL"])
    with store.read() as connection:
        key = account_named(connection, 1, account).key
        rows = [(each.captured_at, each.video_count) for each in captures_of(connection, key)]
    store.close()
    return rows


def accounts(run: CommandLine) -> str:
    run("status")
    return run.out


def test_a_table_is_stored_by_the_columns_that_are_named(run: CommandLine, table: Path) -> None:
    assert run("import", table, "--account", "mine", "--map", MAP) == DONE, run.err
    assert run.out.startswith("New account: mine\n3 rows read from log.csv")
    noon = 1_759_312_800  # 2025-10-01T10:00:00Z, in Berlin
    assert stored(run) == [(noon, 2), (noon + 86_400, 1)]
    assert run("import", table, "--account", "mine", "--map", MAP) == DONE
    assert ["already", "there", "3"] in [line.split() for line in run.out.splitlines()]
    assert len(stored(run)) == 2


def test_a_preview_stores_nothing(run: CommandLine, table: Path) -> None:
    before = accounts(run)
    assert run("import", table, "--account", "mine", "--map", MAP, "--preview") == DONE, run.err
    assert run.err == ""
    assert run.out.splitlines() == [
        "Into mine: 3 readings of 2 videos in 2 snapshots, 1 Oct 2025 to 2 Oct 2025. The first "
        "rows:",
        "",
        "account  video  read at       views",
        "mine     Soup   1 Oct, 12:00  1,200",
        "mine     Salad  1 Oct, 12:00    900",
        "mine     Soup   2 Oct, 12:00  1,300",
        "",
        "Nothing was stored: this is what would be.",
    ]
    assert accounts(run) == before


def test_rows_that_would_be_refused_are_told_by_the_preview(run: CommandLine, table: Path) -> None:
    table.write_text(TABLE.replace("900", "many"))
    before = accounts(run)
    assert run("import", table, "--account", "mine", "--map", MAP, "--preview") == FAILED
    assert "line 3: Plays, all 'many': write a whole number" in run.out
    assert run.err == "1 row would be refused, the first in line 3.\n"
    assert accounts(run) == before


def test_the_day_of_all_rows_can_be_given(run: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "today.csv"
    path.write_text("Clip,Plays\nv1,5\nv2,6\n")
    mapped = ("--account", "mine", "--map", "video=Clip,views=Plays")
    assert run("import", path, *mapped, "--day", "2025-10-01") == DONE, run.err
    assert run("import", path, *mapped, "--day", "2025-10-09") == DONE, run.err
    assert stored(run) == [(1_759_312_800, 2), (NOW, 2)]  # noon is still to come


def test_dates_that_can_be_read_in_two_ways_are_asked_for(run: CommandLine, table: Path) -> None:
    table.write_text(TABLE.replace("2025-10-01", "10/01/2025").replace("2025-10-02", "10/02/2025"))
    assert run("import", table, "--account", "mine", "--map", MAP) == USAGE
    assert run.err == (
        "The dates in log.csv can be read in two ways: add --dates day-first or --dates "
        "month-first.\n"
    )
    mapped = ("--account", "mine", "--map", MAP, "--dates", "month-first")
    assert run("import", table, *mapped) == DONE, run.err
    assert stored(run)[0][0] == 1_759_312_800


def test_a_column_can_name_the_accounts(run: CommandLine, table: Path) -> None:
    table.write_text("Who,Clip,At,Plays\none,v1,2025-10-01,5\ntwo,v1,2025-10-01,7\n")
    assert run("import", table, "--map", "account=Who,video=Clip,at=At,views=Plays") == DONE
    assert run.out.startswith("New account: one\nNew account: two\n")
    assert stored(run, "one") == stored(run, "two") == [(1_759_312_800, 1)]


def test_without_columns_a_command_is_suggested(run: CommandLine, table: Path) -> None:
    table.write_text("Row,Video link,Read at,Plays\n" + "".join(
        f"{number},{link(NOW - 99_000)},2025-10-0{number},{number}00\n" for number in (1, 2, 3)
    ))  # fmt: skip
    for options in ((), ("--account", "my channel"), ("--preview",)):
        assert run("import", table, *options) == USAGE
        account = "'my channel'" if "my channel" in options else "A"
        assert run.out == ""
        assert run.err == (
            "log.csv is a table whose columns have to be named. Columns: 'Row', 'Video link', "
            "'Read at', 'Plays'. Choose them on the dashboard, or here: python -m snapshot_core "
            f"import {table} --account {account} --map 'video=Video link,at=Read at,views=Plays'\n"
        )
    columns = run.err.partition("--map '")[2].partition("'")[0]
    assert run("import", table, "--account", "mine", "--map", columns) == DONE, run.err
    assert len(stored(run)) == 3


def test_a_suggested_command_names_the_account_once(run: CommandLine, table: Path) -> None:
    table.write_text("Video link,Read at,Plays,Creator\n" + "".join(
        f"{link(NOW - 99_000 - number % 2)},2025-10-0{number},{number}00,{'ab'[number % 2]}\n"
        for number in (1, 2, 3, 4)
    ))  # fmt: skip
    assert run("import", table) == USAGE
    assert "--account A" not in run.err
    assert "account=Creator" in run.err
    columns = run.err.partition("--map '")[2].partition("'")[0]
    assert run("import", table, "--map", columns) == DONE, run.err
    assert run("import", table, "--account", "mine") == USAGE
    assert "--account mine" in run.err
    assert "account=Creator" not in run.err


def test_what_is_not_known_is_left_to_be_filled_in(run: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "unknown.csv"
    path.write_text("Datum;Weergaven;Reacties\n2025-10-01;100;2\n2025-10-02;90;1\n")
    assert run("import", path, "--account", "mine") == USAGE
    assert "If it is of TikTok Studio, set TikTok Studio to English" in run.err
    assert "--map video=COLUMN,at=Datum,views=Weergaven\n" in run.err
    assert "mine" not in accounts(run)


def test_what_is_nearly_a_readings_file_is_told_what_it_lacks(
    run: CommandLine, tmp_path: Path
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("account,video_id,when,views\na,v,2025-10-01T00:00:00Z,1\n")
    assert run("import", path) == USAGE
    assert run.err.startswith("mine.csv is not a readings file: it lacks captured_at. Its columns")
    assert "--map video=video_id,at=when,views=views\n" in run.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--map", "vidoe=Clip"], "'vidoe' is no key of --map: did you mean 'video'?"),
        (["--map", "video=Clips"], "There is no column 'Clips' for video: did you mean 'Clip'?"),
        (["--map", "video=Clip"], "--map names no count: add views=COLUMN, say."),
        (["--map", "at=#2,views=#3"], "--map does not say which video a count is of: add video="),
        (["--map", "video=Clip,views=#3"], "Nothing says when the counts were read: add at="),
        (["--map", MAP, "--day", "2025-10-01"], "Both --day and --map say when the counts were"),
        (["--map", "video=Clip,views=#3", "--day", "2025-10-10"], "2025-10-10 is still to come"),
        (["--map", MAP, "--exported", "2025-10-01"], "--exported is of TikTok Studio's exports"),
        (["--map", MAP + ",account=Clip"], "--account and --map both name the account"),
        (["--day", "2025-10-01"], "--day and --dates go with --map."),
    ],
)
def test_wrong_use_is_told_in_one_line(
    run: CommandLine, table: Path, options: list[str], said: str
) -> None:
    assert run("import", table, "--account", "mine", *options) == USAGE
    assert run.err.startswith(said)
    assert run.err.count("\n") == 1
    assert "mine" not in accounts(run)


def test_somebody_has_to_say_whose_a_table_is(run: CommandLine, table: Path) -> None:
    assert run("import", table, "--map", MAP) == USAGE
    assert run.err == (
        "--map needs --account, or account=COLUMN. A new name makes a new account.\n"
    )


def test_one_column_for_two_fields_and_no_table_at_all(run: CommandLine, table: Path) -> None:
    twice = ("--account", "mine", "--map", "video=Clip,title=Clip,views=#3,at=#2")
    assert run("import", table, *twice) == FAILED
    assert run.err == "One column is chosen twice, for video_id and title.\n"
    table.write_bytes(b"PK\3\4")
    assert run("import", table, "--account", "mine", "--map", MAP) == FAILED
    assert "log.csv is damaged or cut off" in run.err


# What other files would become


def test_a_readings_file_is_previewed(run: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        "account,video_id,captured_at,views\nb,v,2025-01-02T00:00:00Z,1\na,v,2025-01-03T00:00:00Z,2\n"
    )
    assert run("import", path, "--preview") == DONE, run.err
    assert run.out.startswith(
        "Into a, b: 2 readings of 1 video in 2 snapshots, 2 Jan 2025 to 3 Jan 2025. The first"
    )
    assert run("import", path, "--preview", "--account", "mine") == FAILED
    assert run.err == "mine.csv names its accounts itself: import it without naming one\n"


def test_an_export_is_previewed(run: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "FollowerHistory.csv"
    path.write_bytes(export(FOLLOWERS, ("7 October", 10, 0), ("8 October", "x", 1)))
    assert run("import", path, "--preview") == USAGE
    assert "add --account" in run.err
    before = accounts(run)
    assert run("import", path, "--preview", "--account", "mine") == FAILED
    assert run.out.startswith("Into mine:\n  1 day of followers, 7 Oct 2025\nline 3: Followers 'x'")
    assert accounts(run) == before
    path.write_bytes(export(OVERVIEW, ("7 October", *["undefined"] * 5)))
    assert run("import", path, "--preview", "--account", "mine") == DONE
    assert "1 row without a number yet" in run.out


def test_a_list_of_videos_without_a_day_needs_it(run: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "Content.csv"
    row = ("a", link(NOW - 86_400 * 9), "2025-09-30 09:00", 300, 22, 15, 5000, "12.5")
    path.write_bytes(export((*CONTENT[1:], "Average watch time"), row))
    for more in ((), ("--preview",)):
        assert run("import", path, "--account", "mine", *more) == USAGE
        assert run.err == (
            "Content.csv is a list of videos of TikTok Studio that does not say of which day its "
            "totals are: give the day of the export. Add --exported YYYY-MM-DD.\n"
        )
    assert run("import", path, "--account", "mine", "--exported", "2025-10-05") == DONE, run.err
    assert stored(run) == [(1_759_658_400, 1)]  # noon in Berlin


def test_names_of_columns_are_told_at_a_bearable_length(run: CommandLine, table: Path) -> None:
    """Also with each of the rows that are refused, of which there may be a thousand."""
    long = "x" * 60_000
    rows = [f"v{n},2025-10-01,many\n" for n in range(1_200)]
    table.write_text("".join([f"Clip,Measured on,{long}\n", *rows]))
    assert run("import", table, "--account", "mine") == USAGE
    assert len(run.err) < 1_000
    names = "video=Clip,at=Measured on,views=#3"
    assert run("import", table, "--account", "mine", "--map", names) == FAILED
    assert "1,200 rows were refused, the first in line 2." in run.err
    assert len(run.out) < 30_000


def test_a_file_may_have_many_columns_that_are_not_used(run: CommandLine, table: Path) -> None:
    more = [f"more {n}" for n in range(5_000)]
    header = ",".join(["account,video_id,captured_at,views", *more])
    table.write_text(f"{header}\na,v1,2025-10-01T00:00:00Z,5{',' * len(more)}\n")
    assert run("import", table) == DONE, run.err
    assert "more 19 and 4,980 more\n" in run.out
    assert len(run.out) < 1_000


@pytest.mark.parametrize("command", ["\x1b[2J", "\x1b]0;name\x07", "\x9b31m", "\x08"])
def test_nothing_in_a_file_commands_the_terminal(
    run: CommandLine, table: Path, command: str
) -> None:
    table.write_text(
        f'account,video_id,title,captured_at,views,"more{command}"\n'
        f'a,v1,"Soup{command}",2025-10-01T00:00:00Z,5,\n'
    )
    shown = (
        ("import", table, "--preview"),
        ("import", table),
        ("history", "--account", "a", "--video", "v1"),
        ("import", table, "--account", "a", "--map", f"views=vi{command}ews"),
    )
    for asked in shown:
        run(*asked)
        assert command not in run.out + run.err, asked
    assert run("history", "--account", "a", "--video", "v1", "--json") == DONE
    assert command not in run.out
    assert json.loads(run.out)["title"] == f"Soup{command}"
