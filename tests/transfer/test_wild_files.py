"""Files as trackers and Studio really write them, to the numbers that come of them."""

import os
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from snapshot_core.formats.mapped.parse import TableMapping
from snapshot_core.periods import PERIODS
from snapshot_core.store.accounts import account_named, accounts_of
from snapshot_core.store.database import Store
from snapshot_core.store.reported_days import amounts_of
from snapshot_core.store.users import User, ensure_user
from snapshot_core.transfer.export import export_file
from snapshot_core.transfer.import_file import import_file
from snapshot_core.transfer.import_mapped import import_mapped
from snapshot_core.transfer.import_report import ImportReport
from snapshot_core.transfer.import_studio import Target
from snapshot_core.view.documents.fields import json_object
from snapshot_core.view.documents.growth import Growth
from snapshot_core.view.overview import overview
from snapshot_core.windows import DAY, iso
from tests.support.studio import CONTENT, OVERVIEW, export, link, zipped

START = 1_794_268_800
"""2026-11-10T00:00:00Z."""
NOW = START + 17 * DAY
UTC = ZoneInfo("UTC")
HEADER = "account,video_id,title,published_at,captured_at,views,likes,comments,shares"


@pytest.fixture
def user(store: Store) -> User:
    return store.transact(lambda connection: ensure_user(connection, "a@example.org", 0))


class Desk:
    """Files of a user, written, imported and looked at."""

    def __init__(self, store: Store, user: User, folder: Path) -> None:
        self.store, self.user, self.folder = store, user, folder

    def give(
        self, data: bytes | str, name: str = "readings.csv", target: Target | None = None
    ) -> ImportReport:
        path = self.folder / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        os.utime(path, (NOW, NOW))
        return import_file(self.store, path, self.user, NOW, target)

    def give_mapped(self, text: str, into: str, **more: int) -> ImportReport:
        """A table of a day, a clip and its plays."""
        path = self.folder / "table.csv"
        path.write_text(text)
        columns = {"captured_at": 0, "video_id": 1, "views": 2} | more
        mapping = TableMapping(into, UTC, columns, "day first")
        return import_mapped(self.store, path, self.user, NOW, mapping)

    def growth(self, days: int, account: str = "acc") -> dict[str, object]:
        period = next(period for period in PERIODS if period.days == days)
        with self.store.read() as connection:
            chosen = account_named(connection, self.user.user_id, account)
            view = overview(connection, [chosen], chosen, period, NOW, UTC)
        document = json_object(Growth.of(view))["growth"]["views"]
        ledger = document["ledger"] or {}
        return {name: document[name] for name in ("current", "growth")} | {
            "removed": ledger.get("removed")
        }

    @property
    def accounts(self) -> list[str]:
        with self.store.read() as connection:
            return [account.name for account in accounts_of(connection, self.user.user_id)]

    def days(self, account: str = "acc") -> list[date]:
        with self.store.read() as connection:
            key = account_named(connection, self.user.user_id, account).key
            return sorted(amounts_of(connection, key))


@pytest.fixture
def desk(store: Store, user: User, tmp_path: Path) -> Desk:
    return Desk(store, user, tmp_path)


def crawls(nights: int = 10, videos: int = 200, step: int = 1, hour: int = 0) -> str:
    """Nights of a tracker that stamps each row as it is fetched; each video gains 100 a night."""
    rows = [
        f"acc,{7_672_185_980_190_720_000 - 371_085_174_374_399 * video},v{video},"
        f"{iso(START - (92 + video) * DAY)},"
        f"{iso(START + hour * 3_600 + night * DAY + video * step)},"
        f"{10_000 + 100 * night},10,1,1"
        for night in range(nights)
        for video in range(videos)
    ]
    return "\n".join([HEADER, *rows])


@pytest.mark.parametrize(
    ("step", "hour"),
    [(1, 0), (17, 0), (2, 23)],  # the last goes on over midnight
)
def test_a_tracker_that_stamps_each_row(desk: Desk, step: int, hour: int) -> None:
    report = desk.give(crawls(step=step, hour=hour))
    assert (report.added, report.captures_added, report.refused) == (2_000, 10, [])
    assert "2,000 instants became 10 snapshots" in report.notices[0]
    assert desk.growth(7) == {"growth": 140_000, "current": 2_180_000, "removed": 0}
    assert desk.growth(1) == {"growth": 20_000, "current": 2_180_000, "removed": 0}


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_what_such_a_file_became_goes_out_and_comes_back_the_same(
    desk: Desk, store: Store, tmp_path: Path, suffix: str
) -> None:
    desk.give(crawls(nights=9, videos=20))
    out = tmp_path / f"out{suffix}"
    rows = export_file(store, out, desk.user)
    other = store.transact(lambda connection: ensure_user(connection, "b@example.org", 0))
    report = import_file(store, out, other, NOW)
    assert (report.added, report.captures_added, report.notices) == (rows, 9, [])
    copy = Desk(store, other, tmp_path)
    assert copy.growth(7) == desk.growth(7) == {"growth": 14_000, "current": 216_000, "removed": 0}
    again = import_file(store, out, desk.user, NOW)
    assert (again.added, again.already_there) == (0, rows)


