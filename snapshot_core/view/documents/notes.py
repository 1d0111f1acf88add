"""The user's own dated notes: ``GET /notes`` and ``notes --json``."""

from datetime import date
from typing import Annotated

from pydantic import Field

from snapshot_core.store.annotations import notes
from snapshot_core.view.documents.fields import AccountName, Instant, copied, document

Words = Annotated[
    str,
    Field(
        min_length=1,
        max_length=notes.MAX_NOTE_CHARACTERS,
        pattern=r"[^\s\x00-\x1f\x7f]",
        examples=["New camera"],
    ),
]


@document
class Note:
    """What happened on a day, in the user's own words."""

    id: int = Field(examples=[1])
    account: AccountName | None = Field(description="null: about all accounts.")
    day: date = Field(examples=["2026-11-20"])
    text: str = Field(examples=["New camera"])
    created_at: Instant

    @classmethod
    def of(cls, note: notes.Note) -> "Note":
        """A note as stored."""
        return copied(cls, note, id=note.note_id)


@document
class Notes:
    """Notes, oldest day first."""

    notes: tuple[Note, ...]


@document
class NewNote:
    """A note to be written."""

    day: date = Field(description="In the account's time zone.", examples=["2026-11-20"])
    text: Words
    account: AccountName | None = Field(
        default=None, description="Without it: about all accounts.", examples=[None]
    )
