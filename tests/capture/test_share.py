"""What each account may be read, so that all together keep to what a platform allows."""

from datetime import time
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapshot_core.cadences import CADENCE_HOURS
from snapshot_core.capture.plan import DueCapture
from snapshot_core.capture.schedule import Schedule
from snapshot_core.capture.share import (
    EVEN_PARTS,
    PLANNED_PERCENT,
    SLACK_SECONDS,
    Share,
    Spent,
    first_within,
    share_of,
)
from snapshot_core.capture.slots import night_of
from snapshot_core.sources.contract import Calls
from snapshot_core.sources.registry import SOURCES
from snapshot_core.store.source_loads import Load
from snapshot_core.windows import DAY, HOUR
from tests.support.due import Life, due_account
from tests.support.staged import NOON, Staged

BERLIN = ZoneInfo("Europe/Berlin")
CALLS = Calls(a_day=1_000, fixed=1, videos_per_page=20, recent=2)


class TestCalls:
    def test_of_the_sources(self) -> None:
        youtube, tiktok, public = (SOURCES[name].calls for name in ("youtube", "tiktok", "public"))
        assert youtube is not None
        assert tiktok is not None
        assert public is not None
        # 500 videos: the channel, ten lists, ten times the numbers.
        assert (youtube.of("complete", 500), youtube.of("recent", 500)) == (21, 3)
        assert (tiktok.of("complete", 41), tiktok.of("recent", 41)) == (4, 1)
        assert (public.of("complete", 0), public.of("recent", 0)) == (1, 1)
        assert (youtube.a_day, tiktok.a_day, public.a_day) == (10_000, 864_000, 86_400)

    def test_only_what_says_so_is_read_more_than_once_a_night(self) -> None:
        cadences = {name: source.cadences for name, source in SOURCES.items()}
        assert cadences["sample"] == cadences["csv"] == ("nightly",)
        for name in ("youtube", "tiktok", "public"):
            assert cadences[name] == tuple(CADENCE_HOURS)
            assert cadences[name][0] == "adaptive"
        complete_only = Staged(scopes=frozenset({"complete"}), calls=CALLS)
        assert complete_only.cadences == ("nightly", "6h", "3h", "hourly")


class TestShares:
    def test_the_nights_of_all_come_first(self) -> None:
        # 800 may be planned: of ten accounts the nights take 20 + 10 x 40 / 20 = 40.
        assert share_of(CALLS, Load(10, 400)) == Share(76)
        assert share_of(CALLS, Load(1, 0)) == Share(798)

    def test_where_they_are_too_many_the_nights_take_turns(self) -> None:
        assert share_of(CALLS, Load(401, 0)) == Share(0, 2)
        assert share_of(CALLS, Load(1_000, 0)) == Share(0, 3)

    def test_a_capture_waits_until_its_share_allows_it(self) -> None:
        spent = [Spent(NOON - 13 * HOUR, 4), Spent(NOON - HOUR, 4)]
        assert first_within(12, NOON, 4, spent, EVEN_PARTS["recent"]) == NOON
        # A quarter of a day has one such capture of all videos.
        quarter = 6 * HOUR - SLACK_SECONDS
        assert first_within(12, NOON, 4, spent, EVEN_PARTS["complete"]) == NOON - HOUR + quarter
        # The day has had its 8.
        day = DAY - SLACK_SECONDS
        assert first_within(8, NOON, 1, spent, EVEN_PARTS["recent"]) == NOON - 13 * HOUR + day
        assert first_within(3, NOON, 4, [], EVEN_PARTS["complete"]) is None
        assert first_within(0, NOON, 1, [], EVEN_PARTS["recent"]) is None

    def test_one_that_came_late_does_not_make_the_next_day_late(self) -> None:
        late = [Spent(NOON - DAY + hour * HOUR + 12, 1) for hour in range(23)]
        assert first_within(23, NOON, 1, late, EVEN_PARTS["complete"]) == NOON

    @pytest.mark.parametrize("every", [2, 3, 5])
    def test_turns_are_fair_and_one_night_is_as_full_as_another(self, every: int) -> None:
        loads = {"staged": Load(400 * every, 0)}
        table = Schedule(BERLIN, time(0), lambda _name: Staged(calls=CALLS), loads)
        start = night_of(NOON, BERLIN, time(0))
        by_night = [0] * 30
        for number in range(10 * every):
            life = Life(table, due_account(start - 1, account_id=number, cadence="hourly"))
            life.run(start, start + 30 * DAY, HOUR)
            assert {due.trigger for due in life.captures} == {"nightly"}
            # One on coming back, at most; then each in its turn.
            assert 30 // every <= len(life.captures) <= 30 // every + 1
            for due in life.captures:
                by_night[(due.at - start) // DAY] += 1
        assert set(by_night[1:]) == {10}

    @given(
        allowed=st.integers(20, 3_000),
        videos=st.integers(1, 300),
        accounts=st.integers(1, 30),
        cadence=st.sampled_from(["adaptive", "hourly", "3h", "6h"]),
        posts=st.lists(st.integers(0, 3 * DAY), max_size=12),
        gaps=st.lists(st.integers(900, 9 * HOUR), min_size=1, max_size=6),
    )
    def test_no_plan_ever_takes_more_than_its_share(
        self,
        allowed: int,
        videos: int,
        accounts: int,
        cadence: str,
        posts: list[int],
        gaps: list[int],
    ) -> None:
        calls = Calls(a_day=allowed, fixed=1, videos_per_page=20, recent=2)
        load = Load(accounts, accounts * videos)
        table = Schedule(BERLIN, time(0), lambda _name: Staged(calls=calls), {"staged": load})
        start = night_of(NOON, BERLIN, time(0))
        account = due_account(start - 60, cadence=cadence, videos=videos)
        life = Life(table, account, [start + post for post in posts])
        now = start
        while now < start + 8 * DAY:
            life.look(now)
            now += gaps[now % len(gaps)]
        share = share_of(calls, load)
        cost = {scope: calls.of(scope, videos) for scope in ("complete", "recent")}
        extra = [due for due in life.captures if due.trigger == "hourly"]
        most = min(share.extra_calls, 24 * cost["complete"])
        for last in extra:
            day = [due for due in extra if last.at - DAY + SLACK_SECONDS < due.at <= last.at]
            assert sum(cost[due.scope] for due in day) <= most
        nights = accounts * cost["complete"] / share.every_nights
        if share.every_nights < 7:
            assert nights + accounts * share.extra_calls <= allowed * PLANNED_PERCENT / 100 + 1
        # The nights are never given up for the rest.
        nightly = [due for due in life.captures if due.trigger != "hourly"]
        assert len(nightly) >= 8 // min(share.every_nights, 7)

    def test_a_thinned_plan_is_spread_over_the_day(self) -> None:
        calls = Calls(a_day=1_250, fixed=0, videos_per_page=100, recent=1)  # 1,000 may be planned
        table = Schedule(
            BERLIN, time(0), lambda _name: Staged(calls=calls), {"staged": Load(100, 10_000)}
        )
        start = night_of(NOON, BERLIN, time(0))
        account = due_account(start, cadence="hourly", videos=100)
        # One goes to the night; of the 23 others, eight can be had.
        captures = list(table.ahead(account, start + 60, DAY - 60))
        assert captures[0] == DueCapture(start + HOUR, "complete", "hourly")
        assert len(captures) == 8
        apart = [late.at - early.at for early, late in pairwise(captures)]
        assert all(2.5 * HOUR < gap < 4 * HOUR for gap in apart)
