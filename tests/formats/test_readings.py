"""The readings file: what is taken, what is refused and why, and that nothing is lost."""

import csv
import gzip
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from tracemalloc import get_traced_memory, start, stop
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from snapshot_core.errors import InputError
from snapshot_core.formats.captures import MAX_REFUSALS_LISTED, FileCapture, ParsedFile
from snapshot_core.formats.cells.cut_ids import is_cut
from snapshot_core.formats.cells.text import as_text
from snapshot_core.formats.csv_text import MAX_LINE_BYTES
from snapshot_core.formats.readings.columns import COLUMNS, ReadingRow
from snapshot_core.formats.readings.parse import parse
from snapshot_core.formats.readings.safe_text import escaped, unescaped
from snapshot_core.formats.readings.write import write
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.readings import LARGEST_COUNT, ProfileReading, video_counts
from snapshot_core.windows import instant
from tests.support.readings import video_reading

HEADER = "account,video_id,title,published_at,captured_at,views,likes,comments,shares"
MINE = "2026-01-31T22:00:00Z"
AT = instant(datetime(2026, 1, 31, 22, tzinfo=UTC))
NOW = AT + 1000
ONE_VIEW = video_counts(views=1)
FORMATS = pytest.mark.parametrize("suffix", [".csv", ".parquet"])


@pytest.fixture
def given_text(tmp_path: Path):
    """Parse a CSV file with these bytes, or these lines below the usual header."""

    def parsed(*lines: str, header: str = HEADER, raw: bytes | None = None) -> ParsedFile:
        path = tmp_path / "mine.csv"
        path.write_bytes("\n".join([header, *lines]).encode() if raw is None else raw)
        return parse(path, NOW)

    return parsed


def row(video_id="v1", at=MINE, views="10", published="", title="", likes="") -> str:
    return f"a,{video_id},{title},{published},{at},{views},{likes},,"


def rows_of(captures: Iterable[FileCapture]) -> list[ReadingRow]:
    """The rows that say what ``captures`` say, in their order."""
    rows = []
    for c in captures:
        listed = [(v, ProfileReading()) for _, v in c.readings]
        if c.profile_line is not None:
            listed.insert(0, (video_reading(""), c.profile or ProfileReading()))
        for v, own in listed:
            totals = (own.followers, own.following, own.likes)
            about = (c.account, v.platform_id or None, v.title, v.published_at, c.captured_at)
            rows.append(ReadingRow(*about, v.counts, totals, c.status, c.rounded))
    return rows


# What is taken


def test_each_instant_of_an_account_is_one_capture_in_order(given_text) -> None:
    parsed = given_text(
        row("v2"),
        row("v1", title='"Soup, part 1"', published="2026-01-01T00:00:00+01:00", likes="0"),
        row("v1", at="2026-01-30T22:00:00Z", views="9"),
    )
    assert parsed.rows_read == 3
    assert not parsed.refused
    assert [(c.account, c.captured_at) for c in parsed.captures] == [("a", AT - 86_400), ("a", AT)]
    published = instant(datetime(2025, 12, 31, 23, tzinfo=UTC))
    assert parsed.captures[1].readings == [
        (2, video_reading("v2", 10)),
        (3, video_reading("v1", 10, 0, title="Soup, part 1", published_at=published)),
    ]


def test_empty_is_unknown_and_zero_is_zero(given_text) -> None:
    (_, unknown), (_, zero) = (
        given_text(row("v1", views=""), row("v2", views="0")).captures[0].readings
    )
    assert (unknown.count("views"), zero.count("views")) == (None, 0)


def test_a_row_without_a_video_carries_the_accounts_own_counters(given_text) -> None:
    header = "account,video_id,captured_at,followers,likes_total,status,rounded"
    (capture,) = given_text(f"a,,{MINE},5,7,partial,TRUE", header=header).captures
    assert capture.profile == ProfileReading(followers=5, likes=7)
    assert (capture.profile_line, capture.status, capture.rounded) == (2, "partial", True)
    assert capture.readings == []


