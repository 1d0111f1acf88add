"""Cases from other systems' tests and from real series: ``../shared/data/growth_vectors.json``.

The file's figure is V(end) - V(start) on straight lines before rounding, without quarantine.
"""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from snapshot_core.windows import Window
from tests.growth.both import ledger_of, video_growth
from tests.support.accepted import accepted_series
from tests.support.builders import exact_value, half_up
from tests.support.video_readings import VideoReadings, adds_up

Case = dict[str, Any]


@pytest.fixture(scope="module")
def cases(shared_data: Path) -> list[Case]:
    found: list[Case] = json.loads((shared_data / "growth_vectors.json").read_text())["cases"]
    assert len(found) >= 13
    return found


def readings_of(case: Case) -> list[tuple[int, int]]:
    return [(at, count) for at, count in case["samples"]]


def test_the_exact_growth_is_the_files_figure(cases: list[Case], subtests: Any) -> None:
    for case in cases:
        with subtests.test(case["id"]):
            start, end = exact_ends(case)
            assert float(end - start) == pytest.approx(case["growth"], rel=1e-12)


def test_our_growth_is_that_of_the_rounded_ends(cases: list[Case], subtests: Any) -> None:
    for case in cases:
        with subtests.test(case["id"]):
            start, end = exact_ends(case)
            video = VideoReadings(1, None, readings_of(case))
            ledger = ledger_of([video], Window(*case["window"]))
            assert ledger.growth == ledger.like_for_like == half_up(end) - half_up(start)
            assert abs(ledger.growth - case["growth"]) <= 1
            assert adds_up(ledger)


def test_a_real_glitch_to_zero_is_quarantined(cases: list[Case]) -> None:
    (case,) = (case for case in cases if case["id"] == "real-zero-glitch")
    accepted = accepted_series(readings_of(case))
    assert [at for at, _ in accepted] == [0, 32_837, 41_709]
    growth = video_growth(VideoReadings(1, None, accepted), Window(*case["window"]))
    assert growth is not None
    assert (growth.ledger.growth, growth.ledger.corrections, growth.ledger.gains) == (57, 3, 60)


def exact_ends(case: Case) -> tuple[Fraction, Fraction]:
    """The values at both ends of the window, before rounding."""
    window = Window(*case["window"])
    start, end = (
        exact_value(readings_of(case), at, window.max_gap, None)
        for at in (window.start, window.end)
    )
    assert start is not None
    assert end is not None
    return start, end
