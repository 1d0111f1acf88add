"""The project's own readings file, CSV or Parquet by suffix: data in, data out.

One row is one video at one instant; a row without a ``video_id`` carries the account's own
counters. Each distinct (account, captured_at) is one capture, unless rows carry a time of their
own each (`snapshot_core.formats.readings.listings`). Empty is unknown, never 0.
A wrong row is refused and named; a file that cannot be what it says it is, is refused whole.
"""

from collections.abc import Iterator
from functools import lru_cache, partial
from operator import itemgetter
from pathlib import Path
from sys import intern
from typing import Final

from snapshot_core.errors import InputError
from snapshot_core.formats.captures import FileCapture, ParsedFile, Refusal
from snapshot_core.formats.cells import (
    BOOLEANS,
    MAX_NAME_LENGTH,
    STATUSES,
    Refused,
    RunningSums,
    count_of,
    instant_of,
    is_link,
    is_summary,
    name_of,
    title_of,
    video_id_of,
    word_of,
)
from snapshot_core.formats.csv_text import Row
from snapshot_core.formats.readings.capture_rows import CaptureRows, Reading
from snapshot_core.formats.readings.columns import (
    COLUMNS,
    INTEGERS,
    NEEDED_COLUMNS,
    USUAL_COLUMNS,
)
from snapshot_core.formats.readings.listings import listings_of
from snapshot_core.formats.readings.rows import rows_of
from snapshot_core.formats.readings.wrong_ids import refuse_cut_ids, refuse_odd_ids, take_out_sums
from snapshot_core.formats.spreadsheet.table import shown_name
from snapshot_core.metrics import FOLLOWERS, VIDEO_METRICS
from snapshot_core.names import name_key
from snapshot_core.readings import NO_COUNTS, ProfileReading, VideoReading
from snapshot_core.windows import iso

MAX_ACCOUNTS: Final = 500
"""Of one file: each is stored by itself, and stands in every list of accounts from then on."""
MAX_COLUMNS_NAMED: Final = 20
_TEXT_COLUMNS: Final = (
    "account",
    "captured_at",
    "status",
    "rounded",
    "source",
    "video_id",
    "title",
    "published_at",
)


def parse(path: Path, now: int) -> ParsedFile:
    """Read the file at ``path`` as it is known at ``now`` (instant); nothing is stored.

    Raises `InputError` when the whole file is of no use. Wrong rows are in ``refused``.
    """
    try:
        header, rows = rows_of(path)
        return Reader(path.name, header, now).read(rows)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error


