"""The videos in a period: one row each, those that grew most first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from snapshot_core.growth.growth import History, Reason, missing, percent, reaches_back, window_of
from snapshot_core.growth.ledger import Line
from snapshot_core.growth.lines import lines
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.accounts import Account
from snapshot_core.store.brackets import load
from snapshot_core.store.captures import history_of
from snapshot_core.store.database import Connection
from snapshot_core.store.readings import spark_gains
from snapshot_core.store.videos import about_videos
from snapshot_core.view.account_growth import joint_history
from snapshot_core.windows import Period, Window


@dataclass(frozen=True, slots=True)
class VideoRow:
    """One video in the table. Counts by metric; None is unknown. Instants are UTC seconds."""

    account_id: int
    account: str
    video_id: int
    platform_id: str
    title: str | None
    cover_url: str | None
    share_url: str | None
    published_at: int | None
    line: Line | None
    """Where it stands in the ledger; None where growth is not ready."""
    current: Mapping[str, int | None]
    growth: Mapping[str, int | None]
    spark: Sequence[int | None]
    """Views gained from day to day, oldest first."""

    def percentage(self, metric: str) -> Decimal | None:
        """Growth in per cent of what the video had at the start; None for a new one."""
        growth, current = self.growth[metric], self.current[metric]
        if growth is None or current is None:
            return None
        return percent(growth, current - growth)


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
    connection: Connection, accounts: Sequence[Account], period: Period, zone: ZoneInfo
) -> VideoTable:
    """All videos with a count at the end of the period, or removed in it."""
    windows: dict[str, Window] = {}
    rows: list[VideoRow] = []
    histories: list[History] = []
    ready = False
    for account in accounts:
        history = history_of(connection, account.key)
        histories.append(history)
        window = window_of(history, period)
        if window is None:
            continue
        windows[account.name] = window
        reaches = reaches_back(history, window)
        ready = ready or reaches
        rows += _rows(connection, account, window, reaches, zone)
    rows.sort(key=_rank)
    latest = max(windows.values(), key=lambda window: window.end, default=None)
    reason = None if ready else missing(joint_history(histories), latest)
    return VideoTable(period, windows, ready, rows, reason)


def _rank(row: VideoRow) -> tuple[bool, int, int]:
    growth, current = row.growth["views"], row.current["views"] or 0
    return growth is None, -(growth or 0), -current


def _rows(
    connection: Connection, account: Account, window: Window, ready: bool, zone: ZoneInfo
) -> list[VideoRow]:
    loaded = load(connection, account.key, [window], rounded=account.rounded)
    (found,) = lines(loaded, [window])
    rows = found.rows()
    about = about_videos(connection, account.user_id, [row.video_id for row in rows])
    sparks = spark_gains(connection, account.key, window.end, zone)
    unknown = dict.fromkeys(VIDEO_METRICS)
    return [
        VideoRow(
            account.account_id,
            account.name,
            row.video_id,
            about[row.video_id].platform_id,
            about[row.video_id].title,
            about[row.video_id].cover_url,
            about[row.video_id].share_url,
            about[row.video_id].published_at,
            row.line if ready else None,
            row.current,
            row.growth if ready else unknown,
            sparks.get(row.video_id, []),
        )
        for row in rows
    ]
