"""A file that holds some of an account's videos says nothing of the others."""

from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from snapshot_core.periods import period
from snapshot_core.readings import ProfileReading
from snapshot_core.store.accounts import Account
from snapshot_core.store.database import Store
from snapshot_core.store.record_capture import Fetched, record
from snapshot_core.store.tables import listing_runs
from snapshot_core.store.users import LOCAL_EMAIL, ensure_user
from snapshot_core.transfer.import_file import import_file
from snapshot_core.view.overview import overview
from snapshot_core.windows import DAY, HOUR, iso
from tests.support.readings import video_reading
from tests.support.staged import NOON, added

VIDEOS = 100
BORN = NOON - 40 * DAY


def views(number: int, at: int) -> int:
    return 100_000 + (at - NOON) // 60 + number


def name(number: int) -> str:
    return str((BORN + number << 32) + number)


def night(store: Store, account: Account, at: int) -> None:
    """A capture that the platform itself says is whole."""
    listed = [video_reading(name(n), views=views(n, at), published_at=BORN) for n in range(VIDEOS)]
    profile = ProfileReading(videos=VIDEOS)
    fetched = Fetched(at, at, "nightly", "complete", True, profile, listed)
    store.transact(lambda c: record(c, account.key, fetched))


def test_it_makes_no_video_look_removed(store: Store, tmp_path: Path) -> None:
    account = added(store, "mine", source="tiktok")
    for days in (3, 2, 1):
        night(store, account, NOON - days * DAY)
    file = tmp_path / "some.csv"
    rows = [
        f"mine,{name(n)},,,{iso(at)},{views(n, at)},,,"
        for at in (NOON - DAY + hour * HOUR for hour in (1, 2, 3))
        for n in range(5)
    ]
    head = "account,video_id,title,published_at,captured_at,views,likes,comments,shares"
    file.write_text("\n".join([head, *rows]) + "\n")
    user = store.transact(lambda c: ensure_user(c, LOCAL_EMAIL, NOON))
    report = import_file(store, file, user, NOON)
    assert (report.added, report.captures_added) == (15, 3)
    with store.read() as connection:
        ended = connection.execute(
            select(listing_runs).where(listing_runs.c.until.is_not(None))
        ).all()
        view = overview(connection, [account], account, period("24h"), NOON, ZoneInfo("UTC"))
    assert ended == []
    growth = view.cards["views"].growth
    assert growth.ledger is not None
    assert growth.ledger.removed == 0
    assert growth.window is not None
    assert growth.window.end == NOON - DAY
