"""Writes the heartbeat of the job, and never stops the work for want of a database."""

import logging
from dataclasses import replace
from threading import Lock

from snapshot_core.clock import Clock
from snapshot_core.errors import StoreError
from snapshot_core.store.database import Store
from snapshot_core.store.heartbeats import BEAT_SECONDS, JOB, Heartbeat, beat, end

_log = logging.getLogger(__name__)


class HeartbeatWriter:
    """Beats about every `BEAT_SECONDS` if asked often enough, and when its state changes."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._state = Heartbeat(JOB, clock(), 0, None, None)
        self._troubled = False
        self._lock = Lock()  # captures that run at once all beat

    def beat(self) -> None:
        """Beat, if it is time to; also when the clock was put back behind the last beat."""
        with self._lock:
            if not 0 <= self._clock() - self._state.beat_at < BEAT_SECONDS:
                self._write()

    def doing(self, what: str | None) -> None:
        """Say what the job is at now, in words for people; None = waiting."""
        with self._lock:
            if what != self._state.doing:
                self._state = replace(self._state, doing=what)
                self._write()

    def next_run(self, at: int | None) -> None:
        """Say when the next capture is due."""
        with self._lock:
            if at != self._state.next_run_at:
                self._state = replace(self._state, next_run_at=at)
                self._write()

    def stop(self) -> None:
        """Say that the job has ended as it should."""
        try:
            with self._store.write() as connection:
                end(connection)
        except StoreError as error:
            _log.warning("The heartbeat could not be taken away: %s", error)

    def _write(self) -> None:
        # One attempt only: the next beat comes soon, and the work must not wait for this one.
        self._state = replace(self._state, beat_at=self._clock())
        try:
            with self._store.write() as connection:
                beat(connection, self._state)
        except StoreError as error:
            if not self._troubled:
                _log.warning("The heartbeat cannot be written: %s", error)
            self._troubled = True
        else:
            self._troubled = False
