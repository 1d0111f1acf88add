"""What every command works with."""

from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from snapshot_core.clock import Clock
from snapshot_core.errors import SET_UP, InputError, NotFound
from snapshot_core.session import Session, open_session
from snapshot_core.settings.table import Settings
from snapshot_core.store.database import Store
from snapshot_core.store.users import LOCAL_EMAIL


class Usage(InputError):
    """The command was called wrongly."""


@dataclass(frozen=True, slots=True)
class Context:
    """What every command works with."""

    store: Store
    settings: Settings
    clock: Clock

    def open(self, user: str = LOCAL_EMAIL) -> Session:
        """The session of the local user, who needs no login, or of another by e-mail or number."""
        try:
            return open_session(self.settings, self.store, self.clock, user)
        except NotFound as error:
            remedy = f"Run: {SET_UP}"
            if user != LOCAL_EMAIL:
                remedy = f"Leave out --user for the local one, {LOCAL_EMAIL}."
            raise NotFound(f"{error} {remedy}") from None


Command: TypeAlias = Callable[[Context, Namespace], bool]
