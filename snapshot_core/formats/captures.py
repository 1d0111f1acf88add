"""What every format gives: captures with their readings, and the rows that were refused."""

from dataclasses import dataclass, field

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
    refused: int = 0
    """Rows of this capture that were refused: their readings are missing from it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was left out, and why. In Parquet ``line`` is the row, counted from 1."""

    line: int
    message: str


@dataclass(slots=True)
class ParsedFile:
    """The content of a file: captures by account, then instant; refusals by line."""

    captures: list[FileCapture] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    rows_read: int = 0
    duplicates: int = 0
    """Rows that repeat an earlier one."""
    notices: list[str] = field(default_factory=list)
