"""Views that are kept: one for each thing to look at, and the newest alone."""

import gc
import weakref
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st

from ui.view_cache import cached_view

NOON = 1_790_000_040


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    st.cache_resource.clear()


def session(now: int = NOON, accounts: tuple[str, ...] = ("one",)) -> Any:
    user = SimpleNamespace(user_id=7, time_zone=None)
    settings = SimpleNamespace(database_url="sqlite://")
    store = SimpleNamespace(read=nullcontext)
    return SimpleNamespace(settings=settings, store=store, user=user, accounts=accounts, now=now)


class View:
    """What a page shows."""

    def __init__(self, connection: object) -> None:
        pass


def test_a_view_is_computed_once_for_a_minute() -> None:
    first = cached_view(session(), ("page",), View)
    assert cached_view(session(NOON + 1), ("page",), View) is first
    assert cached_view(session(NOON + 60), ("page",), View) is not first


def test_each_thing_to_look_at_has_its_own() -> None:
    first = cached_view(session(), ("page", "24h"), View)
    assert cached_view(session(), ("page", "7d"), View) is not first
    assert cached_view(session(), ("page", "24h"), View) is first


def test_a_new_snapshot_makes_room_of_what_was_true_before_it() -> None:
    before = weakref.ref(cached_view(session(), ("page",), View).view)
    cached_view(session(accounts=("one, read again",)), ("page",), View)
    gc.collect()
    assert before() is None
