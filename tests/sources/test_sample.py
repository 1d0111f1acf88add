"""The story the sample account tells, whenever it is first started."""

from base64 import b64decode
from datetime import UTC, datetime
from itertools import pairwise
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshot_core.growth.acceptance import is_steep_fall
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.readings import VideoReading
from snapshot_core.sources.contract import AccountRef
from snapshot_core.sources.sample import ACCOUNT_NAME, Sample, nights_to_backfill
from snapshot_core.windows import DAY, HOUR, instant, local_days, midnight

ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata")]

births = st.integers(
    instant(datetime(2024, 1, 1, tzinfo=UTC)), instant(datetime(2036, 1, 1, tzinfo=UTC))
)
moments = st.integers(-120 * DAY, 400 * DAY)
quick = settings(max_examples=40)


def account(born: int) -> AccountRef:
    return AccountRef(1, 1, ACCOUNT_NAME, None, born)


def read(born: int, after: int = 0) -> dict[str, VideoReading]:
    """The videos listed ``after`` seconds from the account's making, by id, newest first."""
    videos = Sample().read(account(born), "complete", born + after).videos
    return {video.platform_id: video for video in videos}


def views(born: int, after: int = 0) -> dict[str, int]:
    return {each: video.count("views") or 0 for each, video in read(born, after).items()}


@given(births, moments)
def test_the_same_question_has_the_same_answer(born: int, after: int) -> None:
    assert read(born, after) == read(born, after)


@given(births)
def test_it_starts_with_a_full_first_screen(born: int) -> None:
    videos = list(read(born).values())
    assert 24 <= len(videos) <= 40
    assert all(video.title and len(video.title) <= 40 for video in videos)
    assert len({video.title for video in videos}) == len(videos)
    assert [video.published_at for video in videos] == sorted(
        (video.published_at or 0 for video in videos), reverse=True
    )


@given(births, moments)
def test_every_counter_is_known_and_in_proportion(born: int, after: int) -> None:
    for video in read(born, after).values():
        assert None not in video.counts[:4]
        assert (
            (video.count("comments") or 0)
            <= (video.count("likes") or 0)
            <= (video.count("views") or 0)
        )
        assert (video.count("shares") or 0) <= (video.count("likes") or 0)
        if (video.count("views") or 0) > 5_000:
            assert 0.03 < (video.count("likes") or 0) / (video.count("views") or 1) < 0.2


@quick
@given(births, moments, st.integers(60, 3 * DAY))
def test_counters_fall_only_where_the_platform_corrected_them(
    born: int, after: int, step: int
) -> None:
    before, later = read(born, after), read(born, after + step)
    for each in before.keys() & later.keys():
        for metric in Sample.metrics.keys() & set(VIDEO_METRICS):
            count_then, count_now = before[each].count(metric), later[each].count(metric)
            assert count_then is not None
            assert count_now is not None
            if count_now < count_then:
                assert metric == "views"
                assert after <= -5 * DAY <= after + step


@given(births)
def test_one_video_was_posted_today(born: int) -> None:
    new = [video for video in read(born).values() if born - DAY < (video.published_at or 0)]
    assert len(new) == 1
    assert (new[0].count("views") or 0) > 5_000


@given(births)
def test_one_video_took_off_within_the_last_seven_days(born: int) -> None:
    now, week_ago = views(born), views(born, -7 * DAY)
    gains = sorted(now[each] - week_ago[each] for each in now.keys() & week_ago.keys())
    assert gains[-1] > 500_000
    assert gains[-1] > 10 * gains[-2]


@given(births)
def test_one_video_left_the_list_ten_days_ago(born: int) -> None:
    gone = [read(born, -11 * DAY).keys() - read(born, back * DAY).keys() for back in (-9, 0, 300)]
    assert [len(each) for each in gone] == [1, 1, 1]


@given(births)
def test_one_video_was_corrected_five_days_ago_and_no_reading_is_held_back(born: int) -> None:
    nights = [views(born, -night * DAY) for night in range(8, 0, -1)]
    falls = [
        (before[each], after[each])
        for before, after in pairwise(nights)
        for each in before.keys() & after.keys()
        if after[each] < before[each]
    ]
    assert len(falls) == 1
    before, after = falls[0]
    assert not is_steep_fall(after, before)


@pytest.mark.parametrize("zone", ZONES, ids=str)
@given(born=births)
def test_ninety_nights_are_filled_in_and_one_of_them_was_missed(born: int, zone: ZoneInfo) -> None:
    nights = nights_to_backfill(born, zone)
    first, last = nights[0], nights[-1]
    midnights = [day.start for day in local_days(first, last, zone)]
    missed = set(midnights) - set(nights)
    assert len(nights) == 89
    assert len(midnights) == 90
    assert nights == sorted(set(nights) & set(midnights))
    assert last < born <= last + 25 * HOUR
    assert len(missed) == 1
    # Inside the last 30 days, outside the last 7.
    assert 7 * DAY < born - missed.pop() < 30 * DAY


