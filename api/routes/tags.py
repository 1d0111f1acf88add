"""The tags of one video: which it has, one more, one less."""

from fastapi import APIRouter
from starlette.responses import Response

from api.auth import ApiSession, Reader, Tagger
from api.parameters import AccountName, PlatformId, TagOfPath
from api.responses import not_stored
from snapshot_core.errors import InputError, NotFound
from snapshot_core.store.accounts import Account
from snapshot_core.store.annotations.video_tags import add_tag, remove_tag, tags_of_video
from snapshot_core.store.database import Connection
from snapshot_core.store.videos import find_videos
from snapshot_core.tags import tag_of
from snapshot_core.view.documents.tags import VideoTags

router = APIRouter(tags=["videos"])


@router.get("/videos/{platform_id:path}/tags", response_model=VideoTags, responses={404: {}})
async def video_tags(
    session: Reader, platform_id: PlatformId, account: AccountName = None
) -> Response:
    """The tags of a video."""
    return await session.answer(_video_tags, platform_id, account)


@router.put(
    "/videos/{platform_id:path}/tags/{tag:path}", response_model=VideoTags, responses={404: {}}
)
async def add(
    session: Tagger, platform_id: PlatformId, tag: TagOfPath, account: AccountName = None
) -> Response:
    """Give a tag to a video, and answer with all it has; twice changes nothing."""
    return await _change(session, platform_id, tag, account, wanted=True)


@router.delete(
    "/videos/{platform_id:path}/tags/{tag:path}", response_model=VideoTags, responses={404: {}}
)
async def remove(
    session: Tagger, platform_id: PlatformId, tag: TagOfPath, account: AccountName = None
) -> Response:
    """Take a tag from a video, and answer with those it keeps; twice changes nothing."""
    return await _change(session, platform_id, tag, account, wanted=False)


def find_owner(
    connection: Connection, session: ApiSession, platform_id: str, name: str | None
) -> tuple[Account, int]:
    """The account that has the video, and its id; if several have it, one must be named."""
    ids = find_videos(connection, session.user.user_id, platform_id)
    owners = [account for account in session.accounts_named(name) if account.account_id in ids]
    if not owners:
        raise NotFound(f"There is no video {platform_id!r}.")
    if len(owners) > 1:
        names = ", ".join(repr(account.name) for account in owners)
        raise InputError(
            f"Several accounts have this video: choose one with ?account= and one of {names}."
        )
    return owners[0], ids[owners[0].account_id]


def _video_tags(session: ApiSession, platform_id: str, name: str | None) -> VideoTags:
    with session.store.read() as connection:
        account, video_id = find_owner(connection, session, platform_id, name)
        return _document(connection, account, video_id, platform_id)


async def _change(
    session: ApiSession, platform_id: str, text: str, name: str | None, *, wanted: bool
) -> Response:
    tag = tag_of(text)

    def change(connection: Connection) -> VideoTags:
        account, video_id = find_owner(connection, session, platform_id, name)
        (add_tag if wanted else remove_tag)(connection, account.key, video_id, tag)
        return _document(connection, account, video_id, platform_id)

    context = session.context
    document = await context.read(lambda: session.store.transact(change))
    context.tokens.forget()  # whoever changed it sees it with the next call
    return not_stored(document)


def _document(
    connection: Connection, account: Account, video_id: int, platform_id: str
) -> VideoTags:
    tags = tags_of_video(connection, account.key, video_id)
    return VideoTags(account=account.name, video=platform_id, tags=tags)
