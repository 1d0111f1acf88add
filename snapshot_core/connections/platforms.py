"""The way out to platforms, and what a source is handed to read one account with."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from snapshot_core.connections.rate_limit import RateLimit
from snapshot_core.connections.tokens import Tokens
from snapshot_core.errors import SourceError
from snapshot_core.settings.table import Settings
from snapshot_core.sources.contract import OAuthSource, Source, SourceContext
from snapshot_core.sources.http_client import HttpClient, open_http
from snapshot_core.sources.rate import Time
from snapshot_core.store.database import Store
from snapshot_core.store.keys import Key
from snapshot_core.store.videos import listed_platform_ids


@dataclass(frozen=True, slots=True)
class Platforms:
    """The installation's way to platforms."""

    store: Store
    settings: Settings
    clock: Time = time

    def http(self, *, hurried: bool = False) -> AbstractContextManager[HttpClient]:
        """A way out without any account. ``hurried``: see `HttpClient`."""
        return open_http(RateLimit(self.store, self.clock), hurried=hurried)

    @contextmanager
    def context(
        self, source: Source, key: Key | None, *, hurried: bool = False
    ) -> Iterator[SourceContext]:
        """What ``source`` reads the account with; ``key`` None where there is no account yet."""
        with self.http(hurried=hurried) as http:

            def token(rejected: str | None) -> str:
                if key is None or not isinstance(source, OAuthSource):
                    raise SourceError(f"{source.label} needs no token here.", permanent=True)
                tokens = Tokens(self.store, self.settings, http.rate_limit, source, key)
                return tokens.token(rejected)

            def known() -> frozenset[str]:
                if key is None:
                    return frozenset()
                return self.store.query(lambda connection: listed_platform_ids(connection, key))

            own = self.settings.section(source.settings)
            yield SourceContext(own, http, token, known)
