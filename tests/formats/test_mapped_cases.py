"""Tables as trackers, databases and spreadsheets write them, with what each must become."""

import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook, load_workbook

from snapshot_core.formats.captures import ParsedFile
from snapshot_core.formats.mapped.columns import suggest, table_of
from snapshot_core.formats.mapped.parse import TableMapping, parse_mapped
from snapshot_core.formats.readings.parse import parse
from snapshot_core.formats.recognise import recognise
from snapshot_core.windows import instant, iso

NOW = instant(datetime(2026, 11, 27, 9, tzinfo=UTC))
UTC_ZONE, BERLIN = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")
IDS = [str((1_772_323_200 + n * 86_400 << 32) + 1_234_567 + n) for n in range(6)]
LINKS = [f"https://www.tiktok.com/@me/video/{platform_id}" for platform_id in IDS]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "their.csv"


def read(
    path: Path,
    zone: ZoneInfo = UTC_ZONE,
    now: int = NOW,
    read_at: int | None = None,
    columns: dict[str, int] | None = None,
) -> ParsedFile:
    """The table as it suggests itself, or by these ``columns``."""
    table = table_of(path)
    looks = suggest(table, columns)
    assert looks.form is not None
    mapping = TableMapping("mine", zone, looks.columns, looks.form, looks.separator, read_at)
    return parse_mapped(table, mapping, now)


def fields(path: Path) -> dict[str, str]:
    """The names of the columns that are suggested."""
    table = table_of(path)
    return {field: table.header[at] for field, at in suggest(table).columns.items()}


def readings(parsed: ParsedFile) -> list[tuple[str, str, int | None]]:
    """Instant, id and views of all readings, oldest first."""
    return [
        (iso(capture.captured_at), video.platform_id, video.count("views"))
        for capture in parsed.captures
        for _, video in capture.readings
    ]


# Columns are known by their cells


@pytest.mark.parametrize("name", ["video_url", "clip", "where"])
def test_a_row_number_is_not_taken_for_the_video(path: Path, name: str) -> None:
    rows = [
        f"{day * 6 + n + 1},{LINKS[n]},2026-11-{18 + day},{(n + 1) * 10_000 + day * 100}"
        for day in range(9)
        for n in range(6)
    ]
    path.write_text("\n".join([f"id,{name},date,views", *rows]))
    assert fields(path) == {"video_id": name, "captured_at": "date", "views": "views"}
    parsed = read(path)
    assert {video for _, video, _ in readings(parsed)} == set(IDS)
    first, last = parsed.captures[1], parsed.captures[-2]
    gains = [sum(v.count("views") or 0 for _, v in c.readings) for c in (first, last)]
    assert gains[1] - gains[0] == 6 * 6 * 100


def test_a_row_number_alone_is_no_video(path: Path) -> None:
    path.write_text("id,date,views\n1,2026-11-18,5\n2,2026-11-19,6\n3,2026-11-20,7\n")
    assert "video_id" not in fields(path)


def test_dates_are_told_apart_by_what_they_do(path: Path) -> None:
    """A video has one publication; `created_at` of a tracker's row is when it was read."""
    rows = [
        f"{LINKS[n]},2026-11-{18 + day} 03:00:00+00,2026-10-0{n + 1},{day}"
        for day in range(2)
        for n in range(3)
    ]
    path.write_text("\n".join(["video,created_at,on,views", *rows]))
    assert fields(path) == {
        "video_id": "video", "captured_at": "created_at", "published_at": "on", "views": "views"
    }  # fmt: skip


def test_a_name_whose_cells_are_something_else_is_not_enough(path: Path) -> None:
    path.write_text("id,day,as of,likes,views\nv1,Monday,2026-11-18,87%,5\nv2,Tuesday,,12%,6\n")
    assert fields(path) == {"video_id": "id", "captured_at": "as of", "views": "views"}


def test_ids_are_known_under_any_name(path: Path) -> None:
    path.write_text("Inhalt;Aufrufe\nabcDEF12345;5\nabcDEF-2_46;6\n")
    assert fields(path) == {"video_id": "Inhalt", "views": "Aufrufe"}


# A sum is no video


