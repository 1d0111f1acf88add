"""Which column is which: by its name, if its cells can be that, and by its cells alone."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final

from snapshot_core.formats.cells import (
    DATE_FORMS,
    PLATFORM_ID,
    SEPARATORS,
    Refused,
    count_of,
    cut_ids,
    is_link,
    is_summary,
    is_unknown,
    moment_of,
    video_id_of,
    video_in_link,
)
from snapshot_core.formats.mapped.names import ACCOUNT, FIELDS, columns_named
from snapshot_core.metrics import COUNTERS

_NEARLY_ALL: Final = 0.8
_HALF: Final = 0.5
"""Shares of the cells of a column."""
_TRIED_ROWS: Final = 300


def guessed_columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """The position of the column of each field that there seems to be.

    ``rows``: the first rows, each as wide as the ``header``.
    """
    return _Guess(header, rows).columns


class _Guess:
    """The columns of a table, as far as they are known. One per table."""

    def __init__(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.header = header
        rows = [row for row in rows if not any(map(is_summary, row))]
        self.cells = [[row[at].strip() for row in rows] for at in range(len(header))]
        self.columns: dict[str, int] = {}
        self.dates = [
            at
            for at in range(len(header))
            if not self._bare(at) and self.share(at, _is_date) >= _NEARLY_ALL
        ]
        """The columns of dates that are no plain numbers, as counts are."""
        self._choose("video_id", self._ids())
        self._choose_dates()
        for field in FIELDS:
            if field in COUNTERS:
                named = columns_named(header, field)
                self._choose(field, (at for at in named if self.may_be(at, _is_count)))
        if "views" not in self.columns:
            self._choose("views", self._largest_counts())
        self._choose("title", columns_named(header, "title"))
        self._choose(ACCOUNT, self._accounts())

    def share(self, position: int, fits: Callable[[str], bool]) -> float:
        """How large a part of a column's cells ``fits``; 0 of one without any."""
        cells = [text for text in self.cells[position][:_TRIED_ROWS] if not is_unknown(text)]
        return sum(map(fits, cells)) / len(cells) if cells else 0.0

    def may_be(self, position: int, fits: Callable[[str], bool]) -> bool:
        """Whether half of the cells fit; an empty column may be anything."""
        empty = all(map(is_unknown, self.cells[position]))
        return empty or self.share(position, fits) >= _HALF

    def _choose(self, field: str, positions: Iterable[int]) -> None:
        """The first of some columns that is no other field's."""
        taken = set(self.columns.values())
        free = next((at for at in positions if at not in taken), None)
        if free is not None:
            self.columns[field] = free

    def _ids(self) -> list[int]:
        """The columns that may hold ids or addresses of videos, the likeliest first."""
        named = columns_named(self.header, "video_id")
        every = [*named, *(at for at in range(len(self.header)) if at not in named)]
        plain = [at for at in named if self._has_whole_ids(at)]
        linked = [at for at in every if self.share(at, _is_address) >= _NEARLY_ALL]
        shaped = [at for at in every if self.share(at, _is_video) >= _NEARLY_ALL]
        # Of several, the ids of the account or of a sound are fewer.
        shaped.sort(key=lambda at: -len(set(self.cells[at])))
        others = [at for at in named if at not in self.dates and not self._numbers_rows(at)]
        return [*plain[:1], *linked, *shaped, *others]

    def _has_whole_ids(self, position: int) -> bool:
        ids = {text for text in self.cells[position] if text}
        return self.share(position, _is_platform_id) >= _NEARLY_ALL and not cut_ids(ids)

    def _numbers_rows(self, position: int) -> bool:
        """Whether a column numbers the rows, and not the videos: over days, none is there twice."""
        cells = [text for text in self.cells[position] if text]
        if len(cells) < 2 or len(set(cells)) < len(cells):
            return False
        if self.share(position, _is_video) >= _HALF:
            return False
        captured = self._named_dates("captured_at")
        published = columns_named(self.header, "published_at")
        days = captured or [at for at in self.dates if at not in published]
        over_days = any(len(set(self.cells[at]) - {""}) > 1 for at in days)
        return over_days and (len(cells) > 2 or all(map(str.isdigit, cells)))

    def _choose_dates(self) -> None:
        captured = self._named_dates("captured_at")
        published = self._named_dates("published_at")
        # A video has one publication, whatever the column is called.
        moving = [at for at in (*captured, *published, *self.dates) if self._varies(at)]
        self._choose("captured_at", [*moving, *captured])
        self._choose("published_at", (at for at in published if at not in moving))
        if "captured_at" not in self.columns:
            same = (at for at in self.dates if len(set(self.cells[at])) == 1)
            # A name alone, so that what is wrong with its cells is published.
            self._choose("captured_at", [*same, *columns_named(self.header, "captured_at")])
        if "published_at" not in self.columns and self._has_videos_twice():
            self._choose("published_at", (at for at in self.dates if at not in moving))

    def _largest_counts(self) -> list[int]:
        """The column without a known name whose counts none other reaches: nothing is liked more
        often than it is seen.
        """
        known = {at for field in FIELDS for at in columns_named(self.header, field)}
        counts = [
            at
            for at in range(len(self.header))
            if at not in self.dates and self.share(at, _is_count) >= _NEARLY_ALL
            and self.share(at, _is_platform_id) < _HALF
            and not self._numbers_rows(at)
        ]  # fmt: skip
        sums = {at: self._sum(at) for at in counts if at not in self._taken(but=COUNTERS)}
        largest = sorted(sums, key=lambda at: -sums[at])[:1]
        return [at for at in largest if at not in known and len(sums) > 1]

    def _sum(self, position: int) -> int:
        """Of the digits of a column's cells, however thousands are set apart."""
        cells = ("".join(filter(str.isdigit, text)) for text in self.cells[position])
        return sum(int(digits) for digits in cells if digits)

    def _taken(self, but: Collection[str]) -> set[int]:
        return {at for field, at in self.columns.items() if field not in but}

    def _accounts(self) -> list[int]:
        """The columns that may say whose each row is: several accounts, and one to a video."""
        named = columns_named(self.header, ACCOUNT)
        handles = [
            at
            for at in range(len(self.header))
            if self.share(at, lambda text: text.startswith("@")) >= _NEARLY_ALL
        ]
        return [at for at in (*named, *handles) if self._names_accounts(at)]

    def _names_accounts(self, position: int) -> bool:
        names = set(self.cells[position])
        if "" in names or not 1 < len(names) < len(self.cells[position]):
            return False
        counted = max(self.share(position, _is_count), self.share(position, _is_date)) >= _HALF
        return not counted and not self._varies(position)

    def _named_dates(self, field: str) -> list[int]:
        return [at for at in columns_named(self.header, field) if self.may_be(at, _is_date)]

    def _bare(self, position: int) -> bool:
        """Whether a column has nothing but digits."""
        return all(text.isdigit() for text in self.cells[position] if text)

    def _by_video(self, position: int) -> list[set[str]]:
        video_at = self.columns.get("video_id")
        if video_at is None:
            return []
        by_video: dict[str, list[str]] = defaultdict(list)
        for video, text in zip(self.cells[video_at], self.cells[position], strict=True):
            if video and text:
                by_video[video].append(text)
        return [set(texts) for texts in by_video.values() if len(texts) > 1]

    def _varies(self, position: int) -> bool:
        """Whether a column has several values for one video."""
        return not self._bare(position) and any(
            len(texts) > 1 for texts in self._by_video(position)
        )

    def _has_videos_twice(self) -> bool:
        video_at = self.columns.get("video_id")
        return video_at is not None and bool(self._by_video(video_at))


def _is_platform_id(text: str) -> bool:
    if PLATFORM_ID.fullmatch(text) is None:
        return False
    return len(text) != 11 or not (text.isdigit() or _is_date(text))


def _is_address(text: str) -> bool:
    return is_link(text) and video_in_link(text) is not None


def _is_video(text: str) -> bool:
    """Whether an id of a platform can be made out in a cell."""
    try:
        return _is_platform_id(video_id_of("", text))
    except Refused:
        return False


def _is_date(text: str) -> bool:
    for form in DATE_FORMS:
        try:
            moment_of("", text, form)
        except Refused:
            continue
        return True
    return False


def _is_count(text: str) -> bool:
    for separator in SEPARATORS:
        try:
            count_of("", text, separator)
        except Refused:
            continue
        return True
    return False
