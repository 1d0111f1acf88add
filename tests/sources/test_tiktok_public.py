"""A public profile, read by an unchanged yt-dlp from a fake of the pages that it reads."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import psutil
import pytest
from sqlalchemy import select, update

from snapshot_core.capture.take import take
from snapshot_core.errors import InputError, NoSuchProfile, SourceError
from snapshot_core.readings import VideoReading
from snapshot_core.sources import bounded
from snapshot_core.sources.contract import AddressSource, Listing, SourceContext
from snapshot_core.sources.tiktok_public import client, source
from snapshot_core.sources.tiktok_public.source import Public
from snapshot_core.store.accounts import account, accounts_of
from snapshot_core.store.database import Store
from snapshot_core.store.fold.missing_videos import missing_videos
from snapshot_core.store.keys import of
from snapshot_core.store.tables import accounts, captures
from snapshot_core.windows import DAY
from tests.fakes.hostile import HARMS, Harm, bomb
from tests.fakes.profile_pages import Pages, Profile, Video, profile_pages
from tests.sources.reading import Waits, platforms, ref, source_context
from tests.support.staged import NOON, Hands, account_row, added, captures_of, installed
from tests.support.waiting import Stopwatch

SOURCE = Public()
LIST = "/api/creator/item_list/"


def videos(count: int, *, apart: int = DAY, newest: int = NOON - 400 * DAY) -> list[Video]:
    """Some videos, the newest first."""
    made = []
    for n in range(count):
        at = newest - n * apart
        stats = {"playCount": 12_300 + n, "diggCount": 900, "commentCount": 7, "shareCount": 3}
        made.append(Video(str(at << 32 | n), at, stats, title=f"Video {n}"))
    return made


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    made = installed(sqlite_url)
    yield made
    made.close()


@pytest.fixture
def profile() -> Profile:
    return Profile("creator", videos(20))


@pytest.fixture
def pages(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pages]:
    with profile_pages(profile) as served, served.reached(monkeypatch):
        yield served


@pytest.fixture
def way(pages: Pages, store: Store, sqlite_url: str) -> Iterator[SourceContext]:
    with source_context(platforms(store, sqlite_url), SOURCE) as made:
        yield made


def read(way: SourceContext, scope: Any = "complete", **more: Any) -> Listing:
    return SOURCE.read(ref(way, **({"handle": "creator"} | more)), scope, NOON)


def until_error(listing: Listing) -> tuple[list[VideoReading], SourceError]:
    """What a listing gave before it failed, and why it failed."""
    seen = []
    try:
        for video in listing.videos:
            seen.append(video)  # noqa: PERF402 -- `extend` would lose what came before the error
    except SourceError as error:
        return seen, error
    raise AssertionError("it did not fail")


class TestFinding:
    @pytest.mark.parametrize(
        "address",
        [
            "@creator",
            "creator",
            " @Creator ",
            "https://www.tiktok.com/@creator?lang=en",
            "tiktok.com/@creator/",
            "https://m.tiktok.com/@creator/video/7312345678901234567",
            "https://www.tiktok.com/%40creator",
        ],
    )
    def test_the_handle_is_read_from_what_people_paste(self, address: str) -> None:
        assert source.handle_in(address) == "creator"

    @pytest.mark.parametrize(
        ("address", "why"),
        [
            ("", "no handle on TikTok"),
            ("two words", "no handle on TikTok"),
            ("https://vm.tiktok.com/ZM123/", "no address of a TikTok profile"),
            ("https://www.tiktok.com/foryou", "no address of a TikTok profile"),
            ("https://evil.example/@creator", "no address of a TikTok profile"),
            ("https://[::1/@creator", "no address of a TikTok profile"),
            ("https://www.tiktok.com/@../../x", "no handle on TikTok|no address"),
        ],
    )
    def test_what_is_no_profile_is_refused(self, address: str, why: str) -> None:
        if address.endswith("x"):
            assert source.handle_in(address) == ".."  # a name like any other, and only a name
            return
        with pytest.raises(InputError, match=why):
            source.handle_in(address)

    def test_its_lasting_id_is_found(
        self, way: SourceContext, pages: Pages, profile: Profile
    ) -> None:
        identity = SOURCE.look_up("https://www.tiktok.com/@creator", way)
        assert (identity.external_id, identity.handle) == (profile.sec_uid, "creator")
        assert pages.paths == ["/@creator"]

    def test_a_handle_that_nobody_has_is_told_for_good(self, way: SourceContext) -> None:
        with pytest.raises(NoSuchProfile, match="no TikTok profile @nobody") as raised:
            SOURCE.look_up("nobody", way)
        assert raised.value.permanent

    def test_a_private_profile_is_told_for_good(self, way: SourceContext, profile: Profile) -> None:
        profile.private = True
        with pytest.raises(SourceError, match="@creator is private") as raised:
            SOURCE.look_up("creator", way)
        assert raised.value.permanent
        assert "cookies" not in str(raised.value)

    def test_who_waits_for_it_is_told_at_once(
        self, store: Store, sqlite_url: str, pages: Pages
    ) -> None:
        """Each page is asked for once, and a platform that says to wait is not waited for."""
        way = platforms(store, sqlite_url)
        with way.context(SOURCE, None, hurried=True) as hurried:
            assert SOURCE.look_up("creator", hurried).profile.videos == 20
            pages.cut = {"/@creator"}
            before = pages.asked("/@creator")
            with pytest.raises(SourceError, match=r"cannot be reached\. Check that") as raised:
                SOURCE.look_up("creator", hurried)
            assert "Error" not in str(raised.value)
            assert pages.asked("/@creator") == before + 1
            pages.cut = set()
            pages.say("/@creator", 429)
            for _ in range(2):
                with pytest.raises(SourceError, match="asks for a pause"):
                    SOURCE.look_up("creator", hurried)
            assert pages.asked("/@creator") == before + 2

    def test_nothing_needs_to_be_set(self, way: SourceContext) -> None:
        assert SOURCE.missing(way.settings) is None
        assert isinstance(SOURCE, AddressSource)


class TestReading:
    def test_counters_are_as_told(self, way: SourceContext) -> None:
        listing = read(way)
        first, *rest = listing.videos
        assert first.counts[:4] == (12_300, 900, 7, 3)
        assert first.platform_id == str(NOON - 400 * DAY << 32)
        assert first.published_at == NOON - 400 * DAY
        assert first.share_url == f"https://www.tiktok.com/@creator/video/{first.platform_id}"
        assert (first.title, first.duration) == ("Video 0", 31)
        assert first.cover_url == f"https://p16.example.com/{first.platform_id}.jpg"
        assert len(rest) == 19
        assert listing.walked_to_end
        assert listing.notices == []
        assert listing.profile.followers is None

    def test_the_lasting_id_is_learnt_and_then_used(
        self, way: SourceContext, pages: Pages, profile: Profile
    ) -> None:
        listing = read(way)
        assert listing.external_id == profile.sec_uid
        pages.paths.clear()
        profile.handle = "renamed"
        again = read(way, external_id=profile.sec_uid)
        assert len(list(again.videos)) == 20
        assert set(pages.paths) == {LIST}

    def test_the_newest_take_one_page(
        self, way: SourceContext, pages: Pages, profile: Profile
    ) -> None:
        profile.videos = videos(100)
        listing = read(way, "recent", external_id=profile.sec_uid)
        assert len(list(listing.videos)) == source.VIDEOS_PER_PAGE
        assert not listing.walked_to_end
        assert pages.asked(LIST) == 1

    def test_a_list_without_end_is_cut_and_says_so(
        self, way: SourceContext, profile: Profile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(source, "MAX_VIDEOS", 18)
        listing = read(way)
        assert len(list(listing.videos)) == 18
        assert not listing.walked_to_end
        assert "The newest 18 videos" in listing.notices[0]

    def test_gaps_between_posts_are_crossed_week_by_week(
        self, way: SourceContext, profile: Profile
    ) -> None:
        profile.videos = videos(15) + videos(3, newest=NOON - 700 * DAY)
        listing = read(way)
        assert len(list(listing.videos)) == 18
        assert listing.walked_to_end

    def test_a_list_that_claims_to_go_on_for_ever_is_left(
        self, way: SourceContext, pages: Pages, profile: Profile
    ) -> None:
        profile.says_more = True
        listing = read(way, external_id=profile.sec_uid)
        assert len(list(listing.videos)) == 20
        assert listing.walked_to_end
        assert "No older video was found" in listing.notices[0]
        assert pages.asked(LIST) == 2 + client.MAX_EMPTY_PAGES

    def test_odd_counters_are_unknown(self, way: SourceContext, profile: Profile) -> None:
        profile.videos[0].stats = {"playCount": "many", "diggCount": None, "commentCount": "12"}
        first = next(read(way).videos)
        assert first.counts[:4] == (None, None, 12, None)

    def test_requests_of_all_walks_keep_one_pace(self, store: Store, sqlite_url: str,
                                                 pages: Pages) -> None:  # fmt: skip
        way = platforms(store, sqlite_url)
        with source_context(way, SOURCE) as made:
            for _ in range(3):
                list(read(made).videos)
        clock = way.clock
        assert isinstance(clock, Waits)
        assert len(pages.paths) == 9
        assert clock.now - NOON >= (9 - 1) * 60 / client.RATE.calls


class TestFaults:
    def test_a_fault_in_the_middle_keeps_what_came_before(
        self, way: SourceContext, pages: Pages
    ) -> None:
        def cut(page: int) -> None:
            if page == 1:
                pages.say(LIST, 403, "go away")

        pages.before_list = cut
        seen, error = until_error(read(way))
        assert len(seen) == 15
        assert "HTTP Error 403" in str(error)
        assert len(list(read(way).videos)) == 20

    @pytest.mark.parametrize(
        ("path", "status", "body"),
        [
            ("/@creator", 403, "no"),
            ("/@creator", 200, "<html>Please wait...</html>"),
            ("/@creator", 200, ""),
            (LIST, 403, "no"),
            (LIST, 200, ""),
            (LIST, 200, "<html>captcha</html>"),
        ],
    )
    def test_being_turned_away_passes_by_itself(
        self, way: SourceContext, pages: Pages, path: str, status: int, body: str
    ) -> None:
        pages.say(path, status, body)
        with pytest.raises(SourceError, match="did not let the public page of @creator") as raised:
            list(read(way).videos)
        self._fit_for_people(raised.value)
        assert not raised.value.permanent

    @pytest.mark.parametrize("path", ["/@creator", LIST])
    def test_a_fault_of_the_platform_is_tried_again_and_then_told(
        self, way: SourceContext, pages: Pages, path: str
    ) -> None:
        pages.say(path, 503, "busy")
        assert len(list(read(way).videos)) == 20
        for _ in range(2):
            pages.say(path, 503, "busy")
        with pytest.raises(SourceError, match="a fault of its own") as raised:
            list(read(way).videos)
        assert not raised.value.permanent

    @pytest.mark.parametrize("path", ["/@creator", LIST])
    def test_a_broken_connection_passes_by_itself(
        self, way: SourceContext, pages: Pages, path: str
    ) -> None:
        pages.cut = {path}
        with pytest.raises(SourceError, match="cannot be reached") as raised:
            list(read(way).videos)
        self._fit_for_people(raised.value)
        assert not raised.value.permanent
        assert pages.asked(path) == 2  # tried again within the capture

    @pytest.mark.parametrize("path", ["/@creator", LIST])
    def test_an_answer_that_breaks_off_is_tried_again(
        self, way: SourceContext, pages: Pages, path: str
    ) -> None:
        pages.torn = {path: 1}
        assert len(list(read(way).videos)) == 20
        pages.torn = {path: 2}
        with pytest.raises(SourceError, match="cannot be reached") as raised:
            list(read(way).videos)
        assert not raised.value.permanent

    @pytest.mark.parametrize("harm", HARMS)
    @pytest.mark.parametrize("path", ["/@creator", LIST])
    def test_a_call_is_over_in_time_and_unpacks_to_little_whatever_the_platform_does(
        self, way: SourceContext, pages: Pages, monkeypatch: pytest.MonkeyPatch,
        path: str, harm: Harm,
    ) -> None:  # fmt: skip
        list(read(way).videos)  # what is imported only once takes its time
        bomb()
        monkeypatch.setattr(bounded, "MAX_CALL_SECONDS", 1.0)
        pages.harms[path] = harm
        watch, memory = Stopwatch(), psutil.Process().memory_info().rss
        with pytest.raises(SourceError) as raised:
            list(read(way).videos)
        assert watch.seconds() < 5, "three calls at most, and what they need besides"
        assert psutil.Process().memory_info().rss - memory < 150 << 20
        told = "sent more than 16 MB" if "bomb" in harm else "did not answer within 1 s"
        assert told in str(raised.value)

    def test_an_untrusted_certificate_names_the_remedy(
        self, way: SourceContext, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # A context of its own: the outer one would put back what is to be gone after the test.
        with monkeypatch.context() as patch:
            patch.delenv("SSL_CERT_FILE")
            with pytest.raises(SourceError, match="set SSL_CERT_FILE"):
                list(read(way, external_id="MS4wLjABAAAA" + "p" * 64).videos)

    def test_too_many_requests_are_waited_out(
        self, pages: Pages, store: Store, sqlite_url: str
    ) -> None:
        pages.say("/@creator", 429, "slow down")
        way = platforms(store, sqlite_url)
        with source_context(way, SOURCE) as made:
            assert len(list(read(made).videos)) == 20
        assert isinstance(way.clock, Waits)
        assert way.clock.now - NOON >= client.WAIT_AFTER_429_SECONDS

    def test_an_empty_list_where_videos_were_known_is_not_believed(
        self, way: SourceContext, profile: Profile
    ) -> None:
        profile.videos = []
        knowing = replace(way, known=lambda: frozenset({"7"}))
        with pytest.raises(SourceError, match="lists no video of @creator any more"):
            list(read(knowing, external_id=profile.sec_uid).videos)

    def test_a_profile_without_videos_waits_for_the_first(
        self, way: SourceContext, profile: Profile
    ) -> None:
        profile.videos = []
        with pytest.raises(SourceError, match="not posted any video yet") as raised:
            read(way)
        assert not raised.value.permanent

    def test_a_list_that_is_empty_though_it_goes_on_may_be_private(
        self, way: SourceContext, profile: Profile
    ) -> None:
        profile.private = True
        with pytest.raises(SourceError, match="profile is public") as raised:
            list(read(way, external_id=profile.sec_uid).videos)
        assert not raised.value.permanent

    def test_what_nobody_expects_is_told_by_its_kind_alone(
        self, way: SourceContext, pages: Pages, caplog: pytest.LogCaptureFixture
    ) -> None:
        pages.say(LIST, 200, {"itemList": [{"id": {"a secret": 1}}]})
        _, error = until_error(read(way))
        assert "could not be understood (TypeError)" in str(error)
        assert "secret" not in str(error)
        assert "yt-dlp failed unexpectedly" in caplog.text

    @staticmethod
    def _fit_for_people(error: SourceError) -> None:
        for word in ("\x1b", "Traceback", "report this issue", "--", "<html"):
            assert word not in str(error)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (
            "\x1b[0;31mERROR:\x1b[0m [tiktok:user] x: Broken; please report this issue on  "
            "https://github.com/yt-dlp/yt-dlp/issues?q= , filling out",
            "x: Broken",
        ),
        ("Log in. Use --cookies, --cookies-from-browser for it", "Log in"),
        ("A line\nand another", "A line and another"),
        ("", ""),
    ],
)
def test_words_for_users_of_yt_dlp_are_left_out(text: str, plain: str) -> None:
    assert client.plain(text) == plain


class TestCapturing:
    def test_a_night_is_complete_and_notes_the_lasting_id(
        self, pages: Pages, profile: Profile, store: Store, sqlite_url: str
    ) -> None:
        assert self._night(store, sqlite_url) == "complete"
        assert account_row(store, (1, 1)).external_id == profile.sec_uid

    def test_a_night_that_breaks_off_is_partial(
        self, pages: Pages, profile: Profile, store: Store, sqlite_url: str
    ) -> None:
        def cut(page: int) -> None:
            if page == 1:
                pages.say(LIST, 403, "go away")

        pages.before_list = cut
        assert self._night(store, sqlite_url) == "partial"
        assert captures_of(store, (1, 1))[-1][3] == 15
        row = account_row(store, (1, 1))
        assert "did not let" in row.last_error
        assert not row.blocked

    def test_a_list_cut_short_is_no_list_of_all(
        self, pages: Pages, profile: Profile, store: Store, sqlite_url: str
    ) -> None:
        """With nothing to tell it by but the videos seen before, night after night."""
        profile.videos = videos(60)
        clock = Hands()
        nights = []
        for listed in (60, 20, 20, 20):
            profile.videos = profile.videos[:listed]
            nights.append(self._night(store, sqlite_url, clock))
            clock.now += DAY
        assert nights == ["complete", "partial", "partial", "partial"]
        with store.read() as connection:
            missing = missing_videos(connection, account(connection, (1, 1)), clock.now)
        assert missing is not None
        assert (missing.missing, missing.last_complete) == (40, 60)

    def test_a_night_without_any_count_says_what_may_help(
        self, pages: Pages, profile: Profile, store: Store, sqlite_url: str
    ) -> None:
        clock = Hands()
        assert self._night(store, sqlite_url, clock) == "complete"
        for video in profile.videos:
            video.stats = {}
        clock.now += DAY
        assert self._night(store, sqlite_url, clock) == "partial"
        with store.read() as connection:
            messages = list(connection.scalars(select(captures.c.message)))
        assert messages[-1] == (
            "TikTok (public) listed 20 videos without any count. A newer version of yt-dlp may "
            "help; it will be tried again."
        )

    def _night(self, store: Store, url: str, clock: Hands | None = None) -> str:
        with store.read() as connection:
            owned = accounts_of(connection, 1)
        made = owned[0] if owned else added(store, source="public")
        statement = update(accounts).where(of(accounts, made.key)).values(handle="creator")
        store.transact(lambda c: c.execute(statement))
        with store.read() as connection:
            stored = account(connection, made.key)
        with suppress(SourceError):
            way = platforms(store, url)
            take(store, SOURCE, stored, clock or Hands(), trigger="nightly", platforms=way)
        return captures_of(store, made.key)[-1][2]
