"""Reading a TikTok account through its Display API, against a fake that speaks it."""

import json
from typing import Any

import pytest

from snapshot_core.errors import SourceError
from snapshot_core.readings import VideoReading
from snapshot_core.sources.contract import Listing
from snapshot_core.sources.http_client import MAX_WAIT_SECONDS
from snapshot_core.sources.tiktok.source import MAX_PAGES_WITHOUT_NEWS
from tests.fakes.installation import Clock, Installation
from tests.fakes.scripted import LOST, RESET, Said
from tests.fakes.tiktok import TikTok
from tests.fakes.tiktok_world import Video, person


def read(
    here: Installation, scope: Any = "complete", **options: Any
) -> tuple[Listing, list[VideoReading]]:
    with here.reading(scope, **options) as listing:
        return listing, list(listing.videos)


def post(here: Installation, videos: int, apart: int = 86_400) -> None:
    """Give the person so many videos, the newest an hour old."""
    newest = here.clock() - 3_600
    ats = [newest - number * apart for number in range(videos)]
    here.fake.people[0].videos = [Video(str(at << 32), at, 3) for at in ats]


def lists(fake: TikTok) -> int:
    return len(fake.called("video/list"))


def test_what_tiktok_states_is_what_is_read(here: Installation) -> None:
    listing, videos = read(here)
    stated = [video.shown(here.clock()) for video in here.fake.people[0].listed()]
    assert [
        (v.platform_id, *v.counts[:4], v.title, v.published_at)
        for v in videos
    ] == [
        (
            v["id"], v["view_count"], v["like_count"], v["comment_count"], v["share_count"],
            v["title"], v["create_time"],
        )
        for v in stated
    ]  # fmt: skip
    assert videos[0].cover_url == stated[0]["cover_image_url"]
    assert videos[0].share_url == stated[0]["share_url"]
    assert videos[0].duration == 21
    profile = listing.profile
    assert (profile.followers, profile.following, profile.likes) == (5_400, 88, 91_000)
    assert profile.videos == 3
    assert listing.walked_to_end
    assert listing.notices == []
    assert listing.external_id == "-000open1"


def test_500_videos_are_25_calls_of_the_list(here: Installation) -> None:
    post(here, 500)
    listing, videos = read(here)
    assert len({video.platform_id for video in videos}) == 500
    assert listing.walked_to_end
    assert lists(here.fake) == 25
    assert {call.body["max_count"] for call in here.fake.called("video/list")} == {20}
    assert not here.fake.called("video/query")


def test_short_pages_are_walked_on(here: Installation) -> None:
    post(here, 50)
    here.fake.page_limit = 7
    listing, videos = read(here)
    assert len(videos) == 50
    assert listing.walked_to_end


def test_an_account_without_videos_is_read_to_its_end(here: Installation) -> None:
    post(here, 0)
    here.fake.mangle["video/list"] = lambda said: without(said, "data", "videos")
    listing, videos = read(here)
    assert videos == []
    assert listing.walked_to_end


def test_what_is_listed_twice_is_read_once(here: Installation) -> None:
    post(here, 45)

    def twice(said: dict[str, Any]) -> dict[str, Any]:
        said["data"]["videos"] *= 2
        return said

    here.fake.mangle["video/list"] = twice
    assert len(read(here)[1]) == 45


def test_a_cursor_that_stands_still_ends_a_list_that_was_all_told(here: Installation) -> None:
    post(here, 40)
    here.fake.stuck_at = 40
    listing, videos = read(here)
    assert len(videos) == 40
    assert listing.walked_to_end
    assert listing.notices == []


def test_a_cursor_that_stands_still_too_early_is_told(here: Installation) -> None:
    post(here, 60)
    here.fake.stuck_at = 40
    listing, videos = read(here)
    assert len(videos) == 40
    assert not listing.walked_to_end
    assert listing.notices == ["TikTok stopped listing after 40 of 60 videos."]
    assert not here.fake.called("video/query")


