"""Every stored instant, written by a clock that was ahead or had gone back: nothing is held up."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import BigInteger, Date, select, update

from jobs.heartbeat import HeartbeatWriter
from jobs.looks import Looks
from snapshot_core.capture.schedule import Schedule
from snapshot_core.connections.rate_limit import RateLimit
from snapshot_core.identity.api_tokens import claim, create, proved, revoke
from snapshot_core.maintenance.retention import keep_to_policy
from snapshot_core.sources.registry import load_settings
from snapshot_core.sources.tiktok.client import RATE
from snapshot_core.store import connections
from snapshot_core.store.accounts import account, note_attempt
from snapshot_core.store.accounts import claim as claim_account
from snapshot_core.store.annotations.notes import add_note
from snapshot_core.store.api_tokens import note_use
from snapshot_core.store.captures import history_of
from snapshot_core.store.database import Connection
from snapshot_core.store.due_accounts import due_account
from snapshot_core.store.heartbeats import heartbeat
from snapshot_core.store.reported_days import store_amounts
from snapshot_core.store.tables import metadata
from snapshot_core.store.users import User
from snapshot_core.transfer.export import export_file
from snapshot_core.transfer.import_file import import_file
from snapshot_core.windows import DAY, HOUR
from tests.fakes.installation import SOURCE, Clock, Installation, installation
from tests.fakes.serve import Stage
from tests.fakes.tiktok import TikTok
from tests.fakes.tiktok_world import person
from tests.sources.conftest import stage, without_pauses
from tests.support.staged import NOON, account_row, believe

__all__ = ["stage", "without_pauses"]

PAGE = Path(__file__).resolve().parents[2] / "docs" / "decisions" / "ahead.md"
NAMES = re.compile(r"(.+_)?(at|until|since|from|day)")
"""What a column is called that holds an instant, or a day."""
LEADS = {"a day": DAY, "three days": 3 * DAY, "a year": 365 * DAY, "gone back": -365 * DAY}
MIDNIGHT = NOON + 12 * HOUR
BY_A_CAPTURE = ("captured_at", "ended_at", "since", "until", "left_at")
"""Written by a capture: what a wrong clock would take, and all that is folded from it."""


def stored_instants() -> list[str]:
    return [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, Date)
        or (isinstance(column.type, BigInteger) and NAMES.fullmatch(column.name))
    ]


def test_the_page_says_of_each_what_becomes_of_it() -> None:
    table = PAGE.read_text().partition("| instant |")[2]
    first_cells = "".join(line.split("|")[1] for line in table.splitlines() if line[:2] == "| ")
    assert sorted(re.findall(r"`(\w+\.\w+)`", first_cells)) == sorted(stored_instants())


class World:
    """An installation with a row in each table, as a right clock has written them until NOON."""

    def __init__(self, here: Installation, platform: Clock) -> None:
        self.here, self.store, self.key = here, here.store, here.account.key
        self._platform = platform
        """The platform's clock, which is always right."""
        self.schedule = Schedule(ZoneInfo("UTC"), time(0), lambda _: SOURCE)
        for days in (3, 2, 1, 0):
            self._go_on_to(NOON - days * DAY)
            here.take()
        self._go_on_to(NOON)
        self._do(lambda c: note_attempt(c, self.key, NOON, "The platform is away."))
        self.token, self.revoked = self._token(), self._token()
        self._do(lambda c: note_use(c, 1, 1, NOON))
        self._do(lambda c: revoke(c, 1, 2, NOON))
        self._do(lambda c: connections.ask_consent(c, 1, "before", "v", None, NOON))
        self._do(lambda c: claim_account(c, self.key, "killed", NOON - 300, NOON - 180))
        self._do(lambda c: connections.lease(c, self.key, "killed", NOON - 300, NOON - 180))
        day = datetime.fromtimestamp(NOON, UTC).date()
        self._do(lambda c: store_amounts(c, self.key, {day: {"views": 1}}))
        self._do(lambda c: add_note(c, 1, None, day, "New camera", NOON))
        HeartbeatWriter(self.store, here.clock).beat()
        believe(self.store, NOON)
        self.looks = Looks(self.store, self.schedule)
        assert self.looks.due(NOON) == []

    def _do(self, work: Callable[[Connection], Any]) -> Any:
        return self.store.transact(work)

    def _token(self) -> str:
        return str(self._do(lambda c: create(c, 1, "mine", ("read",), NOON, 30))[1])

    def _go_on_to(self, now: int) -> None:
        self.here.clock.now = self._platform.now = now

    def by_a_clock_with(self, lead: int, table_name: str, column_name: str) -> None:
        """Let it be written by a clock that is ahead by ``lead`` seconds."""
        table = metadata.tables[table_name]
        column = table.c[column_name]
        if column_name in BY_A_CAPTURE:
            self.here.clock.now += lead
            self.here.take()
            self.here.clock.now = NOON
            return
        if table_name == "rate_limits":  # both are written at once
            both = {each: each + 1000 * lead for each in (table.c.free_at, table.c.reserved_at)}
            self._do(lambda c: c.execute(update(table).values(both)).rowcount)
            return
        rows = self.store.query(lambda c: c.execute(select(table).where(column.is_not(None))).all())
        for row in rows:
            this = [key == getattr(row, key.name) for key in table.primary_key]
            old: Any = getattr(row, column_name)
            new = old + (timedelta(seconds=lead) if isinstance(column.type, Date) else lead)
            statement = update(table).where(*this).values({column_name: new})
            self._do(partial(_execute, statement))

    def check(self, tmp_path: Path, *, token_ended: bool) -> None:
        """All goes on, by a clock that is right: each of these was held up by an instant once."""
        here, moment = self.here, self.here.clock
        here.account = self.store.query(lambda c: account(c, self.key))
        began = NOON + HOUR
        self._go_on_to(began)
        RateLimit(self.store, moment).wait("list", RATE)
        assert here.take(trigger="manual").status == "complete"
        assert moment.now - began < 60, "it waited"

        for moment.now in (began, MIDNIGHT - HOUR):
            assert self.looks.due(moment.now) == []
        self._go_on_to(MIDNIGHT)
        assert [due.key for due in self.looks.due(MIDNIGHT)] == [self.key]
        assert self._next_due() == MIDNIGHT
        taken = here.take(trigger="nightly", still_due=lambda c: self._next_due(c) == MIDNIGHT)
        assert taken.status == "complete"
        assert self._next_due() == MIDNIGHT + DAY
        history = self.store.query(lambda c: history_of(c, self.key, MIDNIGHT))
        assert history.last_complete == MIDNIGHT
        row = account_row(self.store, self.key)
        assert (row.blocked, row.failures, row.lease_owner) == (False, 0, None)

        beats = HeartbeatWriter(self.store, moment)
        beats.beat()
        beat = self.store.query(heartbeat)
        assert beat is not None
        assert beat.alive(MIDNIGHT)

        assert (self._proved(self.token) is None) is token_ended
        assert self._proved(self.revoked) is None
        self._do(lambda c: note_use(c, 1, 1, MIDNIGHT))
        self._do(lambda c: connections.ask_consent(c, 1, "now", "v", None, MIDNIGHT))
        between = MIDNIGHT - 900, MIDNIGHT + 600
        assert self._do(lambda c: connections.take_consent(c, 1, "now", *between)) is not None
        assert self._do(lambda c: connections.take_consent(c, 1, "before", *between)) is None

        file, user = tmp_path / "readings.csv", User(1, "creator@localhost", None)
        rows = export_file(self.store, file, user)
        report = import_file(self.store, file, user, MIDNIGHT)
        assert (report.added, report.already_there, report.refused.total) == (0, rows, 0)
        keeps = load_settings({"TRUEGROWTH_YOUTUBE_KEEP_DAYS": "30"}, None)
        assert keep_to_policy(self.store, keeps, MIDNIGHT) == 0

    def _next_due(self, connection: Connection | None = None) -> int | None:
        now = self.here.clock()
        if connection is not None:
            return self.schedule.next_due(due_account(connection, self.key, now), now)
        return self.store.query(self._next_due)

    def _proved(self, token: str) -> object:
        claimed = claim(token)
        assert claimed is not None
        return self.store.query(lambda c: proved(c, claimed, MIDNIGHT))


