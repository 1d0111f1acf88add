"""TikTok Studio exports in the store: the expected instants, nothing twice, nothing made up."""

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select, update

from snapshot_core.errors import Busy, InputError
from snapshot_core.formats.tiktok_studio.preview import DaySpan
from snapshot_core.readings import ProfileReading
from snapshot_core.store.accounts import (
    LEASE_SECONDS,
    Account,
    account_named,
    accounts_of,
    add_account,
    claim,
)
from snapshot_core.store.database import Store
from snapshot_core.store.keys import of, readings_of
from snapshot_core.store.record_capture import Fetched, record
from snapshot_core.store.reported_days import amounts_of
from snapshot_core.store.tables import (
    account_snapshots,
    accounts,
    captures,
    corrections,
    listing_runs,
    video_snapshots,
    videos,
)
from snapshot_core.store.users import User, ensure_user
from snapshot_core.transfer.foreign_file import preview_studio
from snapshot_core.transfer.import_file import import_file
from snapshot_core.transfer.import_report import ImportReport
from snapshot_core.transfer.import_studio import Target
from snapshot_core.windows import DAY
from tests.support.readings import video_reading
from tests.support.studio import CONTENT, FOLLOWERS, OVERVIEW, export, link, video_id, zipped

NOON = 1_795_348_800
"""2026-11-22T12:00:00Z."""
UPLOADED = 1_793_534_400
"""2026-11-01T12:00:00Z."""
UTC = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def user(store: Store) -> User:
    return store.transact(lambda connection: ensure_user(connection, "a@example.org", 0))


class Exports:
    """Exports of a user, imported into account ``mine``."""

    def __init__(self, store: Store, user: User, folder: Path) -> None:
        self.store, self.user, self.folder = store, user, folder

    def give(self, data: bytes, now: int = NOON, zone: ZoneInfo = UTC, **more: Any) -> ImportReport:
        target = Target("mine", zone, name=more.pop("name", "given"), **more)
        return import_file(self.store, self.path(data), self.user, now, target)

    def path(self, data: bytes) -> Path:
        path = self.folder / "given"
        path.write_bytes(data)
        return path

    @property
    def account(self) -> Account:
        with self.store.read() as connection:
            return account_named(connection, self.user.user_id, "mine")

    def rows(self, table: Any, *columns: str) -> list[Any]:
        key = self.account.key
        with self.store.read() as connection:
            mine = readings_of(key) if table is video_snapshots else of(table, key)
            wanted = [table.c[name] for name in columns]
            return [tuple(row) for row in connection.execute(select(*wanted).where(mine))]

    def amounts(self) -> dict[date, dict[str, int]]:
        with self.store.read() as connection:
            return amounts_of(connection, self.account.key)


@pytest.fixture
def exports(store: Store, user: User, tmp_path: Path) -> Exports:
    return Exports(store, user, tmp_path)


def content(views: int = 57_600, time: str = "November 22", uploaded: int = UPLOADED) -> bytes:
    return export(CONTENT, (time, "Soup", link(uploaded), "November 1", 1135, 48, 21, views))


def followers(*rows: tuple[str, object]) -> bytes:
    return export(FOLLOWERS, *((*row, "undefined") for row in rows))


def overview(*days: str, views: int = 900) -> bytes:
    return export(OVERVIEW, *((day, views, 30, 20, 3, "undefined") for day in days))


def adds_up(report: ImportReport) -> bool:
    told = report.added, report.already_there, report.duplicates, report.set_aside
    return report.rows_read == sum(told) + len(report.refused)


# Instants


