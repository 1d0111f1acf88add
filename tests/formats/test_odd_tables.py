"""Tables that were misread once: each to the numbers that it says, or to why there are none."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from snapshot_core.errors import InputError
from snapshot_core.formats.cells import Refused, count_of, is_summary, separator_of, video_id_of
from snapshot_core.formats.mapped.columns import suggest, table_of
from snapshot_core.formats.readings.parse import parse
from tests.formats.test_mapped_cases import IDS, LINKS, NOW, fields, read, readings

ROUND = f"{IDS[0][:15]}0000"
"""What a spreadsheet leaves of an id. Some videos are called so."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "their.csv"


def workbook(path: Path, fill: Callable[[Workbook], None]) -> Path:
    made, out = Workbook(), BytesIO()
    fill(made)
    made.save(out)
    book = path.with_suffix(".xlsx")
    book.write_bytes(out.getvalue())
    return book


HEADER = ["video_id", "date", "views"]


# Numbers


@pytest.mark.parametrize("text", ["²", "1234²", "①", "٣²"])
def test_a_sign_that_is_a_digit_to_unicode_alone_is_no_number(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refused, match="write a whole number in plain digits"):
        count_of("views", text)
    ours, theirs = tmp_path / "readings.csv", tmp_path / "their.csv"
    ours.write_text(
        f"account,video_id,captured_at,views\na,{IDS[0]},2026-11-20T00:00Z,{text}\n"
        f"a,{IDS[1]},2026-11-20T00:00Z,5\n"
    )
    theirs.write_text(f"id,date,views\n{IDS[0]},2026-11-20,{text}\n{IDS[1]},2026-11-20,5\n")
    for parsed in (parse(ours, NOW), read(theirs)):
        assert [refusal.line for refusal in parsed.refused] == [2]
        assert [(video, views) for _, video, views in readings(parsed)] == [(IDS[1], 5)]


@pytest.mark.parametrize("beside", ["12.5", "0.850", "1000.000", "1234.5", "12345.678"])
def test_a_fraction_in_the_column_makes_no_thousand_of_another(path: Path, beside: str) -> None:
    path.write_text("\n".join(["id,date,views", f"{IDS[0]},2026-11-20,1.234",
                               f"{IDS[1]},2026-11-20,{beside}"]))  # fmt: skip
    parsed = read(path)
    assert 1_234 not in {views for _, _, views in readings(parsed)}
    assert 2 in {refusal.line for refusal in parsed.refused}


@pytest.mark.parametrize(
    ("column", "separator"),
    [
        (["1.234", "999"], "."),
        (["1.234", "12.345,00"], "."),
        (["1.234.567", "12.5"], "."),  # a typo does not undo what is certain
        (["1,234.5", "1,234"], ","),
        (["1.234", "0.5"], ""),
        (["1,234", "12,5", "2,345"], ""),
        (["12.000", "1000.000"], ""),
        (["1,23,456", "1,234"], ","),
    ],
)
def test_thousands_are_told_from_fractions_by_the_column(column: list[str], separator: str) -> None:
    assert separator_of(column) == separator


@pytest.mark.parametrize(
    ("text", "count"), [("1000.000", 1_000), ("0.000", 0), ("0,0", 0), ("123456.0000", 123_456)]
)
def test_a_whole_number_may_have_any_number_of_places(text: str, count: int) -> None:
    assert count_of("views", text) == count


@pytest.mark.parametrize("sign", [",", "."])
def test_nothing_before_a_zero_is_a_thousand(sign: str) -> None:
    with pytest.raises(Refused):
        count_of("views", f"0{sign}500", sign)


# Ids


@pytest.mark.parametrize(
    "text",
    ["id:{}", "ID: {}", "aweme_id={}", "#{}", "+{}", "0{}", "{}?lang=en", "{}/", "Video id: {}"],
)
def test_an_id_is_found_behind_its_label(text: str) -> None:
    assert video_id_of("id", text.format(IDS[0])) == IDS[0]


def test_two_ids_in_a_cell_are_not_the_first(path: Path) -> None:
    assert video_id_of("id", f"{IDS[0]}_{IDS[1]}") == f"{IDS[0]}_{IDS[1]}"


