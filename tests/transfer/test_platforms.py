"""What platforms do to their counters is known of readings that went through a file, too."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from snapshot_core.growth.growth import Growth
from snapshot_core.periods import PERIODS
from snapshot_core.store.accounts import Account, account_named
from snapshot_core.store.database import Store
from snapshot_core.store.users import User, ensure_user
from snapshot_core.transfer.export import export_file
from snapshot_core.transfer.import_file import import_file
from snapshot_core.view.overview import overview
from snapshot_core.view.wording.growth import gain
from snapshot_core.windows import DAY, instant
from tests.support.stock import capture, make_account, stocked

REDEFINED = date(2026, 8, 27)
"""YouTube has counted every start of any video as a view since."""
FIRST = instant(datetime(2026, 8, 20, 12, tzinfo=UTC))
NOW = FIRST + 9 * DAY
HEADER = "account,video_id,captured_at,views,followers,source"

GiveFile = Callable[..., Account]


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    with stocked(sqlite_url) as made:
        yield made


@pytest.fixture
def other(store: Store) -> User:
    return store.transact(lambda connection: ensure_user(connection, "other@example.org", 0))


@pytest.fixture
def give(store: Store, other: User, tmp_path: Path) -> GiveFile:
    """Import rows into the account ``a`` of another user."""

    def give_rows(*rows: str) -> Account:
        path = tmp_path / "given.csv"
        path.write_text("\n".join((HEADER, *rows)))
        import_file(store, path, other, NOW)
        with store.read() as connection:
            return account_named(connection, other.user_id, "a")

    return give_rows


def row(night: int, views: int, source: str, video: str = "v") -> str:
    day = REDEFINED + timedelta(days=night - 8)
    return f"a,{video},{day}T00:00:00Z,{views},,{source}"


def growths(store: Store, account: Account) -> dict[str, Growth]:
    with store.read() as connection:
        view = overview(connection, [account], account, PERIODS[1], NOW, ZoneInfo("UTC"))
    return {name: card.growth for name, card in view.cards.items()}


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("source", ["youtube", "tiktok", "public"])
def test_growth_is_what_it_was(
    store: Store, other: User, tmp_path: Path, source: str, suffix: str
) -> None:
    account = make_account(store, "a", source, rounded=source == "public")
    for night in range(10):
        followers = 1_230_000 + 10_000 * (night > 7)
        capture(
            store, account, FIRST + night * DAY, {"v": 2_000_000 + 100_000 * (night > 7)},
            followers=followers,
        )  # fmt: skip
    path = tmp_path / f"mine{suffix}"
    with store.read() as connection:
        owner = User(1, "", None)
        account = account_named(connection, 1, "a")
    export_file(store, path, owner, "a")
    import_file(store, path, other, NOW)
    with store.read() as connection:
        imported = account_named(connection, other.user_id, "a")
    assert (imported.source, imported.platform) == ("csv", source)
    before, after = growths(store, account), growths(store, imported)
    assert after == before
    assert [each.day for each in after["views"].breaks] == [REDEFINED] * (source == "youtube")
    if source == "youtube":
        assert after["followers"].resolution == 10_000
    assert gain(after["followers"]) == "+10K"
    # What is exported again is what was exported.
    again = tmp_path / f"again{suffix}"
    export_file(store, again, other, "a")
    assert again.read_bytes() == path.read_bytes()


def test_a_later_file_can_tell_it(give: GiveFile) -> None:
    assert give(row(0, 5, ""), row(1, 7, "")).platform == "csv"
    told = give(row(2, 9, "YouTube "))
    assert told.platform == "youtube"
    assert told.revision > 0


def test_the_first_that_is_told_stays(give: GiveFile) -> None:
    give(row(0, 5, "youtube"))
    assert give(row(1, 7, "public")).platform == "youtube"


@pytest.mark.parametrize("name", ["", "csv", "toygram", "=1+1"])
def test_what_is_no_platform_tells_nothing(give: GiveFile, name: str) -> None:
    assert give(row(0, 5, name)).platform == "csv"


def test_one_snapshot_has_one_source(store: Store, other: User, tmp_path: Path) -> None:
    path = tmp_path / "given.csv"
    path.write_text("\n".join((HEADER, row(0, 5, "youtube"), row(0, 7, "public", "w"))))
    report = import_file(store, path, other, NOW)
    assert [refused.line for refused in report.refused] == [3]
    assert "source differs from earlier rows" in report.refused[0].message


def test_a_connected_account_is_what_it_is(store: Store, tmp_path: Path) -> None:
    account = make_account(store, "a", "tiktok")
    path = tmp_path / "given.csv"
    path.write_text("\n".join((HEADER, row(0, 5, "youtube"))))
    import_file(store, path, User(1, "", None), NOW)
    with store.read() as connection:
        assert account_named(connection, 1, account.name).platform == "tiktok"
