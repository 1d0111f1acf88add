"""Somebody else's table: what its columns mean, its dates and numbers, and what is refused."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshot_core.errors import InputError
from snapshot_core.formats.captures import ParsedFile
from snapshot_core.formats.cells import (
    DateForm,
    Refused,
    count_of,
    instant_in,
    moment_of,
    video_id_of,
)
from snapshot_core.formats.mapped.columns import suggest, table_of
from snapshot_core.formats.mapped.parse import TableMapping, parse_mapped
from snapshot_core.formats.preview import first_rows
from snapshot_core.formats.spreadsheet.table import Table
from snapshot_core.windows import instant
from tests.support.studio import workbook

NOW = 1_795_348_800
"""2026-11-22T12:00:00Z."""
BERLIN = ZoneInfo("Europe/Berlin")
LINK = "https://www.tiktok.com/@a/video/7554971395553052634"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "their.csv"


def table(path: Path, *lines: str, encoding: str = "utf-8") -> Table:
    path.write_bytes("\n".join(lines).encode(encoding))
    return table_of(path)


def read(table: Table, zone: ZoneInfo = BERLIN, **changed: object) -> ParsedFile:
    """Read it as it suggests itself, but for what is ``changed``."""
    found = suggest(table)
    said = {"columns": found.columns, "form": found.form or "day first", **changed}
    plan = TableMapping("mine", zone, separator=found.separator, **said)  # type: ignore[arg-type]
    return parse_mapped(table, plan, NOW)


# What it looks like


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_columns_are_found_by_their_names_however_they_are_separated(path: Path, sign: str) -> None:
    header = "Video URL", "Caption", "Upload Date", "Snapshot Date", "Play Count", "Likes", "x"
    row = LINK, "a, b; c", "2026-11-01", "2026-11-20", "57600", "9", ""
    quoted = [sign.join(f'"{cell}"' for cell in cells) for cells in (header, row)]
    found = suggest(table(path, *quoted))
    assert found.columns == {
        "video_id": 0, "title": 1, "published_at": 2, "captured_at": 3, "views": 4, "likes": 5
    }  # fmt: skip
    assert (found.form, found.separator) == ("year first", "")


@pytest.mark.parametrize(
    ("dates", "form"),
    [
        (["2026-11-20", "2026/11/21"], "year first"),
        (["20.11.2026", "01.02.2026"], "day first"),
        (["11/20/2026", "01/02/2026"], "month first"),
        (["01/02/2026", "03/04/2026"], None),
        (["Nov 20, 2026", "1 February 2026"], "year first"),
        ([], "year first"),
    ],
)
def test_dates_show_which_way_they_are_written(
    path: Path, dates: list[str], form: DateForm | None
) -> None:
    found = suggest(table(path, "id;date;views", *(f"v;{date};1" for date in dates)))
    assert found.form == form


@pytest.mark.parametrize(
    ("numbers", "sign"),
    [
        (["1", "57600"], ""),
        (["1,234", "57,600"], ","),
        (["1.234.567", "9"], "."),
        (["1 234", "57\u00a0600", "1\u202f000"], " "),
        (["1'234"], "'"),
        (["1.2K"], ""),
    ],
)
def test_numbers_show_how_thousands_are_set_apart(
    path: Path, numbers: list[str], sign: str
) -> None:
    found = suggest(table(path, "id;date;views", *(f"v;2026-11-20;{n}" for n in numbers)))
    assert found.separator == sign


def test_a_workbook_is_a_table_too(tmp_path: Path) -> None:
    book = tmp_path / "their.xlsx"
    book.write_bytes(workbook(("id", "date", "views"), ("v1", "2026-11-20", "1")))
    (row,) = first_rows(read(table_of(book)), 9)
    assert (row.video_id, row.counts[0], row.captured_at) == ("v1", 1, 1_795_172_400)


# What is read


def test_rows_become_captures_and_readings(path: Path) -> None:
    parsed = read(
        table(
            path,
            "link;title;posted;date;views;likes;followers",
            f"{LINK};Soup;01.11.2026;20.11.2026 21:30;57.600;12;",
            ";;;20.11.2026 21:30;;;1.200",
            f"{LINK};Soup;01.11.2026;21.11.2026;58.000;;",
            encoding="utf-8-sig",
        )
    )
    assert (parsed.rows_read, parsed.refused) == (3, [])
    assert [one.captured_at for one in parsed.captures] == [1_795_206_600, 1_795_258_800]
    own, first, second = first_rows(parsed, 9)
    assert (own.video_id, own.totals[0]) == (None, 1200)
    assert (first.account, first.video_id) == ("mine", "7554971395553052634")
    assert (*first.counts[:3], first.title) == (57_600, 12, None, "Soup")
    assert first.published_at == 1_793_487_600  # 2026-11-01T00:00 in Berlin
    assert second.captured_at == 1_795_258_800  # a day without a time is its noon: 11:00Z


def test_one_instant_can_be_given_for_all_rows(path: Path) -> None:
    parsed = read(table(path, "id,views", "a,1", "b,2"), read_at=NOW - 60)
    assert [one.captured_at for one in parsed.captures] == [NOW - 60]


@pytest.mark.parametrize(
    ("text", "form", "at"),
    [
        ("2026-11-20T21:30:00Z", "day first", 1_795_210_200),
        ("2026-11-20 21:30", "year first", 1_795_206_600),
        ("2026-11-20T21:30:15.250+02:00", "month first", 1_795_203_015),
        ("2026.11.20 21:30", "year first", 1_795_206_600),
        ("20/11/2026, 21:30", "day first", 1_795_206_600),
        ("11/20/2026 9:30 PM", "month first", 1_795_206_600),
        ("11/20/2026 12:05 a.m.", "month first", 1_795_129_500),
        ("Nov 20, 2026 21:30", "day first", 1_795_206_600),
        ("2026-10-25 02:30", "year first", 1_792_888_200),  # twice that night: the first
    ],
)
def test_times_without_a_zone_are_local(text: str, form: DateForm, at: int) -> None:
    assert instant_in("date", text, moment_of("date", text, form), BERLIN) == at


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("20.11.26", "day first"),
        ("31/12/2026", "month first"),
        ("2026-02-30", "year first"),
        ("20.11-2026", "day first"),
        ("20.11.20261", "day first"),
        ("2026-11-20 25:00", "year first"),
        ("2026-11-20 13:00 PM", "year first"),
        ("2026-11-20 noon", "year first"),
        ("2026-03-29 02:30", "year first"),  # the clocks skipped it
        ("yesterday", "year first"),
        ("", "year first"),
    ],
)
def test_what_is_no_date_in_that_form_is_refused(text: str, form: DateForm) -> None:
    with pytest.raises(Refused, match="date '"):
        instant_in("date", text, moment_of("date", text, form), BERLIN)


@pytest.mark.parametrize("text", ["1,23", "12,3456", "1,234.5", "1.234", "1.2K", "-5", "1,234,"])
def test_numbers_are_whole_and_grouped_by_one_rule(text: str) -> None:
    with pytest.raises(Refused, match="Views "):
        count_of("Views", text, ",")


@pytest.mark.parametrize(
    ("text", "video"),
    [
        ("7554971395553052634", "7554971395553052634"),
        (LINK, "7554971395553052634"),
        (f"{LINK}?lang=en", "7554971395553052634"),
        ("https://youtube.com/shorts/dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("https://www.youtube.com/watch?app=x&v=dQw4w9WgXcQ&t=1", "dQw4w9WgXcQ"),
        ("https://youtu.be/dQw4w9WgXcQ", "dQw4w9WgXcQ"),
    ],
)
def test_an_address_is_as_good_as_an_id(text: str, video: str) -> None:
    assert video_id_of("Link", text) == video


# What is refused


def test_wrong_rows_are_named_by_line_in_the_words_of_the_table(path: Path) -> None:
    parsed = read(
        table(
            path,
            "Video;Read on;Plays",
            "v1;20.11.2026;5",
            "v2;20.11.2026;many",
            "v3;soon;5",
            "v4;20.11.2026",
            "https://example.org/;20.11.2026;1",
            "v5;;1",
            "v6;23.11.2026;1",
            "v1;20.11.2026;5",
            "7.55497E+18;20.11.2026;5",
        ),
        columns={"video_id": 0, "captured_at": 1, "views": 2},
        form="day first",
    )
    said = {one.line: one.message for one in parsed.refused}
    assert list(said) == [3, 4, 5, 6, 7, 8, 10]
    assert "Plays 'many': write a whole number" in said[3]
    assert "Read on 'soon' is not a date with the day first" in said[4]
    assert "2 fields where the header has 3" in said[5]
    assert "is no address of a video" in said[6]
    assert "every row says when it was read" in said[7]
    assert "is in the future" in said[8]
    assert "turned into a number by a spreadsheet" in said[10]
    assert (parsed.rows_read, parsed.duplicates) == (9, 1)
    # Rows that were refused are missing from their capture, which is not whole then.
    assert [one.refused for one in parsed.captures] == [3]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"video_id": 0, "captured_at": 1}, "at least one count"),
        ({"video_id": 0, "views": 2}, "when the counts were read"),
        ({"captured_at": 1, "views": 2}, "ids or links"),
        ({"video_id": 0, "captured_at": 1, "views": 2, "likes": 2}, "chosen twice, for views and"),
    ],
)
def test_a_plan_that_lacks_something_says_what(
    path: Path, columns: dict[str, int], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        read(table(path, "a,b,c", "1,2,3"), columns=columns)


def test_followers_alone_need_no_video(path: Path) -> None:
    parsed = read(table(path, "date,followers", "2026-11-20,5"))
    assert first_rows(parsed, 1)[0].totals[0] == 5


@pytest.mark.parametrize("text", ["", "one column\n1\n", "a\rb\rc"])
def test_what_is_no_table_says_so(path: Path, text: str) -> None:
    path.write_text(text, newline="")
    with pytest.raises(InputError, match=r"their\.csv"):
        table_of(path)


@settings(max_examples=50)
@given(
    form=st.sampled_from(["%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p"]),
    moment=st.datetimes(datetime(2016, 1, 1), datetime(2026, 11, 1)),  # noqa: DTZ001
    views=st.integers(0, 2**53 - 1),
    sign=st.sampled_from(["", ",", ".", " ", "'"]),
)
def test_what_is_written_in_any_form_is_read_again(
    path: Path, form: str, moment: datetime, views: int, sign: str
) -> None:
    forms: dict[str, DateForm] = {"%Y": "year first", "%d": "day first", "%m": "month first"}
    written = f"{views:,}".replace(",", sign)
    parsed = parse_mapped(
        table(path, "id;date;views", f"v;{moment.strftime(form)};{written}"),
        TableMapping(
            "mine",
            ZoneInfo("UTC"),
            {"video_id": 0, "captured_at": 1, "views": 2},
            forms[form[:2]],
            sign,
        ),
        NOW,
    )
    (row,) = first_rows(parsed, 9)
    assert row.captured_at == instant(moment.replace(tzinfo=UTC))
    assert row.counts[0] == views


@pytest.mark.parametrize("name", ["Creator", "channel_name", "anything"])
def test_several_accounts_in_one_table_are_told_apart(path: Path, name: str) -> None:
    rows = [f"v{n};2026-11-{day};{n}00;@{'ab'[n % 2]}" for day in (20, 21) for n in range(1, 5)]
    found = suggest(table(path, f"id;date;views;{name}", *rows))
    assert found.columns["account"] == 3


@pytest.mark.parametrize(
    "cells",
    [
        ("@a", "@a", "@a", "@a"),
        ("5", "6", "5", "6"),
        ("@a", "@b", "@b", "@a"),
        ("", "@a", "", "@b"),
    ],
)
def test_a_column_of_one_account_or_of_something_else_names_none(
    path: Path, cells: tuple[str, ...]
) -> None:
    rows = [f"v{n % 2};2026-11-2{n // 2};1;{cell}" for n, cell in enumerate(cells)]
    assert "account" not in suggest(table(path, "id;date;views;handle", *rows)).columns


def test_the_largest_counts_are_the_views_whatever_they_are_called(path: Path) -> None:
    rows = [f"abcDEF1234{n};2026-11-20;{n}7;{9 - n}.{n}00;{n}" for n in range(1, 6)]
    found = suggest(table(path, "Clip;Wann;Likes;Angesehen;Gesagt", *rows))
    assert found.columns == {"video_id": 0, "captured_at": 1, "likes": 2, "views": 3}
    # Where likes are the largest, nobody knows what the others are.
    rows = [f"abcDEF1234{n};2026-11-20;{n}7000;{n}" for n in range(1, 6)]
    assert "views" not in suggest(table(path, "Clip;Wann;Likes;Gesagt", *rows)).columns
