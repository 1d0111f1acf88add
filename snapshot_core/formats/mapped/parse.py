"""Any table of readings: its columns are mapped to ours by its owner, after a suggestion.

What comes out is what a readings file gives: captures, and rows refused with their lines.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.errors import InputError
from snapshot_core.formats.mapped.cells import (
    FORMS,
    SEPARATORS,
    DateForm,
    day_begins,
    moment_of,
    noon_of,
    number_of,
    video_of,
)
from snapshot_core.formats.readings.cells import Refused, shortened
from snapshot_core.formats.readings.parse import ParsedFile, Reader, ReadingRow, Refusal
from snapshot_core.formats.readings.rows import COLUMNS, Row
from snapshot_core.formats.spreadsheet.files import Table, folded, tables_of
from snapshot_core.windows import iso

NUMBERS: Final = ("views", "likes", "comments", "shares", "followers")
DATES: Final = ("captured_at", "published_at")
FIELDS: Final = ("video_id", "captured_at", *NUMBERS, "title", "published_at")
"""Our fields, by the names of a readings file, in the order that they are asked for in."""
_SAMPLE: Final = 500

_NAMES: Final = {
    "video_id": "video id|video_id|videoid|video link|video url|link|url|post id|post url|permalink"
    "|aweme_id|item_id|id|video",
    "captured_at": "captured_at|captured at|read at|snapshot|snapshot date|timestamp|collected at"
    "|scraped at|as of|date|day|time|datetime",
    "views": "views|total views|view count|view_count|viewcount|video views|plays|play count"
    "|playcount|play_count",
    "likes": "likes|total likes|like count|like_count|likecount|hearts|diggcount|digg_count",
    "comments": "comments|total comments|comment count|comment_count|commentcount",
    "shares": "shares|total shares|share count|share_count|sharecount|reposts",
    "followers": "followers|follower count|follower_count|followercount|subscribers"
    "|subscriber count",
    "title": "title|video title|caption|description|text|desc",
    "published_at": "published_at|published at|published|post time|posted|posted at|post date"
    "|publish date|upload date|uploaded|created|created at|create_time|createtime"
    "|video publish time",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How a table is to be read."""

    account: str
    zone: ZoneInfo
    """Of dates that name none."""
    columns: Mapping[str, int]
    """The position of the column of each of our fields; those that there are."""
    form: DateForm = "year first"
    separator: str = ""
    """Between thousands."""
    read_at: int | None = None
    """The instant of all rows, where no column has it."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a table looks like."""

    columns: dict[str, int]
    form: DateForm | None
    """None where its dates could be read in two ways: only their owner knows."""
    separator: str


def table_of(path: Path) -> Table:
    """The first table of the file at ``path``. Raises `InputError`."""
    tables = tables_of(path).tables
    if not tables or len(tables[0].header) < 2:
        raise InputError(f"{path.name} is no table: it needs columns, named in the first line")
    return tables[0]


def suggest(table: Table, chosen: Mapping[str, int] | None = None) -> Suggestion:
    """What the columns are by their names, and how dates and numbers are by the first rows.

    Where the columns are ``chosen`` already, only their dates and numbers are looked at.
    """
    names = [folded(name) for name in table.header]
    columns: dict[str, int] = dict(chosen or {})
    for field in FIELDS if chosen is None else ():
        for name in _NAMES[field].split("|"):
            if name in names and (at := names.index(name)) not in columns.values():
                columns[field] = at
                break
    return Suggestion(columns, date_form(table, columns), _separator(table, columns))


def date_form(table: Table, columns: Mapping[str, int]) -> DateForm | None:
    """The one way in which most dates can be read; None where there are two such ways."""
    cells = _cells(table, columns, DATES)
    fitting = {form: sum(_is_date(cell, form) for cell in cells) for form in FORMS}
    best = [form for form in FORMS if fitting[form] == max(fitting.values())]
    return best[0] if "year first" in best or len(best) == 1 else None


def _separator(table: Table, columns: Mapping[str, int]) -> str:
    cells = _cells(table, columns, NUMBERS)
    return max(SEPARATORS, key=lambda sign: sum(_is_number(cell, sign) for cell in cells))


def _cells(table: Table, columns: Mapping[str, int], fields: Sequence[str]) -> list[str]:
    at = [columns[field] for field in fields if field in columns]
    return [
        cells[position].strip()
        for _, cells in islice(table.rows(), _SAMPLE)
        for position in at
        if position < len(cells) and cells[position].strip()
    ]


def _is_date(cell: str, form: DateForm) -> bool:
    try:
        moment_of("", cell, form, ZoneInfo("UTC"))
    except Refused:
        return False
    return True


