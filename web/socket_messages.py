"""Which messages of a browser reach Streamlit.

Streamlit obeys every kind that its own developer tools send, whoever sends it: `clear_cache`
empties the caches of all visitors, logged in or not, and `install_skills` writes files.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from web.uploads import MAX_FILES_PER_SESSION

PAGE_KINDS: Final = {"rerun_script", "stop_script", "app_heartbeat"}
"""What an open page sends that concerns its own session only."""


class SocketMessages:
    """ASGI middleware: passes on what our pages send over a WebSocket, and drops the rest."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; filter what comes in over a WebSocket."""
        if scope["type"] == "websocket":
            receive = only(receive, _sent_by_a_page)
        await self.app(scope, receive, send)


def only(receive: Receive, passes: Callable[[BackMsg], Awaitable[bool]]) -> Receive:
    """Receive what passes. What is no message of Streamlit's protocol ends the connection."""

    async def receive_passing() -> Message:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            try:
                back_message = BackMsg.FromString(message.get("bytes"))
            except (DecodeError, TypeError):  # the latter of a text
                # Streamlit would write a trace into the log for each.
                return {"type": "websocket.disconnect", "code": 1002}
            if await passes(back_message):
                return message

    return receive_passing


async def _sent_by_a_page(message: BackMsg) -> bool:
    kind = message.WhichOneof("type")
    if kind == "file_urls_request":  # each name is answered with three strings
        return len(message.file_urls_request.file_names) <= MAX_FILES_PER_SESSION
    if kind == "backend_operation_request":
        return message.backend_operation_request.WhichOneof("payload") == "deferred_file"
    return kind in PAGE_KINDS
