"""Files that are computed when a download button is clicked: for their owner only.

Streamlit computes one for any session that knows its id and serves it to anybody. It deletes it
after the next two script runs, whoever they are for, which may be before the browser asked for it.
"""

from typing import Final

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime
from streamlit.runtime.media_file_manager import MediaFileManager

from web.socket_messages import only
from web.visitors import Owns

MEDIA_PATH: Final = "/media/"
GONE: Final = "This file is gone. Open its page and download it again."


class DownloadGuard:
    """ASGI middleware: a session's downloads are computed, kept and served for its owner."""

    def __init__(self, app: ASGIApp, owns: Owns) -> None:
        self.app, self.owns = app, owns

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what concerns no download; answer 404 for a file of another visitor."""
        if scope["type"] == "websocket":
            return await self._socket(scope, receive, send)
        if scope["type"] == "http" and scope["path"].startswith(MEDIA_PATH):
            file_id = _file_id(scope["path"])
            if not any(self.owns(scope, session_id) for session_id in _sessions_with(file_id)):
                return await PlainTextResponse(GONE + "\n", 404)(scope, receive, send)
        return await self.app(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        offered_at: dict[str, tuple[str, str]] = {}  # request id: session, place on its page

        async def may_pass(message: BackMsg) -> bool:
            request = message.backend_operation_request
            if request.WhichOneof("payload") != "deferred_file":
                return True
            session_id = request.session_id
            offer = _media()._deferred_callables.get(request.deferred_file.file_id)
            if offer and offer["session_id"] == session_id and self.owns(scope, session_id):
                offered_at[request.request_id] = session_id, offer["coordinates"]
                return True
            refusal = ForwardMsg()
            refusal.backend_operation_response.request_id = request.request_id
            refusal.backend_operation_response.error_msg = GONE
            await send({"type": "websocket.send", "bytes": refusal.SerializeToString()})
            return False

        async def noting_send(message: Message) -> None:
            if offered_at and (body := message.get("bytes")):
                answer = ForwardMsg.FromString(body).backend_operation_response
                if answer.request_id in offered_at:
                    _keep(*offered_at.pop(answer.request_id), answer.deferred_file.url)
            await send(message)

        await self.app(scope, only(receive, may_pass), noting_send)


def _media() -> MediaFileManager:
    return Runtime.instance().media_file_mgr


def _file_id(path: str) -> str:
    return path.removeprefix(MEDIA_PATH).partition(".")[0]


def _sessions_with(file_id: str) -> list[str]:
    """The sessions that a file is kept for."""
    media = _media()
    with media._lock:
        return [
            session_id
            for session_id, files in media._files_by_session_and_coord.items()
            if file_id in files.values()
        ]


def _keep(session_id: str, coordinates: str, url: str) -> None:
    """Have Streamlit keep a computed file until the session's next run or its end."""
    media = _media()
    if url and Runtime.instance().is_active_session(session_id):
        with media._lock:
            files = media._files_by_session_and_coord[session_id]
            files[f"{coordinates} computed"] = _file_id(url)
