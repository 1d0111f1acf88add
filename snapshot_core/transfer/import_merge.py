"""Merging the captures of a file into an account, in the caller's transaction.

What is stored is never overwritten: a row of the file adds a reading, fills in what was unknown
of one, agrees with it, or is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from snapshot_core.formats.captures import FileCapture, Refusal
from snapshot_core.formats.readings.columns import ACCOUNT_COUNTERS
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.readings import ProfileReading, VideoReading
from snapshot_core.store.fold_write import refold
from snapshot_core.store.keys import Key, of, readings_of
from snapshot_core.store.record_capture import video_ids
from snapshot_core.store.tables import COUNTS, account_snapshots, captures
from snapshot_core.store.tables import video_snapshots as readings
from snapshot_core.transfer.import_batch import PROFILE_COUNTS, TRIGGER, Batch, Counts, Row

BATCH: Final = 50_000
"""Readings held in memory before they are written."""


@dataclass(slots=True)
class Merged:
    """What became of the rows of one account."""

    captures_added: int = 0
    judged_anew: int = 0
    """Stored captures that the file's own word made complete, or partial."""
    added: int = 0
    already_there: int = 0
    refused: list[Refusal] = field(default_factory=list)


def merge(connection: Connection, key: Key, group: Sequence[FileCapture]) -> Merged:
    """Merge the captures of one account, oldest first, and fold them once."""
    return _Merge(connection, key, group).run(group)


