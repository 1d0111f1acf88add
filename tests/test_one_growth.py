"""Every face says the same words and figures of one growth: card, table, page, shell, API."""

import re
from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from snapshot_core.cli.reports import print_growth
from snapshot_core.growth.growth import Estimate, Growth
from snapshot_core.growth.history import History, Reason, ReasonCode
from snapshot_core.growth.ledger import Ledger
from snapshot_core.metrics import COUNTERS, VIDEO_METRICS
from snapshot_core.periods import PERIODS
from snapshot_core.store.accounts import Account
from snapshot_core.store.videos import AboutVideo
from snapshot_core.view.curves import Curve
from snapshot_core.view.documents import growth as documents
from snapshot_core.view.documents.fields import json_object
from snapshot_core.view.documents.videos import Video
from snapshot_core.view.overview import Card, Overview
from snapshot_core.view.video import VideoView
from snapshot_core.view.video_selection import Selection, Show
from snapshot_core.view.videos_table import VideoRow, VideoTable
from snapshot_core.view.wording import growth as wording
from snapshot_core.view.wording import tables
from snapshot_core.windows import DAY, HOUR, Window
from ui.overview.cards import growth_cards
from ui.overview.top_videos import top_videos
from ui.video.head import video_cards
from ui.videos.rows import videos_html

NOW = 1_770_000_000
WEEK = PERIODS[1]
WINDOW = Window(NOW - 7 * DAY, NOW)
UTC = ZoneInfo("UTC")
ACCOUNT = Account(
    user_id=1, account_id=1, name="creator", source="sample", read_from=None, external_id=None,
    handle=None, rounded=False, paused=False, blocked=False, time_zone=None, cadence="nightly",
    created_at=0, revision=0, attempted_at=None, failures=0, last_error=None, planned_seconds=None,
)  # fmt: skip
ABOUT = AboutVideo(7, 1, "7554971395553052634", "Soup", None, None, None, NOW - 30 * DAY)

ESTIMATES: tuple[Estimate, ...] = ("interpolated", "carried", "resolution")


def grown(gain: int, base: int = 1_000_000, resolution: int = 0, **more: Any) -> Growth:
    """A growth from ``base``, exact unless ``more`` says otherwise."""
    blur = resolution**2
    book = Ledger(current=base + gain, previous=base, like_for_like=gain, blur_squared=blur)
    growth = Growth(
        "views", WINDOW, base + gain, base, gain, base, low=gain, high=gain, resolution=resolution,
        coverage=1.0, ledger=book, line="like_for_like",
    )  # fmt: skip
    return replace(growth, **more)


KINDS = {
    "plain": grown(2_204_508, 20_000_000),
    "zero": grown(0),
    "negative": grown(-1_534),
    "next to nothing": grown(3, 90_000_000),
    "huge": grown(2**52, 2**52),
    "a new video": grown(8_000, 0, line="published"),
    "below the resolution": grown(40_000, 9_000_000, 100_000, estimated=("resolution",)),
    "none that could be told": grown(0, 9_000_000, 100_000, estimated=("resolution",)),
    "estimated": grown(5_000, low=4_100, high=6_200, estimated=("interpolated", "carried")),
}
KINDS |= {
    code: Growth("views", WINDOW, 1_234, reason=Reason(code), line=None)
    for code in get_args(ReasonCode)
}
KINDS |= {
    "from nothing": grown(412, 0),
    "stale": grown(412, stale_since=NOW - 5 * DAY),
    "stale and estimated": grown(
        9, low=3, high=14, estimated=("interpolated",), stale_since=NOW - 5 * DAY
    ),
    "sure enough, with a range": grown(5_000, low=4_900, high=5_200),
    "of several accounts": grown(
        412, accounts=3, before=100, comparable=150, comparable_accounts=1
    ),
    "of several, one of them stale": grown(412, accounts=3, stale_since=NOW - 5 * DAY),
    "not ready": Growth("views", WINDOW, 1_234, reason=Reason("not_ready", NOW + 3 * DAY)),
    "needs a newer snapshot": Growth("views", WINDOW, 9, reason=Reason("not_ready", NOW - DAY)),
}
SINCE = grown(412, window=Window(NOW - 19 * HOUR, NOW))
KINDS |= {
    "not ready, and what is known": replace(KINDS["not ready"], since_tracking=SINCE),
    "of several, none of them ready": replace(
        KINDS["not ready"], since_tracking=replace(SINCE, accounts=2)
    ),
    "not ready, and less known than the source rounds off": replace(
        KINDS["not ready"], since_tracking=replace(SINCE, resolution=100_000)
    ),
}


def overview_of(growth: Growth) -> Overview:
    """An account of which every counter, and the one video behind it, grew like this."""
    row = VideoRow(ACCOUNT, ABOUT, growth.line, dict.fromkeys(VIDEO_METRICS, growth), [])
    return Overview(
        WEEK, UTC, NOW, [ACCOUNT], ACCOUNT, WINDOW, History(9, 0, NOW), 1,
        {name: Card(growth, []) for name in COUNTERS},
        dict.fromkeys(COUNTERS, Curve([], [])), [row], stale=False,
    )  # fmt: skip


