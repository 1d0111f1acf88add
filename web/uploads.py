"""Limits Streamlit's file uploads: who may upload, and how many files stay in memory.

Streamlit accepts any file for any open session, from anybody, and keeps it until the session ends.
Even a visitor who has only seen the login page has a session.
"""

from typing import Final, cast

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from web.visitors import Owns

UPLOAD_PATH: Final = "/_stcore/upload_file/"
MAX_FILES_PER_SESSION: Final = 2
"""Our pages upload one file at a time, and a new one arrives before the old one is dropped."""
REFUSAL: Final = "Files can only be uploaded from an open page, by someone with access. Reload it."


class UploadGuard:
    """ASGI middleware: accepts uploads for a session only from its visitor, who has access."""

    def __init__(self, app: ASGIApp, owns: Owns) -> None:
        self.app, self.owns = app, owns

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on and drop the session's oldest files."""
        _, is_upload, ids = scope.get("path", "").partition(UPLOAD_PATH)
        if scope["type"] != "http" or not is_upload:
            return await self.app(scope, receive, send)
        session_id, _, file_id = ids.partition("/")
        runtime = Runtime.instance()
        if not self.owns(scope, session_id):
            return await PlainTextResponse(REFUSAL + "\n", 403)(scope, receive, send)
        try:
            await self.app(scope, receive, send)
        finally:
            files = cast(MemoryUploadedFileManager, runtime.uploaded_file_mgr)
            if not runtime.is_active_session(session_id):
                # The session ended during the upload, so nothing else would drop the file.
                files.remove_file(session_id, file_id)
            for old_id in list(files.file_storage.get(session_id, ()))[:-MAX_FILES_PER_SESSION]:
                files.remove_file(session_id, old_id)
