"""Nights that do not go well: what is tried again, when, and until when; on both databases."""

from itertools import pairwise

from jobs.tasks.nightly import Nightly
from snapshot_core.capture.plan import FIRST_RETRY_SECONDS
from snapshot_core.errors import SourceError
from snapshot_core.growth.completeness import Scope
from snapshot_core.readings import ProfileReading
from snapshot_core.sources.contract import AccountRef, Listing
from snapshot_core.sources.registry import load_settings
from snapshot_core.store.database import Store
from snapshot_core.windows import DAY, HOUR
from tests.support.staged import NOON, Hands, Staged, added, captures_of

MIDNIGHT = NOON + 12 * HOUR


def nightly(store: Store, clock: Hands, source: Staged) -> Nightly:
    settings = load_settings({"TRUEGROWTH_TIME_ZONE": "UTC"}, None)
    return Nightly(settings, store, clock, lambda _name: source)


def live(job: Nightly, clock: Hands, seconds: int) -> None:
    """The job's life for so long, a look every five minutes."""
    for _ in range(seconds // FIRST_RETRY_SECONDS):
        job.run()
        clock.now += FIRST_RETRY_SECONDS


class Silent(Staged):
    """Does not tell how many videos there are; stops short where a test says so."""

    walked_to_end = True

    def read(self, account: AccountRef, scope: Scope, now: int) -> Listing:
        listing = super().read(account, scope, now)
        return Listing(ProfileReading(), listing.videos, self.walked_to_end)


def test_one_that_breaks_off_is_tried_again_that_night_until_a_complete_one_came(
    store: Store,
) -> None:
    one = added(store)
    clock, source = Hands(), Staged()
    job = nightly(store, clock, source)
    job.run()
    clock.now = begin = MIDNIGHT
    source.errors, source.before_error = {one.name: SourceError("Page 2 is lost.")}, 2
    live(job, clock, 3 * HOUR)
    tries = [at - begin for at, *_ in captures_of(store, one.key)[1:]]
    assert tries == [0, 300, 900, 2_100, 4_500, 8_100]
    source.errors = {}
    live(job, clock, 20 * HOUR)
    assert [(at - begin, status) for at, _, status, _ in captures_of(store, one.key)[-2:]] == [
        (8_100, "partial"),
        (11_700, "complete"),
    ]
    clock.now = begin + DAY
    live(job, clock, HOUR)
    assert captures_of(store, one.key)[-1][:3] == (begin + DAY, "nightly", "complete")


def test_one_that_always_breaks_off_is_tried_hourly_at_most(store: Store) -> None:
    one = added(store)
    clock = Hands()
    source = Staged(errors={one.name: SourceError("Page 2 is lost.")}, before_error=2)
    live(nightly(store, clock, source), clock, DAY)
    tries = [at for at, *_ in captures_of(store, one.key)]
    assert len(tries) <= 4 + 24
    assert {b - a for a, b in pairwise(tries[4:])} == {HOUR}


def test_a_mass_removal_is_believed_at_the_second_look_of_the_night(store: Store) -> None:
    one = added(store)
    clock, source = Hands(), Silent(videos=10)
    job = nightly(store, clock, source)
    job.run()
    source.videos = 5
    clock.now = begin = MIDNIGHT
    live(job, clock, 23 * HOUR)
    assert [(at - begin, status) for at, _, status, _ in captures_of(store, one.key)[1:]] == [
        (0, "partial"),
        (300, "complete"),
    ]


def test_a_listing_that_is_always_short_is_looked_at_twice_a_night(store: Store) -> None:
    one = added(store)
    clock, source = Hands(), Silent(videos=10)
    job = nightly(store, clock, source)
    job.run()
    source.walked_to_end = False
    clock.now = begin = MIDNIGHT
    live(job, clock, 2 * DAY)
    tries = [at - begin for at, *_ in captures_of(store, one.key)[1:]]
    assert tries == [0, 300, DAY, DAY + 300]