def test_a_capture_of_an_empty_account_is_a_capture(given_text) -> None:
    (capture,) = given_text(row("", views="")).captures
    assert (capture.readings, capture.profile) == ([], None)


def test_columns_nobody_knows_are_named_and_not_used(given_text) -> None:
    parsed = given_text(f"a,v,{MINE},1,x,y", header="account,video_id,captured_at,Views,mood,hat")
    assert parsed.notices == ["columns not used: mood, hat"]
    assert parsed.captures[0].readings == [(2, video_reading("v", 1))]


def test_account_counters_beside_a_video_are_not_used_silently(given_text) -> None:
    header = "account,video_id,captured_at,views,followers"
    parsed = given_text(f"a,v,{MINE},1,9", f"a,w,{MINE},1,9", header=header)
    assert parsed.notices == ["account counters are not used in rows with a video_id"]
    assert parsed.captures[0].profile is None


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_line_ends_and_byte_order_marks_make_no_difference(given_text, mark, end) -> None:
    text = end.join([HEADER, row("v1", title='"one\ntwo"'), "", row("v2", views="x"), row("v3")])
    parsed = given_text(raw=mark + text.encode())
    assert [line for line, _ in parsed.captures[0].readings] == [2, 6]
    assert [refusal.line for refusal in parsed.refused] == [5]
    assert parsed.rows_read == 3


def test_ids_and_accounts_are_texts_without_the_space_around_them(given_text) -> None:
    (capture,) = given_text(f" a , 0007554971395553052634 ,,,{MINE},1,,,").captures
    assert capture.account == "a"
    assert capture.readings[0][1].platform_id == "0007554971395553052634"


# What is refused


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (row(views="-5"), "views '-5': a total is never negative"),
        (row(views="1.5"), "views '1.5': write a whole number in plain digits"),
        (row(views="1.2K"), "write a whole number"),
        (row(views="1_000"), "write a whole number"),
        (row(views=str(2**53)), "larger than any platform counts"),
        (row(likes="9" * 5000), "larger than any platform counts"),
        (row(at=""), "captured_at is empty"),
        (row(at="yesterday"), "captured_at 'yesterday' is not an instant: write it as 2026-"),
        (row(at="2026-02-30T00:00:00Z"), "is not an instant"),
        (row(at="2026-01-31T22:00:00"), "has no time zone: write UTC"),
        (row(at="2026-01-31"), "has no time zone: write UTC"),
        (row(at="2026-01-31T22:21:41Z"), "is in the future: check the time zone"),
        (row(at="2004-12-31T23:59:59Z"), "is before 2005"),
        (row(published="0001-01-01T00:00:00+14:00"), "published_at '0001-01-01T00:00:00+14:00' is"),
        (row(published="2027-01-01T00:00:00Z"), "is in the future"),
        (row("7.55E+18"), "turned into a number by a spreadsheet"),
        (row("7.55497139555305e+18"), "turned into a number by a spreadsheet"),
        (row('"7,55E+18"'), "turned into a number by a spreadsheet"),
        (row(""), "counters of a video but no video_id"),
        (f",v,,,{MINE},1,,,", "account is empty"),
        (f"a,v,,{MINE},1,,,", "8 fields where the header has 9"),
    ],
)
def test_a_wrong_row_is_refused_by_line_and_the_others_are_taken(given_text, line, message) -> None:
    parsed = given_text(row("good"), line, row("too"))
    assert [refusal.line for refusal in parsed.refused] == [3]
    assert message in parsed.refused[0].message
    assert len(parsed.refused[0].message) < 250
    assert [(n, v.platform_id) for n, v in parsed.captures[0].readings] == [(2, "good"), (4, "too")]


@pytest.mark.parametrize("views", ["0", "007", str(2**31), str(LARGEST_COUNT)])
def test_every_counter_that_can_be_stored_is_taken(given_text, views) -> None:
    assert given_text(row(views=views)).captures[0].readings[0][1].count("views") == int(views)


@pytest.mark.parametrize("video_id", ["123E4567890", "-dQw4w9WgXcQ", "1e5", "7554971395553052634"])
def test_ids_that_only_look_odd_are_taken(given_text, video_id) -> None:
    assert given_text(row(video_id)).captures[0].readings[0][1].platform_id == video_id


