"""Whatever YouTube may answer: no crash, no number that is not its own, and always a message."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import stamina
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from snapshot_core.capture.take import take
from snapshot_core.connections.platforms import Platforms
from snapshot_core.errors import SourceError
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.sources.youtube.source import YouTube
from snapshot_core.store.accounts import account, add_account
from snapshot_core.store.database import Store
from snapshot_core.store.keys import of
from snapshot_core.store.tables import COUNTS, accounts, captures, users, video_snapshots, videos
from snapshot_core.store.users import ensure_user
from tests.fakes.serve import hang_up, serve
from tests.fakes.youtube import STATS, channel_with
from tests.fakes.youtube import YouTube as Fake
from tests.sources.reading import platforms
from tests.support.staged import NOON, Hands, installed

CHANNEL = channel_with(3, NOON)

# What may stand where a value is expected; the counts below are told apart from true ones by
# being odd texts, wrong kinds or impossible, never a plausible other number.
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False),
    st.sampled_from(["", "many", "1.5", "1e6", "-5", "９", "12,300", " 7", "9" * 40, "\x00"]),
    st.sampled_from([-1, 2**53, 2**63, 10**30]),
    st.just([]),
    st.just({}),
    st.just([None, 3, {"id": {}}]),
)
REMOVED = object()


def paths(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    if here:
        yield here
    inner = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in inner:
        yield from paths(value[key], (*here, key))


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy of ``value`` with something else at ``path``, or with nothing there."""
    copy = json.loads(json.dumps(value))
    place = copy
    for key in path[:-1]:
        place = place[key]
    if new is REMOVED:
        del place[path[-1]]
    else:
        place[path[-1]] = new
    return copy


def plain_answers() -> dict[str, Any]:
    """What the fake answers when all is well, by method."""
    fake = Fake(Hands(), CHANNEL)
    uploads = {"playlistId": CHANNEL.uploads, "maxResults": "50", "part": "snippet,contentDetails"}
    ids = {"id": ",".join(video.id for video in CHANNEL.videos)}
    made = {
        "channels": fake._channels({"id": CHANNEL.id}),
        "playlistItems": fake._items(uploads),
        "videos": fake._videos(ids),
        STATS: fake._stats({**ids, "part": "statistics"}),
    }
    return {name: json.loads(bytes(answer.body)) for name, answer in made.items()}


PLAIN = plain_answers()
TRUE = {
    video["id"]: tuple(
        None if name is None else int(video["statistics"][name])
        for name in ("viewCount", "likeCount", "commentCount", None, None)
    )
    for video in PLAIN["videos"]["items"]
}


@st.composite
def bodies(draw: st.DrawFn) -> tuple[str, bytes, int]:
    """A method, and what it answers instead: bytes and an HTTP status."""
    resource = draw(st.sampled_from(sorted(PLAIN)))
    value = PLAIN[resource]
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(sorted(paths(value), key=repr)))
        value = changed(value, path, draw(st.just(REMOVED) | ODD))
        if not list(paths(value)):
            break
    whole = json.dumps(value).encode()
    body = draw(
        st.one_of(
            st.just(whole),
            st.just(whole),
            st.integers(0, len(whole)).map(lambda end: whole[:end]),
            st.sampled_from([b"", b"<html>busy</html>", b"[]", b"3", b"null", b"\xff\xfe{}"]),
            st.just(b"[" * 100_000),
        )
    )
    return resource, body, draw(st.sampled_from([200, 200, 200, 200, 301, 400, 403, 404, 500, 503]))


@pytest.fixture(scope="module")
def store_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('answers') / 'truegrowth.db'}"


@pytest.fixture(scope="module")
def store(store_url: str) -> Iterator[Store]:
    made = installed(store_url)
    yield made
    made.close()


@pytest.fixture(scope="module")
def fake() -> Fake:
    return Fake(Hands(), CHANNEL)


@pytest.fixture(scope="module")
def way(fake: Fake, store: Store, store_url: str) -> Iterator[Platforms]:
    with serve(fake.app) as base, stamina.set_testing(True, attempts=2, cap=True):
        yield platforms(store, store_url, **fake.settings(base))


def night(store: Store, way: Platforms) -> tuple[str | None, str | None]:
    """One capture of a fresh account: its status and what it says; nothing wrong is stored."""

    def fresh(connection: Any) -> Any:
        connection.execute(delete(users))
        user = ensure_user(connection, "creator@example.org", NOON)
        made = add_account(connection, user.user_id, "channel", "youtube", NOON)
        values = {"external_id": CHANNEL.id}
        connection.execute(update(accounts).where(of(accounts, made.key)).values(values))
        connection.execute(delete(video_snapshots))
        return account(connection, made.key)

    one = store.transact(fresh)
    try:
        take(store, YouTube(), one, Hands(), trigger="nightly", platforms=way)
        raised = None
    except SourceError as error:
        raised = str(error)
    with store.read() as connection:
        status, message = connection.execute(
            select(captures.c.status, captures.c.message).where(of(captures, one.key))
        ).one()
        stored = connection.execute(
            select(videos.c.platform_id, *COUNTS).join(
                video_snapshots, video_snapshots.c.video_id == videos.c.video_id
            )
        ).all()
    for name, *counts in stored:
        unknown = (None,) * len(VIDEO_METRICS)
        for metric, count, true in zip(VIDEO_METRICS, counts, TRUE.get(name, unknown), strict=True):
            assert count is None or count == true, (name, metric, count)
    if raised is not None:
        assert raised.endswith(".")
        assert "could not be used" not in raised  # that is what a fault of our own would say
    if status != "complete":
        assert message
    return status, message


def instead(fake: Fake, resource: str) -> None:
    """Have ``resource`` asked: `videos` is only where there is no method for the numbers alone."""
    fake.scripted.clear()
    fake.knows_stats = resource != "videos"


@settings(max_examples=40)
@given(bodies())
def test_an_answer_that_is_not_as_documented(
    store: Store, way: Platforms, fake: Fake, odd: tuple[str, bytes, int]
) -> None:
    resource, body, status = odd
    instead(fake, resource)
    fake.say(resource, lambda _request: Response(body, status), times=2)
    night(store, way)
    fake.scripted.clear()
    assert night(store, way) == ("complete", None)


@pytest.mark.parametrize("resource", sorted(PLAIN))
def test_a_connection_that_is_reset(
    store: Store, way: Platforms, fake: Fake, resource: str
) -> None:
    async def reset(request: Request) -> Response:
        await hang_up(request)
        return Response(b"")

    instead(fake, resource)
    fake.say(resource, reset, times=2)
    status, message = night(store, way)
    assert status == "failed"
    assert "YouTube cannot be reached" in str(message)


@pytest.mark.parametrize("resource", sorted(PLAIN))
def test_an_answer_that_breaks_off(store: Store, way: Platforms, fake: Fake, resource: str) -> None:
    def broken(request: Request) -> Response:
        async def drip() -> Any:
            yield b'{"items": ['
            await hang_up(request)
            yield b"]}"

        return StreamingResponse(drip())

    instead(fake, resource)
    fake.say(resource, broken, times=2)
    status, message = night(store, way)
    assert status == "failed"
    assert "YouTube cannot be reached" in str(message)


def test_once_is_not_enough_to_fail(store: Store, way: Platforms, fake: Fake) -> None:
    instead(fake, STATS)
    fake.say(STATS, Response(b"busy", 503))
    assert night(store, way) == ("complete", None)
