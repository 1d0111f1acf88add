"""The way to a platform's HTTP API: turns, time limits, repetitions, and an answer as JSON.

A fault of the way (connection, time, 5xx, an answer that is no JSON) is tried again with longer
and longer pauses, and is then a `SourceError` that the next tick tries again. A 429 is waited
out as told. Every other answer is given to the caller, who knows what the platform means by it.
"""

import json
import math
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, Final, Literal

import httpx2
import stamina

from snapshot_core.connections.rate_limit import Rate, RateLimit
from snapshot_core.errors import SourceError

ATTEMPTS: Final = 4
TIMEOUT: Final = httpx2.Timeout(20.0, connect=10.0)
WHOLE: Final = 60.0
"""Seconds that a whole answer may take, however slowly it drips in."""
LARGEST: Final = 16 * 1024 * 1024
"""Bytes of an answer."""
LONGEST_WAIT: Final = 240.0
"""Seconds that a capture waits where it is told to. One that is told more ends, and the wait is
kept by those that come after it."""
TOLD_NOTHING: Final = 60.0
"""Seconds to wait after a 429 that does not say how long."""
TOLD_MOST: Final = 86_400.0
"""Seconds of the longest wait that is believed."""
TURNS: Final = 5
"""Times that one call is sent away with 429 before its capture ends."""
TRIED_AGAIN: Final = "It will be tried again."


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform answered: an HTTP status below 500 and a JSON object, maybe empty."""

    status: int
    body: dict[str, Any]


Verdict = Literal["again", "wait"] | None
"""What an answer's body asks for: another try, as after a 5xx, or a pause, as after a 429."""


@dataclass(frozen=True, slots=True)
class _Manner:
    """How one call is to be made, as `Wire.ask` tells."""

    repeat: bool
    judge: Callable[[Answer], Verdict]
    bodyless: bool
    remedy: str


class _Again(Exception):
    """The call is worth another try; the text says what was wrong."""


class _Wait(Exception):
    """The platform said to wait."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


_Call = tuple[str, str, dict[str, Any]]
"""Method, address, and the rest for httpx."""


@dataclass(frozen=True, slots=True)
class Wire:
    """A client, and the pace that all processes keep."""

    client: httpx2.Client
    pace: RateLimit

    def ask(
        self,
        platform: str,
        method: str,
        url: str,
        *,
        endpoint: str,
        rate: Rate,
        repeat: bool = True,
        judge: Callable[[Answer], Verdict] = lambda _answer: None,
        bodyless: bool = False,
        remedy: str = TRIED_AGAIN,
        **what: Any,
    ) -> Answer:
        """One call. ``what``: httpx's ``params``, ``headers``, ``json``, ``data``, ``timeout``.

        ``endpoint`` names what ``rate`` is counted for. ``repeat`` False: a call that must not
        be made twice, such as one that uses up a code; only a connection that never came
        about is tried again. ``judge`` is for a platform that tells its faults in the body and
        not by the status; ``bodyless``: whether an answer may be empty; ``remedy``: what an
        error's text ends with. Raises `SourceError`.
        """
        manner = _Manner(repeat, judge, bodyless, remedy)
        for _ in range(TURNS):
            try:
                return self._try(platform, endpoint, rate, manner, (method, url, what))
            except _Wait as told:
                self.pace.hold(endpoint, rate, told.seconds)
                if told.seconds > LONGEST_WAIT:
                    break
        raise SourceError(f"{platform} allows no more calls for now. {manner.remedy}")

    def _try(
        self, platform: str, endpoint: str, rate: Rate, manner: _Manner, call: _Call
    ) -> Answer:
        def worth(error: Exception) -> bool:
            return isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout) or (
                manner.repeat and isinstance(error, httpx2.TransportError | _Again)
            )

        try:
            for attempt in stamina.retry_context(
                on=worth, attempts=ATTEMPTS, timeout=None, wait_initial=0.5, wait_max=10.0
            ):
                with attempt:
                    # Each try is a call that the platform counts.
                    if not self.pace.wait(endpoint, rate, LONGEST_WAIT):
                        raise SourceError(
                            f"{platform} allows no more calls for now. {manner.remedy}"
                        )
                    return self._once(call, manner)
        except _Again as error:
            raise SourceError(f"{platform} {error} {manner.remedy}") from None
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            # Its text may hold the address asked, and that a secret.
            kind = type(error).__name__
            raise SourceError(f"{platform} cannot be reached ({kind}). {manner.remedy}") from None
        raise AssertionError("retry_context either returns or raises")

    def _once(self, call: _Call, manner: _Manner) -> Answer:
        method, url, what = call
        began = time.monotonic()
        with self.client.stream(method, url, **what) as response:
            if response.status_code == 429:
                told = response.headers.get("retry-after")
                raise _Wait(_told(told, self.pace.clock.time()))
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > LARGEST:
                    raise _Again("sent more than an answer can be.")
                if time.monotonic() - began > WHOLE:
                    raise _Again("was too slow to answer.")
        if response.status_code >= 500:
            raise _Again(f"has a fault of its own (HTTP {response.status_code}).")
        answer = _read(response.status_code, bytes(body), manner.bodyless)
        verdict = manner.judge(answer)
        if verdict == "wait":
            raise _Wait(TOLD_NOTHING)
        if verdict == "again":
            raise _Again("has a fault of its own.")
        return answer


@contextmanager
def open_wire(pace: RateLimit) -> Iterator[Wire]:
    """A way out, closed in the end."""
    agent = {"user-agent": "Truegrowth/0.1", "accept": "application/json"}
    with httpx2.Client(
        timeout=TIMEOUT, headers=agent, follow_redirects=False, verify=_trust()
    ) as client:
        yield Wire(client, pace)


@cache
def _trust() -> ssl.SSLContext:
    """Whom we believe to be who they say. Reading it takes 30 ms, and each capture has a client."""
    try:
        return httpx2.create_ssl_context()
    except OSError as error:
        raise SourceError(
            f"The certificates that SSL_CERT_FILE or SSL_CERT_DIR name cannot be read "
            f"({type(error).__name__}). Mend the name or unset it."
        ) from None


def _read(status: int, body: bytes, bodyless: bool) -> Answer:
    """An answer's JSON object; an empty one for an error that has none."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        parsed = None
    if isinstance(parsed, dict):
        return Answer(status, parsed)
    if status >= 400 or (bodyless and not body.strip()):
        return Answer(status, {})
    raise _Again("gave an answer that is not the one it documents.")


def _told(value: str | None, now: float) -> float:
    """Seconds to wait by a Retry-After header, which holds seconds or a date."""
    try:
        seconds = float(value or "")
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value or "").timestamp() - now
        except (ValueError, TypeError, IndexError, OverflowError):
            return TOLD_NOTHING
    return min(max(1.0, seconds), TOLD_MOST) if math.isfinite(seconds) else TOLD_NOTHING
