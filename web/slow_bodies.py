"""Cuts off requests whose bodies do not arrive.

uvicorn waits for them without end. It does for the head of a request too, which no application
sees: that is left to the proxy (docs/shared-installation.md).
"""

import asyncio
from typing import Final

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAUSE_SECONDS: Final = 30.0
"""Between two pieces of a body."""
BODY_SECONDS: Final = 900.0
"""For all of it: 100 MB at 1 Mbit/s."""
TOO_SLOW: Final = "The request did not arrive in time. Send it again."


class _TooSlow(Exception):
    """Ends the work on a request whose body does not arrive."""


class SlowBodies:
    """ASGI middleware: answers 408 where a body pauses, or takes, too long."""

    def __init__(
        self,
        app: ASGIApp,
        pause_seconds: float = PAUSE_SECONDS,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self.app, self.pause_seconds, self.body_seconds = app, pause_seconds, body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; time what is received until the body is whole."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        now = asyncio.get_running_loop().time
        ends_at, whole, answered = now() + self.body_seconds, False, False

        async def timed_receive() -> Message:
            nonlocal whole
            if whole:  # what comes now is the end of the connection, at any time
                return await receive()
            try:
                async with asyncio.timeout_at(min(now() + self.pause_seconds, ends_at)):
                    message = await receive()
            except TimeoutError:
                raise _TooSlow from None
            whole = not message.get("more_body", False)
            return message

        async def noting_send(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self.app(scope, timed_receive, noting_send)
        except _TooSlow:
            if not answered:
                response = PlainTextResponse(TOO_SLOW + "\n", 408, {"connection": "close"})
                await response(scope, receive, send)
