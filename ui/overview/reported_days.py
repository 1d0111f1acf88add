"""What TikTok reported per day, where the user has brought its export in."""

import streamlit as st

from snapshot_core.store.accounts import Account
from snapshot_core.view.reported_days import Reported, ReportedMetric, reported
from snapshot_core.view.wording.numbers import compact, exact
from snapshot_core.windows import Period
from ui.html import heading, note, panel, tip
from ui.session import PageSession
from ui.sparkline import sparkline
from ui.tables import UNKNOWN
from ui.view_cache import kept_sheet

NOTE = "From TikTok Studio’s own export, not from snapshots: the two need not agree."


def reported_days(session: PageSession, account: Account | None, period: Period) -> None:
    """The amounts of the account that is shown; nothing where there are none."""
    if account is None:
        return

    def compute() -> Reported | None:
        with session.store.read() as connection:
            return reported(connection, account, period)

    sheet = kept_sheet(session, ("reported", account.account_id, period.label), compute)
    if sheet.view is not None:
        st.html(sheet.once(table))


def table(view: Reported) -> str:
    """The amounts as a table: these days, those before, and the line of the days."""
    until = f"{view.until.day} {view.until:%b %Y}"
    days = "day" if view.period.days == 1 else f"{view.period.days} days"
    title = heading("As TikTok reported per day", note(f"until {until}"))
    head = "".join(
        f'<th scope="col" class="{css}">{text}</th>'
        for css, text in (
            ("", "Per day"),
            ("tg-num", f"Last {days}"),
            ("tg-num", f"{days} before".capitalize()),
            ("tg-trend", f"Last {max(len(one.days) for one in view.metrics)} days"),
        )
    )
    rows = "".join(_row(one) for one in view.metrics)
    return panel(
        f'{title}<table class="tg-movers tg-reported"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>{note(NOTE)}"
    )


def _row(one: ReportedMetric) -> str:
    name = one.metric.replace("_", " ").capitalize()
    return (
        f'<tr data-reported="{one.metric}"><th scope="row">{name}</th>'
        f'<td class="tg-num tg-strong">{_amount(one.amount)}</td>'
        f'<td class="tg-num">{_amount(one.before)}</td>'
        f'<td class="tg-trend">{sparkline(one.days, f"{name} per day, as reported")}</td></tr>'
    )


def _amount(amount: int | None) -> str:
    return UNKNOWN if amount is None else tip(compact(amount), exact(amount))
