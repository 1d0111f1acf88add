"""One account's share of an overview, and several accounts' shares taken together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from snapshot_core.growth.change import (
    Growth,
    History,
    add_changes,
    follower_growth,
    video_counter_growth,
)
from snapshot_core.growth.ledger import EMPTY, Ledger
from snapshot_core.growth.series import GainLine, together
from snapshot_core.growth.value import FOLLOWERS, METRICS
from snapshot_core.store.accounts import Account
from snapshot_core.store.growths import Ledgers, ledgers
from snapshot_core.store.history import history_of
from snapshot_core.store.scene import Scene, look
from snapshot_core.store.series import followers, gain_lines
from snapshot_core.windows import DAY, Period, Window

DAYS: Final = {1: 14, 7: 14, 30: 30}
"""Calendar days on the daily chart, by the period's days."""


@dataclass(frozen=True, slots=True)
class Part:
    """One account's share of an overview: what the engine says of it, and its lines."""

    account: Account
    history: History
    windows: Sequence[Window]
    """The period's, and the one before where the captures reach back to it."""
    now: Ledgers
    before: Ledgers | None
    scene: Scene | None
    lines: Mapping[str, GainLine]
    follower_series: Sequence[tuple[int, int]]

    @property
    def reaches_back(self) -> bool:
        """Whether the account's captures reach back to the start of its window."""
        first = self.history.first_complete
        return first is not None and self.windows[0].start >= first


def shown_together(accounts: Sequence[Account]) -> list[Account]:
    """The accounts that make up "all accounts": made-up numbers never mix with real ones."""
    return [one for one in accounts if one.source != "sample"] or list(accounts)


def part_of(connection: Connection, account: Account, period: Period) -> Part:
    """The share of one account. Reads the store; all that follows is arithmetic."""
    history = history_of(connection, account.key)
    if history.last_complete is None or history.first_complete is None:
        return Part(account, history, [], {}, None, None, {}, [])
    window = Window.ending(history.last_complete, period)
    windows = [window]
    if window.before.start >= history.first_complete:
        windows.append(window.before)
    scene = look(connection, account.key, windows, rounded=account.rounded)
    now, *before = ledgers(connection, scene, windows)
    # Far enough back for the period before, for the days charted, and for a gap beside both.
    since = min(window.before.start, window.end - (DAYS[period.days] + 1) * DAY) - window.max_gap
    return Part(
        account,
        history,
        windows,
        now,
        before[0] if before else None,
        scene,
        gain_lines(connection, account.key, since, window.end),
        followers(connection, account.key, since, window.end),
    )


def joint_history(histories: Sequence[History]) -> History:
    """Several accounts' captures as those of one: what the oldest allows may be said."""
    begun = [one for one in histories if one.first_complete is not None]
    return History(
        captures=max((one.captures for one in begun), default=0),
        first_complete=min((one.first_complete or 0 for one in begun), default=None),
        last_complete=max((one.last_complete or 0 for one in begun), default=None),
        partial_since=any(one.partial_since for one in begun),
    )


def joint_lines(parts: Sequence[Part], window: Window | None) -> dict[str, GainLine]:
    """The running gain of every counter, followers included, over all parts."""
    gap = window.max_gap if window else DAY
    lines = {
        metric: together([part.lines[metric] for part in parts if part.lines], gap)
        for metric in METRICS
    }
    counted = [GainLine.from_readings(part.follower_series) for part in parts]
    return {**lines, FOLLOWERS: together(counted, gap)}


def joint_growth(
    metric: str, parts: Sequence[Part], history: History, window: Window | None
) -> Growth:
    """The growth of a video counter: ledgers add up over accounts as over videos."""
    now = sum((part.now[metric] for part in parts if part.now), EMPTY)
    begun = [part for part in parts if part.now]
    before: Ledger | None = None
    if begun and all(part.before is not None for part in begun):
        before = sum((part.before[metric] for part in begun if part.before), EMPTY)
    return video_counter_growth(metric, window, now, before, history)


def joint_follower_growth(parts: Sequence[Part], window: Window | None) -> Growth:
    """The change of all follower counts together: known where each one's is."""
    each = [
        follower_growth(
            part.windows[0], part.follower_series, part.history, rounded=part.account.rounded
        )
        for part in parts
        if part.windows and part.follower_series
    ]
    if len(each) == 1:
        return each[0]
    return add_changes(FOLLOWERS, window, each)