@pytest.mark.parametrize("cursor", [None, "later", {}, 1.5])
def test_more_without_a_cursor_ends_the_list(here: Installation, cursor: Any) -> None:
    def lose(said: dict[str, Any]) -> dict[str, Any]:
        said["data"] |= {"cursor": cursor, "has_more": True}
        return said

    here.fake.mangle["video/list"] = lose
    listing, videos = read(here)
    assert len(videos) == 3
    assert listing.walked_to_end  # all three that TikTok says there are
    assert lists(here.fake) == 1


def test_cursors_that_go_in_a_circle_end_the_list(here: Installation) -> None:
    def circle(said: dict[str, Any]) -> dict[str, Any]:
        said["data"] |= {"cursor": 1_000 + lists(here.fake) % 3, "has_more": True}
        return said

    here.fake.mangle["video/list"] = circle
    assert len(read(here)[1]) == 3
    assert lists(here.fake) == 4


def test_a_list_that_tells_nothing_new_for_long_is_left(here: Installation) -> None:
    def endless(said: dict[str, Any]) -> dict[str, Any]:
        said["data"] |= {"cursor": lists(here.fake), "has_more": True}
        return said

    here.fake.mangle["video/list"] = endless
    assert len(read(here)[1]) == 3
    assert lists(here.fake) == MAX_PAGES_WITHOUT_NEWS + 1


def test_recent_reads_the_newest_page_only(here: Installation) -> None:
    post(here, 100)
    listing, videos = read(here, "recent")
    assert [video.published_at for video in videos] == [
        video.published_at for video in here.fake.people[0].listed()[:20]
    ]
    assert not listing.walked_to_end
    assert lists(here.fake) == 1
    assert not here.fake.called("user/info")


def test_recent_is_one_page_of_who_posts_a_lot_too(here: Installation) -> None:
    post(here, 300, apart=600)
    listing, videos = read(here, "recent")
    assert len(videos) == 20
    assert not listing.walked_to_end
    assert lists(here.fake) == 1


def test_a_video_that_left_the_list_is_asked_for(here: Installation) -> None:
    post(here, 10)
    here.take()
    mara = here.fake.people[0]
    mara.videos[3].listed = False
    mara.videos[4].there = False
    here.clock.now += 86_400
    listing, videos = read(here)
    ids = [video.platform_id for video in videos]
    assert mara.videos[3].id in ids
    assert mara.videos[4].id not in ids
    assert videos[-1].count("views") == mara.videos[3].shown(here.clock())["view_count"]
    assert listing.notices == ["1 video left the public list but can still be read."]
    assert listing.walked_to_end
    asked = [call.body["filters"]["video_ids"] for call in here.fake.called("video/query")]
    assert sorted(asked[0]) == sorted([mara.videos[3].id, mara.videos[4].id])

    read(here, "recent")
    assert len(here.fake.called("video/query")) == 1


def test_many_that_left_are_asked_for_in_twenties_and_not_without_end(here: Installation) -> None:
    post(here, 260)
    here.take()
    here.clock.now += 86_400
    for video in here.fake.people[0].videos[10:]:
        video.listed = False
    _, videos = read(here)
    assert [len(c.body["filters"]["video_ids"]) for c in here.fake.called("video/query")] == [
        20
    ] * 10
    assert len(videos) == 210


def test_where_asking_fails_the_list_is_whole_all_the_same(here: Installation) -> None:
    post(here, 10)
    here.take()
    here.clock.now += 86_400
    here.fake.people[0].videos[3].listed = False
    here.fake.script("video/query", "invalid_params")
    listing, videos = read(here)
    assert len(videos) == 9
    assert listing.walked_to_end
    assert "is unknown. TikTok refused to answer video/query (invalid_params)" in listing.notices[0]


def test_a_token_that_ends_in_the_middle_is_renewed_and_the_walk_goes_on(
    here: Installation,
) -> None:
    post(here, 60)
    with here.reading() as listing:
        first = next(listing.videos)
        before = set(here.fake.access)
        here.fake.access.clear()
        rest = list(listing.videos)
    assert len({first.platform_id, *(video.platform_id for video in rest)}) == 60
    assert listing.walked_to_end
    assert len(here.fake.called("oauth/token")) == 2
    assert not before & set(here.fake.access)


