"""An application that is made when it is first asked for something."""

from collections.abc import Callable
from threading import Lock

from anyio import to_thread
from starlette.types import ASGIApp, Receive, Scope, Send


class Later:
    """ASGI app in the place of another, whose imports no visitor of a page should wait for."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make = make
        self._app: ASGIApp | None = None
        self._making = Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on to the app; the first request makes it, outside the event loop."""
        if self._app is None:
            await to_thread.run_sync(self._ensure)
        assert self._app is not None
        await self._app(scope, receive, send)

    def _ensure(self) -> None:
        with self._making:
            if self._app is None:
                self._app = self._make()
