"""The accounts beside each other, as an HTML table."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final
from urllib.parse import urlencode

from snapshot_core.growth.day_gains import DayGain
from snapshot_core.growth.growth import Growth
from snapshot_core.view.account_state import HealthState
from snapshot_core.view.accounts_table import AccountRow, AccountsTable
from snapshot_core.view.wording import accounts_table as words
from snapshot_core.view.wording.growth import gain, in_full
from snapshot_core.view.wording.health import cause
from snapshot_core.view.wording.numbers import UNKNOWN_TEXT, compact, exact, moment
from ui.health.chip import state_chip
from ui.html import Column, row_link, sort_heading, table, tip
from ui.sparkline import sparkline

MANAGE: Final = "manage"
"""The parameter of the URL that opens the dialog of an account."""
_FIRST_DAY: Final = '<span class="tg-first-day">first day</span>'


def accounts_html(
    view: AccountsTable, rows: Sequence[AccountRow], sort: str, query: Mapping[str, str]
) -> str:
    """The table of ``rows``; ``query``: the parameters of the URL, which its links keep."""
    columns = (
        Column("tg-avatar-cell tg-wide", '<span class="tg-sr">Picture</span>'),
        sort_heading("Account", "name", sort, query, ""),
        sort_heading("Views gained", "views", sort, query),
        sort_heading(
            f"vs {view.period.compared_words.removeprefix('the ')}",
            "change",
            sort,
            query,
            "tg-num tg-wide",
        ),
        Column("tg-trend tg-wide", "By day, from 0"),
        sort_heading("Followers", "followers", sort, query, "tg-num tg-wide"),
        sort_heading("7 days", "week", sort, query, "tg-num tg-wide"),
        sort_heading("Last post", "post", sort, query, "tg-num tg-wide"),
        sort_heading("Health", "health", sort, query, "tg-state tg-wide"),
        Column("tg-act", '<span class="tg-sr">Manage</span>'),
    )
    body = table(columns, [_row(row, view, query) for row in rows], "tg-accounts")
    return f'<div class="tg-panel">{body}</div>'


def _row(row: AccountRow, view: AccountsTable, query: Mapping[str, str]) -> str:
    account, gained = row.account, words.gained(row, view)
    handle = f" · @{account.handle}" if account.handle else ""
    overview = "/?" + urlencode({"account": account.name, "period": view.period.label})
    dialog = "?" + urlencode({**query, MANAGE: account.account_id})
    change, post = words.compared(row, view), words.last_post(row, view.now)
    direction = {"↑": "tg-more", "↓": "tg-less"}.get(change[:1], "tg-dim")
    posted = post
    if row.last_post is not None:
        posted = tip(post, moment(row.last_post, row.health.zone, view.now))
    why = cause(row.health, row.state, view.now)
    state = f'<span title="{escape(why)}">{state_chip(row.state)}</span>'
    return (
        f'<tr class="tg-opens"><td class="tg-avatar-cell tg-wide">{avatar(account.name)}</td>'
        f'<th scope="row">{row_link(account.name, overview)}'
        f'<span class="tg-under">{escape(row.platform + handle)}'
        f'<span class="tg-narrow">{state_chip(row.state)}</span></span></th>'
        f'<td class="tg-num tg-strong">{_figure(row.views, gained.figure, view)}'
        f"{f'<small>{escape(gained.beneath)}</small>' if gained.beneath else ''}</td>"
        f'<td class="tg-num tg-wide {direction}">{escape(change)}</td>'
        f'<td class="tg-trend tg-wide">{_line(row)}</td>'
        f'<td class="tg-num tg-wide">{_followers(row)}</td>'
        f'<td class="tg-num tg-wide">{escape(gain(row.followers))}</td>'
        f'<td class="tg-num tg-wide tg-dim">{posted}</td>'
        f'<td class="tg-state tg-wide">{state}</td>'
        f'<td class="tg-act"><a class="tg-small-button" href="{escape(dialog)}" target="_self" '
        f'aria-label="Manage {escape(account.name)}"><span class="tg-wide">Manage</span>'
        '<span class="tg-narrow" aria-hidden="true">⋯</span></a></td></tr>'
    )


def avatar(name: str) -> str:
    """The first letter of a name in a circle."""
    letter = next((sign for sign in name if sign.isalnum()), "·").upper()
    return f'<span class="tg-avatar" aria-hidden="true">{escape(letter)}</span>'


def _figure(growth: Growth, figure: str, view: AccountsTable) -> str:
    return figure if growth.growth is None else tip(figure, in_full(growth, view.period))


def _followers(row: AccountRow) -> str:
    count = row.followers.current
    return UNKNOWN_TEXT if count is None else tip(compact(count), exact(count))


def _line(row: AccountRow) -> str:
    if row.state.state is HealthState.STARTING and row.state.seconds < 2 * 86_400:
        return _FIRST_DAY
    days = [DayGain(None if day.so_far else day.growth, day.estimated) for day in row.days]
    return sparkline(days, "views gained per day")