def test_a_new_token_that_is_rejected_too_is_for_the_user_to_mend(here: Installation) -> None:
    here.fake.script("user/info", *["access_token_invalid"] * 2)
    with pytest.raises(SourceError, match="Connect the account again") as raised:
        read(here)
    assert raised.value.permanent
    assert len(here.fake.called("user/info")) == 2
    assert len(here.fake.called("oauth/token")) == 2


def test_an_access_taken_back_is_for_the_user_to_mend(here: Installation) -> None:
    here.fake.end_consent(here.fake.people[0])
    with pytest.raises(SourceError, match="Connect the account again") as raised:
        read(here)
    assert raised.value.permanent


@pytest.mark.parametrize("code", ["scope_not_authorized", "scope_permission_missed"])
def test_videos_that_may_not_be_listed_are_for_the_user_to_mend(
    here: Installation, code: str
) -> None:
    here.fake.script("video/list", code)
    with pytest.raises(SourceError, match="leave every box ticked") as raised:
        read(here)
    assert raised.value.permanent
    assert len(here.fake.called("oauth/token")) == 1  # another token would not help


@pytest.mark.parametrize("how", ["unticked", "not of the app"])
def test_without_statistics_videos_are_read_and_followers_unknown(
    here: Installation, how: str
) -> None:
    if how == "unticked":
        here.connect(untick=["user.info.stats"])
    else:
        here.fake.app_scopes -= {"user.info.stats"}
    listing, videos = read(here)
    assert len(videos) == 3
    assert listing.walked_to_end
    assert (listing.profile.followers, listing.profile.videos) == (None, None)
    assert "Followers are unknown" in listing.notices[0]
    assert listing.external_id == "-000open1"


def test_without_anything_of_the_person_videos_are_read(here: Installation) -> None:
    here.connect(untick=["user.info.stats", "user.info.basic", "user.info.profile"])
    listing, videos = read(here)
    assert len(videos) == 3
    assert listing.external_id is None


def test_tokens_of_another_account_are_refused(here: Installation) -> None:
    here.fake.present = person(2, 5, here.clock())
    here.connect()
    with pytest.raises(SourceError, match="mara was connected as another TikTok account") as raised:
        read(here, external_id="-000open1")
    assert raised.value.permanent


def test_a_full_window_is_waited_out_as_told(here: Installation, clock: Clock) -> None:
    post(here, 100)
    here.fake.script("video/list", Said(b"{}", 429, {"retry-after": "13"}))
    before = clock.now
    listing, videos = read(here)
    assert len(videos) == 100
    assert listing.walked_to_end
    assert 13 <= clock.now - before < 20


def test_a_full_window_that_only_the_body_tells_is_waited_out(
    here: Installation, clock: Clock
) -> None:
    body = {"data": {}, "error": {"code": "rate_limit_exceeded", "message": "", "log_id": ""}}
    here.fake.script("video/list", Said(json.dumps(body).encode()))
    before = clock.now
    assert len(read(here)[1]) == 3
    assert 60 <= clock.now - before < 70


def test_a_wait_of_hours_ends_the_capture_and_is_kept_by_the_next(
    here: Installation, clock: Clock
) -> None:
    here.fake.script("video/list", Said(b"{}", 429, {"retry-after": "7200"}))
    before = clock.now
    for _ in range(2):
        with pytest.raises(SourceError, match="allows no more calls for now") as raised:
            read(here)
        assert not raised.value.permanent
    assert clock.now - before < MAX_WAIT_SECONDS
    assert lists(here.fake) == 1
    clock.now += 7_200
    assert len(read(here)[1]) == 3


@pytest.mark.parametrize("header", ["soon", "", "nan", "inf", "-5", "1e300", "Wed, 99 Foo"])
def test_an_odd_wait_is_no_crash(here: Installation, header: str) -> None:
    here.fake.script("video/list", Said(b"{}", 429, {"retry-after": header}))
    if header == "1e300":
        with pytest.raises(SourceError, match="allows no more calls"):
            read(here)
    else:
        assert len(read(here)[1]) == 3


