"""Readable builders, random histories, and growth.md's rules written down a second time.

The reference below shares no code with the engine and is not clever: exact fractions, linear
searches, one step of the contract per line. Where the two differ, one of them is wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from math import floor
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from snapshot_core.growth.completeness import status_of
from snapshot_core.windows import DAY, HOUR, Window, midnight
from tests.growth import shape_oracle
from tests.support.accepted import accepted_series
from tests.support.choices import Choose, drawn_choices
from tests.support.video_readings import VideoReadings

Readings = Sequence[tuple[int, int]]

START = 1_700_000_000
"""An instant to hang examples on; nothing depends on which."""


def hours(*pairs: tuple[float, int]) -> list[tuple[int, int]]:
    """Readings from ``(hours after START, count)``."""
    return [(START + round(at * HOUR), count) for at, count in pairs]


def at(after: float) -> int:
    """The instant ``after`` hours after START."""
    return START + round(after * HOUR)


def window(start: float, end: float) -> Window:
    """The window between two hours after START."""
    return Window(at(start), at(end))


def video(
    *pairs: tuple[float, int],
    published: float | None = None,
    may_carry: bool = True,
    uncounted: bool = False,
    video_id: int = 1,
) -> VideoReadings:
    """A video from hours after START; nobody knows its age unless said otherwise."""
    published_at = None if published is None else at(published)
    return VideoReadings(video_id, published_at, hours(*pairs), may_carry, uncounted)


# --- growth.md, word for word -----------------------------------------------------------------


def exact_value(readings: Readings, t: int, max_gap: int, published: int | None) -> Fraction | None:
    """ "Value of a video at an instant", rules 1 to 4, before rounding."""
    if published is not None and t < published:
        return Fraction(0)
    for read_at, count in readings:
        if read_at == t:
            return Fraction(count)
    before = [reading for reading in readings if reading[0] < t]
    after = [reading for reading in readings if reading[0] > t]
    if not before and published is not None:
        before = [(published, 0)]
    if not before or not after:
        return None
    (t0, c0), (t1, c1) = before[-1], after[0]
    if t1 - t0 > max_gap:
        return None
    if published is None or c1 < c0:
        return c0 + Fraction(c1 - c0) * Fraction(t - t0, t1 - t0)
    return c0 + (c1 - c0) * Fraction(shape_oracle.share(t0, t, t1, published, None))


def half_up(value: Fraction) -> int:
    """To the nearest integer, halves up."""
    return floor(value + Fraction(1, 2))


def rounded_value(readings: Readings, t: int, max_gap: int, published: int | None) -> int | None:
    """Rules 1 to 4, "rounded to an integer before any sum"."""
    value = exact_value(readings, t, max_gap, published)
    return None if value is None else half_up(value)


def reference_ledger(videos: Sequence[VideoReadings], where: Window) -> dict[str, int]:
    """ "The ledger": every line by its definition, over sets of videos."""
    t0, t1 = where.start, where.end
    max_gap = max(50 * HOUR, (t1 - t0) // 2)
    v0: dict[int, int] = {}
    v1: dict[int, int] = {}
    for number, one in enumerate(videos):
        if one.published_at is not None and one.published_at > t1:
            continue
        if one.published_at is None or one.published_at <= t0:
            value = rounded_value(one.series, t0, max_gap, one.published_at)
            if value is not None:
                v0[number] = value
        value = rounded_value(one.series, t1, max_gap, one.published_at)
        if value is None and one.may_carry:
            recent = [count for read_at, count in one.series if t1 - max_gap <= read_at <= t1]
            value = recent[-1] if recent else None
        if value is not None:
            v1[number] = value
    new = {n for n, one in enumerate(videos) if (one.published_at or t0) > t0}
    both = v0.keys() & v1.keys()
    falls = 0
    for n in both:
        inside = [count for read_at, count in videos[n].series if t0 < read_at < t1]
        steps = [v0[n], *inside, v1[n]]
        falls += sum(a - b for a, b in pairwise(steps) if a > b)
    return {
        "current": sum(v1.values()),
        "previous": sum(v0.values()),
        "like_for_like": sum(v1[n] - v0[n] for n in both),
        "published": sum(v1[n] for n in v1.keys() & new),
        "newly_tracked": sum(v1[n] for n in v1.keys() - new - v0.keys()),
        "removed": sum(v0[n] for n in v0.keys() - v1.keys()),
        "corrections": falls,
        "videos": len(v0.keys() | v1.keys()),
    }


def reference_accepted(readings: Readings) -> list[tuple[int, int]]:
    """ "Accepting a reading", by looking ahead instead of remembering."""
    accepted: list[tuple[int, int]] = []
    for (read_at, count), following in zip(readings, [*readings[1:], None], strict=False):
        last = accepted[-1][1] if accepted else 0
        fell = last > 0 and (count == 0 or Fraction(count, last) < Fraction(9, 10))
        if fell:
            if following is None:
                continue
            fell_too = following[1] == 0 or Fraction(following[1], last) < Fraction(9, 10)
            if not fell_too or (count == 0 and following[1] != 0):
                continue
        accepted.append((read_at, count))
    return accepted


# --- random histories -------------------------------------------------------------------------

DST_CHANGES = (
    ("Europe/Berlin", date(2025, 3, 30)),
    ("Europe/Berlin", date(2025, 10, 26)),
    ("America/New_York", date(2025, 3, 9)),
    ("America/New_York", date(2025, 11, 2)),
    ("Australia/Lord_Howe", date(2025, 4, 6)),  # a change of half an hour
    ("Africa/Cairo", date(2025, 4, 25)),  # skips midnight itself
    ("America/Sao_Paulo", date(2018, 11, 4)),  # skips midnight itself
    ("Asia/Kathmandu", date(2025, 6, 1)),  # never changes
)

LATEST = 7_200
LATENESS = range(LATEST + 1)
"""Seconds from midnight to a night's capture."""
NIGHTS = ("whole",) * 5 + ("missed", "cut short", "half", "half", "recent")
EVENTS = ("grow",) * 6 + ("still", "unlisted", "unlisted", "null", "correction", "crash", "zero")


