"""What is wrong and what to do: a short list, with the button that fixes it where there is one."""

from html import escape
from itertools import groupby

import streamlit as st

from snapshot_core.store.accounts import Account
from snapshot_core.view.health import Health, recent_captures
from snapshot_core.view.problems import Problem
from snapshot_core.view.wording.health import partial_sentence
from snapshot_core.view.wording.numbers import moment
from ui.health.ahead import keep_or_drop
from ui.health.missing import confirm
from ui.html import note
from ui.imports.dialog import connect
from ui.session import PageSession
from ui.snapshot import snapshot_button

ALL_WELL = "All is well."
MAX_PROBLEMS = 8
"""Problems listed; an installation with more of them has one cause."""


def problems(session: PageSession, view: Health, account: Account | None) -> None:
    """The list; one sentence where all is well."""
    if not view.problems:
        fact, rest = _all_well(view)
        st.html(f'<p class="tg-all-well"><b>{fact}</b> {escape(rest)}</p>')
        return
    with st.container(key="tg-problems", gap="small"):
        by_remedy = groupby(view.problems[:MAX_PROBLEMS], key=lambda problem: problem.remedy)
        items = "".join(_item(remedy, list(group)) for remedy, group in by_remedy)
        hidden = len(view.problems) - MAX_PROBLEMS
        more = note(f"and {hidden:,} more") if hidden > 0 else ""
        st.html(f'<div role="alert"><ul class="tg-problem-list">{items}</ul>{more}</div>')
        _buttons(session, view, account)


def _item(remedy: str, problems: list[Problem]) -> str:
    """Problems with the same remedy, which is written once."""
    lines = "<br>".join(f"<b>{escape(problem.what)}</b>" for problem in problems)
    return f"<li>{lines} <span>{escape(remedy)}</span></li>"


def _buttons(session: PageSession, view: Health, account: Account | None) -> None:
    """Each button once, however many problems it fixes."""
    mends = {problem.mend for problem in view.problems}
    if not mends & {"snapshot", "import", "connect", "ahead", "missing"}:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if "snapshot" in mends:
            late = {problem.account for problem in view.problems if problem.mend == "snapshot"}
            only = next((each for each in session.accounts if {each.name} == late), account)
            snapshot_button(session, only)
        if "ahead" in mends and st.button("Keep or drop", key="tg-ahead"):
            keep_or_drop([capture for health in view.accounts for capture in health.ahead])
        if "missing" in mends and st.button("Are they gone?", key="tg-missing"):
            confirm([health.missing for health in view.accounts if health.missing is not None])
        if "connect" in mends:
            st.page_link("accounts.py", label="Go to Accounts")
        if "import" in mends and st.button("How to import", key="connect"):
            connect()


def _all_well(view: Health) -> tuple[str, str]:
    """That nothing is to be done; where snapshots were cut short, how many."""
    upcoming = [health.next_capture for health in view.accounts if health.next_capture is not None]
    fact, sentence = ALL_WELL, "Every snapshot was taken on time, and nothing needs your attention."
    if any(health.gaps for health in view.accounts):
        sentence = "Nothing needs your attention."
    if cut_short := partial_sentence(*recent_captures(view)):
        fact, sentence = "Nothing needs your attention.", cut_short
    if upcoming:
        sentence += f" The next snapshot is due at {moment(min(upcoming), view.zone, view.now)}."
    return fact, sentence
