"""TikTok Studio exports: every form they come in, every language, and every way to be wrong."""

import os
import re
import struct
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshot_core.errors import InputError
from snapshot_core.formats.spreadsheet import files
from snapshot_core.formats.tiktok_studio.export import parse
from snapshot_core.formats.tiktok_studio.tables import StudioFile
from snapshot_core.readings import video_counts
from tests.support.studio import (
    CONTENT,
    FOLLOWERS,
    LANGUAGES,
    OVERVIEW,
    export,
    link,
    video_id,
    workbook,
    zipped,
)

TODAY = date(2026, 11, 22)
UPLOADED = 1_793_534_400
"""2026-11-01T12:00:00Z."""

Reads = Callable[..., StudioFile]


@pytest.fixture
def read(tmp_path: Path) -> Reads:
    """Read bytes as a file of this name, given in the browser."""

    def read_it(data: bytes, name: str = "Content.csv", **more: Any) -> StudioFile:
        path = tmp_path / "upload"
        path.write_bytes(data)
        return parse(path, more.pop("today", TODAY), name=name, **more)

    return read_it


def video(
    title: str = "Soup",
    uploaded: int = UPLOADED,
    number: int = 7,
    time: str = "November 22",
    posted: str = "November 1",
    counts: tuple[object, ...] = ("1135", "48", "21", "57600"),
) -> tuple[object, ...]:
    return time, title, link(uploaded, number), posted, *counts


def messages(file: StudioFile) -> dict[int, str]:
    return {refusal.line: refusal.message for refusal in file.refused}


# What is read


def test_the_top_posts_with_their_totals_and_uploads(read: Reads) -> None:
    file = read(export(CONTENT, video(), video("", number=8, counts=("1", "2", "3", "4"))))
    first, second = file.videos
    assert (file.rows_read, file.refused, file.notices) == (2, [], [])
    assert first.reading.platform_id == video_id(UPLOADED)
    assert first.reading.counts == video_counts(views=57_600, likes=1135, comments=48, shares=21)
    assert (first.reading.title, first.reading.share_url) == ("Soup", link(UPLOADED))
    assert (first.day, first.uploaded, first.posted) == (TODAY, 1_793_534_400, None)
    assert (second.reading.title, second.reading.count("views")) == (None, 4)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["csv", "xlsx", "stored", "deflated", "zipped workbook"])
def test_every_language_in_every_form(read: Reads, language: str, form: str) -> None:
    today, yesterday, february = LANGUAGES[language]
    make = workbook if "x" in form or "book" in form else export
    parts = {
        "Content": make(CONTENT, video(time=today, posted=february, uploaded=1_772_265_600)),
        "Overview": make(OVERVIEW, (yesterday, 900, 30, 20, 3, 2), (today, 1, 1, 1, 1, 1)),
        "FollowerHistory": make(FOLLOWERS, (yesterday, 1200, 6), (today, "undefined", "undefined")),
    }
    if form in ("csv", "xlsx"):
        files = [read(data, f"{name}.{form}") for name, data in parts.items()]
    else:
        suffix = "xlsx" if form == "zipped workbook" else "csv"
        method = ZIP_STORED if form == "stored" else ZIP_DEFLATED
        named = {f"{name}.{suffix}": data for name, data in parts.items()}
        files = [read(zipped(named, method), "export.zip")]
    assert sum(file.rows_read for file in files) == 5
    assert [file.refused for file in files] == [[]] * len(files)
    (only,) = (one for file in files for one in file.videos)
    assert (only.day, only.uploaded, only.posted) == (TODAY, 1_772_265_600, None)  # 28 Feb 2026
    assert [row[1:] for file in files for row in file.followers] == [
        (date(2026, 11, 21), 1200),
        (TODAY, None),
    ]
    assert [row[1:] for file in files for row in file.amounts] == [
        (date(2026, 11, 21),
         {"views": 900, "profile_views": 30, "likes": 20, "comments": 3, "shares": 2}),
        (TODAY, {"views": 1, "profile_views": 1, "likes": 1, "comments": 1, "shares": 1}),
    ]  # fmt: skip