@pytest.mark.parametrize(
    ("zone", "now", "at"),
    [
        ("UTC", NOON + 3600, 1_795_348_800),  # 12:00
        ("Europe/Berlin", NOON, 1_795_345_200),  # 11:00Z
        ("America/Los_Angeles", NOON + DAY, 1_795_377_600),  # 20:00Z
        ("America/Los_Angeles", NOON, NOON),  # noon is still to come there
        ("Pacific/Auckland", NOON, 1_795_302_000),  # the day before, 23:00Z
    ],
)
def test_totals_are_of_noon_of_the_export_day_and_never_of_the_future(
    exports: Exports, zone: str, now: int, at: int
) -> None:
    report = exports.give(content(), now, ZoneInfo(zone))
    assert (report.added, report.captures_added, report.accounts_added) == (1, 1, ["mine"])
    assert exports.rows(captures, "captured_at", "status", "scope", "trigger") == [
        (at, "partial", "complete", "import")
    ]
    names = "view_count", "like_count", "comment_count", "share_count"
    assert exports.rows(video_snapshots, *names) == [(57_600, 1135, 48, 21)]
    assert exports.rows(videos, "platform_id", "title", "share_url", "published_at") == [
        (video_id(UPLOADED), "Soup", link(UPLOADED), 1_793_534_400)
    ]
    assert exports.account.source == "csv"


@pytest.mark.parametrize(
    ("zone", "day", "at"),
    [
        ("UTC", "November 20", 1_795_219_200),  # 2026-11-21T00:00:00Z
        ("Europe/Berlin", "November 20", 1_795_215_600),  # 2026-11-20T23:00:00Z
        ("Europe/Berlin", "October 24", 1_792_879_200),  # 2026-10-24T22:00:00Z, summer time
        ("Europe/Berlin", "October 25", 1_792_969_200),  # a day of 25 hours: 23:00Z
        ("Europe/Berlin", "March 29", 1_774_821_600),  # a day of 23 hours: 2026-03-29T22:00:00Z
        ("America/Santiago", "September 5", 1_788_667_200),  # midnight is skipped: 01:00 there
        ("Asia/Kathmandu", "December 31", 1_767_204_900),  # 2025-12-31T18:15:00Z
    ],
)
def test_followers_are_of_the_end_of_their_local_day(
    exports: Exports, zone: str, day: str, at: int
) -> None:
    assert exports.give(followers((day, 1200)), zone=ZoneInfo(zone)).added == 1
    assert exports.rows(account_snapshots, "captured_at", "follower_count") == [(at, 1200)]
    assert exports.rows(captures, "status", "video_count") == [("partial", 0)]


def test_a_day_that_has_not_ended_waits_for_the_next_file(exports: Exports) -> None:
    rows = ("November 20", 10), ("November 21", "undefined"), ("November 22", 12)
    report = exports.give(followers(*rows), now=NOON)
    assert (report.added, report.set_aside, report.refused) == (1, 2, [])
    assert adds_up(report)
    # Ten hours on it is the 23rd in Berlin, and still the 22nd in UTC.
    assert exports.give(followers(*rows), NOON + 11 * 3600 + 1).added == 0
    assert exports.give(followers(*rows), NOON + 11 * 3600 + 1, BERLIN).added == 2


def test_the_year_turns_over(exports: Exports) -> None:
    new_year = 1_798_804_800  # 2027-01-01T12:00:00Z
    files = {
        "FollowerHistory.csv": followers(("December 30", 1), ("December 31", 2)),
        "Overview.csv": overview("December 31"),
        "Content.csv": content(time="December 31"),
    }
    report = exports.give(zipped(files), new_year)
    assert (report.rows_read, report.added, report.reported_days) == (4, 4, 4)
    assert exports.rows(captures, "captured_at", "video_count") == [
        (1_798_675_200, 0),  # 2026-12-31T00:00:00Z
        (1_798_718_400, 1),  # 2026-12-31T12:00:00Z
        (1_798_761_600, 0),  # 2027-01-01T00:00:00Z
    ]
    assert list(exports.amounts()) == [date(2026, 12, 31)]


