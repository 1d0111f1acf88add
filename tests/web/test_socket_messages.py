"""What a visitor may say over the WebSocket: each kind of message has been decided."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed

from tests.web.shared import ANNA, Installation, tab
from web.socket_messages import PAGE_KINDS, SocketMessages
from web.uploads import MAX_FILES_PER_SESSION

DROPPED: dict[str, Any] = {
    "clear_cache": True,
    "set_run_on_save": True,
    "load_git_info": True,
    "debug_disconnect_websocket": True,
    "debug_shutdown_runtime": True,
}


def passed_on(**kind: Any) -> bool:
    """Whether Streamlit receives it; else the end of the connection is what it hears next."""
    queue = [
        {"type": "websocket.receive", "bytes": BackMsg(**kind).SerializeToString()},
        {"type": "websocket.disconnect", "code": 1000},
    ]
    heard: list[str] = []

    async def receive() -> Any:
        return queue.pop(0)

    async def streamlit(_scope: Any, receive: Callable[[], Awaitable[Any]], _send: Any) -> None:
        heard.append((await receive())["type"])

    asyncio.run(SocketMessages(streamlit)({"type": "websocket"}, receive, receive))  # type: ignore[arg-type]
    return heard == ["websocket.receive"]


def test_every_kind_there_is_has_been_decided() -> None:
    (kinds,) = [each for each in BackMsg.DESCRIPTOR.oneofs if each.name == "type"]
    decided = {*PAGE_KINDS, *DROPPED, "file_urls_request", "backend_operation_request"}
    assert {each.name for each in kinds.fields} == decided


@pytest.mark.parametrize("kind", DROPPED)
def test_what_only_a_developer_sends_is_dropped(kind: str) -> None:
    assert not passed_on(**{kind: DROPPED[kind]})
    assert not passed_on()


def test_what_a_page_sends_is_passed_on() -> None:
    assert passed_on(rerun_script={"query_string": "period=7d"})
    assert passed_on(stop_script=True)
    assert passed_on(app_heartbeat=True)
    assert passed_on(backend_operation_request={"deferred_file": {"file_id": "x"}})


@pytest.mark.parametrize("payload", ["install_skills", "dismiss_skills_nudge", "dataframe_chunk"])
def test_of_the_operations_only_downloads_are(payload: str) -> None:
    assert not passed_on(backend_operation_request={payload: {}})


def test_addresses_for_uploads_are_made_a_few_at_a_time() -> None:
    names = ["a.csv"] * MAX_FILES_PER_SESSION
    assert passed_on(file_urls_request={"file_names": names})
    assert not passed_on(file_urls_request={"file_names": [*names, "b.csv"]})


def test_the_served_dashboard_obeys_none_of_them(shared: Installation) -> None:
    async def tried() -> None:
        async with tab(shared, "") as stranger, tab(shared, shared.cookie(ANNA)) as anna:
            for page in (stranger, anna):
                page.messages.clear()
                for kind in ("clear_cache", "load_git_info", "set_run_on_save"):
                    await page.send(**{kind: True})
                await page.send(app_heartbeat=True)
                # What Streamlit answers, it answers in the order of the questions.
                await page.heard("heartbeat_ack")
                assert not [each for each in page.messages if each.HasField("git_info_changed")]
                assert not any(each.session_status_changed.run_on_save for each in page.messages)

    asyncio.run(tried())


@pytest.mark.parametrize("frame", ["a text", b"\xff no message"])
def test_what_is_no_message_ends_the_connection_and_leaves_no_trace_in_the_log(
    shared: Installation, frame: str | bytes
) -> None:
    async def tried() -> None:
        async with tab(shared, "") as page:
            await page.socket.send(frame)
            with pytest.raises(ConnectionClosed):
                await page.heard("heartbeat_ack")

    asyncio.run(tried())
    assert "Traceback" not in shared.log.read_text()


def test_a_message_of_two_megabytes_ends_the_connection(shared: Installation) -> None:
    async def tried() -> None:
        async with tab(shared, "") as page:
            await page.send(rerun_script={"query_string": "x" * 2_000_000})
            with pytest.raises(ConnectionClosed):
                await page.heard("heartbeat_ack")

    asyncio.run(tried())
