"""The oracle's answers, after the engine's have been found to be the same."""

from collections.abc import Iterable

import numpy as np

from snapshot_core.growth.ledger import Ledger
from snapshot_core.growth.lines import lines as engine_lines
from snapshot_core.growth.rounding import Rounding
from snapshot_core.growth.video_growths import video_growths
from snapshot_core.windows import Window
from tests.growth import oracle
from tests.support import video_readings
from tests.support.video_readings import METRIC, VideoReadings, videos_of

LARGEST_ENGINE_COUNT = 2**62
"""The engine's integers have 64 bits, and it subtracts."""


def fits(videos: Iterable[VideoReadings]) -> bool:
    """Whether the engine is made for such counts."""
    return all(count <= LARGEST_ENGINE_COUNT for video in videos for _, count in video.series)


def video_growth(
    video: VideoReadings, window: Window, rounding: Rounding = Rounding.EXACT
) -> oracle.VideoLine | None:
    """The line of ``video`` for ``window``; None where it has no value at either end."""
    expected = oracle.video_growth(video, window, rounding)
    if fits([video]):
        (found,) = engine_lines(videos_of([video], [window], rounding), [window])
        (growths,) = video_growths(found, window, np.array([0]))
        assert growths.video_id == video.video_id
        assert growths.growth[METRIC].line == (expected and expected.line)
        lines = [expected] if expected else []
        ledger = oracle.account_ledger(lines, window, rounding)
        assert oracle.same(found.ledgers()[METRIC], ledger, sum(line.slack for line in lines))
    return expected


def ledger_of(
    videos: Iterable[VideoReadings], window: Window, rounding: Rounding = Rounding.EXACT
) -> Ledger:
    """The ledger of all ``videos`` for ``window``."""
    videos = list(videos)
    expected = oracle.ledger_of(videos, window, rounding)
    if fits(videos):
        ledger = video_readings.ledger_of(videos, window, rounding)
        assert oracle.same(ledger, expected, slack_of(videos, window))
    return expected


def slack_of(videos: Iterable[VideoReadings], window: Window) -> int:
    """By how much two ledgers of all ``videos`` may differ."""
    lines = (oracle.video_growth(video, window) for video in videos)
    return sum(line.slack for line in lines if line)
