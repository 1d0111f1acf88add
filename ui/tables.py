"""What the data tables of all pages share: texts for values, heights, and the phone layout."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler
from streamlit.elements import arrow
from streamlit.elements.lib.pandas_styler_utils import marshall_styler
from streamlit.proto.ArrowData_pb2 import ArrowData

from snapshot_core.view.wording.numbers import UNKNOWN_TEXT, exact, moment

ROW_PIXELS, HEADER_PIXELS = 36, 38
MAX_VISIBLE_ROWS = 10
"""A longer table scrolls."""

_ONCE: WeakKeyDictionary[Styler, dict[str, ArrowData]] = WeakKeyDictionary()
"""Of the tables of `styled`, what browsers are sent for their texts, by the id of the table."""


def _marshall_once(proto: ArrowData, styler: Styler, default_uuid: str) -> None:
    """Write a table's texts once and not at every rerun: a quarter of what a crowd costs."""
    by_id = _ONCE.get(styler, {})  # that of somebody else's table is written each time
    if (written := by_id.get(default_uuid)) is None:
        marshall_styler(written := ArrowData(), styler, default_uuid)
        by_id[default_uuid] = written
    proto.MergeFrom(written)


arrow.marshall_styler = _marshall_once  # type: ignore[attr-defined]


def styled(
    frame: pd.DataFrame,
    formats: dict[str, Callable[[Any], str]],
    texts: Mapping[str, Mapping[int, str]] | None = None,
) -> Styler:
    """``frame`` with texts for its values; sorting still uses the values.

    ``texts``: by column and row, those that do not follow from the value alone.
    """
    present = {name: write for name, write in formats.items() if name in frame}
    styler = frame.style.format(present, na_rep=UNKNOWN_TEXT)
    for name, by_row in (texts or {}).items():
        for text in set(by_row.values()):
            rows = [row for row, of_row in by_row.items() if of_row == text]
            styler.format(lambda _, text=text: text, subset=(rows, [name]))
    _ONCE[styler] = {}
    return styler


def integers(values: Sequence[int | None]) -> Any:
    """A column of whole numbers that may be unknown."""
    return pd.array(values, "Int64")


def exact_text(count: Any) -> str:
    """A cell's count with every digit."""
    return exact(int(count))


def moment_text(zone: ZoneInfo, now: int) -> Callable[[Any], str]:
    """Writes a cell's instant as local time."""
    return lambda at: moment(int(at), zone, now)


def show_table(
    table: Styler,
    key: str,
    columns: dict[str, Any],
    alt: str,
    order: Sequence[str] | None = None,
    row_pixels: int = ROW_PIXELS,
    max_rows: int = MAX_VISIBLE_ROWS,
) -> None:
    """Show a table as high as its rows. ``order``: the columns shown; ``alt``: what it holds."""
    st.dataframe(
        table,
        key=key,
        hide_index=True,
        row_height=row_pixels,
        height=row_pixels * min(len(table.data), max_rows) + HEADER_PIXELS,
        column_order=order,
        column_config=columns,
        placeholder=UNKNOWN_TEXT,
        alt=alt,
    )


def on_a_phone() -> bool:
    """Whether the browser says that it runs on a phone; the server cannot see its width."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")
