"""Importing a TikTok Studio export into an account, which the user names: the file does not."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from snapshot_core.formats.isolated import Progress
from snapshot_core.formats.tiktok_studio.export import parse
from snapshot_core.formats.tiktok_studio.plan import StudioPlan, planned
from snapshot_core.formats.tiktok_studio.tables import StudioFile
from snapshot_core.readings import VideoReading
from snapshot_core.store.accounts import Account, User
from snapshot_core.store.capture_batch import IMPORT_TRIGGER
from snapshot_core.store.captures import captures_of
from snapshot_core.store.database import Connection, Store
from snapshot_core.store.fold_write import bump_revision
from snapshot_core.store.reported_days import store_amounts
from snapshot_core.store.videos import AboutVideo, videos_of
from snapshot_core.transfer.import_account import (
    account_for_import,
    checked_name,
    find_account,
    merge_into,
    refuse_sample,
)
from snapshot_core.transfer.import_report import ImportReport
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
    """Import the export at ``path``, all of it in one transaction; again is safe.

    Raises `InputError` where the file is of no use, and `Busy` while the account is captured.
    ``progress`` is called first when the file is read.
    """
    target = replace(target, account=checked_name(target.account))
    with store.read() as connection:
        zone = destination(connection, user, target).zone
    # Read before the transaction: it keeps others from writing.
    parsed = parse(path, local_date(now, zone), name=target.name, exported=target.exported)
    if progress is not None:
        progress(0, parsed.rows_read)

    def work(connection: Connection) -> ImportReport:
        with account_for_import(connection, user, target.account, now) as (account, made):
            plan = _planned(connection, account, parsed, user, now, target)
            return _store(connection, account, plan, made)

    return store.transact(work)


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
    account: Account,
    parsed: StudioFile,
    user: User,
    now: int,
    target: Target,
) -> StudioPlan:
    into = destination(connection, user, target)
    plan = planned(parsed, account.name, into.zone, now, into.imported)
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


def _store(connection: Connection, account: Account, plan: StudioPlan, made: bool) -> ImportReport:
    report = ImportReport(plan.rows_read, plan.duplicates, plan.refused, plan.notices)
    report.include(merge_into(connection, account, plan.captures()), account.name, made=made)
    stored = store_amounts(connection, account.key, plan.amounts)
    if stored.amounts:
        bump_revision(connection, account.key)
    report.added += len(stored.changed)
    report.already_there += len(plan.amounts) - len(stored.changed)
    report.set_aside, report.reported_days = plan.set_aside, stored.amounts
    return report