WORDS = [
    'סה"כ', "Samlet", "I alt", "Kokku", "Iš viso", "Kopā", "Ukupno", "Skupaj", "Spolu", "Общо",
    "Tổng số", "Łącznie", "योग", "รวม", "جمع", "مجموع", "மொத்தம்", "Samtals", "Mindösszesen",
    "TOTAL VIEWS", "Medie",
]  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_a_sum_is_known_in_many_languages(word: str) -> None:
    assert is_summary(word)
    assert is_summary(f"{word.upper()}:")


@pytest.mark.parametrize("videos", [1, 3])
def test_a_word_among_ids_is_no_video(path: Path, videos: int) -> None:
    """One that no list of words has; with a single video beside it, too."""
    rows = [f"{text},2026-11-20T00:00Z,5" for text in [*IDS[:videos], "Alles samen"]]
    path.write_text("\n".join(["id,date,views", *rows]))
    parsed = read(path)
    assert {video for _, video, _ in readings(parsed)} == set(IDS[:videos])
    (refusal,) = parsed.refused
    assert (refusal.line, parsed.captures[0].refused) == (2 + videos, 1)
    assert "is no id of a video, as those of the other rows are" in refusal.message


def test_ids_of_ones_own_are_judged_by_their_account(path: Path) -> None:
    rows = [f"a,{text},2026-11-20T00:00Z,5" for text in IDS] + ["b,v1,2026-11-20T00:00Z,5"]
    path.write_text("\n".join(["who,id,date,views", *rows]))
    columns = {"account": 0, "video_id": 1, "captured_at": 2, "views": 3}
    assert len(readings(read(path, columns=columns))) == 7


def test_the_link_of_a_row_tells_whether_its_id_is_whole(path: Path) -> None:
    row = "id,link,date,views\n{},https://www.tiktok.com/@me/video/{},2026-11-20,5\n"
    columns = {"video_id": 0, "captured_at": 2, "views": 3}
    path.write_text(row.format(ROUND, ROUND))
    assert [video for _, video, _ in readings(read(path, columns=columns))] == [ROUND]
    path.write_text(row.format(ROUND, IDS[0]))
    parsed = read(path, columns=columns)
    assert (readings(parsed), [refusal.line for refusal in parsed.refused]) == ([], [2])
    path.write_text("id,date,views\n" + f"{ROUND},2026-11-20,5\n")
    (refusal,) = read(path).refused
    assert "or give the video's link" in refusal.message
    path.write_text("id,date,views\n" + f"{LINKS[0].replace(IDS[0], ROUND)},2026-11-20,5\n")
    assert [video for _, video, _ in readings(read(path))] == [ROUND]


# Files


@pytest.mark.parametrize("again", ["ID,Date,Views", "\ufeffid , date,\u00a0views", "id,date,views"])
def test_a_header_that_comes_again_is_no_row(path: Path, again: str) -> None:
    path.write_text(f"id,date,views\nv1,2026-11-18,5\n{again}\nv1,2026-11-19,6\n")
    parsed = read(path)
    assert (len(readings(parsed)), parsed.refused, parsed.rows_read) == (2, [], 2)


def test_days_of_a_macs_workbook_count_from_1904(path: Path) -> None:
    def fill(book: Workbook) -> None:
        book.epoch = CALENDAR_MAC_1904
        as_date, as_number = date(2026, 11, 20), 44_885.5
        for row in (HEADER, [IDS[0], as_date, 5], [IDS[0], as_number, 6]):
            book.active.append(row)

    assert readings(read(workbook(path, fill))) == [
        ("2026-11-20T12:00:00Z", IDS[0], 5), ("2026-11-21T12:00:00Z", IDS[0], 6)
    ]  # fmt: skip


def test_a_hidden_sheet_is_not_read(path: Path) -> None:
    def fill(book: Workbook) -> None:
        book.active.append(HEADER)
        book.active.append([IDS[0], date(2026, 11, 1), 1])
        book.active.sheet_state = "hidden"
        book.create_sheet("Mine").append(HEADER)
        book["Mine"].append([IDS[0], date(2026, 11, 20), 5])
        book.active = 1

    parsed = read(workbook(path, fill))
    assert (readings(parsed), parsed.notices) == ([("2026-11-20T12:00:00Z", IDS[0], 5)], [])