def test_the_total_of_youtube_studio_is_left_out_and_said(path: Path) -> None:
    path.write_text(
        "Content,Video title,Video publish time,Views,Watch time (hours)\n"
        "Total,,,3000,10\n"
        'abcDEF12345,one,"Oct 3, 2026",2000,5\n'
        'abcDEF12346,two,"Oct 4, 2026",1000,5\n'
    )
    assert fields(path)["video_id"] == "Content"
    parsed = read(path, read_at=NOW)
    assert [(video, views) for _, video, views in readings(parsed)] == [
        ("abcDEF12345", 2_000),
        ("abcDEF12346", 1_000),
    ]
    assert (parsed.rows_read, parsed.refused) == (2, [])
    assert parsed.notices == ["rows of totals left out: line 2"]


@pytest.mark.parametrize(
    "row",
    [
        "Summe;;;3000",
        "合計;;;3000",
        ";Grand total;;3000",
        ";;Total;3000",
        "Kokku kõik;;20.11.2026;3000",
    ],
)
def test_a_sum_is_never_a_video_in_any_language_or_column(path: Path, row: str) -> None:
    lines = [f"{IDS[n]};Soup {n};20.11.2026;{n}" for n in range(3)]
    path.write_text("\n".join(["id;title;date;views", *lines, row]))
    parsed = read(path)
    assert {video for _, video, _ in readings(parsed)} == set(IDS[:3])
    # A word that nobody knows is no id, as those of the others are.
    unknown = [refusal.message for refusal in parsed.refused]
    assert bool(unknown) != bool(parsed.notices)
    assert not unknown or "is no id of a video, as those of the other rows are" in unknown[0]


def test_a_sum_without_a_name_is_known_by_its_counts(path: Path) -> None:
    rows = [f"{platform_id},Soup,{n + 7},{n}" for n, platform_id in enumerate(IDS)]
    total = f",,{sum(range(7, 13))},{sum(range(6))}"
    path.write_text("\n".join(["id,title,views,likes", *rows, total]))
    parsed = read(path, read_at=NOW)
    assert (parsed.rows_read, parsed.refused, parsed.captures[0].refused) == (6, [], 0)
    assert parsed.notices == ["rows of totals left out: line 8"]
    path.write_text("\n".join(["id,title,views,likes", *rows, f"{total}9"]))
    (refusal,) = read(path, read_at=NOW).refused
    assert "name the video" in refusal.message


def test_followers_that_stand_still_are_no_sum(path: Path) -> None:
    path.write_text("date,followers\n2026-11-18,5\n2026-11-19,5\n2026-11-20,10\nTotal,20\n")
    parsed = read(path)
    own = [capture.profile.followers for capture in parsed.captures if capture.profile]
    assert (own, parsed.notices) == ([5, 5, 10], ["rows of totals left out: line 5"])


def test_a_sum_in_a_readings_file_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "readings.csv"
    path.write_text(
        "account,video_id,captured_at,views\n"
        f"a,{IDS[0]},2026-11-20T00:00:00Z,5\na,{IDS[1]},2026-11-20T00:00:00Z,6\n,Total,,11\n"
    )
    parsed = parse(path, NOW)
    assert {video for _, video, _ in readings(parsed)} == set(IDS[:2])
    assert (parsed.refused, parsed.notices) == ([], ["rows of totals left out: line 4"])


# Instants


def test_instants_as_postgresql_writes_them_are_taken(path: Path) -> None:
    path.write_text(
        "video_id,captured_at,views\n"
        "v1,2026-11-19 10:00:00.123456+00,1000\nv1,2026-11-20 10:00:00.123456+00,1100\n"
    )
    parsed = read(path)
    assert parsed.refused == []
    assert readings(parsed) == [
        ("2026-11-19T10:00:00Z", "v1", 1_000), ("2026-11-20T10:00:00Z", "v1", 1_100)
    ]  # fmt: skip


HOURS = ["00:00", "01:00", "02:00", "02:00", "03:00", "04:00"]


@pytest.mark.parametrize("newest_first", [False, True])
def test_the_hour_that_comes_twice_is_read_twice(path: Path, newest_first: bool) -> None:
    rows = [f"v1,2026-10-25 {hour},{1_000 + n}" for n, hour in enumerate(HOURS)]
    ordered = rows[::-1] if newest_first else rows
    path.write_text("\n".join(["video_id,date,views", *ordered]))
    parsed = read(path, BERLIN)
    assert parsed.refused == []
    assert readings(parsed) == [
        (iso(instant(datetime(2026, 10, 24, 22, tzinfo=UTC)) + n * 3_600), "v1", 1_000 + n)
        for n in range(6)
    ]


