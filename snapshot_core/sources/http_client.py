"""The way to a platform's HTTP API: turns, time limits, repetitions, and an answer as JSON.

A fault of the way (connection, time, 5xx, an answer that is no JSON) is tried again with longer
and longer pauses while the call has time left, and is then a `SourceError` that the next tick tries
again. A 429 is waited out as told. Every other answer is given to the caller, who knows what the
platform means by it.
"""

import json
import logging
import math
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, Final, Literal

import httpx2
import stamina

from snapshot_core.errors import SourceError
from snapshot_core.sources import bounded
from snapshot_core.sources.bounded import Deadline, TooLarge, TooSlow
from snapshot_core.sources.rate import MAX_HOLD_SECONDS, Rate, RateLimiter

TIMEOUT: Final = httpx2.Timeout(20.0, connect=10.0)
"""Of single steps; `bounded` limits the call."""
MAX_WAIT_SECONDS: Final = 240.0
"""That a capture waits where it is told to. One that is told more ends, and the wait is kept by
those that come after it."""
DEFAULT_WAIT_SECONDS: Final = 60.0
"""After a 429 that does not say how long."""
MAX_HURRIED_WAIT_SECONDS: Final = 5.0
"""That somebody at a screen waits for a turn."""
MAX_WAITS: Final = 5
"""Times that one call is sent away with 429 before its capture ends."""
WILL_RETRY: Final = "It will be tried again."

_log = logging.getLogger(__name__)
_RETRIES: Final = stamina.RetryingCaller(attempts=4, timeout=None, wait_initial=0.5, wait_max=10.0)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform answered: an HTTP status below 500 and a JSON object, maybe empty."""

    status: int
    body: dict[str, Any]


Verdict = Literal["again", "wait"] | None
"""What an answer's body asks for: another try, as after a 5xx, or a pause, as after a 429."""


class _Again(Exception):
    """The call is worth another try; the text says what was wrong."""


