"""Merging the captures of a file into an account, in the caller's transaction.

What is stored is never overwritten: a row of the file adds a reading, fills in what was unknown
of one, agrees with it, or is refused.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from snapshot_core.formats.captures import FileCapture, Refusal, Refusals
from snapshot_core.formats.readings.columns import ACCOUNT_COUNTERS
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.readings import Counts, ProfileReading, VideoReading
from snapshot_core.store.ahead import displace_marked
from snapshot_core.store.capture_batch import IMPORT_TRIGGER, CaptureBatch, Listed
from snapshot_core.store.captures import (
    StoredCapture,
    captures_of,
    counts_at,
    profiles_of,
)
from snapshot_core.store.database import Connection
from snapshot_core.store.keys import Key
from snapshot_core.store.record_capture import add_videos
from snapshot_core.store.videos import video_ids
from snapshot_core.transfer.import_status import (
    completed_listing,
    listed,
    new_listing,
    stated_status,
)

MAX_WAITING_READINGS: Final = 50_000
"""Held in memory before they are written."""
CAPTURES_COMPARED: Final = 500
"""At once, where nothing is to be written."""


@dataclass(slots=True)
class Merged:
    """What became of the rows of one account."""

    captures_added: int = 0
    statuses_changed: int = 0
    """Stored captures that the file's own word made complete, or partial."""
    added: int = 0
    already_there: int = 0
    refused: Refusals = field(default_factory=Refusals)
    written: bool = False
    """Whether anything was written, so that the account has to be folded again."""

    def include(self, other: "Merged") -> None:
        """Add what became of further rows."""
        self.captures_added += other.captures_added
        self.statuses_changed += other.statuses_changed
        self.added += other.added
        self.already_there += other.already_there
        self.refused = self.refused.with_more(other.refused)
        self.written |= other.written


def lines_of(capture: FileCapture) -> list[int]:
    """The lines of the file that a capture was read from."""
    own = [] if capture.profile_line is None else [capture.profile_line]
    return [line for line, _ in capture.readings] + own


def merge(
    connection: Connection,
    key: Key,
    captures: Sequence[FileCapture],
    about: Mapping[str, VideoReading],
    *,
    confirming: bool,
) -> Merged:
    """Merge captures of one account, oldest first. The caller folds what is ``written``.

    ``about``: the file's last word on each video, by platform id, for those that are new.
    ``confirming``: earlier captures of the file were written, and may be why those here are
    judged as it says.
    """
    displace_marked(connection, key, [capture.captured_at for capture in captures])
    ids = video_ids(connection, key)
    listed_here = (video.platform_id for capture in captures for _, video in capture.readings)
    new = {name: about[name] for name in listed_here if name not in ids}
    ids |= add_videos(connection, key, list(new.values()))
    merge = _Merge(connection, key, captures, ids, confirming=confirming)
    for capture in captures:
        merge.compare(capture)
        if len(merge.batch.readings) >= MAX_WAITING_READINGS:
            merge.merged.written |= merge.batch.write()
    merge.merged.written |= merge.batch.write()
    return merge.merged


def unchanged(
    connection: Connection, key: Key, captures: Sequence[FileCapture], *, confirming: bool
) -> Merged | None:
    """What becomes of captures that the file adds nothing to; None where it adds anything."""
    merge = _Merge(
        connection,
        key,
        captures,
        defaultdict(int, video_ids(connection, key)),
        confirming=confirming,
    )
    if any(capture.captured_at not in merge.stored for capture in captures):
        return None
    for capture in captures:
        merge.compare(capture)
        if merge.batch.waiting:
            return None
    return merge.merged


def confirm(connection: Connection, key: Key, captures: Sequence[FileCapture]) -> Merged:
    """Note the file's word on stored captures, which are judged by it already."""
    batch = CaptureBatch(connection, key)
    for capture in captures:
        count = len(counts_at(connection, key, capture.captured_at))
        batch.correct_listed(capture.captured_at, listed(capture.status == "complete", count))
    return Merged(written=batch.write())


def confirmed_captures(
    connection: Connection, key: Key, captures: Sequence[FileCapture]
) -> list[FileCapture]:
    """The captures to `confirm` before others of the file are merged, which could shake them.

    None where the file adds nothing. ``captures``: all of them, oldest first.
    """
    between = captures[0].captured_at, captures[-1].captured_at
    stored = {capture.captured_at: capture for capture in captures_of(connection, key, *between)}
    stated = [capture for capture in captures if capture.status is not None]
    agreed = [
        capture
        for capture in stated
        if (here := stored.get(capture.captured_at)) is not None
        and here.counts
        and here.status == capture.status
        and _confirmable(here, capture.status)
    ]
    if not agreed:
        return []
    ids = defaultdict(int, video_ids(connection, key))
    confirmed = [c for c in agreed if _Merge(connection, key, [c], ids).agrees(c)]
    for begin in range(0, len(captures) if confirmed else 0, CAPTURES_COMPARED):
        part = captures[begin : begin + CAPTURES_COMPARED]
        if unchanged(connection, key, part, confirming=False) is None:
            return confirmed
    return []


def _confirmable(stored: StoredCapture, status: str) -> bool:
    """Whether a file's ``status`` says more of a stored capture than is known."""
    return stored.trigger == IMPORT_TRIGGER and stored.walked_to_end is not (status == "complete")


