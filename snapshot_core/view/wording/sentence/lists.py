"""The sentences of pages that list: Videos and Accounts."""

from collections.abc import Sequence

from snapshot_core.growth.growth import Growth
from snapshot_core.growth.several_accounts import sum_of_accounts
from snapshot_core.periods import Period
from snapshot_core.plural import in_words
from snapshot_core.view.videos_table import RANKED_BY, VideoTable
from snapshot_core.view.wording import growth as wording
from snapshot_core.view.wording.numbers import exact
from snapshot_core.view.wording.sentence.parts import (
    Leading,
    capitalised,
    gain_phrase,
    gain_spans,
    leading,
    need_phrase,
    verb_phrase,
)
from snapshot_core.view.wording.sentence.spans import Sentence, Span, fact, rest


def videos_sentence(table: VideoTable) -> Sentence:
    """How few videos made most of it.

    ``Two videos made 79% of the +1.25M views gained in 7 days.``

    ``table``: with all its videos, whatever a filter or a page shows of them. Empty where nothing
    is known.
    """
    growths = [row.growth[RANKED_BY] for row in table.rows]
    known = [growth for growth in growths if growth.growth is not None]
    if not known:
        since = wording.since_tracking(table.since_tracking, named=True)
        return Sentence((fact(f"{since}."),) if since else ())
    total = sum_of_accounts(RANKED_BY, known)
    most = _most(known, total)
    if most is None:
        return Sentence((fact(f"{gain_phrase(total, table.period.phrase)}."),))
    about = "about " if total.estimated else ""
    gained = f"{about}{wording.gain(total)} {RANKED_BY} gained {table.period.phrase}"
    videos = f"{in_words(most.count)} video{'' if most.count == 1 else 's'}"
    return Sentence((fact(f"{capitalised(videos)} made {most.share} of the {gained}."),))


def accounts_sentence(growths: Sequence[Growth], period: Period, needing: int = 0) -> Sentence:
    """What all accounts gained, how few of them made most of it, and how many need the user.

    ``60 accounts gained +8.42M views in 7 days. Three of them made 48%; two need you.``

    ``growths``: that of each account's views. ``needing``: accounts that wait for the user.
    """
    if not growths:
        return Sentence()
    known = [growth for growth in growths if growth.growth is not None]
    total = sum_of_accounts(RANKED_BY, growths)
    if not known:
        since = wording.since_tracking(total.since_tracking, named=True)
        spans = [fact(f"{since}." if since else "No growth to tell yet.")]
        return Sentence((*spans, *_closing(None, needing)))
    accounts = f"{in_words(len(known))} account{'' if len(known) == 1 else 's'}"
    if len(known) < len(growths):
        accounts = f"{exact(len(known))} of {exact(len(growths))} accounts"
    did = f"{capitalised(accounts)} {verb_phrase(total)} {period.phrase}"
    spans = gain_spans(did, total, period)
    return Sentence((*spans, *_closing(_most(known, total), needing)))


def _most(known: Sequence[Growth], total: Growth) -> Leading | None:
    if total.below_resolution:
        return None
    return leading([growth.growth or 0 for growth in known], total.growth or 0)


def _closing(most: Leading | None, needing: int) -> list[Span]:
    """As in "Three of them made 48%; two need you."."""
    made = f"{in_words(most.count)} of them made {most.share}" if most else ""
    parts = "; ".join(filter(None, (made, need_phrase(needing))))
    return [rest(f" {capitalised(parts)}.")] if parts else []
