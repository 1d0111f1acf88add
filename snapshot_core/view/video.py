"""One video through its whole history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from snapshot_core.errors import NotFound
from snapshot_core.growth.definitions import DefinitionBreak
from snapshot_core.growth.engagement import engagement
from snapshot_core.growth.gain_line import (
    DAILY_GAP,
    LONGEST_STRETCH_SECONDS,
    DayGrowth,
    GainLine,
)
from snapshot_core.growth.growth import Growth
from snapshot_core.growth.history import Reason, windows_of
from snapshot_core.growth.lines import lines
from snapshot_core.growth.rhythms.learned import Learned
from snapshot_core.growth.video_growths import video_growths
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.periods import Period
from snapshot_core.sources.registry import roundings_of
from snapshot_core.store.accounts import Account
from snapshot_core.store.annotations.video_tags import all_tags, tags_of_video
from snapshot_core.store.brackets import load
from snapshot_core.store.captures import history_of
from snapshot_core.store.database import Connection
from snapshot_core.store.readings import Reading, video_history
from snapshot_core.store.rhythms.held import learned_between
from snapshot_core.store.videos import AboutVideo, about_videos, gone_since
from snapshot_core.view.account_growth import if_known
from snapshot_core.view.definitions import breaks_of, mark_days, video_across_breaks
from snapshot_core.windows import DAY, HOUR, Window


@dataclass(frozen=True, slots=True)
class Step:
    """From one accepted reading of a counter to the next."""

    gained: int
    seconds: int

    @property
    def per_hour(self) -> Decimal:
        """With two decimals."""
        return (Decimal(self.gained * HOUR) / self.seconds).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class VideoView:
    """One video: every reading, its growth in a period, its days."""

    account: Account
    video_id: int
    about: AboutVideo
    readings: Sequence[Reading]
    """Oldest first, as the platform gave them."""
    accepted: Mapping[str, Sequence[tuple[int, int]]]
    """Accepted readings by metric, oldest first."""
    corrections: Mapping[str, Sequence[tuple[int, int]]]
    """``(instant, amount)`` of falls between accepted readings, by metric."""
    days: Mapping[str, Sequence[DayGrowth]]
    """Growth by calendar day, by metric."""
    window: Window | None
    growth: Mapping[str, Growth]
    """In the period, by metric."""
    gone_since: int | None
    """The first complete capture that did not see it; None while it is listed."""
    period: Period
    zone: ZoneInfo
    breaks: Mapping[str, Sequence[DefinitionBreak]]
    """The days since its first reading on which the platform redefined a counter, by metric."""
    steps: Sequence[Mapping[str, Step]] = ()
    """What came since the reading before, by metric, in the order of ``readings``."""
    tags: Sequence[str] = ()
    """In the order of the alphabet."""
    known_tags: Sequence[str] = ()
    """Those of all videos of its user."""

    @property
    def engagement(self) -> Decimal | None:
        """Interactions per view in per cent, of the last accepted counts."""
        return engagement({metric: s[-1][1] for metric, s in self.accepted.items() if s})

    def curve(self, metric: str) -> list[tuple[int, int | None]]:
        """The accepted readings, with a None between two that are too far apart to be joined.

        It begins with the publication, at 0, where the first reading soon followed.
        """
        series, begins_at = self.accepted[metric], self.about.begins_at
        if (
            series
            and begins_at is not None
            and 0 < series[0][0] - begins_at <= LONGEST_STRETCH_SECONDS
        ):
            series = [(begins_at, 0), *series]
        line: list[tuple[int, int | None]] = list(series[:1])
        for (before, _), (at, count) in pairwise(series):
            if at - before > LONGEST_STRETCH_SECONDS:
                line.append(((before + at) // 2, None))
            line.append((at, count))
        return line

    def doubtful(self, metric: str) -> list[tuple[int, int, str]]:
        """``(instant, count, verdict)`` of the readings that growth leaves out."""
        column = VIDEO_METRICS.index(metric)
        return [
            (reading.captured_at, count, reading.doubts[metric])
            for reading in self.readings
            if metric in reading.doubts and (count := reading.counts[column]) is not None
        ]


def owner(connection: Connection, accounts: Sequence[Account], video_id: int) -> Account:
    """The one of a user's ``accounts`` that the video belongs to; else `NotFound`."""
    for user_id in {account.user_id for account in accounts}:
        about = about_videos(connection, user_id, [video_id]).get(video_id)
        for account in accounts:
            if about is not None and about.account_id == account.account_id:
                return account
    raise NotFound("There is no such video; its account may have been removed.")


