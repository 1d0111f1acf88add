"""What an export will become, in a few words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from snapshot_core.formats.captures import Refusals
from snapshot_core.formats.tiktok_studio.export import parse
from snapshot_core.formats.tiktok_studio.plan import planned
from snapshot_core.windows import local_date


@dataclass(frozen=True, slots=True)
class DaySpan:
    """So many days between two."""

    count: int
    first: date
    last: date

    @classmethod
    def of(cls, days: Collection[date]) -> "DaySpan | None":
        """None where there is no day."""
        return cls(len(days), min(days), max(days)) if days else None


@dataclass(frozen=True, slots=True)
class VideoTotals:
    """So many videos whose totals are those at one instant."""

    captured_at: int
    videos: int


@dataclass(frozen=True, slots=True)
class StudioPreview:
    """What an export will become. Nothing of it is stored yet."""

    contents: list[VideoTotals]
    followers: DaySpan | None
    amounts: DaySpan | None
    last: date | None
    """The newest day that the file speaks of."""
    set_aside: int
    """Rows that say nothing: Studio does not know, or the day has not ended."""
    refused: Refusals
    notices: list[str]

    @property
    def nothing(self) -> bool:
        """Whether nothing would come in."""
        return not (self.contents or self.followers or self.amounts)


def preview_export(
    path: Path,
    today: date,
    zone: ZoneInfo,
    now: int,
    imported: Sequence[int],
    name: str | None,
    exported: date | None,
) -> StudioPreview:
    """What the export at ``path`` would become. See `parse` and `planned`; raises `InputError`."""
    plan = planned(parse(path, today, name=name, exported=exported), "", zone, now, imported)
    return StudioPreview(
        [VideoTotals(capture.captured_at, len(capture.readings)) for capture in plan.contents],
        DaySpan.of([local_date(capture.captured_at - 1, zone) for capture in plan.followers]),
        DaySpan.of(plan.amounts),
        plan.last,
        plan.set_aside,
        plan.refused,
        plan.notices,
    )
