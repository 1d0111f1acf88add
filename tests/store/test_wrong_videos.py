"""A video that never was is dropped as if nobody had ever read it."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from snapshot_core.store.accounts import Account, account_named
from snapshot_core.store.database import Store
from snapshot_core.store.fold.wrong_videos import drop_videos, wrong_ids, wrong_video
from snapshot_core.store.keys import Key, of, readings_of
from snapshot_core.store.record_capture import record
from snapshot_core.store.rhythms.cases import MAX_SAMPLED_VIDEOS
from snapshot_core.store.tables import (
    account_snapshots,
    capture_totals,
    captures,
    corrections,
    counted_metrics,
    listing_runs,
    quarantine,
    rhythms,
    short_brackets,
    video_snapshots,
    videos,
)
from snapshot_core.store.users import LOCAL_EMAIL, ensure_user
from snapshot_core.transfer.import_file import import_file
from snapshot_core.windows import DAY, HOUR, iso
from tests.store.test_retention import rows
from tests.store.test_rhythms import START, every, fetched, views_at
from tests.support.readings import video_reading
from tests.support.staged import NOON
from tests.support.stock import capture, local_accounts, make_account, stocked

EVERYTHING = (
    captures,
    account_snapshots,
    video_snapshots,
    listing_runs,
    corrections,
    quarantine,
    capture_totals,
    counted_metrics,
    short_brackets,
    rhythms,
)
WRONG = ("7550000000000000000", "7560000000000000000", "Total")


@pytest.fixture
def store(database_url: str):
    with stocked(database_url) as made:
        yield made


def everything(store: Store, key: Key) -> dict[str, list[tuple[Any, ...]]]:
    """All that is stored of an account, but for what else the user has."""
    found = rows(store, key, *(table for table in EVERYTHING if table is not video_snapshots))
    columns = videos.c.platform_id, *video_snapshots.c[1:]
    with store.read() as connection:
        same = video_snapshots.c.video_id == videos.c.video_id
        own = of(videos, key), readings_of(key)
        read = connection.execute(select(*columns).join(videos, same).where(*own)).all()
    found["readings"] = sorted((row[0], row[1], *row[3:]) for row in read)
    return found


def drop(store: Store, account: Account, *ids: str) -> None:
    store.transact(partial(drop_videos, account=account, platform_ids=ids))


def test_what_was_captured_is_as_if_it_had_not_been_there(store: Store) -> None:
    """Falls, readings held back and such that are refused; a rhythm and its cases."""
    one, other = make_account(store, "one"), make_account(store, "other")
    for number, at in enumerate(every(3, 6)):
        real = [
            video_reading(f"v{n}", views_at(at) // (n + 1), published_at=START - 400 * DAY)
            for n in range(6)
        ]
        wrong = [
            video_reading(WRONG[0], views_at(at) * (9 if number % 7 else 5)),
            video_reading(WRONG[2], -1 if number % 11 == 4 else 50 * number),
        ]
        store.transact(
            partial(record, key=one.key, fetched=fetched(at, [*real, *wrong[: number % 3]]))
        )
        store.transact(partial(record, key=other.key, fetched=fetched(at, real)))
    assert everything(store, one.key) != everything(store, other.key)
    assert len(everything(store, other.key)["rhythms"]) > 3
    revision = one.revision
    drop(store, one, WRONG[0], WRONG[2])
    assert everything(store, one.key) == everything(store, other.key)
    (now, _) = local_accounts(store)
    assert now.revision > revision


def test_lessons_look_at_other_videos_then(store: Store) -> None:
    """One that gained nothing taught no hour, but was among those that are looked at."""
    one, other = make_account(store, "one"), make_account(store, "other")
    for at in every(3, 3):
        real = [video_reading(f"v{n}", views_at(at) // (n + 1)) for n in range(MAX_SAMPLED_VIDEOS)]
        listed = [*real, video_reading("Total", 5)]
        store.transact(partial(record, key=one.key, fetched=fetched(at, listed)))
        store.transact(partial(record, key=other.key, fetched=fetched(at, real)))
    before = everything(store, one.key)
    assert before["rhythms"] != everything(store, other.key)["rhythms"]
    assert before["short_brackets"] == everything(store, other.key)["short_brackets"]
    drop(store, one, "Total")
    assert everything(store, one.key) == everything(store, other.key)


def test_what_was_imported_is_as_if_it_had_not_been_in_the_file(
    store: Store, tmp_path: Path
) -> None:
    """A row of sums in most captures, in one alone, and beside the account's own counters alone."""
    user = store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, 0))
    lines = {"with": ["account,video_id,captured_at,views,followers,status"], "without": []}
    lines["without"] += lines["with"]
    for night in range(9):
        at = iso(NOON - (20 - night) * DAY)
        status = ("", "complete", "partial")[night % 3]
        for video in range(0 if night in (4, 5, 7) else 12 - night):
            for name in lines:
                lines[name].append(f"{name},v{video:02},{at},{100 * video + night},,{status}")
        if night != 6:
            lines["with"].append(f"with,sums,{at},{7_000 + night},,{status}")
        if night in (3, 4, 7):
            for name in lines:
                lines[name].append(f"{name},,{at},,{50 + night},{status}")
    for name, text in lines.items():
        file = tmp_path / f"{name}.csv"
        file.write_text("\n".join(text))
        assert import_file(store, file, user, NOON).refused == []
    with store.read() as connection:
        one, other = (account_named(connection, 1, name) for name in lines)
    assert everything(store, one.key) != everything(store, other.key)
    drop(store, one, "sums")
    assert everything(store, one.key) == everything(store, other.key)


