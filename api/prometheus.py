"""Health in the text format of Prometheus."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from snapshot_core.view.account_health import AccountHealth
from snapshot_core.view.health import Health

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
STATUSES: Final = ("complete", "partial", "failed")


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a gauge; None is unknown, and left out."""

    value: int | None
    account: str | None = None
    status: str | None = None

    @property
    def labels(self) -> str:
        """The labels in braces; empty without any."""
        named = (("account", self.account), ("status", self.status))
        inside = ",".join(f'{name}="{_escaped(text)}"' for name, text in named if text is not None)
        return f"{{{inside}}}" if inside else ""


def metrics_text(view: Health) -> str:
    """The health of a user's accounts and of the job. Instants are UTC seconds."""
    return "".join(_lines(view))


def _lines(view: Health) -> Iterator[str]:
    def each(value: Callable[[AccountHealth], int | None]) -> list[Sample]:
        return [Sample(value(account), account.account.name) for account in view.accounts]

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
        [
            Sample(captures[account.account.name, status], account.account.name, status)
            for account in view.accounts
            for status in STATUSES
        ],
    )
    job = view.job
    yield from _gauge(
        "truegrowth_job_alive",
        "1 where the nightly job is running.",
        [Sample(int(job is not None and job.alive(view.now)))],
    )
    yield from _gauge(
        "truegrowth_job_last_beat_timestamp_seconds",
        "When the nightly job was last heard of.",
        [Sample(job.beat_at if job else None)],
    )
    yield from _gauge(
        "truegrowth_problems",
        "Things that are wrong; the health address says what to do.",
        [Sample(len(view.problems))],
    )


def _gauge(name: str, meaning: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {meaning}\n# TYPE {name} gauge\n"
    for sample in samples:
        if sample.value is not None:
            yield f"{name}{sample.labels} {sample.value}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
