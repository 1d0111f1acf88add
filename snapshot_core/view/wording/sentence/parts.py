"""Parts that several sentences share: a gain, its comparison, the few that made most of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from snapshot_core.growth.growth import Growth
from snapshot_core.periods import Period
from snapshot_core.plural import in_words
from snapshot_core.view.wording import growth as wording
from snapshot_core.view.wording.numbers import MINUS, compact, exact, signed
from snapshot_core.view.wording.sentence.spans import Span, fact, rest

MOST_SHARE: Final = 0.75
MAX_LEADING: Final = 3
"""So few that made `MOST_SHARE` of a gain are told; else what the `MAX_LEADING` largest made."""


def gain_spans(phrase: str, growth: Growth, period: Period) -> list[Span]:
    """A gain in words, and how it compares with the period before."""
    if growth.breaks:
        changed = wording.definitions(growth.breaks)
        return [fact(f"{phrase},"), rest(f" but {changed}, so not all of it is growth.")]
    compared = comparison_phrase(growth, period)
    return [fact(f"{phrase},"), rest(f" {compared}.")] if compared else [fact(f"{phrase}.")]


def gain_phrase(growth: Growth, when: str) -> str:
    """``+1.25M views in 7 days``."""
    low, high = growth.low or 0, growth.high or 0
    if growth.below_resolution:
        return f"Less than {compact(growth.resolution)} {growth.metric} {when}"
    if growth.estimated and low < 0 < high:
        return f"Between {signed(low)} and {signed(high)} {growth.metric} {when}"
    if not growth.growth:
        return f"No {growth.metric} gained {when}"
    about = "About " if growth.estimated else ""
    return f"{about}{wording.gain(growth)} {growth.metric} {when}"


def verb_phrase(growth: Growth) -> str:
    """What accounts did: ``gained +8.42M views``."""
    about = "about " if growth.estimated else ""
    if growth.below_resolution:
        return f"gained less than {compact(growth.resolution)} {growth.metric}"
    if not growth.growth:
        return f"gained no {growth.metric}"
    if growth.growth < 0:
        return f"lost {about}{wording.gain(growth).removeprefix(MINUS)} {growth.metric}"
    return f"gained {about}{wording.gain(growth)} {growth.metric}"


def comparison_phrase(growth: Growth, period: Period) -> str:
    """``9% more than the 7 days before``; empty where there is nothing to compare."""
    text = wording.comparison(growth)
    if text is None or growth.below_resolution:
        return ""
    then, some = period.compared_words, ""
    if growth.comparable_accounts < growth.accounts:
        some = f" (known for {exact(growth.comparable_accounts)} of {exact(growth.accounts)})"
    if growth.change is None or (growth.compared or 0) <= 0:
        # Of less than nothing there is no percentage that anybody could picture.
        return f"after {wording.earlier_gain(growth)} in {then}{some}"
    if not growth.change:
        return f"as many as in {then}{some}"
    if not text.endswith("vs"):
        return f"{text} {then}{some}"
    size = text.removesuffix(" vs").removeprefix("+").removeprefix(MINUS)
    return f"{size} {'more' if growth.change > 0 else 'less'} than {then}{some}"


@dataclass(frozen=True, slots=True)
class Leading:
    """The few that made most of a gain."""

    count: int
    share: str


def leading(gains: Sequence[int], total: int) -> Leading | None:
    """None where that says nothing: there are hardly more of them, or others lost."""
    if total <= 0 or len(gains) <= MAX_LEADING:
        return None
    largest = sorted(gains, reverse=True)[:MAX_LEADING]
    parts = list(accumulate(largest))
    count = next((n for n, part in enumerate(parts, 1) if part >= MOST_SHARE * total), MAX_LEADING)
    made = parts[count - 1]
    return Leading(count, wording.share(made, total)) if made <= total else None


def need_phrase(count: int) -> str:
    """``two need you``; empty where none does."""
    return f"{in_words(count)} {'needs' if count == 1 else 'need'} you" if count else ""


def capitalised(text: str) -> str:
    """With a capital letter to begin with."""
    return text[:1].upper() + text[1:]
