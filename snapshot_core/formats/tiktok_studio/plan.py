"""A TikTok Studio export as captures and amounts: which instant each of its days stands for.

- Totals of the top posts: noon of the export's day in the account's zone; later, where one of the
  videos is; now, where that is still to come. A partial listing: it says nothing of other videos.
- Followers of a day: the end of that day, the next local midnight.
- Amounts of a day stay what they are: see `snapshot_core.store.reported_days`.

A day that has not ended yet is left for a later file.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from snapshot_core.formats.captures import FileCapture, Refusals
from snapshot_core.formats.tiktok_studio.tables import StudioFile, StudioVideo
from snapshot_core.readings import ProfileReading, VideoReading
from snapshot_core.windows import midnight, noon


@dataclass(slots=True)
class StudioPlan:
    """What an export will become. Nothing of it is stored yet."""

    contents: list[FileCapture] = field(default_factory=list)
    """One a day of export; there is one."""
    followers: list[FileCapture] = field(default_factory=list)
    """One a day."""
    amounts: dict[date, dict[str, int]] = field(default_factory=dict)
    last: date | None = None
    """The newest day that the file speaks of."""
    rows_read: int = 0
    duplicates: int = 0
    set_aside: int = 0
    """Rows that say nothing: Studio does not know, or the day has not ended."""
    refused: Refusals = field(default_factory=Refusals)
    notices: list[str] = field(default_factory=list)

    def captures(self) -> list[FileCapture]:
        """All captures, oldest first; one of each instant."""
        by_instant = {capture.captured_at: capture for capture in self.followers}
        for capture in self.contents:
            same = by_instant.get(capture.captured_at)
            if same is not None:
                capture.profile, capture.profile_line = same.profile, same.profile_line
            by_instant[capture.captured_at] = capture
        return [by_instant[at] for at in sorted(by_instant)]


def planned(
    parsed: StudioFile, account: str, zone: ZoneInfo, now: int, imported: Sequence[int] = ()
) -> StudioPlan:
    """The plan of ``parsed`` for the account of that name, as it is known at ``now``.

    ``imported``: the instants of earlier exports, oldest first.
    """
    plan = StudioPlan(
        rows_read=parsed.rows_read,
        duplicates=parsed.duplicates,
        refused=parsed.refused,
        notices=list(parsed.notices),
    )
    days = {video.day for video in parsed.videos}
    days |= {day for _, day, _ in (*parsed.followers, *parsed.amounts)}
    plan.last = max(days, default=None)
    for day in sorted({video.day for video in parsed.videos}):
        videos = [video for video in parsed.videos if video.day == day]
        newest = max(video.uploaded or 0 for video in videos)
        at = _read_at(day, newest, zone, now, imported)
        readings = [(video.line, _dated(video, zone, at)) for video in videos]
        plan.contents.append(FileCapture(account, at, readings, status="partial"))
    for line, day, count in parsed.followers:
        at = midnight(day + timedelta(days=1), zone)
        if count is None or at > now:
            plan.set_aside += 1
            continue
        profile = ProfileReading(followers=count)
        plan.followers.append(FileCapture(account, at, profile=profile, profile_line=line))
    for _, day, amounts in parsed.amounts:
        if not amounts or midnight(day + timedelta(days=1), zone) > now:
            plan.set_aside += 1
        else:
            plan.amounts[day] = amounts
    return plan


def _read_at(day: date, newest: int, zone: ZoneInfo, now: int, imported: Sequence[int]) -> int:
    """The instant of an export of ``day``, whose ``newest`` video was uploaded at that instant.

    What was imported before noon has an earlier one, and keeps it when it is imported again.
    """
    usual = max(noon(day, zone), newest)
    first = midnight(day, zone) + 1
    earlier = next((at for at in imported if first <= at <= usual), None)
    return min(usual, now) if earlier is None else earlier


def _dated(video: StudioVideo, zone: ZoneInfo, at: int) -> VideoReading:
    """The reading with its publication: to the second, or the day that it was scheduled for."""
    since = video.uploaded if video.posted is None else midnight(video.posted, zone)
    return replace(video.reading, published_at=None if since is None else min(since, at))