class TestSums:
    """A row whose counts are the sums of the others is no video, whatever it is called."""

    def rows(self, *named: tuple[str, int, int], at: str = MINE) -> list[str]:
        return [f"a,{name},,,{at},{views},{likes},," for name, views, likes in named]

    def ids(self, parsed: ParsedFile) -> list[list[str]]:
        return [[video.platform_id for _, video in each.readings] for each in parsed.captures]

    def test_with_a_word_that_nobody_knows_are_left_out_and_said(self, given_text) -> None:
        parsed = given_text(
            *self.rows(("clip 1", 700, 3), ("Ekki tilgreint", 1_650, 12), ("clip 2", 950, 9)),
            *self.rows(("clip 1", 800, 3), ("Ekki tilgreint", 1_801, 12), ("clip 2", 1_001, 9),
                       at="2026-01-30T22:00:00Z"),
        )  # fmt: skip
        assert self.ids(parsed) == [["clip 1", "clip 2"]] * 2
        assert parsed.notices == ["rows of totals left out: 2, the first in line 3"]
        assert (parsed.rows_read, parsed.refused) == (4, [])
        assert [capture.refused for capture in parsed.captures] == [0, 0]

    def test_without_a_name_are_no_row_that_lacks_one(self, given_text) -> None:
        """At the end of each day and of the file, though its other columns are empty too."""
        days = [
            self.rows(("v1", 700 + day, 3), ("v2", 950, 9), ("", 1_650 + day, 12),
                      at=f"2026-01-{day}T22:00:00Z")
            for day in (29, 30)
        ]  # fmt: skip
        parsed = given_text(*days[0], *days[1], f",,,,,{2 * 1_650 + 59},24,,")
        assert self.ids(parsed) == [["v1", "v2"]] * 2
        assert parsed.notices == ["rows of totals left out: 3, the first in line 4"]
        assert parsed.refused == []

    @pytest.mark.parametrize(
        "named",
        [
            (("v1", 700, 3), ("v2", 950, 9), ("v3", 1_650, 13)),  # not in every count
            (("v1", 1_650, 12), ("v2", 1_650, 12)),  # of one other, any is the sum
            (("v1", 0, 0), ("v2", 1_650, 12), ("v3", 1_650, 12)),
            (("v1", 5, 1), ("v2", 6, 0), ("v3", 11, 1)),  # small numbers add up by chance
            (("v1", 700, 3), ("v2", 950, 9), ("7554971395553052634", 1_650, 12)),
            (("v1", 0, 0), ("v2", 0, 0), ("v3", 0, 0)),
        ],
    )
    def test_are_not_seen_in_videos(self, given_text, named: Any) -> None:
        parsed = given_text(*self.rows(*named))
        assert self.ids(parsed) == [[name for name, _, _ in named]]
        assert (parsed.notices, parsed.refused) == ([], [])

    def test_that_are_so_one_day_only_are_a_video(self, given_text) -> None:
        parsed = given_text(
            *self.rows(("v1", 700, 3), ("v2", 950, 9), ("v3", 1_650, 12)),
            *self.rows(("v1", 701, 3), ("v2", 951, 9), ("v3", 1_650, 12),
                       at="2026-01-30T22:00:00Z"),
        )  # fmt: skip
        assert self.ids(parsed) == [["v1", "v2", "v3"]] * len(parsed.captures)

    def test_of_a_day_with_a_wrong_row_are_known_by_the_others(self, given_text) -> None:
        parsed = given_text(
            *self.rows(("v1", 700, 3), ("v2", 950, 9), ("Saman", 1_650, 12)),
            *self.rows(("v1", 800, 3), ("v2", 990, 9), ("v3", 10, 0), ("Saman", 1_900, 12),
                       at="2026-01-30T22:00:00Z"),
            "a,v4,,,2026-01-30T22:00:00Z,a hundred,,,",
        )  # fmt: skip
        assert self.ids(parsed) == [["v1", "v2", "v3"], ["v1", "v2"]]


