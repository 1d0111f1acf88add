"""What a screen, a shell and a program show of a growth. Nothing else words one."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal
from zoneinfo import ZoneInfo

from snapshot_core.growth.definitions import DefinitionBreak
from snapshot_core.growth.growth import Estimate, Growth, NoPercentage
from snapshot_core.growth.history import Reason, ReasonCode
from snapshot_core.periods import Days, Period
from snapshot_core.view.wording.numbers import (
    PER_CENT,
    UNKNOWN_TEXT,
    calendar_day,
    compact,
    duration,
    exact,
    exact_signed,
    moment,
    percent,
    signed,
)

MULTIPLE_FROM_PERCENT: Final = 100  # from here on, people say how many times as much it is
ALMOST_NOTHING: Final = f"< 0.1{PER_CENT}"
BOUND_DIGITS: Final = 2  # of a range's width, down to which its ends are written


@dataclass(frozen=True, slots=True)
class Doubts:
    """That a number is less sure than it looks, and why."""

    badges: tuple[Literal["estimated", "stale"], ...]
    sentence: str

    @property
    def words(self) -> str:
        """All of them: ``estimated, stale``."""
        return ", ".join(self.badges)


def gain(growth: Growth) -> str:
    """``+2.2M``; ``< 100K`` where a rounded source cannot tell it from nothing; ``–`` unknown."""
    if growth.growth is None:
        return UNKNOWN_TEXT
    return _compact_gain(growth.growth, growth)


def headline(growth: Growth) -> str:
    """A card's figure: the gain; the total where the gain is unknown."""
    if growth.growth is None and growth.current is not None:
        return compact(growth.current)
    return gain(growth)


def percentage(growth: Growth) -> str:
    """``+5.6 %``, of what was there at the start; empty where there is no percentage to show."""
    if growth.percentage is None:
        return ""
    return _percent(growth.percentage, growth.growth or 0)


def in_full(growth: Growth, period: Period) -> str:
    """The figures behind the headline, every digit of them."""
    if growth.growth is None:
        return "Not counted." if growth.current is None else f"{exact(growth.current)} in total."
    sentence = f"{_exact_gain(growth.growth, growth)} {period.phrase}"
    if growth.current is not None:
        sentence += f", to {exact(growth.current)}"
    sentences = [sentence]
    if growth.before is not None:
        sentences.append(f"{period.compared_words.capitalize()}{_then_and_now(growth)}")
    # Where it is estimated, the range stands beside the reason.
    more = "" if growth.estimated else bounds(growth), no_percentage(growth)
    return " ".join([*(f"{each}." for each in sentences), *filter(None, more)])


def _then_and_now(growth: Growth) -> str:
    then, now = (_exact_gain(part or 0, growth) for part in (growth.before, growth.compared))
    if growth.comparable_accounts >= growth.accounts:
        return f": {then}"
    known = f"{growth.comparable_accounts} of {growth.accounts} accounts"
    return f", known for {known}: {then}, and {now} now"


def _compact_gain(gained: int, growth: Growth) -> str:
    """A gain of this period or the one before; ``< 100K`` where its source rounds off more."""
    return f"< {compact(growth.resolution)}" if abs(gained) < growth.resolution else signed(gained)


def _exact_gain(gained: int, growth: Growth) -> str:
    """Every digit of it."""
    hidden = abs(gained) < growth.resolution
    return f"< {exact(growth.resolution)}" if hidden else exact_signed(gained)


def no_percentage(growth: Growth) -> str:
    """Why a growth that is known has no percentage; empty where it has one, or is not known."""
    return _NO_PERCENTAGE[growth.no_percentage] if growth.no_percentage else ""


def since_tracking(known: Growth | None, *, named: bool = False) -> str:
    """What is known where a period is not ready; empty where nothing is.

    ``+412 since tracking began, 19 h``; ``named``: ``+412 views since …``.
    """
    if known is None or known.window is None:
        return ""
    length, up_to = duration(known.window.seconds), "up to " if known.accounts > 1 else ""
    counter = f" {known.metric}" if named else ""
    return f"{gain(known)}{counter} since tracking began, {up_to}{length}"


def earlier_gain(growth: Growth) -> str:
    """The gain of the period before, as `gain` writes that of this one."""
    return UNKNOWN_TEXT if growth.before is None else _compact_gain(growth.before, growth)


