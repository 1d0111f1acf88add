"""Several accounts as one: who is in the sum, what it is, and the line that leads to it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshot_core.growth.gain_line import GainLine, days_together
from snapshot_core.growth.growth import Growth, video_counter_growth
from snapshot_core.growth.history import History, Reason, windows_of
from snapshot_core.growth.ledger import Ledger
from snapshot_core.growth.several_accounts import (
    MAX_SUMMED_POINTS,
    left_out,
    soonest,
    sum_of_accounts,
    sum_of_curves,
)
from snapshot_core.periods import PERIODS
from snapshot_core.windows import Window
from tests.support.builders import START, at, hours
from tests.support.video_readings import adds_up

WEEK = PERIODS[1]
UTC = ZoneInfo("UTC")


def history(first: float, last: float, captures: int = 9) -> History:
    """Complete captures from one day after START to another."""
    return History(captures, at(24 * first), at(24 * last))


def reasons(*histories: History) -> list[Reason | None]:
    return left_out([windows_of(history, WEEK, UTC) for history in histories])


def codes(*histories: History) -> list[str | None]:
    return [None if reason is None else reason.code for reason in reasons(*histories)]


class TestWhoIsLeftOut:
    def test_nobody_who_is_ready_and_up_to_date(self) -> None:
        assert codes(history(0, 20), history(9, 19)) == [None, None]

    def test_one_that_is_not_ready(self) -> None:
        assert reasons(history(0, 20), history(15, 20)) == [
            None,
            Reason("not_ready", at(24 * 22)),
        ]

    @pytest.mark.parametrize(("last", "code"), [(13.01, None), (13, "lagging"), (2, "not_ready")])
    def test_one_that_lags_a_whole_period_behind(self, last: float, code: str | None) -> None:
        assert codes(history(0, 20), history(0, last)) == [None, code]

    def test_one_that_is_not_ready_makes_no_other_lag(self) -> None:
        assert codes(history(0, 20), history(40, 41)) == [None, "not_ready"]

    def test_one_without_any_complete_capture(self) -> None:
        broken, none = History(3, None, None), History(0, None, None)
        assert codes(history(0, 20), broken, none) == [None, "no_complete", "no_capture"]

    def test_one_alone_never_lags(self) -> None:
        assert codes(history(0, 20)) == [None]


class TestTheReasonOfAll:
    def test_is_when_the_first_of_them_will_be_ready(self) -> None:
        reasons = [Reason("not_ready", at(90)), Reason("one_capture", at(70)), Reason("no_capture")]
        assert soonest(reasons, at(60)) == Reason("one_capture", at(70))

    def test_does_not_promise_what_was_to_be_ready_before_the_latest_capture(self) -> None:
        stopped, young = Reason("not_ready", at(10)), Reason("not_ready", at(90))
        assert soonest([stopped, young], at(60)) == young
        assert soonest([stopped], at(60)) == stopped

    def test_is_not_that_one_source_does_not_count(self) -> None:
        reasons = [Reason("not_counted"), Reason("low_coverage")]
        assert soonest(reasons, at(60)) == Reason("low_coverage")

    def test_is_none_without_any(self) -> None:
        assert soonest([], at(60)) is None


def grown(gain: int, base: int = 1_000, before: int | None = None, **more: Any) -> Growth:
    ledger = Ledger(current=base + gain, previous=base, like_for_like=gain, gained=max(gain, 0))
    made = Growth(
        "views", Window(at(0), at(24)), base + gain, base, gain, base, before, low=gain, high=gain,
        coverage=1.0, ledger=ledger,
    )  # fmt: skip
    return replace(made, **more)


NOT_READY = Growth("views", Window(at(0), at(24)), 70, reason=Reason("not_ready", at(48)))


class TestTheSum:
    def test_of_one_is_its_own(self) -> None:
        alone = grown(5)
        assert sum_of_accounts("views", [alone]) is alone

    def test_leaves_out_what_is_not_known(self) -> None:
        total = sum_of_accounts("views", [grown(5), NOT_READY, grown(7)])
        assert (total.growth, total.current, total.accounts) == (12, 2_012, 2)
        assert total.reason is None

    def test_compares_those_known_in_both_periods(self) -> None:
        total = sum_of_accounts("views", [grown(150, before=100), grown(7_000)])
        assert (total.growth, total.before, total.comparable) == (7_150, 100, 150)
        assert (total.change, total.comparable_accounts) == (Decimal("50.00"), 1)

    def test_without_a_period_before_has_no_change(self) -> None:
        assert sum_of_accounts("views", [grown(1), grown(2)]).change is None

    def test_is_stale_where_even_the_newest_is(self) -> None:
        old, older = grown(1, stale_since=at(9)), grown(2, stale_since=at(3))
        assert sum_of_accounts("views", [old, older]).stale_since == at(9)
        assert sum_of_accounts("views", [grown(1), old, older]).stale_since is None

    def test_where_nobody_is_ready_says_when_the_first_is_and_what_is_known(self) -> None:
        known = grown(3, window=Window(at(2), at(20)))
        younger = grown(4, window=Window(at(12), at(21)))
        total = sum_of_accounts(
            "views",
            [
                replace(NOT_READY, since_tracking=known),
                replace(NOT_READY, reason=Reason("not_ready", at(99)), since_tracking=younger),
                replace(NOT_READY, reason=Reason("one_capture", at(120))),
            ],
        )
        assert (total.growth, total.current) == (None, 210)
        assert total.reason == Reason("not_ready", at(48))
        assert total.since_tracking is not None
        assert (total.since_tracking.growth, total.since_tracking.accounts) == (7, 2)

    def test_has_a_range_whose_halves_add_as_squares(self) -> None:
        parts = [grown(100, low=70, high=140), grown(200, low=160, high=230)]
        total = sum_of_accounts("views", parts)
        assert (total.low, total.growth, total.high) == (250, 300, 350)

    def test_is_exact_where_its_parts_are(self) -> None:
        total = sum_of_accounts("views", [grown(2**60), grown(7)])
        assert total.low == total.growth == total.high == 2**60 + 7

    @pytest.mark.parametrize(("gain", "estimated"), [(504, ("interpolated",)), (505, ())])
    def test_is_estimated_where_half_its_range_is_over_a_tenth(
        self, gain: int, estimated: tuple[str, ...]
    ) -> None:
        """Each part of it is estimated: together they are surer."""
        part = grown(gain, low=gain - 71, high=gain + 71, inexact=("interpolated",))
        assert sum_of_accounts("views", [part, part]).estimated == estimated

    def test_is_estimated_where_parts_that_are_sure_enough_make_up_next_to_nothing(self) -> None:
        parts = [
            grown(gain, low=gain - 49, high=gain + 49, inexact=(source,))
            for gain, source in ((1_000, "interpolated"), (-990, "carried"))
        ]
        assert not any(part.estimated for part in parts)
        total = sum_of_accounts("views", parts)
        assert (total.low, total.growth, total.high) == (-60, 10, 80)
        assert total.estimated == ("interpolated", "carried")
        assert sum_of_accounts("views", [total, grown(0)]).estimated == total.estimated

    @pytest.mark.parametrize(("gain", "estimated"), [(400, ("resolution",)), (1_000, ())])
    def test_is_blurred_by_all_roundings_together(
        self, gain: int, estimated: tuple[str, ...]
    ) -> None:
        blurred = grown(
            gain, resolution=100, low=gain - 100, high=gain + 100, inexact=("resolution",)
        )
        total = sum_of_accounts("views", [blurred, blurred])
        assert (total.resolution, total.estimated) == (142, estimated)


amounts = st.integers(0, 2**50)
_LEDGERS = st.builds(
    lambda stayed, fell, published, tracked, removed: Ledger(
        current=stayed + published + tracked,
        previous=stayed + fell + removed,
        like_for_like=-fell,
        published=published,
        newly_tracked=tracked,
        removed=removed,
        gained=published,
        videos=9,
    ),
    *[amounts] * 5,
)
_HISTORIES = st.one_of(
    st.builds(history, st.integers(0, 40), st.just(40)),
    st.builds(history, st.just(0), st.integers(1, 40)),
    st.just(History(0, None, None)),
    st.just(History(2, None, None)),
)


@settings(max_examples=300)
@given(st.lists(st.tuples(_HISTORIES, _LEDGERS, st.none() | amounts), min_size=1, max_size=8))
def test_the_sum_is_that_of_those_ready_and_still_adds_up(accounts: list) -> None:
    growths = []
    for past, ledger, earlier in accounts:
        before = None if earlier is None else Ledger(like_for_like=earlier, videos=1)
        windows = windows_of(past, WEEK, UTC)
        growths.append(video_counter_growth("views", windows, ledger, before))
    total = sum_of_accounts("views", growths)
    known = [growth for growth in growths if growth.growth is not None]
    assert (total.growth is None) == (not known)
    if total.growth is None:
        assert total.reason is not None
        return
    for name in ("growth", "current", "previous", "base"):
        assert getattr(total, name) == sum(getattr(growth, name) for growth in known), name
    assert total.ledger is not None
    assert adds_up(total.ledger)
    assert total.ledger.growth == total.growth
    both = [growth for growth in known if growth.before is not None]
    assert total.before == (sum(growth.before or 0 for growth in both) if both else None)
    if both and len(known) > 1:
        assert total.compared == sum(growth.growth or 0 for growth in both)
    # Without any one of those that are not known, the sum is the same.
    if 1 < len(known) < len(growths):
        assert sum_of_accounts("views", known) == total


class TestTheCurve:
    def test_adds_up_at_every_instant(self) -> None:
        both = dict(sum_of_curves([hours((0, 0), (24, 24), (48, 48)), hours((0, 0), (48, 240))]))
        assert both == dict(hours((0, 0), (24, 144), (48, 288)))

    def test_each_runs_over_its_own_window(self) -> None:
        lagging = hours((-12, 0), (12, 100))
        both = dict(sum_of_curves([hours((0, 0), (24, 24)), lagging]))
        assert both == dict(hours((-12, 0), (0, 50), (12, 112), (24, 124)))

    def test_a_gap_of_one_breaks_no_line(self) -> None:
        broken = [(at(0), 0), (at(20), None), (at(40), 40)]
        both = dict(sum_of_curves([broken, hours((0, 0), (20, 5), (40, 10))]))
        assert both[at(20)] == 25

    def test_a_gap_of_all_does(self) -> None:
        broken = [(at(0), 0), (at(20), None), (at(40), 40)]
        assert sum_of_curves([broken, broken]) == [(at(0), 0), (at(20), None), (at(40), 80)]

    def test_has_no_more_points_than_a_screen_shows_and_its_own_ends(self) -> None:
        curves = [[(START + n + k, n) for n in range(5_000)] for k in (0, 1)]
        line = sum_of_curves(curves)
        assert len(line) <= MAX_SUMMED_POINTS
        assert (line[0], line[-1]) == ((START, 0), (START + 5_000, 2 * 4_999))

    def test_of_nothing_is_empty(self) -> None:
        assert sum_of_curves([]) == []


class TestDays:
    def days(self, *lines: GainLine) -> list[tuple[int | None, int]]:
        end = at(24 * 8)
        found = days_together(lines, at(24), end, UTC)
        return [(day.growth, day.accounts_missing) for day in found[1:-1]]

    def test_are_told_without_an_account_that_brings_little(self) -> None:
        large = GainLine(hours(*((24 * n, 1_000 * n) for n in range(9))))
        small = GainLine(hours((0, 0), (24, 5), (48, 10)))
        known = self.days(large, small)
        assert known[-1] == (1_000, 1)

    def test_are_not_known_without_one_that_brings_much(self) -> None:
        large = GainLine(hours(*((24 * n, 1_000 * n) for n in range(9))))
        other = GainLine(hours((0, 0), (24, 500), (48, 1_000)))
        assert self.days(large, other)[-1] == (None, 0)
