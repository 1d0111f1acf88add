"""What a file will become, in words: before anything is imported."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from snapshot_core.formats.preview import TablePreview
from snapshot_core.formats.tiktok_studio.preview import DaySpan, StudioPreview
from snapshot_core.plural import plural
from snapshot_core.view.wording.numbers import calendar_day, moment
from snapshot_core.windows import local_date


@dataclass(frozen=True, slots=True)
class Fact:
    """So many of something, and what they become."""

    count: str
    meaning: str


def studio_facts(export: StudioPreview, zone: ZoneInfo, now: int) -> list[Fact]:
    """What an export of TikTok Studio will become; nothing where nothing would come in."""
    facts = [
        Fact(
            plural(totals.videos, "video"),
            f"totals at {moment(totals.captured_at, zone, now)}; the list holds only top posts, "
            "so nothing is concluded about other videos",
        )
        for totals in export.contents
    ]
    if days := export.followers:
        facts.append(Fact(plural(days.count, "day"), f"of followers, {_span(days)}"))
    if days := export.amounts:
        shown = "they are shown as TikTok reported them and never turned into snapshots"
        facts.append(Fact(plural(days.count, "day"), f"of daily amounts, {_span(days)}; {shown}"))
    if export.set_aside:
        waiting = "without a number yet, left for a newer file"
        facts.append(Fact(plural(export.set_aside, "row"), waiting))
    return facts


def table_summary(table: TablePreview, zone: ZoneInfo) -> str | None:
    """How much a table will become; None where that is nothing."""
    days = DaySpan.of([local_date(at, zone) for at in (table.first, table.last) if at is not None])
    if days is None:
        return None
    return (
        f"{plural(table.readings, 'reading')} of {plural(table.videos, 'video')} in "
        f"{plural(table.captures, 'snapshot')}, {_span(days)}"
    )


def _span(days: DaySpan) -> str:
    first, last = calendar_day(days.first), calendar_day(days.last)
    return first if first == last else f"{first} to {last}"
