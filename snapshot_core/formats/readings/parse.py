"""The project's own readings file, CSV or Parquet by suffix: data in, data out.

One row is one video at one instant; a row without a ``video_id`` carries the account's own
counters. Each distinct (account, captured_at) is one capture. Empty is unknown, never 0.
A wrong row is refused and named; a file that cannot be what it says it is, is refused whole.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from operator import itemgetter
from pathlib import Path
from sys import intern
from typing import Final, NamedTuple, TypeAlias

from snapshot_core.errors import InputError, SourceError
from snapshot_core.formats.readings.cells import (
    BOOLEANS,
    STATUSES,
    Refused,
    count_of,
    instant_of,
    name_of,
    shortened,
    title_of,
    word_of,
)
from snapshot_core.formats.readings.rows import (
    COLUMNS,
    INTEGERS,
    LONGEST_LINE,
    VIDEO_COUNTERS,
    ReadingRow,
    Row,
    rows_of,
    write,
)
from snapshot_core.growth.completeness import Scope
from snapshot_core.readings import NO_COUNTS, ProfileReading, VideoReading, video_counts
from snapshot_core.sources.contract import AccountRef, Listing
from snapshot_core.windows import iso

__all__ = [
    "COLUMNS",
    "LONGEST_LINE",
    "FileCapture",
    "ParsedFile",
    "ReadingRow",
    "ReadingsFile",
    "Refusal",
    "parse",
    "write",
]

_SPREADSHEET_ID: Final = re.compile(r"\d+(?:[.,]\d*)?E\+\d+|\d+\.\d*(?:E\d+)?", re.IGNORECASE)


@dataclass(slots=True)
class FileCapture:
    """One capture as a file gives it. ``readings`` and ``profile_line`` carry line numbers."""

    account: str
    captured_at: int
    readings: list[tuple[int, VideoReading]] = field(default_factory=list)
    profile: ProfileReading | None = None
    profile_line: int | None = None
    status: str | None = None
    rounded: bool | None = None
    refused: int = 0
    """Rows of this capture that were refused: what they said is missing from it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was left out, and why. In Parquet ``line`` is the row, counted from 1."""

    line: int
    message: str


@dataclass(slots=True)
class ParsedFile:
    """All that a file says: captures by account, then instant; refusals by line."""

    captures: list[FileCapture] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    rows_read: int = 0
    duplicates: int = 0
    """Rows that say again what an earlier one said."""
    notices: list[str] = field(default_factory=list)


class ReadingsFile:
    """The source of an account made by an import: nothing can be captured from it."""

    name: str = "csv"
    label: str = "Imported file"
    rounded: bool = False
    counts: frozenset[str] = frozenset({*VIDEO_COUNTERS, "followers"})
    scopes: frozenset[Scope] = frozenset()

    def read(self, account: AccountRef, scope: Scope, now: int) -> Listing:
        """Raise `SourceError`: new readings come with a newer file."""
        raise SourceError(
            f"{account.name} comes from an imported file: import a newer file to update it",
            permanent=True,
        )


def parse(path: Path, now: int) -> ParsedFile:
    """Read the file at ``path`` as it is known at ``now`` (instant); nothing is stored.

    Raises `InputError` when the whole file is of no use. Wrong rows are in ``refused``.
    """
    try:
        header, rows = rows_of(path)
        return Reader(path, header, now).read(rows)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error


class _RawRow(NamedTuple):
    """A row as text, in the order of `COLUMNS`."""

    account: str
    video_id: str
    title: str
    published_at: str
    captured_at: str
    views: str
    likes: str
    comments: str
    shares: str
    followers: str
    following: str
    likes_total: str
    status: str
    rounded: str


Reading: TypeAlias = VideoReading | ProfileReading


class Reader:
    """Turns rows of text into captures. One per file."""

    def __init__(self, path: Path, header: list[str], now: int) -> None:
        self.file = ParsedFile()
        self.width = len(header)
        # Columns the file lacks are found in the empty cell that is put behind each row.
        self.cells = itemgetter(*(header.index(c) if c in header else len(header) for c in COLUMNS))
        self.unknown = [name for name in header if name and name not in COLUMNS]
        self.captures: dict[tuple[str, int], FileCapture] = {}
        # Per capture, what was said first of each video, and where; "" is the account itself.
        self.said: dict[tuple[str, int], dict[str, tuple[int, Reading]]] = {}
        self.disputed: dict[tuple[str, int], set[str]] = {}
        # A capture's rows share their instant.
        self.instant = lru_cache(maxsize=4096)(partial(instant_of, now=now))
        self.name = lru_cache(maxsize=65_536)(name_of)
        _check_header(path, header)

    def read(self, rows: Iterator[Row]) -> ParsedFile:
        for line, cells in rows:
            self.file.rows_read += 1
            try:
                self._take(line, cells)
            except Refused as error:
                self.file.refused.append(Refusal(line, str(error)))
        self.file.captures = list(self._settled())
        self.file.refused.sort(key=lambda refusal: refusal.line)
        if self.unknown:
            self.file.notices.insert(0, f"columns not used: {', '.join(self.unknown)}")
        return self.file

    def _settled(self) -> Iterator[FileCapture]:
        """The captures of which something is left, in order, without disputed rows."""
        for key in sorted(self.captures):
            capture, said = self.captures[key], self.said[key]
            for video_id in self.disputed.get(key, ()):
                del said[video_id]
            for line, reading in said.values():
                if isinstance(reading, VideoReading):
                    capture.readings.append((line, reading))
                else:
                    capture.profile = reading if reading != ProfileReading() else None
                    capture.profile_line = line
            if said:
                yield capture

    def _take(self, line: int, cells: list[str]) -> None:
        if len(cells) != self.width:
            raise Refused(f"{len(cells)} fields where the header has {self.width}: mend the row")
        row = _RawRow(*(self.cells([*cells, ""])))
        account = self.name("account", row.account)
        if not account:
            raise Refused("account is empty: every row names its account")
        captured_at = self.instant("captured_at", row.captured_at)
        if captured_at is None:
            raise Refused("captured_at is empty: every row says when it was read")
        key = (account, captured_at)
        capture = self.captures.get(key)
        if capture is None:
            capture = self.captures[key] = FileCapture(account, captured_at)
            self.said[key] = {}
        try:
            self._fill(capture, line, row)
        except Refused:
            capture.refused += 1
            raise

    def _fill(self, capture: FileCapture, line: int, row: _RawRow) -> None:
        status = word_of("status", row.status, STATUSES)
        rounded = word_of("rounded", row.rounded, BOOLEANS)
        for name, told, known in (
            ("status", status, capture.status),
            ("rounded", rounded, capture.rounded),
        ):
            if told is not None and known is not None and told != known:
                raise Refused(
                    f"{name} differs from earlier rows of {capture.account} at "
                    f"{iso(capture.captured_at)}: give all rows of a capture the same"
                )
        self._tell(capture, line, self._reading(row))
        # Last, so that a refused row leaves no trace.
        capture.status = status or capture.status
        capture.rounded = capture.rounded if rounded is None else rounded

    def _reading(self, row: _RawRow) -> Reading:
        video_id = self.name("video_id", row.video_id)
        views, likes = count_of("views", row.views), count_of("likes", row.likes)
        comments, shares = count_of("comments", row.comments), count_of("shares", row.shares)
        counts = video_counts(views=views, likes=likes, comments=comments, shares=shares)
        own = ProfileReading(
            count_of("followers", row.followers),
            count_of("following", row.following),
            count_of("likes_total", row.likes_total),
        )
        published_at = self.instant("published_at", row.published_at)
        if not video_id:
            if counts != NO_COUNTS:
                raise Refused("it has counters of a video but no video_id: name the video")
            return own
        if _SPREADSHEET_ID.fullmatch(video_id):
            raise Refused(
                f"video_id {shortened(video_id)} was turned into a number by a spreadsheet and has "
                "lost digits: export again and do not save the file from a spreadsheet"
            )
        notice = "account counters are not used in rows with a video_id"
        if own != ProfileReading() and notice not in self.file.notices:
            self.file.notices.append(notice)
        title = intern(title_of(row.title)) or None
        return VideoReading(video_id, counts, title, published_at)

    def _tell(self, capture: FileCapture, line: int, reading: Reading) -> None:
        """Take the reading in, unless the capture has one of the same video already."""
        video_id = reading.platform_id if isinstance(reading, VideoReading) else ""
        key = (capture.account, capture.captured_at)
        first, told = self.said[key].setdefault(video_id, (line, reading))
        if told is reading:
            return
        disputed = self.disputed.get(key, set())
        if video_id not in disputed and _counts(told) == _counts(reading):
            self.file.duplicates += 1
            return
        # Nobody can tell which of the two is right, so neither is taken.
        if video_id not in disputed:
            self.disputed[key] = disputed | {video_id}
            self.file.refused.append(Refusal(first, _disagreement(line)))
            capture.refused += 1
        raise Refused(_disagreement(first))


def _counts(reading: Reading) -> tuple[int | None, ...]:
    if isinstance(reading, VideoReading):
        return reading.counts
    return reading.followers, reading.following, reading.likes


def _disagreement(line: int) -> str:
    return (
        f"says something else than line {line} about the same video at the same instant: "
        "both are left out; remove the wrong one"
    )


def _check_header(path: Path, header: list[str]) -> None:
    missing = [name for name in ("account", "video_id", "captured_at") if name not in header]
    if not any(name in header for name in INTEGERS):
        missing.append("a counter (views, likes, comments, shares or followers)")
    doubled = [name for name in COLUMNS if header.count(name) > 1]
    if doubled:
        raise InputError(f"{path.name} has the column {doubled[0]} twice: keep one of them")
    if missing:
        hint = "" if len(header) > 1 else " Is it separated by commas?"
        raise InputError(
            f"{path.name} is not a readings file: it lacks {', '.join(missing)}.{hint} "
            f"Its columns should be {', '.join(COLUMNS[:9])}."
        )
