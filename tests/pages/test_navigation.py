"""The pages are created once; each run has copies of its own."""

from types import SimpleNamespace

import pytest

from ui import navigation
from ui.navigation import pages


@pytest.fixture(autouse=True)
def made(monkeypatch: pytest.MonkeyPatch) -> None:
    def group(*titles: str) -> tuple[SimpleNamespace, ...]:
        return tuple(SimpleNamespace(title=title, may_run=False) for title in titles)

    every = group("Overview", "Videos"), group("Installation"), group("Connecting")
    monkeypatch.setattr(navigation, "_created", lambda: every)


@pytest.mark.parametrize(
    ("administers", "titles"),
    [(False, ["Overview", "Videos"]), (True, ["Overview", "Videos", "Installation"])],
)
def test_administrators_see_the_installation_too(administers: bool, titles: list[str]) -> None:
    linked, unlinked = pages(administers=administers)
    assert [page.title for page in linked] == titles
    assert [page.title for page in unlinked] == ["Connecting"]


def test_what_one_run_marks_another_does_not_see() -> None:
    mine, _ = pages(administers=False)
    vars(mine[0])["may_run"] = True  # as st.navigation does
    theirs, _ = pages(administers=False)
    assert not vars(theirs[0])["may_run"]
