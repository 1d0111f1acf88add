"""What a source gives, and what the product needs to know of it. Unknown is None, never 0.

Every source can be read (`Source`). One that is found by a public address can also look it up
(`AddressSource`), and one that reads with its owner's consent has a login (`OAuthSource`).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from snapshot_core.cadences import ADAPTIVE, CADENCE_HOURS, NIGHTLY
from snapshot_core.growth.completeness import Scope
from snapshot_core.growth.rounding import Rounding
from snapshot_core.readings import NO_PROFILE, ProfileReading, VideoReading
from snapshot_core.sources.http_client import HttpClient


@dataclass(slots=True)
class Listing:
    """One walk through an account.

    ``videos`` is consumed once, outside any transaction, and may raise `SourceError` in the
    middle: what came before it is kept as a partial capture. ``walked_to_end`` is read when
    ``videos`` is exhausted; a source that stops short calls `cut_short`.
    """

    profile: ProfileReading
    videos: Iterator[VideoReading]
    walked_to_end: bool = True
    notices: list[str] = field(default_factory=list)
    external_id: str | None = None
    """The platform's own name for the account, where the walk found it out."""

    def cut_short(self, why: str | None = None) -> None:
        """Note that there is more than was listed; ``why`` is told once."""
        self.walked_to_end = False
        if why is not None and why not in self.notices:
            self.notices.append(why)


@dataclass(frozen=True, slots=True)
class SourceContext:
    """What a source may use of the installation while it reads."""

    settings: Any
    """The source's own: an instance of its `Source.settings`."""
    http: HttpClient
    """The way to a platform: rate limit, time limits, repetitions."""
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


@dataclass(frozen=True, slots=True)
class Identity:
    """An account as a platform knows it."""

    external_id: str
    """Its own name for it, which stays."""
    handle: str | None
    """What people find it by, which may change."""
    name: str
    """What to call it."""
    profile: ProfileReading = NO_PROFILE
    """Its own counters, as far as they were told along with it."""


@dataclass(frozen=True, slots=True)
class Address:
    """What somebody typed, as far as its form says which account of a platform it names."""

    text: str
    """As `AddressSource.look_up` takes it, and as people read it."""
    certain: bool
    """Whether it is of this platform alone, as a link is. A handle may be of several."""


@dataclass(frozen=True, slots=True)
class NoSettings:
    """The settings of a source that has none."""


@dataclass(frozen=True, slots=True)
class Guide:
    """A page that tells how to get what a source needs."""

    page: str
    """File in ``docs``."""
    title: str


