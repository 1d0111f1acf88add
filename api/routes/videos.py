"""The videos in a period, and every reading of one of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from api import models
from api.auth import ApiSession, Reader
from api.context import Context, context_of
from api.models import AccountName, Metric, PeriodInQuery
from api.paging import Cursor, Limit, Rank, page
from snapshot_core.cli.documents import history_document
from snapshot_core.errors import InputError, NotFound
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.accounts import Account
from snapshot_core.store.readings import Reading
from snapshot_core.store.videos import find_videos
from snapshot_core.view.videos import VideoRow, VideoTable, video_story, video_table
from snapshot_core.view.wording.growth import reason_sentence
from snapshot_core.windows import PERIODS, iso
from snapshot_core.windows import period as period_called

router = APIRouter(tags=["videos"])

PlatformId = Annotated[
    str,
    Path(
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="The platform's id of the video.",
        examples=["7554971395553052634"],
    ),
]
Sort = Annotated[Metric, Query(description="The counter whose growth decides the order.")]


@router.get("/videos", response_model=models.Videos, responses={410: {}})
async def videos(
    request: Request,
    session: Reader,
    period: PeriodInQuery = "7",
    account: AccountName = None,
    sort: Sort = "views",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Those with a count at the end of the period or removed in it, most growth first.

    All pages are of one moment: where a snapshot has changed the list since the first of them, the
    answer is 410, and one begins again without a cursor.
    """
    context = context_of(request)
    key = (*session.cache_key, "videos", period, account, sort, limit, cursor)

    def document() -> dict[str, Any]:
        return _document(context, session, period, account, sort, limit, cursor)

    return await context.answer(request, key, document)


def _document(
    context: Context,
    session: ApiSession,
    name: str,
    account: str | None,
    sort: str,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    one = session.asked(account)
    zone, length = session.zone(one), period_called(name)

    def compute() -> VideoTable:
        with context.store.read() as connection:
            return video_table(connection, session.together(session.asked(account)), length, zone)

    table = context.tables.make((*session.cache_key, length, account), compute)
    rank = _rank(sort)
    rows = sorted(table.rows, key=rank)
    of = ("videos", session.user.user_id, length.days, one and one.account_id, sort)
    # All pages are of one moment: of the same windows, in the same order.
    state = *table.windows.items(), *map(rank, rows)
    shown, following = page(rows, rank, limit, cursor, of, state)
    reason = table.reason
    return {
        "period": length.days,
        "account": one.name if one else None,
        "timestamp": iso(session.now),
        "sort": sort,
        "total": len(rows),
        "reason": reason.code if reason else None,
        "message": reason and reason_sentence(reason, length, zone, session.now),
        "videos": [_video(row) for row in shown],
        "next": following,
    }


def _rank(metric: str) -> Callable[[VideoRow], Rank]:
    """Most growth first, then most of the counter; unknown growth last."""

    def rank(row: VideoRow) -> Rank:
        growth, current = row.growth[metric], row.current[metric] or 0
        return (growth is None), -(growth or 0), -current, row.video_id

    return rank


def _video(row: VideoRow) -> dict[str, Any]:
    percentages = {metric: row.percentage(metric) for metric in VIDEO_METRICS}
    return {
        "account": row.account,
        "video": row.platform_id,
        "title": row.title,
        "cover_url": row.cover_url,
        "share_url": row.share_url,
        "published_at": None if row.published_at is None else iso(row.published_at),
        "line": row.line,
        "current": dict(row.current),
        "growth": dict(row.growth),
        "percentage": {
            metric: None if value is None else float(value) for metric, value in percentages.items()
        },
    }


# An id may have a slash in it.
@router.get(
    "/videos/{platform_id:path}/history", response_model=models.History, responses={404: {}}
)
async def history(
    request: Request,
    session: Reader,
    platform_id: PlatformId,
    account: AccountName = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Every reading of a video as the platform gave it, newest first."""
    context = context_of(request)
    key = (*session.cache_key, "history", platform_id, account, limit, cursor)

    def document() -> dict[str, Any]:
        return _history_document(context, session, platform_id, account, limit, cursor)

    return await context.answer(request, key, document)


def _history_document(
    context: Context,
    session: ApiSession,
    platform_id: str,
    account: str | None,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    with context.store.read() as connection:
        by_account = find_videos(connection, session.user.user_id, platform_id)
        having = [one for one in session.chosen(account) if one.account_id in by_account]
        one = _only(having, platform_id)
        zone = session.zone(one)
        story = video_story(connection, one, by_account[one.account_id], PERIODS[0], zone)
    newest_first = sorted(story.readings, key=_newest)
    of = ("history", session.user.user_id, story.video_id)
    shown, following = page(newest_first, _newest, limit, cursor, of)
    return history_document(replace(story, readings=shown[::-1])) | {"next": following}


def _only(having: list[Account], platform_id: str) -> Account:
    """The one account that has the video; of several one must be named."""
    if not having:
        raise NotFound(f"There is no video {platform_id!r}.")
    if len(having) > 1:
        names = ", ".join(repr(one.name) for one in having)
        raise InputError(f"Several accounts have this video: say which with ?account= of {names}.")
    return having[0]


def _newest(reading: Reading) -> Rank:
    return -reading.captured_at, 0, 0, 0
