"""Importing a TikTok Studio export into an account, which the user names: the file does not."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from snapshot_core.errors import Busy, NotFound, StoreError
from snapshot_core.formats.isolated import Progress
from snapshot_core.formats.tiktok_studio.export import parse
from snapshot_core.formats.tiktok_studio.plan import StudioPlan, planned
from snapshot_core.formats.tiktok_studio.tables import StudioFile
from snapshot_core.readings import VideoReading
from snapshot_core.store.capture_batch import IMPORT_TRIGGER
from snapshot_core.store.captures import captures_of
from snapshot_core.store.database import Connection, Store
from snapshot_core.store.fold.write import bump_revision
from snapshot_core.store.keys import Key
from snapshot_core.store.reported_days import Amounts, StoredAmounts, store_amounts
from snapshot_core.store.users import User
from snapshot_core.store.videos import AboutVideo, videos_of
from snapshot_core.transfer.import_account import checked_name, find_account, refuse_sample
from snapshot_core.transfer.import_merge import lines_of
from snapshot_core.transfer.import_report import ImportReport, Unfinished
from snapshot_core.transfer.import_steps import AccountImport
from snapshot_core.windows import local_date
from snapshot_core.zones import first_zone


@dataclass(frozen=True, slots=True)
class Target:
    """Where an export goes, and what helps to read it."""

    account: str
    """An account's name; a new one makes a new account."""
    zone: ZoneInfo
    """Of its days, where neither the account nor the user has one of their own."""
    exported: date | None = None
    """The day of the export, where the user knows better than the file."""
    name: str | None = None
    """What the user calls the file, where ``path`` is a copy of it."""


@dataclass(frozen=True, slots=True)
class Destination:
    """What is known of the account that an export goes into."""

    zone: ZoneInfo
    imported: list[int]
    """Instants of the partial listings that earlier exports gave, oldest first."""


def import_studio(
    store: Store,
    path: Path,
    user: User,
    now: int,
    target: Target,
    progress: Progress | None = None,
) -> ImportReport:
    """Import the export at ``path``, in steps; again is safe, and completes it.

    Raises `InputError` where the file is of no use, and `Busy` while the account is captured.
    ``progress`` is called first when the file is read.
    """
    name = checked_name(target.account)
    target = replace(target, account=name)
    with store.read() as connection:
        zone = destination(connection, user, target).zone
    parsed = parse(path, local_date(now, zone), name=target.name, exported=target.exported)
    with store.read() as connection:
        plan = _planned(connection, parsed, user, now, target)
    captures = plan.captures()
    report = ImportReport(plan.rows_read, plan.duplicates, plan.refused, plan.notices)
    total = sum(len(lines_of(capture)) for capture in captures) + len(plan.amounts)
    done = 0

    def on_step(rows: int) -> None:
        nonlocal done
        done += rows
        if progress is not None:
            progress(done, total)

    on_step(0)
    run = AccountImport(store, user, name, now)
    try:
        run.run(captures, on_step)
        if plan.amounts:
            stored = run.transact(lambda connection, key: _store(connection, key, plan.amounts))
            report.added += len(stored.changed)
            report.already_there += len(plan.amounts) - len(stored.changed)
            report.reported_days = stored.amounts
            on_step(len(plan.amounts))
    except (Busy, NotFound, StoreError) as error:
        if not done:
            raise
        report.unfinished.append(Unfinished(name, total - done, str(error)))
    finally:
        run.release()
    report.include(run.merged, name, made=run.made)
    report.set_aside = plan.set_aside
    return report


def _store(connection: Connection, key: Key, amounts: Amounts) -> StoredAmounts:
    stored = store_amounts(connection, key, amounts)
    if stored.amounts:
        bump_revision(connection, key)
    return stored


def destination(connection: Connection, user: User, target: Target) -> Destination:
    """Where an export goes. Raises `InputError` for the sample, and for what is no name."""
    account = find_account(connection, user, checked_name(target.account))
    if account is None:
        return Destination(first_zone((user.time_zone,), target.zone), [])
    refuse_sample(account)
    instants = [
        capture.captured_at
        for capture in captures_of(connection, account.key)
        if capture.trigger == IMPORT_TRIGGER
        and capture.walked_to_end is False
        and capture.video_count
    ]
    return Destination(first_zone((account.time_zone, user.time_zone), target.zone), instants)


def _planned(
    connection: Connection,
    parsed: StudioFile,
    user: User,
    now: int,
    target: Target,
) -> StudioPlan:
    into = destination(connection, user, target)
    plan = planned(parsed, target.account, into.zone, now, into.imported)
    account = find_account(connection, user, target.account)
    if account is None:
        return plan
    known = {video.platform_id: video for video in videos_of(connection, account.key)}
    for capture in plan.contents:
        capture.readings = [
            (line, _without_known(video, known.get(video.platform_id)))
            for line, video in capture.readings
        ]
    return plan


def _without_known(video: VideoReading, known: AboutVideo | None) -> VideoReading:
    """The reading without what is known of the video: a platform knows it better."""
    if known is None:
        return video
    return replace(
        video,
        title=video.title if known.title is None else None,
        share_url=video.share_url if known.share_url is None else None,
        published_at=video.published_at if known.published_at is None else None,
    )
