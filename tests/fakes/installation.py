"""A store with an account that is connected to a fake TikTok, as a creator would have it."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from snapshot_core.capture.take import take
from snapshot_core.connections.encryption import cipher
from snapshot_core.connections.platforms import Platforms
from snapshot_core.connections.tokens import Tokens, sealed
from snapshot_core.settings.table import Settings
from snapshot_core.sources.contract import AccountRef, Grant, Listing
from snapshot_core.sources.tiktok.settings import TikTokSettings
from snapshot_core.sources.tiktok.source import TikTok
from snapshot_core.store import connections
from snapshot_core.store.accounts import Account, block
from snapshot_core.store.connections import StoredConnection
from snapshot_core.store.database import Store
from snapshot_core.store.record_capture import Recorded
from tests.fakes import tiktok_consent
from tests.fakes.tiktok import TikTok as Fake
from tests.support.staged import NOON, added, installed

VERIFIER = "v" * 43
CONNECT = "http://127.0.0.1:8501/connect"
"""Where a dashboard of the tests is sent back to."""
SOURCE = TikTok()


class Clock:
    """A clock of simulated seconds: who waits moves it on."""

    def __init__(self, now: float = NOON) -> None:
        self.now = float(now)

    def __call__(self) -> int:
        return int(self.now)

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def settings_for(fake: Fake, base: str, url: str = "sqlite:////nowhere") -> Settings:
    """An installation whose TikTok is the fake at ``base``."""
    return Settings(
        database_url=url,
        secret_key="a key of the tests, long enough for all",
        sections=(
            TikTokSettings(
                client_key=fake.client_key,
                client_secret=fake.client_secret,
                redirect_uri=CONNECT,
                api_base=base,
                auth_base=base,
            ),
        ),
    )


@dataclass
class Installation:
    """All that a test of a connected account has at hand."""

    fake: Fake
    settings: Settings
    store: Store
    account: Account
    clock: Clock

    @property
    def tiktok(self) -> TikTokSettings:
        return self.settings.section(TikTokSettings)

    @property
    def platforms(self) -> Platforms:
        return Platforms(self.store, self.settings, self.clock)

    def consent(self, untick: Collection[str] = ()) -> Grant:
        """Through the consent page and the token call."""
        url = SOURCE.consent_url(self.tiktok, "state", VERIFIER)
        back = tiktok_consent.answer(url, untick=untick)
        with self.platforms.http() as http:
            return SOURCE.exchange(self.tiktok, http, back["code"], VERIFIER, self.clock())

    def connect(self, untick: Collection[str] = ()) -> Grant:
        """Connect the account, or connect it again."""
        grant = self.consent(untick)
        stored = sealed(grant, cipher(self.settings), self.clock())

        def work(connection: Any) -> None:
            connections.connect(connection, self.account.key, stored)
            block(connection, self.account.key, False)

        self.store.transact(work)
        return grant

    def stored(self) -> StoredConnection:
        """What the account is connected with."""
        with self.store.read() as connection:
            connected = connections.connection_of(connection, self.account.key)
        assert connected is not None
        return connected

    def take(self, **options: Any) -> Recorded:
        """A capture, as the job takes it."""
        given: dict[str, Any] = {"trigger": "nightly", "platforms": self.platforms} | options
        return take(self.store, SOURCE, self.account, self.clock, **given)

    @contextmanager
    def reading(self, scope: Any = "complete", external_id: str | None = None) -> Iterator[Listing]:
        """What the source lists."""
        account = self.account
        with self.platforms.context(SOURCE, account.key) as context:
            reference = AccountRef(
                account.user_id,
                account.account_id,
                account.name,
                external_id,
                NOON,
                context=context,
            )
            yield SOURCE.read(reference, scope, self.clock())

    @contextmanager
    def tokens(self) -> Iterator[Tokens]:
        """The account's tokens, as a worker of its own has them."""
        with self.platforms.http() as http:
            yield Tokens(self.store, self.settings, http.rate_limit, SOURCE, self.account.key)


@contextmanager
def installation(
    url: str, fake: Fake, base: str, clock: Clock, *, connect: bool = True
) -> Iterator[Installation]:
    """A fresh store at ``url`` with an account of the fake's present person."""
    store = installed(url)
    made = Installation(
        fake, settings_for(fake, base, url), store, added(store, "mara", source="tiktok"), clock
    )
    try:
        if connect:
            made.connect()
        yield made
    finally:
        store.close()