def test_of_several_sheets_the_table_is_read_and_the_others_are_named(path: Path) -> None:
    def fill(book: Workbook) -> None:
        book.active.append(["About", "of whom"])
        book.active.append(["My log", "me"])
        for month in (10, 11):
            sheet = book.create_sheet(f"Month {month}")
            sheet.append(HEADER)
            sheet.append([IDS[0], date(2026, month, 20), month])

    book = workbook(path, fill)
    assert fields(book) == {"video_id": "video_id", "captured_at": "date", "views": "views"}
    parsed = read(book)
    assert readings(parsed) == [("2026-10-20T12:00:00Z", IDS[0], 10)]
    others = "their.xlsx, sheet Sheet, their.xlsx, sheet Month 11"
    assert parsed.notices == [f"not read, save what you need as a file of its own: {others}"]


def test_formulas_whose_values_are_missing_are_no_unknown_counts(path: Path) -> None:
    """As a program writes them: a spreadsheet, which works them out, has to save the file first."""

    def fill(book: Workbook) -> None:
        for row in (HEADER, [IDS[0], date(2026, 11, 20), "=5+1"]):
            book.active.append(row)

    with pytest.raises(InputError, match="formulas without their values: open it in a spreadsheet"):
        suggest(table_of(workbook(path, fill)))


def test_an_empty_text_is_the_value_of_its_formula(path: Path) -> None:
    def fill(book: Workbook) -> None:
        for row in (HEADER, [IDS[0], date(2026, 11, 20), 5], [IDS[1], "2026-11-20", '=""']):
            book.active.append(row)

    book = workbook(path, fill)
    with_values = _replaced(book, b'<c r="C3">', b'<c r="C3" t="str">')
    book.write_bytes(with_values)
    assert [views for _, _, views in readings(read(book))] == [5, None]


def _replaced(book: Path, old: bytes, new: bytes) -> bytes:
    """The bytes of a workbook in whose only sheet something is replaced."""
    out = BytesIO()
    with ZipFile(book) as archive, ZipFile(out, "w") as changed:
        for name in archive.namelist():
            data = archive.read(name)
            changed.writestr(name, data.replace(old, new))
    assert old in ZipFile(book).read("xl/worksheets/sheet1.xml")
    return out.getvalue()


@pytest.mark.parametrize(
    ("days", "times", "ends"),
    [
        (("2026-11-20", "2026-11-20"), ("10:00", "16:30"), ("20T10:00:00Z", "20T16:30:00Z")),
        (("20.11.2026", "21.11.2026"), ("9.15", "23.59"), ("20T09:15:00Z", "21T23:59:00Z")),
        (("11/20/2026", "11/20/2026"), ("1:05 AM", "1:05 pm"), ("20T01:05:00Z", "20T13:05:00Z")),
        (("2026-11-20", "2026-11-21"), ("10:00", ""), ("20T10:00:00Z", "21T12:00:00Z")),
    ],
)
@pytest.mark.parametrize("name", ["time", "Uhrzeit", "時刻"])
def test_a_time_in_a_column_of_its_own_belongs_to_its_day(
    path: Path, name: str, days: tuple[str, str], times: tuple[str, str], ends: tuple[str, str]
) -> None:
    rows = [
        f"{IDS[0]},{day},{time},{n}" for n, (day, time) in enumerate(zip(days, times, strict=False))
    ]
    path.write_text("\n".join([f"id,date,{name},views", *rows]))
    parsed = read(path)
    assert [at.removeprefix("2026-11-") for at, _, _ in readings(parsed)] == list(ends)
    assert parsed.notices == [f"the times of the days are those of the column {name}"]


@pytest.mark.parametrize(
    "text",
    [
        "id,date,length,views\n{},2026-11-20,10:35,5\n",
        "id,date,time,views\n{},2026-11-20,evening,5\n",
        "id,date,time,views\n{},2026-11-20 12:00,10:35,5\n",
    ],
)
def test_what_is_no_time_of_a_day_is_left_alone(path: Path, text: str) -> None:
    path.write_text(text.format(IDS[0]))
    parsed = read(path)
    assert ([at for at, _, _ in readings(parsed)], parsed.notices) == (["2026-11-20T12:00:00Z"], [])
