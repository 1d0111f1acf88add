"""The year of an export, by its name, its age and its rows, where these do not agree."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from snapshot_core.errors import InputError
from snapshot_core.formats.tiktok_studio.export import ExportDayNeeded, parse
from snapshot_core.formats.tiktok_studio.tables import StudioFile
from snapshot_core.readings import video_counts
from tests.support.studio import CONTENT, FOLLOWERS, OVERVIEW, export, link, zipped

TODAY = date(2026, 11, 27)
MONTHS = "January February March April May June July August September October November December"
UPLOADED = 1_783_846_800
"""2026-07-12T09:00:00Z."""

Read = Callable[..., StudioFile]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def parsed(
        data: bytes, name: str, today: date = TODAY, exported: date | None = None
    ) -> StudioFile:
        path = tmp_path / "upload"
        path.write_bytes(data)
        return parse(path, today, name=name, exported=exported)

    return parsed


def written(day: date) -> str:
    return f"{day.day} {MONTHS.split()[day.month - 1]}"


def overview(first: date, last: date) -> bytes:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return export(OVERVIEW, *((written(day), 100 + n, 1, 2, 0, 0) for n, day in enumerate(days)))


def seconds(day: date, hour: int = 8) -> int:
    return int(datetime(day.year, day.month, day.day, hour, tzinfo=UTC).timestamp())


def span(file: StudioFile) -> tuple[date, date, int]:
    days = [day for _, day, _ in file.amounts]
    assert days == sorted(days)
    return days[0], days[-1], len(days)


SEPTEMBER, NOVEMBER = date(2026, 9, 1), date(2026, 11, 20)


@pytest.mark.parametrize(
    "name",
    [
        "Overview_2026-09-01_1795250000_handle.zip",
        "Overview_2026-09-01_1795250000_handle (1).zip",
        "Copy of Overview_2026-09-01_1795250000_handle.zip",
        "Overview_2026-09-01_1795250000123_handle.zip",
        "Overview_2026-09-01_1795250000_user1612345678901.zip",
        "Overview_2026-09-01_1795250000_fan.20240105.zip",
        "Overview_2026-09-01_1795250000_fan_2024-01-05.zip",
        "Ubersicht_2026-09-01_1795250000_مريم.zip",
        "Overview_2026-09-01.zip",
        "Overview_2026-09-01_2026-11-20.zip",
        "Overview 20260901.zip",
        "Overview.zip",
    ],
)
def test_the_day_in_a_name_is_the_first(read: Read, name: str) -> None:
    data = zipped({"Overview.csv": overview(SEPTEMBER, NOVEMBER)})
    file = read(data, name)
    assert span(file) == (SEPTEMBER, NOVEMBER, 81)
    assert file.notices == []
    # A year later it is still what it was, where its name says so.
    if name != "Overview.zip":
        assert span(read(data, name, date(2027, 12, 24))) == (SEPTEMBER, NOVEMBER, 81)


def test_a_whole_year_ends_where_its_name_says(read: Read) -> None:
    first, last = date(2025, 8, 28), date(2026, 8, 27)
    data = overview(first, last)
    name = f"Overview_2025-08-28_{seconds(last)}_handle.csv"
    assert span(read(data, name)) == (first, last, 365)
    assert span(read(data, name, date(2028, 1, 1))) == (first, last, 365)
    # Without the end, the day is that of the export as well as the first one.
    file = read(data, "Overview_2025-08-28.csv")
    assert span(file)[1] == date(2025, 8, 27)
    assert file.notices == [
        "2025-08-28 in its name can be its first day, or that of the export, but its days are "
        "taken for 2024-08-28 to 2025-08-27. If that is wrong, give the day of the export"
    ]
    assert span(read(data, "Overview_2025-08-28.csv", exported=date(2026, 8, 28)))[1] == last


@pytest.mark.parametrize(
    ("first", "last", "today"),
    [
        (date(2026, 12, 3), date(2027, 1, 30), date(2027, 2, 1)),
        (date(2027, 12, 15), date(2028, 3, 10), date(2028, 3, 12)),  # with a leap day
        (date(2027, 3, 2), date(2028, 2, 29), date(2028, 3, 1)),  # 365 rows, the last a leap day
        (date(2028, 2, 29), date(2029, 2, 27), date(2029, 3, 3)),  # the first one
        (date(2026, 12, 31), date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
def test_the_turn_of_the_year_and_leap_days(
    read: Read, first: date, last: date, today: date
) -> None:
    count = (last - first).days + 1
    end = seconds(last + timedelta(days=1))
    data = overview(first, last)
    for name in (f"Overview_{first}_{end}_handle.csv", "Overview.csv"):
        for later in (today, today + timedelta(days=300)):
            if name != "Overview.csv" or later == today:
                assert span(read(data, name, later)) == (first, last, count)


def test_the_rows_and_the_name_go_before_the_age_of_the_files(read: Read) -> None:
    name = "Overview_2026-09-01_1795250000_handle.zip"
    data = zipped({"Overview.csv": overview(SEPTEMBER, NOVEMBER)}, day=(2025, 11, 22))
    file = read(data, name)
    assert span(file) == (SEPTEMBER, NOVEMBER, 81)
    (notice,) = file.notices
    assert notice == (
        "by its date it was written on 2025-11-22, but its days are taken for "
        "2026-09-01 to 2026-11-20. If that is wrong, give the day of the export"
    )


def test_a_copy_that_seems_older_than_its_name_says(tmp_path: Path) -> None:
    path = tmp_path / "Overview_2026-09-01_1795250000_handle.csv"
    path.write_bytes(overview(SEPTEMBER, NOVEMBER))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    file = parse(path, TODAY)
    assert span(file) == (SEPTEMBER, NOVEMBER, 81)
    assert "it was written on 2023-11-14" in file.notices[0]


@pytest.mark.parametrize(
    "name",
    [
        "Overview_2026-10-25.csv",  # the day of an export, or any in it
        "Overview_2026-09-01_1788000000_handle.csv",  # it ends before it begins
        "Overview_2026-09-01_1495250000_handle.csv",
        "Overview_2026-09-01_9795250000_handle.csv",
    ],
)
def test_what_cannot_be_the_end_is_not_taken_for_it(read: Read, name: str) -> None:
    file = read(overview(SEPTEMBER, NOVEMBER), name)
    assert (span(file), file.notices) == ((SEPTEMBER, NOVEMBER, 81), [])


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("Overview_2026-08-01.csv", "its name speaks of 2026-08-01"),
        ("Overview_2026-01-09.csv", "its name speaks of 2026-01-09"),
        ("Overview_2026-01-01_1788000000_handle.csv", "by its name it ends on 2026-08-29"),
    ],
)
def test_a_name_that_contradicts_the_rows_is_told(read: Read, name: str, wrong: str) -> None:
    (notice,) = read(overview(SEPTEMBER, NOVEMBER), name).notices
    assert wrong in notice


def test_days_with_a_year_need_no_hint(read: Read) -> None:
    rows = [(f"2026-11-{day}", 5, 0) for day in (19, 20)] + [("2027-11-21", 5, 0)]
    file = read(export(FOLLOWERS, *rows), "Followers_2025-01-01.csv")
    assert [day for _, day, _ in file.followers] == [date(2026, 11, 19), NOVEMBER]
    assert [refusal.message for refusal in file.refused] == [
        "Date '2027-11-21' is no day until 2026-11-27: check it"
    ]
    assert file.notices == []
    assert [video.day for video in read(content("2026-11-20"), "Content_2025-01-01.csv").videos]


def test_the_day_that_is_given_goes_before_the_name_and_says_so(read: Read) -> None:
    data = overview(SEPTEMBER, NOVEMBER)
    name = "Overview_2026-09-01_1795250000_handle.csv"
    file = read(data, name, exported=date(2025, 11, 22))
    assert span(file)[1] == date(2025, 11, 20)
    assert "by its name it ends on 2026-11-2" in file.notices[0]
    with pytest.raises(InputError, match="2026-12-24, is still to come"):
        read(data, name, exported=date(2026, 12, 24))


def test_rows_that_are_refused_do_not_hide_the_first_day(read: Read) -> None:
    lines = overview(SEPTEMBER, NOVEMBER).split(b"\n")
    lines[1] = b'"1 Sptmbr","1","1","1","1","1"'
    file = read(b"\n".join(lines), "Overview_2026-09-01.csv")
    assert (span(file), len(file.refused)) == ((date(2026, 9, 2), NOVEMBER, 80), 1)


def test_a_handle_is_no_day(read: Read) -> None:
    row = ("20 November", 12, 1)
    for handle in ("maria.20240105", "user20240105", "user1612345678901"):
        file = read(export(FOLLOWERS, row), f"Followers_{handle}.csv")
        assert [day for _, day, _ in file.followers] == [NOVEMBER]


# The list of videos


def content(time: str = "20 November", uploaded: int = UPLOADED) -> bytes:
    return export(CONTENT, (time, "Soup", link(uploaded), "12 July", 300, 22, 15, 5000))


def test_videos_go_before_the_name(read: Read) -> None:
    file = read(content(), "Content_2026-01-05.csv")
    assert [video.day for video in file.videos] == [NOVEMBER]
    assert file.refused == []
    assert file.notices == [
        "it lists a video of 2026-07-12, so its totals are taken for newer than the file seems to "
        "be. If that is wrong, give the day of the export"
    ]


def test_the_days_of_an_archive_date_its_list_of_videos(read: Read) -> None:
    old = seconds(date(2024, 5, 1))
    files = {
        "Content.csv": content(uploaded=old),
        "FollowerHistory.csv": export(FOLLOWERS, ("2026-11-19", 5, 0), ("2026-11-20", 6, 1)),
        "Overview.csv": overview(SEPTEMBER, NOVEMBER),
    }
    file = read(zipped(files), "all_2026-09-01.zip", date(2027, 6, 1))
    assert [video.day for video in file.videos] == [NOVEMBER]
    assert span(file) == (SEPTEMBER, NOVEMBER, 81)


def test_the_parts_of_an_archive_can_be_in_several_languages(read: Read) -> None:
    files = {
        "Content.csv": content("20 tháng Mười Một"),
        "FollowerHistory.csv": export(FOLLOWERS, ("19 listopada", 5, 0), ("20 listopada", 6, 1)),
        "Overview.csv": export(OVERVIEW, ("20 พฤศจิกายน", 9, 1, 2, 0, 0)),
    }
    file = read(zipped(files), "export.zip")
    assert [video.day for video in file.videos] == [NOVEMBER]
    assert [day for _, day, _ in file.followers] == [date(2026, 11, 19), NOVEMBER]
    assert span(file) == (NOVEMBER, NOVEMBER, 1)


WITHOUT_TIME = (*CONTENT[1:], "Average watch time")


def without_time() -> bytes:
    row = ("a", link(UPLOADED), "2026-07-12 09:00", "300", "22", "15", "5000", "12.5")
    return export(WITHOUT_TIME, row)


def test_a_list_of_videos_without_a_day_needs_the_day_of_the_export(read: Read) -> None:
    with pytest.raises(ExportDayNeeded, match="does not say of which day its totals are"):
        read(without_time(), "Content.csv")
    (video,) = read(without_time(), "Content.csv", exported=NOVEMBER).videos
    assert (video.day, video.posted) == (NOVEMBER, None)
    assert video.reading.counts == video_counts(views=5000, likes=300, comments=22, shares=15)


def test_a_scheduled_post_can_have_its_date_in_full(read: Read) -> None:
    row = ("a", link(UPLOADED), "2026-08-01 18:00", "300", "22", "15", "5000", "12.5")
    (video,) = read(export(WITHOUT_TIME, row), "Content.csv", exported=NOVEMBER).videos
    assert video.posted == date(2026, 8, 1)


def test_old_exports_have_swedish_columns(read: Read) -> None:
    header = (
        "Datum", "Videovisningar", "Profilvisningar", "Gilla-markeringar", "Kommentarer",
        "Delningar", "Nettotillväxt",
    )  # fmt: skip
    file = read(export(header, ("2026-11-01", 100, 1, 2, 0, 0, 7)), "swedish.csv")
    assert [row[1:] for row in file.amounts] == [
        (
            date(2026, 11, 1),
            {"views": 100, "profile_views": 1, "likes": 2, "comments": 0, "shares": 0},
        )
    ]


# Archives


def test_the_zips_of_an_export_can_be_zipped_together(read: Read) -> None:
    day, exported = date(2025, 11, 20), date(2025, 11, 22)  # numbers come two days late
    inner = {
        "Overview_2025-09-01_1763700000_handle.zip": zipped(
            {"Overview.csv": overview(date(2025, 9, 1), day)}
        ),
        "Content_handle.zip": zipped(
            {"Content.csv": content("22 November", seconds(date(2024, 2, 1)))}
        ),
        "Viewers_handle.zip": zipped({"Viewers.csv": export(("Date", "Total Viewers"))}),
    }
    file = read(zipped(inner), "drive-download.zip")
    assert span(file) == (date(2025, 9, 1), day, 81)
    assert [video.day for video in file.videos] == [exported]
    assert file.notices == ["not used: Viewers.csv"]


def test_what_is_not_in_an_archive_is_said(read: Read) -> None:
    deep = zipped({"a.zip": zipped({"b.zip": zipped({"Content.csv": content()})})})
    for data in (zipped({}), zipped({"a.zip": zipped({})}), deep):
        with pytest.raises(InputError, match="no Content, FollowerHistory or Overview"):
            read(data, "export.zip")