class _Wait(Exception):
    """The platform said to wait."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class HttpClient:
    """An HTTP client, and the rate limiter that all processes share."""

    client: httpx2.Client
    rate_limit: RateLimiter
    hurried: bool = False
    """Somebody waits at a screen: a call is tried once, and who has to wait is told so."""

    @property
    def max_wait_seconds(self) -> float:
        """For which a turn is waited for."""
        return MAX_HURRIED_WAIT_SECONDS if self.hurried else MAX_WAIT_SECONDS

    def request(
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
        remedy: str = WILL_RETRY,
        seconds: float | None = None,
        **options: Any,
    ) -> Answer:
        """One call. ``options``: httpx's ``params``, ``headers``, ``json``, ``data``, ``timeout``.

        ``endpoint`` names what ``rate`` is counted for. ``repeat`` False: a call that must not
        be made twice, such as one that uses up a code; only a connection that never came
        about is tried again. ``judge`` is for a platform that tells its faults in the body and
        not by the status; ``bodyless``: whether an answer may be empty; ``remedy``: what an
        error's text ends with; ``seconds``: for all tries, `bounded.MAX_CALL_SECONDS` by default.
        Raises `SourceError`.
        """
        no_more_calls = SourceError(f"{platform} allows no more calls for now. {remedy}")

        def is_worth_a_retry(error: Exception) -> bool:
            return not (self.hurried or deadline.passed) and (
                isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
                or (repeat and isinstance(error, httpx2.TransportError | _Again))
            )

        def attempt() -> Answer:
            # Each try is a call that the platform counts.
            if not deadline.not_counting(
                lambda: self.rate_limit.wait(endpoint, rate, self.max_wait_seconds)
            ):
                raise no_more_calls
            sent = {"method": method, "url": url, **options}
            answer = deadline.run(lambda: self._send(sent, bodyless, deadline))
            verdict = judge(answer)
            if verdict == "wait":
                raise _Wait(DEFAULT_WAIT_SECONDS)
            if verdict == "again":
                raise _Again("has a fault of its own.")
            return answer

        try:
            for _ in range(MAX_WAITS):
                deadline = Deadline.after(seconds or bounded.MAX_CALL_SECONDS)
                try:
                    return _RETRIES(is_worth_a_retry, attempt)
                except _Wait as wait:
                    self.rate_limit.hold(endpoint, rate, wait.seconds)
                    if wait.seconds > self.max_wait_seconds:
                        break
        except _Again as error:
            raise SourceError(f"{platform} {error} {remedy}") from None
        except (TooSlow, TooLarge) as error:
            raise SourceError(f"{platform} {error}. {remedy}") from None
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            if isinstance(error, httpx2.ReadTimeout) and deadline.passed:
                raise SourceError(f"{platform} {deadline.too_slow()}. {remedy}") from None
            raise unreachable(platform, error, remedy) from None
        raise no_more_calls

    def _send(self, request: dict[str, Any], bodyless: bool, deadline: Deadline) -> Answer:
        with self.client.stream(**request) as response:
            if response.status_code == 429:
                raise _Wait(_wait_seconds(response.headers, self.rate_limit.clock.time()))
            body = deadline.read(response.iter_bytes())
        if response.status_code >= 500:
            raise _Again(f"has a fault of its own (HTTP {response.status_code}).")
        try:
            parsed = json.loads(body)
        except (ValueError, RecursionError):
            parsed = None
        if isinstance(parsed, dict):
            return Answer(response.status_code, parsed)
        if response.status_code >= 400 or (bodyless and not body.strip()):
            return Answer(response.status_code, {})
        raise _Again("gave an answer that is not the one it documents.")


def unreachable(platform: str, error: Exception, remedy: str = WILL_RETRY) -> SourceError:
    """What to tell of ``error``, by which no connection to a platform came about or it broke off.

    The log has its kind. Its text may hold the address asked, and that a secret.
    """
    kind = type(error).__name__
    _log.warning("%s cannot be reached: %s", platform, kind)
    proxy = ""
    if kind == "CertificateVerifyError" or "CERTIFICATE_VERIFY_FAILED" in str(error):
        proxy = " Where a proxy inspects traffic, set SSL_CERT_FILE to its certificates."
    return SourceError(
        f"{platform} cannot be reached. Check that the computer Truegrowth runs on is online."
        f"{proxy} {remedy}"
    )


@contextmanager
def open_http(rate_limit: RateLimiter, *, hurried: bool = False) -> Iterator[HttpClient]:
    """A client, closed in the end."""
    agent = {"user-agent": "Truegrowth/0.1", "accept": "application/json"}
    with httpx2.Client(
        timeout=TIMEOUT, headers=agent, follow_redirects=False, verify=_authorities()
    ) as client:
        yield HttpClient(client, rate_limit, hurried)


@cache
def _authorities() -> ssl.SSLContext:
    """Whom we believe to be who they say. Reading it takes 30 ms, and each capture has a client."""
    try:
        return httpx2.create_ssl_context()
    except OSError as error:
        raise SourceError(
            f"The certificates that SSL_CERT_FILE or SSL_CERT_DIR name cannot be read "
            f"({type(error).__name__}). Mend the name or unset it."
        ) from None


def _wait_seconds(headers: httpx2.Headers, now: float) -> float:
    """Seconds to wait by a Retry-After header, which holds seconds or a date.

    A date is the platform's, so it is counted from the answer's own; from ``now`` without one.
    """
    retry_after = headers.get("retry-after", "")
    try:
        seconds = float(retry_after)
    except ValueError:
        if (until := _instant(retry_after)) is None:
            return DEFAULT_WAIT_SECONDS
        answered_at = _instant(headers.get("date", ""))
        seconds = until - (now if answered_at is None else answered_at)
    if not math.isfinite(seconds):
        return DEFAULT_WAIT_SECONDS
    return min(max(1.0, seconds), MAX_HOLD_SECONDS)


def _instant(header: str) -> float | None:
    try:
        return parsedate_to_datetime(header).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
