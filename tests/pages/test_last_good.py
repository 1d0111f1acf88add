"""The last values read are kept for while the database is unavailable."""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import SimpleNamespace

import pytest
from cachetools import LRUCache

from snapshot_core.errors import StoreError
from tests.support.staged import NOON
from ui import last_good as module
from ui import session
from ui.last_good import last_good


@pytest.fixture
def values(monkeypatch: pytest.MonkeyPatch) -> LRUCache:
    made: LRUCache = LRUCache(2)
    monkeypatch.setattr(module, "_values", made)
    return made


def away() -> int:
    raise StoreError("the database is away")


def test_what_cannot_be_read_is_as_it_was_with_the_reason(values: LRUCache) -> None:
    assert last_good("a", lambda: 1) == (1, None)
    value, trouble = last_good("a", away)
    assert value == 1
    assert str(trouble) == "the database is away"
    with pytest.raises(StoreError):
        last_good("b", away)


def test_without_a_beat_the_nightly_job_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_beat", lambda *_: away())
    here = SimpleNamespace(settings=SimpleNamespace(database_url="sqlite://nowhere"), now=NOON)
    assert session.PageSession.job.fget(here) is None  # type: ignore[attr-defined]


def test_what_was_not_used_for_longest_makes_room(values: LRUCache) -> None:
    for key in ("a", "b", "a", "c"):
        last_good(key, lambda: 1)
    assert list(values) == ["a", "c"]


def test_sessions_that_read_at_once_do_not_take_each_others_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others = ThreadPoolExecutor(1)
    theirs: list[Future] = []

    class Raided(LRUCache):
        def __setitem__(self, key: object, value: object) -> None:
            super().__setitem__(key, value)
            if key == "mine":
                theirs.append(others.submit(last_good, "theirs", lambda: 1))
                wait(theirs, timeout=0.5)  # unless it has to wait for us, it is done by then

    raided = Raided(1)  # whoever comes in takes the room of all
    monkeypatch.setattr(module, "_values", raided)
    with others:
        assert last_good("mine", lambda: 2) == (2, None)
        assert theirs[0].result() == (1, None)
    assert list(raided) == ["theirs"]