def video_view(
    connection: Connection,
    account: Account,
    video_id: int,
    period: Period,
    now: int,
    zone: ZoneInfo,
) -> VideoView:
    """What is known at ``now`` of one video; `NotFound` where the account has no such video."""
    about = about_videos(connection, account.user_id, [video_id]).get(video_id)
    if about is None or about.account_id != account.account_id:
        raise NotFound("There is no such video; its account may have been removed.")
    readings = video_history(connection, account.key, video_id, now)
    accepted = {metric: _accepted(readings, column) for column, metric in enumerate(VIDEO_METRICS)}
    learned = learned_between(connection, account.key, 0, now)
    breaks = {metric: _breaks(account, metric, accepted[metric]) for metric in VIDEO_METRICS}
    history = history_of(connection, account.key, now, account.keep_days)
    windows = windows_of(history, period, zone)
    window = windows.window
    if window is not None and windows.reason is None:
        growth = _growth(connection, account, video_id, window, now)
    else:
        reason, tracked = windows.reason, windows.tracked
        growth = {metric: Growth(metric, window, reason=reason) for metric in VIDEO_METRICS}
        if tracked is not None:
            since = _growth(connection, account, video_id, tracked, now)
            growth = {
                metric: replace(
                    growth[metric], since_tracking=if_known(replace(known, ledger=None))
                )
                for metric, known in since.items()
            }
    growth = video_across_breaks(growth, account.platform, about.begins_at)
    left_at = gone_since(connection, account.key, video_id, now)
    unread = all(known.reason == Reason("not_read") for known in growth.values())
    if unread and window is not None and left_at is not None and left_at <= window.end:
        # No snapshot to come will mend it.
        reason = Reason("removed")
        growth = {metric: replace(known, reason=reason) for metric, known in growth.items()}
    return VideoView(
        account,
        video_id,
        about,
        readings,
        accepted,
        {metric: _falls(accepted[metric]) for metric in VIDEO_METRICS},
        {
            metric: mark_days(
                _days(accepted[metric], about.begins_at, zone, learned),
                breaks[metric],
                zone,
                _resolution(account, metric, accepted[metric]),
            )
            for metric in VIDEO_METRICS
        },
        window,
        growth,
        left_at,
        period,
        zone,
        breaks,
        _steps(readings, accepted),
        tags_of_video(connection, account.key, video_id),
        all_tags(connection, account.user_id),
    )


def _growth(
    connection: Connection, account: Account, video_id: int, window: Window, now: int
) -> dict[str, Growth]:
    rounding = roundings_of(account.platform, rounded=account.rounded)
    loaded = load(connection, account.key, [window], now=now, rounding=rounding, video=video_id)
    (video_lines,) = lines(loaded, [window])
    rows = np.flatnonzero(video_lines.ids == video_id)
    growths = video_growths(video_lines, window, rows)
    if not growths:
        reason = Reason("not_read")
        return {metric: Growth(metric, window, reason=reason) for metric in VIDEO_METRICS}
    ledgers = video_lines.ledgers()
    return {
        metric: replace(growth, ledger=None if growth.line is None else ledgers[metric])
        for metric, growth in growths[0].growth.items()
    }


def _accepted(readings: Sequence[Reading], column: int) -> list[tuple[int, int]]:
    metric = VIDEO_METRICS[column]
    return [
        (reading.captured_at, count)
        for reading in readings
        if (count := reading.counts[column]) is not None and metric not in reading.doubts
    ]


def _steps(
    readings: Sequence[Reading], accepted: Mapping[str, Sequence[tuple[int, int]]]
) -> list[dict[str, Step]]:
    steps: dict[int, dict[str, Step]] = {reading.captured_at: {} for reading in readings}
    for metric, series in accepted.items():
        for (left_at, left), (at, count) in pairwise(series):
            steps[at][metric] = Step(count - left, at - left_at)
    return list(steps.values())


def _resolution(account: Account, metric: str, series: Sequence[tuple[int, int]]) -> int:
    """What is rounded off between two readings such as the latest."""
    rounding = roundings_of(account.platform, rounded=account.rounded).of(metric)
    return rounding.resolution(series[-1][1], series[-1][1]) if series else 0


def _breaks(
    account: Account, metric: str, series: Sequence[tuple[int, int]]
) -> Sequence[DefinitionBreak]:
    """The days since the first reading on which the counter was redefined."""
    if not series:
        return ()
    return breaks_of(metric, [(account.platform, Window(series[0][0], series[-1][0]))])


def _falls(series: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(at, before - count) for (_, before), (at, count) in pairwise(series) if count < before]


def _days(
    series: Sequence[tuple[int, int]], published_at: int | None, zone: ZoneInfo, learned: Learned
) -> Sequence[DayGrowth]:
    """By calendar day; the day of publication counts from 0 if it was seen soon after."""
    if not series:
        return []
    points, since = list(series), series[0][0]
    if published_at is not None and 0 < since - published_at <= DAILY_GAP:
        # The line before it is flat: nothing was gained on the day before publication.
        points = [(published_at - DAY, 0), (published_at, 0), *points]
        since = published_at
    line = GainLine.from_readings(points, learned.share_at(published_at))
    return line.days(since, series[-1][0], zone)