@dataclass
class History:
    """An account's captures folded to what the engine takes in, and the last complete one."""

    zone: str
    videos: list[VideoReadings]
    end: int | None
    awkward: set[str] = field(default_factory=set)
    """Which awkward cases are in it; so that a test can show that none is left out."""


@dataclass
class _Track:
    published_at: int | None
    since: int
    count: int
    events: list[str]
    raw: list[tuple[int, int]] = field(default_factory=list)


@st.composite
def histories(draw: st.DrawFn, first_video: int = 1) -> History:
    """An account of up to five videos over up to eleven nights, everything awkward mixed in."""
    choose = drawn_choices(draw)
    zone_name, change = choose(DST_CHANGES)
    stride = choose((1, 1, 1, 4))
    nights = [choose(NIGHTS) for _ in range(choose(range(2, 12)))]
    scale = choose((1, 1, 50, 100_000, 2**31, 2**53, 2**62))
    zone = ZoneInfo(zone_name)
    first = change - timedelta(days=stride * choose(range(len(nights) + 1)))
    instants = [
        midnight(first + timedelta(days=stride * night), zone)
        + choose((0, 1, LATEST, choose(LATENESS), choose(LATENESS)))
        for night in range(len(nights))
    ]
    tracks = [_track(choose, instants, scale) for _ in range(choose(range(6)))]
    return _folded(zone_name, nights, instants, tracks, first_video)


def _track(choose: Choose, instants: list[int], scale: int) -> _Track:
    age = choose((None, 400 * DAY, 20 * HOUR, 0, -10 * HOUR, -3 * DAY, -5 * DAY))
    # An unknown publication is that of a video which may have been there all along.
    since = choose(instants) if age is None else instants[0] - age
    events = [choose(EVENTS) for _ in instants]
    count = choose((0, scale, choose(range(scale + 1))))
    return _Track(None if age is None else since, since, count, events)


def _folded(
    zone: str, nights: list[str], instants: list[int], tracks: list[_Track], first_video: int
) -> History:
    awkward: set[str] = set(nights)
    last: set[int] | None = None
    before: set[int] | None = None
    end: int | None = None
    absences: dict[int, int] = {}
    nulls: set[int] = set()
    had: set[int] = set()
    for night, (kind, instant) in enumerate(zip(nights, instants, strict=True)):
        if kind == "missed":
            continue
        listed: set[int] = set()
        uncounted: set[int] = set()
        for number, track in enumerate(tracks):
            event = track.events[night]
            if instant < track.since or event == "unlisted":
                continue
            if kind in ("half", "cut short", "recent") and number % 2:
                continue
            listed.add(number)
            count = _next_count(track, event, night)
            if count is None:
                uncounted.add(number)
            else:
                track.raw.append((instant, count))
            awkward.add(event)
        status = status_of(
            listed,
            scope="recent" if kind == "recent" else "complete",
            walked_to_end=kind != "cut short",
            reported_count=None,
            last_complete=last,
            listed_before=before,
            uncounted=len(uncounted & had),
        )
        looks = last is None or status == "complete" or 2 * len(last & listed) >= len(last)
        if kind not in ("recent", "cut short") and looks:
            before = listed
        if status == "complete":
            last, end, nulls, had = listed, instant, uncounted, listed - uncounted
            for number in range(len(tracks)):
                absences[number] = 0 if number in listed else absences.get(number, 0) + 1
    videos = []
    for number, track in enumerate(tracks):
        series = accepted_series(track.raw)
        if len(series) < len(track.raw):
            awkward.add("quarantined")
        may_carry = number not in nulls and absences.get(number, 0) < 2
        videos.append(
            VideoReadings(
                first_video + number, track.published_at, series, may_carry, number in nulls
            )
        )
    return History(zone, videos, end, awkward)


def _next_count(track: _Track, event: str, night: int) -> int | None:
    """The count the platform gives; growth and corrections last, glitches do not."""
    if event == "null":
        return None
    if event == "zero":
        return 0
    if event == "crash":
        return track.count // 2
    if event == "grow":
        track.count += track.count // (night + 7) + night
    elif event == "correction":
        track.count -= track.count // 50
    return track.count
