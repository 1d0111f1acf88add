"""Which accounts' shares add up to "all accounts", and which are left out, by name."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from snapshot_core.growth.growth import Growth
from snapshot_core.growth.history import Reason
from snapshot_core.growth.several_accounts import left_out
from snapshot_core.view.account_growth import AccountShare


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An account that is not in a sum."""

    account: str
    reason: Reason
    last_complete: int | None
    """Its last complete capture."""
    since_tracking: Growth | None
    """What is known of it where it is not ready."""


def marked(shares: Sequence[AccountShare]) -> list[AccountShare]:
    """The shares, each with why it is left out of the sum of all, if it is.

    One account alone is its own sum, whatever it lacks.
    """
    if len(shares) < 2:
        return list(shares)
    reasons = left_out([share.windows for share in shares])
    return [_marked(share, reason) for share, reason in zip(shares, reasons, strict=True)]


def _marked(share: AccountShare, reason: Reason | None) -> AccountShare:
    if reason is None or reason.code != "lagging":
        return replace(share, left_out=reason)
    # Its numbers are of another time.
    lagging = {
        metric: growth if growth.growth is None else Growth(metric, share.window, reason=reason)
        for metric, growth in share.growths.items()
    }
    return replace(share, left_out=reason, growths=lagging)


def summed(shares: Sequence[AccountShare], metric: str) -> list[AccountShare]:
    """Those whose growth of one counter is known; where none is, all that have captures."""
    ready = [share for share in shares if share.growths[metric].growth is not None]
    return ready or [share for share in shares if share.window is not None]


def accounts_left_out(shares: Sequence[AccountShare], metric: str) -> list[LeftOut]:
    """The accounts that are in no sum; ``metric``: of which is told what is known of them."""
    return [_left_out(share, metric) for share in shares if share.left_out is not None]


def left_out_of(shares: Sequence[AccountShare], metric: str) -> list[LeftOut]:
    """The accounts that are not in the sum of one counter: those in none, and those without it."""
    if len(shares) < 2:
        return []
    return [
        _left_out(share, metric) for share in shares if share.growths[metric].reason is not None
    ]


def _left_out(share: AccountShare, metric: str) -> LeftOut:
    growth = share.growths[metric]
    reason = share.left_out or growth.reason
    assert reason is not None
    last = share.history.last_complete
    return LeftOut(share.account.name, reason, last, growth.since_tracking)