def test_the_fake_counts_calls_in_a_sliding_window(here: Installation) -> None:
    here.fake.limit = 4
    post(here, 200)
    listing, videos = read(here)
    assert len(videos) == 200
    assert listing.walked_to_end
    assert here.fake.sent_away  # the real limit is higher, and not met


def test_faults_of_the_platform_and_the_network_are_tried_again(here: Installation) -> None:
    faults = Said(b"<html>", 502), RESET, LOST
    here.fake.script("video/list", *faults)
    here.fake.script("user/info", "internal_error", Said(b"{"), Said(cut_at=20))
    assert len(read(here)[1]) == 3


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Said(b"<html>", 503), "fault of its own (HTTP 503)"),
        (RESET, "cannot be reached"),
        (Said(b"<html>"), "not the one it documents"),
        ("internal_error", "fault of its own"),
    ],
)
def test_faults_that_last_end_the_walk_until_the_next_tick(
    here: Installation, fault: Any, sentence: str
) -> None:
    here.fake.script("video/list", *[fault] * 4)
    with pytest.raises(SourceError) as raised:
        read(here)
    assert sentence in str(raised.value)
    assert str(raised.value).endswith("It will be tried again.")
    assert not raised.value.permanent


@pytest.mark.parametrize("code", ["invalid_params", "something_new", "<b>bold</b>"])
def test_an_error_that_is_not_known_is_tried_at_the_next_tick(
    here: Installation, code: str
) -> None:
    here.fake.script("video/list", code)
    with pytest.raises(SourceError, match="refused to answer video/list") as raised:
        read(here)
    assert not raised.value.permanent
    assert "<" not in str(raised.value)


def test_what_is_not_clearly_a_number_is_unknown(here: Installation) -> None:
    odd = {
        "view_count": None, "like_count": "12", "comment_count": 1.5, "share_count": True,
        "cover_image_url": "http://p16.example/a.jpeg", "title": "", "duration": -4,
        "create_time": "yesterday",
    }  # fmt: skip

    def replace(said: dict[str, Any]) -> dict[str, Any]:
        said["data"]["videos"][0] |= odd
        return said

    here.fake.mangle["video/list"] = replace
    video = read(here)[1][0]
    assert video.counts[:4] == (None, 12, None, None)
    assert (video.cover_url, video.duration, video.published_at) == (None, None, None)
    assert video.title == "Potatoes in a bucket #balcony"


def test_titles_keep_their_emoji_and_lose_control_characters(here: Installation) -> None:
    farmer = "\U0001f469\u200d\U0001f33e"
    here.fake.people[0].videos[0].title = f"a\nb\0c {farmer} \U0001f33b"
    assert read(here)[1][0].title == f"a b c {farmer} \U0001f33b"


def test_a_video_without_an_id_makes_the_list_less_than_whole(here: Installation) -> None:
    here.fake.mangle["video/list"] = lambda said: without(said, "data", "videos", 1, "id")
    listing, videos = read(here)
    assert len(videos) == 2
    assert not listing.walked_to_end
    assert listing.notices == ["TikTok listed 1 without an id: left out."]


@pytest.mark.parametrize("name", ["videos", "has_more"])
def test_a_page_without_its_parts_is_no_end_of_the_list(here: Installation, name: str) -> None:
    here.fake.mangle["video/list"] = lambda said: without(said, "data", name)
    with pytest.raises(SourceError, match="not the one it documents"):
        read(here)


def test_a_failure_in_the_middle_keeps_what_came_before(here: Installation) -> None:
    post(here, 60)
    here.fake.script("video/list", Said(), Said(), *[Said(b"", 500)] * 4)
    with pytest.raises(SourceError, match="HTTP 500"):
        here.take()
    with here.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT status, video_count, message FROM captures").all()
    status, count, message = rows[0]
    assert (status, count) == ("partial", 40)
    assert "TikTok has a fault of its own (HTTP 500)" in message


def without(said: dict[str, Any], *path: Any) -> dict[str, Any]:
    """``said`` without what stands at ``path``."""
    place: Any = said
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return said
