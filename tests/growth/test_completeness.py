"""Is a capture complete? Only then does it end a window, or tell that a video is gone."""

from collections.abc import Iterable

import pytest

from snapshot_core.growth.completeness import Scope, Status, status_of

HUNDRED = frozenset(range(100))


def status(
    listed: Iterable[int],
    *,
    last: Iterable[int] | None = HUNDRED,
    before: Iterable[int] | None = None,
    scope: Scope = "complete",
    walked_to_end: bool | None = True,
    reported: int | None = None,
) -> Status:
    return status_of(
        set(listed),
        scope=scope,
        walked_to_end=walked_to_end,
        reported_count=reported,
        last_complete=None if last is None else set(last),
        listed_before=None if before is None else set(before),
    )


class TestNineTenthsSeen:
    @pytest.mark.parametrize(
        ("seen", "expected"),
        [(100, "complete"), (90, "complete"), (89, "partial"), (0, "partial")],
    )
    def test_of_the_last_complete_capture(self, seen: int, expected: Status) -> None:
        assert status(range(seen), before=HUNDRED) == expected

    def test_new_videos_do_not_stand_in_for_missing_ones(self) -> None:
        assert status(range(50, 150), before=HUNDRED) == "partial"

    def test_one_of_nine_is_more_than_a_tenth(self) -> None:
        assert status(range(8), last=range(9), before=range(9)) == "partial"


class TestTheSourcesOwnCount:
    def test_agrees(self) -> None:
        assert status(range(20), before=HUNDRED, reported=20) == "complete"

    def test_disagrees(self) -> None:
        assert status(range(20), before=HUNDRED, reported=100) == "partial"

    def test_of_nothing_agrees_with_nothing(self) -> None:
        assert status([], before=HUNDRED, reported=0) == "complete"

    def test_unknown_says_nothing(self) -> None:
        assert status(range(20), before=HUNDRED, reported=None) == "partial"

    def test_that_disagrees_does_not_undo_what_was_seen(self) -> None:
        assert status(range(100), before=HUNDRED, reported=103) == "complete"


class TestTheSecondLook:
    def test_misses_the_same_videos(self) -> None:
        assert status(range(20), before=range(20)) == "complete"

    def test_misses_some_of_them_no_longer(self) -> None:
        assert status(range(25), before=range(20)) == "complete"

    def test_misses_others(self) -> None:
        assert status(range(10, 30), before=range(20)) == "partial"

    def test_a_mass_removal_is_believed_then(self) -> None:
        first = status(range(20), before=HUNDRED)
        second = status(range(20), before=range(20))
        assert (first, second) == ("partial", "complete")

    def test_listings_that_take_turns_are_never_believed(self) -> None:
        assert status(range(50), before=range(50, 100)) == "partial"
        assert status(range(50, 100), before=range(50)) == "partial"


class TestNeverComplete:
    def test_a_recent_capture(self) -> None:
        assert status(HUNDRED, before=HUNDRED, scope="recent", reported=100) == "partial"

    def test_a_listing_cut_short(self) -> None:
        assert status(HUNDRED, before=HUNDRED, walked_to_end=False, reported=100) == "partial"

    def test_a_first_listing_cut_short(self) -> None:
        assert status(HUNDRED, last=None, walked_to_end=False) == "partial"


class TestTheFirst:
    @pytest.mark.parametrize("walked_to_end", [True, None])
    def test_has_nothing_to_be_judged_by(self, walked_to_end: bool | None) -> None:
        assert status(HUNDRED, last=None, walked_to_end=walked_to_end) == "complete"

    def test_of_an_account_without_videos(self) -> None:
        assert status([], last=None) == "complete"

    def test_video_after_an_empty_listing(self) -> None:
        assert status([1], last=[], before=[]) == "complete"


class TestAnImportedInstant:
    """Nobody knows whether its listing was walked to the end; the other signs decide."""

    def test_with_nine_tenths(self) -> None:
        assert status(range(90), before=HUNDRED, walked_to_end=None) == "complete"

    def test_with_less(self) -> None:
        assert status(range(89), before=HUNDRED, walked_to_end=None) == "partial"

    def test_at_the_second_look(self) -> None:
        assert status(range(20), before=range(20), walked_to_end=None) == "complete"
