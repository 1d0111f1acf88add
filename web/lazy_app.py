"""An ASGI app that is created on its first request."""

from collections.abc import Callable
from threading import Lock

from anyio import to_thread
from starlette.types import ASGIApp, Receive, Scope, Send


class LazyApp:
    """ASGI app that stands in for another one, so that no page waits for that one's imports."""

    def __init__(self, create: Callable[[], ASGIApp]) -> None:
        self._create = create
        self._app: ASGIApp | None = None
        self._lock = Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on to the app; the first request creates it, outside the event loop."""
        if self._app is None:
            await to_thread.run_sync(self._ensure)
        assert self._app is not None
        await self._app(scope, receive, send)

    def _ensure(self) -> None:
        with self._lock:
            if self._app is None:
                self._app = self._create()