def text_of(html: str) -> str:
    return _spaced(unescape(re.sub(r"<[^>]+>", " ", html)))


def _spaced(text: str) -> str:
    """``text`` with single spaces; one that does not break is none of them."""
    return re.sub(r"[ \n]+", " ", text).strip()


def card_of(html: str) -> str:
    """The card of views, as a reader hears it."""
    (card,) = re.findall(r'<section[^>]*data-counter="views".*?</section>', html, re.DOTALL)
    return text_of(card)


def story_of(growth: Growth) -> VideoView:
    nothing: Mapping[str, list[Any]] = {metric: [] for metric in VIDEO_METRICS}
    return VideoView(
        ACCOUNT, 7, ABOUT, [], {**nothing, "views": [(NOW, 1_234)]}, nothing, nothing, WINDOW,
        dict.fromkeys(VIDEO_METRICS, growth), None, WEEK, UTC, nothing,
    )  # fmt: skip


@pytest.fixture(params=KINDS.values(), ids=list(KINDS))
def growth(request: pytest.FixtureRequest) -> Growth:
    kind: Growth = request.param
    return kind


def sentences(growth: Growth) -> list[str]:
    """What must be told beside the figures: doubts and reasons."""
    doubts = wording.doubts(growth, NOW)
    why, no_percentage = wording.reason(growth, WEEK, UTC, NOW), wording.no_percentage(growth)
    between = "" if growth.growth is None else wording.bounds(growth)
    every = doubts.sentence if doubts else "", why, no_percentage, between
    return [sentence for sentence in every if sentence]


def marks(growth: Growth) -> str:
    """All that a number is marked with, in the order of the contract."""
    stale = growth.stale_since is not None
    return ", ".join(["estimated"] * bool(growth.estimated) + ["stale"] * stale)


def test_on_a_card(growth: Growth) -> None:
    card = card_of(growth_cards(overview_of(growth)))
    assert f" {wording.headline(growth)} " in f" {card} "
    assert wording.percentage(growth) in card
    assert marks(growth) in card
    assert all(sentence in card for sentence in sentences(growth))
    assert ("%" in card) == bool(wording.percentage(growth))