def test_a_clock_some_minutes_ahead_is_forgiven(given_text) -> None:
    assert not given_text(row(at="2026-01-31T22:21:39Z")).refused


def test_a_capture_tells_how_many_of_its_rows_were_refused(given_text) -> None:
    parsed = given_text(row("v1"), row("v2", views="-1"), row("v3", views="?"))
    assert [capture.refused for capture in parsed.captures] == [2]


def test_a_capture_of_which_nothing_is_left_is_none(given_text) -> None:
    assert given_text(row(views="-1")).captures == []


def test_rows_that_say_the_same_again_count_once(given_text) -> None:
    parsed = given_text(row(title="Soup"), row(), row(at="2026-01-31T23:00:00+01:00"))
    assert (parsed.duplicates, parsed.rows_read, parsed.refused) == (2, 3, [])
    assert [v.title for _, v in parsed.captures[0].readings] == ["Soup"]


def test_rows_that_contradict_each_other_are_all_left_out_whatever_follows(given_text) -> None:
    parsed = given_text(row(), row("v2"), row(views="11"), row(), row("", views=""))
    assert [refusal.line for refusal in parsed.refused] == [2, 4, 5]
    assert "line 4" in parsed.refused[0].message
    assert all("line 2" in refusal.message for refusal in parsed.refused[1:])
    (capture,) = parsed.captures
    assert [v.platform_id for _, v in capture.readings] == ["v2"]
    assert capture.refused == 3


@pytest.mark.parametrize(
    ("column", "one", "other"), [("status", "complete", "partial"), ("rounded", "true", "false")]
)
def test_a_capture_is_of_one_kind(given_text, column, one, other) -> None:
    header = f"account,video_id,captured_at,views,{column}"
    lines = (f"a,v{n},{MINE},1,{told}" for n, told in enumerate(["", one, other, "maybe"]))
    parsed = given_text(*lines, header=header)
    assert [refusal.line for refusal in parsed.refused] == [4, 5]
    assert f"{column} differs from earlier rows of a at {MINE}" in parsed.refused[0].message
    assert "or leave it empty" in parsed.refused[1].message
    assert getattr(parsed.captures[0], column) in {"complete", True}


# Files that are not what they should be


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"account,video_id,views\n", "lacks captured_at"),
        (b"account,video_id,captured_at\n", "lacks a counter"),
        (b"account video_id captured_at views\n", "Is it separated by commas, semicolons"),
        (f"{HEADER},views\n".encode(), "has the column views twice"),
        (HEADER.encode("utf-16"), "UTF-16: save it as CSV UTF-8"),
        (f"{HEADER}\na,v,caf\xe9,,{MINE},1,,,".encode("latin-1"), "line 2 is not UTF-8"),
        (b"PK\x03\x04xlsx", "a workbook or an archive"),
        (gzip.compress(HEADER.encode(), mtime=0), "a workbook or an archive"),
        (b"PAR1....PAR1", "ends in .parquet"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not UTF-8|not text"),
        (f"{HEADER}\n{row()}\0".encode(), "line 2: this is not text"),
        (f'{HEADER}\n{row()}\na,v,"never closed,,{MINE},1,,,\n'.encode(), "line 3 is not CSV"),
        (f'{HEADER}\na,v,"open'.encode() + b"x\n" * 90_000, "line 2 is not CSV.*quotation mark"),
        (f"{HEADER}\r{row()}\r".encode(), "not with CR alone"),
        (f"{HEADER}\n{'x' * MAX_LINE_BYTES}\n".encode(), "line 2 is longer than 65,536 bytes"),
    ],
)
def test_a_file_that_is_no_readings_file_is_refused_whole(given_text, raw, message) -> None:
    with pytest.raises(InputError, match=message) as refused:
        given_text(raw=raw)
    assert str(refused.value).startswith("mine.csv")


def test_ten_megabytes_in_one_line_are_not_eaten(tmp_path: Path) -> None:
    path = tmp_path / "one-line.csv"
    path.write_bytes(b"x" * 10_000_000)
    start()
    with pytest.raises(InputError, match="line 1 is longer"):
        parse(path, NOW)
    peak = get_traced_memory()[1]
    stop()
    assert peak < 1_000_000


