"""The texts of a table are written once, and are those that Streamlit would write."""

import pandas as pd
import pytest
from streamlit.elements import arrow
from streamlit.elements.lib.pandas_styler_utils import marshall_styler
from streamlit.proto.ArrowData_pb2 import ArrowData

from ui.tables import exact_text, integers, styled


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame({"views": integers([1_234_567, None, 0]), "title": ["a", "b", "c"]})


def sent(table: object, name: str) -> ArrowData:
    marshall = arrow.marshall_styler  # type: ignore[attr-defined]
    marshall(proto := ArrowData(), table, name)
    return proto


def test_they_are_those_of_streamlit(frame: pd.DataFrame) -> None:
    table = styled(frame, {"views": exact_text}, {"title": {1: "another text"}})
    for name in ("here", "there", "here"):
        marshall_styler(expected := ArrowData(), table, name)
        assert sent(table, name) == expected
        assert expected.styler.display_values


def test_they_are_written_once(frame: pd.DataFrame) -> None:
    written: list[int] = []

    def note(count: int) -> str:
        written.append(count)
        return f"{count}"

    table = styled(frame, {"views": note})
    first = sent(table, "here")
    calls = len(written)
    assert sent(table, "here") == first
    assert calls == len(written) > 0
    sent(frame.style.format({"views": note}), "here")  # somebody else's is not remembered
    assert len(written) > calls