def comparison(growth: Growth) -> str | None:
    """Growth against the period before, as ``+12 % vs``; None without one.

    ``3.0×`` where a percentage would say little; and the gain of that period
    itself (``−5 in``) where there is nothing to be a percentage of, or the source rounds off more
    than the difference.
    """
    if growth.before is None:
        return None
    if growth.change is None:
        return f"{earlier_gain(growth)} in"
    if growth.change >= MULTIPLE_FROM_PERCENT:
        times = 1 + growth.change / 100
        return f"{times:.1f}×" if times < 10 else f"{compact(round(times))}×"
    return f"{_percent(growth.change, (growth.compared or 0) - (growth.before or 0))} vs"


def rate(value: Decimal | None) -> str:
    """A part in per cent, without a sign: ``12.9%``; ``< 0.1%`` of what is next to nothing."""
    return UNKNOWN_TEXT if value is None else _percent(value, int(value != 0)).lstrip("+")


def share(part: int, whole: int | None) -> str:
    """``part`` of ``whole`` in per cent, without a sign."""
    return rate(Decimal(100 * part) / whole if whole and whole > 0 else None)


def doubts(growth: Growth, now: int) -> Doubts | None:
    """Why a number is less sure than it looks; None where it is not."""
    sentences: dict[Literal["estimated", "stale"], str] = {}
    if growth.estimated:
        sentences["estimated"] = estimate(growth)
    if growth.stale_since is not None:
        sentences["stale"] = stale_sentence(growth.stale_since, now)
    return Doubts(tuple(sentences), " ".join(sentences.values())) if sentences else None


def estimate(growth: Growth) -> str:
    """Why a number is estimated, and between which figures it lies; empty where it is exact."""
    if not growth.estimated:
        return ""
    words = _ESTIMATES_OF_AN_ACCOUNT if growth.line is None else _ESTIMATES_OF_A_VIDEO
    reasons = "; ".join(words[estimate] for estimate in growth.estimated)
    blanks = {"resolution": compact(growth.resolution), "definition": definitions(growth.breaks)}
    sentence = f"Estimated: {reasons.format(**blanks)}."
    return f"{sentence} {bounds(growth)}".rstrip()


def definitions(breaks: Sequence[DefinitionBreak]) -> str:
    """``since 27 Aug 2026 YouTube counts …``: what the platform has redefined, and when."""
    return ", and ".join(f"since {calendar_day(each.day)} {each.change}" for each in breaks)


