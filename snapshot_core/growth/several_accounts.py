"""Several accounts' growth as one: sums over those that are ready.

Each account is measured over its own window, which ends at its own last complete capture. What
keeps one out of a sum never changes what the others bring to it.
"""

from collections.abc import Iterable, Sequence
from math import isqrt
from typing import Final, TypeAlias, get_args

import numpy as np

from snapshot_core.growth.definitions import DefinitionBreak
from snapshot_core.growth.growth import Estimate, Growth, estimates
from snapshot_core.growth.history import Reason, ReasonCode, Windows
from snapshot_core.growth.ledger import EMPTY
from snapshot_core.windows import Window

Point: TypeAlias = tuple[int, int | None]
"""``(instant, gain)`` of a curve; None breaks the line."""

MAX_SUMMED_POINTS: Final = 1_000
"""Instants at which the sum of several accounts' curves is drawn: more than a screen shows."""

_HOPEFUL_FIRST: Final[tuple[ReasonCode, ...]] = (
    "not_ready",
    "one_capture",
    "before_tracking",
    "not_reached",
    "low_coverage",
    "not_measured",
    "not_counted",
    "no_complete",
    "no_capture",
    "kept_too_short",
    "lagging",
)
_HOPE: Final = {code: place for place, code in enumerate(_HOPEFUL_FIRST)}
"""Of several reasons the one that is told: the first, for it says how soon there is a number."""


def left_out(accounts: Sequence[Windows]) -> list[Reason | None]:
    """Why each of several accounts is left out of their sum; None for those that are in it.

    One is left out that is not ready, or whose window has no instant in common with that of the
    latest of those that are: a week long past is no part of this one.
    """
    if len(accounts) < 2:
        return [account.reason for account in accounts]
    latest = latest_window(account.window for account in accounts if account.reason is None)
    return [
        Reason("lagging") if account.reason is None and _lags(account, latest) else account.reason
        for account in accounts
    ]


def _lags(account: Windows, latest: Window | None) -> bool:
    """Whether its window ends a whole period or more before the ``latest`` one does."""
    assert account.window is not None
    assert latest is not None
    return latest.end - account.window.end >= latest.seconds


def soonest(reasons: Iterable[Reason], latest: int) -> Reason | None:
    """The reason that says when the first of several accounts will be ready; None without any.

    ``latest``: the last complete capture of all. What was to be ready before it waits for an
    account that nobody may read any more, so it comes last.
    """

    def rank(reason: Reason) -> tuple[int, int]:
        if reason.ready_at is None:
            return _HOPE.get(reason.code, len(_HOPE)), 0
        return _HOPE["lagging" if reason.ready_at < latest else "not_ready"], reason.ready_at

    return min(reasons, key=rank, default=None)


def latest_window(windows: Iterable[Window | None]) -> Window | None:
    """The one that ends last."""
    return max(filter(None, windows), key=lambda window: window.end, default=None)


def sum_of_accounts(metric: str, growths: Sequence[Growth]) -> Growth:
    """The growth of one counter over the accounts whose own is known.

    All fields are sums over the same accounts, so the ledger still adds up; the comparison with
    the period before is of those known in both.
    """
    if len(growths) == 1:
        return growths[0]
    known = [growth for growth in growths if growth.growth is not None]
    if not known:
        return _unknown(metric, growths)
    if len(known) == 1:
        return known[0]
    compared = [growth for growth in known if growth.before is not None]
    ledgers = [growth.ledger for growth in known if growth.ledger is not None]
    ledger = sum(ledgers, EMPTY) if len(ledgers) == len(known) else None
    growth = _sum(known, "growth")
    low = growth - root_of_squares((each.growth or 0) - (each.low or 0) for each in known)
    high = growth + root_of_squares((each.high or 0) - (each.growth or 0) for each in known)
    resolution = root_of_squares(each.resolution for each in known)
    sources, breaks = _inexact(known), _breaks(known)
    estimated = estimates(growth, (low, high), resolution, sources)
    return Growth(
        metric,
        latest_window(each.window for each in known),
        current=_sum(known, "current"),
        previous=_sum(known, "previous"),
        growth=growth,
        base=_sum(known, "base"),
        before=_sum(compared, "before") if compared else None,
        redefined=not compared and any(growth.redefined for growth in known),
        comparable=_sum(compared, "growth") if compared else None,
        comparable_accounts=len(compared),
        low=low,
        high=high,
        resolution=resolution,
        coverage=1.0 if ledger is None else ledger.coverage,
        ledger=ledger,
        inexact=sources,
        estimated=(*estimated, "definition") if breaks else estimated,
        stale_since=_stale_since(known),
        accounts=len(known),
        breaks=breaks,
    )


