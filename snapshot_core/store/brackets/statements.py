"""The statements that read what brackets are made of, in packed columns."""

from functools import cache
from typing import Any, Final

from sqlalchemy import (
    Select,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from snapshot_core.growth.listing import UNKNOWN_COUNT
from snapshot_core.growth.value import LATER, NEVER
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.dialects import among, packed
from snapshot_core.store.fold.publication import PUBLICATION
from snapshot_core.store.keys import looks, mine, my_readings, not_ahead, theirs
from snapshot_core.store.rhythms.held import PACKED_RHYTHMS, PACKED_RHYTHMS_OF_SEVERAL
from snapshot_core.store.tables import (
    COUNTS,
    VIDEOS_PER_ACCOUNT,
    capture_totals,
    captures,
    corrections,
    counted_metrics,
    listing_runs,
    quarantine,
    rhythms,
    videos,
)
from snapshot_core.store.tables import video_snapshots as readings


def _wanted(table: Any) -> Any:
    return table.c.video_id.between(bindparam("first_id"), bindparam("last_id"))


def _within(column: Any) -> Any:
    return column.between(bindparam("since"), bindparam("until"))


def _fixed(value: int | str) -> Any:
    """A value that is always the same, written into the text: every parameter costs time."""
    return literal_column(repr(value))


def _metric_number(table: Any) -> Any:
    numbers = [(table.c.metric == _fixed(m), _fixed(n)) for n, m in enumerate(VIDEO_METRICS)]
    return case(*numbers, else_=_fixed(UNKNOWN_COUNT))


def _counters(table: Any) -> list[Any]:
    named = table.c.captured_at, table.c.video_id, _metric_number(table)
    return [packed(column) for column in named]


def _has_totals(metric: str, whose: Any) -> Any:
    """Whether a complete capture in the time looked at counts ``metric`` at all."""
    counted = select(_fixed("1")).where(
        whose,
        capture_totals.c.metric == _fixed(metric),
        _within(capture_totals.c.captured_at),
    )
    return counted.limit(_fixed(1)).correlate(captures).scalar_subquery()


def _surroundings(*, several: bool) -> Any:
    """What is known beside readings, in one statement: a row each for videos, runs, captures,
    doubts, falls, metrics and rhythms. Each statement has a cost of its own, and on a server a way.

    ``several``: of some accounts of one user, whose numbers are the last column but one.
    """
    whose = theirs if several else mine

    def wanted(table: Any) -> Any:
        return whose(table) if several else and_(whose(table), _wanted(table))

    of_captures = mine(capture_totals)
    if several:
        # By the bound user: a group is of an account.
        of_captures = and_(
            capture_totals.c.user_id == bindparam("user"),
            capture_totals.c.account_id == captures.c.account_id,
        )
    young = select(videos.c.video_id).where(
        whose(videos), videos.c.published_at > bindparam("since")
    )
    parts = (
        select(packed(videos.c.video_id), packed(PUBLICATION, NEVER)).where(wanted(videos)),
        # Runs of captures that saw a video and that began or ended in the time looked at; of the
        # videos published in it all: one may have been listed before, for clocks differ.
        select(
            packed(listing_runs.c.video_id),
            packed(listing_runs.c.since),
            packed(listing_runs.c.until, LATER),
        ).where(
            wanted(listing_runs),
            or_(
                listing_runs.c.since > bindparam("since"),
                listing_runs.c.until > bindparam("since"),
                listing_runs.c.video_id.in_(young),
            ),
        ),
        select(
            packed(captures.c.captured_at),
            packed(looks(captures)),
            *(_has_totals(metric, of_captures) for metric in VIDEO_METRICS),
        ).where(
            whose(captures),
            not_ahead(captures),
            _within(captures.c.captured_at),
            captures.c.status != _fixed("failed"),
        ),
        select(*_counters(quarantine)).where(
            wanted(quarantine),
            _within(quarantine.c.captured_at),
            or_(*(quarantine.c.verdict == _fixed(verdict) for verdict in ("held", "rejected"))),
        ),
        select(*_counters(corrections), packed(corrections.c.amount)).where(
            wanted(corrections),
            corrections.c.captured_at.between(bindparam("start"), bindparam("end")),
        ),
        select(packed(_metric_number(counted_metrics))).where(whose(counted_metrics)),
        PACKED_RHYTHMS_OF_SEVERAL if several else PACKED_RHYTHMS,
    )
    width = max(len(part.selected_columns) for part in parts)
    fill = [[null()] * (width - len(part.selected_columns)) for part in parts]
    numbered = []
    tables = videos, listing_runs, captures, quarantine, corrections, counted_metrics, rhythms
    for number, (part, more, table) in enumerate(zip(parts, fill, tables, strict=True)):
        account = [table.c.account_id] if several else []
        numbered.append(part.add_columns(*more, *account, _fixed(number)).group_by(*account))
    return union_all(*numbered)


SURROUNDINGS: Final = _surroundings(several=False)
SURROUNDINGS_OF_SEVERAL: Final = _surroundings(several=True)
PARTS: Final = 7
"""The rows of an account in them."""
_AT: Final = and_(my_readings(), among(readings.c.captured_at, "at"))


@cache
def readings_of(metrics: tuple[int, ...], *, own: bool) -> Select[Any]:
    """The counts of ``metrics`` in some captures, of all videos or of some: a text for each choice
    of metrics.
    """
    counts = (packed(COUNTS[metric], UNKNOWN_COUNT) for metric in metrics)
    columns = readings.c.captured_at, func.count(), packed(readings.c.video_id), *counts
    whose = (among(readings.c.video_id, "ids"),) if own else ()
    return select(*columns).where(_AT, *whose).group_by(readings.c.captured_at)


@cache
def readings_of_several(metrics: tuple[int, ...]) -> Select[Any]:
    """The counts of ``metrics`` in the captures of all accounts of a user at some instants, by
    instant and account.
    """
    counts = (packed(COUNTS[metric], UNKNOWN_COUNT) for metric in metrics)
    account = readings.c.video_id.op("/")(_fixed(VIDEOS_PER_ACCOUNT))
    columns = readings.c.captured_at, func.count(), packed(readings.c.video_id), *counts, account
    at = readings.c.user_id == bindparam("user"), among(readings.c.captured_at, "at")
    return select(*columns).where(*at).group_by(readings.c.captured_at, account)


@cache
def any_counted(metrics: tuple[int, ...]) -> Select[Any]:
    """Whether any of some captures counts one of ``metrics``: a text for each choice of them."""
    counted = (COUNTS[metric].is_not(None) for metric in metrics)
    return select(_fixed(1)).where(_AT, or_(*counted)).limit(_fixed(1))
