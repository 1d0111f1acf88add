"""The sample account: a small creator's story, told around the instant it was made.

It works offline and needs no key. Counters are a pure function of the instant, so the past
can be asked for as well as the present. When the account is made it shows what the dashboard
is for: a video that took off, one posted today, one that left the list, a small correction by
the platform, a night without a capture. Then it goes on, with one or two posts a week.
"""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from math import cos, exp, log1p, pi, sin
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.growth.completeness import Scope
from snapshot_core.growth.rounding import Rounding
from snapshot_core.readings import ProfileReading, VideoReading, video_counts
from snapshot_core.sources.contract import AccountRef, Listing, Source
from snapshot_core.windows import DAY, HOUR, local_days

ACCOUNT_NAME: Final = "Sample account"

BACKFILL_NIGHTS: Final = 90
MISSED_NIGHT: Final = 12
"""How many nights before the account was made the capture failed to run."""

_CATALOGUE_VIDEOS: Final = 30
"""Posted before the account was made."""
_RECENT_DAYS: Final = 7
"""For which a video, or its take-off, counts as recent."""
_STORY_VIDEOS: Final = {"viral": 27, "corrected": 17, "removed": 14}

_TITLES: Final = (
    "My basil forgave me", "Tomatoes, third floor", "I overwatered everything",
    "Who ate my strawberries?", "A garden in a suitcase", "Moss is a lifestyle",
    "The mint is winning", "Soup from four pots", "Grandma's seed drawer", "Repotting at midnight",
    "Chillies vs my landlord", "One lemon. Two years.", "Bees on the balcony", "Rain day, no plan",
    "Potatoes in a bucket", "The sad fern, part one", "The sad fern, part two",
    "Naming all my cacti", "Compost without drama", "Five herbs, one window",
    "My neighbour grows too", "Snails: a truce", "First salad of the year", "A very small pumpkin",
    "What the cat dug up", "Sunflower at 2.4 metres", "Garlic, the easy one",
    "The pigeon came back", "Drying thyme, slowly", "Good morning, courgette",
    "I built a trellis, badly", "Watering while away", "Radishes in 21 days",
    "Rescue plant from a bin", "Frost tonight, quick!", "Everything I killed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Script:
    """One video's part. Days count from the instant the account was made."""

    published: float
    reach: float
    """Views it is good for by itself, roughly."""
    likes: float
    comments: float
    shares: float
    phase: float
    duration: int
    cover: str
    title: str
    burst: float = 0.0
    burst_at: float = float("inf")
    corrected_at: float = float("inf")
    removed_at: float = float("inf")


class Sample(Source):
    """The sample account as a source. ``read`` takes some tenths of a millisecond."""

    name = "sample"
    label = "Sample data"
    metrics = dict.fromkeys(("views", "likes", "comments", "shares", "followers"), Rounding.EXACT)
    scopes: frozenset[Scope] = frozenset({"complete", "recent"})

    def read(self, account: AccountRef, scope: Scope, now: int) -> Listing:
        """The account as it was, or will be, at ``now``. The same question, the same answer."""
        born, days = account.created_at, (now - account.created_at) / DAY
        listed = [
            (script, _reading(number, script, born, now))
            for number, script in _posted(born, now)
            if days < script.removed_at
        ]
        listed.reverse()
        profile = ProfileReading(
            followers=_followers(days),
            following=312,
            likes=sum(reading.count("likes") or 0 for _, reading in listed),
            videos=len(listed),
        )
        whole = scope == "complete"
        wanted = [reading for script, reading in listed if whole or _is_recent(script, days)]
        return Listing(profile, iter(wanted), walked_to_end=len(wanted) == len(listed))


def nights_to_backfill(created_at: int, zone: ZoneInfo, nights: int = BACKFILL_NIGHTS) -> list[int]:
    """The local midnights before ``created_at`` to read the account at, oldest first.

    One of them is left out: the night without a capture.
    """
    days = local_days(created_at - (nights + 1) * DAY, created_at, zone)
    midnights = [day.start for day in days if day.start < created_at][-nights:]
    return [*midnights[:-MISSED_NIGHT], *midnights[len(midnights) - MISSED_NIGHT + 1 :]]


def _posted(born: int, now: int) -> Iterator[tuple[int, _Script]]:
    for number in count():
        script = _script(number)
        if _published_at(script, born) > now:
            return
        yield number, script


def _published_at(script: _Script, born: int) -> int:
    at = born + round(script.published * DAY)
    # Today's post keeps its distance; the others go out in the evening of their day.
    return at if -1 < script.published < 0 else at - at % DAY + (15 + script.duration % 6) * HOUR


@lru_cache(maxsize=1024)
def _script(number: int) -> _Script:
    chance = Random(number)
    back = _CATALOGUE_VIDEOS - 1 - number
    jitter = chance.uniform(-0.4, 0.4)
    if back < 0:
        published = 2.5 + 4.8 * (-back - 1) + jitter
    elif back == 0:
        published = -0.375
    elif back < 19:
        published = -0.9 - 4.8 * back + jitter
    else:
        published = -92 - 19.0 * (back - 18) + 5 * jitter
    again, which = divmod(number, len(_TITLES))
    title = _TITLES[which] + (f" ({again + 1})" if again else "")
    takes_off = number == _STORY_VIDEOS["viral"] or (
        chance.random() < 0.14 and not _CATALOGUE_VIDEOS - 8 < number < _CATALOGUE_VIDEOS
    )
    burst_at = published + chance.uniform(1.5, 8.0)
    return _Script(
        published=published,
        reach=150_000 if back == 0 else min(4e5, max(1.5e4, chance.lognormvariate(11.3, 0.7))),
        likes=chance.uniform(0.06, 0.15),
        comments=chance.uniform(0.008, 0.02),
        shares=chance.uniform(0.003, 0.012),
        phase=chance.uniform(0, 2 * pi),
        duration=chance.randint(9, 58),
        cover=_cover(number, title),
        title=title,
        burst=chance.uniform(7e5, 1.6e6) if takes_off else 0.0,
        burst_at=-4.6 if number == _STORY_VIDEOS["viral"] else burst_at,
        corrected_at=-5.3 if number == _STORY_VIDEOS["corrected"] else float("inf"),
        removed_at=-9.7 if number == _STORY_VIDEOS["removed"] else float("inf"),
    )


def _audience_time(days: float, phase: float) -> float:
    """Days on the audience's clock: fast in the evening and at weekends, never backwards."""
    daily = 0.45 * sin(2 * pi * (days - 0.75)) / (2 * pi)
    weekly = 0.12 * sin(2 * pi * (days - 2.5) / 7) * 7 / (2 * pi)
    moods = 0.25 * sin(2 * pi * days / 5.3 + phase) * 5.3 / (2 * pi)
    return days + daily + weekly + moods


def _views(script: _Script, born: int, at: float) -> float:
    """Views before any correction: a strong start, a long tail, perhaps a take-off."""
    now = _audience_time(at / DAY, script.phase)
    age = max(0.0, now - _audience_time(_published_at(script, born) / DAY, script.phase))
    views = script.reach * (0.65 * (1 - exp(-age / 1.3)) + 0.35 * log1p(age / 20))
    if script.burst and at > born + script.burst_at * DAY:
        risen = now - _audience_time(born / DAY + script.burst_at, script.phase)
        views += script.burst * (1 - exp(-((max(0.0, risen) / 2.4) ** 1.5)))
    return views


def _reading(number: int, script: _Script, born: int, now: int) -> VideoReading:
    published_at = _published_at(script, born)
    views = _views(script, born, now)
    corrected, corrected_at = 0, born + script.corrected_at * DAY
    if now >= corrected_at:
        # Spam views are taken back; likes and comments stay.
        corrected = int(0.03 * _views(script, born, corrected_at))
    return VideoReading(
        # Made like the platform's own ids: the upload time in the upper half.
        str(published_at << 32 | (number * 2_654_435_761) % 2**32),
        video_counts(
            views=int(views) - corrected,
            likes=int(script.likes * views**0.99),
            comments=int(script.comments * views**0.9),
            shares=int(script.shares * views),
        ),
        title=script.title,
        published_at=published_at,
        cover_url=script.cover,
        duration=script.duration,
    )


def _is_recent(script: _Script, days: float) -> bool:
    took_off = script.burst > 0 and 0 <= days - script.burst_at < _RECENT_DAYS
    # A day of slack for the hour it went out at.
    return days - script.published < _RECENT_DAYS + 1 or took_off


def _followers(days: float) -> int:
    """Growing, helped by the video that took off, with now and then a day of losses."""
    helped = 5_500 * (1 - exp(-max(0.0, days + 4.6) / 3))
    swing = 420 * sin(2 * pi * days / 9.7) + 90 * cos(2 * pi * days / 2.3)
    return int(180_000 * exp(0.0011 * days) + helped + swing)


def _cover(number: int, title: str) -> str:
    """A gradient tile with the title's initial, as a data URI of some 600 bytes."""
    hue = number * 47 % 360
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' width='72' height='96'>"
        f"<linearGradient id='g' x2='1' y2='1'><stop stop-color='hsl({hue},62%,58%)'/>"
        f"<stop offset='1' stop-color='hsl({(hue + 50) % 360},58%,34%)'/></linearGradient>"
        "<path fill='url(#g)' d='M0 0h72v96H0z'/>"
        f"<circle cx='{10 + number * 29 % 52}' cy='88' r='30' fill='#fff' opacity='.15'/>"
        "<text x='36' y='60' font-size='36' font-family='sans-serif' text-anchor='middle' "
        f"fill='#fff'>{title[0]}</text></svg>"
    )
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


SOURCE: Final = Sample()