@pytest.mark.parametrize("name", ["none.csv", "none.parquet", "."])
def test_a_file_that_is_not_there_is_an_input_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="cannot read"):
        parse(tmp_path / name, NOW)


def test_a_broken_parquet_file_is_refused_whole(tmp_path: Path) -> None:
    path = tmp_path / "mine.parquet"
    for raw in (b"", b"not parquet at all", b"PAR1" + b"\xff" * 50 + b"PAR1"):
        path.write_bytes(raw)
        with pytest.raises(InputError, match=r"mine\.parquet"):
            parse(path, NOW)


@given(st.binary(max_size=300))
def test_no_bytes_whatever_end_in_anything_but_rows_or_an_input_error(raw: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mine.csv"
        path.write_bytes(HEADER.encode() + b"\n" + raw)
        try:
            parsed = parse(path, NOW)
        except InputError:
            return
    taken = sum(len(capture.readings) for capture in parsed.captures)
    assert parsed.rows_read >= taken + len(parsed.refused)


# Parquet as others write it


def test_parquet_columns_of_other_types_obey_the_same_rules(tmp_path: Path) -> None:
    path = tmp_path / "mine.parquet"
    moment = datetime(2026, 1, 31, 22, tzinfo=UTC)
    columns = {
        "account": ["a"] * 4,
        "video_id": [7554971395553052634, 2, 3, 4],
        "captured_at": pa.array([moment] * 4, pa.timestamp("us", "Europe/Berlin")),
        "views": [1.0, None, 2.5, float("nan")],
    }
    pq.write_table(pa.table(columns), path)
    parsed = parse(path, NOW)
    assert [(c.captured_at, c.readings) for c in parsed.captures] == [
        (
            AT,
            [
                (1, video_reading("7554971395553052634", 1)),
                (2, video_reading("2")),
                (4, video_reading("4")),
            ],
        )
    ]
    assert [refusal.line for refusal in parsed.refused] == [3]


def parquet(path: Path, title: Any, rows: int) -> Path:
    """A file of as many rows, all with the same title, which is in it once."""
    same = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), title)
    columns = {
        "account": ["a"] * rows,
        "video_id": [f"v{n}" for n in range(rows)],
        "captured_at": [MINE] * rows,
        "views": [1] * rows,
        "title": same,
    }
    pq.write_table(pa.table(columns), path, compression="zstd")
    return path


def test_a_title_that_is_there_once_is_not_written_out_for_every_row(tmp_path: Path) -> None:
    path = parquet(tmp_path / "mine.parquet", pa.array(["x" * 60_000]), 20_000)
    start()
    parsed = parse(path, NOW)
    peak = get_traced_memory()[1]
    stop()
    assert peak < 100_000_000  # all of them are 1.2 GB
    assert parsed.refused.total == 20_000
    assert "title is longer than 10,000 characters: shorten it" in parsed.refused[0].message


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view(), pa.binary()])
def test_a_cell_no_csv_could_have_refuses_a_parquet_file_with_its_row(tmp_path, kind) -> None:
    path = tmp_path / "mine.parquet"
    titles = pa.array(["fine", None, "x" * (MAX_LINE_BYTES + 1)]).cast(kind)
    columns = {"account": ["a"] * 3, "video_id": ["1", "2", "3"], "captured_at": [MINE] * 3}
    pq.write_table(pa.table({**columns, "views": [1] * 3, "Title": titles}), path)
    with pytest.raises(InputError, match=r"mine\.parquet, row 3: Title is longer than 65,536 byte"):
        parse(path, NOW)


@pytest.mark.parametrize(
    ("limit", "most", "said"),
    [
        ("MAX_ROWS", 2, "more than 2 rows or 512 MB unpacked: split it"),
        ("MAX_UNPACKED_BYTES", 1, "more than 5,000,000 rows or 0 MB unpacked"),
        (
            "MAX_GROUP_BYTES",
            1,
            "row group 1 is larger than 0 MB unpacked: write the file with smaller",
        ),
    ],
)
def test_a_parquet_file_that_would_fill_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int, said: str
) -> None:
    path = parquet(tmp_path / "mine.parquet", pa.array(["Soup"]), 3)
    assert parse(path, NOW).rows_read == 3
    monkeypatch.setattr(f"snapshot_core.formats.readings.parquet.{limit}", most)
    with pytest.raises(InputError, match=said):
        parse(path, NOW)


