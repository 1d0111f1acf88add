"""``videos`` and ``videos tag``: the table of a period, and tags."""

from pathlib import Path

import pytest

from snapshot_core.cli.program import DONE, FAILED
from snapshot_core.windows import DAY, iso
from tests.cli.command_line import NOW, CommandLine

HEADER = "account,video_id,title,published_at,captured_at,views,likes"


@pytest.fixture
def run(sqlite_url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> CommandLine:
    command = CommandLine(sqlite_url, capsys)
    command.set_up()
    file = tmp_path / "readings.csv"
    rows = [
        f"mine,{name},Title of {name},{iso(NOW - 60 * DAY)},{iso(NOW - day * DAY)},"
        f"{10_000 - gain * day},{1_000 - gain * day // 10}"
        for day in range(9)
        for name, gain in (("a", 100), ("b", 300))
    ]
    file.write_text("\n".join([HEADER, *rows]))
    assert command("import", file) == DONE
    return command


def test_tags_are_added_listed_and_removed(run: CommandLine) -> None:
    of_a = "--account", "mine", "--video", "a"
    assert run("videos", "tag", "list", "--account", "mine") == DONE
    assert "No video has a tag yet" in run.out
    assert run("videos", "tag", "add", "Fern Series", *of_a) == DONE
    assert run.out == "a: fern series\n"
    assert run("videos", "tag", "list", "--account", "mine") == DONE
    figures = "fern series 1 10K +700 +7.5 % 25 % 10.0 %"
    assert run.out.splitlines()[1].split() == figures.split()
    assert run("videos", "tag", "remove", "fern series", *of_a) == DONE
    assert run.out == "a: no tags\n"
    assert run("videos", "tag", "add", "x", "--account", "mine", "--video", "c") == FAILED
    assert run("videos", "tag", "add", "x,y", *of_a) == FAILED
    assert "comma" in run.err


def test_the_table_of_a_tag_adds_up(run: CommandLine) -> None:
    assert run("videos", "--account", "mine") == DONE
    lines = run.out.splitlines()
    assert [line.split()[2] for line in lines[1:3]] == ["b", "a"]
    assert lines[3].split() == ["2", "videos", "20K", "+2.8K", "+16", "%", "100", "%", "10.0", "%"]
    run("videos", "tag", "add", "birds", "--account", "mine", "--video", "a")
    assert run("videos", "--account", "mine", "--tag", "Birds", "--period", "24h") == DONE
    assert run.out.splitlines()[-1].split()[:4] == ["1", "video", "10K", "+100"]
    document = run.json("videos", "--account", "mine", "--tag", "birds")
    assert [video["video"] for video in document["videos"]] == ["a"]
    assert document["videos"][0]["tags"] == ["birds"]
    assert document["videos"][0]["share"] == document["totals"]["share"] == 25
    (tag,) = run.json("videos", "tag", "list", "--account", "mine")["tags"]
    assert tag["growth"]["views"] == 700
