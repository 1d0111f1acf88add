"""Reading a public TikTok profile with yt-dlp, which reads the pages that a browser reads.

yt-dlp is used as it is. Its requests pass through here so that all processes together keep a
polite pace, a fault of the network is tried again, and what went wrong is known by its kind:
some of yt-dlp's errors say no more than that something is missing on a page.
"""

import io
import logging
import math
import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

import stamina

from snapshot_core.errors import NoSuchProfile, SourceError, TruegrowthError
from snapshot_core.readings import NO_PROFILE, ProfileReading
from snapshot_core.sources import bounded, json_fields
from snapshot_core.sources.bounded import Deadline, TooLarge, TooSlow
from snapshot_core.sources.http_client import (
    MAX_HURRIED_WAIT_SECONDS,
    WILL_RETRY,
    HttpClient,
    unreachable,
)
from snapshot_core.sources.rate import Rate
from snapshot_core.sources.tiktok_public.profile_page import profile_in

ENDPOINT: Final = "tiktok.com/public"
RATE: Final = Rate(60, 60)
"""Ours: a page a second, whatever the number of profiles and workers."""
WAIT_AFTER_429_SECONDS: Final = 60.0
MAX_EMPTY_PAGES: Final = 60
"""In a row without a new video, after which the list is taken to have ended. TikTok is asked for
one week after another where nothing was posted, maybe back to its beginning."""
READ_BYTES: Final = 1 << 18
MAX_WARNING_CHARACTERS: Final = 300
"""Of yt-dlp's own words, shown to people."""

_PAUSE: Final = (
    f"TikTok asks for a pause: it was asked too much from here in a short time. {WILL_RETRY}"
)
_RETRIES: Final = stamina.RetryingCaller(attempts=3, timeout=None, wait_initial=1.0, wait_max=10.0)
_log = logging.getLogger(__name__)


class _NoMorePages(Exception):
    """Raised where a page more would be asked for in vain."""


@dataclass(slots=True)
class RequestLog:
    """yt-dlp's logger: what it warned of, and whether its requests failed."""

    warnings: list[str] = field(default_factory=list)
    failed: tuple[str, Exception] | None = None
    """Path and error of the last request, if it failed."""
    empty: int = 0
    """Requests since the last new video."""
    profile: ProfileReading = NO_PROFILE
    """The profile's own counters, where its page was asked for and tells them."""

    def debug(self, message: str) -> None:
        """Progress, which nobody reads."""

    info = debug

    def warning(self, message: str) -> None:
        """Note it, once."""
        if (text := plain(message)) and text not in self.warnings:
            self.warnings.append(text)

    def error(self, message: str) -> None:
        """What is raised as well."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A profile opened: its lasting id, and its videos as yt-dlp gives them. To be closed."""

    channel_id: str | None
    entries: Iterator[dict[str, Any]]
    log: RequestLog
    close: Callable[[], None]


def plain(text: str) -> str:
    """yt-dlp's words without colours and without the advice that is meant for its own users."""
    text = " ".join(re.sub(r"\x1b\[[0-9;]*m", "", text).split())
    text = re.split(r"[;,.]? ?please report this issue on", text, flags=re.IGNORECASE)[0]
    text = re.split(r"\.? ?(?:Use --|See https?://|See --list-|If you are able to)", text)[0]
    text = re.sub(r"^(?:(?:ERROR|WARNING): ?)?(?:\[[\w:]+\] ?)?", "", text)
    return (json_fields.text(text) or "")[:MAX_WARNING_CHARACTERS]


def open_profile(http: HttpClient, address: str, who: str) -> Walk:
    """Open the profile at ``address``, which yt-dlp understands. Raises `SourceError`.

    ``who``: what to call it in messages. ``entries`` raise `SourceError` as well.
    """
    log = RequestLog()
    with _explained(log, who), ExitStack() as opened:
        downloader = opened.enter_context(closing(_downloader(http, log)))
        profile = downloader.extract_info(address, download=False, process=False)
        channel_id = json_fields.identifier(json_fields.nested(profile, "id"))
        entries = _entries(profile["entries"], log, who)
        return Walk(channel_id, entries, log, opened.pop_all().close)


def _entries(entries: Any, log: RequestLog, who: str) -> Iterator[dict[str, Any]]:
    count = 0
    try:
        with _explained(log, who):
            for entry in entries:
                log.empty, count = 0, count + 1
                yield entry
    except _NoMorePages:
        if not count:
            raise _declined(log, who) from None
        log.warning(
            f"No older video was found in {MAX_EMPTY_PAGES} steps back in time; the list was taken "
            "to end."
        )


