"""The overview as the JSON document that the API and ``growth --json`` give."""

from typing import Any

from snapshot_core.growth.growth import Growth
from snapshot_core.view.overview import Overview
from snapshot_core.view.wording.growth import reason_sentence
from snapshot_core.windows import iso


def growth_document(view: Overview) -> dict[str, Any]:
    """The document of the original API, with the ledger added. Unknown is null.

    ``percentage`` has two decimals; instants are ISO 8601 in UTC.
    """
    window = view.window
    views = view.cards["views"].growth
    return {
        "period": view.period.days,
        "account": view.account.name if view.account else None,
        "timestamp": iso(view.now),
        "window": {
            "start": iso(window.start) if window else None,
            "end": iso(window.end) if window else None,
            "estimated": any(card.growth.estimated for card in view.cards.values()),
            "stale": view.stale,
            "coverage": round(views.coverage, 4),
        },
        "growth": {name: _counter(card.growth, view) for name, card in view.cards.items()},
    }


def _counter(growth: Growth, view: Overview) -> dict[str, Any]:
    ledger = growth.ledger
    known = growth.low is not None and growth.high is not None
    return {
        "current": growth.current,
        "previous": growth.previous,
        "growth": growth.growth,
        "percentage": None if growth.percentage is None else float(growth.percentage),
        "change": None if growth.change is None else float(growth.change),
        "isIncrease": growth.is_increase,
        "ledger": ledger
        and {
            "likeForLike": ledger.like_for_like,
            "published": ledger.published,
            "newlyTracked": ledger.newly_tracked,
            "removed": ledger.removed,
            "corrections": ledger.corrections,
        },
        "range": [growth.low, growth.high] if known else None,
        "estimated": list(growth.estimated),
        "reason": growth.reason.code if growth.reason else None,
        "message": reason_sentence(growth.reason, view.period, view.zone, view.now)
        if growth.reason
        else None,
    }
