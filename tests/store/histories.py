"""Random histories of accounts as captures to be recorded, with everything awkward mixed in.

They say what a platform gave, night by night. What must follow from them is worked out here a
second time, in memory, from the raw readings: no table, no fold, no sum in SQL takes part in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st

from snapshot_core.growth.completeness import status_of
from snapshot_core.growth.ledger import Ledger, VideoReadings, ledger_of
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.readings import LARGEST_COUNT, ProfileReading, VideoReading
from snapshot_core.store.record_capture import Fetched
from snapshot_core.windows import DAY, HOUR, Window
from tests.support.accepted import accepted_series
from tests.support.readings import video_reading

START = 1_700_000_000

KINDS = ("whole",) * 12 + ("missed", "failed", "cut short", "half", "agreed half", "recent")
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

    @property
    def recorded(self) -> list[Fetched]:
        """The captures that have readings."""
        return [fetched for kind, fetched in self.captures if kind != "failed"]


@dataclass
class _Life:
    """One video: when it is published, its counts as they go, what befalls it each night."""

    name: str
    published_at: int | None
    since: int
    """When it is there to be listed."""
    events: list[str]
    counts: list[int]


@st.composite
def users(draw: st.DrawFn, most_accounts: int = 2) -> list[AccountHistory]:
    """The accounts of one user, captured at the same instants."""
    nights = draw(st.integers(2, 12))
    stride = draw(st.sampled_from((6 * HOUR, DAY, DAY, DAY, 4 * DAY, 10 * DAY)))
    # Often on the dot: then a window begins at a capture, and nothing is interpolated.
    lateness = st.sampled_from((0, 0, 1, 900, 1_801, 5_000))
    instants = [START + stride * night + draw(lateness) for night in range(nights)]
    return [draw(_accounts(instants)) for _ in range(draw(st.integers(1, most_accounts)))]


@st.composite
def _accounts(draw: st.DrawFn, instants: list[int]) -> AccountHistory:
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=len(instants), max_size=len(instants)))
    scale = draw(st.sampled_from(SCALES))
    lives = [draw(_lives(f"{n}", instants, scale)) for n in range(draw(st.integers(0, 7)))]
    # A source may never give a counter, or begin or cease to give it.
    counted_from = draw(st.sampled_from((0, 0, 0, 0, 0, len(instants) // 2, len(instants))))
    counted_to = draw(st.sampled_from((len(instants),) * 4 + (len(instants) // 2,)))
    history = AccountHistory(draw(st.booleans()))
    for night, (kind, at) in enumerate(zip(kinds, instants, strict=True)):
        if kind != "missed":
            fetched = _capture(
                kind, night, at, lives, with_shares=counted_from <= night < counted_to
            )
            history.captures.append((kind, fetched))
    return history


@st.composite
def _lives(draw: st.DrawFn, name: str, instants: list[int], scale: int) -> _Life:
    age = draw(st.sampled_from(AGES))
    # An unknown publication is that of a video which may have been there all along.
    since = draw(st.sampled_from(instants)) if age is None else instants[0] - age
    nights = len(instants)
    events = draw(st.lists(st.sampled_from(EVENTS), min_size=nights, max_size=nights))
    if draw(st.integers(0, 3)):  # most lead a quiet life: sums in SQL need some to add up
        events = [event if event in ("still", "correction") else "grow" for event in events]
    counts = [draw(st.sampled_from((0, scale, scale // 3))) for _ in VIDEO_METRICS]
    # Clocks differ: a video may be listed before it is said to have been published.
    ahead = draw(st.sampled_from((0,) * 9 + (HOUR, 3 * DAY)))
    published_at = None if age is None else since + ahead
    return _Life(f"70000000000000000{name}", published_at, since, events, counts)


def _capture(kind: str, night: int, at: int, lives: list[_Life], *, with_shares: bool) -> Fetched:
    videos = []
    for number, life in enumerate(lives):
        counts = [_count(life, night, metric) for metric in range(len(VIDEO_METRICS))]
        if at < life.since or life.events[night] == "unlisted":
            continue
        if number % 2 and kind in ("cut short", "half", "agreed half", "recent"):
            continue
        counts[3] = counts[3] if with_shares else None
        views, likes, comments, shares = counts
        videos.append(
            video_reading(
                life.name,
                views,
                likes,
                comments,
                shares,
                title=f"Video {number}",
                published_at=life.published_at,
            )
        )
    return Fetched(
        captured_at=at,
        ended_at=at + 9,
        trigger="nightly",
        scope="recent" if kind == "recent" else "complete",
        walked_to_end=kind not in ("cut short", "failed"),
        profile=ProfileReading(
            followers=(None, 1_000 + night, 1_500, 700)[(night * 7 + len(lives)) % 4],
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
    lives = [_Life(f"{n}", at, at, ["still"], [5] * 4) for n, at in enumerate(since)]
    fetched = _capture("whole", 0, START, lives, with_shares=True)
    return AccountHistory(rounded=False, captures=[("whole", fetched)])


def gone_at_a_start() -> AccountHistory:
    """The 24 hours before the last begin at the capture that was the first to miss a video."""
    lives = [_Life(f"{n}", None, START, ["grow"] * 4, [5] * 4) for n in range(2)]
    nights = (("whole", 0), ("whole", 1), ("agreed half", 2), ("agreed half", 4))
    captures = [
        (kind, _capture(kind, n, START + day * DAY, lives, with_shares=True))
        for n, (kind, day) in enumerate(nights)
    ]
    return AccountHistory(rounded=False, captures=captures)


# --- what must follow -------------------------------------------------------------------------


def statuses(history: AccountHistory) -> dict[int, str]:
    """The status of each capture with readings, by its instant."""
    found: dict[int, str] = {}
    last: set[int] | None = None
    before: set[int] | None = None
    for fetched in history.recorded:
        listed = {int(video.platform_id) for video in fetched.videos}
        status = status_of(
            listed,
            scope=fetched.scope,
            walked_to_end=fetched.walked_to_end,
            reported_count=fetched.profile.videos,
            last_complete=last,
            listed_before=before,
        )
        found[fetched.captured_at] = status
        if fetched.scope == "complete" and fetched.walked_to_end:
            before = listed
        if status == "complete":
            last = listed
    return found


def reference(history: AccountHistory, window: Window) -> dict[str, Ledger]:
    """The ledgers of ``window`` by metric, from the raw readings alone."""
    complete = [at for at, status in statuses(history).items() if status == "complete"]
    seen: dict[str, dict[int, VideoReading]] = {}
    for fetched in history.recorded:
        for video in fetched.videos:
            seen.setdefault(video.platform_id, {})[fetched.captured_at] = video
    return {
        metric: ledger_of(
            [_readings(readings, metric, window.end, complete) for readings in seen.values()],
            window,
            rounded=history.rounded,
        )
        for metric in VIDEO_METRICS
    }


def _readings(
    readings: dict[int, VideoReading], metric: str, end: int, complete: Sequence[int]
) -> VideoReadings:
    raw = [(at, video.count(metric)) for at, video in readings.items()]
    counts = {at: count for at, count in raw if count is not None and 0 <= count <= LARGEST_COUNT}
    uncounted = end in readings and end not in counts
    last_seen = max((at for at in readings if at <= end), default=end)
    gone = sum(last_seen < at <= end for at in complete) >= 2
    published_at = next(iter(readings.values())).published_at
    series = accepted_series(sorted(counts.items()))
    return VideoReadings(0, published_at, series, not uncounted and not gone, uncounted)
