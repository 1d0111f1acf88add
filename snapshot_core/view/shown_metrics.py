"""The metrics that a view shows: those that its accounts can have."""

from collections.abc import Iterable

from snapshot_core.metrics import COUNTERS, VIDEO_METRICS
from snapshot_core.sources.registry import SOURCES
from snapshot_core.store.accounts import Account, accounts_together
from snapshot_core.view.overview import Overview
from snapshot_core.view.video import VideoView
from snapshot_core.view.videos_table import VideoTable

MAIN_METRIC = COUNTERS[0]
"""The one that tables rank by, whichever metric the charts show."""


def card_metrics(view: Overview) -> tuple[str, ...]:
    """The metrics that the accounts shown can have: one that none of them can is left out."""
    known = {name for name, card in view.cards.items() if card.growth.current is not None}
    shown = [view.account] if view.account else accounts_together(view.accounts)
    return _shown(COUNTERS, shown, known)


def table_metrics(table: VideoTable, accounts: Iterable[Account]) -> tuple[str, ...]:
    """The metrics of the videos of ``accounts``."""
    known = {
        name
        for row in table.rows
        for name, growth in row.growth.items()
        if growth.current is not None
    }
    return _shown(VIDEO_METRICS, accounts, known)


def story_metrics(story: VideoView) -> tuple[str, ...]:
    """The metrics of one video."""
    known = {
        name
        for reading in story.readings
        for name, count in zip(VIDEO_METRICS, reading.counts, strict=True)
        if count is not None
    }
    return _shown(VIDEO_METRICS, [story.account], known)


def _shown(metrics: Iterable[str], accounts: Iterable[Account], known: set[str]) -> tuple[str, ...]:
    """Those of ``metrics`` that are known, or that a source may yet give.

    An account of files has what its files have given; one of an unknown source may have any.
    """
    given = {MAIN_METRIC, *known}
    for account in accounts:
        source = SOURCES.get(account.source)
        if source is None:
            given.update(COUNTERS)
        elif source.scopes:
            given.update(source.metrics)
    return tuple(metric for metric in metrics if metric in given)
