"""The user's own dated notes."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.auth import ApiSession, NoteWriter, Reader
from api.parameters import AccountName, End, OptionalStart
from api.responses import encode, not_stored
from snapshot_core.store.annotations import notes as stored
from snapshot_core.store.annotations.notes import add_note, notes_of, remove_note
from snapshot_core.store.database import Connection
from snapshot_core.view.documents.notes import NewNote, Note, Notes

router = APIRouter(tags=["notes"])

NoteNumber = Annotated[int, Path(ge=1, le=2**53, description="Its `id`.", examples=[1])]


@router.get("/notes", response_model=Notes)
async def notes(
    session: Reader, account: AccountName = None, start: OptionalStart = None, end: End = None
) -> Response:
    """Notes by day, oldest first: of an account those about it and about all; else all."""
    first, last = start or date.min, end or date.max

    def listed() -> Notes:
        named = session.account(account) if account is not None else None
        with session.store.read() as connection:
            rows = notes_of(connection, session.user.user_id, named, first, last)
        return Notes(notes=tuple(map(Note.of, rows)))

    return await session.answer_uncached(lambda: encode(listed()))


@router.post("/notes", response_model=Note, responses={404: {}})
async def add(session: NoteWriter, note: NewNote) -> Response:
    """Write a note about a day, and answer with it."""
    about = session.account(note.account) if note.account is not None else None
    what = session.user.user_id, about, note.day, note.text, session.now
    return await _change(session, lambda connection: add_note(connection, *what))


@router.delete("/notes/{note_id}", response_model=Note, responses={404: {}})
async def remove(session: NoteWriter, note_id: NoteNumber) -> Response:
    """Remove a note, and answer with what it was."""
    user = session.user.user_id
    return await _change(session, lambda connection: remove_note(connection, user, note_id))


async def _change(session: ApiSession, change: Callable[[Connection], stored.Note]) -> Response:
    context = session.context
    document = Note.of(await context.read(lambda: session.store.transact(change)))
    context.tokens.forget()  # whoever changed it sees it with the next call
    return not_stored(document)