@dataclass(frozen=True, slots=True)
class Calls:
    """What reading an account takes in calls, and how many the platform allows."""

    a_day: int
    """Allowed to all accounts of the installation together."""
    fixed: int
    """Of a capture of all videos, however many there are."""
    videos_per_page: int
    recent: int
    """Of a capture of the newest page."""
    per_page: int = 1

    def of(self, scope: Scope, videos: int) -> int:
        """Those of one capture of an account with so many ``videos``."""
        if scope == "recent":
            return self.recent
        return self.fixed + max(1, -(-videos // self.videos_per_page)) * self.per_page

    def videos_read(self, scope: Scope, videos: int) -> int:
        """How many of an account's ``videos`` one capture reads."""
        return min(videos, self.videos_per_page) if scope == "recent" else videos


class Source(ABC):
    """A platform that can be read. Texts are plain: whoever shows them escapes them."""

    name: str
    """As ``accounts.source`` holds it, so it never changes."""
    label: str
    """As people call it."""
    metrics: Mapping[str, Rounding]
    """What it gives, by names of `metrics.COUNTERS`, and how each is rounded."""
    scopes: frozenset[Scope]
    """How much of an account can be read at once; empty for one that is only imported."""
    calls: Calls | None = None
    """What that takes; None where it is read each night and not more often."""
    settings: type[Any] = NoSettings
    """The class of its own settings (see `settings.declaration`)."""
    about: str = ""
    """Where people add an account: what it gives and what it takes."""
    uncounted_remedy: str = "It will be tried again."
    """What may help where it lists videos without their counts."""
    guide: Guide | None = None

    @property
    def rounded(self) -> bool:
        """Whether the counters of its videos are those of TikTok's public profiles."""
        return Rounding.WEB in self.metrics.values()

    @property
    def cadences(self) -> tuple[str, ...]:
        """How often it may be read; the first is how often it is, where nobody says otherwise."""
        if self.calls is None:
            return (NIGHTLY,)
        adaptive = {"complete", "recent"} <= self.scopes
        return tuple(name for name in CADENCE_HOURS if adaptive or name != ADAPTIVE)

    def missing(self, settings: Any) -> str | None:
        """What to set before it can be used; None where nothing is missing."""
        return None

    def notice(self, settings: Any) -> str | None:
        """What to know before an account is added, as the installation is set; None for nothing."""
        return None

    def keep_days(self, settings: Any) -> int | None:
        """Days for which its readings may be kept; None for ever."""
        return None

    @abstractmethod
    def read(self, account: AccountRef, scope: Scope, now: int) -> Listing:
        """List the account as it is at ``now`` (UTC seconds). Raises `SourceError`."""


class AddressSource(Source):
    """A source that finds an account by a public handle or link."""

    platform: str
    """What people call the platform whose accounts these are."""

    @abstractmethod
    def recognise(self, text: str) -> Address | None:
        """Which account ``text`` names, by its form alone; None for what is of no form of ours.

        Raises `InputError` for a link to the platform that leads to no account.
        """

    @abstractmethod
    def look_up(self, address: str, context: SourceContext) -> Identity:
        """Who is there. Raises `InputError` for what is no address, `NoSuchProfile` where nobody
        is, `SourceError`.
        """


@dataclass(frozen=True, slots=True)
class Grant:
    """What a platform gives for a consent. Instants are UTC seconds."""

    access_token: str = field(repr=False)
    access_until: int
    refresh_token: str | None = field(repr=False)
    refresh_until: int | None
    scopes: frozenset[str]
    external_id: str


class OAuthSource(Source):
    """A source that reads with a token, which the account's owner consents to (OAuth 2).

    ``settings`` are its own: an instance of `Source.settings`, whose ``redirect_uri`` is where the
    platform sends the browser back to: the dashboard's ``/connect``. What is not documented
    otherwise raises `SourceError`, permanent where trying again cannot help.
    """

    choice: str
    """What it is called where people add an account."""
    consent: str
    """What the owner will be asked to allow."""
    permissions: Mapping[str, str]
    """What each OAuth scope allows, as in "The access allows to …"."""

    @abstractmethod
    def consent_url(self, settings: Any, state: str, verifier: str) -> str:
        """Where to send the browser. ``verifier``: 43 to 128 of ``A-Z a-z 0-9 - . _ ~``."""

    @abstractmethod
    def code_in(self, answer: Mapping[str, str]) -> str:
        """The code in what the browser came back with. Raises `InputError`, `SourceError`."""

    @abstractmethod
    def exchange(
        self, settings: Any, http: HttpClient, code: str, verifier: str, now: int
    ) -> Grant:
        """The tokens for a consent's code."""

    @abstractmethod
    def renew(self, settings: Any, http: HttpClient, refresh_token: str, now: int) -> Grant:
        """New tokens for old ones. A permanent error means that they are dead."""

    @abstractmethod
    def revoke(self, settings: Any, http: HttpClient, access_token: str) -> None:
        """Tell the platform that the tokens are not needed any more."""

    @abstractmethod
    def identity(self, settings: Any, http: HttpClient, grant: Grant) -> Identity:
        """Whose tokens they are."""


Progress = Callable[[int, int | None], None]
"""Called with the number of videos read so far and the number expected, if known."""
