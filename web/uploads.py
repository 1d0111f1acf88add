"""Streamlit's uploads: whose files are taken, and how many of them are held in memory.

Streamlit takes any file for any open session, under any name, and lets go of it when the session
ends. With logins even who has seen the login page alone has a session.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

UPLOADS: Final = "/_stcore/upload_file/"
HELD: Final = 2
"""Files held for a session: our pages take in one at a time, and a new one before the old goes."""
REFUSED: Final = "Files are taken from an open page of somebody who may be here. Load it again."


class Uploads:
    """ASGI middleware: a file is taken for the session of somebody who may be here."""

    def __init__(self, app: ASGIApp, may: Callable[[Mapping[str, Any]], bool]) -> None:
        """``may``: whether the person with these claims, as `st.user` has them, may be here."""
        self.app, self.may = app, may

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on and let go of the session's oldest files."""
        _, upload, names = scope.get("path", "").partition(UPLOADS)
        if scope["type"] != "http" or not upload:
            return await self.app(scope, receive, send)
        session_id, _, file_id = names.partition("/")
        runtime = Runtime.instance()
        session = runtime.get_app_session(session_id)
        # The claims that the session's pages see: those of the cookie that opened it.
        if session is None or not self.may(session._user_info):
            return await PlainTextResponse(REFUSED + "\n", 403)(scope, receive, send)
        try:
            await self.app(scope, receive, send)
        finally:
            files = cast(MemoryUploadedFileManager, runtime.uploaded_file_mgr)
            if not runtime.is_active_session(session_id):
                # It ended while the file came in, and would not let go of it again.
                files.remove_file(session_id, file_id)
            for old in list(files.file_storage.get(session_id, ()))[:-HELD]:
                files.remove_file(session_id, old)
