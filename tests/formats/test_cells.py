"""The rules for cells that all readers of files have in common."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshot_core.formats.captures import ParsedFile
from snapshot_core.formats.cells import (
    DateForm,
    Refused,
    count_of,
    cut_ids,
    form_of,
    instant_in,
    instant_of,
    is_summary,
    moment_of,
    separator_of,
    twins,
    video_id_of,
)
from snapshot_core.formats.mapped.columns import suggest, table_of
from snapshot_core.formats.mapped.parse import TableMapping, parse_mapped
from snapshot_core.formats.readings.parse import parse
from snapshot_core.windows import instant

NOW = instant(datetime(2026, 11, 27, 9, tzinfo=UTC))
BERLIN = ZoneInfo("Europe/Berlin")
TIKTOK, YOUTUBE = "7554971395553052634", "dQw4w9WgXcQ"


# Ids


@pytest.mark.parametrize(
    "text",
    [
        "'7554971395553052634",
        "7,554,971,395,553,052,634",
        "7.554.971.395.553.052.634",
        "7 554 971 395 553 052 634",
        "7\u00a0554\u00a0971\u00a0395\u00a0553\u00a0052\u00a0634",
        "7’554’971’395’553’052’634",
        "７５５４９７１３９５５５３０５２６３４",
        "٧٥٥٤٩٧١٣٩٥٥٥٣٠٥٢٦٣٤",
        "\ufeff7554971395553052634\u200b",
        "75549713\u200d95553052634",
        '="7554971395553052634"',
        "7554971395553052634.0",
        "7.554971395553052634E+18",
        "7,554971395553052634E+018",
        "https://www.tiktok.com/@me/video/7554971395553052634?is_from_webapp=1&lang=en",
        "http://tiktok.com/@me.you/photo/7554971395553052634/",
        "https://m.tiktok.com/v/7554971395553052634.html",
        "https://www.tiktok.com/embed/v2/7554971395553052634",
        "https://www.tiktok.com/player/v1/7554971395553052634?autoplay=1",
        "HTTPS://WWW.TIKTOK.COM/@me/video/7554971395553052634",
        "www.tiktok.com/@me/video/7554971395553052634",
        "//www.tiktok.com/@me/video/7554971395553052634",
        "@me/video/7554971395553052634",
        "https%3A%2F%2Fwww.tiktok.com%2F%40me%2Fvideo%2F7554971395553052634",
        '=HYPERLINK("https://www.tiktok.com/@me/video/7554971395553052634";"Soup")',
        "[Soup](https://www.tiktok.com/@me/video/7554971395553052634)",
        "<https://www.tiktok.com/@me/video/7554971395553052634>",
        " \u200bhttps://www.tiktok.com/@me/video/7554971395553052634\u00a0",
    ],
)
def test_what_was_made_of_an_id_of_tiktok_is_brought_back(text: str) -> None:
    assert video_id_of("Link", text) == TIKTOK


@pytest.mark.parametrize(
    "text",
    [
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=PL1&index=2",
        "https://m.youtube.com/watch?app=desktop&v=dQw4w9WgXcQ#t=1",
        "https://music.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://www.youtube.com/shorts/dQw4w9WgXcQ?feature=share",
        "https://www.youtube.com/live/dQw4w9WgXcQ",
        "https://www.youtube.com/embed/dQw4w9WgXcQ?start=3",
        "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
        "https://www.youtube.com/v/dQw4w9WgXcQ",
        "https://youtu.be/dQw4w9WgXcQ?si=abc",
        "youtu.be/dQw4w9WgXcQ",
        "https://studio.youtube.com/video/dQw4w9WgXcQ/analytics/tab-overview/period-default",
        "https://www.youtube.com/attribution_link?a=x&u=%2Fwatch%3Fv%3DdQw4w9WgXcQ%26feature%3Dy",
        "ｄＱｗ４ｗ９ＷｇＸｃＱ",
    ],
)
def test_what_was_made_of_an_id_of_youtube_is_brought_back(text: str) -> None:
    assert video_id_of("Link", text) == YOUTUBE


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("7.55497E+18", "has lost digits"),
        ("7,55497139555305E+018", "has lost digits"),
        ("7.554971395553053e+18", "has lost digits"),
        ("7.55e18", "has lost digits"),
        ("7554971395553052672.0", "has lost digits"),
        ("https://vm.tiktok.com/ZMabc123/", "short link: open it, and give the address"),
        ("https://www.tiktok.com/t/ZTabc123/", "short link: open it, and give the address"),
        ("https://www.tiktok.com/@me", "no address of a video: give its id"),
        ("https://www.youtube.com/@channel", "no address of a video: give its id"),
        ("https://www.youtube.com/watch?v=short", "no address of a video: give its id"),
        ("#REF!", "error of a spreadsheet: mend its formula"),
    ],
)
def test_what_is_no_id_any_more_is_refused_with_what_to_do(text: str, remedy: str) -> None:
    with pytest.raises(Refused, match=remedy):
        video_id_of("Link", text)


@pytest.mark.parametrize("text", ["", "n/a", "#N/A", "NULL", "nan", r"\N"])
def test_an_unknown_id_is_none(text: str) -> None:
    assert video_id_of("Link", text) == ""


@pytest.mark.parametrize("text", ["v1", "a/b", "1e5", "123E4567890", "-dQw4w9WgXc", "0007", "é=+"])
def test_ids_of_other_kinds_stay_what_they_are(text: str) -> None:
    assert video_id_of("Link", text) == text


tiktok_ids = st.builds(
    lambda second, rest: str((second << 32) + rest),
    st.integers(1_500_000_000, 1_790_000_000),
    st.integers(0, 2**32 - 1),
)
LOSSLESS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "apostrophe": lambda text: f"'{text}",
    "formula": lambda text: f'="{text}"',
    "thousands": lambda text: f"{int(text):,}",
    "German thousands": lambda text: f"{int(text):,}".replace(",", "."),
    "Swiss thousands": lambda text: f"{int(text):,}".replace(",", "’"),
    "French thousands": lambda text: f"{int(text):,}".replace(",", "\u202f"),
    "full width": lambda text: text.translate({48 + n: 0xFF10 + n for n in range(10)}),
    "Arabic": lambda text: text.translate({48 + n: 0x660 + n for n in range(10)}),
    "zero-width": lambda text: f"\ufeff{text[:9]}\u200b{text[9:]}\u200e",
    "link": lambda text: f"https://www.tiktok.com/@me/video/{text}?lang=en",
    "mobile link": lambda text: f"https://m.tiktok.com/v/{text}.html",
}
LOSSY: dict[str, Callable[[str], str]] = {
    "Excel": lambda text: f"{float(text[:15] + 'e4'):.5E}",
    "Excel, as a number": lambda text: text[:15] + "0" * (len(text) - 15),
    "Excel, rounded": lambda text: f"{round(int(text), 15 - len(text))}",
    "Excel, thousands": lambda text: f"{int(text[:15] + '0' * (len(text) - 15)):,}",
    "LibreOffice": lambda text: f"{float(text):.14E}".replace("E+", "E+0"),
    "German": lambda text: f"{float(text):.5E}".replace(".", ","),
    "pandas": lambda text: repr(float(text)),
    "pandas, as an integer": lambda text: str(int(float(text))),
    "pandas, as a fraction": lambda text: f"{float(text):.1f}",
    "JavaScript": lambda text: repr(float(text)).replace(".", "").partition("e")[0].ljust(19, "0"),
}


def imported(texts: list[str]) -> dict[str, ParsedFile]:
    """What each reader makes of ids in a file."""
    with TemporaryDirectory() as folder:
        readings, table = Path(folder) / "readings.csv", Path(folder) / "table.csv"
        rows = [
            f'a,"{text.replace(chr(34), chr(34) * 2)}",2026-11-20T10:00:00Z,5' for text in texts
        ]
        readings.write_text("\n".join(["account,video_id,captured_at,views", *rows]))
        table.write_text("\n".join(["who,clip,at,views", *rows]))
        columns = {"video_id": 1, "captured_at": 2, "views": 3}
        mapping = TableMapping("a", ZoneInfo("UTC"), columns)
        return {
            "readings": parse(readings, NOW),
            "mapped": parse_mapped(table_of(table), mapping, NOW),
        }


def ids_in(parsed: ParsedFile) -> set[str]:
    return {video.platform_id for capture in parsed.captures for _, video in capture.readings}


@pytest.mark.parametrize("damage", LOSSLESS)
@settings(max_examples=15)
@given(ids=st.lists(tiktok_ids, min_size=2, max_size=6, unique=True))
def test_ids_come_back_from_what_keeps_their_digits(damage: str, ids: list[str]) -> None:
    whole = set(ids) - cut_ids(ids)
    for reader, parsed in imported([LOSSLESS[damage](text) for text in ids]).items():
        assert ids_in(parsed) >= whole, reader
        assert ids_in(parsed) <= set(ids), reader


@pytest.mark.parametrize("damage", LOSSY)
@settings(max_examples=25)
@given(ids=st.lists(tiktok_ids, min_size=2, max_size=6, unique=True))
def test_ids_that_lost_digits_are_never_other_videos(damage: str, ids: list[str]) -> None:
    for reader, parsed in imported([LOSSY[damage](text) for text in ids]).items():
        assert ids_in(parsed) <= set(ids), reader
        assert parsed.refused.total >= len(ids) - len(ids_in(parsed)) - parsed.duplicates, reader
        for refusal in parsed.refused:
            assert "has lost digits: export again" in refusal.message


@settings(max_examples=200)
@given(number=tiktok_ids)
def test_what_is_left_of_a_stored_id_is_known_by_it(number: str) -> None:
    for damage in ("Excel, as a number", "Excel, rounded", "pandas, as an integer", "JavaScript"):
        left = LOSSY[damage](number)
        assert twins({left}, {number}) == ({left} - {number}), damage


def test_a_few_round_ids_among_others_are_chance() -> None:
    ids = [str((1_760_000_000 + n * 9_973 << 32) + 12_345 + n) for n in range(40)]
    assert cut_ids([*ids, "7672185980190720000", "7554971395553280000"]) == set()


# Counts


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1 234", 1_234),
        ("1\u202f234\u202f567", 1_234_567),
        ("1 234,0", 1_234),
        ("1,234.00", 1_234),
        ("1.234.567", 1_234_567),
        ("12,34,567", 1_234_567),
        ("1’234’567", 1_234_567),
        ("57600.0", 57_600),
        ("٣٤", 34),
        ("١٬٢٣٤٬٥٦٧", 1_234_567),
        ("５７６００", 57_600),
        ("5.7600E+4", 57_600),
        ('="57600"', 57_600),
        ("\u200b57600\ufeff", 57_600),
        ("0", 0),
        ("0,0", 0),
        ("", None),
        (" \u00a0", None),
        ("-", None),
        ("—", None),
        ("NaN", None),
        ("n/a", None),
        ("#N/A", None),
        ("null", None),
        (r"\N", None),
        ("undefined", None),
    ],
)
def test_a_count_is_taken_in_any_writing_that_means_one_number(
    text: str, count: int | None
) -> None:
    assert count_of("Views", text) == count


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("1.2K", "not a rounded one"),
        ("57,6 mil", "not a rounded one"),
        ("1.2万", "not a rounded one"),
        ("5.76E+04", "a spreadsheet has shortened it"),
        ("1,234", "write a whole number"),  # or one and a fraction
        ("1.5", "write a whole number"),
        ("−5", "a total is never negative"),
        ("#REF!", "an error of a spreadsheet: mend its formula"),
        ("#DIV/0!", "an error of a spreadsheet: mend its formula"),
        ("many", "write a whole number"),
    ],
)
def test_what_could_be_another_number_is_refused_with_what_to_do(text: str, remedy: str) -> None:
    with pytest.raises(Refused, match=remedy):
        count_of("Views", text)


def test_one_count_in_a_column_can_tell_how_all_are_written() -> None:
    assert separator_of(["12", "999", "1,234"]) == ","
    assert count_of("Views", "1,234", ",") == 1_234
    assert separator_of(["12,34,567", "5"]) == ","
    assert separator_of(["5", "1 234,0"]) == " "


# Instants


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2026-11-20 20:30:00.123456+00", "year first"),
        ("2026-11-20 20:30:00+0000", "year first"),
        ("20261120T203000Z", "year first"),
        ("2026-11-20 20:30 UTC", "day first"),
        ("2026-11-20T20:30:00z", "year first"),
        ("2026-11-20 22:30:00 UTC+2", "month first"),
        ("Fri Nov 20 2026 21:30:00 GMT+0100 (Central European Standard Time)", "year first"),
        ("Fri, 20 Nov 2026 12:30:00 -0800", "year first"),
        ("20.11.2026 21.30", "day first"),
        ("20. 11. 2026 21:30", "day first"),
        ("20/11/2026 21h30", "day first"),
        ("11/20/2026, 9:30\u202fPM", "month first"),
        ("٢٠٢٦-١١-٢٠ ٢١:٣٠", "year first"),
        ("２０２６/１１/２０　２１：３０", "year first"),
        ("2026年11月20日 21:30", "day first"),
        ("1795206600", "day first"),
        ("1795206600123", "month first"),
        ("46346.895833333336", "day first"),
    ],
)
def test_an_instant_is_read_in_any_writing_that_means_one(text: str, form: DateForm) -> None:
    assert instant_in("date", text, moment_of("date", text, form), BERLIN) == 1_795_206_600


@pytest.mark.parametrize("text", ["46346", "20261120", "2026. 11. 20.", "Nov 20, 2026"])
def test_a_day_is_a_day_in_any_writing(text: str) -> None:
    moment = moment_of("date", text, "day first")
    assert (moment.day.isoformat(), moment.clock) == ("2026-11-20", None)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20 10:00:00.123456+00",
        "2026-11-20T11:00:00+01:00",
        "2026-11-20 10:00 UTC",
        "1795168800",
        "20261120T100000Z",
    ],
)
def test_a_readings_file_takes_the_same_instants(text: str) -> None:
    assert instant_of("captured_at", text, NOW) == 1_795_168_800
    assert instant_of("captured_at", "n/a", NOW) is None


def test_one_day_in_a_column_can_tell_the_order_of_all() -> None:
    days = [f"{day:02}/11/2026" for day in range(1, 13)]
    assert form_of(days) is None
    assert form_of([*days, "13/11/2026"]) == "day first"
    assert form_of([*days, "11/13/2026"]) == "month first"


# Rows that are no videos


@pytest.mark.parametrize(
    "text",
    ["Total", "TOTAL", "Grand total", "Total:", "Summe", "Gesamtergebnis", "合計", "总计", "Итого",
     "Total général", "合計 (12)", "Ｔｏｔａｌ", "Sub-total", "Totals \u200b"],
)  # fmt: skip
def test_a_sum_is_known_by_its_name(text: str) -> None:
    assert is_summary(text)


@pytest.mark.parametrize("text", ["", "v1", TIKTOK, YOUTUBE, "Total eclipse", "Summer", "-"])
def test_a_video_is_no_sum(text: str) -> None:
    assert not is_summary(text)


def test_a_table_of_sums_tells_itself(tmp_path: Path) -> None:
    path = tmp_path / "their.csv"
    path.write_text("id,views\nTotal,3\n")
    assert suggest(table_of(path)).columns == {"video_id": 0, "views": 1}
