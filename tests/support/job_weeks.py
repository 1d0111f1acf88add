"""Weeks of a job with what people and platforms do meanwhile, to compare one job with another."""

from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any, Final

from sqlalchemy import insert, update

from jobs.stop import Stop
from jobs.tasks.nightly import Nightly
from snapshot_core.capture.take import take
from snapshot_core.errors import SourceError
from snapshot_core.sources.contract import Calls
from snapshot_core.sources.registry import load_settings
from snapshot_core.store.accounts import Account, set_cadence, set_paused, set_time_zone
from snapshot_core.store.database import Connection, Store
from snapshot_core.store.keys import key_columns, of
from snapshot_core.store.tables import accounts, videos
from snapshot_core.windows import DAY, HOUR
from tests.support.staged import NOON, Hands, Staged, account_row, added, captures_of

ZONES: Final = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca")
CADENCES: Final = ("adaptive", "hourly", "3h", "6h", "nightly")
BEGIN: Final = NOON - 29 * DAY
"""2026-10-24: a day before Berlin puts its clocks back, and a week before New York does."""


def job(store: Store, clock: Hands, source: Staged) -> Nightly:
    """A job of an installation in Berlin that reads ``source``."""
    zone = {"TRUEGROWTH_TIME_ZONE": "Europe/Berlin", "TRUEGROWTH_WORKERS": "1"}
    return Nightly(load_settings(zone, None), store, clock, lambda _name: source, Stop())


@dataclass
class Weeks:
    """An account of each cadence, and a job that looks at them every few minutes."""

    store: Store
    chance: Random
    calls: Calls
    clock: Hands = field(default_factory=lambda: Hands(BEGIN))

    def __post_init__(self) -> None:
        self.source = Staged(calls=self.calls)
        self.accounts = [
            added(self.store, cadence, zone=ZONES[number % len(ZONES)])
            for number, cadence in enumerate(CADENCES)
        ]
        for account in self.accounts:
            self._do(set_cadence, account, account.name)
        self.nightly = job(self.store, self.clock, self.source)

    def live(self, days: int, step: int) -> list[Any]:
        """The captures of each account after so many days, with a look each ``step`` seconds."""
        for self.clock.now in range(BEGIN, BEGIN + days * DAY, step):
            if self.chance.random() < step / 8 / HOUR:
                self._befall(self.chance.choice(self.accounts))
            self.nightly.run()
        return [captures_of(self.store, account.key) for account in self.accounts]

    def _befall(self, account: Account) -> None:
        match self.chance.randrange(7):
            case 0:
                self._do(set_cadence, account, self.chance.choice(CADENCES))
            case 1:
                self._do(set_paused, account, not account_row(self.store, account.key).paused)
            case 2:
                self._do(set_time_zone, account, self.chance.choice(ZONES))
            case 3:
                self.source.errors = {account.name: SourceError("Down.")}
            case 4:
                self.source.errors = {}
            case 5:
                take(self.store, Staged(), account, self.clock, trigger="manual")
            case _:
                published_at = self.clock.now - self.chance.randrange(-DAY, 2 * HOUR)
                self.store.transact(partial(add_video, account, published_at))

    def _do(self, work: Any, account: Account, value: Any) -> None:
        self.store.transact(lambda connection: work(connection, account.key, value))


def add_video(account: Account, published_at: int, connection: Connection) -> None:
    """A capture finds a video: one that was just published, or is announced."""
    row = key_columns(account.key) | {"video_id": published_at, "published_at": published_at}
    connection.execute(insert(videos).values(row).values(platform_id=f"new {published_at}"))
    raised = {"revision": accounts.c.revision + 1}
    connection.execute(update(accounts).where(of(accounts, account.key)).values(raised))