def _execute(statement: Any, connection: Connection) -> None:
    connection.execute(statement)


@pytest.fixture
def world(
    sqlite_url: str,
    stage: tuple[Stage, str],
    without_pauses: None,
) -> Iterator[World]:
    platform = Clock()
    fake = TikTok(platform.time, person(1, 3, NOON))
    with fake.on(stage[0]), installation(sqlite_url, fake, stage[1], Clock()) as here:
        yield World(here, platform)


@pytest.mark.parametrize("lead", LEADS.values(), ids=LEADS)
@pytest.mark.parametrize(
    "name", [name for name in stored_instants() if name.partition(".")[2] not in BY_A_CAPTURE]
)
def test_nothing_is_held_up(world: World, tmp_path: Path, name: str, lead: int) -> None:
    table, _, column = name.partition(".")
    world.by_a_clock_with(lead, table, column)
    ends_before = name == "api_tokens.ends_at" and lead < 0
    world.check(tmp_path, token_ended=ends_before)


@pytest.mark.parametrize("lead", LEADS.values(), ids=LEADS)
def test_nor_by_what_a_capture_writes(world: World, tmp_path: Path, lead: int) -> None:
    world.by_a_clock_with(lead, "captures", "captured_at")
    world.check(tmp_path, token_ended=False)
