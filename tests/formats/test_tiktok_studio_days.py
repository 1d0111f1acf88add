"""Days without a year, in the languages of TikTok Studio, and the years they are of."""

from datetime import date, timedelta

import pytest
from babel import Locale
from babel.dates import format_skeleton
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshot_core.errors import InputError
from snapshot_core.formats.cells.months import LANGUAGES as LOCALES
from snapshot_core.formats.cells.named_days import DayOfYear, day_of
from snapshot_core.formats.tiktok_studio.days import dates_of_rows, day_posted, latest_date
from tests.support.studio import LANGUAGES

DIGITS = {
    "latn": "0123456789",
    "arab": "٠١٢٣٤٥٦٧٨٩",
    "arabext": "۰۱۲۳۴۵۶۷۸۹",
    "beng": "০১২৩৪৫৬৭৮৯",
    "deva": "०१२३४५६७८९",
    "mymr": "၀၁၂၃၄၅၆၇၈၉",
}
MONTHS = "January February March April May June July August September October November December"


@pytest.mark.parametrize("language", LANGUAGES)
def test_days_are_read_in_the_language_they_are_written_in(language: str) -> None:
    assert [day_of(text) for text in LANGUAGES[language]] == [
        DayOfYear(11, 22),
        DayOfYear(11, 21),
        DayOfYear(2, 28),
    ]


@pytest.mark.parametrize(
    ("months", "pattern"),
    [
        (MONTHS, "{} 9"),
        ("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
         "9 de {}"),
        ("janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
         "9 {}"),
        ("Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
         "9. {}"),
        ("января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
         "9 {}"),
        ("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
         "9 de {}"),
        ("1 2 3 4 5 6 7 8 9 10 11 12", "{}月9日"),
    ],
)  # fmt: skip
def test_every_month_has_its_name(months: str, pattern: str) -> None:
    names = months.split()
    assert [day_of(pattern.format(name)) for name in names] == [
        DayOfYear(month, 9) for month in range(1, 13)
    ]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("skeleton", ["MMMMd", "yMMMMd"])
def test_every_month_is_read_as_a_browser_writes_it_in_any_language(
    locale: str, skeleton: str
) -> None:
    digits = str.maketrans("0123456789", DIGITS[Locale.parse(locale).default_numbering_system])
    year = 2026 if skeleton == "yMMMMd" else None
    for month in range(1, 13):
        for day in (9, 22):
            text = format_skeleton(skeleton, date(2026, month, day), locale=locale)
            assert day_of(text) == DayOfYear(month, day, year), text
            assert day_of(text.translate(digits)) == DayOfYear(month, day, year), text


VIETNAMESE = "Một Hai Ba Tư Năm Sáu Bảy Tám Chín Mười Mười|Một Mười|Hai"


@pytest.mark.parametrize("end", ["", ", 2026", " năm 2026"])
def test_vietnamese_months_are_read_in_words(end: str) -> None:
    year = 2026 if end else None
    for month, name in enumerate(VIETNAMESE.split(), start=1):
        text = f"18 tháng {name.replace('|', ' ')}{end}"
        assert day_of(text) == DayOfYear(month, 18, year), text
        assert day_of(text.lower()) == DayOfYear(month, 18, year), text


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("9 setiembre", 9),
        ("9 Ogos", 8),
        ("9 תשרין", None),
        ("9 บันทึก", None),
        ("9 พ.ย.", 11),
        ("9 มี.ค.", 3),
        ("9 जून", 6),
        ("9 kasim", 11),
        ("9 KASIM", 11),
        ("9 listopada", 11),  # November in Polish
        ("9. listopada", 10),  # October in Croatian
        ("9. listopadu", 11),  # November in Czech
        ("9. listopad", None),  # either
        ("9-noyabr", 11),
        ("05-Nov", 11),
        ("9 déc.", 12),
        ("9 نونبر", 11),
        ("9 تشرين الثاني", 11),
        ("\u200f9 نوفمبر", 11),
    ],
)
def test_other_spellings_of_a_month(text: str, month: int | None) -> None:
    day = int("".join(sign for sign in text if sign.isdecimal()))
    assert day_of(text) == (month and DayOfYear(month, day))


@pytest.mark.parametrize(
    ("text", "month", "day"),
    [
        ("8 de marzo", 3, 8),
        ("18 января", 1, 18),
        ("9月13日", 9, 13),
        ("９月１３日", 9, 13),
        ("28 May", 5, 28),
        ("FEBRUARY 28", 2, 28),
        ("1er février", 2, 1),
        ("March 3rd", 3, 3),
        (" \u00a0February\u00a028 ", 2, 28),
        ("fe\u0301vrier 2", 2, 2),
    ],
)
def test_small_differences_do_not_matter(text: str, month: int, day: int) -> None:
    assert day_of(text) == DayOfYear(month, day)