def bounds(growth: Growth) -> str:
    """Between which figures a growth lies; empty where it is exact or unknown."""
    if growth.low is None or growth.high is None or growth.low >= growth.high:
        return ""
    # Further digits would say nothing. Outwards, so that it holds as often as it says.
    step = 10 ** max(0, len(str(growth.high - growth.low)) - BOUND_DIGITS)
    low = exact_signed(growth.low // step * step)
    high = exact_signed(-(-growth.high // step) * step)
    return f"The true figure is between {low} and {high}, 9 times in 10."


def reason(growth: Growth, period: Period, zone: ZoneInfo, now: int) -> str:
    """Why there is no number, and what is known; empty where there is one."""
    if growth.reason is None:
        return ""
    sentence = reason_sentence(growth.reason, period, zone, now)
    known = since_tracking(growth.since_tracking)
    return f"{sentence} {known}." if known else sentence


def short_reason(growth: Growth, zone: ZoneInfo, now: int) -> str:
    """Why there is no number, in the width of a card; empty where there is one."""
    return in_short(growth.reason, zone, now) if growth.reason else ""


def in_short(reason: Reason, zone: ZoneInfo, now: int) -> str:
    """A reason in the width of a card: ``ready 28 Nov, 00:00``."""
    if reason.ready_at is not None:
        ready = moment(reason.ready_at, zone, now)
        return f"ready {ready}" if reason.ready_at > now else "needs a newer snapshot"
    return _SHORT_REASONS[reason.code]


def reason_sentence(reason: Reason, period: Period, zone: ZoneInfo, now: int) -> str:
    """Why there is no number at ``now``, to a creator."""
    if reason.ready_at is not None and isinstance(period, Days):
        name = "24-hour" if period.days == 1 else f"{period.days}-day"
        ready = moment(reason.ready_at, zone, now)
        if reason.ready_at <= now:
            return (
                f"{name} growth needs a snapshot from {ready} on; the last one is older. "
                "Take or import a newer one."
            )
        return f"{name} growth will be ready on {ready}, with the first snapshot from then on."
    return _REASONS[reason.code].format(
        phrase=period.phrase, within=period.within, days=reason.days
    )


def stale_sentence(last_complete: int, now: int) -> str:
    """That the numbers are old, how old, and what to do."""
    age = duration(now - last_complete)
    return f"The last complete snapshot is {age} old. Take or import a newer one."


def _percent(value: Decimal, part: int) -> str:
    """``value`` per cent, which ``part`` is; what only rounds to nothing is ``< 0.1 %``."""
    text = percent(value)
    return ALMOST_NOTHING if part and text == f"0{PER_CENT}" else text


_NO_PERCENTAGE: Final[dict[NoPercentage, str]] = {
    "no_base": "There is no percentage: nothing was there when the period began. "
    "It comes once a whole period has passed.",
    "below_resolution": "There is no percentage: the source rounds off more than was gained. "
    "A longer period may show it.",
}
_ESTIMATES_OF_AN_ACCOUNT: Final[dict[Estimate, str]] = {
    "interpolated": "no snapshot was taken near the period's start, "
    "so the counts then are worked out from the snapshots around it",
    "carried": "some videos were missing from the last snapshot and keep their last count",
    "partial": "the latest snapshot was cut short, so the one before it is shown",
    "resolution": "the source rounds its counts, so less than {resolution} may be nothing",
    "definition": "{definition}, so not all of this is growth",
}
_ESTIMATES_OF_A_VIDEO: Final[dict[Estimate, str]] = {
    **_ESTIMATES_OF_AN_ACCOUNT,
    "interpolated": "it was not read near the period's start, so its count then is worked out "
    "from the readings around it",
    "carried": "the latest snapshot missed it or its reading is held back, so it keeps the "
    "count before",
}
_REASONS: Final[dict[ReasonCode, str]] = {
    "no_capture": "No snapshot yet. Take the first one to start measuring.",
    "no_complete": "The snapshots so far were cut short, so none of them counts yet. Take another.",
    "one_capture": "Growth needs a second snapshot. Take one, or wait for the next.",
    "not_ready": "Growth needs a second snapshot. Take one, or wait for the next.",
    "kept_too_short": "Growth {phrase} takes numbers of {days} days, and this installation "
    "keeps the platform's for fewer. Set its KEEP_DAYS to {days} or more, where the platform "
    "allows it.",
    "before_tracking": "Tracking began later. Choose a later start.",
    "not_reached": "There is no complete snapshot from then on yet.",
    "low_coverage": "Too few videos were measured when the period began, so growth would be a "
    "guess. The next nightly snapshots mend this.",
    "not_measured": "This was not measured when the period began, or not at its end. "
    "The next snapshots that have it mend this.",
    "not_counted": "The source does not give this number. An imported file may have it.",
    "lagging": "The last complete snapshot is a whole period or more older than the newest of the "
    "other accounts. Take or import a newer one.",
    "not_published": "It was published later.",
    "not_read": "It was not read {within}. The next snapshots mend this.",
    "newly_tracked": "It was first read after the period began, so its growth is not known yet. "
    "It will be once it has been read for a whole period.",
    "removed": "It is no longer on the account, so it has no growth in this period. "
    "Its history stays.",
    "uncounted": "The latest snapshot lists the video without this count. "
    "The next one that has it brings its growth back.",
}
_SHORT_REASONS: Final[dict[ReasonCode, str]] = {
    "no_capture": "no snapshot yet",
    "no_complete": "no complete snapshot yet",
    "one_capture": "needs a second snapshot",
    "not_ready": "needs a second snapshot",
    "kept_too_short": "needs numbers kept longer",
    "before_tracking": "began later",
    "not_reached": "no snapshot yet",
    "low_coverage": "too few measured",
    "not_measured": "not measured then",
    "not_counted": "not counted",
    "lagging": "needs a newer snapshot",
    "not_published": "published later",
    "not_read": "not read then",
    "newly_tracked": "newly tracked",
    "removed": "removed",
    "uncounted": "not counted",
}