def test_a_platforms_own_count_stays(store: Store) -> None:
    account = make_account(store, "one", "tiktok")
    capture(store, account, START, {"a": 1, "b": 2, "Total": 3}, reported_count=3)
    drop(store, account, "Total")
    with store.read() as connection:
        counts = captures.c.video_count, captures.c.reported_count, captures.c.status
        stored = connection.execute(select(*counts).where(of(captures, account.key))).one()
    assert tuple(stored) == (2, 3, "complete")


def test_nothing_else_of_the_account_or_of_others_goes(store: Store) -> None:
    one, other = make_account(store, "one"), make_account(store, "other")
    for account in (one, other):
        capture(store, account, START, {"a": 1, "Total": 3}, followers=7)
        capture(store, account, START + HOUR, {"Total": 3}, walked_to_end=False)
    untouched = everything(store, other.key)
    drop(store, one, "Total")
    assert everything(store, other.key) == untouched
    with store.read() as connection:
        assert wrong_video(connection, other, "Total").readings == 2


def test_ids_that_are_none_are_told_by_their_looks(store: Store, tmp_path: Path) -> None:
    """Of an account that files were imported into; a platform's own ids are never doubted."""
    account = make_account(store, "one")
    real = [f"7{n:018}"[:15] + f"{n + 7_001}"[:4] for n in range(40)]
    capture(store, account, START, dict.fromkeys((*real, *WRONG), 5))
    with store.read() as connection:
        assert wrong_ids(connection, [account]) == {}
    user = store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, 0))
    (file := tmp_path / "more.csv").write_text(
        f"account,video_id,captured_at,views\none,{real[0]},{iso(START + DAY)},6"
    )
    import_file(store, file, user, NOON)
    with store.read() as connection:
        assert wrong_ids(connection, [account]) == {account.account_id: ["Total"]}
    # More of them than chance makes.
    cut = [f"75{n}0000000000000000" for n in range(10, 20)]
    capture(store, account, START + 2 * DAY, dict.fromkeys(cut, 5))
    with store.read() as connection:
        assert wrong_ids(connection, [account]) == {account.account_id: sorted([*cut, *WRONG])}
