"""What a fake platform does instead of answering: faults of a network and of a server."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from tests.fakes.serve import hang_up


@dataclass(frozen=True)
class Said:
    """One answer to come. Where ``body`` is None it is the true one, with what it changes."""

    body: bytes | None = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_at: int | None = None
    """Bytes of the body after which the connection is reset; 0: no answer at all."""
    drip: float = 0.0
    """Seconds between two bytes."""

    @property
    def is_true(self) -> bool:
        """Whether the platform does what it was asked for."""
        return self.body is None


LOST = Said(cut_at=0)
"""The platform does what it was asked for, and its answer never arrives."""
RESET = Said(body=b"", cut_at=0)
"""The connection ends before the platform looks at the call."""


async def spoken(said: Said, true: Response | None, request: Request) -> Response:
    """What goes out for ``said``; ``true`` is the platform's own answer where it gave one."""
    content = bytes(true.body) if true is not None else said.body or b""
    status = said.status or (true.status_code if true is not None else 200)
    headers = {"content-type": "application/json", **said.headers}
    if said.cut_at == 0:
        await hang_up(request)
        return Response()  # nobody hears it
    if said.cut_at is None and not said.drip:
        return Response(content, status, headers)

    async def pieces() -> AsyncIterator[bytes]:
        if said.drip:
            for one in content:
                yield bytes([one])
                await asyncio.sleep(said.drip)
            return
        yield content[: said.cut_at]
        await hang_up(request)

    # The length that was promised, so that a cut is noticed.
    return StreamingResponse(pieces(), status, headers | {"content-length": str(len(content))})
