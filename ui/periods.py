"""The period that a page shows, and what it is compared with: ``?period=`` and ``?compare=``."""

from collections.abc import Iterable
from datetime import date
from html import escape
from typing import Final, cast

import streamlit as st

from snapshot_core.periods import (
    ALL,
    COMPARISONS,
    FIRST_DAY,
    LONGER_PERIODS,
    PERIOD_NAMES,
    Comparison,
    Dates,
    Period,
    SinceTracking,
    dates,
    period,
)
from snapshot_core.view.wording.periods import compared_with, period_name
from ui.html import notice
from ui.page import keep_hidden, restore_parameter, segments, shared_by_pages

PERIOD, COMPARE = "period", "compare"
"""Keys of the controls, and their parameters in the URL."""
DEFAULT_PERIOD, DEFAULT_COMPARISON = "7d", COMPARISONS[0]
CUSTOM_DATES: Final = "Custom dates"
MORE, SINCE, UNTIL = "tg-more-periods", "tg-since", "tg-until"
"""Keys of the menu of further periods, and of the days in its dialog."""
OTHER_COMPARISON = "tg-other-comparison"


def choose_period(*, comparing: bool = False) -> Period:
    """The period of the URL: one of three that stand there, or of the menu beside them.

    Whatever else the URL has counts as 7d. ``comparing``: with a menu of what to compare it with.
    """
    with shared_by_pages():
        with st.container(
            horizontal=True, vertical_alignment="center", width="content", key="tg-period"
        ):
            restored = restore_parameter(PERIOD, DEFAULT_PERIOD)
            name = segments("Period", PERIOD, _names(), DEFAULT_PERIOD, restored=restored)
            other = st.menu_button(
                "More",
                [*(each.label for each in (*LONGER_PERIODS, ALL)), CUSTOM_DATES],
                key=MORE,
                type="tertiary",
                on_click=_choose_other,
                format_func=lambda label: (
                    label if label == CUSTOM_DATES else period_name(period(label))
                ),
            )
        chosen = period(name)
        if isinstance(chosen, Dates):
            _write_as_people_do(chosen)
    if other == CUSTOM_DATES:
        _custom_dates(chosen)
    return _choose_comparison(chosen) if comparing else chosen


@shared_by_pages()
def keep_comparison() -> Comparison:
    """What is compared with, bound to the URL; drawn hidden, since a menu cannot be bound."""
    restored = restore_parameter(COMPARE, DEFAULT_COMPARISON)
    chosen = segments("Comparison", COMPARE, COMPARISONS, DEFAULT_COMPARISON, restored=restored)
    return cast(Comparison, chosen)


def _choose_comparison(chosen: Period) -> Period:
    """``chosen`` with what it is compared with, by a menu."""
    keep_hidden(keep_comparison)
    if isinstance(chosen, SinceTracking):
        return chosen
    compare = cast(Comparison, st.session_state.get(COMPARE) or DEFAULT_COMPARISON)
    st.menu_button(
        f"Compare with **{compared_with(chosen, compare)}**",
        COMPARISONS,
        key=OTHER_COMPARISON,
        on_click=_compare_otherwise,
        format_func=lambda each: _capitalized(compared_with(chosen, each)),
    )
    return chosen.compared(compare)


def _names() -> list[str]:
    """The names of all periods, and days of one's own that are chosen or in the URL."""
    asked = st.session_state.get(PERIOD), st.query_params.get(PERIOD)
    return [*PERIOD_NAMES, *dict.fromkeys(_own_dates(asked))]


def _own_dates(names: Iterable[str | None]) -> Iterable[str]:
    for name in names:
        try:
            chosen = period(name or DEFAULT_PERIOD)
        except ValueError:
            continue
        if isinstance(chosen, Dates):
            yield chosen.label


def _write_as_people_do(chosen: Dates) -> None:
    """Write days of one's own as people do; what they are called in the URL is read out, too."""
    st.html(
        "<style>.st-key-period button[aria-checked=true] > * "
        "{ position: absolute; clip-path: inset(50%); } "
        f'.st-key-period button[aria-checked=true]::after {{ content: "{period_name(chosen)}"; '
        "font-size: 14px; }</style>"
    )


def _choose_other() -> None:
    if (name := st.session_state[MORE]) != CUSTOM_DATES:
        st.session_state[PERIOD] = name


def _compare_otherwise() -> None:
    st.session_state[COMPARE] = st.session_state[OTHER_COMPARISON]


@st.dialog(CUSTOM_DATES)
def _custom_dates(chosen: Period) -> None:
    """Two days to choose, both included; without the second, up to the last snapshot."""
    since, until = (chosen.since, chosen.until) if isinstance(chosen, Dates) else (None, None)
    left, right = st.columns(2)
    first = left.date_input("First day", since, min_value=FIRST_DAY, key=SINCE)
    last = right.date_input("Last day", until, min_value=FIRST_DAY, key=UNTIL)
    if not isinstance(first, date):
        wrong = None
    else:
        wrong = _wrong_dates(first, last if isinstance(last, date) else None)
    if wrong:
        st.html(notice(escape(wrong)))
    ready = isinstance(first, date) and not wrong
    if st.button("Show", type="primary", disabled=not ready, on_click=_choose_dates):
        st.rerun()


def _wrong_dates(since: date, until: date | None) -> str | None:
    try:
        dates(since, until)
    except ValueError as error:
        return f"{error}."
    return None


def _choose_dates() -> None:
    st.session_state[PERIOD] = dates(st.session_state[SINCE], st.session_state[UNTIL]).label


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]