class Reader:
    """Turns rows of text into captures. One per file."""

    def __init__(
        self, name: str, header: list[str], now: int, *, names_videos: bool = True
    ) -> None:
        """``names_videos``: whatever stands in the column of the id is one."""
        check_header(name, header)
        self.names_videos = names_videos
        self.file, self.file_name = ParsedFile(), name
        self.accounts: dict[str, str] = {}
        """The first of the names that look the same, by what they have in common."""
        self.linked: set[str] = set()
        """Ids that came as addresses, which keep their digits."""
        self.summaries: list[int] = []
        """Lines that sum others up."""
        self.sums = RunningSums()
        self.width = len(header)
        # Columns the file lacks are found in the empty cell that is put behind each row.
        names = *_TEXT_COLUMNS, *INTEGERS
        self.cells = itemgetter(*(header.index(n) if n in header else len(header) for n in names))
        self.unknown = [column for column in header if column and column not in COLUMNS]
        self.captures: dict[tuple[str, int], CaptureRows] = {}
        """By what the names of an account have in common, and instant."""
        # A capture's rows share their instant. What is remembered has no blanks around it, and is
        # as short as a name or a date: a file may have millions that are long.
        self.instant = lru_cache(maxsize=4096)(partial(instant_of, now=now))
        self.account = lru_cache(maxsize=4096)(partial(name_of, "account"))
        self.short_id = lru_cache(maxsize=65_536)(self._id)

    def read(self, rows: Iterator[Row]) -> ParsedFile:
        for line, cells in rows:
            self.file.rows_read += 1
            try:
                self._add(line, cells)
            except Refused as error:
                self.file.refused.append(Refusal(line, str(error)))
        sums = take_out_sums(self.captures.values())
        self.file.rows_read -= len(sums)
        self.summaries += sums
        refuse_cut_ids(self.captures.values(), self.file, self.linked)
        if not self.names_videos:
            refuse_odd_ids(self.captures.values(), self.file)
        listings = listings_of(sorted(self.captures.values(), key=_order))
        finished = (rows.finished() for rows in listings.captures)
        self.file.captures = [capture for capture in finished if capture is not None]
        self.file.refused.shorten()
        if self.unknown:
            more = len(self.unknown) - MAX_COLUMNS_NAMED
            named = ", ".join(map(shown_name, self.unknown[:MAX_COLUMNS_NAMED]))
            rest = f" and {more:,} more" if more > 0 else ""
            self.file.notices.insert(0, f"columns not used: {named}{rest}")
        self.file.notices += listings.notices()
        if self.summaries:
            self.file.notices.append(left_out("totals", sorted(self.summaries)))
        return self.file

    def miss(self, account: str, at: int, line: int) -> None:
        """Note that a row of a capture was refused before it came here."""
        self._capture(account, at, line).capture.refused += 1

    def _add(self, line: int, cells: list[str]) -> None:
        if len(cells) != self.width:
            raise Refused(f"{len(cells)} fields where the header has {self.width}: mend the row")
        account, captured_at, status, rounded, source, *about_video = self.cells([*cells, ""])
        if is_summary(about_video[0]) or (self.names_videos and self._adds_up(about_video)):
            self.file.rows_read -= 1
            self.summaries.append(line)
            return
        account = self.account(account.strip())
        if not account:
            raise Refused("account is empty: every row names its account")
        at = self.instant("captured_at", captured_at.strip())
        if at is None:
            raise Refused("captured_at is empty: every row says when it was read")
        rows = self._capture(account, at, line)
        try:
            self._add_to(rows, line, (status, rounded, source), about_video)
        except Refused:
            rows.capture.refused += 1
            raise

    def _adds_up(self, about_video: list[str]) -> bool:
        """Whether a row that names no video has the sums of those above."""
        video_id, _, _, *numbers = about_video
        if video_id.strip() or not any(numbers[: len(VIDEO_METRICS)]):
            return False
        try:
            counts = map(count_of, VIDEO_METRICS, numbers)
            return self.sums.make_up(dict(zip(VIDEO_METRICS, counts, strict=True)))
        except Refused:
            return False

    def _capture(self, account: str, at: int, line: int) -> CaptureRows:
        """The rows of one instant of an account, so far."""
        key = name_key(account), at
        rows = self.captures.get(key)
        if rows is None:
            account = self.accounts.setdefault(key[0], account)
            if len(self.accounts) > MAX_ACCOUNTS:
                raise InputError(
                    f"{self.file_name}, line {line}: it names more than {MAX_ACCOUNTS} accounts. "
                    "Is the column of the account right? If so, import it in parts."
                )
            rows = self.captures[key] = CaptureRows(FileCapture(account, at))
        return rows

    def _add_to(
        self, rows: CaptureRows, line: int, judged: tuple[str, str, str], about_video: list[str]
    ) -> None:
        capture, (status, rounded, source) = rows.capture, judged
        of_capture = {
            "status": word_of("status", status, STATUSES),
            "rounded": word_of("rounded", rounded, BOOLEANS),
            "source": source.strip().lower() or None,
        }
        for name, value in of_capture.items():
            earlier = getattr(capture, name)
            if value is not None and earlier is not None and value != earlier:
                raise Refused(
                    f"{name} differs from earlier rows of {capture.account} at "
                    f"{iso(capture.captured_at)}: give all rows of a capture the same"
                )
        rows.add(line, self._reading(*about_video), self.file)
        # Last, so that a refused row leaves no trace.
        for name, value in of_capture.items():
            if value is not None:
                setattr(capture, name, value)

    def _reading(self, video_id: str, title: str, published_at: str, *numbers: str) -> Reading:
        integers = tuple(map(count_of, INTEGERS, numbers))
        counts, own = integers[: len(VIDEO_METRICS)], integers[len(VIDEO_METRICS) :]
        video_id = video_id.strip()
        if video_id:
            self.sums.add(dict(zip(VIDEO_METRICS, counts, strict=True)))
        video_id = (self.short_id if len(video_id) <= MAX_NAME_LENGTH else self._id)(video_id)
        profile = ProfileReading(*own)
        published = self.instant("published_at", published_at.strip())
        if not video_id:
            if counts != NO_COUNTS:
                raise Refused("it has counters of a video but no video_id: name the video")
            return profile
        notice = "account counters are not used in rows with a video_id"
        if profile != ProfileReading() and notice not in self.file.notices:
            self.file.notices.append(notice)
        return VideoReading(video_id, counts, intern(title_of(title)) or None, published)

    def _id(self, text: str) -> str:
        video_id = video_id_of("video_id", text)
        if is_link(text):
            self.linked.add(video_id)
        return video_id


def _order(rows: CaptureRows) -> tuple[str, int]:
    return rows.capture.account, rows.capture.captured_at


def left_out(what: str, lines: list[int]) -> str:
    """What to say of rows of ``what``."""
    count = "" if len(lines) == 1 else f"{len(lines):,}, the first in "
    return f"rows of {what} left out: {count}line {lines[0]}"


def check_header(name: str, header: list[str]) -> None:
    """Raise `InputError`, naming what lacks, where these are no columns of a readings file."""
    missing = [column for column in NEEDED_COLUMNS if column not in header]
    if not any(column in header for column in INTEGERS):
        missing.append(f"a counter ({', '.join(VIDEO_METRICS)} or {FOLLOWERS})")
    doubled = [column for column in COLUMNS if header.count(column) > 1]
    if doubled:
        raise InputError(f"{name} has the column {doubled[0]} twice: keep one of them")
    if missing:
        hint = "" if len(header) > 1 else " Is it separated by commas, semicolons or tabs?"
        raise InputError(
            f"{name} is not a readings file: it lacks {', '.join(missing)}.{hint} "
            f"Its columns should be {', '.join(USUAL_COLUMNS)}."
        )
