"""Names, ids and days of foreign files against what is stored, on both databases."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from snapshot_core.errors import InputError
from snapshot_core.formats.mapped.columns import suggest, table_of
from snapshot_core.formats.mapped.parse import TableMapping
from snapshot_core.store.accounts import Account, account_named, accounts_of, add_account
from snapshot_core.store.captures import captures_of
from snapshot_core.store.database import Store
from snapshot_core.store.users import LOCAL_EMAIL, User, ensure_user
from snapshot_core.store.videos import video_ids
from snapshot_core.transfer.import_file import import_file
from snapshot_core.transfer.import_mapped import import_mapped
from snapshot_core.transfer.import_report import ImportReport
from snapshot_core.windows import instant, iso

NOW = instant(datetime(2026, 11, 27, 9, tzinfo=UTC))
HOUR = 3_600
ID, OTHER = "7672185980191954567", "7671814895017588086"


class Files:
    """Files that one user imports."""

    def __init__(self, store: Store, user: User, folder: Path) -> None:
        self.store, self.user, self.folder = store, user, folder

    def readings(self, *rows: str) -> ImportReport:
        path = self.folder / "readings.csv"
        path.write_text("\n".join(["account,video_id,captured_at,views", *rows]))
        return import_file(self.store, path, self.user, NOW)

    def table(self, *lines: str, account: str = "acc", now: int = NOW) -> ImportReport:
        path = self.folder / "table.csv"
        path.write_text("\n".join(lines))
        looks = suggest(table_of(path))
        mapping = TableMapping(
            account, ZoneInfo("UTC"), looks.columns, looks.form or "day first", looks.separator
        )
        return import_mapped(self.store, path, self.user, now, mapping)

    @property
    def accounts(self) -> list[str]:
        with self.store.read() as connection:
            return [account.name for account in accounts_of(connection, self.user.user_id)]

    def ids(self, account: str = "acc") -> set[str]:
        with self.store.read() as connection:
            return set(video_ids(connection, self._account(account).key))

    def instants(self, account: str = "acc") -> list[str]:
        with self.store.read() as connection:
            taken = captures_of(connection, self._account(account).key)
        return [iso(capture.captured_at) for capture in taken]

    def _account(self, name: str) -> Account:
        with self.store.read() as connection:
            return account_named(connection, self.user.user_id, name)


@pytest.fixture
def files(store: Store, tmp_path: Path) -> Files:
    user = store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, NOW))
    return Files(store, user, tmp_path)


def test_ids_that_a_spreadsheet_cut_add_nothing(files: Files) -> None:
    nights = [f"2026-11-{day}T00:00:00Z" for day in (18, 19)]
    good = [f"acc,{video},{at},5" for at in nights for video in (ID, OTHER)]
    assert files.readings(*good).added == 4
    cut = files.readings(*(f"acc,{v[:15]}0000,{at},5" for at in nights for v in (ID, OTHER)))
    assert (cut.added, cut.refused.total) == (0, 4)
    assert "has lost digits: export again" in cut.refused[0].message
    assert files.ids() == {ID, OTHER}


# One among whole ones is chance, unless the one that it was made from is there.
@pytest.mark.parametrize(
    "left", [f"{ID[:15]}0000", "7672185980191955000", "7672185980191954944", f"{ID[:14]}50000"]
)
@pytest.mark.parametrize("kind", ["readings", "table"])
def test_what_is_left_of_a_stored_id_is_no_other_video(files: Files, left: str, kind: str) -> None:
    files.readings(f"acc,{ID},2026-11-18T00:00:00Z,5")
    whole = [str(int(OTHER) + n * (86_400 << 32)) for n in range(12)]
    if kind == "readings":
        report = files.readings(*(f"acc,{v},2026-11-19T00:00:00Z,6" for v in (left, *whole)))
    else:
        report = files.table("id,at,views", *(f"{v},2026-11-19T00:00Z,6" for v in (left, *whole)))
    assert (report.added, [refusal.line for refusal in report.refused]) == (12, [2])
    assert "has lost digits: export again" in report.refused[0].message
    assert files.ids() == {ID, *whole}


def test_a_file_of_which_nothing_is_left_leaves_no_account(files: Files) -> None:
    report = files.readings(*(f"new,{v[:15]}0000,2026-11-18T00:00:00Z,5" for v in (ID, OTHER)))
    assert (report.added, report.refused.total, files.accounts) == (0, 2, [])


@pytest.mark.parametrize("name", ["ACC", " acc\u200b", "ａｃｃ", "\u00a0acc", "асс"])
def test_a_file_goes_into_the_account_whose_name_looks_the_same(files: Files, name: str) -> None:
    files.readings(f"acc,{ID},2026-11-18T00:00:00Z,5")
    files.readings(f"{name},{ID},2026-11-19T00:00:00Z,6")
    files.table("id,at,views", f"{ID},2026-11-20T00:00Z,7", account=name)
    assert files.accounts == ["acc"]
    assert len(files.instants()) == 3


def test_names_that_look_the_same_in_one_file_are_one_account(files: Files) -> None:
    report = files.readings(
        f"My Channel,{ID},2026-11-18T00:00:00Z,5",
        f"my channel,{OTHER},2026-11-18T00:00:00Z,5",
        f"My\u00a0Channel,{ID},2026-11-18T00:00:00Z,5",
    )
    assert (files.accounts, report.added, report.duplicates) == (["My Channel"], 2, 1)
    assert files.instants("MY CHANNEL") == ["2026-11-18T00:00:00Z"]


@pytest.mark.parametrize(
    "name", ["acc", "Acc", "acc\u200b", "ＡＣＣ", "All accounts", "ALL  ACCOUNTS"]
)
def test_no_account_is_added_under_a_name_that_looks_like_another(files: Files, name: str) -> None:
    files.readings(f"acc,{ID},2026-11-18T00:00:00Z,5")
    user_id = files.user.user_id
    with pytest.raises(InputError, match="Choose another name"):
        files.store.transact(lambda connection: add_account(connection, user_id, name, "csv", NOW))
    assert files.accounts == ["acc"]


# Days

TODAY = ("id,date,views", f"{ID},2026-11-26,1000", f"{ID},2026-11-27,1100")


def test_today_is_imported_before_noon_and_once(files: Files) -> None:
    assert files.table(*TODAY).added == 2
    taken = ["2026-11-26T12:00:00Z", "2026-11-27T09:00:00Z"]
    assert files.instants() == taken
    for hours in (1, 4, 30):
        again = files.table(*TODAY, now=NOW + hours * HOUR)
        assert (again.added, again.already_there, again.refused) == (0, 2, [])
    assert files.instants() == taken


def test_counts_that_went_on_since_the_morning_are_another_reading(files: Files) -> None:
    files.table(*TODAY)
    later = files.table(TODAY[0], f"{ID},2026-11-27,1150", now=NOW + 9 * HOUR)
    assert later.added == 1
    assert files.instants()[1:] == ["2026-11-27T09:00:00Z", "2026-11-27T12:00:00Z"]


def test_followers_of_today_are_imported_once(files: Files) -> None:
    table = ("date,followers", "2026-11-26,10", "2026-11-27,11")
    assert files.table(*table).added == 2
    again = files.table(*table, now=NOW + 24 * HOUR)
    assert (again.added, again.already_there) == (0, 2)
