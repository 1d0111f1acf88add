"""What is wrong and what to do about it, in words a creator can act on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from zoneinfo import ZoneInfo

from snapshot_core.capture.schedule import Schedule
from snapshot_core.clock import NEVER_SET, SET_IT, is_set
from snapshot_core.plural import plural
from snapshot_core.store.captures import Doubt
from snapshot_core.store.due_accounts import DueAccount
from snapshot_core.store.fold.missing_videos import MissingVideos
from snapshot_core.store.heartbeats import DEAD_AFTER_SECONDS, Heartbeat
from snapshot_core.view.account_health import LATE_SECONDS, AccountHealth
from snapshot_core.view.wording.numbers import duration, exact, moment

Mend = Literal["snapshot", "import", "job", "connect", "ahead", "missing"]
"""What mends it: a snapshot taken now, newer readings brought in, the job started, the account
connected again, snapshots that were dated ahead kept or dropped, videos said to be gone."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong, and what to do about it."""

    what: str
    remedy: str
    account: str | None = None
    mend: Mend | None = None


KEEP_OR_DROP: Final = (
    "The clock was wrong: such snapshots count for nothing. Drop them if it was ahead when they "
    "were taken; keep them if it was behind since. In the shell: python -m snapshot_core ahead list"
)
ARE_THEY_GONE: Final = (
    "Until that is settled, the numbers are those of the snapshot before. If the others are gone, "
    "say so; if not, nothing needs to be done. In the shell: python -m snapshot_core missing list"
)

DROP_WRONG_IDS: Final = (
    "A file brought sums, or what a spreadsheet has left of ids, as videos, so their counts are in "
    "the totals. In the shell: python -m snapshot_core videos check"
)
MAX_IDS_NAMED: Final = 3


def clock_problem(now: int) -> Problem | None:
    """That the machine's clock was never set, where that is so: nothing can be taken."""
    return None if is_set(now) else Problem(NEVER_SET, SET_IT)


def job_problem(
    job: Heartbeat | None,
    accounts: Sequence[DueAccount],
    last_nightly: int | None,
    schedule: Schedule,
    now: int,
) -> Problem | None:
    """Whether nobody takes the nightly captures of ``accounts``, and what to do.

    Without a beat the captures tell: cron takes them too. ``last_nightly`` is when the last of
    them was tried.
    """
    if not is_set(now):
        return None  # nobody can tell when it was
    if job is not None:
        if job.alive(now):
            return None
        if last_nightly is None or last_nightly <= job.beat_at + DEAD_AFTER_SECONDS:
            return Problem(
                f"The nightly job was last seen {duration(now - job.beat_at)} ago.",
                "Start it again with: make run (or python -m jobs).",
                mend="job",
            )
        # Somebody else has taken them since.
    waiting = [account for account in accounts if schedule.next_due(account, now) is not None]
    late = any(schedule.overdue(account, now) > LATE_SECONDS for account in waiting)
    if waiting and (last_nightly is None or late):
        return Problem(
            "The nightly job is not running.",
            "Start it beside the dashboard with: make run (or python -m jobs).",
            mend="job",
        )
    return None


def account_problems(health: AccountHealth, now: int) -> Iterator[Problem]:
    """What keeps an account's numbers from being fresh."""
    account = health.account
    if health.ahead:
        yield Problem(_dated_ahead(health, now), KEEP_OR_DROP, account.name, "ahead")
    if health.wrong_ids:
        yield Problem(_wrong_ids(health), DROP_WRONG_IDS, account.name)
    mend: Mend = "snapshot" if health.can_be_taken else "import"
    if health.missing is not None:
        yield Problem(
            _missing(health.missing, health.zone, now), ARE_THEY_GONE, account.name, "missing"
        )
    elif health.partial_message is not None and account.last_error is None:
        yield Problem(
            f"{account.name}: {health.partial_message}",
            "The numbers are those of the snapshot before."
            + (" It is tried again by itself." if health.next_capture is not None else ""),
            account.name,
            mend,
        )
    if health.access.state in ("stopped", "unconnected") and health.access.consented:
        why = account.last_error or "It is not connected."
        yield Problem(
            f"{account.name}: {why}", "Connect it again under Accounts.", account.name, "connect"
        )
        return
    if health.access.state == "ending" and health.access.ends_at is not None:
        ends = moment(health.access.ends_at, health.zone, now)
        yield Problem(
            f"{account.name}: its access ends on {ends}.",
            "Connect it again under Accounts before that.",
            account.name,
            "connect",
        )
    if account.last_error:
        remedy = (
            "It is tried again by itself."
            if health.next_capture is not None
            else "Mend the cause, then take a snapshot to start again."
        )
        yield Problem(f"{account.name}: {account.last_error}", remedy, account.name, mend)
    if health.history.last_complete is None:
        yield Problem(
            f"{account.name} has no complete snapshot yet.",
            "Take one now." if health.can_be_taken else "Import a readings file.",
            account.name,
            mend,
        )
    elif health.stale:
        last = moment(health.history.last_complete, health.zone, now)
        yield Problem(
            f"{account.name}: the last complete snapshot is of {last}.",
            "Take one now, and see that the nightly job runs."
            if health.can_be_taken
            else "Import newer readings; the numbers are those of that day.",
            account.name,
            mend,
        )


def _missing(missing: MissingVideos, zone: ZoneInfo, now: int) -> str:
    """How many videos a listing misses, and what becomes of it without anybody's word."""
    at, last = moment(missing.captured_at, zone, now), missing.last_complete
    listed = f"lists {exact(last - missing.missing)} of {exact(last)} videos"
    what = f"{missing.account.name}: the snapshot of {at} {listed}"
    if missing.believed_if_repeated:
        return f"{what}. It is believed once the next one misses the same."
    return f"{what}, too few to be believed."


def _wrong_ids(health: AccountHealth) -> str:
    """Which ids are no video's."""
    ids = health.wrong_ids
    named = ", ".join(ids[:MAX_IDS_NAMED])
    if (more := len(ids) - MAX_IDS_NAMED) > 0:
        named += f" and {exact(more)} more"
    return f"{health.account.name}: {plural(len(ids), 'id is', 'ids are')} no video's: {named}."


def _dated_ahead(health: AccountHealth, now: int) -> str:
    """Which snapshots were dated ahead."""
    dates = [moment(capture.captured_at, health.zone, now) for capture in health.ahead]
    if len(dates) == 1:
        which = f"the snapshot of {dates[0]} was"
    else:
        which = f"{exact(len(dates))} snapshots, from {dates[0]} to {dates[-1]}, were"
    return f"{health.account.name}: {which} dated ahead of the clock."


def doubt_problems(doubts: Sequence[Doubt]) -> Iterator[Problem]:
    """Readings that wait for the next capture to confirm them; of a video gone, none comes."""
    held = sum(doubt.verdict == "held" for doubt in doubts)
    if held:
        yield Problem(
            f"{exact(held)} {'reading' if held == 1 else 'readings'} fell steeply.",
            "Nothing to do: the next snapshot confirms or rejects them.",
        )
