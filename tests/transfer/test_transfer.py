"""Files in and out: nothing twice, nothing wrong, nothing lost on the way through a file."""

import csv
import itertools
import random
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from sqlalchemy import Connection, func, select

from snapshot_core.errors import Busy, InputError, NotFound
from snapshot_core.formats.readings.columns import COLUMNS
from snapshot_core.periods import PERIODS
from snapshot_core.readings import ProfileReading
from snapshot_core.store.accounts import (
    LEASE_SECONDS,
    Account,
    account,
    account_named,
    accounts_of,
    add_account,
    claim,
)
from snapshot_core.store.database import Store
from snapshot_core.store.fold.state import last_tracks
from snapshot_core.store.fold.write import refold
from snapshot_core.store.keys import Key, of, readings_of
from snapshot_core.store.readings import spark_gains
from snapshot_core.store.record_capture import Fetched, record, record_failure
from snapshot_core.store.tables import (
    COUNTS,
    VIDEOS_PER_ACCOUNT,
    account_snapshots,
    capture_totals,
    captures,
    corrections,
    listing_runs,
    quarantine,
    video_snapshots,
    videos,
)
from snapshot_core.store.users import User, ensure_user
from snapshot_core.store.videos import about_videos, find_video
from snapshot_core.transfer.export import export_file
from snapshot_core.transfer.import_file import import_file
from snapshot_core.transfer.import_report import ImportReport
from snapshot_core.view.documents.fields import json_object
from snapshot_core.view.documents.growth import Growth
from snapshot_core.view.overview import overview
from snapshot_core.view.video import video_view
from snapshot_core.windows import DAY, iso
from tests.store.histories import FEW_BESIDE, START, AccountHistory, users
from tests.support.examples import examples
from tests.support.readings import video_reading
from ui.video.readings import readings_file

NOW = START + 2_000 * DAY
HEADER = "account,video_id,title,published_at,captured_at,views,likes,comments,shares"
REAL_ROWS = 19_597
UTC = ZoneInfo("UTC")


@pytest.fixture
def user(store: Store) -> User:
    return new_user(store)


_numbers = itertools.count()


def new_user(store: Store) -> User:
    email = f"user-{next(_numbers)}@example.org"
    return store.transact(lambda connection: ensure_user(connection, email, START))


class Files:
    """Files of a user: written from rows and imported, or exported."""

    def __init__(self, store: Store, user: User, folder: Path) -> None:
        self.store, self.user, self.folder = store, user, folder

    def give(self, *rows: str, header: str = HEADER) -> ImportReport:
        path = self.folder / "given.csv"
        path.write_text("\n".join([header, *rows]))
        return import_file(self.store, path, self.user, NOW)

    def counts(self, name: str = "a") -> dict[int, dict[str, int | None]]:
        """Views by instant and platform id."""
        with self.store.read() as connection:
            key = account_named(connection, self.user.user_id, name).key
            return views_of(connection, key)

    def account(self, name: str = "a") -> Account:
        with self.store.read() as connection:
            return account_named(connection, self.user.user_id, name)

    def captures(self, name: str = "a") -> list[Any]:
        with self.store.read() as connection:
            return captures_of(connection, account_named(connection, self.user.user_id, name).key)

    def all(self) -> tuple[Any, ...]:
        """What must not change where an import adds nothing."""
        with self.store.read() as connection:
            one = account_named(connection, self.user.user_id, "a")
            return captures_of(connection, one.key), facts(connection, one.key), one.revision


@pytest.fixture
def files(store: Store, user: User, tmp_path: Path) -> Files:
    return Files(store, user, tmp_path)


def row(video: str, night: int, views: object = 10, about: str = ",", likes: object = "") -> str:
    """A row of account ``a``; ``about`` is its title and publication."""
    return f"a,{video},{about},{iso(START + night * DAY)},{views},{likes},,"


def captures_of(connection: Connection, key: Key) -> list[Any]:
    mine = select(captures).where(of(captures, key)).order_by(captures.c.captured_at)
    return list(connection.execute(mine))