def test_an_old_header_ends_in_a_no_break_space(read: Reads) -> None:
    header = (*CONTENT[:-1], "Total views\u00a0")
    assert read(export(header, video())).videos[0].reading.count("views") == 57_600


def test_a_post_of_last_year_and_a_scheduled_one(read: Reads) -> None:
    december = 1_765_454_400  # 2025-12-11T12:00:00Z
    file = read(
        export(
            CONTENT,
            video(uploaded=december, posted="December 11"),
            video(uploaded=december, number=8, posted="January 5"),
            video(uploaded=december, number=9, posted="no day"),
            video(uploaded=december, number=10, posted="December 1"),
        )
    )
    assert [one.posted for one in file.videos] == [None, date(2026, 1, 5), None, None]
    assert {one.uploaded for one in file.videos} == {december}


def test_the_day_of_the_export_turns_the_year_over(read: Reads) -> None:
    file = read(export(CONTENT, video(time="December 31")), today=date(2027, 1, 1))
    assert file.videos[0].day == date(2026, 12, 31)


def test_a_day_that_has_begun_elsewhere_is_tomorrow_and_not_a_year_ago(read: Reads) -> None:
    assert read(export(CONTENT, video(time="November 23"))).videos[0].day == date(2026, 11, 23)


AMOUNTS_ROW = ("December 24", "1", "1", "1", "1", "1")


@pytest.mark.parametrize(
    ("name", "written", "exported", "year"),
    [
        ("Overview.csv", None, None, 2025),
        ("Overview_2024-12-25.csv", None, None, 2024),
        ("2024-01-01_2024-12-31.csv", None, None, 2024),
        ("Overview_20241225.csv", None, None, 2024),
        ("Overview_2024-13-45.csv", None, None, 2025),
        ("Overview_2031-01-01.csv", None, None, 2025),  # nobody exports in the future
        ("export.zip", (2024, 12, 25), None, 2024),
        ("export.zip", (1980, 1, 1), None, 2025),
        ("export.zip", (2024, 12, 25), date(2023, 12, 25), 2023),
        ("Overview.csv", None, date(2024, 12, 26), 2024),
    ],
)
def test_what_tells_the_day_of_the_export(
    read: Reads,
    name: str,
    written: tuple[int, int, int] | None,
    exported: date | None,
    year: int,
) -> None:
    data = export(OVERVIEW, AMOUNTS_ROW)
    if name.endswith("zip"):
        data = zipped({"Overview.csv": data}, day=written or (1980, 1, 1))
    file = read(data, name, exported=exported)
    assert [day for _, day, _ in file.amounts] == [date(year, 12, 24)]


def test_a_file_of_this_machine_is_as_old_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "Overview.csv"
    path.write_bytes(export(OVERVIEW, AMOUNTS_ROW))
    os.utime(path, (1_735_128_000, 1_735_128_000))  # 2024-12-25T12:00:00Z
    assert parse(path, TODAY).amounts[0][1] == date(2024, 12, 24)


def test_unknown_is_none_and_an_amount_can_be_taken_back(read: Reads) -> None:
    rows = (
        ("November 20", "undefined", "", "-3", "undefined", "0"),
        ("November 21", "undefined", "undefined", "undefined", "undefined", "undefined"),
    )
    file = read(export(OVERVIEW, *rows))
    assert [row[2] for row in file.amounts] == [{"likes": -3, "shares": 0}, {}]


def test_tables_of_no_use_are_named(read: Reads) -> None:
    files = {
        "a/b/FollowerHistory.csv": export(FOLLOWERS, ("November 21", 5, 1)),
        "FollowerGender.csv": export(("Gender", "Distribution"), ("Male", "50%")),
        "readme.txt": b"hello",
        "__MACOSX/._FollowerHistory.csv": b"\0\5",
        "../../outside.csv": b"",
    }
    file = read(zipped(files), "export.zip")
    assert [row[1:] for row in file.followers] == [(date(2026, 11, 21), 5)]
    assert file.notices == ["not used: FollowerGender.csv, readme.txt"]


