"""Who a request or a session is from: the login cookie that came with it."""

import json
from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeAlias

from starlette.requests import HTTPConnection
from starlette.types import Scope
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.runtime import Runtime
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

Owns: TypeAlias = Callable[[Scope, str], bool]
"""Whether a connection comes from the visitor whose session has this id."""


class Visitors:
    """Tells whether a session belongs to whoever sends a request.

    A session's id is no secret: it stands in the address of an upload, and so in a proxy's log.
    """

    def __init__(self, identify: Callable[[Mapping[str, Any]], Hashable | None]) -> None:
        """``identify``: who the claims of a login stand for; None for nobody with access now."""
        self._identify = identify

    def owns(self, scope: Scope, session_id: str) -> bool:
        """Whether the session is open, and its visitor has access and sent this request."""
        session = Runtime.instance().get_app_session(session_id)
        if session is None:
            return False
        # The claims that the session's pages see: those of the cookie that opened it.
        owner = self._identify(session._user_info)
        return owner is not None and owner == self._identify(login_claims(scope))


def login_claims(scope: Scope) -> dict[str, Any]:
    """The claims in the login cookie of a request; empty where it has none that we signed."""
    cookies, secret = HTTPConnection(scope).cookies, get_cookie_secret()

    def signed(name: str) -> bytes | None:
        value = cookies.get(name, "").encode("latin-1", "replace")
        return decode_signed_value(secret, name, value) if value else None

    value = get_cookie_with_chunks(signed, USER_COOKIE_NAME)
    return json.loads(value) if value else {}
