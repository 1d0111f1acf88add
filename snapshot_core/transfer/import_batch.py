"""What an import writes, collected and written with one statement a table."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, update

from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store import dialects
from snapshot_core.store.keys import Key, of
from snapshot_core.store.tables import COUNTS, account_snapshots, captures
from snapshot_core.store.tables import video_snapshots as readings

TRIGGER: Final = "import"

PROFILE_COUNTS: Final = ("follower_count", "following_count", "like_count")
"""The columns of the account's own counters, in the order of a readings file."""

Counts: TypeAlias = tuple[int | None, ...]
"""Counters of a video in the order of `VIDEO_METRICS`, or of an account; None is unknown."""

Row: TypeAlias = tuple[int, *Counts]
"""A reading of a capture: ``(video_id, *counters)``."""


class Batch:
    """Rows of one account on their way to the tables. Instants are UTC seconds."""

    def __init__(self, connection: Connection, key: Key) -> None:
        self.connection, self.key = connection, key
        self.whose = {"user_id": key[0], "account_id": key[1]}
        self.readings: list[Sequence[int | None]] = []
        self._failures: list[dict[str, Any]] = []
        self._captures: list[dict[str, Any]] = []
        self._judged: list[dict[str, Any]] = []
        self._profiles: list[dict[str, Any]] = []
        self._filled: list[dict[str, Any]] = []
        self._filled_profiles: list[dict[str, Any]] = []

    def forget(self, at: int) -> None:
        """Let go of the failed capture of an instant."""
        self._failures.append({"at": at})

    def add_capture(
        self, at: int, walked: bool | None, reported: int | None, listed: int, message: str | None
    ) -> None:
        """A capture; its status is left to the fold."""
        row = {
            "captured_at": at,
            "ended_at": at,
            "trigger": TRIGGER,
            "scope": "complete",
            "status": "partial",
            "walked_to_end": walked,
            "reported_count": reported,
            "video_count": listed,
            "rejected_count": 0,
            "message": message,
        }
        self._captures.append({**self.whose, **row})

    def judge(
        self, at: int, walked: bool | None, reported: int | None, listed: int, message: str | None
    ) -> None:
        """Put right what the status of a stored capture is folded from."""
        row = {"walked": walked, "reported": reported, "listed": listed, "said": message}
        self._judged.append({"at": at, **row})

    def add_readings(self, at: int, rows: Iterable[Row]) -> None:
        """Readings of one capture."""
        # In the order of the key, which the tables are clustered by.
        user, in_order = self.key[0], sorted(rows, key=lambda row: row[0])
        self.readings += [(user, at, *row) for row in in_order]

    def fill_reading(self, at: int, video_id: int, counts: Counts) -> None:
        """Counters of a stored reading of which some were unknown."""
        self._filled.append({"at": at, "video": video_id, **_to(VIDEO_METRICS, counts)})

    def add_profile(self, at: int, counts: Counts) -> None:
        """The account's own counters at the instant of a capture."""
        row = dict(zip(PROFILE_COUNTS, counts, strict=True))
        self._profiles.append({**self.whose, "captured_at": at, **row})

    def fill_profile(self, at: int, counts: Counts) -> None:
        """Counters of a stored account row of which some were unknown."""
        self._filled_profiles.append({"at": at, **_to(PROFILE_COUNTS, counts)})

    def write(self) -> bool:
        """Write all that was collected; whether there was anything."""
        key = self.key
        at: BindParameter[int] = bindparam("at")
        judged: dict[str, Any] = {
            "walked_to_end": bindparam("walked"),
            "reported_count": bindparam("reported"),
            "video_count": bindparam("listed"),
            "message": bindparam("said"),
        }
        this = of(captures, key), captures.c.captured_at == at
        reading = (
            readings.c.user_id == key[0],
            readings.c.captured_at == at,
            readings.c.video_id == bindparam("video"),
        )
        profile = of(account_snapshots, key), account_snapshots.c.captured_at == at
        counts = [column.name for column in COUNTS]
        work = (
            (delete(captures).where(*this), self._failures),
            (insert(captures), self._captures),
            (update(captures).where(*this).values(judged), self._judged),
            (insert(account_snapshots), self._profiles),
            (
                update(account_snapshots).where(*profile).values(_from(PROFILE_COUNTS)),
                self._filled_profiles,
            ),
            (update(readings).where(*reading).values(_from(VIDEO_METRICS, counts)), self._filled),
        )
        written = bool(self.readings)
        for statement, rows in work:
            if rows:
                self.connection.execute(statement, rows)
                written = True
                rows.clear()
        columns = readings.c.user_id, readings.c.captured_at, readings.c.video_id, *COUNTS
        if self.readings:
            dialects.insert_many(self.connection, columns, self.readings)
            self.readings = []
        return written


def _to(names: Iterable[str], counts: Counts) -> dict[str, int | None]:
    return {f"to_{name}": count for name, count in zip(names, counts, strict=True)}


def _from(names: Sequence[str], columns: Sequence[str] | None = None) -> dict[str, Any]:
    """The values of an UPDATE that takes what `_to` gives."""
    pairs = zip(columns or names, names, strict=True)
    return {column: bindparam(f"to_{name}") for column, name in pairs}