def _breaks(known: Sequence[Growth]) -> tuple[DefinitionBreak, ...]:
    return tuple(
        sorted({each for growth in known for each in growth.breaks}, key=lambda each: each.day)
    )


def _unknown(metric: str, growths: Sequence[Growth]) -> Growth:
    """What there is to say where no account's growth is known."""
    window = latest_window(growth.window for growth in growths)
    currents = [growth.current for growth in growths if growth.current is not None]
    reasons = [growth.reason for growth in growths if growth.reason is not None]
    tracked = [growth.since_tracking for growth in growths if growth.since_tracking is not None]
    since = sum_of_accounts(metric, tracked) if tracked else None
    return Growth(
        metric,
        window,
        current=sum(currents) if currents else None,
        reason=soonest(reasons, window.end if window else 0) or Reason("no_capture"),
        accounts=len(growths),
        since_tracking=since,
    )


def _inexact(known: Sequence[Growth]) -> tuple[Estimate, ...]:
    """What the ranges of the accounts come from."""
    sources = {source for each in known for source in each.inexact}
    return tuple(estimate for estimate in get_args(Estimate) if estimate in sources)


def _stale_since(known: Sequence[Growth]) -> int | None:
    """The newest capture where even that is too old."""
    stale = [growth.stale_since for growth in known if growth.stale_since is not None]
    return max(stale) if len(stale) == len(known) else None


def root_of_squares(parts: Iterable[int]) -> int:
    """The root of the sum of the squares, rounded up: errors of different accounts, and what is
    rounded off of different videos, add so.
    """
    squares = sum(part * part for part in parts)
    return isqrt(squares - 1) + 1 if squares else 0


def _sum(growths: Sequence[Growth], name: str) -> int:
    return sum(getattr(growth, name) or 0 for growth in growths)


def sum_of_curves(curves: Sequence[Sequence[Point]]) -> list[Point]:
    """Several accounts' running gains as one, from the first one's start to the last one's end.

    An account adds nothing before its own start and keeps its gain after its end. Over a stretch
    that is not known of it its line is straight; what is not known of any breaks the line.
    """
    curves = [curve for curve in curves if curve]
    if len(curves) < 2:
        return [*curves[0]] if curves else []
    at = np.array(sorted({at for curve in curves for at, _ in curve}))
    at = at[np.unique(np.linspace(0, len(at) - 1, MAX_SUMMED_POINTS).round().astype(int))]
    gained = np.zeros(len(at))
    under_way, broken = np.zeros(len(at), int), np.zeros(len(at), int)
    for curve in curves:
        known = [(point, gain) for point, gain in curve if gain is not None]
        gained += np.interp(at, [point for point, _ in known], [gain for _, gain in known], left=0)
        under_way += (at > curve[0][0]) & (at < curve[-1][0])
        for (before, _), (_, gain), (after, _) in zip(curve, curve[1:], curve[2:], strict=False):
            broken += (gain is None) & (at > before) & (at < after)
    unknown = (under_way > 0) & (broken == under_way)
    sums = gained.round().astype(np.int64)
    return [
        (instant, None if lost else gain)
        for instant, lost, gain in zip(at.tolist(), unknown.tolist(), sums.tolist(), strict=True)
    ]
