"""Timing two ways of doing a thing side by side, so that a busy machine slows both."""

from collections.abc import Callable, Sequence
from statistics import median
from time import perf_counter
from typing import Any


def seconds(work: Callable[[], Any]) -> float:
    """How long ``work`` takes, once."""
    began = perf_counter()
    work()
    return perf_counter() - began


def medians(works: Sequence[Callable[[], Any]], runs: int) -> list[float]:
    """The median seconds of each of ``works``, taken in turns, the first turn left out."""
    for work in works:
        work()
    times = [[seconds(work) for work in works] for _ in range(runs)]
    return [median(of_one) for of_one in zip(*times, strict=True)]


def milliseconds(took: float) -> str:
    """``took`` seconds for a table."""
    return f"{took * 1_000:.3g} ms"
