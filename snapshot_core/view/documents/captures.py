"""Snapshots that were tried: ``GET /captures``."""

from typing import Literal

from pydantic import Field

from snapshot_core.view.documents.fields import AccountName, Instant, document


@document
class Capture:
    """One snapshot that was tried."""

    account: AccountName
    captured_at: Instant
    ended_at: Instant
    trigger: str = Field(examples=["nightly"])
    scope: Literal["complete", "recent"]
    status: Literal["complete", "partial", "failed"]
    videos: int = Field(examples=[24])
    rejected: int = Field(description="The number of impossible counts left out.", examples=[0])
    message: str | None = Field(examples=[None])


@document
class Captures:
    """A page of snapshots, newest first."""

    timestamp: Instant
    captures: tuple[Capture, ...]
    next: str | None