class _Merge:
    """Compares captures with what is stored and collects what is to be written."""

    def __init__(
        self,
        connection: Connection,
        key: Key,
        captures: Sequence[FileCapture],
        ids: Mapping[str, int],
        *,
        confirming: bool = False,
    ) -> None:
        self.connection, self.key, self.ids, self.merged = connection, key, ids, Merged()
        self.confirming = confirming
        self.batch = CaptureBatch(connection, key)
        between = captures[0].captured_at, captures[-1].captured_at
        of_captures = captures_of(connection, key, *between)
        self.stored = {capture.captured_at: capture for capture in of_captures if capture.counts}
        self.profiles = profiles_of(connection, key, *between)

    def compare(self, capture: FileCapture) -> None:
        """Collect what the file knows of a capture beyond what is stored."""
        stored = self.stored.get(capture.captured_at)
        if stored is None or stored.status == "failed":
            self._add(capture, after_failure=stored is not None)
        else:
            self._complete(capture, stored)

    def agrees(self, capture: FileCapture) -> bool:
        """Whether the file speaks of the listing that is stored, and adds nothing to it."""
        known = counts_at(self.connection, self.key, capture.captured_at)
        stated = stated_status(capture, len(known)) is not None
        return stated and all(self.ids[video.platform_id] in known for _, video in capture.readings)

    def _add(self, capture: FileCapture, *, after_failure: bool) -> None:
        """A capture of an instant of which nothing is stored but, perhaps, a failure."""
        at = capture.captured_at
        if after_failure:
            self.batch.remove_failure(at)
        self.batch.add_capture(at, new_listing(capture))
        readings = [(self.ids[video.platform_id], video.counts) for _, video in capture.readings]
        self.batch.add_readings(at, readings)
        self.merged.captures_added += 1
        self.merged.added += len(readings)
        self._add_profile(capture)

    def _complete(self, capture: FileCapture, stored: StoredCapture) -> None:
        """Add to a stored capture what the file knows beyond it."""
        at = capture.captured_at
        known = counts_at(self.connection, self.key, at)
        missing: list[tuple[int, Counts]] = []
        for line, video in capture.readings:
            video_id = self.ids[video.platform_id]
            counts = known.get(video_id)
            if counts is None:
                missing.append((video_id, video.counts))
            elif filled := self._filled(line, VIDEO_METRICS, counts, video.counts):
                self.batch.fill_reading(at, video_id, filled)
        self.batch.add_readings(at, missing)
        self.merged.added += len(missing)
        self._add_profile(capture)
        self._correct_listing(capture, stored, len(known), len(missing))

    def _correct_listing(
        self, capture: FileCapture, stored: StoredCapture, old: int, new: int
    ) -> None:
        """Keep up to date what a stored capture's completeness is judged by.

        What a source said of its own listing stands; what an earlier file said may be mended,
        by readings that it lacked or by a status that differs.
        """
        at, count = capture.captured_at, old + new
        status = stated_status(capture, count)
        if stored.trigger != IMPORT_TRIGGER:
            if new:
                own = Listed(stored.walked_to_end, stored.reported_count, count, stored.message)
                self.batch.correct_listed(at, own)
        elif status is not None and status != stored.status:
            self.batch.correct_listed(at, listed(status == "complete", count))
            self.merged.statuses_changed += 1
        elif new:
            self.batch.correct_listed(at, completed_listing(capture, stored, old, new))
        elif self.confirming and status is not None and _confirmable(stored, status):
            self.batch.correct_listed(at, listed(status == "complete", count))

    def _add_profile(self, capture: FileCapture) -> None:
        """The row of the account's own counters, if the file has one."""
        at, line = capture.captured_at, capture.profile_line
        if line is None:
            return
        own = capture.profile or ProfileReading()
        counts, known = (own.followers, own.following, own.likes), self.profiles.get(at)
        if known is not None:
            if filled := self._filled(line, ACCOUNT_COUNTERS, known, counts):
                self.batch.fill_profile(at, filled)
        elif capture.profile is not None:
            self.batch.add_profile(at, counts)
            self.merged.added += 1
        elif at in self.stored:  # it only says that the capture was taken
            self.merged.already_there += 1
        else:
            self.merged.added += 1

    def _filled(
        self, line: int, names: Sequence[str], stored: Counts, given: Counts
    ) -> Counts | None:
        """What is stored with what the file adds to it; None where it adds nothing."""
        for name, old, new in zip(names, stored, given, strict=True):
            if old is not None and new is not None and old != new:
                wrong = f"{name} is {new} here, but {old} is stored for the same instant"
                remedy = "the stored one is kept; correct the row or leave it out"
                self.merged.refused.append(Refusal(line, f"{wrong}: {remedy}"))
                return None
        filled = tuple(new if old is None else old for old, new in zip(stored, given, strict=True))
        if filled == stored:
            self.merged.already_there += 1
            return None
        self.merged.added += 1
        return filled


def about_videos(captures: Sequence[FileCapture]) -> dict[str, VideoReading]:
    """The latest word of the file on each video's title and publication."""
    about: dict[str, VideoReading] = {}
    for capture in captures:
        for _, video in capture.readings:
            last = about.setdefault(video.platform_id, video)
            if (last.title, last.published_at) != (video.title, video.published_at):
                since = video.published_at
                about[video.platform_id] = replace(
                    video,
                    title=video.title or last.title,
                    published_at=last.published_at if since is None else since,
                )
    return about
