"""Health in the text format of Prometheus."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from snapshot_core.view.account_health import AccountHealth
from snapshot_core.view.health import Health

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
STATUSES: Final = ("complete", "partial", "failed")
_ESCAPES: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def metrics_text(view: Health) -> str:
    """The health of a user's accounts and of the job. Instants are UTC seconds."""
    return "".join(_lines(view))


def _lines(view: Health) -> Iterator[str]:
    def each(value: Callable[[AccountHealth], int | None]) -> dict[str, int | None]:
        return {_labels(account=row.account.name): value(row) for row in view.accounts}

    yield from _gauge(
        "truegrowth_account_last_capture_timestamp_seconds",
        "When the latest complete snapshot was taken.",
        each(lambda account: account.history.last_complete),
    )
    yield from _gauge(
        "truegrowth_account_next_capture_timestamp_seconds",
        "When the next snapshot is due.",
        each(lambda account: account.next_capture),
    )
    yield from _gauge(
        "truegrowth_account_stale",
        "1 where the latest complete snapshot is older than it should be.",
        each(lambda account: int(account.stale)),
    )
    yield from _gauge(
        "truegrowth_account_failures",
        "Snapshots that failed since the last one that did not.",
        each(lambda account: account.account.failures),
    )
    captures = Counter((row.account, row.status) for row in view.captures)
    yield from _gauge(
        "truegrowth_account_captures",
        "Snapshots of the last 90 days by their status.",
        {
            _labels(account=row.account.name, status=status): captures[row.account.name, status]
            for row in view.accounts
            for status in STATUSES
        },
    )
    job = view.job
    yield from _gauge(
        "truegrowth_job_alive",
        "1 where the nightly job is running.",
        {"": int(job is not None and job.alive(view.now))},
    )
    yield from _gauge(
        "truegrowth_job_last_beat_timestamp_seconds",
        "When the nightly job was last heard of.",
        {"": job.beat_at if job else None},
    )
    yield from _gauge(
        "truegrowth_problems",
        "Things that are wrong; the health address says what to do.",
        {"": len(view.problems)},
    )


def _gauge(name: str, meaning: str, values: Mapping[str, int | None]) -> Iterator[str]:
    """The gauge with its ``values`` by labels; what is unknown is left out."""
    yield f"# HELP {name} {meaning}\n# TYPE {name} gauge\n"
    for labels, value in values.items():
        if value is not None:
            yield f"{name}{labels} {value}\n"


def _labels(**texts: str) -> str:
    labels = [f'{name}="{text.translate(_ESCAPES)}"' for name, text in texts.items()]
    return f"{{{','.join(labels)}}}"
