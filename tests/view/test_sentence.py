"""The line of plain words that a page begins with."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapshot_core.growth.definitions import DefinitionBreak
from snapshot_core.growth.growth import Growth
from snapshot_core.growth.history import Reason
from snapshot_core.growth.ledger import Ledger
from snapshot_core.periods import ALL, PERIODS, Period, dates
from snapshot_core.view.documents.growth import Growth as Document
from snapshot_core.view.overview import Overview
from snapshot_core.view.sum_of_accounts import LeftOut
from snapshot_core.view.videos_table import VideoRow, VideoTable
from snapshot_core.view.wording.sentence.lists import (
    accounts_sentence,
    videos_sentence,
)
from snapshot_core.view.wording.sentence.overview import overview_sentence
from snapshot_core.view.wording.sentence.spans import Sentence
from snapshot_core.windows import DAY, HOUR, Window
from tests.test_one_growth import ABOUT, ACCOUNT, NOW, WEEK, grown, overview_of

CHANGED = date(2026, 8, 27)
OTHER = replace(ACCOUNT, account_id=2, name="other")


def row(gain: int, title: str = "The pigeon came back", **more: Any) -> VideoRow:
    growth = grown(gain, **more)
    return VideoRow(ACCOUNT, replace(ABOUT, title=title), growth.line, {"views": growth}, [])


def see(growth: Growth, *top: VideoRow, **more: Any) -> Overview:
    return replace(overview_of(growth), top_videos=top, **{"videos": 28, **more})


def plain(sentence: Sentence) -> str:
    """With spaces as they are typed."""
    return sentence.text.replace("\u00a0", " ")


def sentence(growth: Growth, *top: VideoRow, **more: Any) -> str:
    return plain(overview_sentence(see(growth, *top, **more)))


class TestTheOverview:
    def test_says_what_happened_how_that_compares_and_what_made_it(self) -> None:
        gained = grown(1_250_000, before=1_146_789)
        view = see(gained, row(887_500))
        assert plain(overview_sentence(view)) == (
            "+1.3M views in 7 days, 9 % more than the 7 days before. "
            "The pigeon came back made 71 % of it."
        )
        assert [(span.kind, span.text) for span in overview_sentence(view).spans] == [
            ("fact", "+1.3M views in 7 days,"),
            ("rest", " 9\u00a0% more than the 7 days before."),
            ("rest", " "),
            ("name", "The pigeon came back"),
            ("rest", " made 71\u00a0% of it."),
        ]
        assert Document.of(view).sentence == overview_sentence(view).text

    @pytest.mark.parametrize(
        ("gain", "before", "text"),
        [
            (94, 100, "+94 views in 7 days, 6 % less than the 7 days before."),
            (100, 100, "+100 views in 7 days, as many as in the 7 days before."),
            (1_300, 100, "+1.3K views in 7 days, 13× the 7 days before."),
            (100, 0, "+100 views in 7 days, after 0 in the 7 days before."),
            (100, -5, "+100 views in 7 days, after −5 in the 7 days before."),
            (100, None, "+100 views in 7 days."),
            (0, 30, "No views gained in 7 days, after +30 in the 7 days before."),
            (0, 0, "No views gained in 7 days, after 0 in the 7 days before."),
            (-1_534, 30, "−1.5K views in 7 days, after +30 in the 7 days before."),
        ],
    )
    def test_compares(self, gain: int, before: int | None, text: str) -> None:
        assert sentence(grown(gain, before=before)) == text

    def test_names_no_video_where_none_made_much(self) -> None:
        text = sentence(grown(1_000), row(60), row(50))
        assert text == "+1K views in 7 days. No video made more than 6 % of it."

    def test_says_no_share_above_all_of_it(self) -> None:
        text = sentence(grown(100), row(250, "Soup"), row(-150))
        assert text == "+100 views in 7 days. Soup alone gained +250."

    def test_of_a_single_video_it_does_not_say_that_it_made_all(self) -> None:
        assert sentence(grown(100), row(100), videos=1) == "+100 views in 7 days."

    def test_says_what_the_platform_took_back(self) -> None:
        fallen = grown(-500, ledger=Ledger(like_for_like=-500, corrections=1_200))
        text = sentence(fallen, row(700))
        assert text == "−500 views in 7 days. The platform took back 1.2K."

    def test_keeps_a_title_in_one_short_line(self) -> None:
        text = sentence(grown(100), row(90, f"Soup\n\n  of {'the day ' * 40}"))
        assert "Soup of the day the day" in text
        assert len(text) < 150
        assert "…" in text

    def test_says_about_where_it_is_estimated(self) -> None:
        guess = grown(5_000, low=4_100, high=6_200, estimated=("interpolated",))
        assert sentence(guess) == "About +5K views in 7 days."

    def test_says_between_which_where_not_even_the_sign_is_sure(self) -> None:
        guess = grown(5, low=-20, high=30, estimated=("interpolated",))
        assert sentence(guess) == "Between −20 and +30 views in 7 days."

    def test_below_the_resolution_there_is_neither_cause_nor_comparison(self) -> None:
        hidden = grown(40_000, resolution=100_000, before=900_000, estimated=("resolution",))
        assert sentence(hidden, row(40_000)) == "Less than 100K views in 7 days."

    def test_says_until_when_where_it_is_stale(self) -> None:
        text = sentence(grown(412, before=300, stale_since=NOW - 5 * DAY))
        assert text.startswith("+412 views in 7 days, up to 28 Jan, 02:40, 37 % more than the 7")

    def test_across_a_redefinition_it_says_that_not_all_is_growth(self) -> None:
        since = DefinitionBreak(CHANGED, "YouTube counts every start")
        crossed = grown(412, breaks=(since,), estimated=("definition",), low=412, high=412)
        assert sentence(crossed) == (
            "About +412 views in 7 days, but since 27 Aug 2026 YouTube counts every start, "
            "so not all of it is growth."
        )

    def test_of_several_accounts_it_names_whose_video_it_was_and_who_is_left_out(self) -> None:
        left_out = [LeftOut("late", Reason("lagging"), NOW - 9 * DAY, None)]
        gained = grown(100, accounts=2, before=50, comparable=60, comparable_accounts=1)
        view = see(
            gained, row(90), account=None, accounts=[ACCOUNT, OTHER], summed_accounts=2,
            left_out=left_out,
        )  # fmt: skip
        assert plain(overview_sentence(view)) == (
            "+100 views in 7 days, 20 % more than the 7 days before (known for 1 of 2). "
            "The pigeon came back (creator) made 90 % of it. "
            "1 of 3 accounts is not in these numbers: late."
        )

    def test_where_views_are_not_counted_it_tells_of_what_is(self) -> None:
        views = Growth("views", None, reason=Reason("not_counted"))
        view = see(views)
        fans = replace(view.cards["views"], growth=replace(grown(12), metric="followers"))
        view = replace(view, cards={**view.cards, "followers": fans})
        assert plain(overview_sentence(view)) == "+12 followers in 7 days."

    @pytest.mark.parametrize(
        ("period", "when"),
        [(PERIODS[0], "in 24 hours"), (ALL, "since tracking began"),
         (dates(CHANGED, CHANGED), "from 2026-08-27 to 2026-08-27")],
    )  # fmt: skip
    def test_names_every_period(self, period: Period, when: str) -> None:
        assert sentence(grown(5), period=period) == f"+5 views {when}."


class TestANewAccount:
    def test_says_what_is_known_since_tracking_began(self) -> None:
        since = grown(412, window=Window(NOW - 19 * HOUR, NOW))
        waits = Growth("views", None, 9_410, reason=Reason("not_ready", NOW + DAY))
        text = sentence(replace(waits, since_tracking=since))
        assert text == "+412 views since tracking began, 19 h ago."

    def test_of_a_first_snapshot_says_what_there_is(self) -> None:
        first = Growth("views", None, 47_794, reason=Reason("one_capture", NOW + 7 * DAY))
        assert sentence(first) == (
            "Tracking has begun. 28 videos, 47,794 views in all. "
            "What they gain shows from the next snapshot on."
        )

    def test_without_any_says_what_to_do(self) -> None:
        none = Growth("views", None, reason=Reason("no_capture"))
        assert sentence(none) == "No snapshot yet. Take the first one to start measuring."


class TestVideos:
    @pytest.mark.parametrize(
        ("gains", "text"),
        [
            (
                [71, 8, 5, 5, 5, 6],
                "Two videos made 79 % of the +100 views gained in 7 days.",
            ),
            (
                [91, 3, 3, 3],
                "One video made 91 % of the +100 views gained in 7 days.",
            ),
            (
                [10] * 10,
                "Three videos made 30 % of the +100 views gained in 7 days.",
            ),
            ([90, 10], "+100 views in 7 days."),
            ([900, -400, -400, 0], "+100 views in 7 days."),
            ([0, 0, 0, 0], "No views gained in 7 days."),
            ([0, 0, -5, 0], "−5 views in 7 days."),
        ],
    )
    def test_says_how_few_made_most(self, gains: list[int], text: str) -> None:
        table = VideoTable(WEEK, {}, True, [row(gain) for gain in gains])
        assert plain(videos_sentence(table)) == text

    def test_says_what_is_known_of_a_new_account(self) -> None:
        since = grown(412, window=Window(NOW - 19 * HOUR, NOW))
        table = VideoTable(WEEK, {}, False, [], Reason("not_ready", NOW), since)
        assert plain(videos_sentence(table)) == "+412 views since tracking began, 19 h."

    def test_of_nothing_says_nothing(self) -> None:
        assert plain(videos_sentence(VideoTable(WEEK, {}, False, []))) == ""


class TestAccounts:
    def test_says_what_all_gained_who_made_most_and_who_needs_you(self) -> None:
        growths = [grown(gain, before=100) for gain in (160, 125, 115, *[44] * 10)]
        assert plain(accounts_sentence(growths, WEEK, needing=2)) == (
            "13 accounts gained +840 views in 7 days, 35 % less than the 7 days before. "
            "Three of them made 48 %; two need you."
        )

    def test_counts_those_that_are_ready(self) -> None:
        waits = Growth("views", None, 5, reason=Reason("not_ready", NOW))
        text = plain(accounts_sentence([grown(10), grown(20), waits], WEEK, needing=1))
        assert text == "2 of 3 accounts gained +30 views in 7 days. One needs you."

    @pytest.mark.parametrize(
        ("growth", "text"),
        [
            (grown(412), "One account gained +412 views in 7 days."),
            (grown(0), "One account gained no views in 7 days."),
            (grown(-412), "One account lost 412 views in 7 days."),
            (grown(4, resolution=100), "One account gained less than 100 views in 7 days."),
        ],
    )
    def test_of_one_account(self, growth: Growth, text: str) -> None:
        assert plain(accounts_sentence([growth], WEEK)) == text

    def test_of_new_accounts_says_what_is_known(self) -> None:
        since = grown(412, window=Window(NOW - 19 * HOUR, NOW))
        waits = Growth("views", None, 5, reason=Reason("not_ready", NOW), since_tracking=since)
        text = plain(accounts_sentence([waits, waits], WEEK))
        assert text == "+824 views since tracking began, up to 19 h."

    def test_of_none_says_nothing(self) -> None:
        assert plain(accounts_sentence([], WEEK)) == ""


counts = st.integers(-(2**53), 2**53)


@given(
    gain=counts, before=counts | st.none(), top=counts, below=st.integers(0, 2**40),
    above=st.integers(0, 2**40), resolution=st.sampled_from([0, 100, 100_000]),
    estimated=st.booleans(), accounts=st.integers(1, 3), stale=st.booleans(),
    title=st.text(max_size=200),
)  # fmt: skip
def test_whatever_happened_it_is_one_line_that_ends_and_repeats_the_card(
    gain: int, before: int | None, top: int, below: int, above: int, resolution: int,
    estimated: bool, accounts: int, stale: bool, title: str,
) -> None:  # fmt: skip
    growth = grown(
        gain, resolution=resolution, before=before, low=gain - below, high=gain + above,
        accounts=accounts, comparable_accounts=min(accounts, 2),
        estimated=("interpolated",) if estimated else (), stale_since=NOW - DAY if stale else None,
    )  # fmt: skip
    view = see(growth, row(top, title))
    text = plain(overview_sentence(view))
    assert "\n" not in text
    assert all(span.text for span in overview_sentence(view).spans)
    assert text.endswith(".")
    assert overview_sentence(view).spans[0].kind == "fact"
    if not growth.below_resolution and not estimated and gain:
        gained = Document.of(view).growth.views.texts.gain
        assert text.startswith(f"{gained} views in 7 days")
    assert plain(accounts_sentence([growth] * accounts, WEEK)).endswith(".")
