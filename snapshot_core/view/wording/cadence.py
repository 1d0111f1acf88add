"""How often an account is read, in words."""

from typing import Final

from snapshot_core.plural import plural
from snapshot_core.view.cadence import CadenceView, DayPlan
from snapshot_core.view.wording.numbers import exact

CADENCE_NAMES: Final = {
    "adaptive": "Adaptive",
    "nightly": "Every night",
    "6h": "Every 6 hours",
    "3h": "Every 3 hours",
    "hourly": "Every hour",
}
CADENCE_MEANINGS: Final = {
    "adaptive": "Every 6 hours, every 3 while its rhythm is learned, and the newest videos more "
    "often in their first 3 days.",
    "nightly": "One snapshot a night: growth in 24 hours is estimated between the nights.",
    "6h": "All videos every 6 hours.",
    "3h": "All videos every 3 hours.",
    "hourly": "All videos every hour.",
}


def plan_sentence(view: CadenceView, plan: DayPlan) -> str:
    """``Next 24 hours: 8 snapshots of all videos, 5 of the newest; 46 calls (of 864,000 …)``."""
    parts = [f"{plural(plan.complete, 'snapshot')} of all videos"]
    if plan.recent:
        parts.append(f"{exact(plan.recent)} of the newest")
    costs = [f"about {size(plan.bytes)} stored"]
    if plan.calls is not None and view.calls_a_day is not None:
        allowed = f"of the {exact(view.calls_a_day)} a day that {view.label} allows"
        costs.insert(0, f"{plural(plan.calls, 'call')} {allowed}")
    less = " That is less than chosen: all accounts share these calls." if plan.thinned else ""
    return f"Next 24 hours: {', '.join(parts)}; {', '.join(costs)}.{less}"


def size(count: int) -> str:
    """``count`` bytes: ``512 B``, ``31 KB``, ``4.2 MB``."""
    if count < 1_000:
        return f"{count} B"
    if count < 1_000_000:
        return f"{count / 1_000:.0f} KB"
    return f"{count / 1_000_000:.1f} MB"
