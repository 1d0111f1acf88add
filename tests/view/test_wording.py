"""Numbers, times and reasons as people write them."""

from dataclasses import replace
from decimal import Decimal
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapshot_core.growth.growth import Estimate, Growth
from snapshot_core.growth.history import Reason, ReasonCode
from snapshot_core.growth.ledger import Line
from snapshot_core.periods import PERIODS
from snapshot_core.view.wording import growth, numbers

BERLIN = ZoneInfo("Europe/Berlin")
NOON = 1_795_348_800
"""2026-11-22T12:00:00Z."""


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1K"),
        (1_534, "1.5K"),
        (99_949, "99.9K"),
        (188_400, "188K"),
        (999_499, "999K"),
        (999_500, "1M"),
        (22_204_508, "22.2M"),
        (2**31, "2.1B"),
        (-1_534, "−1.5K"),
    ],
)
def test_compact(count: int, text: str) -> None:
    assert numbers.compact(count) == text


@given(st.integers(-(2**53), 2**53))
def test_compact_is_short_and_keeps_the_sign(count: int) -> None:
    text = numbers.compact(count)
    assert len(text.lstrip("−")) <= 6
    assert text.startswith("−") == (count < 0)


def test_signed() -> None:
    assert [numbers.signed(n) for n in (2_200_000, 0, -448)] == ["+2.2M", "0", "−448"]


def test_exact() -> None:
    assert numbers.exact(-22_204_508) == "−22,204,508"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("5.63", "+5.6\xa0%"),
        ("22.4", "+22\xa0%"),
        ("9.96", "+10\xa0%"),
        ("0.04", "0\xa0%"),
        ("-0.5", "−0.5\xa0%"),
        ("1234", "+1,234\xa0%"),
    ],
)
def test_percent(value: str, text: str) -> None:
    assert numbers.percent(Decimal(value)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(5, "just now"), (720, "12 min ago"), (3 * 3_600, "3 h ago"), (3 * 86_400, "3 days ago")],
)
def test_ago(seconds: int, text: str) -> None:
    assert numbers.ago(seconds) == text


def test_moment_is_local_and_names_the_year_only_where_it_is_another() -> None:
    assert numbers.moment(NOON, BERLIN, NOON) == "22 Nov, 13:00"
    assert numbers.moment(NOON - 400 * 86_400, BERLIN, NOON) == "18 Oct 2025, 14:00"


def test_every_reason_has_a_sentence() -> None:
    for code in get_args(ReasonCode):
        for ready_at in (None, NOON):
            sentence = growth.reason_sentence(Reason(code, ready_at), PERIODS[1], BERLIN, NOON)
            assert sentence.endswith(".")


def test_what_was_to_be_ready_long_ago_is_not_promised() -> None:
    reason = Reason("not_ready", NOON - 300 * 86_400)
    sentence = growth.reason_sentence(reason, PERIODS[1], BERLIN, NOON)
    assert sentence == (
        "7-day growth needs a snapshot from 26 Jan, 13:00 on; the last one is older. "
        "Take or import a newer one."
    )


@pytest.mark.parametrize("line", [None, "like_for_like"])
@pytest.mark.parametrize("estimate", get_args(Estimate))
def test_every_estimate_says_why(estimate: Estimate, line: Line | None) -> None:
    made = Growth("views", None, growth=5, resolution=100_000, estimated=(estimate,), line=line)
    assert growth.estimate(made).startswith("Estimated: ")
    assert growth.estimate(replace(made, estimated=())) == ""
    assert ("100K" in growth.estimate(made)) == (estimate == "resolution")
