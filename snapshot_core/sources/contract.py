"""What a source gives: a listing of an account, as readings.

Every source can be read (`Source`). One that is found by a public address can also look it up
(`Addressed`), and one that asks its owner for consent has a login (`Consented`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from snapshot_core.growth.completeness import Scope
from snapshot_core.readings import ProfileReading, VideoReading
from snapshot_core.settings.loading import Settings

if TYPE_CHECKING:
    from snapshot_core.errors import SourceError
    from snapshot_core.sources.http_client import Wire


@dataclass(slots=True)
class Listing:
    """One walk through an account.

    ``videos`` is consumed once, outside any transaction, and may raise `SourceError` in the
    middle: what came before it is kept as a partial capture. ``walked_to_end`` is read when
    ``videos`` is exhausted; a source that stops short sets it to False and says why.
    """

    profile: ProfileReading
    videos: Iterator[VideoReading]
    walked_to_end: bool = True
    notices: list[str] = field(default_factory=list)
    external_id: str | None = None
    """The platform's own name for the account, where the walk found it out."""


@dataclass(frozen=True, slots=True)
class SourceContext:
    """What a source may use of the installation while it reads."""

    settings: Settings
    wire: "Wire"
    """The way to a platform: turns, time limits, repetitions."""
    token: Callable[[str | None], str]
    """The account's access token, valid now. Given one that the platform has rejected, another.
    Raises `SourceError`."""
    known: Callable[[], frozenset[str]]
    """Platform ids of the videos that the account had at its latest complete capture."""


@dataclass(frozen=True, slots=True)
class AccountRef:
    """What a source needs to know of the account it reads."""

    user_id: int
    account_id: int
    name: str
    external_id: str | None
    created_at: int
    handle: str | None = None
    context: SourceContext | None = None
    """None for a source that reaches out to nobody."""


class Source(Protocol):
    """A platform that can be read."""

    name: str
    label: str
    """As people call it."""
    rounded: bool
    """Whether its counters are rounded (see `growth.resolution`)."""
    counts: frozenset[str]
    """The metrics it can give, of ``views likes comments shares followers``."""
    scopes: frozenset[Scope]

    def read(self, account: AccountRef, scope: Scope, now: int) -> Listing:
        """List the account as it is at ``now``. Raises `SourceError`."""
        ...


@dataclass(frozen=True, slots=True)
class Identity:
    """An account as a platform knows it."""

    external_id: str
    """Its own name for it, which stays."""
    handle: str | None
    """What people find it by, which may change."""
    name: str
    """What to call it."""


@runtime_checkable
class Addressed(Protocol):
    """A source that is told a public handle or address."""

    address_label: str
    address_example: str

    def missing(self, settings: Settings) -> str | None:
        """What to set before it can be used; None where nothing is missing."""
        ...

    def look_up(self, address: str, context: SourceContext) -> Identity:
        """Who is there. Raises `InputError` for what is no address, `SourceError`."""
        ...


@dataclass(frozen=True, slots=True)
class Grant:
    """What a platform gives for a consent. Instants are UTC seconds."""

    access_token: str = field(repr=False)
    access_until: int
    refresh_token: str | None = field(repr=False)
    refresh_until: int | None
    scopes: frozenset[str]
    external_id: str


@runtime_checkable
class Consented(Protocol):
    """A source that reads with a token, which the account's owner consents to (OAuth 2)."""

    needed_scope: str
    """The one without which nothing can be read."""

    def missing(self, settings: Settings) -> str | None:
        """What to set before it can be used; None where nothing is missing."""
        ...

    def consent_url(self, settings: Settings, state: str, verifier: str) -> str:
        """Where to send the browser."""
        ...

    def refusal(self, error: str, kind: str | None = None) -> "SourceError":
        """What a consent that came back with an ``error`` (and its ``error_type``) means."""
        ...

    def exchange(
        self, settings: Settings, wire: "Wire", code: str, verifier: str, now: int
    ) -> Grant:
        """The tokens for a consent's code. Raises `SourceError`."""
        ...

    def renew(self, settings: Settings, wire: "Wire", refresh_token: str, now: int) -> Grant:
        """New tokens for old ones. Raises `SourceError`, permanent where they are dead."""
        ...

    def revoke(self, settings: Settings, wire: "Wire", access_token: str) -> None:
        """Tell the platform that the tokens are not needed any more. Raises `SourceError`."""
        ...

    def identity(self, settings: Settings, wire: "Wire", grant: Grant) -> Identity:
        """Whose tokens they are. Raises `SourceError`."""
        ...


Progress = Callable[[int, int | None], None]
"""Called with the number of videos read so far and the number expected, if known."""