@pytest.mark.parametrize("by_video", [False, True])
def test_the_hour_that_comes_twice_is_told_for_each_video(path: Path, by_video: bool) -> None:
    """Half-hourly, of two videos; the other was posted in the second of the hours."""
    times = ["01:30", "02:00", "02:30", "02:00", "02:30", "03:00"]
    rows = [(n, f"v1,2026-10-25 {clock},{n}") for n, clock in enumerate(times)]
    rows += [(n, f"v2,2026-10-25 {times[n]},{n}") for n in (4, 5)]
    if not by_video:
        rows.sort(key=lambda row: row[0])
    path.write_text("\n".join(["video_id,date,views", *(row for _, row in rows)]))
    parsed = read(path, BERLIN)
    begin = instant(datetime(2026, 10, 24, 23, 30, tzinfo=UTC))
    of_first = [(iso(begin + n * 1_800), "v1", n) for n in range(6)]
    read_of_first = [row for row in readings(parsed) if row[1] == "v1"]
    assert (parsed.refused, read_of_first) == ([], of_first)
    of_other = [at for at, video, _ in readings(parsed) if video == "v2"]
    # File by file nobody can tell which of the two it was; row by row the order says it.
    assert of_other[0] == (of_first[2] if by_video else of_first[4])[0]


TODAY = "video_id,date,views\nv1,2026-11-26,1000\nv1,2026-11-27,1100\n"


def test_todays_counts_are_those_of_now_until_noon(path: Path) -> None:
    path.write_text(TODAY)
    assert readings(read(path)) == [
        ("2026-11-26T12:00:00Z", "v1", 1_000), ("2026-11-27T09:00:00Z", "v1", 1_100)
    ]  # fmt: skip
    in_los_angeles = readings(read(path, ZoneInfo("America/Los_Angeles"), NOW + 9 * 3_600))
    assert in_los_angeles[1][0] == "2026-11-27T18:00:00Z"
    assert readings(read(path, now=NOW + 6 * 3_600))[1][0] == "2026-11-27T12:00:00Z"
    (refusal,) = read(path, now=NOW - 86_400).refused
    assert refusal.message.startswith("date '2026-11-27' is in the future: check how dates are")


# The shape of a file


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "\ufeffsep=;"])
def test_the_line_that_names_the_sign_is_no_header(path: Path, first: str) -> None:
    path.write_text(f"{first}\nvideo_id;date;views\nv1;2026-11-19;1000\n")
    assert readings(read(path)) == [("2026-11-19T12:00:00Z", "v1", 1_000)]
    path.write_text(f"{first}\nvideo_id;date;views\nv1;2026-11-19;many\nv2;2026-11-19;5")
    assert [refusal.line for refusal in read(path).refused] == [3]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("states", [True, False])
def test_a_readings_file_may_be_divided_by_any_sign(
    tmp_path: Path, sign: str, states: bool
) -> None:
    path = tmp_path / "readings.csv"
    first = [f'"sep={sign}"'] if states else []
    rows = [["account", "video_id", "captured_at", "views"], ["a", "v1", "2026-11-20T00:00Z", "5"]]
    path.write_text("\r\n".join([*first, *map(sign.join, rows)]), newline="")
    assert recognise(path) == "readings"
    parsed = parse(path, NOW)
    assert (readings(parsed), parsed.refused) == ([("2026-11-20T00:00:00Z", "v1", 5)], [])
    assert parsed.captures[0].readings[0][0] == 2 + states


def test_rows_of_nothing_but_separators_are_none(tmp_path: Path, path: Path) -> None:
    ours = tmp_path / "readings.csv"
    blank = ",,,\n , ,\u00a0,\n\u200b,,,\n"
    ours.write_text(f"account,video_id,captured_at,views\na,v1,2026-11-20T00:00Z,5\n{blank}")
    path.write_text(f"id,title,date,views\nv1,,2026-11-20,5\n{blank}v1,,2026-11-21,6\n")
    for parsed, rows in ((parse(ours, NOW), 1), (read(path), 2)):
        assert (parsed.rows_read, parsed.refused, len(readings(parsed))) == (rows, [], rows)


