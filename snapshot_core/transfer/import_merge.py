"""Merging the captures of a file into an account, in the caller's transaction.

What is stored is never overwritten: a row of the file adds a reading, fills in what was unknown
of one, agrees with it, or is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from snapshot_core.formats.captures import FileCapture, Refusal, Refusals
from snapshot_core.formats.readings.columns import ACCOUNT_COUNTERS
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.readings import Counts, ProfileReading, VideoReading
from snapshot_core.store.capture_batch import IMPORT_TRIGGER, CaptureBatch, Listed
from snapshot_core.store.captures import (
    StoredCapture,
    captures_of,
    counts_at,
    profiles_of,
)
from snapshot_core.store.database import Connection
from snapshot_core.store.fold_write import refold
from snapshot_core.store.keys import Key
from snapshot_core.store.record_capture import video_ids
from snapshot_core.transfer.import_status import (
    completed_listing,
    listed,
    new_listing,
    stated_status,
)

MAX_WAITING_READINGS: Final = 50_000
"""Held in memory before they are written."""


@dataclass(slots=True)
class Merged:
    """What became of the rows of one account."""

    captures_added: int = 0
    statuses_changed: int = 0
    """Stored captures that the file's own word made complete, or partial."""
    added: int = 0
    already_there: int = 0
    refused: Refusals = field(default_factory=Refusals)


def merge(connection: Connection, key: Key, group: Sequence[FileCapture]) -> Merged:
    """Merge the captures of one account, oldest first, and fold them once."""
    return _Merge(connection, key, group).run(group)


class _Merge:
    """Compares the file with what is stored and collects what is to be written."""

    def __init__(self, connection: Connection, key: Key, group: Sequence[FileCapture]) -> None:
        self.connection, self.key, self.merged = connection, key, Merged()
        self.batch = CaptureBatch(connection, key)
        self.confirmed: list[tuple[int, int]] = []
        """Instants and counts of captures that the file calls complete, as is judged already."""
        self.stored = {capture.captured_at: capture for capture in captures_of(connection, key)}
        self.profiles = profiles_of(connection, key)
        counting = (at for at, capture in self.stored.items() if capture.counts)
        newest = max(counting, default=0) <= group[-1].captured_at
        self.ids, _, self.renamed = video_ids(connection, key, _about(group), newest=newest)

    def run(self, group: Sequence[FileCapture]) -> Merged:
        written = False
        for capture in group:
            stored = self.stored.get(capture.captured_at)
            if stored is None or stored.status == "failed":
                self._add(capture, after_failure=stored is not None)
            else:
                self._complete(capture, stored)
            if len(self.batch.readings) >= MAX_WAITING_READINGS:
                written |= self.batch.write()
        written |= self.batch.write()
        if written:  # else nothing shakes what the file agrees with
            for at, count in self.confirmed:
                self.batch.correct_listed(at, listed(True, count))
            self.batch.write()
        if written or self.renamed:
            refold(self.connection, self.key)
        return self.merged

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
        elif status == "complete" and not stored.walked_to_end:
            self.confirmed.append((at, count))

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


def _about(group: Sequence[FileCapture]) -> dict[str, VideoReading]:
    """The latest word of the file on each video's title and publication."""
    about: dict[str, VideoReading] = {}
    for capture in group:
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
