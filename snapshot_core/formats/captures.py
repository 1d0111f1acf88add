"""What every format gives: captures with their readings, and the rows that were refused."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Self

from snapshot_core.readings import ProfileReading, VideoReading


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
    source: str | None = None
    """That the readings came from, by the name of one of `sources.registry`."""
    refused: int = 0
    """Rows of this capture that were refused: their readings are missing from it."""
    dated_by_day: bool = False
    """The file gives the day only: the instant is its noon, or that of an import before noon."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was left out, and why. In Parquet ``line`` is the row, counted from 1."""

    line: int
    message: str


MAX_REFUSALS_LISTED: Final = 1_000
"""Kept with their messages: a file can have millions, and nobody reads more."""


class Refusals(list[Refusal]):
    """The first refusals, by line, and in ``total`` how many there are."""

    total = 0

    def append(self, refusal: Refusal) -> None:
        """Add one, in any order."""
        self.total += 1
        super().append(refusal)
        if len(self) > 2 * MAX_REFUSALS_LISTED:
            self.shorten()

    def extend(self, refusals: Iterable[Refusal]) -> None:
        """Add some, in any order."""
        for refusal in refusals:
            self.append(refusal)

    def __iadd__(self, refusals: Iterable[Refusal]) -> Self:  # type: ignore[override, misc]
        self.extend(refusals)
        return self

    def with_more(self, others: "Refusals") -> "Refusals":
        """These and ``others``, in order."""
        both = Refusals([*self, *others])
        both.total = self.total + others.total
        both.shorten()
        return both

    def shorten(self) -> None:
        """Put them in order, and forget those beyond the first."""
        self.sort(key=lambda refusal: refusal.line)
        del self[MAX_REFUSALS_LISTED:]


@dataclass(slots=True)
class ParsedFile:
    """The content of a file: captures by account, then instant; refusals by line."""

    captures: list[FileCapture] = field(default_factory=list)
    refused: Refusals = field(default_factory=Refusals)
    rows_read: int = 0
    duplicates: int = 0
    """Rows that repeat an earlier one."""
    notices: list[str] = field(default_factory=list)