def test_empty_rows_of_a_parquet_file_are_none(tmp_path: Path) -> None:
    path = tmp_path / "readings.parquet"
    columns = {"account": ["a", None], "video_id": ["v1", ""], "views": [5, None]}
    at = ["2026-11-20T00:00Z", None]
    pq.write_table(pa.table({**columns, "captured_at": at}), path)
    parsed = parse(path, NOW)
    assert (parsed.rows_read, parsed.refused, len(readings(parsed))) == (1, [], 1)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_files_that_were_joined_are_one(tmp_path: Path, kind: str) -> None:
    part = "\ufeffid,date,views\n\ufeffv1,2026-11-{day},{day}\n"
    text = part.format(day=18) + part.format(day=19)
    path = tmp_path / f"their.{kind}"
    path.write_bytes(text.encode() if kind == "csv" else book(text))
    parsed = read(path)
    assert [(video, views) for _, video, views in readings(parsed)] == [("v1", 18), ("v1", 19)]
    assert (parsed.rows_read, parsed.refused) == (2, [])


@pytest.mark.parametrize(
    "above", ["My tracker\n\n", "Tracker of Mara, 2026\n", "Video,,Counts,,\n", "\n,,,\n"]
)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_header_is_found_below_what_stands_above_it(
    tmp_path: Path, above: str, kind: str
) -> None:
    text = f"{above}id,date,views,likes\nv1,2026-11-18,5,1\nv1,2026-11-19,6,1\n"
    path = tmp_path / f"their.{kind}"
    path.write_bytes(text.encode() if kind == "csv" else book(text))
    assert fields(path) == {
        "video_id": "id", "captured_at": "date", "views": "views", "likes": "likes"
    }  # fmt: skip
    parsed = read(path)
    assert (len(readings(parsed)), parsed.refused) == (2, [])


def book(text: str) -> bytes:
    """A workbook with the cells of a CSV."""
    made = Workbook()
    for row in text.splitlines():
        made.active.append([cell or None for cell in row.split(",")])
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def test_titles_of_several_lines_stay_in_their_rows(path: Path) -> None:
    path.write_text(
        'id,title,date,views\r\nv1,"a\r\n""b""",2026-11-18,5\r\nv2,x,2026-11-18,?\r\n', newline=""
    )
    parsed = read(path)
    assert parsed.captures[0].readings[0][1].title == 'a\r\n"b"'
    assert [refusal.line for refusal in parsed.refused] == [4]


# Numbers and dates of a whole column


def test_the_whole_column_tells_how_dates_and_numbers_are_written(path: Path) -> None:
    rows = [f"{IDS[0]};{1 + n % 12:02}/11/2026 0{n % 7}:{n % 60:02};{n % 900}" for n in range(900)]
    path.write_text("\n".join(["id;date;views", *rows]))
    assert suggest(table_of(path)).form is None
    path.write_text("\n".join(["id;date;views", *rows, f"{IDS[0]};13/11/2026;1,234"]))
    looks = suggest(table_of(path))
    assert (looks.form, looks.separator) == ("day first", ",")
    assert readings(read(path))[-1] == ("2026-11-13T12:00:00Z", IDS[0], 1_234)


def test_decimal_commas_and_narrow_blanks_are_numbers(path: Path) -> None:
    path.write_text("id;date;views\nv1;18.11.2026;1\u202f234,0\nv1;19.11.2026;12 345,0\n")
    assert [views for _, _, views in readings(read(path))] == [1_234, 12_345]


def test_what_a_cell_does_not_know_is_unknown_and_errors_are_named(path: Path) -> None:
    path.write_text(
        "id,published,date,views,likes\n"
        "v1,n/a,2026-11-18,#N/A,5\nv2,-,2026-11-18,5,-\nv3,2026-11-01,2026-11-18,#REF!,1\n"
        "n/a,,2026-11-18,5,5\n"
    )
    parsed = read(path)
    (_, first), (_, second) = parsed.captures[0].readings
    assert (first.count("views"), first.count("likes"), first.published_at) == (None, 5, None)
    assert (second.count("views"), second.count("likes")) == (5, None)
    messages = {refusal.line: refusal.message for refusal in parsed.refused}
    assert messages[4].startswith("views '#REF!' is an error of a spreadsheet: mend its formula")
    assert "no video_id: name the video" in messages[5]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_ids_that_a_spreadsheet_cut_are_refused_in_every_reader(tmp_path: Path, kind: str) -> None:
    rows = [f"{platform_id[:15]}0000,2026-11-18,5" for platform_id in IDS]
    path = tmp_path / f"their.{kind}"
    text = "\n".join(["id,date,views", *rows])
    path.write_bytes(text.encode() if kind == "csv" else book(text))
    parsed = read(path)
    assert (readings(parsed), parsed.refused.total) == ([], 6)
    assert "was turned into a number by a spreadsheet and has lost digits" in (
        parsed.refused[0].message
    )