# Quotation marks


def raw(*rows: str) -> bytes:
    """A Content.csv whose rows stand there as they are."""
    header = ",".join(f'"{name}"' for name in CONTENT)
    return b"\xef\xbb\xbf" + "\n".join([header, *rows]).encode()


def quoted(title: str, number: int = 7) -> str:
    return (
        f'"November 22","{title}","{link(UPLOADED, number)}","November 1","1135","48","21","57600"'
    )


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ('he said "hi" to me', 'he said "hi" to me'),
        ('he said ""hi""', 'he said "hi"'),
        ('a", "b", c', 'a", "b", c'),
        ('"', '"'),
        ('see "https://www.tiktok.com/@x/video/7123456789012345678" there',
         'see "https://www.tiktok.com/@x/video/7123456789012345678" there'),
        ('two\nlines "and" more', 'two\nlines "and" more'),
        ("two\nlines", "two\nlines"),
        ("", None),
    ],
)  # fmt: skip
def test_a_title_with_bare_quotation_marks_is_anchored_on_the_link(
    read: Reads, written: str, title: str | None
) -> None:
    file = read(raw(quoted("before", 1), quoted(written), quoted("after", 9)))
    assert file.refused == []
    assert [one.reading.title for one in file.videos] == ["before", title, "after"]
    assert [one.reading.count("views") for one in file.videos] == [57_600] * 3


def test_a_row_that_never_ends_takes_no_other_with_it(read: Reads) -> None:
    rows = (quoted("one", 1), '"November 22","open', quoted("two", 2), quoted('th"ree', 3))
    file = read(raw(*rows))
    assert [one.reading.title for one in file.videos] == ["one", "two", 'th"ree']
    assert list(messages(file)) == [3]
    assert file.rows_read == 4


@settings(max_examples=40)
@given(
    title=st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=40),
    counts=st.tuples(*[st.integers(0, 2**53 - 1)] * 4),
    number=st.integers(0, 2**32 - 1),
)
def test_what_is_written_is_read_again(
    read: Reads, title: str, counts: tuple[int, ...], number: int
) -> None:
    file = read(export(CONTENT, video(title, number=number, counts=counts), video(number=5)))
    one = file.videos[0].reading
    assert (one.title or "") == title.strip()
    assert (*one.counts[1:4], one.count("views")) == counts
    assert len(file.videos) == (1 if number == 5 else 2)


