"""The videos in a period: one row each, those that grew most first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from snapshot_core.growth.growth import Growth, History, Reason, missing, reaches_back, window_of
from snapshot_core.growth.ledger import Line
from snapshot_core.growth.lines import lines
from snapshot_core.growth.video_growths import VideoGrowth, video_growths
from snapshot_core.sources.registry import roundings_of
from snapshot_core.store.accounts import Account
from snapshot_core.store.brackets import load
from snapshot_core.store.captures import history_of
from snapshot_core.store.database import Connection
from snapshot_core.store.readings import spark_gains
from snapshot_core.store.videos import AboutVideo, about_videos
from snapshot_core.view.account_growth import combined_history
from snapshot_core.view.definitions import video_across_breaks
from snapshot_core.windows import Period, Window


@dataclass(frozen=True, slots=True)
class VideoRow:
    """One video in a table."""

    account: Account
    about: AboutVideo
    line: Line | None
    """Where it stands in the ledger; None where growth is not ready."""
    growth: Mapping[str, Growth]
    """By metric."""
    sparkline: Sequence[int | None]
    """Views gained from day to day, oldest first."""


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

    def count(self, line: Line) -> int:
        """How many videos stand in ``line``."""
        return sum(row.line == line for row in self.rows)


def video_table(
    connection: Connection, accounts: Sequence[Account], period: Period, now: int, zone: ZoneInfo
) -> VideoTable:
    """All videos with a count at the end of the period, or removed in it, as known at ``now``."""
    windows: dict[str, Window] = {}
    rows: list[VideoRow] = []
    histories: list[History] = []
    reasons: list[Reason | None] = []
    for account in accounts:
        history = history_of(connection, account.key, now)
        histories.append(history)
        window = window_of(history, period)
        if window is None:
            continue
        windows[account.name] = window
        reason = None if reaches_back(history, window) else missing(history, window)
        reasons.append(reason)
        rows += _rows(connection, account, window, reason, now, zone)
    rows.sort(key=_rank)
    ready = None in reasons
    # Together they may reach back where none does alone: then the first one's reason says why.
    latest = max(windows.values(), key=lambda window: window.end, default=None)
    not_ready = missing(combined_history(histories), latest) or next(iter(reasons), None)
    return VideoTable(period, windows, ready, rows, None if ready else not_ready)


def _rank(row: VideoRow) -> tuple[bool, int, int]:
    views = row.growth["views"]
    return views.growth is None, -(views.growth or 0), -(views.current or 0)


def _rows(
    connection: Connection,
    account: Account,
    window: Window,
    reason: Reason | None,
    now: int,
    zone: ZoneInfo,
) -> list[VideoRow]:
    rounding = roundings_of(account.source, rounded=account.rounded)
    loaded = load(connection, account.key, [window], now=now, rounding=rounding)
    (video_lines,) = lines(loaded, [window])
    growths = video_growths(video_lines, window, video_lines.listed())
    if reason is not None:
        growths = [_not_ready(video, reason) for video in growths]
    sparklines = spark_gains(connection, account.key, window.end, zone)
    return video_rows(connection, account, growths, sparklines)


def video_rows(
    connection: Connection,
    account: Account,
    growths: Sequence[VideoGrowth],
    sparklines: Mapping[int, Sequence[int | None]],
) -> list[VideoRow]:
    """The growths of an account's videos with what is known of them, in the same order."""
    about = about_videos(connection, account.user_id, [video.video_id for video in growths])
    return [
        VideoRow(
            account,
            about[video.video_id],
            video.line,
            video_across_breaks(video.growth, account.source, about[video.video_id].published_at),
            sparklines.get(video.video_id, []),
        )
        for video in growths
    ]


def _not_ready(video: VideoGrowth, reason: Reason) -> VideoGrowth:
    return VideoGrowth(
        video.video_id,
        None,
        {
            metric: Growth(metric, growth.window, growth.current, reason=reason)
            for metric, growth in video.growth.items()
        },
    )
