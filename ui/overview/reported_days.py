"""What TikTok reported per day, where the user has imported TikTok Studio's export."""

import streamlit as st

from snapshot_core.growth.day_gains import DayGain
from snapshot_core.periods import Period
from snapshot_core.store.accounts import Account
from snapshot_core.view.reported_days import Reported, ReportedMetric, reported
from snapshot_core.view.wording.numbers import UNKNOWN_TEXT, calendar_day, compact, exact
from ui.html import Column, note, panel, table, tip
from ui.metrics import label_of
from ui.session import PageSession
from ui.sparkline import sparkline
from ui.view_cache import cached_view

NOTE = "From TikTok Studio’s own export, not from snapshots: the two need not agree."


def reported_days(session: PageSession, account: Account | None, period: Period) -> None:
    """The table for the account shown; nothing where nothing was imported."""
    if account is None:
        return
    cached = cached_view(
        session,
        ("reported", account.account_id, period),
        lambda connection: reported(connection, account, period),
    )
    if cached.view is not None:
        st.html(cached.draw_once(reported_table))


def reported_table(view: Reported) -> str:
    """Per metric: these days, those before, and a line of the days."""
    until = calendar_day(view.until)
    days = "day" if view.days == 1 else f"{view.days} days"
    columns = (
        Column("", "Per day"),
        Column("tg-num", f"Last {days}"),
        Column("tg-num", f"{days} before".capitalize()),
        Column("tg-trend", f"Last {max(len(metric.days) for metric in view.metrics)} days"),
    )
    days_table = table(columns, [_row(metric) for metric in view.metrics], "tg-reported")
    return panel("As TikTok reported per day", days_table + note(NOTE), note(f"until {until}"))


def _row(reported: ReportedMetric) -> str:
    name, days = label_of(reported.metric), [DayGain(amount) for amount in reported.days]
    return (
        f'<tr data-reported="{reported.metric}"><th scope="row">{name}</th>'
        f'<td class="tg-num tg-strong">{_amount(reported.amount)}</td>'
        f'<td class="tg-num">{_amount(reported.before)}</td>'
        f'<td class="tg-trend">{sparkline(days, f"{name} per day, as reported")}</td></tr>'
    )


def _amount(amount: int | None) -> str:
    return UNKNOWN_TEXT if amount is None else tip(compact(amount), exact(amount))