def views_of(connection: Connection, key: Key) -> dict[int, dict[str, int | None]]:
    names = dict(
        connection.execute(
            select(videos.c.video_id, videos.c.platform_id).where(of(videos, key))
        ).all()
    )
    found: dict[int, dict[str, int | None]] = {}
    one = video_snapshots.c
    rows = select(one.captured_at, one.video_id, one.view_count).where(readings_of(key))
    for at, video, views in connection.execute(rows):
        found.setdefault(at - START, {})[names[video]] = views
    return {at // DAY: counts for at, counts in found.items()}


def adds_up(report: ImportReport) -> bool:
    parts = report.added + report.already_there + report.duplicates + len(report.refused)
    return report.rows_read == parts


# What is added


def test_a_night_without_counts_does_not_replace_those_before(files: Files) -> None:
    for night in range(3):
        files.give(*(row(f"v{n}", night, 100 + night) for n in range(5)))
    files.give(*(row(f"v{n}", 3, "", likes="") for n in range(5)))
    statuses = [taken.status for taken in files.captures()]
    assert statuses == ["complete"] * 3 + ["partial"]
    with files.store.read() as connection:
        account_ = account_named(connection, files.user.user_id, "a")
        view = overview(connection, [account_], account_, PERIODS[0], NOW, UTC)
    growth = view.cards["views"].growth
    assert (growth.current, growth.growth) == (510, 5)


def test_accounts_videos_and_captures_are_made_from_the_rows(files: Files) -> None:
    report = files.give(row("v1", 0, 10, "Soup,2023-01-01T00:00:00Z"), row("v2", 0), row("v1", 1))
    assert (report.added, report.captures_added, report.accounts_added) == (3, 2, ["a"])
    assert files.counts() == {0: {"v1": 10, "v2": 10}, 1: {"v1": 10}}
    taken = files.captures()
    assert {(one.trigger, one.scope, one.walked_to_end) for one in taken} == {
        ("import", "complete", None)
    }
    with files.store.read() as connection:
        made = account_named(connection, files.user.user_id, "a")
        about = connection.execute(select(videos).where(of(videos, made.key))).first()
    assert (made.source, made.rounded) == ("csv", False)
    assert about is not None
    assert (about.title, about.published_at) == ("Soup", 1_672_531_200)


def test_importing_twice_adds_nothing(files: Files) -> None:
    rows = [row("v1", 0), row("v2", 0, ""), row("v1", 1), f"a,,,,{iso(START)},,,,"]
    first, again = files.give(*rows), files.give(*rows)
    assert (first.added, again.added, again.already_there) == (4, 0, 4)
    assert (again.captures_added, again.accounts_added) == (0, [])
    assert not again.refused


def test_a_mended_file_adds_what_was_missing(files: Files) -> None:
    first = files.give(row("v1", 0), row("v2", 0, -5), row("v1", 1), row("v2", 1))
    assert [refusal.line for refusal in first.refused] == [3]
    assert files.captures()[0].status == "partial"  # one of its rows is known to be missing
    again = files.give(row("v1", 0), row("v2", 0, 5), row("v1", 1), row("v2", 1))
    assert (again.added, again.already_there, again.captures_added) == (1, 3, 0)
    assert files.counts()[0] == {"v1": 10, "v2": 5}
    assert [one.status for one in files.captures()] == ["complete", "complete"]
    assert files.captures()[0].video_count == 2


def test_unknown_counters_are_filled_in_and_known_ones_outlive_silence(files: Files) -> None:
    files.give(row("v1", 0, "", likes=7))
    report = files.give(row("v1", 0, 10, likes=""))
    assert (report.added, report.already_there, len(report.refused)) == (1, 0, 0)
    assert files.give(row("v1", 0, 10, likes=7)).already_there == 1


@pytest.mark.parametrize("word", ["true", ""], ids=["it says so", "its counts do"])
def test_a_source_that_rounds_is_recognised_later_too(files: Files, word: str) -> None:
    header = f"{HEADER},rounded"
    shown = [f"{row(f'v{n}', 0, 12_300 + 100 * n)}," for n in range(15)]
    files.give(*shown, header=header)
    assert not files.account().rounded  # 15 counts are too few to tell
    first = files.account().revision
    files.give(*shown, header=header)
    assert (files.account().rounded, files.account().revision) == (False, first)
    more = [row(f"v{n}", 1, 14_000 + 100 * n) for n in range(1 if word else 5)]
    files.give(*(f"{text},{word}" for text in more), header=header)
    assert files.account().rounded
    assert files.account().revision > first  # what was computed without is out of date
    files.give(f"{row('v1', 2, 15_001)},", header=header)
    assert files.account().rounded


def test_one_exact_count_proves_that_nothing_rounds(files: Files) -> None:
    files.give(row("v0", 0, 12_345), *(row(f"v{n}", 0, 12_300) for n in range(1, 10)))
    files.give(*(row(f"v{n}", 1, 12_400) for n in range(30)))
    files.give(row("v1", 2, 90), row("v2", 2, 80))
    files.give(*(f"{row(f'v{n}', 3, 12_400)},false" for n in range(40)), header=f"{HEADER},rounded")
    assert not files.account().rounded


def test_earlier_captures_fill_in_titles_and_later_ones_change_them(files: Files) -> None:
    def titles() -> list[str | None]:
        with files.store.read() as connection:
            return [one.title for one in connection.execute(select(videos).order_by("video_id"))]

    files.give(row("v1", 5, about="Now,"), row("v2", 5))
    files.give(row("v1", 1, about="Then,"), row("v2", 1, about="Found,"))
    assert titles() == ["Now", "Found"]
    files.give(row("v1", 6, about="Later,"))
    assert titles() == ["Later", "Found"]


def test_a_source_that_rounds_is_recognised_or_believed(files: Files) -> None:
    files.give(*(row(f"v{n}", 0, 12_300 + 100 * n) for n in range(20)))
    header = f"{HEADER},rounded"
    files.give(row("v1", 0, 12_345).replace("a,", "b,", 1) + ",true", header=header)
    with files.store.read() as connection:
        accounts = accounts_of(connection, files.user.user_id)
    assert [one.rounded for one in accounts] == [True, True]


def test_a_failed_capture_gives_way_to_readings_of_its_instant(files: Files) -> None:
    def fail(connection: Connection) -> None:
        made = add_account(connection, files.user.user_id, "a", "csv", START)
        nothing = Fetched(START, START, "nightly", "complete", False, ProfileReading(), [])
        record_failure(connection, made.key, nothing)

    files.store.transact(fail)
    assert files.give(row("v1", 0)).captures_added == 1
    assert [one.status for one in files.captures()] == ["complete"]


# What is refused


def test_a_row_that_contradicts_the_store_is_refused_with_both_values(files: Files) -> None:
    files.give(row("v1", 0, 10), row("v2", 0, 20))
    report = files.give(row("v1", 0, 11), row("v2", 0, 20), row("v3", 0, 30))
    assert (report.added, report.already_there) == (1, 1)
    (refusal,) = report.refused
    assert refusal.line == 2
    assert "views is 11 here, but 10 is stored" in refusal.message
    assert files.counts()[0] == {"v1": 10, "v2": 20, "v3": 30}
    assert adds_up(report)


def test_account_counters_are_added_completed_and_defended(files: Files) -> None:
    header = "account,video_id,captured_at,followers,following"
    at = iso(START)
    assert files.give(f"a,,{at},100,", header=header).added == 1
    assert files.give(f"a,,{at},100,5", header=header).added == 1
    assert files.give(f"a,,{at},100,5", header=header).already_there == 1
    report = files.give(f"a,,{at},101,5", header=header)
    assert "followers is 101 here, but 100 is stored" in report.refused[0].message


def test_a_counter_beyond_any_platform_is_refused(files: Files) -> None:
    report = files.give(row("v1", 0, 2**53), row("v2", 0, 2**53 - 1))
    assert [refusal.line for refusal in report.refused] == [2]
    assert files.counts() == {0: {"v2": 2**53 - 1}}
    assert adds_up(report)


def test_an_account_that_is_being_captured_is_left_alone(files: Files) -> None:
    files.give(row("v1", 0))
    with files.store.read() as connection:
        key = account_named(connection, files.user.user_id, "a").key
    files.store.transact(lambda connection: claim(connection, key, "job", NOW, NOW + LEASE_SECONDS))
    with pytest.raises(Busy, match="Import again"):
        files.give(row("v1", 1))
    assert list(files.counts()) == [0]


def test_an_import_leaves_no_lease_behind(files: Files) -> None:
    files.give(row("v1", 0))
    with files.store.read() as connection:
        key = account_named(connection, files.user.user_id, "a").key
    assert files.store.transact(lambda connection: claim(connection, key, "job", 0, 1))


def test_a_lease_of_a_clock_that_was_a_year_ahead_stops_nobody(files: Files) -> None:
    files.give(row("v1", 0))
    with files.store.read() as connection:
        key = account_named(connection, files.user.user_id, "a").key
    ahead = NOW + 365 * DAY
    assert files.store.transact(lambda c: claim(c, key, "killed", ahead, ahead + LEASE_SECONDS))
    assert files.store.transact(lambda c: claim(c, key, "job", NOW, NOW + LEASE_SECONDS))
    # A clock that is a few minutes ahead still holds what it took.
    assert files.store.transact(
        lambda c: claim(c, key, "job", NOW + 300, NOW + 300 + LEASE_SECONDS)
    )
    assert not files.store.transact(lambda c: claim(c, key, "another", NOW, NOW + LEASE_SECONDS))


def test_a_file_that_is_none_changes_nothing(files: Files, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        import_file(files.store, tmp_path / "missing.csv", files.user, NOW)
    with files.store.read() as connection:
        assert accounts_of(connection, files.user.user_id) == []


# How complete it is


@pytest.mark.parametrize(
    ("word", "listed", "status"),
    [
        ("", 9, "complete"),
        ("", 8, "partial"),
        ("complete", 1, "complete"),
        ("partial", 10, "partial"),
    ],
)
def test_the_files_own_word_on_a_capture_counts_more_than_ours(
    files: Files, word: str, listed: int, status: str
) -> None:
    header = f"{HEADER},status"
    first = [f"{row(f'v{n}', 0)}," for n in range(10)]
    then = [f"{row(f'v{n}', 1)},{word}" for n in range(listed)]
    files.give(*first, *then, header=header)
    assert [one.status for one in files.captures()] == ["complete", status]
    # Not even the videos that go missing next shake it.
    files.give(f"{row('v0', 2)},complete", header=header)
    assert files.captures()[2].status == "complete"


def test_a_word_that_comes_later_counts_too(files: Files) -> None:
    rows = [row(f"v{n}", 0) for n in range(10)] + [row("v1", 1)]
    files.give(*rows)
    assert files.captures()[1].status == "partial"
    files.give(*(f"{text},complete" for text in rows), header=f"{HEADER},status")
    assert files.captures()[1].status == "complete"
    files.give(*rows)
    assert files.captures()[1].status == "complete"


def test_a_row_more_leaves_a_capture_complete(files: Files) -> None:
    files.give(*(f"{row(f'v{n}', 0)},complete" for n in range(5)), header=f"{HEADER},status")
    files.give(row("v9", 0))
    (only,) = files.captures()
    assert (only.status, only.video_count, only.reported_count) == ("complete", 6, 6)


def test_what_a_file_says_of_an_instant_already_judged_so_changes_nothing(files: Files) -> None:
    """The second look at a mass removal stays one, whoever is told of the first."""
    nights = [(0, 10), (1, 6), (2, 6)]
    gone = [row(f"v{n}", night) for night, videos in nights for n in range(videos)]
    files.give(*gone)
    assert [one.status for one in files.captures()] == ["complete", "partial", "complete"]
    before = files.all()
    words = ["complete"] * 10 + ["partial"] * 6 + ["complete"] * 6
    said = [f"{text},{word}" for text, word in zip(gone, words, strict=True)]
    assert files.give(*said, header=f"{HEADER},status").notices == []
    assert files.all() == before


def test_the_download_of_one_video_changes_nothing(files: Files, tmp_path: Path) -> None:
    nights = [(0, 10), (1, 6), (2, 6), (3, 6)]
    files.give(*(row(f"v{n}", night, 10 + night) for night, many in nights for n in range(many)))
    assert [one.status for one in files.captures()] == ["complete", "partial"] + ["complete"] * 2
    before = files.all()
    file = tmp_path / "readings.csv"
    with files.store.read() as connection:
        one = account_named(connection, files.user.user_id, "a")
        video = find_video(connection, one.key, "v0")
        file.write_bytes(readings_file(video_view(connection, one, video, PERIODS[0], NOW, UTC)))
    with file.open(newline="") as opened:
        assert {one["status"] for one in csv.DictReader(opened)} == {""}
    report = import_file(files.store, file, files.user, NOW)
    assert (report.added, report.already_there, report.notices) == (0, 4, [])
    assert files.all() == before


@pytest.mark.parametrize(
    "rows",
    [
        [f"{row('v0', 0)},partial"],  # a part is partial, whatever the whole is
        [f"{row('v0', 0)},complete", f"{row('v1', 0, -1)},complete"],  # a damaged copy
        [row("v0", 0) + ",", row("v1", 0, -1) + ","],
    ],
    ids=["a part", "damaged", "damaged, and silent"],
)
def test_a_part_or_a_damaged_copy_does_not_shake_the_whole(files: Files, rows: list[str]) -> None:
    header = f"{HEADER},status"
    files.give(*(f"{row(f'v{n}', 0)},complete" for n in range(3)), header=header)
    before = files.all()
    report = files.give(*rows, header=header)
    assert (report.added, report.notices) == (0, [])
    assert files.all() == before


def test_a_part_that_adds_a_video_does_not_make_the_whole_partial(files: Files) -> None:
    files.give(*(row(f"v{n}", 0) for n in range(3)))
    files.give(f"{row('v9', 0)},partial", header=f"{HEADER},status")
    (only,) = files.captures()
    assert (only.status, only.video_count) == ("complete", 4)


def test_a_word_that_differs_counts_and_the_report_says_so(files: Files) -> None:
    rows, header = [row(f"v{n}", 0) for n in range(3)], f"{HEADER},status"
    files.give(*rows)
    for word in ("partial", "complete"):
        report = files.give(*(f"{text},{word}" for text in rows), header=header)
        assert report.added == 0
        assert report.notices == [
            "the file's status is now that of stored snapshots that had another: 1"
        ]
        assert [one.status for one in files.captures()] == [word]


def test_a_word_holds_whatever_comes_with_it(files: Files) -> None:
    """It agrees with what is stored, until an earlier capture of the same file shakes that."""
    files.give(row("v0", 1))
    assert files.captures()[0].status == "complete"
    then = [f"{row(f'v{n}', 0)},complete" for n in range(10)]
    files.give(*then, f"{row('v0', 1)},complete", header=f"{HEADER},status")
    assert [one.status for one in files.captures()] == ["complete", "complete"]


def test_a_row_more_proves_nothing_of_a_listing_called_partial(files: Files) -> None:
    header = f"{HEADER},status"
    files.give(*(f"{row(f'v{n}', 0)},complete" for n in range(9)), header=header)
    files.give(*(f"{row('v0', night)},partial" for night in (1, 2)), header=header)
    files.give(*(row("v1", night) for night in (1, 2)))
    assert [one.status for one in files.captures()] == ["complete", "partial", "partial"]


# Only the account's own counters


def followers(night: int, count: int, word: str = "") -> str:
    return f"a,,{iso(START + night * DAY)},,{count},{word}"


FOLLOWERS = "account,video_id,captured_at,views,followers,status"


def test_followers_alone_say_nothing_of_the_videos(files: Files) -> None:
    files.give(*(row(f"v{n}", night) for night in (0, 1) for n in range(3)))
    files.give(*(followers(night, 100 + night) for night in (2, 3, 4)), header=FOLLOWERS)
    taken = files.captures()
    assert [one.status for one in taken] == ["complete"] * 2 + ["partial"] * 3
    assert [one.walked_to_end for one in taken] == [None] * 2 + [False] * 3
    with files.store.read() as connection:
        one = account_named(connection, files.user.user_id, "a")
        runs = connection.scalars(
            select(listing_runs.c.until).where(of(listing_runs, one.key))
        ).all()
        view = overview(connection, [one], one, PERIODS[0], NOW, UTC)
    assert runs == [None] * 3
    assert view.window is not None
    assert view.window.end == START + DAY
    assert view.cards["views"].growth.current == 30


def test_only_the_word_says_that_an_account_is_empty(files: Files) -> None:
    files.give(row("v0", 0))
    files.give(followers(1, 100, "complete"), header=FOLLOWERS)
    taken = files.captures()
    assert [(one.status, one.video_count) for one in taken] == [("complete", 1), ("complete", 0)]


def test_videos_that_come_after_the_followers_are_judged_as_ever(files: Files) -> None:
    files.give(*(row(f"v{n}", 0) for n in range(3)))
    files.give(followers(1, 100), followers(2, 200), header=FOLLOWERS)
    files.give(*(row(f"v{n}", 1) for n in range(3)), row("v0", 2))
    assert [one.status for one in files.captures()] == ["complete", "complete", "partial"]


# There and back


@examples(12, soak=200)
@given(accounts=users(beside=FEW_BESIDE))
def test_what_goes_out_comes_back_the_same(
    store: Store, tmp_path: Path, accounts: list[AccountHistory]
) -> None:
    before, *after = (new_user(store) for _ in range(3))
    store.transact(lambda connection: record_all(connection, before, accounts))

    for user, suffix in zip(after, (".csv", ".parquet"), strict=True):
        file = tmp_path / f"all{suffix}"
        rows = export_file(store, file, before)
        report = import_file(store, file, user, NOW)
        assert (report.rows_read, report.added, report.refused) == (rows, rows, [])
        for owner in (user, before):
            stored = everything(store, owner)
            again = import_file(store, file, owner, NOW)
            assert (again.added, again.already_there, again.notices) == (0, rows, [])
            assert everything(store, owner) == stored

    with store.write() as connection:
        whole = [history for history in accounts if history.recorded]
        restored = [accounts_of(connection, user.user_id) for user in after]
        for history, *copies in zip(whole, *restored, strict=True):
            (name,) = {copy.name for copy in copies}
            original = account_named(connection, before.user_id, name)
            recent = any(fetched.scope == "recent" for fetched in history.recorded)
            expected = documents(connection, original, recent)
            # An import folds a history as a whole; so must the one that it is compared with.
            refold(connection, original.key)
            for copy in copies:
                assert copy.rounded is original.rounded
                assert documents(connection, copy, recent) == expected
                same_facts(connection, copy.key, original.key)


def documents(connection: Connection, one: Account, recent: bool) -> list[dict[str, Any]]:
    return [document(connection, one, period, recent) for period in PERIODS]


def everything(store: Store, user: User) -> list[Any]:
    """The accounts of a user, with their captures to the last column."""
    with store.read() as connection:
        every = accounts_of(connection, user.user_id)
        return [(one, captures_of(connection, one.key)) for one in every]


def record_all(connection: Connection, user: User, accounts: list[AccountHistory]) -> None:
    for number, history in enumerate(accounts):
        made = add_account(
            connection, user.user_id, f"{number}", "csv", START, rounded=history.rounded
        )
        for kind, fetched in history.captures:
            (record_failure if kind == "failed" else record)(connection, made.key, fetched)


def facts(connection: Connection, key: Key) -> dict[str, Any]:
    """What is stored and folded of an account, without what a file does not carry."""
    names = {
        one.video_id: (one.platform_id, one.title, one.published_at)
        for one in connection.execute(select(videos).where(of(videos, key)))
    }
    found: dict[str, Any] = {"videos": sorted(names.values())}

    def put(table: Any, where: Any, *columns: str) -> None:
        rows = connection.execute(select(*(table.c[name] for name in columns)).where(where))
        found[table.name] = sorted(
            (
                tuple(
                    names[value][0] if name == "video_id" and value else value
                    for name, value in zip(columns, one, strict=True)
                )
                for one in rows
            ),
            key=repr,
        )

    mine = of(captures, key) & (captures.c.status != "failed")
    put(captures, mine, "captured_at", "status", "video_count")
    counts = [column.name for column in COUNTS]
    put(video_snapshots, readings_of(key), "captured_at", "video_id", *counts)
    read = of(account_snapshots, key) & account_snapshots.c.follower_count.is_not(None)
    put(account_snapshots, read, "captured_at", "follower_count", "following_count", "like_count")
    put(listing_runs, of(listing_runs, key), "video_id", "since", "until")
    put(corrections, of(corrections, key), "captured_at", "video_id", "metric", "amount")
    put(
        capture_totals, of(capture_totals, key), "captured_at", "metric", "total", "entered", "left"
    )
    doubted = of(quarantine, key) & quarantine.c.verdict.in_(("held", "rejected"))
    put(quarantine, doubted, "captured_at", "video_id", "metric", "count", "verdict")
    return found


def same_facts(connection: Connection, copy: Key, original: Key) -> None:
    copied = facts(connection, copy)
    for table, rows in facts(connection, original).items():
        assert (table, copied[table]) == (table, rows)


def document(connection: Connection, one: Account, period: Any, recent: bool) -> dict[str, Any]:
    """What the API gives. A file does not know a ``recent`` capture from a partial one."""
    given = json_object(Growth.of(overview(connection, [one], one, period, NOW, UTC)))
    if recent:
        del given["window"]["estimated"]
        for counter in given["growth"].values():
            del counter["estimated"], counter["texts"]["doubts"]
    return given


def test_a_capture_without_videos_comes_back(files: Files, tmp_path: Path) -> None:
    def take(connection: Connection) -> None:
        made = add_account(connection, files.user.user_id, "a", "sample", START)
        nothing = Fetched(START, START, "nightly", "complete", True, ProfileReading(), [])
        record(connection, made.key, nothing)

    files.store.transact(take)
    file = tmp_path / "empty.csv"
    assert export_file(files.store, file, files.user, "a") == 1
    other = Files(files.store, new_user(files.store), tmp_path)
    import_file(files.store, file, other.user, NOW)
    (only,) = other.captures()
    assert (only.captured_at, only.status, only.video_count) == (START, "complete", 0)


@pytest.mark.parametrize("ids", [["7612070181942060000"], ["7612070181942068224", "v1", "v2"]])
def test_ids_that_look_cut_come_back_from_an_export(
    store: Store, files: Files, tmp_path: Path, ids: list[str]
) -> None:
    """One video in some thousands has such an id. In a link it is safe."""
    round_id, *others = ids
    link = f"https://www.tiktok.com/@me/video/{round_id}"
    files.give(*(row(video, night) for night in range(2) for video in (link, *others)))
    exported, copy = tmp_path / "all.csv", new_user(store)
    export_file(store, exported, files.user)
    report = import_file(store, exported, copy, NOW)
    assert report.refused == []
    with store.read() as connection:
        key = account_named(connection, copy.user_id, "a").key
        assert views_of(connection, key) == files.counts()


def test_an_export_names_every_column_and_leaves_out_made_up_readings(
    files: Files, tmp_path: Path
) -> None:
    def sample(connection: Connection) -> None:
        made = add_account(connection, files.user.user_id, "Sample account", "sample", START)
        videos_ = [video_reading("v1", 1)]
        fetched = Fetched(START, START, "sample", "complete", True, ProfileReading(5), videos_)
        record(connection, made.key, fetched)

    files.store.transact(sample)
    file = tmp_path / "out.csv"
    assert export_file(files.store, file, files.user) == 2  # there is nothing else
    files.give(row("v1", 0))
    assert export_file(files.store, file, files.user) == 1
    assert export_file(files.store, file, files.user, "Sample account") == 2
    with file.open(newline="") as opened:
        header, *rows = csv.reader(opened)
    assert header == list(COLUMNS)
    assert {one[header.index("status")] for one in rows} == {"complete"}


def test_an_export_of_nobody_says_who_there_is(files: Files, tmp_path: Path) -> None:
    files.give(row("v1", 0))
    with pytest.raises(NotFound, match="Accounts: 'a'"):
        export_file(files.store, tmp_path / "out.csv", files.user, "b")
    assert not (tmp_path / "out.csv").exists()


# Any number of videos


def test_as_many_ids_as_there_are_fit_into_one_statement(files: Files) -> None:
    """An IN list ends at 65,535 values on PostgreSQL and at 250,000 or fewer on SQLite."""
    files.give(row("v1", 0, 10), row("v1", 1, 30), row("v1", 2, 50))
    key, many = files.account().key, range(1, 2 * VIDEOS_PER_ACCOUNT, 4)
    with files.store.read() as connection:
        video = find_video(connection, key, "v1")
        assert video in many
        assert list(about_videos(connection, key[0], many)) == [video]
        (views, *_) = last_tracks(connection, key, list(many), NOW)[video]
        assert views.accepted == 50
        gains = spark_gains(connection, key, START + 2 * DAY, UTC, many)
    assert [day.gain for day in gains[video]] == [*[None] * 13, 20]


# The real file, whole and broken


@pytest.fixture
def real(shared_data: Path) -> Path:
    return shared_data / "tiktok_readings.csv"


def total(store: Store) -> tuple[int, int]:
    with store.read() as connection:
        count = select(func.count()).select_from(video_snapshots)
        taken = select(func.count()).select_from(captures)
        return connection.scalar(count) or 0, connection.scalar(taken) or 0


def test_the_real_file_twice(files: Files, real: Path, tmp_path: Path) -> None:
    first = import_file(files.store, real, files.user, NOW)
    again = import_file(files.store, real, files.user, NOW)
    assert (first.rows_read, first.added, first.captures_added) == (REAL_ROWS, REAL_ROWS, 281)
    assert len(first.accounts_added) == 6
    assert (again.added, again.already_there, again.captures_added) == (0, REAL_ROWS, 0)
    with files.store.read() as connection:
        assert {one.rounded for one in accounts_of(connection, files.user.user_id)} == {True}

    file = tmp_path / "out.parquet"
    assert export_file(files.store, file, files.user) == REAL_ROWS
    other = new_user(files.store)
    assert import_file(files.store, file, other, NOW).added == REAL_ROWS
    with files.store.read() as connection:
        for one in accounts_of(connection, files.user.user_id):
            copy = account_named(connection, other.user_id, one.name)
            same_facts(connection, copy.key, one.key)


def test_a_broken_copy_adds_only_what_is_right(files: Files, real: Path, tmp_path: Path) -> None:
    lines = real.read_text().splitlines()
    bad = {}
    for line, column, wrong in (
        (100, 3, "24.12.2025"),
        (2_000, 4, "-2147483648"),
        (3_000, 3, "2999-01-01T00:00:00Z"),
        (4_000, 5, "1.5K"),
    ):
        cells = lines[line - 1].split(",")
        cells[column] = wrong
        lines[line - 1] = ",".join(cells)
        bad[line] = wrong
    lines[5_000 - 1] += ",one field too many"
    bad[5_000] = "fields where the header has"
    twin = lines[6_000 - 1].split(",")
    twin[4] = "1"
    lines.append(",".join(twin))  # the same video at the same instant, and another count
    bad |= {6_000: f"line {len(lines)}", len(lines): "line 6000"}
    broken = tmp_path / "broken.csv"
    broken.write_text("\n".join(lines))

    report = import_file(files.store, broken, files.user, NOW)

    assert {refusal.line for refusal in report.refused} == set(bad)
    for refusal in report.refused:
        assert bad[refusal.line] in refusal.message
    assert adds_up(report)
    assert total(files.store)[0] == REAL_ROWS - 6
    mended = import_file(files.store, real, files.user, NOW)
    assert (mended.added, mended.already_there, mended.refused) == (6, REAL_ROWS - 6, [])

    whole = new_user(files.store)
    import_file(files.store, real, whole, NOW)
    with files.store.read() as connection:
        for one in accounts_of(connection, whole.user_id):
            copy = account_named(connection, files.user.user_id, one.name)
            same_facts(connection, copy.key, one.key)


@pytest.mark.parametrize(
    ("breaking", "message"),
    [
        (lambda text: text.replace(b"captured_at", b"when", 1), "lacks captured_at"),
        (lambda _: random.Random(1).randbytes(100_000), "this is not text|is not UTF-8"),
        (lambda _: b"x" * 10_000_000, "line 1 is longer than"),
        (lambda text: text + b"creator_01," + b"9" * 10_000_000, "line 19599 is longer than"),
        (lambda text: text.replace(b"\n", b"\n\0", 3), "line 2: this is not text"),
        (lambda _: b"", "is empty"),
    ],
    ids=["a column is missing", "binary", "one line", "a long line", "a zero byte", "empty"],
)
def test_a_copy_that_is_no_readings_file_is_refused_whole(
    files: Files, real: Path, tmp_path: Path, breaking: Any, message: str
) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_bytes(breaking(real.read_bytes()))
    with pytest.raises(InputError, match=message):
        import_file(files.store, broken, files.user, NOW)
    assert total(files.store) == (0, 0)
    with files.store.read() as connection:
        assert accounts_of(connection, files.user.user_id) == []


def test_history_of_a_live_account_can_be_back_filled(files: Files) -> None:
    """What was imported lies before what was captured, and growth reaches over both."""

    def take(connection: Connection) -> Key:
        made = add_account(connection, files.user.user_id, "a", "tiktok", START)
        video = video_reading("v1", 50, published_at=START - 9 * DAY)
        now = START + 3 * DAY
        fetched = Fetched(now, now, "baseline", "complete", True, ProfileReading(), [video])
        record(connection, made.key, fetched)
        return made.key

    key = files.store.transact(take)
    files.give(row("v1", 1, 10), row("v1", 2, 30))
    with files.store.read() as connection:
        one = account(connection, key)
        given = json_object(Growth.of(overview(connection, [one], one, PERIODS[0], NOW, UTC)))
    assert one.source == "tiktok"
    assert given["growth"]["views"]["growth"] == 20