def test_a_second_import_and_a_longer_file_add_only_what_is_new(desk: Desk) -> None:
    desk.give(crawls(nights=9, videos=20))
    report = desk.give(crawls(nights=9, videos=20))
    assert (report.added, report.already_there, report.captures_added) == (0, 180, 0)
    report = desk.give(crawls(nights=10, videos=20))
    assert (report.added, report.already_there, report.captures_added) == (20, 180, 1)


def test_a_walk_of_more_than_an_hour_ends_no_growth(desk: Desk) -> None:
    report = desk.give(crawls(step=40))
    assert "are partial: no growth ends with them" in report.notices[1]
    assert desk.growth(7)["growth"] is None


# Studio


def overview_file(month: str, first: int, last: int) -> bytes:
    return export(
        OVERVIEW, *((f"{day} {month}", 100, 1, 2, 0, 0) for day in range(first, last + 1))
    )


def test_a_vietnamese_export(desk: Desk) -> None:
    row = ("18 tháng Tám", "nho", link(1_786_406_400), "10 tháng Tám", "10", "1", "2", "100")
    report = desk.give(export(CONTENT, row), "Content.csv", Target("acc", UTC))
    assert (report.added, report.refused) == (1, [])
    report = desk.give(overview_file("tháng Mười Một", 1, 20), "Overview.csv", Target("acc", UTC))
    assert (report.added, report.refused) == (20, [])
    assert (desk.days()[0], desk.days()[-1]) == (date(2026, 11, 1), date(2026, 11, 20))


def test_an_overview_of_more_than_a_month_is_of_the_year_in_its_name(desk: Desk) -> None:
    data = export(
        OVERVIEW,
        *(
            (f"{day} {month}", 100, 1, 2, 0, 0)
            for month, last in (("September", 30), ("October", 31), ("November", 20))
            for day in range(1, last + 1)
        ),
    )
    for name in ("Overview_2026-09-01_1795250000_handle.zip", "Overview.zip"):
        desk.give(zipped({"Overview.csv": data}), name, Target(name, UTC))
        days = desk.days(name)
        assert (days[0], days[-1], len(days)) == (date(2026, 9, 1), date(2026, 11, 20), 81)


# Nothing stored, no account


def studio_of_no_use() -> list[bytes]:
    return [
        export(OVERVIEW, *((f"{day} Blurgh", 1, 1, 1, 1, 1) for day in range(1, 21))),
        export(OVERVIEW, ("1 November", *["undefined"] * 5)),
        export(OVERVIEW),
        export(CONTENT, ("1 November", "a", "https://example.org/", "1 November", 1, 1, 1, 1)),
        export(CONTENT),
        zipped({"Content.csv": export(CONTENT), "Overview.csv": export(OVERVIEW)}),
    ]


@pytest.mark.parametrize("data", studio_of_no_use(), ids=lambda data: str(len(data)))
def test_an_export_of_which_nothing_is_stored_makes_no_account(desk: Desk, data: bytes) -> None:
    name = "export.zip" if data[:2] == b"PK" else "export.csv"
    report = desk.give(data, name, Target("new", UTC))
    assert (report.added, report.accounts_added) == (0, [])
    assert desk.accounts == []


@pytest.mark.parametrize(
    "row",
    [
        "new,v1,,,2026-11-10T00:00:00Z,many,1,1,1",
        "new,v1,,,2036-11-10T00:00:00Z,1,1,1,1",
        "new,v1,,,yesterday,1,1,1,1",
        "new,,,,2026-11-10T00:00:00Z,5,,,",
        "",
    ],
)
def test_a_readings_file_of_which_nothing_is_stored_makes_no_account(desk: Desk, row: str) -> None:
    report = desk.give(f"{HEADER}\n{row}\n")
    assert (report.added, report.accounts_added) == (0, [])
    assert desk.accounts == []


@pytest.mark.parametrize("rows", ["", "10.11.2026,,\n11.11.2026,-,n/a", "10.11.2026,v1,many"])
def test_a_table_of_which_nothing_is_stored_makes_no_account(desk: Desk, rows: str) -> None:
    report = desk.give_mapped(f"Day,Clip,Plays\n{rows}\n", "new")
    assert (report.added, report.accounts_added) == (0, [])
    assert desk.accounts == []


def test_rows_of_a_table_that_say_nothing_are_left_out_and_named(desk: Desk) -> None:
    report = desk.give_mapped("Day,Clip,Plays\n10.11.2026,v1,5\n11.11.2026,,\n", "new")
    assert (report.added, report.captures_added, report.refused) == (1, 1, [])
    assert report.notices == ["rows of neither a video nor a count left out: line 3"]


def test_a_column_can_name_the_account(desk: Desk) -> None:
    text = "Day,Clip,Plays,Who\n10.11.2026,v1,5,one\n10.11.2026,v1,7,Two\n10.11.2026,v2,7,\n"
    report = desk.give_mapped(text, "", account=3)
    assert (report.added, report.captures_added) == (2, 2)
    assert report.accounts_added == desk.accounts == ["Two", "one"]
    assert [refusal.message for refusal in report.refused] == [
        "account is empty: every row names its account"
    ]
