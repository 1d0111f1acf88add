"""The videos in a period: one row each, those that grew most first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from snapshot_core.growth.growth import History, Reason, missing, percent, reaches_back, window_of
from snapshot_core.growth.ledger import Line
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.accounts import Account
from snapshot_core.store.capture_history import history_of
from snapshot_core.store.movers import NO_GROWTH, video_lines
from snapshot_core.store.readings import spark_gains
from snapshot_core.store.scene import look
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
    scene = look(connection, account.key, [window], rounded=account.rounded)
    table = video_lines(connection, scene, window)
    ids = table.ids.tolist()
    about = about_videos(connection, account.user_id, ids)
    sparks = spark_gains(connection, account.key, window.end, zone)
    current, growth = table.current.tolist(), table.growth.tolist()
    return [
        VideoRow(
            account.account_id,
            account.name,
            video,
            about[video].platform_id,
            about[video].title,
            about[video].cover_url,
            about[video].share_url,
            about[video].published_at,
            line if ready else None,
            {m: n if n >= 0 else None for m, n in zip(VIDEO_METRICS, current[row], strict=True)},
            {
                m: n if ready and n != NO_GROWTH else None
                for m, n in zip(VIDEO_METRICS, growth[row], strict=True)
            },
            sparks.get(video, []),
        )
        for row, (video, line) in enumerate(zip(ids, table.lines, strict=True))
    ]
