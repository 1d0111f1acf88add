"""Captures that a clock dated ahead: what is folded and read is as if they had not been taken."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from snapshot_core.clock import MAX_AHEAD_SECONDS
from snapshot_core.periods import PERIODS
from snapshot_core.store.accounts import Account, account
from snapshot_core.store.ahead import (
    CaptureAhead,
    accounts_to_mark,
    captures_ahead,
    drop,
    keep,
    mark_ahead,
)
from snapshot_core.store.captures import captures_since, doubts_since, history_of
from snapshot_core.store.database import Store
from snapshot_core.store.keys import Key, not_ahead, of, readings_of
from snapshot_core.store.readings import followers, gain_lines, spark_gains, video_history
from snapshot_core.store.record_capture import Fetched, record, record_failure
from snapshot_core.store.tables import (
    account_snapshots,
    capture_totals,
    captures,
    corrections,
    counted_metrics,
    listing_runs,
    quarantine,
    short_brackets,
    video_snapshots,
    videos,
)
from snapshot_core.windows import DAY, HOUR
from tests.store.histories import AccountHistory, seeded_users, users
from tests.store.recording import no_reset, recorded, undone
from tests.store.test_brackets import check, check_one_video, stored, windows_of
from tests.support.choices import drawn_choices
from tests.support.examples import examples

UTC = ZoneInfo("UTC")
FOLDED = (
    listing_runs,
    quarantine,
    corrections,
    capture_totals,
    counted_metrics,
    short_brackets,
)
RAW = (account_snapshots, video_snapshots)
LEADS = (MAX_AHEAD_SECONDS + 1, HOUR, DAY - 1, DAY, 3 * DAY, 400 * DAY)
"""Seconds by which a clock was ahead; none lands on another capture of a history."""


@dataclass
class BadNight:
    """A history, and what was captured before its ``place`` by a clock that was ahead."""

    history: AccountHistory
    place: int
    captured: list[Fetched]

    @property
    def ahead(self) -> list[int]:
        """The instants that they were dated."""
        return sorted(fetched.captured_at for fetched in self.captured)

    @property
    def whole(self) -> AccountHistory:
        """All captures, in the order of their instants."""
        captures = [*self.history.captures, *(("whole", fetched) for fetched in self.captured)]
        captures.sort(key=lambda capture: capture[1].captured_at)
        return AccountHistory(self.history.rounded, captures)

    @property
    def now(self) -> int:
        """When the clock is right again."""
        return self.history.captures[self.place - 1][1].ended_at

    def store(self, connection: Connection, *, mark: bool = True) -> Key:
        """Record it as it came: what was ahead is marked, and the rest comes after it."""
        before = self.history.captures[: self.place]
        (key,) = recorded(connection, [AccountHistory(self.history.rounded, before)])
        for fetched in self.captured:
            record(connection, key, fetched)
        if mark:
            assert mark_ahead(connection, key, self.now) == len(self.captured)
            assert mark_ahead(connection, key, self.now) == 0
        for kind, fetched in self.history.captures[self.place :] if mark else ():
            (record_failure if kind == "failed" else record)(connection, key, fetched)
        return key


def bad_night(history: AccountHistory, choose: Any) -> BadNight:
    """``history`` with one: what one of its captures gave, or a part, or other counts."""
    place = choose(range(1, len(history.captures) + 1))
    now = history.captures[place - 1][1].ended_at
    taken = {fetched.captured_at for _, fetched in history.captures}
    captured = []
    for number in range(choose((1, 1, 2))):
        at = now + choose(LEADS) + 61 * number + 7
        if at in taken:
            continue
        taken.add(at)
        model = choose([fetched for _, fetched in history.captures])
        listed = list(model.videos)[choose((0, 0, 1)) :]
        factor = choose((0, 1, 1, 3))
        counts = [
            replace(video, counts=tuple(n if n is None else min(n * factor, 2**53 - 1)
                                        for n in video.counts))
            for video in listed
        ]  # fmt: skip
        captured.append(replace(model, captured_at=at, ended_at=at + 9, videos=counts))
    return BadNight(history, place, captured)


def rows_of(connection: Connection, key: Key, table: Any, ahead: Sequence[int] = ()) -> list[Any]:
    """The rows of an account but its number, without those read ``ahead``; videos by name."""
    names = dict(
        connection.execute(
            select(videos.c.video_id, videos.c.platform_id).where(of(videos, key))
        ).all()
    )
    own = readings_of(key) if table is video_snapshots else of(table, key)
    rows = []
    for row in connection.execute(select(table).where(own)).mappings():
        values = {name: row[name] for name in row if name not in ("user_id", "account_id")}
        if values.get("video_id"):
            values["video_id"] = names[values["video_id"]]
        if values.get("captured_at") not in ahead:
            rows.append(values)
    return sorted(rows, key=repr)


def statuses_of(connection: Connection, key: Key) -> dict[int, str]:
    rows = select(captures.c.captured_at, captures.c.status).where(
        of(captures, key), not_ahead(captures)
    )
    return dict(connection.execute(rows).all())


def shown(connection: Connection, owned: Account, now: int) -> dict[str, Any]:
    """What charts, tables and lists are made of."""
    key = owned.key
    listed = select(videos.c.platform_id, videos.c.video_id).where(of(videos, key))
    history = history_of(connection, key, now)
    return {
        "history": history,
        "followers": followers(connection, key, 0, now),
        "lines": gain_lines(connection, key, 0, now),
        "log": sorted(map(repr, captures_since(connection, [owned], 0, now))),
        "doubts": sorted(map(repr, doubts_since(connection, [owned], 0, now))),
        "sparks": len(spark_gains(connection, key, history.last_complete or 0, UTC)),
        "readings": {
            name: readings
            for name, video in sorted(connection.execute(listed).all())
            if (readings := video_history(connection, key, video, now))
        },
    }


def check_bad_night(store: Store, night: BadNight) -> None:
    """Marked, it is as if it were missing: in all tables, in all that is shown, to the oracle."""
    ahead = night.ahead
    later = max([*ahead, night.history.captures[-1][1].captured_at]) + 40 * DAY
    with undone(store) as connection:
        key = night.store(connection)
        (clean,) = recorded(connection, [night.history])
        same_tables(connection, key, clean, ahead)
        for now in (night.now, later):
            at_work = shown(connection, account(connection, key), now)
            assert at_work == shown(connection, account(connection, clean), now)
        back = night.now if night.captured else None
        check_with_oracle(connection, key, replace(night.history, clock_went_back=back), later)
        assert [each.captured_at for each in ahead_of(connection, key, later)] == ahead
        if night.place % 2:  # its user keeps it: nothing was lost
            (whole,) = recorded(connection, [night.whole])
            assert keep(connection, ahead_of(connection, key, later), later) == len(ahead)
            same_tables(connection, key, whole, [])
            check_with_oracle(connection, key, night.whole, later)
        else:  # its user drops it: it never was
            assert drop(connection, ahead_of(connection, key, later), later) == len(ahead)
            assert ahead_of(connection, key, later) == []
            same_tables(connection, key, clean, [])
            names = connection.scalars(select(videos.c.platform_id).where(of(videos, key)))
            fetched = (video for _, each in night.history.captures for video in each.videos)
            assert set(names) == {video.platform_id for video in fetched}


def same_tables(connection: Connection, key: Key, clean: Key, ahead: Sequence[int]) -> None:
    """All that is folded of two accounts is the same, and their readings, but those ``ahead``."""
    for table in (*FOLDED, *RAW):
        assert rows_of(connection, key, table, ahead) == rows_of(connection, clean, table), table
    assert statuses_of(connection, key) == statuses_of(connection, clean)


def ahead_of(connection: Connection, key: Key, now: int) -> list[CaptureAhead]:
    return captures_ahead(connection, key[0], [account(connection, key)], now)


def check_unmarked(store: Store, night: BadNight) -> None:
    """Before anybody marks it, it is not read either.

    What it said of a reading that was held until then has been taken for the next reading's word.
    """
    history = AccountHistory(night.history.rounded, night.history.captures[: night.place])
    with undone(store) as connection:
        key = night.store(connection, mark=False)
        (clean,) = recorded(connection, [history])
        mine = account(connection, key)
        assert history_of(connection, key, night.now) == history_of(connection, clean, night.now)
        assert [each.captured_at for each in ahead_of(connection, key, night.now)] == night.ahead
        assert (key in accounts_to_mark(connection, night.now)) is bool(night.ahead)
        held = any(row["verdict"] == "held" for row in rows_of(connection, clean, quarantine))
        if not held:
            seen = shown(connection, mine, night.now)
            expected = shown(connection, account(connection, clean), night.now)
            # What left is amended by what comes back in it.
            assert seen | {"lines": None} == expected | {"lines": None}
            check_with_oracle(connection, key, history, night.now)


def check_with_oracle(connection: Connection, key: Key, history: AccountHistory, now: int) -> None:
    (owned,) = stored(connection, [key], [history])
    listed = {video.platform_id for _, fetched in history.captures for video in fetched.videos}
    owned = replace(owned, ids={name: n for name, n in owned.ids.items() if name in listed})
    for period in PERIODS:
        if windows := windows_of(connection, owned, period, now):
            check(connection, owned, windows, now)
            check_one_video(connection, owned, windows, now)


@st.composite
def bad_nights(draw: st.DrawFn) -> BadNight:
    (history,) = draw(users(most_accounts=1))
    return bad_night(history, drawn_choices(draw))


def seeded_nights(seeds: Sequence[int]) -> list[BadNight]:
    return [
        bad_night(history, Random(seed).choice)
        for seed in seeds
        for history in seeded_users(seed, 1)
        if history.captures
    ]


class TestAsIfItWereMissing:
    @examples(15, soak=150, like=no_reset)
    @given(night=bad_nights())
    def test_on_sqlite(self, sqlite_store: Store, night: BadNight) -> None:
        event(f"{len(night.ahead)} ahead")
        check_bad_night(sqlite_store, night)
        check_unmarked(sqlite_store, night)

    @examples(5, soak=50, like=no_reset)
    @given(night=bad_nights())
    def test_on_postgresql(self, postgres_store: Store, night: BadNight) -> None:
        check_bad_night(postgres_store, night)
        check_unmarked(postgres_store, night)

    @pytest.mark.parametrize(
        "seeds", [(*range(20), 136), pytest.param(range(20, 200), marks=pytest.mark.soak)]
    )
    def test_on_sqlite_over_many_accounts(self, sqlite_store: Store, seeds: Sequence[int]) -> None:
        for night in seeded_nights(seeds):
            check_bad_night(sqlite_store, night)
            check_unmarked(sqlite_store, night)
