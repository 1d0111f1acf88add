"""The engagement rate: interactions per view, of those counters that a source gives."""

from decimal import Decimal

from snapshot_core.growth.engagement import engagement, engagement_of
from snapshot_core.metrics import VIDEO_METRICS


def totals(*counts: int | None) -> dict[str, int | None]:
    return dict(zip(VIDEO_METRICS, counts, strict=True))


def test_all_interactions_count() -> None:
    assert engagement(totals(926_256, 101_842, 2_140, 9_870, 5_630)) == Decimal("12.90")


def test_what_a_source_does_not_give_is_left_out() -> None:
    assert engagement(totals(1_000, 50, None, None, None)) == Decimal("5.00")
    assert engagement(totals(1_000, None, None, None, None)) is None


def test_there_is_none_without_views() -> None:
    assert engagement(totals(0, 5, 0, 0, 0)) is None
    assert engagement(totals(None, 5, 0, 0, 0)) is None


def test_none_who_did_anything_is_a_rate() -> None:
    assert engagement(totals(10, 0, 0, 0, 0)) == Decimal("0.00")


def test_counts_of_53_bits_are_exact() -> None:
    views = 2**53 - 1
    assert engagement(totals(views, views, views, views, views)) == Decimal("400.00")


def test_several_videos_are_weighted_by_their_views() -> None:
    shown = [totals(1_000, 10, None, None, None), totals(9_000, 900, None, None, None)]
    unknown = totals(5_000, None, None, None, None)
    assert engagement_of([*shown, unknown]) == Decimal("9.10")
    assert engagement_of([]) is None
