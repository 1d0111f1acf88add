"""Random histories of accounts as captures to be recorded, with everything awkward mixed in.

They say what a platform gave, night by night. What must follow from them is worked out here a
second time, in memory, from the raw readings: no table, no fold, no sum in SQL takes part in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from snapshot_core.growth.completeness import status_of
from snapshot_core.growth.rhythms.rhythm import LAUNCH_SECONDS
from snapshot_core.growth.rounding import EXACT, WEB, Roundings
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.readings import (
    LARGEST_COUNT,
    ProfileReading,
    VideoReading,
    is_count,
)
from snapshot_core.store.record_capture import Fetched
from snapshot_core.windows import DAY, HOUR
from tests.growth import oracle, shape_oracle
from tests.support.accepted import accepted_series
from tests.support.choices import Choose, drawn_choices
from tests.support.video_readings import VideoReadings

START = 1_700_000_000
UTC = ZoneInfo("UTC")

KINDS = (
    *("whole",) * 12,
    *("missed", "failed", "cut short", "half", "agreed half", "recent", "empty"),
)
BETWEEN = ("recent", "recent", "recent", "cut short", "half", "whole", "whole")
EVENTS = (
    *("grow",) * 9,
    *("still", "unlisted", "unlisted", "null", "correction", "crash", "zero"),
    *("negative", "too large"),
)
AGES = (None, 400 * DAY, 400 * DAY, 20 * HOUR, 0, -10 * HOUR, -2 * DAY, -5 * DAY, -20 * DAY)
FIRST_AGES = (
    *(DAY - 1, DAY, 50 * HOUR, 84 * HOUR, 5 * DAY, 7 * DAY - 1, 7 * DAY),
    *(15 * DAY, 20 * DAY, 30 * DAY - 1, 30 * DAY, 31 * DAY),
)
"""On either side of the windows' starts and of the gaps before a first capture, and in between."""
SCALES = (1, 50, 100_000, 3_000_000, 2**31, 2**36, 2**53 - 1)


@dataclass
class AccountHistory:
    """One account's captures, oldest first; ``failed`` ones gave nothing."""

    rounded: bool
    captures: list[tuple[str, Fetched]] = field(default_factory=list)
    clock_went_back: int | None = None
    """When captures were marked as ahead: across it nothing is learned."""

    @property
    def rounding(self) -> Roundings:
        """How the counters are rounded."""
        return WEB if self.rounded else EXACT

    @property
    def recorded(self) -> list[Fetched]:
        """The captures that have readings."""
        return [fetched for kind, fetched in self.captures if kind != "failed"]

    # What follows from the captures is asked for once by window and test: it is worked out once.

    @cached_property
    def statuses(self) -> dict[int, str]:
        """The status of each capture with readings, by its instant."""
        return _statuses(self)

    @cached_property
    def complete(self) -> list[int]:
        """The instants of the complete captures, oldest first."""
        return [at for at, status in self.statuses.items() if status == "complete"]

    @cached_property
    def lessons(self) -> oracle.Lessons:
        """The rhythms that its captures teach by the clock of UTC, as the tables hold them."""
        return _lessons(self)

    @cached_property
    def videos(self) -> "list[SeenVideo]":
        """What was read of each video, in the order in which they were first listed."""
        seen: dict[str, dict[int, VideoReading]] = {}
        for fetched in self.recorded:
            for video in fetched.videos:
                seen.setdefault(video.platform_id, {})[fetched.captured_at] = video
        return [SeenVideo(name, readings) for name, readings in seen.items()]


@dataclass
class _Life:
    """One video: when it is published, its counts as they go, what befalls it each night."""

    name: str
    published_at: int | None
    since: int
    """When it is there to be listed."""
    events: list[str]
    counts: list[int]


BESIDE = (0, 0, 0, 1, 4)
"""How many captures stand beside a night, now and then."""
FEW_BESIDE = (0, 0, 0, 1)
"""Where each capture that comes out of order has all of them folded again."""


