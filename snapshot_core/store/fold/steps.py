"""Keeping an account folded while its history comes in piece by piece, oldest first.

Each piece is folded in the transaction that stores it, so what is folded is true of what is
stored after every one of them. No capture is folded twice but those just after a piece: they are
folded with it and without it until both come to the same state, from where on nothing changes.
"""

from dataclasses import dataclass
from time import monotonic
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from snapshot_core.growth.fold import fold
from snapshot_core.growth.fold_types import CaptureInput, FoldState
from snapshot_core.store.dialects import among
from snapshot_core.store.fold.publication import note_counted, redated
from snapshot_core.store.fold.rows import FoldedRows, replace_rows
from snapshot_core.store.fold.write import bump_revision, capture_inputs, refold
from snapshot_core.store.keys import Key, of
from snapshot_core.store.rhythms.learn import learn_due, learned_at
from snapshot_core.store.tables import listing_runs


class SteppedFold:
    """The fold of one account, as far as it has got. Nobody else may change the account."""

    def __init__(self, key: Key) -> None:
        self.key = key
        self.state = FoldState()
        self.next_instant = 0
        """Captures before it are folded into ``state`` (UTC seconds)."""

    def advance(self, connection: Connection, until: int, seconds: float) -> bool:
        """Take in the stored captures before ``until``; False where they take longer than that.

        It only reads.
        """
        began = monotonic()
        for capture in capture_inputs(connection, self.key, self.next_instant, until - 1):
            fold(self.state, capture)
            self.next_instant = capture.captured_at + 1
            if monotonic() - began > seconds:
                return False
        self.next_instant = max(self.next_instant, until)
        return True

    def begin(self, connection: Connection, first: int, last: int) -> "FoldStep":
        """Begin a transaction that changes captures between two instants, both included.

        Everything before ``first`` must have been taken in.
        """
        before = list(capture_inputs(connection, self.key, first, last))
        return FoldStep(self.key, self.state, first, last, before)

    def done(self, step: "FoldStep") -> None:
        """Go on from a step whose transaction was committed and which was written."""
        self.state, self.next_instant = step.state, step.last + 1


@dataclass(slots=True)
class FoldStep:
    """One transaction's part of a `SteppedFold`."""

    key: Key
    state: FoldState
    """Before the step; after it once it is written."""
    first: int
    last: int
    stored: list[CaptureInput]
    """The captures as they were before the transaction changed them."""
    seconds_after: float = 0.0
    """How long the captures after the step took, which it did not bring."""

    def write(self, connection: Connection) -> None:
        """Fold what the transaction has changed, and write what follows."""
        bump_revision(connection, self.key)
        before, old, new = self.state, self.state.copy(), self.state.copy()
        old_rows, new_rows = FoldedRows(), FoldedRows()
        for capture in self.stored:
            old_rows.add(fold(old, capture))
        published: dict[int, int] = {}
        changed = capture_inputs(connection, self.key, self.first, self.last)
        for capture in redated(changed, published):
            new_rows.add(fold(new, capture))
        note_counted(connection, self.key, published)
        self.state, began, newest = new, monotonic(), not self.stored
        if published:  # what follows from the captures after the step may differ for it
            refold(connection, self.key)
            return
        for capture in capture_inputs(connection, self.key, self.last + 1):
            if new is self.state:
                new, newest = new.copy(), False
            if self._ends_alike(connection, old, new, capture.captured_at):
                break
            old_rows.add(fold(old, capture))
            new_rows.add(fold(new, capture))
        self.seconds_after = monotonic() - began
        replace_rows(connection, self.key, before, old_rows, new_rows, newest=newest)

    def _ends_alike(
        self, connection: Connection, old: FoldState, new: FoldState, following: int
    ) -> bool:
        """Whether ``following`` and all captures after it are judged the same after either."""
        gone = new.differing_gone(old)
        if not gone:
            return gone is not None
        returned = listing_runs.c.since >= following, among(listing_runs.c.video_id, "ids")
        again = select(listing_runs.c.since).where(of(listing_runs, self.key), *returned).limit(1)
        return connection.execute(again, {"ids": list(gone)}).first() is None


def learn_step(connection: Connection, key: Key, zone: ZoneInfo, seconds: float) -> bool:
    """Learn for some time what the account's captures teach; False where something is left."""
    before = learned_at(connection, key)
    done = learn_due(connection, key, zone, seconds=seconds)
    if learned_at(connection, key) != before:
        bump_revision(connection, key)
    return done