def _is_number(cell: str, sign: str) -> bool:
    try:
        number_of("", cell, sign)
    except Refused:
        return False
    return True


def parse_mapped(table: Table, plan: Plan, now: int) -> ParsedFile:
    """Read ``table`` by ``plan``; nothing is stored.

    Raises `InputError` where the plan lacks what every reading needs, or the file is damaged.
    """
    _check(plan)
    reader = _Mapped(table, plan)
    parsed = Reader(Path(table.name), list(COLUMNS), now).read(reader.rows())
    parsed.rows_read += len(reader.refused)
    parsed.refused = sorted([*parsed.refused, *reader.refused], key=lambda one: one.line)
    for capture in parsed.captures:
        # What those rows said is missing from it.
        capture.refused += reader.missing[capture.captured_at]
    return parsed


def first_rows(parsed: ParsedFile, count: int) -> list[ReadingRow]:
    """The first readings as they would be stored, oldest first."""
    return list(islice(_stored(parsed), count))


def _stored(parsed: ParsedFile) -> Iterator[ReadingRow]:
    for capture in parsed.captures:
        at, own = capture.captured_at, capture.profile
        if own is not None:
            yield ReadingRow(capture.account, None, None, None, at, followers=own.followers)
        for _, video in capture.readings:
            about = video.platform_id, video.title, video.published_at
            yield ReadingRow(capture.account, *about, at, *video.counts)  # type: ignore[arg-type]


def _check(plan: Plan) -> None:
    if not any(name in plan.columns for name in NUMBERS):
        raise InputError("Choose the column of at least one count.")
    if "captured_at" not in plan.columns and plan.read_at is None:
        raise InputError("Choose the column that says when the counts were read, or give the day.")
    counts = set(plan.columns) & set(NUMBERS)
    if "video_id" not in plan.columns and counts != {"followers"}:
        raise InputError("Choose the column with the videos' ids or links.")
    chosen = Counter(plan.columns.values())
    if twice := [at for at, times in chosen.items() if times > 1]:
        fields = [field for field, at in plan.columns.items() if at == twice[0]]
        raise InputError(f"One column is chosen twice, for {' and '.join(fields)}.")


class _Mapped:
    """Turns the rows of a table into those of a readings file."""

    def __init__(self, table: Table, plan: Plan) -> None:
        self.table, self.plan = table, plan
        self.refused: list[Refusal] = []
        self.missing: Counter[int] = Counter()
        """By instant, the rows that were refused."""

    def rows(self) -> Iterator[Row]:
        for line, cells in self.table.rows():
            at: int | None = self.plan.read_at
            try:
                if len(cells) != len(self.table.header):
                    width = len(self.table.header)
                    raise Refused(f"{len(cells)} fields where the header has {width}: mend the row")
                if "captured_at" in self.plan.columns:
                    at = self._moment("captured_at", cells)
                yield line, self._row(cells, at)
            except Refused as error:
                self.refused.append(Refusal(line, str(error)))
                if at is not None:
                    self.missing[at] += 1

    def _row(self, cells: list[str], at: int | None) -> list[str]:
        if at is None:
            raise Refused("there is no date: every row says when it was read")
        plan, row = self.plan, dict.fromkeys(COLUMNS, "")
        row["account"], row["captured_at"] = plan.account, iso(at)
        row["title"] = self._cell("title", cells)
        row["video_id"] = video_of(self._name("video_id"), self._cell("video_id", cells))
        published = self._moment("published_at", cells)
        row["published_at"] = "" if published is None else iso(published)
        for field in NUMBERS:
            if text := self._cell(field, cells):
                row[field] = str(number_of(self._name(field), text, plan.separator))
        return list(row.values())

    def _moment(self, field: str, cells: list[str]) -> int | None:
        """The instant in a cell: of a day alone, its noon, or its beginning for a publication."""
        text = self._cell(field, cells)
        if not text:
            return None
        zone = self.plan.zone
        day, at = moment_of(self._name(field), text, self.plan.form, zone)
        if not 2005 <= day.year <= 9990:
            raise Refused(f"{self._name(field)} {shortened(text)} is before 2005: check the date")
        if at is not None:
            return at
        return noon_of(day, zone) if field == "captured_at" else day_begins(day, zone)

    def _cell(self, field: str, cells: list[str]) -> str:
        at = self.plan.columns.get(field)
        return "" if at is None else cells[at].strip()

    def _name(self, field: str) -> str:
        """What the owner of the table calls the field."""
        at = self.plan.columns.get(field)
        return field if at is None else self.table.header[at] or field
