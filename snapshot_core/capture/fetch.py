"""Walking a source in a thread of its own, so that one that hangs holds up nothing else.

The thread sees the source and what it is handed to read with. Whoever waits for it can renew a
lease, show progress, or leave: a thread left behind stops at its next video, or with the process.
"""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread
from typing import Final

from snapshot_core.clock import MAX_AHEAD_SECONDS
from snapshot_core.errors import SourceError, StoreError
from snapshot_core.growth.completeness import Scope, counts_vanished
from snapshot_core.plural import plural
from snapshot_core.readings import NO_COUNTS, ProfileReading, VideoReading
from snapshot_core.sources.contract import AccountRef, Listing, Progress, Source
from snapshot_core.store.record_capture import Fetched

POLL_SECONDS: Final = 0.2
"""Seconds between two calls of ``progress``."""

SILENCE_SECONDS: Final = 300
"""Seconds without a new video after which a source is taken to hang."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fetch:
    """What a source gave: all of it, or what came before ``error``."""

    fetched: Fetched
    error: SourceError | None
    external_id: str | None
    """The platform's own name for the account, if the walk came by it."""


def fetch(
    source: Source,
    account: AccountRef,
    trigger: str,
    scope: Scope,
    now: int,
    clock: Callable[[], int],
    progress: Progress,
) -> Fetch:
    """Read ``account`` as it is at ``now`` (UTC seconds), to the end or to an error.

    ``progress`` is called in the calling thread, some times a second even while the source is
    silent, and once at the end. An exception it raises passes through, and the walk is left.
    Raises `StoreError` where the walk met one: the source is not to blame.
    """
    walk = _Walk(source, account, scope, now)
    seen, heard_at, looked_at = 0, clock(), now
    clock_jumped = False
    try:
        while not walk.done.wait(POLL_SECONDS):
            progress(len(walk.videos), walk.profile.videos)
            if clock_jumped := abs(clock() - looked_at) > MAX_AHEAD_SECONDS:
                break
            looked_at = clock()
            if len(walk.videos) != seen:
                seen, heard_at = len(walk.videos), clock()
            elif clock() - heard_at > SILENCE_SECONDS:
                walk.error = SourceError(
                    f"{source.label} did not answer for {SILENCE_SECONDS // 60} minutes. "
                    "It will be tried again."
                )
                break
    finally:
        walk.left = True
    if walk.store_error is not None:
        raise walk.store_error
    if clock_jumped or abs(clock() - looked_at) > MAX_AHEAD_SECONDS:
        return _undated(trigger, scope, clock())
    videos = walk.videos.copy()
    progress(len(videos), walk.profile.videos)
    error, listing = walk.error, walk.listing
    ended = error is None and listing is not None and listing.walked_to_end
    notices = [*(listing.notices if listing else ()), *([str(error)] if error else ())]
    without = [video for video in videos if video.count("views") is None]
    if "views" in source.metrics and counts_vanished(len(without), len(videos)):
        nothing = all(video.counts == NO_COUNTS for video in without)
        # It is judged by what was counted before; of a first listing nothing was.
        ended = ended and not (nothing and len(without) == len(videos))
        notices.append(_uncounted(source, len(without), len(videos), nothing=nothing))
    message = " ".join(notices) or None
    fetched = Fetched(now, clock(), trigger, scope, ended, walk.profile, videos, message)
    return Fetch(fetched, error, listing.external_id if listing else None)


def _uncounted(source: Source, without: int, listed: int, *, nothing: bool) -> str:
    """That so many videos were listed without counts, and what may help."""
    videos = plural(listed, "video")
    if without != listed:
        videos = f"{without:,} of {videos}"
    what = "any count" if nothing else "their views"
    return f"{source.label} listed {videos} without {what}. {source.uncounted_remedy}"


def _undated(trigger: str, scope: Scope, now: int) -> Fetch:
    """A walk of no known date: the clock was set meanwhile, or the machine slept."""
    error = SourceError(
        "The clock jumped while the videos were read, so nobody knows of when they are. "
        "It will be tried again."
    )
    nothing = Fetched(now, now, trigger, scope, False, ProfileReading(), [], str(error))
    return Fetch(nothing, error, None)


def unexpected(source: Source, error: BaseException) -> SourceError:
    """Log an error that no source should raise, and give the one that people see instead.

    The text of such an error may hold anything, a token too: only its kind and place are told.
    """
    where = "".join(traceback.format_tb(error.__traceback__))
    kind = type(error).__name__
    _log.error("The source %r failed unexpectedly: %s\n%s", source.name, kind, where)
    return SourceError(
        f"{source.label} gave an answer that could not be used ({kind}). "
        "It will be tried again; the job's log has the details."
    )


class _Walk:
    def __init__(self, source: Source, account: AccountRef, scope: Scope, now: int) -> None:
        self.profile = ProfileReading()
        self.videos: list[VideoReading] = []
        self.error: SourceError | None = None
        self.store_error: StoreError | None = None
        self.left = False
        self.done = Event()
        self.listing: Listing | None = None
        self._arguments = source, account, scope, now
        Thread(target=self._run, name=f"fetch {account.account_id}", daemon=True).start()

    def _run(self) -> None:
        source, account, scope, now = self._arguments
        try:
            self.listing = source.read(account, scope, now)
            self.profile = self.listing.profile
            for video in self.listing.videos:
                if self.left:
                    return
                self.videos.append(video)
        except SourceError as raised:
            self.error = raised
        except StoreError as raised:
            self.store_error = raised
        except BaseException as raised:  # even SystemExit must not pass for the end of the list
            if not self.left:  # nobody listens any more, and the process may be ending
                self.error = unexpected(source, raised)
        finally:
            self.done.set()
