"""Accepting a reading: a steep fall waits for the next reading to confirm it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshot_core.growth.acceptance import Judgement, Track, is_steep_fall, judge
from tests.support.accepted import accepted_series
from tests.support.builders import reference_accepted


def accepted(*counts: int) -> list[int]:
    """The counts that are accepted of a counter read once an hour."""
    return [count for _, count in accepted_series(list(enumerate(counts)))]


def verdicts(*counts: int) -> list[tuple[int, str]]:
    """What was said, in order: ``(count, verdict)``."""
    track = Track()
    said: list[tuple[int, str]] = []
    for at, count in enumerate(counts):
        track, judgements = judge(track, at, count)
        said += [(judgement.count, judgement.verdict) for judgement in judgements]
    return said


class TestSteepFall:
    @pytest.mark.parametrize(
        ("before", "after", "steep"),
        [
            (1_000, 0, True),
            (1, 0, True),
            (1_000, 900, False),  # exactly a tenth is believed
            (1_000, 899, True),
            (10, 9, False),
            (9, 8, True),
            (2**62, 2**62 // 10 * 9, True),
            (2**62, 2**62 // 10 * 9 + 9, False),
            (0, 0, False),
            (1_000, 5_000, False),
        ],
    )
    def test_to_zero_or_by_more_than_a_tenth(self, before: int, after: int, steep: bool) -> None:
        assert is_steep_fall(after, before) is steep

    def test_there_is_none_from_nothing(self) -> None:
        assert not is_steep_fall(0, None)


class TestHeldBack:
    def test_until_the_next_reading(self) -> None:
        assert verdicts(1_000, 700) == [(1_000, "accepted"), (700, "held")]
        assert accepted(1_000, 700) == [1_000]

    def test_confirmed_by_a_reading_that_is_fallen_too(self) -> None:
        assert verdicts(1_000, 700, 710)[2:] == [(700, "confirmed"), (710, "accepted")]
        assert accepted(1_000, 700, 710) == [1_000, 700, 710]

    def test_rejected_by_a_reading_that_is_not(self) -> None:
        assert verdicts(1_000, 700, 1_010)[2:] == [(700, "rejected"), (1_010, "accepted")]
        assert accepted(1_000, 700, 1_010) == [1_000, 1_010]

    def test_rejected_by_a_small_correction_too(self) -> None:
        assert accepted(1_000, 700, 900) == [1_000, 900]

    def test_a_verdict_names_the_instant_and_the_count_before(self) -> None:
        track, _ = judge(Track(1_000), 5, 700)
        assert track == Track(1_000, held_at=5, held_count=700)
        track, said = judge(track, 9, 710)
        assert said == [Judgement(5, 700, "confirmed", 1_000), Judgement(9, 710, "accepted", 700)]
        assert track == Track(710)


class TestZero:
    def test_a_glitch_of_one_reading(self) -> None:
        assert accepted(1_121_273, 0, 1_121_333, 1_121_330) == [1_121_273, 1_121_333, 1_121_330]

    def test_is_confirmed_by_another_zero(self) -> None:
        assert accepted(1_000, 0, 0) == [1_000, 0, 0]

    def test_is_not_confirmed_by_another_fall(self) -> None:
        assert verdicts(1_000, 0, 700)[2:] == [(0, "rejected"), (700, "held")]
        assert accepted(1_000, 0, 700, 720) == [1_000, 700, 720]

    def test_of_a_counter_that_starts_there_is_a_count_like_any(self) -> None:
        assert accepted(0, 0, 5, 0, 6) == [0, 0, 5, 6]


class TestChains:
    def test_fall_after_fall(self) -> None:
        said = verdicts(1_000, 800, 600, 400, 410)
        assert said[2:] == [
            (800, "confirmed"),
            (600, "held"),
            (600, "confirmed"),
            (400, "held"),
            (400, "confirmed"),
            (410, "accepted"),
        ]

    def test_a_climb_back_is_no_fall(self) -> None:
        assert accepted(1_000, 500, 500, 2_000) == [1_000, 500, 500, 2_000]

    def test_followers_that_leave_are_believed_at_the_second_look(self) -> None:
        assert accepted(50_000, 49_000, 46_000, 30_000, 29_900) == [
            50_000,
            49_000,
            46_000,
            30_000,
            29_900,
        ]


@settings(max_examples=1_000)
@given(
    counts=st.lists(
        st.sampled_from((0, 0, 8, 9, 10, 80, 81, 89, 90, 91, 99, 100, 101, 110, 2**62)),
        max_size=12,
    )
)
def test_remembering_and_looking_ahead_agree(counts: list[int]) -> None:
    readings = list(enumerate(counts))
    assert accepted_series(readings) == reference_accepted(readings)


@settings(max_examples=1_000)
@given(counts=st.lists(st.integers(0, 120), max_size=15))
def test_every_reading_gets_one_last_word(counts: list[int]) -> None:
    said = verdicts(*counts)
    held = sum(verdict == "held" for _, verdict in said)
    decided = sum(verdict in ("confirmed", "rejected") for _, verdict in said)
    assert held - decided in (0, 1)
    assert len(said) - decided == len(counts)


@settings(max_examples=1_000)
@given(steps=st.lists(st.integers(0, 10**6), max_size=20))
def test_a_counter_that_rises_is_always_believed(steps: list[int]) -> None:
    counts = [sum(steps[: n + 1]) for n in range(len(steps))]
    assert accepted(*counts) == counts
