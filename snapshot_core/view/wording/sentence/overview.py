"""The sentence of the Overview."""

from typing import Final

from snapshot_core.growth.growth import Growth
from snapshot_core.metrics import COUNTERS
from snapshot_core.plural import plural
from snapshot_core.view.overview import Overview
from snapshot_core.view.videos_table import RANKED_BY
from snapshot_core.view.wording import growth as wording
from snapshot_core.view.wording.accounts import summary
from snapshot_core.view.wording.numbers import compact, duration, exact, moment
from snapshot_core.view.wording.sentence.parts import gain_phrase, gain_spans
from snapshot_core.view.wording.sentence.spans import Sentence, Span, fact, rest

MIN_SHARE_NAMED: Final = 0.2
"""The part of a gain from which on one video is named as what made it."""

MAX_NAME_CHARS: Final = 60


def overview_sentence(view: Overview) -> Sentence:
    """What the views did, because of which video; of views that are not counted, another counter.

    ``+1.25M views in 7 days, 9% more than the 7 days before. The pigeon came back made 71% of it.``
    """
    known = (view.cards[name].growth for name in COUNTERS)
    growth = next((each for each in known if each.growth is not None), view.cards[RANKED_BY].growth)
    if growth.reason is not None:
        spans = _not_ready(growth, view)
    else:
        when = view.period.phrase
        if growth.stale_since is not None:
            when += f", up to {moment(growth.stale_since, view.zone, view.now)}"
        spans = gain_spans(gain_phrase(growth, when), growth, view.period)
    if growth.metric == RANKED_BY:
        spans += _cause(growth.known, view)
    left_out = summary(view.left_out, view.summed_accounts)
    if left_out and growth.reason is None:
        spans.append(rest(f" {left_out}."))
    return Sentence(tuple(spans))


def _cause(growth: Growth, view: Overview) -> list[Span]:
    """The video that made most of it; of a loss, what the platform took back."""
    gained = growth.growth or 0
    if gained < 0 and growth.ledger is not None and growth.ledger.corrections:
        return [rest(f" The platform took back {compact(growth.ledger.corrections)}.")]
    if gained <= 0 or growth.below_resolution or not view.top_videos:
        return []
    top, several = view.top_videos[0], view.videos > 1
    made = top.growth[RANKED_BY]
    most = made.growth or 0
    if made.below_resolution or not several or most <= 0:
        return []
    share = "all" if most == gained else wording.share(most, gained)
    if most < MIN_SHARE_NAMED * gained:
        return [rest(f" No video made more than {share} of it.")]
    name = top.about.name
    cut = name if len(name) <= MAX_NAME_CHARS else f"{name[: MAX_NAME_CHARS - 1].rstrip()}…"
    spans = [rest(" "), Span("name", cut)]
    if view.account is None and len(view.accounts) > 1:
        spans += [rest(" ("), Span("name", top.account.name), rest(")")]
    # Where others lost, one alone may have made more than all together.
    did = f"made {share} of it" if most <= gained else f"alone gained {wording.gain(made)}"
    return [*spans, rest(f" {did}.")]


def _not_ready(growth: Growth, view: Overview) -> list[Span]:
    """What is known where the period is not ready."""
    since = growth.since_tracking
    if since is not None and since.window is not None:
        up_to = "up to " if since.accounts > 1 else ""
        age = f"{up_to}{duration(since.window.seconds)} ago"
        return [fact(f"{gain_phrase(since, f'since tracking began, {age}')}.")]
    assert growth.reason is not None
    if growth.current is None or growth.reason.code != "one_capture":
        return [fact(wording.reason_sentence(growth.reason, view.period, view.zone, view.now))]
    total = f"{plural(view.videos, 'video')}, {exact(growth.current)} {growth.metric} in all"
    more = "What they gain shows from the next snapshot on."
    return [fact("Tracking has begun."), rest(f" {total}. {more}")]
