"""The videos in a period: one row each, those that grew most first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.growth.day_gains import DayGain
from snapshot_core.growth.engagement import engagement, engagement_of
from snapshot_core.growth.growth import Growth, percent, video_counter_growth
from snapshot_core.growth.history import History, Reason, Windows, windows_of
from snapshot_core.growth.ledger import Line
from snapshot_core.growth.lines import lines
from snapshot_core.growth.several_accounts import left_out, soonest, sum_of_accounts
from snapshot_core.growth.video_growths import VideoGrowth, sum_of_videos, video_growths
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.periods import Period
from snapshot_core.sources.registry import roundings_of
from snapshot_core.store.accounts import Account
from snapshot_core.store.annotations.video_tags import tags_of
from snapshot_core.store.brackets import load
from snapshot_core.store.captures import history_of
from snapshot_core.store.database import Connection
from snapshot_core.store.readings import spark_gains
from snapshot_core.store.videos import AboutVideo, about_videos
from snapshot_core.view.account_growth import if_known
from snapshot_core.view.definitions import video_across_breaks
from snapshot_core.view.sum_of_accounts import LeftOut
from snapshot_core.windows import Window

RANKED_BY: Final = VIDEO_METRICS[0]
"""Views."""


@dataclass(frozen=True, slots=True)
class VideoRow:
    """One video in a table."""

    account: Account
    about: AboutVideo
    line: Line | None
    """Where it stands in the ledger; None where growth is not ready."""
    growth: Mapping[str, Growth]
    """By metric."""
    sparkline: Sequence[DayGain]
    """Views gained on each of the last whole days, oldest first."""
    tags: Sequence[str] = ()
    """In the order of the alphabet."""

    @property
    def engagement(self) -> Decimal | None:
        """Interactions per view in per cent, of the totals of now."""
        return engagement(self.counts)

    @property
    def counts(self) -> dict[str, int | None]:
        """The totals of now, by metric."""
        return {metric: growth.current for metric, growth in self.growth.items()}


@dataclass(frozen=True, slots=True)
class Totals:
    """Some videos together."""

    videos: int
    """Without those removed."""
    growth: Mapping[str, Growth]
    """By metric."""
    engagement: Decimal | None
    share: Decimal | None
    """Per cent of the views that all videos of the table gained; None where that is not above 0."""


@dataclass(frozen=True, slots=True)
class VideoTable:
    """The videos of one account or of all, those that grew most (by views) first."""

    period: Period
    windows: Mapping[str, Window]
    """By account name."""
    ready: bool
    """False where no account's captures reach back to the period's start."""
    rows: Sequence[VideoRow]
    reason: Reason | None = None
    """Why it is not ready."""
    since_tracking: Growth | None = None
    """What is known of the views where it is not ready."""
    left_out: Sequence[LeftOut] = ()
    """Of several accounts, those whose videos have no growth."""

    def count(self, line: Line) -> int:
        """How many videos stand in ``line``."""
        return sum(row.line == line for row in self.rows)

    @property
    def gained(self) -> int:
        """The views that all videos gained, those of unknown growth left out."""
        return sum(row.growth[RANKED_BY].growth or 0 for row in self.rows)

    def share(self, growth: Growth) -> Decimal | None:
        """The part of `gained` that a growth of views is, in per cent."""
        known = growth.growth is not None and not growth.below_resolution
        return percent(growth.growth or 0, self.gained) if known else None

    def totals(self, rows: Sequence[VideoRow]) -> Totals:
        """Some of its rows together."""
        growth = {
            metric: sum_of_videos(metric, [row.growth[metric] for row in rows])
            for metric in VIDEO_METRICS
        }
        return Totals(
            sum(row.line != "removed" for row in rows),
            growth,
            engagement_of(row.counts for row in rows),
            self.share(growth[RANKED_BY]),
        )


def video_table(
    connection: Connection, accounts: Sequence[Account], period: Period, now: int, zone: ZoneInfo
) -> VideoTable:
    """All videos with a count at the end of the period, or removed in it, as known at ``now``.

    Of an account that is left out of the sum of all, the videos have no growth either.
    """
    histories = [
        history_of(connection, account.key, now, account.keep_days) for account in accounts
    ]
    means = [windows_of(history, period, zone) for history in histories]
    parts = [
        _part(connection, account, history, windows, reason, now, zone)
        for account, history, windows, reason in zip(
            accounts, histories, means, left_out(means), strict=True
        )
    ]
    measured = {part.account.name: part.window for part in parts if part.window is not None}
    without = [part for part in parts if part.reason is not None]
    ready = len(without) < len(parts)
    latest = max((window.end for window in measured.values()), default=0)
    reason = soonest((part.reason for part in without if part.reason is not None), latest)
    since = [part.since_tracking for part in without if part.since_tracking is not None]
    return VideoTable(
        period,
        measured,
        ready,
        sorted((row for part in parts for row in part.rows), key=_rank),
        None if ready else reason or Reason("no_capture"),
        None if ready or not since else sum_of_accounts(RANKED_BY, since),
        [part.left_out for part in without] if len(parts) > 1 else [],
    )


def _rank(row: VideoRow) -> tuple[bool, int, int]:
    views = row.growth[RANKED_BY]
    return views.growth is None, -(views.growth or 0), -(views.current or 0)


@dataclass(frozen=True, slots=True)
class _Part:
    """What one account brings to the table."""

    account: Account
    window: Window | None
    reason: Reason | None
    """Why its videos have no growth."""
    last_complete: int | None
    rows: Sequence[VideoRow] = ()
    since_tracking: Growth | None = None
    """The growth of its views where they are not ready."""

    @property
    def left_out(self) -> LeftOut:
        assert self.reason is not None
        return LeftOut(self.account.name, self.reason, self.last_complete, self.since_tracking)


def _part(
    connection: Connection,
    account: Account,
    history: History,
    windows: Windows,
    reason: Reason | None,
    now: int,
    zone: ZoneInfo,
) -> _Part:
    window, tracked = windows.window, windows.tracked
    if window is None:
        return _Part(account, None, reason, history.last_complete)
    measured = [window, tracked] if tracked else [window]
    rounding = roundings_of(account.platform, rounded=account.rounded)
    loaded = load(connection, account.key, measured, now=now, rounding=rounding)
    latest, *beside = lines(loaded, measured)
    growths, since = video_growths(latest, window, latest.listed()), None
    known: dict[int, VideoGrowth] = {}
    if tracked:
        views = beside[0].ledgers()[RANKED_BY]
        since = if_known(video_counter_growth(RANKED_BY, windows.known_part(), views, None))
        of_each = video_growths(beside[0], tracked, beside[0].listed())
        known = {video.video_id: video for video in of_each}
    if reason is not None:
        growths = [_not_ready(video, reason, known.get(video.video_id)) for video in growths]
    sparklines = spark_gains(connection, account.key, window.end, zone)
    tags = tags_of(connection, account.key)
    rows = [
        replace(row, tags=tags.get(row.about.video_id, ()))
        for row in video_rows(connection, account, growths, sparklines)
    ]
    return _Part(account, window, reason, history.last_complete, rows, since)


def video_rows(
    connection: Connection,
    account: Account,
    growths: Sequence[VideoGrowth],
    sparklines: Mapping[int, Sequence[DayGain]],
) -> list[VideoRow]:
    """The growths of an account's videos with what is known of them, in the same order."""
    about = about_videos(connection, account.user_id, [video.video_id for video in growths])
    return [
        VideoRow(
            account,
            about[video.video_id],
            video.line,
            video_across_breaks(video.growth, account.platform, about[video.video_id].begins_at),
            sparklines.get(video.video_id, []),
        )
        for video in growths
    ]


def _not_ready(video: VideoGrowth, reason: Reason, since: VideoGrowth | None) -> VideoGrowth:
    """Without its growth; ``since``: what it did since tracking began."""
    return VideoGrowth(
        video.video_id,
        None,
        {
            metric: Growth(
                metric,
                growth.window,
                growth.current,
                reason=reason,
                since_tracking=if_known(since.growth[metric]) if since else None,
            )
            for metric, growth in video.growth.items()
        },
    )