class TestLinksBehindCells:
    """What a spreadsheet shows of a video may be its title, with the address behind it."""

    def sheet(self, path: Path, *firsts: str | float, formula: bool = False) -> None:
        made = Workbook()
        made.active.append(["Clip", "date", "views"])
        for number, first in enumerate(firsts):
            made.active.append([first, "2026-11-18", 100 + number])
            made.active.cell(number + 2, 1).hyperlink = None if formula else LINKS[number]
        made.active.append(["Total", None, sum(100 + n for n in range(len(firsts)))])
        made.save(path)

    def test_are_ids_where_the_text_is_none(self, tmp_path: Path) -> None:
        path = tmp_path / "their.xlsx"
        self.sheet(path, *(f"Soup {n}" for n in range(6)))
        assert fields(path)["video_id"] == "Clip (link)"
        parsed = read(path)
        assert [(each, views) for _, each, views in readings(parsed)] == [
            (platform_id, 100 + n) for n, platform_id in enumerate(IDS)
        ]
        assert (parsed.refused, parsed.notices) == ([], ["rows of totals left out: line 8"])
        # So they are where the column of the text is chosen.
        by_hand = read(path, columns={"video_id": 0, "captured_at": 1, "views": 2})
        assert readings(by_hand) == readings(parsed)

    def test_stand_for_ids_that_were_cut(self, tmp_path: Path) -> None:
        path = tmp_path / "their.xlsx"
        self.sheet(path, *(float(platform_id) for platform_id in IDS[:3]))
        assert [each for _, each, _ in readings(read(path))] == IDS[:3]

    def test_change_no_id_that_is_whole(self, tmp_path: Path) -> None:
        path = tmp_path / "their.xlsx"
        self.sheet(path, *IDS[:2], LINKS[2])
        assert table_of(path).header == ["Clip", "date", "views"]
        self.sheet(path, IDS[5], IDS[4], "Soup")
        assert [each for _, each, _ in readings(read(path))] == [IDS[5], IDS[4], IDS[2]]

    def test_are_read_of_formulas(self, tmp_path: Path) -> None:
        """As a spreadsheet stores one: with the text that it shows."""
        path = tmp_path / "their.xlsx"
        self.sheet(path, "Soup", "Salad", formula=True)
        parts: dict[str, bytes] = {}
        with ZipFile(path) as packed:
            parts = {name: packed.read(name) for name in packed.namelist()}
        sheet = parts["xl/worksheets/sheet1.xml"].decode()
        for number, link in enumerate(LINKS[:2], 2):
            formula = f"<f>HYPERLINK(&quot;{link}&quot;,&quot;Soup&quot;)</f><v>Soup</v>"
            cell = f'<c r="A{number}" t="str">{formula}</c>'
            sheet = re.sub(rf'<c r="A{number}".*?</c>', cell, sheet)
        parts["xl/worksheets/sheet1.xml"] = sheet.encode()
        with ZipFile(path, "w") as packed:
            for name, data in parts.items():
                packed.writestr(name, data)
        assert [each for _, each, _ in readings(read(path))] == IDS[:2]

    def test_of_other_pages_are_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "their.xlsx"
        self.sheet(path, "v1", "v2", formula=True)
        book = load_workbook(path)
        book.active["A2"].hyperlink = "https://example.org/soup"
        book.save(path)
        columns = {"video_id": 0, "captured_at": 1, "views": 2}
        assert [each for _, each, _ in readings(read(path, columns=columns))] == ["v1", "v2"]


def test_links_beside_cut_ids_are_taken_in_their_place(path: Path) -> None:
    rows = [f"{IDS[n][:15]}0000,{LINKS[n]},2026-11-18,5" for n in range(6)]
    path.write_text("\n".join(["video_id,link,date,views", *rows]))
    assert fields(path)["video_id"] == "link"