def _downloader(http: HttpClient, log: RequestLog) -> Any:
    # Imported when a profile is read: it takes a second that no other page should wait for.
    from yt_dlp import YoutubeDL
    from yt_dlp.extractor.tiktok import TikTokUserIE
    from yt_dlp.networking._urllib import UrllibRH
    from yt_dlp.networking.common import Response
    from yt_dlp.networking.exceptions import CertificateVerifyError, HTTPError, TransportError

    def is_worth_a_retry(error: Exception) -> bool:
        if isinstance(error, HTTPError):
            return bool(error.status == 429 or error.status >= 500)
        final = isinstance(error, CertificateVerifyError) or isinstance(error.__cause__, TooLarge)
        return isinstance(error, TransportError) and not final

    class Downloader(YoutubeDL):  # type: ignore[misc]
        def urlopen(self, req: Any) -> Any:
            log.empty += 1
            if log.empty > MAX_EMPTY_PAGES:
                raise _NoMorePages
            path = urlsplit(getattr(req, "url", req)).path
            # The embedded page is a second try: the fate of the first one is what matters.
            matters = not path.startswith("/embed/")
            deadline = Deadline.after(bounded.MAX_CALL_SECONDS)
            try:
                response = _RETRIES(
                    lambda error: not (http.hurried or deadline.passed) and is_worth_a_retry(error),
                    lambda: self._send(req, deadline),
                )
            except (HTTPError, TransportError) as error:
                if matters:
                    log.failed = path, error
                raise
            if matters:
                log.failed = None
            return response

        def _send(self, req: Any, deadline: Deadline) -> Any:
            longest = MAX_HURRIED_WAIT_SECONDS if http.hurried else math.inf
            turn = deadline.not_counting(lambda: http.rate_limit.wait(ENDPOINT, RATE, longest))
            if not turn:
                raise SourceError(_PAUSE)
            try:
                return deadline.run(lambda: self._read(req, deadline))
            except HTTPError as error:
                if error.status == 429:
                    http.rate_limit.hold(ENDPOINT, RATE, WAIT_AFTER_429_SECONDS)
                raise
            except (TooSlow, TooLarge) as error:
                raise TransportError(str(error)) from error

        def _read(self, req: Any, deadline: Deadline) -> Any:
            with closing(super().urlopen(req)) as page:
                # Read to its end here, so that one that breaks off is tried again too.
                body = deadline.read(iter(partial(page.read, READ_BYTES), b""))
            if urlsplit(page.url).path.startswith("/@"):
                log.profile = profile_in(body)
            return Response(
                io.BytesIO(body), page.url, page.headers, page.status, page.reason, page.extensions
            )

        def build_request_director(self, handlers: Any, preferences: Any = None) -> Any:
            # This one unpacks an answer at once, whatever it unpacks to.
            bounded_handlers = [each for each in handlers if each is not UrllibRH]
            return super().build_request_director(bounded_handlers, preferences)

    options: dict[str, Any] = {
        "quiet": True,
        "color": "never",
        "logger": log,
        "extract_flat": "in_playlist",
        "skip_download": True,
        "cachedir": False,
        "extractor_retries": 1,
        "socket_timeout": 20,
    }
    if os.environ.get("SSL_CERT_FILE"):
        # yt-dlp prefers certifi's authorities to those that the machine is told to trust.
        options["compat_opts"] = ["no-certifi"]
    # Only this extractor: whatever an address turns out to be, nothing else is fetched.
    downloader = Downloader(options, auto_init=False)
    downloader.add_info_extractor(TikTokUserIE())
    return downloader


@contextmanager
def _explained(log: RequestLog, who: str) -> Iterator[None]:
    """Turn what yt-dlp raises into a `SourceError`."""
    try:
        yield
    except (TruegrowthError, _NoMorePages):
        raise
    except Exception as error:
        raise _reason(error, log, who) from None


def _reason(error: Exception, log: RequestLog, who: str) -> SourceError:
    from yt_dlp.utils import DownloadError, YoutubeDLError

    if isinstance(error, DownloadError) and error.exc_info and error.exc_info[1]:
        error = error.exc_info[1]
    if not isinstance(error, YoutubeDLError):
        _log.error("yt-dlp failed unexpectedly", exc_info=error)
        return SourceError(
            f"TikTok's page of {who} could not be understood ({type(error).__name__}). It will be "
            "tried again; the log has the details. A newer yt-dlp may help if it stays so."
        )
    text = plain(str(getattr(error, "orig_msg", None) or error))
    if "account is private" in text:
        return SourceError(
            f"The profile {who} is private, and only public ones can be read by their handle. Make "
            "it public, or sign in with TikTok.",
            permanent=True,
        )
    if "does not have any videos" in text:
        return SourceError(f"TikTok says that {who} has not posted any video yet. {WILL_RETRY}")
    path, failure = log.failed or ("", None)
    status = getattr(failure, "status", None)
    if path.startswith("/@") and status in (404, 410):
        return NoSuchProfile(
            f"There is no TikTok profile {who}. Check how its handle is written; if it was "
            "changed, remove the account and add the new handle."
        )
    if status == 429:
        return SourceError(_PAUSE)
    if status is not None and status >= 500:
        return SourceError(f"TikTok has a fault of its own (HTTP {status}). {WILL_RETRY}")
    if failure is not None and isinstance(failure.__cause__, TooSlow | TooLarge):
        return SourceError(f"TikTok {failure.__cause__}. {WILL_RETRY}")
    if failure is not None and status is None:
        return unreachable("TikTok", failure)
    return _declined(log, who, text)


def _declined(log: RequestLog, who: str, text: str = "") -> SourceError:
    details = dict.fromkeys(each for each in (text, *log.warnings) if each)
    words = "; ".join(details)[:MAX_WARNING_CHARACTERS].rstrip(".") or "no videos"
    return SourceError(
        f"TikTok did not let the public page of {who} be read. This often passes. {WILL_RETRY} If "
        "it stays so, check the handle and that the profile is public, install the newest yt-dlp, "
        f"or sign in with TikTok. Details: {words}."
    )
