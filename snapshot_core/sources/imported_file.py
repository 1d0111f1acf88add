"""The source of an account made by an import: nothing can be captured from it."""

from snapshot_core.errors import SourceError
from snapshot_core.growth.completeness import Scope
from snapshot_core.metrics import COUNTERS
from snapshot_core.sources.contract import AccountRef, Listing


class ImportedFile:
    """Readings that came in with files."""

    name: str = "csv"
    label: str = "Imported file"
    rounded: bool = False
    counts: frozenset[str] = frozenset(COUNTERS)
    scopes: frozenset[Scope] = frozenset()

    def read(self, account: AccountRef, scope: Scope, now: int) -> Listing:
        """Raise `SourceError`: new readings come with a newer file."""
        raise SourceError(
            f"{account.name} comes from an imported file: import a newer file to update it",
            permanent=True,
        )