@pytest.mark.parametrize(
    ("text", "year"),
    [("February 28, 2025", 2025), ("28 février 2025", 2025), ("2025-02-28", 2025),
     ("2025年2月28日", 2025)],
)  # fmt: skip
def test_a_year_that_is_there_is_taken(text: str, year: int) -> None:
    assert day_of(text) == DayOfYear(2, 28, year)
    assert latest_date(DayOfYear(2, 28, year), date(2026, 11, 22)) == date(2025, 2, 28)


@pytest.mark.parametrize(
    "text",
    ["", "undefined", "02/28", "28.02.", "February", "28", "February 30", "13月1日", "0 May",
     "April 31", "May June 3", "28 Foobar", "3 4 May", "May 123", "2026-02-29", "x" * 500,
     "-3 May"],
)  # fmt: skip
def test_what_could_mean_two_days_or_none_is_no_day(text: str) -> None:
    assert day_of(text) is None


def written(day: date) -> DayOfYear:
    found = day_of(f"{MONTHS.split()[day.month - 1]} {day.day}")
    assert found is not None
    return found


def lines(first: date, count: int) -> list[tuple[int, DayOfYear]]:
    return [(2 + n, written(first + timedelta(days=n))) for n in range(count)]


def test_the_year_turns_over() -> None:
    rows = lines(date(2026, 12, 30), 4)
    assert dates_of_rows(rows, date(2027, 1, 3)) == [
        date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2)
    ]  # fmt: skip


def test_a_file_of_this_year_until_a_day_later_in_the_year_is_of_the_last() -> None:
    assert dates_of_rows(lines(date(2025, 12, 1), 3), date(2026, 11, 23))[0] == date(2025, 12, 1)


@settings(max_examples=50)
@given(
    first=st.dates(date(2017, 1, 1), date(2030, 1, 1)),
    count=st.integers(1, 366),
    later=st.integers(0, 300),
)
def test_a_years_rows_get_their_dates_back(first: date, count: int, later: int) -> None:
    last = first + timedelta(days=count - 1)
    # Found again within the year that follows the last row, leap years included.
    until = last + timedelta(days=min(later, 364))
    dates = dates_of_rows(lines(first, count), until)
    assert dates[-1] == last or dates[-1].year > last.year
    if count > 60:
        assert dates[0] == first


def test_leap_days_tell_the_year() -> None:
    around = [(2, DayOfYear(2, 28)), (3, DayOfYear(2, 29)), (4, DayOfYear(3, 1))]
    assert dates_of_rows(around, date(2026, 11, 22))[-1] == date(2024, 3, 1)
    assert dates_of_rows(around, date(2024, 2, 29))[-1] == date(2020, 3, 1)
    without = [around[0], around[2]]
    assert dates_of_rows(without, date(2024, 11, 22))[-1] == date(2023, 3, 1)
    # With an unread row between them the gap says nothing.
    assert dates_of_rows(without, date(2024, 11, 22), whole=False)[-1] == date(2024, 3, 1)


def test_a_missing_day_is_a_gap_and_not_a_year() -> None:
    rows = [(2, DayOfYear(11, 18)), (3, DayOfYear(11, 21))]
    assert dates_of_rows(rows, date(2026, 11, 22)) == [date(2026, 11, 18), date(2026, 11, 21)]


@pytest.mark.parametrize(
    ("days", "line"),
    [
        ([(11, 20), (11, 20)], 2),
        ([(11, 20), (11, 19), (11, 18)], 3),
        ([(11, 18), (11, 20), (11, 19), (11, 21)], 3),
    ],
)
def test_days_in_no_order_are_refused_by_line(days: list[tuple[int, int]], line: int) -> None:
    rows = [(2 + n, DayOfYear(*day)) for n, day in enumerate(days)]
    with pytest.raises(InputError, match=f"line {line}: the days are not in order"):
        dates_of_rows(rows, date(2026, 11, 22))


@pytest.mark.parametrize(
    ("posted", "uploaded", "expected"),
    [
        ((11, 1), date(2026, 11, 1), date(2026, 11, 1)),
        ((12, 31), date(2026, 1, 1), date(2025, 12, 31)),  # a day apart by the time zone
        ((1, 1), date(2025, 12, 31), date(2026, 1, 1)),
        ((1, 5), date(2025, 12, 20), date(2026, 1, 5)),  # scheduled over the turn of the year
        ((2, 29), date(2024, 2, 28), date(2024, 2, 29)),
        ((6, 5), date(2026, 6, 10), None),  # nothing is posted before it is uploaded
        ((2, 29), date(2026, 2, 27), None),
    ],
)
def test_the_year_of_a_post_comes_from_its_upload(
    posted: tuple[int, int], uploaded: date, expected: date | None
) -> None:
    assert day_posted(DayOfYear(*posted), uploaded) == expected
