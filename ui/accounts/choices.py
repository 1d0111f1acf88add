"""Which accounts the table shows, and in which order: the filter, the search and ``?sort=``."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import streamlit as st

from snapshot_core.view.accounts_table import AccountRow
from ui.html import SORT

ALL, NEEDS_USER = "All", "Needs you"
SHOW, SEARCH = "show", "q"
"""Keys of the filter and of the search, and their parameters in the URL."""
MIN_ROWS_SEARCHED: Final = 8
"""Fewer are overlooked at a glance."""
DEFAULT_SORT: Final = "views"
ROWS_A_PAGE: Final = 30

_KEYS: Final[dict[str, Callable[[AccountRow], Any]]] = {
    "views": lambda row: row.views.growth,
    "change": lambda row: row.views.change if row.views.growth is not None else None,
    "followers": lambda row: row.followers.current,
    "week": lambda row: row.followers.growth,
    "post": lambda row: row.last_post,
    "health": lambda row: -list(type(row.state.state)).index(row.state.state),
}
"""What is sorted by, the largest first."""


def filters(rows: Sequence[AccountRow]) -> dict[str, list[AccountRow]]:
    """The rows that each choice of the filter shows; none of them is empty."""
    by_choice: dict[str, list[AccountRow]] = {ALL: [*rows]}
    for row in rows:
        by_choice.setdefault(row.platform, []).append(row)
    if len(by_choice) == 2:  # of one platform: it would say the same as all
        by_choice = {ALL: [*rows]}
    if needs := [row for row in rows if row.state.needs_user]:
        by_choice[NEEDS_USER] = needs
    return by_choice


def chosen_rows(rows: Sequence[AccountRow]) -> list[AccountRow]:
    """The rows that the filter and the search leave, by the chosen order."""
    by_choice = filters(rows)
    shown = by_choice[_filter(by_choice)]
    wanted = ""
    if len(rows) >= MIN_ROWS_SEARCHED:
        wanted = (
            st.text_input(
                "Search",
                key=SEARCH,
                placeholder="Name or handle",
                label_visibility="collapsed",
                bind="query-params",
                width=240,
            )
            .strip()
            .casefold()
        )
    return ordered([row for row in shown if wanted in _names(row)], sort_chosen())


def _filter(by_choice: dict[str, list[AccountRow]]) -> str:
    asked = st.query_params.get(SHOW, ALL)
    if len(by_choice) == 1:
        return ALL
    chosen = st.segmented_control(
        "Show",
        list(by_choice),
        default=asked if asked in by_choice else ALL,
        required=True,
        format_func=lambda choice: f"{choice} {len(by_choice[choice])}",
        key="tg-show",
        label_visibility="collapsed",
    )
    # Not bound: the label, with its count, would land in the URL.
    if chosen == ALL:
        st.query_params.pop(SHOW, None)
    elif chosen != asked:
        st.query_params[SHOW] = chosen
    return chosen or ALL


def _names(row: AccountRow) -> str:
    return f"{row.account.name}\n{row.account.handle or ''}".casefold()


def sort_chosen() -> str:
    """The order that the URL asks for: ``views``, or ``-views`` for the smallest first."""
    asked = st.query_params.get(SORT, DEFAULT_SORT)
    return asked if asked.removeprefix("-") in (*_KEYS, "name") else DEFAULT_SORT


def ordered(rows: Sequence[AccountRow], sort: str) -> list[AccountRow]:
    """The rows in an order; those of which it is not known come last."""
    by_name = sorted(rows, key=lambda row: row.account.name.casefold())
    name, reverse = sort.removeprefix("-"), not sort.startswith("-")
    if name == "name":
        return by_name if reverse else by_name[::-1]
    value = _KEYS[name]
    known = [row for row in by_name if value(row) is not None]
    # Of equal ones the names decide.
    known.sort(key=value, reverse=reverse)
    return known + [row for row in by_name if value(row) is None]
