"""Captures from a file on their way to the tables, written with one statement a table."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, update

from snapshot_core.readings import Counts
from snapshot_core.store.captures import PROFILE_COLUMNS
from snapshot_core.store.keys import Key, key_columns, of
from snapshot_core.store.record_capture import write_readings
from snapshot_core.store.tables import COUNTS, account_snapshots, captures
from snapshot_core.store.tables import video_snapshots as readings

IMPORT_TRIGGER: Final = "import"

_AT: Final[BindParameter[int]] = bindparam("at")


@dataclass(frozen=True, slots=True)
class Listed:
    """What the status of a capture is folded from, as columns of its row."""

    walked_to_end: bool | None
    reported_count: int | None
    video_count: int
    message: str | None = None


class CaptureBatch:
    """Rows of one account that wait to be written. Instants are UTC seconds."""

    def __init__(self, connection: Connection, key: Key) -> None:
        self.connection, self.key = connection, key
        self.readings: list[Sequence[int | None]] = []
        in_captures = of(captures, key), captures.c.captured_at == _AT
        in_profiles = of(account_snapshots, key), account_snapshots.c.captured_at == _AT
        in_readings = (
            readings.c.user_id == key[0],
            readings.c.captured_at == _AT,
            readings.c.video_id == bindparam("video"),
        )
        # An update sets the columns that its rows name.
        self._work: dict[str, tuple[Any, list[dict[str, Any]]]] = {
            "remove": (delete(captures).where(*in_captures), []),
            "capture": (insert(captures), []),
            "listed": (update(captures).where(*in_captures), []),
            "profile": (insert(account_snapshots), []),
            "fill profile": (update(account_snapshots).where(*in_profiles), []),
            "fill reading": (update(readings).where(*in_readings), []),
        }

    def _add(self, work: str, **row: Any) -> None:
        self._work[work][1].append(row)

    def remove_failure(self, at: int) -> None:
        """Remove the failed capture of an instant."""
        self._add("remove", at=at)

    def add_capture(self, at: int, listed: Listed) -> None:
        """Add a capture; its status is left to the fold."""
        row = {"captured_at": at, "ended_at": at, "trigger": IMPORT_TRIGGER, "rejected_count": 0}
        row |= {"scope": "complete", "status": "partial", **key_columns(self.key)}
        self._add("capture", **row, **asdict(listed))

    def correct_listed(self, at: int, listed: Listed) -> None:
        """Put right what the status of a stored capture is folded from."""
        self._add("listed", at=at, **asdict(listed))

    def add_readings(self, at: int, counts: Iterable[tuple[int, Counts]]) -> None:
        """Add readings of one capture: ``(video_id, counts)``."""
        # In the order of the key, which the tables are clustered by.
        user = self.key[0]
        self.readings += [(user, at, video, *row) for video, row in sorted(counts)]

    def fill_reading(self, at: int, video_id: int, counts: Counts) -> None:
        """Fill in counters of a stored reading that were unknown."""
        row = {column.name: count for column, count in zip(COUNTS, counts, strict=True)}
        self._add("fill reading", at=at, video=video_id, **row)

    def add_profile(self, at: int, counts: Counts) -> None:
        """Add the account's own counters at the instant of a capture."""
        self._add("profile", **key_columns(self.key), captured_at=at, **_profile(counts))

    def fill_profile(self, at: int, counts: Counts) -> None:
        """Fill in counters of a stored account row that were unknown."""
        self._add("fill profile", at=at, **_profile(counts))

    @property
    def waiting(self) -> bool:
        """Whether anything was collected that is not written yet."""
        return bool(self.readings) or any(rows for _, rows in self._work.values())

    def write(self) -> bool:
        """Write all that was collected; whether there was anything."""
        written = bool(self.readings)
        for statement, rows in self._work.values():
            if rows:
                self.connection.execute(statement, rows)
                written = True
                rows.clear()
        if self.readings:
            write_readings(self.connection, self.readings)
            self.readings = []
        return written


def _profile(counts: Counts) -> dict[str, int | None]:
    return dict(zip(PROFILE_COLUMNS, counts, strict=True))