def test_an_account_made_at_midnight_has_its_baseline_then_and_the_nights_before() -> None:
    born = midnight(datetime(2026, 11, 22, tzinfo=UTC).date(), ZONES[1])
    assert born - nights_to_backfill(born, ZONES[1])[-1] == DAY


@given(births)
def test_there_is_enough_past_for_every_period_and_the_one_before(born: int) -> None:
    now, month, two_months = (views(born, -days * DAY) for days in (0, 30, 60))
    assert len(read(born, -90 * DAY)) >= 8
    assert sum(now.values()) > sum(month.values()) > sum(two_months.values())
    assert born - nights_to_backfill(born, ZoneInfo("UTC"))[0] > 60 * DAY


@given(births, st.integers(0, 365 * DAY), st.integers(5, 15))
def test_a_click_some_minutes_later_moves_the_numbers(born: int, after: int, minutes: int) -> None:
    before, later = views(born, after), views(born, after + minutes * 60)
    gained = sum(later.values()) - sum(before.values())
    assert 10 <= gained <= 30_000


@given(births, st.integers(-60, 365))
def test_one_or_two_posts_a_week_keep_coming(born: int, week: int) -> None:
    start, end = born + week * DAY, born + (week + 8) * DAY
    posted = [
        video
        for video in read(born, (week + 8) * DAY).values()
        if start < (video.published_at or 0) <= end
    ]
    assert 1 <= len(posted) <= 3


@given(births, st.integers(0, 300))
def test_old_videos_flatten_and_the_first_days_are_the_strongest(born: int, day: int) -> None:
    oldest = list(read(born))[-6:]
    then, now, soon = (views(born, after * DAY) for after in (day, day + 30, day + 60))
    for each in oldest:
        assert soon[each] - now[each] < 0.1 * now[each]
        assert soon[each] - now[each] <= 1.1 * (now[each] - then[each])


@given(births, st.integers(-90, 365))
def test_an_evening_is_busier_than_a_morning(born: int, day: int) -> None:
    midday = (day * DAY) + (12 * HOUR - born) % DAY
    morning, noon, evening = (views(born, midday + hours * HOUR) for hours in (-12, 0, 12))
    flat = [
        each
        for each, video in read(born, midday - 12 * HOUR).items()
        if _is_old(video, midday, born)
    ]
    assert flat
    by_noon = sum(noon[each] - morning[each] for each in flat if each in noon)
    by_night = sum(evening[each] - noon[each] for each in flat if each in evening)
    assert by_night > by_noon


def _is_old(video: VideoReading, after: int, born: int) -> bool:
    return born + after - (video.published_at or 0) > 60 * DAY


@given(births)
def test_followers_grow_and_now_and_then_fall_a_little(born: int) -> None:
    daily = [
        Sample().read(account(born), "complete", born + day * DAY).profile.followers or 0
        for day in range(-90, 1)
    ]
    steps = [after - before for before, after in pairwise(daily)]
    assert 175_000 < daily[-1] < 190_000
    assert daily[0] < daily[-31] < daily[-1]
    assert 5 < sum(step < 0 for step in steps) < 40
    assert min(steps) > -0.005 * daily[0]


@given(births, moments)
def test_the_profile_agrees_with_the_list(born: int, after: int) -> None:
    profile = Sample().read(account(born), "complete", born + after).profile
    videos = read(born, after).values()
    assert profile.videos == len(videos)
    assert profile.likes == sum(video.count("likes") or 0 for video in videos)


@given(births)
def test_a_recent_listing_holds_what_still_moves_and_says_that_it_stopped(born: int) -> None:
    listing = Sample().read(account(born), "recent", born)
    recent = {video.platform_id: video.count("views") or 0 for video in listing.videos}
    day_ago, now = views(born, -DAY), views(born)
    gains = {each: now[each] - day_ago.get(each, 0) for each in now}
    assert not listing.walked_to_end
    assert len(recent) < len(now) / 3
    assert sum(gains[each] for each in recent) > 0.8 * sum(gains.values())


def test_covers_are_small_pictures_that_need_no_network() -> None:
    for video in read(1_795_360_000, 300 * DAY).values():
        kind, _, data = (video.cover_url or "").partition(",")
        assert kind == "data:image/svg+xml;base64"
        assert len(video.cover_url or "") < 700
        picture = ElementTree.fromstring(b64decode(data))
        assert picture.tag.endswith("svg")
        assert "".join(picture.itertext()) == (video.title or "")[0]
        assert video.share_url is None


def test_ids_are_as_long_as_the_platforms_own() -> None:
    for each, video in read(1_795_360_000).items():
        assert int(each) > 2**53
        assert int(each) >> 32 == video.published_at
