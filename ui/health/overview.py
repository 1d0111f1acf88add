"""All accounts, a row each, the worst first: how each stands, why, and what its nights brought."""

from dataclasses import replace
from html import escape
from typing import Final
from urllib.parse import urlencode

import streamlit as st

from snapshot_core.view.account_health import AccountHealth, CaptureDay
from snapshot_core.view.account_state import AccountState, HealthState, account_state
from snapshot_core.view.health import RECENT_DAYS, Health, recent_captures
from snapshot_core.view.wording.health import cause, summary
from snapshot_core.view.wording.numbers import UNKNOWN_TEXT, moment
from ui.accounts.table import MANAGE, avatar
from ui.health.chip import state_chip
from ui.health.problems import problems
from ui.html import Column, heading, note, row_link, sentence, table
from ui.session import PageSession
from ui.view_cache import CachedView

ROWS_A_PAGE: Final = 30
PAGE: Final = "tg-page-of-health"
_COLUMNS: Final = (
    Column("tg-avatar-cell tg-wide", '<span class="tg-sr">Picture</span>'),
    Column("", "Account"),
    Column("tg-cause", "State"),
    Column("tg-wide", "Last complete"),
    Column("tg-wide", "Next"),
    Column("tg-wide", f"Last {RECENT_DAYS} days"),
    Column("tg-num tg-wide", "Complete"),
    Column("tg-act", '<span class="tg-sr">What to do</span>'),
)
_KEY: Final = "".join(
    f'<span><i class="tg-night tg-night-{state}"></i>{word}</span>'
    for state, word in (("complete", "complete"), ("partial", "partial"), ("none", "none"))
)


def ranked(view: Health) -> list[tuple[AccountHealth, AccountState]]:
    """All accounts with how they stand, the worst first, the oldest of them before."""
    worst = list(HealthState)
    rows = [(health, account_state(health, view.now)) for health in view.accounts]
    return sorted(
        rows,
        key=lambda row: (
            worst.index(row[1].state),
            row[0].history.last_complete or 0,
            row[0].account.name.casefold(),
        ),
    )


def all_accounts(session: PageSession, cached: CachedView[Health]) -> None:
    """What the installation suffers from, the sentence on all accounts, and the table."""
    view = cached.view
    of_all = [problem for problem in view.problems if problem.account is None]
    if of_all:
        problems(session, replace(view, problems=of_all), None)
    fact, rest = summary([state for _, state in cached.draw_once(ranked)], *recent_captures(view))
    st.html(sentence(f"<b>{escape(fact)}</b> {escape(rest)}"))
    pages = -(-len(view.accounts) // ROWS_A_PAGE)
    above, below = st.container(), st.container(horizontal=True, horizontal_alignment="center")
    first = 0
    if pages > 1:
        with below:
            first = (st.pagination(pages, key=PAGE, width="stretch") - 1) * ROWS_A_PAGE
    above.html(cached.draw_once(accounts_html, first))
    st.html(note("A row opens the snapshots of its account."))


def accounts_html(view: Health, first: int) -> str:
    """A page of the table, from row ``first`` on."""
    shown = ranked(view)[first : first + ROWS_A_PAGE]
    rows = [_row(health, state, view.now) for health, state in shown]
    key = f'<p class="tg-key">{_KEY}</p>'
    body = table(_COLUMNS, rows, "tg-accounts")
    return f'<div class="tg-panel">{heading("Accounts, worst first", key)}{body}</div>'


def _row(health: AccountHealth, state: AccountState, now: int) -> str:
    account, why = health.account, cause(health, state, now)
    last = health.history.last_complete
    latest = UNKNOWN_TEXT if last is None else moment(last, health.zone, now)
    beneath = f'<span class="tg-under">{escape(why)}</span>' if why else ""
    return (
        f'<tr class="tg-opens"><td class="tg-avatar-cell tg-wide">{avatar(account.name)}</td>'
        f'<th scope="row">{row_link(account.name, address(account.name))}</th>'
        f'<td class="tg-cause">{state_chip(state)}{beneath}</td>'
        f'<td class="tg-wide">{latest}</td>'
        f'<td class="tg-wide tg-dim">{escape(next_capture(health, state, now))}</td>'
        f'<td class="tg-wide">{nights(health)}</td>'
        f'<td class="tg-num tg-wide">{_complete(health)}</td>'
        f'<td class="tg-act">{_button(health, state)}</td></tr>'
    )


def address(name: str, **more: str) -> str:
    """The page of one account's snapshots."""
    return "/health?" + urlencode({"account": name, **more})


def next_capture(health: AccountHealth, state: AccountState, now: int) -> str:
    """When the next snapshot comes, or what it waits for."""
    if state.state is HealthState.SIGN_IN_AGAIN:
        return "when signed in"
    if health.account.paused:
        return "when resumed"
    if not health.can_be_taken:
        return "when imported"
    if health.next_capture is None:
        return "when you say so"
    at = health.next_capture
    return "now" if at <= now else moment(at, health.zone, now)


def nights(health: AccountHealth) -> str:
    """The last days as cells; of each, the best that came of it."""
    days = health.days[-RECENT_DAYS:]
    if days[-1].state == "none":
        # Its snapshot may be yet to come.
        days = health.days[-RECENT_DAYS - 1 : -1]
    complete = sum(day.state == "complete" for day in days)
    words = f"{complete} of {len(days)} days complete"
    cells = "".join(map(_cell, days))
    return f'<span class="tg-nights" role="img" aria-label="{words}">{cells}</span>'


def _cell(day: CaptureDay) -> str:
    kind = {"complete": "complete", "partial": "partial", "before": "before"}.get(day.state, "none")
    words = f"{day.date:%a} {day.date.day} {day.date:%b}: {_WORDS[day.state]}"
    return f'<i class="tg-night tg-night-{kind}" title="{words}"></i>'


_WORDS: Final = {
    "complete": "complete",
    "partial": "partial",
    "failed": "failed",
    "none": "no snapshot",
    "before": "before tracking",
}


def _complete(health: AccountHealth) -> str:
    tracked = sum(day.state != "before" for day in health.days)
    complete = sum(day.state == "complete" for day in health.days)
    return f"{complete} of {tracked}" if tracked else UNKNOWN_TEXT


def _button(health: AccountHealth, state: AccountState) -> str:
    """One at the most: what mends it."""
    account, name = health.account, escape(health.account.name)
    dialog = f"/accounts?{urlencode({MANAGE: account.account_id})}"
    buttons = {
        HealthState.SIGN_IN_AGAIN: (dialog, "Sign in"),
        HealthState.ENDING: (dialog, "Sign in"),
        HealthState.STOPPED: (dialog, "Try again"),
        HealthState.AHEAD: (address(account.name), "Check"),
        HealthState.QUESTION: (address(account.name), "Answer"),
        HealthState.WRONG_IDS: (address(account.name), "Check"),
    }
    if (target := buttons.get(state.state)) is None:
        return ""
    href, word = target
    return (
        f'<a class="tg-small-button" href="{escape(href)}" target="_self" '
        f'aria-label="{word}: {name}">{word}</a>'
    )