@st.composite
def users(
    draw: st.DrawFn, most_accounts: int = 2, beside: Sequence[int] = BESIDE
) -> list[AccountHistory]:
    """The accounts of one user, captured at the same instants."""
    return _users(drawn_choices(draw), most_accounts, beside)


def seeded_users(seed: int, most_accounts: int = 2) -> list[AccountHistory]:
    """The same, the same ones for every seed: many, for they cost a tenth to make."""
    return _users(Random(seed).choice, most_accounts, BESIDE)


def _users(choose: Choose, most_accounts: int, beside: Sequence[int]) -> list[AccountHistory]:
    nights = choose(range(2, 13))
    stride = choose((6 * HOUR, DAY, DAY, DAY, 4 * DAY, 10 * DAY))
    # Often on the dot: then a window begins at a capture, and nothing is interpolated.
    instants = [
        START + stride * night + choose((0, 0, 1, 900, 1_801, 5_000)) for night in range(nights)
    ]
    accounts = choose(range(1, most_accounts + 1))
    return [_account(choose, instants, beside) for _ in range(accounts)]


def _account(choose: Choose, instants: list[int], beside: Sequence[int]) -> AccountHistory:
    kinds = {at: choose(KINDS) for at in instants}
    for at, following in pairwise(instants):
        for _ in range(choose(beside)):
            between = choose((at + 1, at + HOUR, at + 5 * HOUR, (at + following) // 2))
            kinds.setdefault(choose((between, between, following - DAY)), choose(BETWEEN))
    if instants[1] - instants[0] > 12 * HOUR and not choose(range(8)):  # learning days
        for at in instants[:4]:
            kinds |= {at + hours * HOUR: "whole" for hours in range(3, 24, 3)}
    captures = sorted(kinds.items())
    count = len(captures)
    scale = choose(SCALES)
    lives = [_life(choose, f"{n}", instants, count, scale) for n in range(choose(range(8)))]
    # A source may never give its last counter, or begin or cease to give it.
    counted_from = choose((0, 0, 0, 0, 0, count // 2, count))
    counted_to = choose((*(count,) * 4, count // 2))
    history = AccountHistory(choose((False, True)))
    for number, (at, kind) in enumerate(captures):
        if kind != "missed":
            all_metrics = counted_from <= number < counted_to
            fetched = _capture(kind, number, at, lives, all_metrics=all_metrics)
            history.captures.append((kind, fetched))
    return history


def _life(choose: Choose, name: str, instants: list[int], captures: int, scale: int) -> _Life:
    age = choose(AGES)
    # An unknown publication is that of a video which may have been there all along.
    since = choose(instants) if age is None else instants[0] - age
    events = [choose(EVENTS) for _ in range(captures)]
    if choose(range(4)):  # most lead a quiet life
        events = [event if event in ("still", "correction") else "grow" for event in events]
    if not choose(range(4)):  # taken away, some for good
        gone_from = choose(range(captures))
        gone_to = choose((captures, captures, gone_from + 1, gone_from + 3))
        events[gone_from:gone_to] = ["unlisted"] * len(events[gone_from:gone_to])
    counts = [choose((0, scale, scale // 3)) for _ in VIDEO_METRICS]
    # Clocks differ: a video may be listed before it is said to have been published.
    ahead = choose((*(0,) * 9, HOUR, 3 * DAY))
    published_at = None if age is None else since + ahead
    return _Life(f"7{name}4971395553052634", published_at, since, events, counts)


def _capture(kind: str, number: int, at: int, lives: list[_Life], *, all_metrics: bool) -> Fetched:
    videos = []
    for place, life in enumerate(lives):
        counts = [_count(life, number, metric) for metric in range(len(VIDEO_METRICS))]
        if at < life.since or life.events[number] == "unlisted" or kind == "empty":
            continue
        if place % 2 and kind in ("cut short", "half", "agreed half", "recent"):
            continue
        if not all_metrics:
            counts[-1] = None
        title = f"Video {place}"
        videos.append(
            VideoReading(life.name, tuple(counts), title=title, published_at=life.published_at)
        )
    return Fetched(
        captured_at=at,
        ended_at=at + 9,
        trigger="nightly",
        scope="recent" if kind == "recent" else "complete",
        walked_to_end=kind not in ("cut short", "failed"),
        profile=ProfileReading(
            followers=(None, 1_000 + number, 1_500, 700)[(number * 7 + len(lives)) % 4],
            videos=len(videos) if kind == "agreed half" else None,
        ),
        videos=() if kind == "failed" else videos,
    )


def _count(life: _Life, night: int, metric: int) -> int | None:
    """The count the platform gives; growth and corrections last, glitches do not."""
    # Each counter has its own luck: the events of the night, put off by some nights.
    event = life.events[(night + 2 * metric) % len(life.events)]
    count = life.counts[metric]
    if event in ("null", "unlisted"):
        return None if event == "null" else count
    if event == "grow":
        life.counts[metric] += count // (night + 7) + night
    elif event == "correction":
        life.counts[metric] -= count // 50
    glitches = {
        "zero": 0,
        "crash": count // 2,
        "negative": -count - 1,
        "too large": LARGEST_COUNT + 1,
    }
    return glitches.get(event, life.counts[metric])


def first_capture() -> AccountHistory:
    """A single capture, of videos of `FIRST_AGES`."""
    since = [START - age for age in FIRST_AGES]
    counts = [5] * len(VIDEO_METRICS)
    lives = [_Life(f"{n}", at, at, ["still"], counts) for n, at in enumerate(since)]
    fetched = _capture("whole", 0, START, lives, all_metrics=True)
    return AccountHistory(rounded=False, captures=[("whole", fetched)])


def gone_at_a_start() -> AccountHistory:
    """The 24 hours before the last begin at the capture that was the first to miss a video."""
    counts = [5] * len(VIDEO_METRICS)
    lives = [_Life(f"{n}", None, START, ["grow"] * 4, [*counts]) for n in range(2)]
    nights = (("whole", 0), ("whole", 1), ("agreed half", 2), ("agreed half", 4))
    captures = [
        (kind, _capture(kind, n, START + day * DAY, lives, all_metrics=True))
        for n, (kind, day) in enumerate(nights)
    ]
    return AccountHistory(rounded=False, captures=captures)


def listed_before_published() -> AccountHistory:
    """A clock that runs ahead: a reading older than the publication, which follows soon enough
    before the next reading to serve as one of 0, were it the first.
    """
    counts = [5] * len(VIDEO_METRICS)
    life = _Life("1", START + 2 * DAY + 5 * HOUR, START, ["grow"] * 3, counts)
    captures = [
        ("whole", _capture("whole", n, START + day * DAY, [life], all_metrics=True))
        for n, day in enumerate((0, 4))
    ]
    return AccountHistory(rounded=False, captures=captures)


# --- what must follow -------------------------------------------------------------------------


def _statuses(history: AccountHistory) -> dict[int, str]:
    found: dict[int, str] = {}
    last: set[int] | None = None
    before: set[int] | None = None
    counted: dict[int, list[bool]] = {}
    for fetched in history.recorded:
        listed = {int(video.platform_id) for video in fetched.videos}
        counts = {
            int(video.platform_id): [c is not None and is_count(c) for c in video.counts]
            for video in fetched.videos
        }
        uncounted = sum(
            (any(counted[video]) and not any(now)) or (counted[video][0] and not now[0])
            for video, now in counts.items()
            if video in counted
        )
        status = status_of(
            listed,
            scope=fetched.scope,
            walked_to_end=fetched.walked_to_end,
            reported_count=fetched.profile.videos,
            last_complete=last,
            listed_before=before,
            uncounted=uncounted,
        )
        found[fetched.captured_at] = status
        if status == "complete":
            last, counted = listed, counts
        looked = last is None or 2 * len(last & listed) >= len(last)
        if fetched.scope == "complete" and fetched.walked_to_end is not False and looked:
            before = listed
    return found


def _lessons(history: AccountHistory) -> oracle.Lessons:
    complete = history.complete
    seen = {fetched.captured_at: fetched.videos for fetched in history.recorded}
    brackets: list[tuple[int, int, int]] = []
    lessons: list[tuple[int, shape_oracle.Rhythm]] = []
    for left, at in zip([None, *complete], complete, strict=False):
        back = history.clock_went_back
        across = back is not None and left is not None and left < back <= at
        if left is not None and not across and at - left <= 3 * HOUR + HOUR // 4:
            gains = _settled_gains(history, seen, left, at)
            brackets += [(left, at, sum(gains))] if gains else []
        recent = [bracket for bracket in brackets if bracket[1] >= at - 60 * DAY]
        if not recent:
            continue
        if lessons and (lessons[-1][0] // DAY == at // DAY or lessons[-1][0] >= recent[-1][1]):
            continue
        hours = shape_oracle.learned(recent, UTC)
        if hours is not None:
            lessons.append((at, (UTC, tuple(round(hour * 10_000) / 10_000 for hour in hours))))
    return lessons


def _settled_gains(
    history: AccountHistory, seen: dict[int, Sequence[VideoReading]], left: int, right: int
) -> list[int]:
    """The views that the videos gained which both captures counted and which were settled."""
    names = [
        {
            video.platform_id
            for video in seen[at]
            if (count := video.count("views")) is not None and is_count(count)
        }
        for at in (left, right)
    ]
    gains = []
    for video in seen[right]:
        name = video.platform_id
        since = published({at: v for at, vs in seen.items() for v in vs if v.platform_id == name})
        young = since is not None and since > left - LAUNCH_SECONDS
        if name in names[0] & names[1] and not young:
            raw = [
                (fetched.captured_at, count)
                for fetched in history.recorded
                for read in fetched.videos
                if read.platform_id == name and fetched.captured_at <= right
                if (count := read.count("views")) is not None and is_count(count)
            ]
            accepted = accepted_series(raw)
            before = [count for at, count in accepted if at <= left]
            if before and accepted:
                gains.append(accepted[-1][1] - before[-1])
    return gains


@dataclass
class SeenVideo:
    """What was read of a video, by the instant of the capture, oldest first."""

    name: str
    readings: dict[int, VideoReading]

    @cached_property
    def published_at(self) -> int | None:
        """When it was published by what is said of it and by its readings, of any counter."""
        return published(self.readings)

    @cached_property
    def counts(self) -> dict[str, dict[int, int]]:
        """Its counts by metric."""
        raw = {
            metric: [(at, video.count(metric)) for at, video in self.readings.items()]
            for metric in VIDEO_METRICS
        }
        return {
            metric: {at: count for at, count in counts if count is not None and is_count(count)}
            for metric, counts in raw.items()
        }

    @cached_property
    def series(self) -> dict[str, list[tuple[int, int]]]:
        """Its accepted readings by metric."""
        return {
            metric: accepted_series(sorted(counts.items()))
            for metric, counts in self.counts.items()
        }


def readings_of(history: AccountHistory, end: int) -> dict[str, dict[str, VideoReadings]]:
    """By metric and platform id, what is known of each video for a window that ends at ``end``."""
    return {
        metric: {
            video.name: _readings(video, metric, end, history.complete) for video in history.videos
        }
        for metric in VIDEO_METRICS
    }


def published(readings: dict[int, VideoReading]) -> int | None:
    """When a video was published by what is said of it and by its readings, of any counter."""
    said = next(iter(readings.values())).published_at
    counted = (at for at, video in readings.items() if any(is_count(c) and c for c in video.counts))
    return None if said is None else min(said, min(counted, default=said))


def _readings(video: SeenVideo, metric: str, end: int, complete: Sequence[int]) -> VideoReadings:
    uncounted = end in video.readings and end not in video.counts[metric]
    last_seen = max((at for at in video.readings if at <= end), default=end)
    gone = sum(last_seen < at <= end for at in complete) >= 2
    may_carry = not uncounted and not gone
    return VideoReadings(0, video.published_at, video.series[metric], may_carry, uncounted)