def test_on_the_page_of_a_video(growth: Growth) -> None:
    card = card_of(video_cards(story_of(growth), NOW // 60))
    assert f" {wording.gain(growth)} " in f" {card} "
    assert wording.percentage(growth) in card
    assert marks(growth) in card
    assert all(sentence in card for sentence in sentences(growth))
    assert ("%" in card) == bool(wording.percentage(growth))


def test_among_the_videos_behind_the_views(growth: Growth) -> None:
    assert wording.gain(growth) in text_of(top_videos(overview_of(growth)))


def test_in_the_table_of_videos(growth: Growth) -> None:
    row = VideoRow(ACCOUNT, ABOUT, growth.line, dict.fromkeys(VIDEO_METRICS, growth), [])
    table = VideoTable(WEEK, {"creator": WINDOW}, True, [row])
    show: Show = "removed" if growth.line == "removed" else "all"
    html = videos_html(table, Selection(show=show), 1, (), VIDEO_METRICS, False, NOW // 60)
    cells = [text_of(cell) for cell in re.findall(r"<td.*?</td>", html.partition("<tbody>")[2])]
    assert cells[1] == tables.aligned_gain(growth)
    assert cells[3] == tables.growth_in_a_row(growth)
    if growth.growth is None or growth.below_resolution:
        assert cells[1] == wording.gain(growth)


def test_in_the_shell(growth: Growth, capsys: pytest.CaptureFixture[str]) -> None:
    print_growth(overview_of(growth))
    said = _spaced(capsys.readouterr().out)
    (line,) = re.findall(r"\bviews .*?(?= likes )", said)
    assert f" {wording.gain(growth)} " in f"{line} "
    assert ("%" in line) == bool(wording.percentage(growth))
    assert wording.percentage(growth) in line
    # What counters share is said once: how old they are, and why there is no number yet.
    known, since = wording.since_tracking(growth.since_tracking), growth.stale_since
    stale = "" if since is None else wording.stale_sentence(since, NOW)
    own = [each.removesuffix(f" {known}.").removesuffix(stale) for each in sentences(growth)]
    assert all(part.strip() in said for part in (*own, known, stale))


def test_what_all_counters_share_is_said_once_in_the_shell(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for kind in ("stale and estimated", "not ready, and what is known"):
        growth = KINDS[kind]
        print_growth(overview_of(growth))
        said = capsys.readouterr().out
        shared = [wording.estimate(growth), wording.reason(growth, WEEK, UTC, NOW).split(" +")[0]]
        if growth.stale_since is not None:
            shared.append(wording.stale_sentence(growth.stale_since, NOW))
        assert {said.count(sentence) for sentence in shared if sentence} == {1}


def test_the_ends_of_a_range_have_no_more_digits_than_it_can_vouch_for() -> None:
    ranges = [(1_916_931, 2_398_332), (7_950, 8_050), (35_394, 42_909), (-12, 345), (99, 101)]
    growths = [Growth("views", WINDOW, growth=low, low=low, high=high) for low, high in ranges]
    assert [wording.bounds(growth).split("between ")[1] for growth in growths] == [
        "+1,910,000 and +2,400,000, 9 times in 10.",
        "+7,950 and +8,050, 9 times in 10.",
        "+35,300 and +43,000, 9 times in 10.",
        "\N{MINUS SIGN}20 and +350, 9 times in 10.",
        "+99 and +101, 9 times in 10.",
    ]


def test_below_the_resolution_nothing_is_compared_either() -> None:
    growth = Growth("views", WINDOW, growth=40_000, before=90_000, resolution=100_000)
    assert (growth.change, wording.comparison(growth)) == (None, "< 100K in")
    assert wording.comparison(replace(growth, before=900_000)) == "+900K in"


def test_in_the_api(growth: Growth) -> None:
    document = json_object(documents.Growth.of(overview_of(growth)))["growth"]["views"]
    assert document["growth"] == growth.growth
    assert document["texts"]["gain"] == wording.gain(growth)
    assert document["texts"]["percentage"] == wording.percentage(growth)
    assert (document["percentage"] is None) == (not wording.percentage(growth))
    texts = document["texts"]
    told = [texts["doubts"], document["message"], texts["no_percentage"], texts["range"]]
    assert [text for text in told if text] == sentences(growth)
    assert document["no_percentage"] == growth.no_percentage
    known, since = growth.since_tracking, document["since_tracking"]
    assert (known is None) == (since is None)
    assert since is None or (since["growth"], since["text"]) == (
        412,
        wording.since_tracking(known, named=True),
    )


def test_in_the_api_among_the_videos(growth: Growth) -> None:
    row = VideoRow(ACCOUNT, ABOUT, growth.line, dict.fromkeys(VIDEO_METRICS, growth), [])
    table = VideoTable(WEEK, {"creator": WINDOW}, True, [row])
    document = json_object(Video.of(table, row))
    for metric in VIDEO_METRICS:
        assert document["growth"][metric] == growth.growth
        assert document["texts"][metric] == wording.gain(growth)
        assert document["resolution"][metric] == growth.resolution
        assert document["estimated"][metric] == [*growth.estimated]
        assert document["range"][metric] == (growth.range and [*growth.range])


def test_what_is_known_stands_beside_the_reason_wherever_there_is_one() -> None:
    growth = KINDS["not ready, and what is known"]
    assert wording.since_tracking(growth.since_tracking) == "+412 since tracking began, 19 h"
    assert wording.reason(growth, WEEK, UTC, NOW) == (
        "7-day growth will be ready on 5 Feb, 02:40, with the first snapshot from then on. "
        "+412 since tracking began, 19 h."
    )
    for card in (growth_cards(overview_of(growth)), video_cards(story_of(growth), NOW // 60)):
        visible = re.sub(r'<span class="tg-hint".*?</span>', "", card)
        assert "+412 since tracking began, 19 h" in text_of(visible)


def test_of_several_accounts_it_says_how_long_at_most() -> None:
    known = KINDS["of several, none of them ready"].since_tracking
    assert wording.since_tracking(known) == "+412 since tracking began, up to 19 h"


def test_a_comparison_says_of_how_many_accounts_it_is() -> None:
    words = wording.in_full(KINDS["of several accounts"], WEEK)
    assert "The 7 days before, known for 1 of 3 accounts: +100, and +150 now." in words


@pytest.mark.parametrize(
    ("gain", "before", "words", "sentence"),
    [
        (0, 200_000, "+200K in", "< 100,000 in 7 days, to 9,000,000. The 7 days before: +200,000."),
        (0, 0, "< 100K in", "< 100,000 in 7 days, to 9,000,000. The 7 days before: < 100,000."),
        (400_000, 300_000, "+300K in", "+400,000 in 7 days"),
        (400_000, 200_000, "2.0×", "+400,000 in 7 days"),
    ],
)
def test_what_the_source_rounds_off_is_no_change_against_the_period_before(
    gain: int, before: int, words: str, sentence: str
) -> None:
    growth = grown(gain, 9_000_000, 100_000, before=before)
    assert wording.comparison(growth) == words
    assert (growth.change is None) == words.endswith("in")
    assert sentence in wording.in_full(growth, WEEK)


def test_below_the_resolution_nothing_is_shown_as_zero() -> None:
    for name in ("below the resolution", "none that could be told"):
        assert wording.gain(KINDS[name]) == "< 100K"
        assert wording.percentage(KINDS[name]) == ""
