"""The source of an account that was made by importing a file: nothing can be captured from it."""

from typing import Final

from snapshot_core.errors import SourceError
from snapshot_core.growth.completeness import Scope
from snapshot_core.growth.rounding import Rounding
from snapshot_core.metrics import COUNTERS
from snapshot_core.sources.contract import AccountRef, Listing, Source


class ImportedFile(Source):
    """A file of readings, whose accounts are updated by importing a newer one."""

    name = "csv"
    label = "Imported file"
    metrics = dict.fromkeys(COUNTERS, Rounding.EXACT)
    scopes: frozenset[Scope] = frozenset()

    def read(self, account: AccountRef, scope: Scope, now: int) -> Listing:
        """Raise `SourceError`: new readings come with a newer file."""
        raise SourceError(
            f"{account.name} comes from an imported file: import a newer file to update it",
            permanent=True,
        )


SOURCE: Final = ImportedFile()