def test_parquet_columns_are_texts_or_numbers_and_others_are_not_looked_at(tmp_path) -> None:
    path = tmp_path / "mine.parquet"
    columns = {"account": ["a"], "video_id": ["v"], "captured_at": [MINE], "views": [1]}
    pq.write_table(pa.table({**columns, "tags": [["soup", "fyp"]]}), path)
    parsed = parse(path, NOW)
    assert parsed.notices == ["columns not used: tags"]
    assert parsed.captures[0].readings == [(1, video_reading("v", 1))]
    for strange in ([["soup"]], [{"en": "Soup"}], pa.array([b"Soup"], pa.binary(4))):
        pq.write_table(pa.table({**columns, "title": strange}), path)
        with pytest.raises(InputError, match=r"the column title is of the type .* write texts or"):
            parse(path, NOW)


def test_long_titles_are_written_so_that_they_can_be_read_again(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("snapshot_core.formats.readings.write_parquet.MAX_GROUP_BYTES", 100_000)
    path = tmp_path / "mine.parquet"
    write(
        path,
        [ReadingRow("a", f"v{n}", f"{n}{'x' * 9_000}", None, AT, ONE_VIEW) for n in range(50)],
    )
    about = pq.read_metadata(path)
    sizes = [about.row_group(at).total_byte_size for at in range(about.num_row_groups)]
    assert max(sizes) <= 100_000
    assert len(parse(path, NOW).captures[0].readings) == 50


def test_a_title_may_be_long_and_the_longest_comes_back(tmp_path: Path) -> None:
    made = ReadingRow("a", "v", '"' * 9_999 + "é", None, AT, ONE_VIEW)
    write(tmp_path / "mine.csv", [made])
    assert rows_of(parse(tmp_path / "mine.csv", NOW).captures) == [made]


def test_a_title_of_absurd_length_or_with_nul_is_refused_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "mine.parquet"
    columns = {"account": ["a"] * 3, "video_id": ["1", "2", "3"], "captured_at": [MINE] * 3}
    titles = ["fine", "x" * 10_001, "So\0up"]
    pq.write_table(pa.table({**columns, "views": [1] * 3, "title": titles}), path)
    parsed = parse(path, NOW)
    assert [refusal.line for refusal in parsed.refused] == [2, 3]
    assert "shorten it" in parsed.refused[0].message
    assert "has a NUL character: take it out" in parsed.refused[1].message


# Writing


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
titles = (
    st.none()
    | texts.filter(bool)
    | st.builds(
        str.__add__,
        st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", "'", "''", "'=", "''@"]),
        texts,
    )
)
words = st.text("abcXYZ0123456789_-@=+'.é", min_size=1, max_size=12)
counters = st.none() | st.integers(0, LARGEST_COUNT)
videos = st.builds(
    video_reading,
    st.integers(1, 2**70).map(str).filter(lambda platform_id: not is_cut(platform_id))
    | words.filter(lambda word: "." not in word and "+" not in word),
    *[counters] * len(VIDEO_METRICS),
    title=titles,
    published_at=st.none() | st.integers(AT - 10**8, AT),
)
profiles = st.builds(ProfileReading, counters, counters, counters)
captures = st.builds(
    FileCapture,
    words,
    st.integers(AT - 10**6, AT),
    st.lists(
        videos.map(lambda v: (0, v)), min_size=1, max_size=4, unique_by=lambda r: r[1].platform_id
    ),
    st.none() | profiles.filter(lambda profile: profile != ProfileReading()),
    st.none(),
    st.sampled_from([None, "complete", "partial"]),
    st.sampled_from([None, True, False]),
)


@FORMATS
@given(made=st.lists(captures, max_size=4, unique_by=lambda c: (c.account, c.captured_at)))
@example(made=[FileCapture("@me", AT, [(0, video_reading("-x", title='\'=1+1\r\n"a",b'))])])
def test_what_is_written_is_what_is_read(suffix: str, made: list[FileCapture]) -> None:
    for capture in made:
        capture.profile_line = 0 if capture.profile else None
    made.sort(key=lambda capture: (capture.account, capture.captured_at))
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"mine{suffix}"
        assert write(path, rows_of(made)) == len(rows_of(made))
        parsed = parse(path, NOW)
    assert rows_of(parsed.captures) == rows_of(made)
    assert (parsed.refused, parsed.notices, parsed.duplicates) == ([], [], 0)


@given(st.sampled_from("=+-@\t\r"), texts)
def test_no_cell_of_an_export_runs_as_a_formula(sign: str, text: str) -> None:
    row = ReadingRow(sign + text, sign + "id", sign + text, None, AT, ONE_VIEW)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mine.csv"
        write(path, [row])
        with path.open(newline="", encoding="utf-8") as file:
            _, cells = csv.reader(file)
    assert all(cell[:1] not in set("=+-@\t\r") for cell in cells if cell)


# What a spreadsheet would run: signs, what may stand before them, and what divides cells.
AWKWARD = "=+-@'\t\r\n;,\"| a\uff1d\uff0b\uff0d\uff20"
RUNS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
awkward = st.text(AWKWARD, max_size=12)
one_line = st.text([sign for sign in AWKWARD if sign not in "\t\r\n"], min_size=1).filter(
    lambda text: text == text.strip() == as_text(text)
)


def as_csv(*given: ReadingRow) -> str:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mine.csv"
        write(path, given)
        return path.read_bytes().decode()


@given(one_line, one_line, awkward, st.sampled_from([None, "complete"]))
@example("a", "v", "foo;=HYPERLINK(1)", "complete")
@example("a", "v", "Soup\n@friend", None)
def test_no_cell_runs_however_a_spreadsheet_divides_the_file(account, video_id, title, word):
    made = ReadingRow(account, video_id, title, None, AT, ONE_VIEW, status=word)
    text = as_csv(made)
    for sign in ",;\t":
        for cells in csv.reader(text.splitlines(keepends=True), delimiter=sign):
            assert not [cell for cell in cells if cell.lstrip().startswith(RUNS)]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mine.csv"
        path.write_bytes(text.encode())
        parsed = parse(path, NOW)
    assert not parsed.refused
    assert rows_of(parsed.captures) == [made._replace(title=title or None)]


@given(one_line, one_line, awkward)
def test_a_file_of_an_earlier_version_is_read_as_it_was_meant(account, video_id, title) -> None:
    def earlier(text: str) -> str:
        return "'" + text if re.match(r"'*[=+\-@\t\r\n]", text) else text

    with TemporaryDirectory() as folder:
        path = Path(folder) / "mine.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*HEADER.split(","), "status"])
            texts = map(earlier, (account, video_id, title))
            writer.writerow([*texts, "", MINE, "1", "", "", "", "complete"])
        parsed = parse(path, NOW)
    made = ReadingRow(account, video_id, title or None, None, AT, ONE_VIEW, status="complete")
    assert rows_of(parsed.captures) == [made]


@pytest.mark.parametrize("sign", ["\n", "\n ", ";'", '\t"'])
def test_the_longest_of_titles_takes_no_longer_than_its_length(sign: str) -> None:
    title = sign * (10_000 // len(sign))
    began = process_time()
    for _ in range(20):
        assert unescaped(escaped("a", "v", title)[1][2], inside=True) == title
    assert process_time() - began < 1  # looked at anew from each sign on, it takes twenty


def test_only_rows_that_need_it_are_written_otherwise_than_before() -> None:
    plain = ReadingRow(
        "@me", "v", "Soup, -50 %", None, AT, ONE_VIEW, status="complete", rounded=False
    )
    later = "," * len((*VIDEO_METRICS[4:], "source"))
    assert f'\'@me,v,"Soup, -50 %",,{MINE},1,,,,,,,complete,false{later}\r\n' in as_csv(plain)
    text = as_csv(plain._replace(title="x;=1"))
    assert f"'@me,v,x;'=1,,{MINE},1,,,,,,,'complete,false{later}\r\n" in text


@FORMATS
def test_a_failed_export_leaves_the_old_file_and_nothing_beside_it(tmp_path, suffix) -> None:
    path = tmp_path / f"mine{suffix}"
    good = ReadingRow("a", "v", "Soup", None, AT, ONE_VIEW)
    write(path, [good])

    def broken():
        yield good
        raise RuntimeError("the database is away")

    with pytest.raises(RuntimeError, match="away"):
        write(path, broken())
    assert rows_of(parse(path, NOW).captures) == [good]
    assert list(tmp_path.iterdir()) == [path]


@FORMATS
def test_an_export_that_cannot_be_written_says_where(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(InputError, match=r"cannot write .*nowhere"):
        write(tmp_path / "nowhere" / f"mine{suffix}", [])


@FORMATS
def test_an_export_is_its_owners_alone_until_they_say_otherwise(tmp_path, suffix) -> None:
    path = tmp_path / f"mine{suffix}"
    write(path, [])
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    write(path, [])
    assert path.stat().st_mode & 0o777 == 0o640


@FORMATS
def test_an_empty_export_is_a_file_with_all_columns(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"mine{suffix}"
    assert write(path, []) == 0
    assert parse(path, NOW).rows_read == 0
    if suffix == ".csv":
        assert path.read_text().strip().split(",") == list(COLUMNS)


# The real file


def test_the_real_file_is_read_whole_and_survives_both_formats(
    shared_data: Path, tmp_path: Path
) -> None:
    parsed = parse(shared_data / "tiktok_readings.csv", NOW)
    assert (parsed.rows_read, parsed.refused, parsed.duplicates) == (19_597, [], 0)
    assert len(parsed.captures) == 281
    assert len({capture.account for capture in parsed.captures}) == 6
    assert sum(len(capture.readings) for capture in parsed.captures) == 19_597
    for suffix in (".csv", ".parquet"):
        write(tmp_path / f"again{suffix}", rows_of(parsed.captures))
        again = parse(tmp_path / f"again{suffix}", NOW)
        assert rows_of(again.captures) == rows_of(parsed.captures)


@pytest.mark.parametrize(
    ("account", "says"),
    [("W" * 201, "shorten it"), ("a\x1b[31mred", "control characters"), ("a\nb", "control")],
)
@pytest.mark.parametrize("column", ["account", "video_id"])
def test_a_name_that_cannot_be_shown_is_refused_with_its_line(
    tmp_path: Path, column: str, account: str, says: str
) -> None:
    file = tmp_path / "names.csv"
    head = f"{column},{'video_id' if column == 'account' else 'account'},captured_at,views\n"
    file.write_text(f'{head}"{account}",1,2026-01-01T00:00:00Z,5\nfine,1,2026-01-01T00:00:00Z,5\n')
    parsed = parse(file, 1_795_348_800)
    names = [(one.account, [v.platform_id for _, v in one.readings]) for one in parsed.captures]
    assert names == ([("fine", ["1"])] if column == "account" else [("1", ["fine"])])
    (refusal,) = parsed.refused
    assert refusal.line == 2
    assert says in refusal.message


def test_of_rows_that_are_refused_the_first_are_kept_and_all_are_counted(given_text) -> None:
    start()
    parsed = given_text(*["x"] * 100_000)
    peak = get_traced_memory()[1]
    stop()
    assert (parsed.rows_read, parsed.refused.total) == (100_000, 100_000)
    lines = [refusal.line for refusal in parsed.refused]
    assert lines == list(range(2, MAX_REFUSALS_LISTED + 2))
    assert peak < 8_000_000  # all of them are 20 MB


def test_a_file_of_too_many_accounts_is_refused(given_text) -> None:
    with pytest.raises(InputError, match="names more than 500 accounts"):
        given_text(*[f"a{number}{row()[1:]}" for number in range(501)])
