"""What a source that reaches out to a platform is read with in tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory

import stamina

from snapshot_core.connections.platforms import Platforms
from snapshot_core.sources.contract import AccountRef, Source, SourceContext
from snapshot_core.sources.registry import load_settings
from snapshot_core.store.database import Store
from tests.support.staged import NOON, installed


@dataclass
class Waits:
    """A time in which waiting takes no time."""

    now: float = NOON
    waited: list[float] = field(default_factory=list)

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds


@contextmanager
def scratch() -> Iterator[tuple[Store, str]]:
    """A store with its tables, and its URL."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/truegrowth.db"
        store = installed(url)
        try:
            yield store, url
        finally:
            store.close()


def platforms(store: Store, database_url: str, **settings: str) -> Platforms:
    """The way out of an installation with these settings."""
    given = {"DATABASE_URL": database_url, "TRUEGROWTH_TIME_ZONE": "UTC", **settings}
    return Platforms(store, load_settings(given, None), Waits())


@contextmanager
def source_context(way: Platforms, source: Source) -> Iterator[SourceContext]:
    """What ``source`` is read with while no account is stored. Faults are tried again at once."""
    with way.context(source, None) as made, stamina.set_testing(True, attempts=2, cap=True):
        yield made


def ref(made: SourceContext, **more: object) -> AccountRef:
    """An account that is read with ``made``."""
    given = {"external_id": None, "created_at": NOON, **more}
    return AccountRef(1, 1, "creator", context=made, **given)  # type: ignore[arg-type]