def test_the_accounts_own_zone_goes_before_the_users_and_the_installations(
    exports: Exports,
) -> None:
    def add(connection: Connection) -> None:
        made = add_account(connection, exports.user.user_id, "mine", "csv", 0)
        own = update(accounts).where(of(accounts, made.key)).values(time_zone="Europe/Berlin")
        connection.execute(own)

    exports.store.transact(add)
    exports.give(followers(("November 20", 5)))
    assert exports.rows(account_snapshots, "captured_at") == [(1_795_215_600,)]


def test_a_scheduled_post_went_out_on_its_day_and_not_when_it_was_uploaded(
    exports: Exports,
) -> None:
    row = ("November 22", "Soup", link(UPLOADED), "November 20", 1, 1, 1, 1)
    exports.give(export(CONTENT, row), zone=BERLIN)
    assert exports.rows(videos, "published_at") == [(1_795_129_200,)]  # 2026-11-19T23:00:00Z


def test_a_post_of_the_afternoon_was_read_after_it_went_out(exports: Exports) -> None:
    afternoon = NOON + 3 * 3600
    exports.give(content(uploaded=afternoon), NOON + DAY)
    assert exports.rows(captures, "captured_at") == [(afternoon,)]
    assert exports.rows(videos, "published_at") == [(afternoon,)]


# Again, and beside what is there


@pytest.mark.parametrize("now", [NOON - 3 * 3600, NOON + 3 * 3600])
def test_importing_again_adds_nothing(exports: Exports, now: int) -> None:
    files = {
        "Content.csv": content(),
        "FollowerHistory.csv": followers(("November 20", 10), ("November 21", 11)),
        "Overview.csv": overview("November 20", "November 21"),
    }
    first = exports.give(zipped(files), now)
    stored = exports.rows(captures, *captures.c.keys()), exports.account.revision
    again = exports.give(zipped(files), now + 5 * 3600)
    assert (first.added, first.reported_days, again.added, again.reported_days) == (5, 8, 0, 0)
    assert (again.already_there, again.captures_added, again.refused) == (5, 0, [])
    assert (exports.rows(captures, *captures.c.keys()), exports.account.revision) == stored


def test_a_file_can_be_looked_at_before_anything_is_written(exports: Exports) -> None:
    files = {"Content.csv": content(), "Overview.csv": overview("November 21", "November 22")}
    path = exports.path(zipped(files))
    target = Target("mine", UTC, name="export.zip")
    plan = preview_studio(exports.store, path, exports.user, NOON, target)
    assert (plan.contents[0].videos, plan.contents[0].captured_at, plan.set_aside) == (1, NOON, 1)
    day = date(2026, 11, 21)
    assert plan.amounts == DaySpan(1, day, day)
    with exports.store.read() as connection:
        assert accounts_of(connection, exports.user.user_id) == []


def live(exports: Exports, at: int, **counts: int) -> None:
    """A complete capture of a live account of two videos."""

    def take(connection: Connection) -> None:
        if not any(one.name == "mine" for one in accounts_of(connection, exports.user.user_id)):
            add_account(connection, exports.user.user_id, "mine", "tiktok", 0)
        key = account_named(connection, exports.user.user_id, "mine").key
        listed = [
            video_reading(
                video_id(UPLOADED), counts["old"], title="Real", published_at=UPLOADED + 9
            ),
            video_reading("other", 5),
        ]
        record(
            connection,
            key,
            Fetched(at, at, "nightly", "complete", True, ProfileReading(3, videos=2), listed),
        )

    exports.store.transact(take)


def test_the_top_posts_do_not_make_other_videos_look_removed(exports: Exports) -> None:
    live(exports, NOON - DAY, old=50_000)
    report = exports.give(content(), NOON + DAY)
    live(exports, NOON + 2 * DAY, old=60_000)
    assert (report.added, report.accounts_added) == (1, [])
    assert exports.rows(captures, "status") == [("complete",), ("partial",), ("complete",)]
    assert exports.rows(listing_runs, "until") == [(None,), (None,)]
    assert exports.rows(corrections, "amount") == []
    # What the platform said of the video stands.
    assert (video_id(UPLOADED), "Real", UPLOADED + 9) in exports.rows(
        videos, "platform_id", "title", "published_at"
    )


