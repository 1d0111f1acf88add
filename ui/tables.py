"""What the tables of the pages share: texts for values, and whether they stand on a phone."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

UNKNOWN = "–"


def styled(frame: pd.DataFrame, formats: dict[str, Callable[[Any], str]]) -> Styler:
    """``frame`` with the texts that stand for its values; sorting goes by the values."""
    known = {name: write for name, write in formats.items() if name in frame}
    made = frame.style.format(known, na_rep=UNKNOWN)
    # Streamlit has all cells written anew at every rerun; of a kept table, once is enough.
    made._translate = cache(made._translate)
    return made


def on_a_phone() -> bool:
    """Whether the browser says that it runs on a phone; the server cannot see its width."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")
