"""What a table or a readings file will become, in a few words and rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from snapshot_core.formats.captures import ParsedFile, Refusals
from snapshot_core.formats.mapped.columns import table_of
from snapshot_core.formats.mapped.parse import TableMapping, parse_mapped
from snapshot_core.formats.readings.columns import NO_TOTALS, ReadingRow
from snapshot_core.formats.readings.parse import parse
from snapshot_core.readings import NO_COUNTS

MAX_PREVIEW_ROWS: Final = 5


@dataclass(frozen=True, slots=True)
class TablePreview:
    """What a file will become; its readings themselves may be a million."""

    rows: list[ReadingRow]
    """The first readings as they would be stored, oldest first."""
    readings: int
    videos: int
    captures: int
    accounts: list[str]
    first: int | None
    """Instant of the oldest capture, and of the newest."""
    last: int | None
    refused: Refusals
    notices: list[str]


def preview_table(path: Path, mapping: TableMapping, now: int) -> TablePreview:
    """What the table at ``path`` would become by ``mapping``. Raises `InputError`."""
    return _preview_of(parse_mapped(table_of(path), mapping, now))


def preview_readings(path: Path, now: int) -> TablePreview:
    """What the readings file at ``path`` would become. Raises `InputError`."""
    return _preview_of(parse(path, now))


def _preview_of(parsed: ParsedFile) -> TablePreview:
    captures = parsed.captures
    instants = [capture.captured_at for capture in captures]
    return TablePreview(
        first_rows(parsed, MAX_PREVIEW_ROWS),
        sum(len(capture.readings) + (capture.profile is not None) for capture in captures),
        len({video.platform_id for capture in captures for _, video in capture.readings}),
        len(captures),
        sorted({capture.account for capture in captures}),
        min(instants, default=None),
        max(instants, default=None),
        parsed.refused,
        parsed.notices,
    )


def first_rows(parsed: ParsedFile, count: int) -> list[ReadingRow]:
    """The first readings as they would be stored, oldest first."""
    return list(islice(_rows(parsed), count))


def _rows(parsed: ParsedFile) -> Iterator[ReadingRow]:
    for capture in parsed.captures:
        account, at, own = capture.account, capture.captured_at, capture.profile
        if own is not None:
            totals = own.followers, *NO_TOTALS[1:]
            yield ReadingRow(account, None, None, None, at, NO_COUNTS, totals)
        for _, video in capture.readings:
            about = video.platform_id, video.title, video.published_at
            yield ReadingRow(account, *about, at, video.counts)
