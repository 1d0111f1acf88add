"""Health in the text format of Prometheus."""

from collections.abc import Iterable, Iterator
from typing import Final

from snapshot_core.view.account_health import AccountHealth
from snapshot_core.view.health import Health

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[dict[str, str], int | None]
"""Labels and value; a value of None is unknown, and left out."""


def metrics_text(view: Health) -> str:
    """The health of a user's accounts and of the job. Instants are UTC seconds."""
    return "".join(_lines(view))


def _lines(view: Health) -> Iterator[str]:
    each = view.accounts
    yield from _gauge(
        "truegrowth_account_last_capture_timestamp_seconds",
        "When the latest complete snapshot was taken.",
        [(_of(one), one.history.last_complete) for one in each],
    )
    yield from _gauge(
        "truegrowth_account_next_capture_timestamp_seconds",
        "When the next snapshot is due.",
        [(_of(one), one.next_capture) for one in each],
    )
    yield from _gauge(
        "truegrowth_account_stale",
        "1 where the latest complete snapshot is older than it should be.",
        [(_of(one), int(one.stale)) for one in each],
    )
    yield from _gauge(
        "truegrowth_account_failures",
        "Snapshots that failed since the last one that did not.",
        [(_of(one), one.account.failures) for one in each],
    )
    statuses = ("complete", "partial", "failed")
    tried = [(row.account, row.status) for row in view.captures]
    yield from _gauge(
        "truegrowth_account_captures",
        "Snapshots of the last 90 days by what came of them.",
        [
            (_of(one) | {"status": status}, tried.count((one.account.name, status)))
            for one in each
            for status in statuses
        ],
    )
    job = view.job
    yield from _gauge(
        "truegrowth_job_alive",
        "1 where the nightly job beats.",
        [({}, int(job is not None and job.alive(view.now)))],
    )
    yield from _gauge(
        "truegrowth_job_last_beat_timestamp_seconds",
        "When the nightly job was last heard of.",
        [({}, job.beat_at if job else None)],
    )
    yield from _gauge(
        "truegrowth_problems",
        "Things that are wrong; the health address says what to do.",
        [({}, len(view.problems))],
    )


def _of(one: AccountHealth) -> dict[str, str]:
    return {"account": one.account.name}


def _gauge(name: str, meaning: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {meaning}\n# TYPE {name} gauge\n"
    for labels, value in samples:
        if value is not None:
            inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
            yield f"{name}{{{inside}}} {value}\n" if inside else f"{name} {value}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
