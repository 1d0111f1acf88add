"""The growth that tables from the wild give: imported by the command, asked of the command."""

import json
from datetime import date, timedelta
from pathlib import Path

from snapshot_core.cli.program import DONE, FAILED
from tests.cli.command_line import CommandLine

FIRST = date(2025, 9, 30)
IDS = [str((1_756_000_000 + n * 86_400 << 32) + 1_234_567 + n) for n in range(6)]


def views(run: CommandLine) -> tuple[int, int]:
    """Growth in seven days, and what there is."""
    assert run("growth", "--account", "acc", "--period", "7", "--json") == DONE, run.err
    growth = json.loads(run.out)["growth"]["views"]
    assert growth["ledger"]["removed"] == 0
    return growth["growth"], growth["current"]


def test_the_totals_of_youtube_studio_count_for_nothing(run: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "Table data.csv"
    for day in range(9):
        first, second = 2_000 + 20 * day, 1_000 + 10 * day
        path.write_text(
            "Content,Video title,Video publish time,Views,Watch time (hours)\n"
            f"Total,,,{first + second},10\n"
            f'abcDEF12345,one,"Sep 3, 2025",{first},5\n'
            f'abcDEF12346,two,"Sep 4, 2025",{second},5\n'
        )
        columns, at = "video=Content,views=Views", f"{FIRST + timedelta(days=day)}"
        assert run("import", path, "--account", "acc", "--map", columns, "--day", at) == DONE
        assert "rows of totals left out: line 2" in run.out
    assert views(run) == (210, 3_240)


def test_a_trackers_dump_grows_by_its_videos(run: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "dump.csv"
    rows = [
        f"{day * 6 + n + 1},https://www.tiktok.com/@me/video/{IDS[n]},"
        f"{FIRST + timedelta(days=day)},{(n + 1) * (10_000 + 100 * day)}"
        for day in range(9)
        for n in range(6)
    ]
    path.write_text("\n".join(["id,video_url,date,views", *rows]))
    columns = "video=video_url,at=date,views=views"
    assert run("import", path, "--account", "acc", "--map", columns) == DONE, run.err
    assert views(run) == (14_700, 226_800)


def test_cut_ids_do_not_count_twice(run: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "readings.csv"

    def written(ids: list[str]) -> Path:
        rows = [
            f"acc,{ids[n]},{FIRST + timedelta(days=day)}T00:00:00Z,{(n + 1) * (10_000 + 100 * day)}"
            for day in range(9)
            for n in range(6)
        ]
        path.write_text("\n".join(["account,video_id,captured_at,views", *rows]))
        return path

    assert run("import", written(IDS)) == DONE, run.err
    before = views(run)
    assert run("import", written([platform_id[:15] + "0000" for platform_id in IDS])) == FAILED
    assert "has lost digits: export again" in run.out
    assert views(run) == before == (14_700, 226_800)


def test_a_file_from_a_spreadsheet_is_no_failure(run: CommandLine, tmp_path: Path) -> None:
    """Its first line, its rows of nothing, its sign between columns."""
    path = tmp_path / "readings.csv"
    rows = [f"acc;{video};{FIRST}T00:00:00Z;5" for video in IDS]
    lines = ["sep=;", "account;video_id;captured_at;views", *rows, ";;;", ";;;"]
    path.write_text("\r\n".join(lines), newline="")
    assert run("import", path) == DONE, run.err
    assert ["refused", "0"] in [line.split() for line in run.out.splitlines()]
