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
    uncounted: int = 0,
    confirmed: bool = False,
) -> Status:
    return status_of(
        set(listed),
        scope=scope,
        walked_to_end=walked_to_end,
        reported_count=reported,
        last_complete=None if last is None else set(last),
        listed_before=None if before is None else set(before),
        uncounted=uncounted,
        confirmed=confirmed,
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

    @pytest.mark.parametrize(
        ("videos", "expected"), [(1, "partial"), (2, "complete"), (9, "complete")]
    )
    def test_one_missing_of_a_small_account_is_no_tenth(
        self, videos: int, expected: Status
    ) -> None:
        listed, last = range(videos - 1), range(videos)
        assert status(listed, last=last, before=last) == expected

    def test_two_missing_of_a_small_account_are_more_than_a_tenth(self) -> None:
        assert status(range(7), last=range(9), before=range(9)) == "partial"

    def test_one_missing_in_a_file_is_judged_by_the_tenth(self) -> None:
        assert status(range(8), last=range(9), before=range(9), walked_to_end=None) == "partial"


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
        assert status(range(60), before=range(60)) == "complete"

    def test_misses_some_of_them_no_longer(self) -> None:
        assert status(range(65), before=range(60)) == "complete"

    def test_misses_others(self) -> None:
        assert status(range(10, 70), before=range(60)) == "partial"

    def test_a_mass_removal_is_believed_then(self) -> None:
        first = status(range(60), before=HUNDRED)
        second = status(range(60), before=range(60))
        assert (first, second) == ("partial", "complete")

    @pytest.mark.parametrize(
        ("seen", "expected"), [(50, "complete"), (49, "partial"), (0, "partial")]
    )
    def test_of_less_than_half_is_never_believed(self, seen: int, expected: Status) -> None:
        assert status(range(seen), before=range(seen)) == expected

    def test_of_less_than_half_is_settled_by_the_sources_own_count(self) -> None:
        assert status(range(20), before=range(20), reported=20) == "complete"

    def test_of_less_than_half_is_settled_by_the_user(self) -> None:
        assert status(range(20), before=range(20), confirmed=True) == "complete"
        assert status([], before=HUNDRED, confirmed=True) == "complete"

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
        assert status(range(60), before=range(60), walked_to_end=None) == "complete"

    def test_of_less_than_half_is_never_believed(self) -> None:
        assert status(range(20), before=range(20), walked_to_end=None) == "partial"


class TestCountsThatVanish:
    @pytest.mark.parametrize(
        ("uncounted", "listed", "expected"),
        [
            (100, 100, "partial"),
            (11, 100, "partial"),
            (10, 100, "complete"),
            (5, 5, "partial"),
            (2, 5, "partial"),
            (1, 5, "complete"),  # one video's own matter
            (1, 1, "partial"),
        ],
    )
    def test_of_more_than_a_tenth(self, uncounted: int, listed: int, expected: Status) -> None:
        videos = range(listed)
        assert status(videos, last=videos, uncounted=uncounted) == expected

    def test_are_not_believed_for_anybodys_word(self) -> None:
        made = status(HUNDRED, before=HUNDRED, reported=100, uncounted=100, confirmed=True)
        assert made == "partial"
