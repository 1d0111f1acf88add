"""What a page calls the metrics."""

from snapshot_core.metrics import METRICS

_LABELS = {metric.name: metric.label for metric in METRICS}


def label_of(metric: str) -> str:
    """``Views``; readable, too, for the counts of a profile that growth does not use."""
    return _LABELS.get(metric) or metric.replace("_", " ").capitalize()
