"""A made-up account whose life is long enough to measure on: the same in every run."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from snapshot_core.readings import ProfileReading, VideoReading, video_counts
from snapshot_core.store.record_capture import Fetched
from snapshot_core.windows import DAY

START: Final = 1_730_000_000 // DAY * DAY
SEED: Final = 20_241_027


def nights(videos: int, count: int) -> Iterator[Fetched]:
    """``count`` nightly captures of an account that lists ``videos`` in the end.

    Each day one video is published, and every tenth day an old one taken away. Captures begin
    up to ten minutes after midnight, so no window's start meets one. One reading of likes in a
    hundred falls a little.
    """
    every = videos + (count - 1) // 10
    at_first = every - count + 1
    chance = np.random.default_rng(SEED)
    pace = np.exp(chance.normal(5, 2, every)).astype(np.int64) + 1
    totals = pace[:, None] * chance.integers(30, 300, (every, 1)) // (1, 12, 150, 300)
    totals[at_first:] = 0
    listed = list(range(at_first))
    for night in range(count):
        at = START + night * DAY + int(chance.integers(0, 600))
        if night:
            listed.append(at_first + night - 1)
        if night and night % 10 == 0:
            listed.pop(int(chance.integers(0, at_first // 2)))
        rows = np.array(listed)
        views = (pace[rows] * chance.gamma(0.5, 2, len(rows))).astype(np.int64)
        grown = np.stack([views, views // 12, views // 150, views // 300], axis=1)
        fallen = chance.random(len(rows)) < 0.01
        grown[fallen, 1] = -(totals[rows[fallen], 1] // 200)
        totals[rows] += grown
        yield Fetched(
            at, at + 30, "nightly", "complete", True,
            ProfileReading(followers=10_000 + 17 * night, videos=len(listed)),
            [
                VideoReading(
                    f"{7_300_000_000_000_000_000 + number}",
                    video_counts(
                        views=counts[0], likes=counts[1], comments=counts[2], shares=counts[3],
                    ),
                    title=f"Video {number}",
                    published_at=START + (number - at_first) * DAY + 43_200,
                )
                for number, counts in zip(listed, totals[rows].tolist(), strict=True)
            ],
        )  # fmt: skip