def test_what_contradicts_the_store_is_refused_and_told(exports: Exports) -> None:
    exports.give(content())
    report = exports.give(content(views=57_601))
    assert (report.added, len(report.refused)) == (0, 1)
    assert "views is 57601 here, but 57600 is stored" in report.refused[0].message


def test_followers_never_overwrite_what_a_capture_read(exports: Exports) -> None:
    midnight = NOON - DAY // 2
    live(exports, midnight, old=1)
    report = exports.give(followers(("November 21", 4)))
    assert "followers is 4 here, but 3 is stored" in report.refused[0].message
    assert exports.rows(captures, "status", "walked_to_end") == [("complete", True)]


# Amounts


def test_amounts_are_kept_as_amounts_and_make_no_readings(exports: Exports) -> None:
    report = exports.give(overview("November 20", "November 21"))
    assert (report.added, report.reported_days, report.captures_added) == (2, 8, 0)
    same = {"views": 900, "profile_views": 30, "likes": 20, "comments": 3}
    assert exports.amounts() == {date(2026, 11, 20): same, date(2026, 11, 21): same}
    assert exports.rows(captures, "captured_at") == exports.rows(video_snapshots, "video_id") == []


def test_the_newer_file_wins_and_an_older_one_fills_in(exports: Exports) -> None:
    exports.give(overview("November 20", "November 21"))
    revision = exports.account.revision
    assert exports.give(overview("November 20", "November 21", views=950)).reported_days == 2
    assert exports.account.revision > revision
    older = exports.give(overview("November 18", "November 19", "November 20", views=1))
    assert (older.added, older.already_there, older.reported_days) == (2, 1, 8)
    assert [one["views"] for one in exports.amounts().values()] == [1, 1, 950, 950]


# What stops it


def test_it_needs_an_account_and_a_readings_file_needs_none(exports: Exports) -> None:
    with pytest.raises(InputError, match="names no account"):
        import_file(exports.store, exports.path(content()), exports.user, NOON)
    readings = b"account,video_id,captured_at,views\na,v,2026-11-20T00:00:00Z,1\n"
    with pytest.raises(InputError, match="names its accounts itself"):
        exports.give(readings)


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "x" * 201])
def test_an_account_needs_a_name(exports: Exports, name: str) -> None:
    path, target = exports.path(content()), Target(name, UTC)
    with pytest.raises(InputError, match="name"):
        import_file(exports.store, path, exports.user, NOON, target)


def test_made_up_readings_and_real_ones_do_not_mix(exports: Exports) -> None:
    exports.store.transact(lambda c: add_account(c, exports.user.user_id, "mine", "sample", 0))
    with pytest.raises(InputError, match="mine is sample data"):
        exports.give(content())


def test_a_capture_that_runs_is_waited_for(exports: Exports) -> None:
    exports.give(content())
    key = exports.account.key
    exports.store.transact(lambda c: claim(c, key, "job", NOON, NOON + LEASE_SECONDS))
    with pytest.raises(Busy, match="Import again"):
        exports.give(overview("November 21"))
    assert exports.amounts() == {}


def test_a_file_of_no_use_makes_no_account(exports: Exports) -> None:
    for data in (zipped({"Content.csv": content()})[:-9], zipped({"a.txt": b""}), b"PK\3\4"):
        with pytest.raises(InputError):
            exports.give(data)
    with pytest.raises(InputError, match="not in order"):
        exports.give(followers(("November 21", 1), ("November 20", 2)))
    with exports.store.read() as connection:
        assert accounts_of(connection, exports.user.user_id) == []
