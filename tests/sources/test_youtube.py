"""A YouTube channel, found and read over HTTP from a fake that speaks the Data API."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from starlette.responses import JSONResponse

from snapshot_core.capture.take import take
from snapshot_core.errors import InputError, NoSuchProfile, SourceError
from snapshot_core.sources.contract import AddressSource, Listing, SourceContext
from snapshot_core.sources.registry import load_settings
from snapshot_core.sources.youtube import answers
from snapshot_core.sources.youtube.settings import YouTubeSettings
from snapshot_core.sources.youtube.source import YouTube
from snapshot_core.store.accounts import account, accounts_of, identify
from snapshot_core.store.captures import history_of
from snapshot_core.store.database import Store
from snapshot_core.store.tables import captures, rate_limits
from tests.fakes.serve import serve
from tests.fakes.youtube import KEY, STATS, channel_with, refusal
from tests.fakes.youtube import YouTube as Fake
from tests.sources.reading import platforms, ref, source_context
from tests.support.staged import NOON, Hands, account_row, added, captures_of, installed

SOURCE = YouTube()


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    made = installed(sqlite_url)
    yield made
    made.close()


@pytest.fixture
def fake() -> Fake:
    return Fake(Hands(), channel_with(7, NOON))


@contextmanager
def reaching(fake: Fake, store: Store, url: str, **settings: str) -> Iterator[SourceContext]:
    with (
        serve(fake.app) as base,
        source_context(platforms(store, url, **fake.settings(base) | settings), SOURCE) as made,
    ):
        yield made


@pytest.fixture
def way(fake: Fake, store: Store, sqlite_url: str) -> Iterator[SourceContext]:
    with reaching(fake, store, sqlite_url) as made:
        yield made


def read(way: SourceContext, fake: Fake, scope: Any = "complete") -> Listing:
    return SOURCE.read(ref(way, external_id=fake.channels[0].id), scope, NOON)


class TestFinding:
    @pytest.mark.parametrize(
        "address",
        [
            "@creator",
            "creator",
            " @Creator ",
            "https://www.youtube.com/@creator",
            "youtube.com/@creator/shorts",
            "https://m.youtube.com/@creator?si=x#y",
            f"https://www.youtube.com/channel/UC{'c' * 22}",
            f"UC{'c' * 22}",
            "https://www.youtube.com/user/oldname",
        ],
    )
    def test_a_channel_is_found_however_it_is_written(
        self, way: SourceContext, fake: Fake, address: str
    ) -> None:
        fake.channels[0].username = "oldname"
        identity = SOURCE.look_up(address, way)
        assert (identity.external_id, identity.handle, identity.name) == (
            fake.channels[0].id,
            "creator",
            "A channel",
        )

    def test_a_link_of_a_video_leads_to_its_channel(self, way: SourceContext, fake: Fake) -> None:
        fake.channels[0].videos[0].id = "abcDEF12345"
        for link in ("youtu.be/abcDEF12345?si=1", "https://www.youtube.com/shorts/abcDEF12345"):
            identity = SOURCE.look_up(link, way)
            assert identity.external_id == fake.channels[0].id
            assert identity.profile.followers == 12_300
        with pytest.raises(NoSuchProfile, match="no such video"):
            SOURCE.look_up("https://youtu.be/nobodyHas01", way)

    def test_a_handle_may_be_of_any_script(self, way: SourceContext, fake: Fake) -> None:
        fake.channels[0].handle = "гончар"
        assert SOURCE.look_up("https://www.youtube.com/@%D0%B3%D0%BE%D0%BD%D1%87%D0%B0%D1%80", way)

    def test_a_handle_that_nobody_has_is_told(self, way: SourceContext) -> None:
        with pytest.raises(NoSuchProfile, match=r"no channel @nobody.*Check"):
            SOURCE.look_up("nobody", way)

    @pytest.mark.parametrize(
        ("address", "why"),
        [
            ("https://www.youtube.com/c/creator", "use the @handle"),
            ("https://www.youtube.com/watch?v=abc", "of no channel"),
            ("https://youtu.be/abc", "no address of a YouTube channel"),
            ("https://www.tiktok.com/@creator", "no address of a YouTube channel"),
            ("https://[::1", "no address of a YouTube channel"),
            ("two words", "is no handle"),
            ("", "is no handle"),
        ],
    )
    def test_what_is_no_channel_is_not_asked_for(
        self, way: SourceContext, fake: Fake, address: str, why: str
    ) -> None:
        with pytest.raises(InputError, match=why):
            SOURCE.look_up(address, way)
        assert fake.calls == []

    def test_without_a_key_it_says_which_setting_is_missing(
        self, fake: Fake, store: Store, sqlite_url: str
    ) -> None:
        with reaching(fake, store, sqlite_url, TRUEGROWTH_YOUTUBE_API_KEY="") as way:
            assert "TRUEGROWTH_YOUTUBE_API_KEY" in str(SOURCE.missing(way.settings))
            with pytest.raises(SourceError, match="TRUEGROWTH_YOUTUBE_API_KEY") as refused:
                SOURCE.look_up("@creator", way)
        assert refused.value.permanent
        assert isinstance(SOURCE, AddressSource)


class TestReading:
    def test_counters_and_texts_are_as_told(self, way: SourceContext, fake: Fake) -> None:
        listing = read(way, fake)
        assert (listing.profile.followers, listing.profile.videos) == (12_300, 7)
        first, *rest = listing.videos
        assert len(rest) == 6
        assert listing.walked_to_end
        assert listing.notices == []
        assert first.platform_id == "video-00000"
        assert first.counts[:4] == (100, 10, 1, None)
        assert first.published_at == NOON - 86_400
        assert (first.title, first.duration) == ("Video 0", 65)
        assert first.share_url == "https://www.youtube.com/watch?v=video-00000"
        assert str(first.cover_url).startswith("https://i.ytimg.com/")

    def test_500_videos_take_21_calls(self, way: SourceContext, fake: Fake) -> None:
        fake.channels[0] = channel_with(500, NOON)
        assert len(list(read(way, fake).videos)) == 500
        assert len(fake.calls) == 21
        assert (fake.quota, fake.stats_quota) == (10_000 - 11, 10_000 - 10)

    def test_numbers_have_turns_of_their_own(
        self, way: SourceContext, fake: Fake, store: Store
    ) -> None:
        list(read(way, fake).videos)
        with store.read() as connection:
            names = set(connection.scalars(select(rate_limits.c.endpoint)))
        assert names == {"youtube", f"youtube {STATS}"}

    def test_an_api_without_the_method_for_numbers_is_asked_once(
        self, way: SourceContext, fake: Fake
    ) -> None:
        fake.channels[0], fake.knows_stats = channel_with(120, NOON), False
        videos = list(read(way, fake).videos)
        assert len(videos) == 120
        assert videos[0].counts[:3] == (100, 10, 1)
        assert len(fake.asked(STATS)) == 1
        assert len(fake.asked("videos")) == 3

    def test_videos_that_fail_there_are_read_elsewhere(
        self, way: SourceContext, fake: Fake
    ) -> None:
        for video in fake.channels[0].videos[1:3]:
            video.stats_fail = True
        listing = read(way, fake)
        videos = list(listing.videos)
        assert [video.platform_id for video in videos] == [f"video-{n:05}" for n in range(7)]
        assert all(video.count("views") for video in videos)
        assert listing.walked_to_end
        assert listing.notices == []
        assert [params["id"] for params in fake.asked("videos")] == ["video-00001,video-00002"]

    def test_where_all_of_them_fail_nothing_is_lost(self, way: SourceContext, fake: Fake) -> None:
        for video in fake.channels[0].videos:
            video.stats_fail = True
        assert all(video.count("views") for video in read(way, fake).videos)

    def test_the_quota_of_numbers_may_end_by_itself(self, way: SourceContext, fake: Fake) -> None:
        fake.stats_quota = 0
        with pytest.raises(SourceError, match="midnight Pacific"):
            list(read(way, fake).videos)

    def test_short_pages_cost_no_more_calls_for_numbers(
        self, way: SourceContext, fake: Fake
    ) -> None:
        fake.channels[0], fake.page = channel_with(100, NOON), 7
        assert len({video.platform_id for video in read(way, fake).videos}) == 100
        assert [len(params["id"].split(",")) for params in fake.asked(STATS)] == [50, 50]

    def test_the_newest_ones_take_three_calls(self, way: SourceContext, fake: Fake) -> None:
        fake.channels[0] = channel_with(120, NOON)
        listing = read(way, fake, "recent")
        assert [v.platform_id for v in listing.videos] == [f"video-{n:05}" for n in range(50)]
        assert not listing.walked_to_end
        assert len(fake.calls) == 3

    def test_hidden_counts_are_unknown_and_not_zero(self, way: SourceContext, fake: Fake) -> None:
        fake.channels[0].hidden = True
        fake.channels[0].videos[0].hidden = frozenset({"likeCount", "commentCount"})
        listing = read(way, fake)
        first, second, *_ = listing.videos
        assert listing.profile.followers is None
        assert first.counts[:3] == (100, None, None)
        assert second.count("likes") is not None

    def test_a_listed_video_without_numbers_is_not_seen(
        self, way: SourceContext, fake: Fake
    ) -> None:
        fake.channels[0].videos[2].counted = False
        listing = read(way, fake)
        assert len(list(listing.videos)) == 6
        assert listing.walked_to_end
        assert "1 video without numbers (video-00002)" in listing.notices[0]

    def test_a_channel_that_never_uploaded_is_empty(self, way: SourceContext, fake: Fake) -> None:
        fake.channels[0] = replace(fake.channels[0], videos=[], has_uploads=False)
        listing = read(way, fake)
        assert list(listing.videos) == []
        assert listing.walked_to_end

    def test_a_list_that_is_away_though_there_are_videos_is_a_fault(
        self, way: SourceContext, fake: Fake
    ) -> None:
        fake.channels[0].has_uploads = False
        with pytest.raises(SourceError, match="no list of this channel") as raised:
            list(read(way, fake).videos)
        assert not raised.value.permanent

    def test_a_list_that_repeats_itself_is_left(self, way: SourceContext, fake: Fake) -> None:
        fake.repeats = True
        listing = read(way, fake)
        assert len(list(listing.videos)) == 7
        assert not listing.walked_to_end
        assert "repeat itself" in listing.notices[0]
        assert len(fake.asked("playlistItems")) == 2

    def test_an_account_known_by_its_handle_only_learns_its_id(
        self, way: SourceContext, fake: Fake
    ) -> None:
        listing = SOURCE.read(ref(way, handle="creator"), "complete", NOON)
        assert listing.external_id == fake.channels[0].id

    @pytest.mark.parametrize(
        ("text", "seconds"),
        [
            ("P1DT2H3M4S", 93_784),
            ("PT1H", 3_600),
            ("PT59S", 59),
            ("P0D", None),
            ("PT0S", None),
            ("1:05", None),
            ("P", None),
            ("PT-5S", None),
            (65, None),
            (None, None),
        ],
    )
    def test_durations(self, text: Any, seconds: int | None) -> None:
        assert answers.seconds_of(text) == seconds

    @pytest.mark.parametrize(
        ("text", "instant"),
        [
            ("2026-11-22T12:00:00Z", NOON),
            ("2026-11-22T13:00:00.5+01:00", NOON),
            ("2026-11-22T12:00:00", None),
            ("2026-11-22", None),
            ("9999-12-31T23:59:59-14:00", None),
            ("soon", None),
            (NOON, None),
        ],
    )
    def test_instants(self, text: Any, instant: int | None) -> None:
        assert answers.instant_of(text) == instant


class TestRefusals:
    @pytest.mark.parametrize(
        ("answer", "says", "permanent"),
        [
            (refusal(403, "quotaExceeded"), "midnight Pacific", False),
            (refusal(403, "rateLimitExceeded"), "no more calls for now", False),
            (refusal(400, "badRequest", detail="API_KEY_INVALID"), "does not accept the key", True),
            (refusal(400, "keyInvalid"), "does not accept the key", True),
            (refusal(403, "accessNotConfigured"), "Enable “YouTube Data API v3”", True),
            (refusal(403, "forbidden", detail="API_KEY_SERVICE_BLOCKED"), "restrictions", True),
            (refusal(404, "channelNotFound"), "no such channel any more", True),
            (refusal(403, "<b>odd</b>"), "refused to answer .HTTP 403.", False),
            (refusal(418, "teapot"), "HTTP 418, teapot", False),
            (JSONResponse({"error": "odd"}), "refused to answer", False),
            (JSONResponse({"kind": "youtube#channelListResponse"}), "no such channel", True),
            (JSONResponse({"items": None}), "not the one it documents", False),
            (JSONResponse({"items": [{"id": "other"}]}), "not the one it documents", False),
        ],
    )
    def test_each_says_what_to_do(
        self, way: SourceContext, fake: Fake, answer: Any, says: str, permanent: bool
    ) -> None:
        fake.say("channels", answer)
        with pytest.raises(SourceError, match=says) as raised:
            read(way, fake)
        assert raised.value.permanent is permanent
        assert "<" not in str(raised.value)
        assert "href" not in str(raised.value)

    def test_a_key_that_fits_into_no_header_is_told(
        self, fake: Fake, store: Store, sqlite_url: str
    ) -> None:
        with (
            reaching(fake, store, sqlite_url, TRUEGROWTH_YOUTUBE_API_KEY="schlüssel\u2028x") as way,
            pytest.raises(SourceError, match="does not accept the key"),
        ):
            read(way, fake)

    def test_the_key_is_in_no_address_and_no_log(
        self, way: SourceContext, fake: Fake, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            list(read(way, fake).videos)
        assert all(headers["x-goog-api-key"] == KEY for headers in fake.headers)
        assert all(KEY not in params.values() for _, params in fake.calls)
        assert KEY not in caplog.text
        assert KEY not in repr(way.settings)


class TestCapturing:
    """What becomes of a night, in the database."""

    def test_quota_that_ends_in_the_middle_leaves_a_partial_snapshot(
        self, fake: Fake, store: Store, sqlite_url: str
    ) -> None:
        fake.channels[0], fake.quota = channel_with(120, NOON), 3
        taken = self._night(fake, store, sqlite_url)
        assert taken == "partial"
        row = account_row(store, (1, 1))
        assert "midnight Pacific" in row.last_error
        assert not row.blocked

    def test_a_bad_key_waits_for_the_user(self, fake: Fake, store: Store, sqlite_url: str) -> None:
        fake.key = "another"
        assert self._night(fake, store, sqlite_url) == "failed"
        row = account_row(store, (1, 1))
        assert row.blocked
        assert "TRUEGROWTH_YOUTUBE_API_KEY" in row.last_error

    def test_a_good_night_is_complete(self, fake: Fake, store: Store, sqlite_url: str) -> None:
        assert self._night(fake, store, sqlite_url) == "complete"

    def test_a_night_without_any_count_leaves_the_numbers_of_the_one_before(
        self, fake: Fake, store: Store, sqlite_url: str
    ) -> None:
        clock = Hands()
        fake.clock = clock
        for _ in range(3):
            assert self._night(fake, store, sqlite_url, clock) == "complete"
            clock.now += 86_400
        fake.counts = False
        for _ in range(2):
            assert self._night(fake, store, sqlite_url, clock) == "partial"
            clock.now += 86_400
        with store.read() as connection:
            history = history_of(connection, (1, 1), clock.now)
            message = connection.scalar(
                select(captures.c.message).order_by(captures.c.captured_at.desc()).limit(1)
            )
        assert history.last_complete == NOON + 2 * 86_400
        assert message == "YouTube listed 7 videos without any count. It will be tried again."

    def test_a_first_night_without_any_count_is_no_beginning(
        self, fake: Fake, store: Store, sqlite_url: str
    ) -> None:
        fake.counts = False
        assert self._night(fake, store, sqlite_url) == "partial"

    def _night(self, fake: Fake, store: Store, url: str, clock: Hands | None = None) -> str:
        with store.read() as connection:
            owned = accounts_of(connection, 1)
        made = owned[0] if owned else added(store, source="youtube")
        store.transact(lambda c: identify(c, made.key, fake.channels[0].id))
        with store.read() as connection:
            stored = account(connection, made.key)
        with serve(fake.app) as base:
            way = platforms(store, url, **fake.settings(base))
            with suppress(SourceError):
                take(store, SOURCE, stored, clock or Hands(), trigger="nightly", platforms=way)
        return captures_of(store, made.key)[-1][2]


@pytest.mark.parametrize(
    ("days", "says"),
    [("30", "older than 30 days are removed"), ("7", "older than 7 days"), ("0", "kept for ever"),
     ("400", "kept for 400 days. Its terms allow 30")],
)  # fmt: skip
def test_the_terms_are_told_as_the_installation_is_set(days: str, says: str) -> None:
    settings = load_settings({"TRUEGROWTH_YOUTUBE_KEEP_DAYS": days, "TZ": "UTC"}, None)
    assert says in str(SOURCE.notice(settings.section(YouTubeSettings)))


@pytest.mark.parametrize("count", ["9" * 22, "-3", "many", None])
def test_a_number_of_videos_that_cannot_be_one_is_unknown_and_costs_nothing_else(
    count: str | None,
) -> None:
    profile = answers.profile_of({"statistics": {"videoCount": count, "subscriberCount": "7"}})
    assert (profile.videos, profile.followers) == (None, 7)
