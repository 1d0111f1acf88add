"""Numbers of things in a sentence."""

import pytest

from snapshot_core.plural import plural


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 videos"), (1, "1 video"), (2, "2 videos"), (1_204, "1,204 videos")]
)
def test_only_one_has_no_s(count: int, words: str) -> None:
    assert plural(count, "video") == words


def test_the_verb_follows() -> None:
    assert plural(1, "row was", "rows were") == "1 row was"
    assert plural(12, "row was", "rows were") == "12 rows were"
