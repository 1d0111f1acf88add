"""Whatever TikTok answers: no capture crashes, no wrong number is stored, each failure is told.

The answers go over a real connection into a real capture. What is stored is compared with what
was stated: unknown, or exactly that integer.
"""

import copy
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stamina
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from snapshot_core.errors import SourceError
from tests.fakes.installation import Clock, Installation, installation
from tests.fakes.scripted import LOST, RESET, Said
from tests.fakes.serve import Stage
from tests.fakes.tiktok import Call, TikTok
from tests.fakes.tiktok_world import person

FIELD = {
    "views": "view_count",
    "likes": "like_count",
    "comments": "comment_count",
    "shares": "share_count",
}
LONG = 10 * 365 * 86_400


@pytest.fixture(scope="module")
def here(
    stage: tuple[Stage, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """One connected account for all examples; each is a capture of another hour."""
    clock = Clock()
    fake = TikTok(clock.time, person(1, 3, clock()))
    fake.access_lives = fake.refresh_lives = LONG
    folder: Path = tmp_path_factory.mktemp("answers")
    with (
        stamina.set_testing(True, attempts=2, cap=True),
        fake.on(stage[0]),
        installation(f"sqlite:///{folder / 'truegrowth.db'}", fake, stage[1], clock) as made,
    ):
        yield made


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.sampled_from([0, -1, 2**31, 2**53, 2**63 - 1, 2**63, 10**40]),
    st.floats(),
    st.sampled_from(["", "0", "12", "-5", "1e3", "1,200", "1.2K", " 7", "٣", "9" * 30]),
    st.text(max_size=20),
    st.sampled_from(["\ud800", "a\0b", "x" * 5_000, "javascript:alert(1)", "http://x.example"]),
    st.just([]),
    st.just({}),
    st.lists(st.integers(), max_size=3),
)
VIDEO_KEYS = [
    *("id", "create_time", "view_count", "like_count", "comment_count", "share_count"),
    *("title", "video_description", "duration", "cover_image_url", "share_url", "extra"),
]
PATHS: list[tuple[Any, ...]] = [
    *[("data", "videos", number, key) for number in range(3) for key in VIDEO_KEYS],
    *[("data", "videos", number) for number in range(3)],
    *[("data",), ("data", "videos"), ("data", "cursor"), ("data", "has_more"), ("data", "extra")],
    *[("error",), ("error", "code"), ("error", "message"), ("error", "extra")],
]
USER_PATHS: list[tuple[Any, ...]] = [
    *[
        ("data", "user", key)
        for key in ("open_id", "follower_count", "following_count", "likes_count", "video_count")
    ],
    *[("data",), ("data", "user"), ("data", "extra"), ("error",), ("error", "code")],
]
GONE = object()


def changes(paths: list[tuple[Any, ...]]) -> st.SearchStrategy[list[tuple[Any, Any]]]:
    change = st.tuples(st.sampled_from(paths), st.one_of(st.just(GONE), JUNK))
    return st.lists(change, min_size=1, max_size=4)


def changed(said: Any, edits: list[tuple[Any, Any]]) -> Any:
    said = copy.deepcopy(said)
    for path, new in edits:
        place = said
        try:
            for step in path[:-1]:
                place = place[step]
            if new is GONE:
                del place[path[-1]]
            else:
                # A copy: what one change puts in, another one may change or put into itself.
                place[path[-1]] = copy.deepcopy(new)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    return said


def raw(said: Any) -> bytes:
    return json.dumps(said).encode()


class Stated:
    """The integers that were stated, by video and counter."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[str, str], set[int]] = defaultdict(set)

    def listen(self, here: Installation) -> None:
        """Hear what the platform says by itself, too."""

        def hear(said: dict[str, Any]) -> dict[str, Any]:
            self.hear(said)
            return said

        here.fake.mangle |= {"video/list": hear, "video/query": hear}

    def hear(self, said: Any) -> None:
        data = said.get("data") if isinstance(said, dict) else None
        videos = data.get("videos") if isinstance(data, dict) else None
        for video in videos if isinstance(videos, list) else []:
            if not isinstance(video, dict):
                continue
            for metric, field in FIELD.items():
                number = integer(video.get(field))
                if number is not None:
                    self.numbers[str(video.get("id")), metric].add(number)


def integer(value: Any) -> int | None:
    """A whole number as JSON or as decimal digits; nothing else is one."""
    if isinstance(value, str) and re.fullmatch("-?[0-9]+", value):
        return int(value)
    return value if type(value) is int else None


def true_answer(here: Installation, endpoint: str) -> dict[str, Any]:
    """What the platform would say now."""
    fields = {
        "video/list": "id,create_time,view_count,like_count,comment_count,share_count,title,"
        "video_description,duration,cover_image_url,share_url",
        "user/info": "open_id,follower_count,following_count,likes_count,video_count",
    }[endpoint]
    access = next(iter(here.fake.access))
    call = Call(endpoint, here.clock.now, {"fields": fields}, {"max_count": 20}, access)
    work = here.fake._user_info if endpoint == "user/info" else here.fake._video_list
    return {"data": work(call), "error": {"code": "ok", "message": "", "log_id": "1"}}


def capture(here: Installation, stated: Stated) -> None:
    """Take a capture and hold it to the three promises."""
    here.clock.now += 3_600
    at, error = here.clock(), None
    try:
        here.take()
    except SourceError as raised:
        error = raised
    here.fake.quieten()
    with here.store.read() as connection:
        status, message = connection.execute(
            text("SELECT status, message FROM captures WHERE captured_at = :at"), {"at": at}
        ).one()
        rows = connection.execute(
            text(
                "SELECT v.platform_id, s.view_count, s.like_count, s.comment_count, s.share_count "
                "FROM video_snapshots s JOIN videos v "
                "ON v.user_id = s.user_id AND v.video_id = s.video_id WHERE s.captured_at = :at"
            ),
            {"at": at},
        ).all()
    for platform_id, *counts in rows:
        for metric, count in zip(FIELD, counts, strict=True):
            assert count is None or count in stated.numbers[platform_id, metric]
            assert count is None or 0 <= count < 2**53
    if error is not None:
        assert len(str(error)) > 20
        assert status in ("failed", "partial")
        assert str(error) in message
        # The net below every source caught nothing: the source itself knew what to say.
        assert "that could not be used" not in str(error)
    if status == "failed":
        assert message
    assert not any(name in (message or "") for name in (*here.fake.access, *here.fake.refresh))


EXAMPLES = settings(max_examples=40)
SOAK = settings(EXAMPLES, max_examples=500)


def lists_are_changed(here: Installation, edits: list[tuple[Any, Any]]) -> None:
    said, stated = changed(true_answer_later(here, "video/list"), edits), Stated()
    stated.hear(said)
    # Should the answer say that there is more, the true list follows.
    stated.listen(here)
    here.fake.script("video/list", Said(raw(said)), Said(raw(said)))
    capture(here, stated)


def true_answer_later(here: Installation, endpoint: str) -> dict[str, Any]:
    here.clock.now += 3_600
    said = true_answer(here, endpoint)
    here.clock.now -= 3_600
    return said


VIEWS = ("data", "videos", 0, "view_count")


@given(edits=changes(PATHS))
@example(edits=[(VIEWS, 1234.5), ((*VIEWS[:3], "like_count"), 12.0)])
@example(edits=[(VIEWS, "1.2K"), ((*VIEWS[:3], "like_count"), "٣")])
@example(edits=[(VIEWS, True), ((*VIEWS[:3], "like_count"), [7])])
@example(edits=[(VIEWS, 2**70), ((*VIEWS[:3], "like_count"), -7)])
@example(edits=[(VIEWS, GONE), ((*VIEWS[:3], "id"), None)])
@EXAMPLES
def test_a_list_of_any_shape(here: Installation, edits: list[tuple[Any, Any]]) -> None:
    lists_are_changed(here, edits)


@pytest.mark.soak
@given(edits=changes(PATHS))
@SOAK
def test_a_list_of_any_shape_for_long(here: Installation, edits: list[tuple[Any, Any]]) -> None:
    lists_are_changed(here, edits)


@given(edits=changes(USER_PATHS))
@EXAMPLES
def test_a_person_of_any_shape(here: Installation, edits: list[tuple[Any, Any]]) -> None:
    said, stated = changed(true_answer(here, "user/info"), edits), Stated()
    stated.listen(here)
    here.fake.script("user/info", *[Said(raw(said))] * 3)
    capture(here, stated)
    data = said.get("data") if isinstance(said, dict) else None
    user = data.get("user") if isinstance(data, dict) else None
    told = integer(user.get("follower_count")) if isinstance(user, dict) else None
    with here.store.read() as connection:
        stored = connection.scalar(
            text("SELECT follower_count FROM account_snapshots WHERE captured_at = :at"),
            {"at": here.clock()},
        )
    assert stored is None or stored == told


FAULTS = st.one_of(
    st.sampled_from([RESET, LOST]),
    st.builds(Said, cut_at=st.integers(1, 900)),
    st.builds(
        Said,
        st.one_of(
            st.binary(max_size=60),
            st.sampled_from([b"", b"<html>", b"null", b"[1]", b'{"data":', b"\xff\xfe", b"{}"]),
            JUNK.map(raw),
        ),
        st.sampled_from([200, 201, 204, 301, 400, 401, 403, 404, 418, 429, 500, 502, 503]),
        st.dictionaries(
            st.just("retry-after"), st.sampled_from(["1", "x", "nan", "-1", "1e99", "3600"])
        ),
    ),
    st.sampled_from(
        [
            *("internal_error", "invalid_params", "scope_permission_missed", "no_such_code"),
            *("access_token_invalid", "rate_limit_exceeded"),
        ]
    ),
)


@given(
    endpoint=st.sampled_from(["video/list", "user/info", "oauth/token"]),
    faults=st.lists(FAULTS, min_size=1, max_size=3),
)
@EXAMPLES
def test_faults_of_the_way(here: Installation, endpoint: str, faults: list[Said | str]) -> None:
    stated = Stated()
    here.clock.now += 2 * 86_400  # what a wait of an earlier example held back is over
    if endpoint == "oauth/token":
        here.fake.end_consent(here.fake.people[0])
        here.connect()
        here.fake.access.clear()
    stated.listen(here)
    here.fake.script(endpoint, *faults)
    capture(here, stated)
    if endpoint == "oauth/token":  # a lost answer may have ended the consent
        here.connect()


def test_a_drip_is_waited_for_and_an_undisturbed_capture_is_whole(here: Installation) -> None:
    here.clock.now += 2 * 86_400
    here.connect()
    here.fake.script("video/list", Said(drip=0.0001))
    here.clock.now += 3_600
    assert here.take().status == "complete"
