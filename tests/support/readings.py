"""Readings of videos as tests write them: counters in order, or by name."""

from typing import Any

from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.readings import VideoReading, video_counts


def video_reading(platform_id: str, *counts: int | None, **fields: Any) -> VideoReading:
    """A video with these ``counts``, the first of `VIDEO_METRICS`; ``fields`` name the others and
    what else is known of it.
    """
    known = dict(zip(VIDEO_METRICS, counts, strict=False))
    known |= {metric: fields.pop(metric) for metric in VIDEO_METRICS if metric in fields}
    return VideoReading(platform_id, video_counts(**known), **fields)
