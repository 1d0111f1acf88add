"""Names as people see them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapshot_core.names import as_typed, name_key

SAME = [
    "My Channel",
    "my channel",
    "MY CHANNEL",
    " My  Channel ",
    "My\u00a0Channel",
    "My\u3000Channel",
    "Ｍｙ　Ｃｈａｎｎｅｌ",
    "My\u200b Channel\ufeff",
    "\u202aMy Channel\u202c",
    "Мy Сhаnnеl".replace("М", "M"),  # Cyrillic с, а and е
]


@pytest.mark.parametrize("name", SAME)
def test_names_that_look_the_same_are_the_same(name: str) -> None:
    assert name_key(name) == name_key("My Channel")


@pytest.mark.parametrize(
    ("one", "other"), [("café", "cafe\u0301"), ("ﬁn", "fin"), ("STRASSE", "straße")]
)
def test_letters_of_several_forms_are_the_same(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    "name", ["My Channel 2", "My-Channel", "MyChannel", "@My Channel", "My Chanel"]
)
def test_names_that_look_different_are_different(name: str) -> None:
    assert name_key(name) != name_key("My Channel")


@given(st.text())
def test_what_names_have_in_common_has_itself_in_common(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)
    assert as_typed(as_typed(name)) == as_typed(name)


def test_of_nothing_that_is_seen_there_is_no_name() -> None:
    assert name_key(" \u200b\u2060\u00a0") == ""
