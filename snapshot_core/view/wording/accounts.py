"""Which accounts are not in the numbers of all together, and why, in words."""

from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.periods import Period
from snapshot_core.sources.contract import AddressSource, OAuthSource
from snapshot_core.sources.registry import SOURCES
from snapshot_core.store.accounts import Account
from snapshot_core.view.overview import Card, Overview
from snapshot_core.view.sum_of_accounts import LeftOut
from snapshot_core.view.videos_table import VideoTable
from snapshot_core.view.wording.growth import in_short, reason_sentence, since_tracking
from snapshot_core.view.wording.numbers import exact, moment

MAX_NAMES: Final = 3
"""Accounts named in a line; of the others, only the number."""


def names(accounts: Sequence[str]) -> str:
    """``a, b, c and 12 more``."""
    more = len(accounts) - MAX_NAMES
    shown = ", ".join(accounts[:MAX_NAMES])
    return f"{shown} and {exact(more)} more" if more > 0 else shown


def summary(left_out: Sequence[LeftOut], summed: int) -> str:
    """``2 of 60 accounts are not in these numbers: a, b``; empty where all are in them."""
    if not left_out:
        return ""
    count, of_all = len(left_out), exact(len(left_out) + summed)
    listed = names([each.account for each in left_out])
    if not summed:
        return f"None of {of_all} accounts is ready yet: {listed}"
    verb = "is" if count == 1 else "are"
    return f"{exact(count)} of {of_all} accounts {verb} not in these numbers: {listed}"


def left_out_sentence(account: LeftOut, period: Period, zone: ZoneInfo, now: int) -> str:
    """Why one account is not in them, when it will be, and what is known of it."""
    sentence = reason_sentence(account.reason, period, zone, now)
    if account.reason.code == "lagging" and account.last_complete is not None:
        last = moment(account.last_complete, zone, now)
        sentence = (
            f"Its last complete snapshot is of {last}, a whole period or more before the newest "
            "of the others. Take or import a newer one."
        )
    known = since_tracking(account.since_tracking, named=True)
    return f"{sentence} {known}." if known else sentence


def counter_note(card: Card, view: Overview) -> str:
    """Which of the accounts in the numbers are not in this one; empty where all are.

    ``2 of 3 accounts: without c (not counted)``.
    """
    if card.growth.growth is None:
        return ""
    elsewhere = {each.account for each in view.left_out}
    by_reason: dict[str, list[str]] = {}
    for each in card.left_out:
        if each.account not in elsewhere:
            why = in_short(each.reason, view.zone, view.now)
            by_reason.setdefault(why, []).append(each.account)
    if not by_reason:
        return ""
    without = ", ".join(f"{names(accounts)} ({why})" for why, accounts in by_reason.items())
    count = f"{exact(card.growth.accounts)} of {exact(view.summed_accounts)} accounts"
    return f"{count}: without {without}"


def table_reason(table: VideoTable, zone: ZoneInfo, now: int) -> str:
    """Why no video of a table has growth, and what is known; empty where some have."""
    if table.reason is None:
        return ""
    sentence = reason_sentence(table.reason, table.period, zone, now)
    known = since_tracking(table.since_tracking, named=True)
    return f"{sentence} {known}." if known else sentence


def on_platform(account: Account) -> str:
    """``on YouTube``; of a platform that nobody names, ``on its platform``."""
    source = SOURCES.get(account.platform)
    if not isinstance(source, AddressSource | OAuthSource):
        return "on its platform"
    return f"on {source.label.partition(' (')[0]}"