class _Merge:
    """Compares the file with what is there and collects what is to be written."""

    def __init__(self, connection: Connection, key: Key, group: Sequence[FileCapture]) -> None:
        self.connection, self.key, self.out = connection, key, Merged()
        self.batch = Batch(connection, key)
        self.confirmed: list[tuple[int, int]] = []
        rows = connection.execute(select(captures).where(of(captures, key)))
        self.stored = {row.captured_at: row for row in rows}
        newest = max(self.stored, default=0) <= group[-1].captured_at
        self.ids, _, self.renamed = video_ids(connection, key, _about(group), newest=newest)
        own = [account_snapshots.c[name] for name in ("captured_at", *PROFILE_COUNTS)]
        profiles = connection.execute(select(*own).where(of(account_snapshots, key)))
        self.profiles: dict[int, Counts] = {at: tuple(counts) for at, *counts in profiles}
        self.listing = select(readings.c.video_id, *COUNTS).where(
            readings_of(key), readings.c.captured_at == bindparam("at")
        )

    def run(self, group: Sequence[FileCapture]) -> Merged:
        written = False
        for capture in group:
            known = self.stored.get(capture.captured_at)
            if known is None or known.status == "failed":
                self._add(capture, after_failure=known is not None)
            else:
                self._complete(capture, known)
            if len(self.batch.readings) >= BATCH:
                written |= self.batch.write()
        written |= self.batch.write()
        if written:  # else nothing shakes what the file agrees with
            for at, count in self.confirmed:
                self.batch.judge(at, True, count, count, None)
            self.batch.write()
        if written or self.renamed:
            refold(self.connection, self.key)
        return self.out

    def _add(self, capture: FileCapture, *, after_failure: bool) -> None:
        """A capture of an instant of which nothing is stored but, perhaps, a failure."""
        if after_failure:
            self.batch.forget(capture.captured_at)
        rows: list[Row] = [(self.ids[v.platform_id], *v.counts) for _, v in capture.readings]
        walked = _walked(capture)
        reported = len(rows) if walked else None
        self.batch.add_capture(capture.captured_at, walked, reported, len(rows), _message(capture))
        self.batch.add_readings(capture.captured_at, rows)
        self.out.captures_added += 1
        self.out.added += len(rows)
        self._profile(capture)

    def _complete(self, capture: FileCapture, stored: Any) -> None:
        """Add to a stored capture what the file knows beyond it."""
        at = capture.captured_at
        rows = self.connection.execute(self.listing, {"at": at})
        there: dict[int, Counts] = {video_id: tuple(counts) for video_id, *counts in rows}
        missing: list[Row] = []
        for line, video in capture.readings:
            video_id, told = self.ids[video.platform_id], video.counts
            kept = there.get(video_id)
            if kept is None:
                missing.append((video_id, *told))
            elif together := self._together(line, VIDEO_METRICS, kept, told):
                self.batch.fill_reading(at, video_id, together)
        self.batch.add_readings(at, missing)
        self.out.added += len(missing)
        self._profile(capture)
        self._judge(capture, stored, len(there), len(missing))

    def _judge(self, capture: FileCapture, stored: Any, old: int, new: int) -> None:
        """Keep up to date what a stored capture's completeness is judged by.

        What a source said of its own listing stands; what an earlier file said may be mended,
        by readings that it lacked or by a word that differs.
        """
        at, count = capture.captured_at, old + new
        word = _word(capture, count)
        if stored.trigger != TRIGGER:
            if new:
                reported, said = stored.reported_count, stored.message
                self.batch.judge(at, stored.walked_to_end, reported, count, said)
        elif word is not None and word != stored.status:
            whole = word == "complete"
            self.batch.judge(at, whole, count if whole else None, count, None)
            self.out.judged_anew += 1
        elif new:
            walked, said = _mended(capture, stored, old, word)
            self.batch.judge(at, walked, count if walked else None, count, said)
        elif word == "complete" and not stored.walked_to_end:
            self.confirmed.append((at, count))

    def _profile(self, capture: FileCapture) -> None:
        """The row of the account's own counters, if the file has one."""
        at, line = capture.captured_at, capture.profile_line
        if line is None:
            return
        own = capture.profile or ProfileReading()
        told, kept = (own.followers, own.following, own.likes), self.profiles.get(at)
        if kept is not None:
            if together := self._together(line, ACCOUNT_COUNTERS, kept, told):
                self.batch.fill_profile(at, together)
        elif capture.profile is not None:
            self.batch.add_profile(at, told)
            self.out.added += 1
        elif at in self.stored:  # it only says that the capture was taken
            self.out.already_there += 1
        else:
            self.out.added += 1

    def _together(
        self, line: int, names: Sequence[str], kept: Counts, told: Counts
    ) -> Counts | None:
        """What is stored with what the file adds to it; None where it adds nothing."""
        for name, old, new in zip(names, kept, told, strict=True):
            if old is not None and new is not None and old != new:
                wrong = f"{name} is {new} here, but {old} is stored for the same instant"
                remedy = "the stored one is kept; correct the row or leave it out"
                self.out.refused.append(Refusal(line, f"{wrong}: {remedy}"))
                return None
        together = tuple(new if old is None else old for old, new in zip(kept, told, strict=True))
        if together == kept:
            self.out.already_there += 1
            return None
        self.out.added += 1
        return together


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


def _walked(capture: FileCapture) -> bool | None:
    """Whether the listing is whole: a file without the word does not know.

    Only the word tells a listing that found nothing from the account's own counters alone.
    """
    if capture.refused or capture.status == "partial":
        return False
    if capture.status == "complete":
        return True
    return None if capture.readings else False


def _word(capture: FileCapture, count: int) -> str | None:
    """What the file says of a capture with ``count`` readings, where it can know.

    Rows that were refused are missing from what it speaks of. Of a part of what is stored,
    "partial" is true whatever the whole is.
    """
    part = capture.status == "partial" and len(capture.readings) < count
    return None if capture.refused or part else capture.status


def _mended(
    capture: FileCapture, stored: Any, old: int, word: str | None
) -> tuple[bool | None, str | None]:
    """Whether a listing that got more readings is whole, and what is to be said of it."""
    if stored.walked_to_end or word:
        return stored.walked_to_end if word is None else word == "complete", None
    # Called partial by its own file, not for rows that were refused: more rows prove nothing.
    if stored.walked_to_end is False and stored.message is None and old:
        return False, None
    return False if capture.refused else None, _message(capture)


def _message(capture: FileCapture) -> str | None:
    if not capture.refused:
        return None
    return f"{capture.refused} of its rows in the file were refused. Mend and import them again."
