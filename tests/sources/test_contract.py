"""What every source owes, whatever platform it reads.

A new source adds one function to `READY`: a context manager that yields the source, an account
it can read without the real platform, and an instant to read it at.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory

import pytest

from snapshot_core.errors import NotFound, SourceError
from snapshot_core.growth.completeness import Scope
from snapshot_core.metrics import FOLLOWERS, VIDEO_METRICS
from snapshot_core.readings import ProfileReading, VideoReading
from snapshot_core.sources.contract import AccountRef, Listing, Source
from snapshot_core.sources.registry import SOURCES, source
from snapshot_core.windows import DAY
from tests.fakes.installation import Clock, installation
from tests.fakes.profile_pages import Profile, profile_pages
from tests.fakes.profile_pages import Video as Listed
from tests.fakes.serve import serve
from tests.fakes.tiktok import TikTok
from tests.fakes.tiktok_world import person
from tests.fakes.youtube import YouTube, channel_with
from tests.sources import reading
from tests.support.staged import Hands

NOW = 1_795_360_000


@dataclass(frozen=True)
class Ready:
    """A source that can be read here and now."""

    source: Source
    account: AccountRef
    now: int
    set_clock: Callable[[int], object] = lambda _now: None
    """Makes it that instant on the platform, whose counters move by its own clock."""

    def listing(self, scope: Scope = "complete", later: int = 0) -> Listing:
        self.set_clock(self.now + later)
        return self.source.read(self.account, scope, self.now + later)

    def videos(self, scope: Scope = "complete", later: int = 0) -> list[VideoReading]:
        return list(self.listing(scope, later).videos)


@contextmanager
def sample() -> Iterator[Ready]:
    yield Ready(SOURCES["sample"], AccountRef(1, 1, "Sample account", None, NOW - 40 * DAY), NOW)


@contextmanager
def tiktok() -> Iterator[Ready]:
    clock = Clock(NOW)
    fake = TikTok(clock.time, person(1, 45, NOW))
    with (
        TemporaryDirectory() as folder,
        fake.running() as base,
        installation(f"sqlite:///{folder}/truegrowth.db", fake, base, clock) as here,
        here.platforms.context(SOURCES["tiktok"], here.account.key) as context,
    ):
        account = AccountRef(1, 1, "mara", None, NOW, context=context)
        yield Ready(SOURCES["tiktok"], account, NOW, lambda now: setattr(clock, "now", now))


@contextmanager
def public() -> Iterator[Ready]:
    stats = {
        "playCount": 12_300,
        "diggCount": 900,
        "commentCount": 7,
        "shareCount": 3,
        "collectCount": 5,
    }
    days = [NOW - 400 * DAY - n * DAY for n in range(40)]
    profile = Profile("creator", [Listed(str(at << 32), at, stats) for at in days])
    source = SOURCES["public"]
    with (
        profile_pages(profile) as pages,
        pages.reached(pytest.MonkeyPatch()),
        reading.scratch() as (store, url),
        reading.source_context(reading.platforms(store, url), source) as context,
    ):
        yield Ready(source, reading.ref(context, handle="creator"), NOW)


@contextmanager
def youtube() -> Iterator[Ready]:
    clock, source = Hands(NOW), SOURCES["youtube"]
    fake = YouTube(clock, channel_with(60, NOW))
    with (
        serve(fake.app) as base,
        reading.scratch() as (store, url),
        reading.source_context(
            reading.platforms(store, url, **fake.settings(base)), source
        ) as context,
    ):
        account = reading.ref(context, external_id=fake.channels[0].id)
        yield Ready(source, account, NOW, lambda now: setattr(clock, "now", now))


READY: dict[str, Callable[[], AbstractContextManager[Ready]]] = {
    "sample": sample,
    "tiktok": tiktok,
    "public": public,
    "youtube": youtube,
}


@pytest.fixture(params=READY)
def ready(request: pytest.FixtureRequest) -> Iterator[Ready]:
    with READY[request.param]() as made:
        yield made


def test_every_source_that_can_be_read_is_held_to_this_contract() -> None:
    assert set(READY) == {name for name, each in SOURCES.items() if each.scopes}


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_is_found_under_its_own_name_and_has_one_for_people(name: str) -> None:
    assert source(name).name == name
    assert source(name).label.strip()
    assert source(name).metrics.keys() <= {*VIDEO_METRICS, FOLLOWERS}
    assert isinstance(source(name).rounded, bool)


def test_an_unknown_source_is_answered_with_the_known_ones() -> None:
    with pytest.raises(NotFound, match=r"'myspace': use one of csv, .*sample"):
        source("myspace")


@pytest.mark.parametrize("name", [name for name, each in SOURCES.items() if not each.scopes])
def test_a_source_without_scopes_refuses_to_be_read_for_good(name: str) -> None:
    account = AccountRef(1, 1, "creator_01", None, NOW)
    with pytest.raises(SourceError, match=r"creator_01 .*import a newer file") as refused:
        source(name).read(account, "complete", NOW)
    assert refused.value.permanent


def test_it_can_list_the_whole_account(ready: Ready) -> None:
    assert "complete" in ready.source.scopes
    assert ready.videos()


def test_videos_come_one_by_one_and_once(ready: Ready) -> None:
    listing = ready.listing()
    assert iter(listing.videos) is listing.videos
    first = next(listing.videos)
    assert first not in list(listing.videos)
    assert list(listing.videos) == []


def test_ids_are_texts_and_each_video_is_listed_once(ready: Ready) -> None:
    ids = [video.platform_id for video in ready.videos()]
    assert all(isinstance(each, str) and each == each.strip() != "" for each in ids)
    assert len(set(ids)) == len(ids)


def test_counters_are_whole_numbers_or_unknown(ready: Ready) -> None:
    listing = ready.listing()
    counters = [video.count(metric) for video in listing.videos for metric in VIDEO_METRICS]
    profile = listing.profile
    assert isinstance(profile, ProfileReading)
    counters += [profile.followers, profile.following, profile.likes, profile.videos]
    known = [count for count in counters if count is not None]
    assert known
    assert all(type(count) is int and 0 <= count < 2**63 for count in known)


def test_it_gives_the_counters_it_declares_and_no_others(ready: Ready) -> None:
    listing = ready.listing()
    given = {
        metric
        for video in listing.videos
        for metric in VIDEO_METRICS
        if video.count(metric) is not None
    }
    if listing.profile.followers is not None:
        given.add(FOLLOWERS)
    assert given == ready.source.metrics.keys()


def test_nothing_is_published_in_the_future(ready: Ready) -> None:
    published = [video.published_at for video in ready.videos() if video.published_at is not None]
    assert all(type(at) is int and at <= ready.now for at in published)


def test_texts_are_not_empty_and_links_are_links(ready: Ready) -> None:
    for video in ready.videos():
        assert video.title != ""
        assert video.duration is None or video.duration > 0
        for link in (video.cover_url, video.share_url):
            assert link is None or link.startswith(("https://", "http://", "data:image/"))


def test_a_walk_to_the_end_is_told_truthfully(ready: Ready) -> None:
    listing = ready.listing()
    seen = list(listing.videos)
    if not listing.walked_to_end:
        assert listing.notices
    elif listing.profile.videos is not None:
        assert len(seen) == listing.profile.videos


def test_a_recent_listing_is_a_part_of_the_complete_one(ready: Ready) -> None:
    if "recent" not in ready.source.scopes:
        pytest.skip(f"{ready.source.label} has no recent listing")
    complete = {video.platform_id: video for video in ready.videos()}
    recent = ready.videos("recent")
    assert all(complete[video.platform_id] == video for video in recent)
    published = [video.published_at or 0 for video in complete.values()]
    assert max(video.published_at or 0 for video in recent) == max(published)


def test_two_reads_of_one_instant_agree(ready: Ready) -> None:
    assert ready.videos() == ready.videos()
    assert ready.listing().profile == ready.listing().profile


def test_counters_of_most_videos_do_not_fall_in_a_day(ready: Ready) -> None:
    before = {video.platform_id: video for video in ready.videos()}
    after = {video.platform_id: video for video in ready.videos(later=DAY)}
    both = before.keys() & after.keys()
    fallen = [
        each
        for each in both
        if any((after[each].count(m) or 0) < (before[each].count(m) or 0) for m in VIDEO_METRICS)
    ]
    assert both
    assert 10 * len(fallen) <= len(both)