# What is refused


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (video(counts=("1.2K", "1", "1", "1")), "Total likes '1.2K': write a whole number"),
        (video(counts=("-1", "1", "1", "1")), "a total is never negative"),
        (video(time="22/11"), "Time '22/11' is not a day that we can read"),
        (("November 22", "a", "https://example.org/", "November 1", 1, 1, 1, 1), "no address"),
        (video(uploaded=1_795_800_000), "does not go with an export of 2026-11-22"),
        (("November 22", "a", "b"), "3 fields where the header has 8"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line(
    read: Reads, row: tuple[object, ...], said: str
) -> None:
    file = read(export(CONTENT, video(number=1), row, video(number=2)))
    assert len(file.videos) == 2
    ((line, message),) = messages(file).items()
    assert line == 3
    assert said in message


def test_the_same_video_twice(read: Reads) -> None:
    file = read(export(CONTENT, video(), video(), video(counts=("0", "0", "0", "0"))))
    assert (len(file.videos), file.duplicates) == (1, 1)
    assert messages(file) == {4: "says something else than line 2 of the same video"}


def test_wrong_days_and_counts_of_the_daily_files_are_named_with_their_file(read: Reads) -> None:
    files = {
        "FollowerHistory.csv": export(FOLLOWERS, ("November 20", "x", 1), ("soon", 5, 1)),
        "Overview.csv": export(OVERVIEW, ("November 20", "1", "1", "1", "1", "2 00")),
    }
    said = [refusal.message for refusal in read(zipped(files), "export.zip").refused]
    assert [text.partition(":")[0] for text in said] == [
        "FollowerHistory.csv", "FollowerHistory.csv", "Overview.csv"
    ]  # fmt: skip
    assert "'soon' is not a day" in said[0]
    assert "Shares '2 00': write a whole number" in said[2]


def test_days_in_no_order_refuse_the_file(read: Reads) -> None:
    rows = [(f"November {day}", 5, 1) for day in (19, 18)]
    with pytest.raises(InputError, match="line 2: the days are not in order, oldest first"):
        read(export(FOLLOWERS, *rows), "FollowerHistory.csv")


def damaged(data: bytes) -> bytes:
    at = data.index(b"November")
    return data[:at] + b"XXXXXXXX" + data[at + 8 :]


def locked() -> bytes:
    data = bytearray(zipped({"Content.csv": export(CONTENT, video())}))
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + offset] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04 and then nothing", "is damaged or cut off: download it again"),
        (zipped({"Content.csv": export(CONTENT, video())})[:-30], "is damaged or cut off"),
        (damaged(zipped({"Content.csv": export(CONTENT, video())})), "cannot be read"),
        (locked(), "has a password"),
        (zipped({"Content.csv": export(CONTENT, video())}, ZIP_LZMA), "packed in a rare way"),
        (zipped({f"{n}.csv": b"" for n in range(201)}), "more than 200 files"),
        (zipped({"inner.zip": zipped({"Content.csv": b"x"})}), "no Content, FollowerHistory"),
        (zipped({"Content.csv": b"\xff\xfe\0\0"}), "this is not text"),
        (zipped({"Content.csv": export(CONTENT), "a/Content.csv": export(CONTENT)}), "there twice"),
        (zipped({"x.xlsx": b"no workbook"}), "is damaged or cut off"),
        (workbook(CONTENT, video())[:200], "is damaged or cut off"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_says_why(read: Reads, data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        read(data, "export.zip")


def test_a_zip_bomb_is_not_unpacked(read: Reads) -> None:
    bomb = zipped({f"{n}.csv": bytes(4 << 20) for n in range(9)}, ZIP_DEFLATED)
    assert len(bomb) < 100_000
    with pytest.raises(InputError, match="more than 200 files or 32 MB"):
        read(bomb, "export.zip")
    inner = zipped({"a.xlsx": zipped({"xl/workbook.xml": bytes(40 << 20)}, ZIP_DEFLATED)})
    with pytest.raises(InputError, match="more than 200 files or 32 MB"):
        read(inner, "export.zip")


def test_what_is_in_a_zip_shares_one_budget_with_what_is_in_that(read: Reads) -> None:
    def padded(size: int) -> bytes:
        out = BytesIO(workbook(CONTENT, video()))
        with ZipFile(out, "a", ZIP_DEFLATED) as book:
            book.writestr("xl/media/picture.png", bytes(size))
        return out.getvalue()

    assert len(read(zipped({"Content.xlsx": padded(20 << 20)}), "export.zip").videos) == 1
    for bomb in (
        {f"{n}.xlsx": padded(9 << 20) for n in range(4)},
        {"a.xlsx": padded(20 << 20), "b.csv": bytes(13 << 20)},
        {f"{n}.xlsx": padded(1) for n in range(30)},
    ):
        with pytest.raises(InputError, match=r"^upload holds more than 200 files or 32 MB"):
            read(zipped(bomb, ZIP_DEFLATED), "export.zip")


def test_a_zip_in_a_zip_is_opened_only_where_it_is_a_workbook(read: Reads) -> None:
    content = export(CONTENT, video())
    leaf = zipped({"xl/workbook.xml": b"<workbook/>", "Content.csv": content})
    for inner in (zipped({"Content.csv": content}), zipped({"b.xlsx": leaf})):
        with pytest.raises(InputError, match=r"a\.xlsx in upload is no workbook: unpack it"):
            read(zipped({"a.xlsx": inner, "Content.csv": content}), "export.zip")


@pytest.mark.parametrize("inside", [False, True], ids=["a table", "a part of a workbook"])
def test_what_a_file_holds_beyond_what_the_zip_says_is_not_unpacked(
    read: Reads, inside: bool
) -> None:
    said = b"Time," * 20
    name = "xl/sharedStrings.xml" if inside else "Content.csv"
    files = {name: said + bytes(60 << 20)} | ({"xl/workbook.xml": b"<workbook/>"} if inside else {})
    data = bytearray(zipped(files, ZIP_DEFLATED))
    # The right checksum of the beginning, so that only the length gives it away.
    about = struct.pack("<I", crc32(said)), struct.pack("<I", len(said))
    for sign, at in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        start = data.index(sign) + at
        data[start : start + 4], data[start + 8 : start + 12] = about
    tracemalloc.start()
    with pytest.raises(InputError):
        read(bytes(data), "export.zip")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def altered(book: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(BytesIO(book)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for one in old.infolist():
            new.writestr(one.filename, change(one.filename, old.read(one)))
    return out.getvalue()


def test_a_hostile_workbook_is_refused(read: Reads, monkeypatch: pytest.MonkeyPatch) -> None:
    book = workbook(CONTENT, video())

    def entities(name: str, data: bytes) -> bytes:
        return b'<!DOCTYPE a [<!ENTITY b "c">]>' + data if name.endswith("sheet1.xml") else data

    def far(name: str, data: bytes) -> bytes:
        return data.replace(b'r="2"', b'r="1048576"') if name.endswith("sheet1.xml") else data

    def broken(name: str, data: bytes) -> bytes:
        return data[:-40] if name.endswith("sheet1.xml") else data

    def entities_in_utf_16(name: str, data: bytes) -> bytes:
        return entities(name, data).decode().encode("utf-16") if "sheet1" in name else data

    def crowded(name: str, data: bytes) -> bytes:
        many = b"".join(b' a%d=""' % n for n in range(1_001))
        return data.replace(b"<sheetData", b"<sheetData" + many)

    def same_sheet_again(name: str, data: bytes) -> bytes:
        return re.sub(rb"(<sheet [^>]*/>)", rb"\1" * 21, data) if "workbook" in name else data

    for change, said in (
        (entities, "no plain table"),
        (entities_in_utf_16, "no plain table"),
        (crowded, "no plain table"),
        (same_sheet_again, "too many large sheets: save one as CSV UTF-8"),
        (far, "more than 20,000 rows"),
        (broken, "cannot be read"),
    ):
        with pytest.raises(InputError, match=said):
            read(altered(book, change), "Content.xlsx")
    monkeypatch.setattr("snapshot_core.formats.spreadsheet.workbook.MAX_TAGS", 20)
    with pytest.raises(InputError, match="no plain table"):
        read(book, "Content.xlsx")


def test_no_more_rows_than_studio_writes(read: Reads) -> None:
    rows = [video(number=n) for n in range(5_001)]
    with pytest.raises(InputError, match="more rows than TikTok Studio writes"):
        read(export(CONTENT, *rows))


@settings(max_examples=50)
@given(data=st.data())
def test_no_damage_makes_it_crash(read: Reads, data: st.DataObject) -> None:
    whole = data.draw(
        st.sampled_from(
            [
                export(CONTENT, video(), video(number=2)),
                zipped({"Content.csv": export(CONTENT, video())}, ZIP_DEFLATED),
                workbook(OVERVIEW, ("November 21", 1, 1, 1, 1, 1)),
            ]
        )
    )
    at = data.draw(st.integers(0, len(whole) - 1))
    length = data.draw(st.integers(0, 20))
    put = data.draw(st.binary(max_size=10))
    with suppress(InputError):
        assert read(whole[:at] + put + whole[at + length :], "export").rows_read <= 3


def test_the_limit_of_unpacked_bytes_is_that_of_the_message() -> None:
    assert files.MAX_UNPACKED_BYTES == 32 << 20
