"""The metrics that a page shows, and what it calls them."""

from collections.abc import Iterable

from snapshot_core.metrics import COUNTERS, METRICS, VIDEO_METRICS
from snapshot_core.sources.registry import SOURCES
from snapshot_core.store.accounts import Account
from snapshot_core.view.overview import Overview
from snapshot_core.view.video import VideoStory
from snapshot_core.view.videos import VideoTable

MAIN_METRIC = COUNTERS[0]
"""The one that tables rank by, whichever metric the charts show."""
_LABELS = {metric.name: metric.label for metric in METRICS}
_ACCOUNT_LEVEL = {metric.name for metric in METRICS if metric.account_level}


def label_of(metric: str) -> str:
    """``Views``; readable, too, for the counts of a profile that growth does not use."""
    return _LABELS.get(metric) or metric.replace("_", " ").capitalize()


def has_ledger(metric: str) -> bool:
    """Whether its growth is a sum over videos; an account's own count only has a change."""
    return metric not in _ACCOUNT_LEVEL


def card_metrics(view: Overview) -> tuple[str, ...]:
    """The metrics that the accounts shown can have: one that none of them gives is left out."""
    offered = _offered([view.account] if view.account else view.accounts)
    known = {name for name, card in view.cards.items() if card.growth.current is not None}
    return tuple(name for name in COUNTERS if name in offered | known)


def table_metrics(table: VideoTable, accounts: Iterable[Account]) -> tuple[str, ...]:
    """The columns of a table of the videos of ``accounts``."""
    offered = _offered(accounts)
    return tuple(
        name
        for name in VIDEO_METRICS
        if name in offered or any(row.current[name] is not None for row in table.rows)
    )


def story_metrics(story: VideoStory) -> tuple[str, ...]:
    """The metrics of one video."""
    offered = _offered([story.account])
    return tuple(
        name
        for column, name in enumerate(VIDEO_METRICS)
        if name in offered or any(reading.counts[column] is not None for reading in story.readings)
    )


def _offered(accounts: Iterable[Account]) -> frozenset[str]:
    """What the sources of ``accounts`` give; everything, where there is an unknown source."""
    sources = [SOURCES.get(account.source) for account in accounts]
    return frozenset(COUNTERS).intersection(
        name for source in sources for name in (COUNTERS if source is None else source.metrics)
    )
