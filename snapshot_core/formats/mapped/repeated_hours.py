"""Which of two equal hours a row is of, where the clocks were put back: all rows tell together."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from snapshot_core.formats.cells import DateForm, Refused, moment_of
from snapshot_core.formats.spreadsheet.table import Table


@dataclass(frozen=True, slots=True)
class _RepeatedRow:
    line: int
    wall: datetime


@dataclass(frozen=True, slots=True)
class _LocalTime:
    wall: datetime
    repeated: bool


def later_lines(
    table: Table, columns: Mapping[str, int], form: DateForm, zone: ZoneInfo
) -> frozenset[int]:
    """Lines whose local time is the second of two. Raises `InputError` for a damaged table."""
    video_at, time_at = columns.get("video_id"), columns.get("captured_at")
    local_time = lru_cache(maxsize=4096)(_local_time_reader(form, zone))
    last: dict[str, datetime] = {}
    repeated: dict[tuple[date, str], list[_RepeatedRow]] = defaultdict(list)
    steps = 0
    for line, cells in table.rows():
        if len(cells) != len(table.header):
            continue
        video = "" if video_at is None else cells[video_at].strip()
        local = None if time_at is None else local_time(cells[time_at].strip())
        if local is None:
            continue
        before = last.setdefault(video, local.wall)
        steps += (local.wall > before) - (local.wall < before)
        last[video] = local.wall
        if local.repeated:
            repeated[local.wall.date(), video].append(_RepeatedRow(line, local.wall))
    runs: dict[date, list[list[_RepeatedRow]]] = defaultdict(list)
    for (day, _), rows in repeated.items():
        runs[day].append(rows)
    later = (_later(of_day, newest_first=steps < 0) for of_day in runs.values())
    return frozenset().union(*later)


def _local_time_reader(form: DateForm, zone: ZoneInfo) -> Callable[[str], _LocalTime | None]:
    def read(text: str) -> _LocalTime | None:
        try:
            moment = moment_of("", text, form)
        except Refused:
            return None
        if moment.wall is None or moment.offset is not None:
            return None
        return _LocalTime(moment.wall, moment.is_repeated(zone))

    return read


def _later(by_video: list[list[_RepeatedRow]], *, newest_first: bool) -> set[int]:
    """The lines of the second of two equal hours, of one day."""
    sign = -1 if newest_first else 1
    first, second, lone = set[int](), set[int](), set[int]()
    for rows in by_video:
        split = _split(rows[::sign])
        lines = [sign * row.line for row in rows[::sign]]
        if split == len(lines):
            lone.update(lines)
        else:
            first.update(lines[:split])
            second.update(lines[split:])
    # Where one hour comes after the other for all, the place of a row tells its own.
    line = min(second, default=0)
    while second and max(first) < line and line in second | lone:
        second.add(line)
        line += 1
    return {sign * line for line in second}


def _split(rows: list[_RepeatedRow]) -> int:
    """How many rows come before the clocks show again what they showed; all, where never."""
    for position in range(1, len(rows)):
        if rows[position].wall <= rows[position - 1].wall:
            return position
    return len(rows)
