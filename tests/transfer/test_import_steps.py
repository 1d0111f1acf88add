"""In steps or at once, cut off or not: an import ends in the same tables, and says what it did."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from snapshot_core.errors import StoreError
from snapshot_core.formats.captures import FileCapture
from snapshot_core.growth.fold import fold
from snapshot_core.readings import ProfileReading, VideoReading, is_count
from snapshot_core.store import accounts as stored_accounts
from snapshot_core.store import dialects
from snapshot_core.store.accounts import (
    LEASE_SECONDS,
    accounts_of,
    add_account,
    claim,
    remove_account,
)
from snapshot_core.store.database import Store
from snapshot_core.store.fold import steps
from snapshot_core.store.fold.write import refold
from snapshot_core.store.keys import Key, of, readings_of
from snapshot_core.store.record_capture import record, record_failure
from snapshot_core.store.retention import forget
from snapshot_core.store.tables import account_snapshots, video_snapshots
from snapshot_core.store.users import User
from snapshot_core.transfer import import_steps
from snapshot_core.transfer.import_file import import_file
from snapshot_core.transfer.import_report import ImportReport
from snapshot_core.transfer.import_steps import AccountImport
from snapshot_core.windows import DAY, iso
from tests.store.histories import FEW_BESIDE, START, AccountHistory, users
from tests.store.test_fold_write import folded
from tests.support.examples import examples
from tests.support.kills import begun
from tests.support.staged import installed
from tests.transfer.test_transfer import HEADER, NOW, Files, new_user


@pytest.fixture
def user(store: Store) -> User:
    return new_user(store)


@pytest.fixture
def files(store: Store, user: User, tmp_path: Path) -> Files:
    return Files(store, user, tmp_path)


class RandomSteps(AccountImport):
    """An import whose steps are as long as chance has it."""

    chance: Random

    def _next_part(self, captures: Sequence[FileCapture], position: int) -> Sequence[FileCapture]:
        return captures[position : position + self.chance.choice((1, 1, 2, 3, 5))]


class OneStep(AccountImport):
    def _next_part(self, captures: Sequence[FileCapture], position: int) -> Sequence[FileCapture]:
        return captures[position:]


def of_a_file(history: AccountHistory, chance: Random) -> list[FileCapture]:
    """Some of the captures of a history as a file may give them: in part, with a word or none."""
    given, line = [], 1
    for fetched in history.recorded:
        if chance.random() < 0.2:
            continue
        capture = FileCapture("a", fetched.captured_at)
        for video in fetched.videos:
            if chance.random() < 0.9:
                counts = tuple(count if is_count(count) else None for count in video.counts)
                published = chance.choice((video.published_at, video.published_at, None))
                reading = VideoReading(
                    video.platform_id, counts, title=video.title, published_at=published
                )
                capture.readings.append((line := line + 1, reading))
        capture.status = chance.choice((None, None, "complete", "partial"))
        if not capture.readings or chance.random() < 0.5:
            capture.profile = ProfileReading(followers=fetched.profile.followers)
            capture.profile_line = line = line + 1
        given.append(capture)
    return given


def stored(connection: Connection, key: Key) -> dict[str, Any]:
    """All that is stored and folded of an account."""
    facts: dict[str, Any] = folded(connection, key)
    names = {name: number for number, name in enumerate(sorted(_videos(connection, key)))}
    facts["readings"] = sorted(
        (at, names[video], *counts)
        for _, at, video, *counts in connection.execute(
            select(video_snapshots).where(readings_of(key))
        )
    )
    own = connection.execute(select(account_snapshots).where(of(account_snapshots, key)))
    facts["profiles"] = sorted(tuple(each)[2:] for each in own)
    return facts


def _videos(connection: Connection, key: Key) -> set[int]:
    ids = select(video_snapshots.c.video_id).where(readings_of(key)).distinct()
    return set(connection.scalars(ids))


def captured(store: Store, history: AccountHistory, live: set[int]) -> tuple[User, Key]:
    """A user with an account that some captures of a history were taken of."""
    user = new_user(store)

    def work(connection: Connection) -> Key:
        made = add_account(connection, user.user_id, "a", "csv", START, rounded=history.rounded)
        for kind, fetched in history.captures:
            if fetched.captured_at in live:
                (record_failure if kind == "failed" else record)(connection, made.key, fetched)
        return made.key

    return user, store.transact(work)


@examples(12, soak=100)
@given(accounts=users(1, beside=FEW_BESIDE), chance=st.randoms(use_true_random=False))
def test_any_steps_end_in_the_tables_of_one_transaction(
    store: Store, accounts: list[AccountHistory], chance: Random
) -> None:
    history, share = accounts[0], chance.choice((0.0, 0.2, 0.6))
    live = {fetched.captured_at for _, fetched in history.captures if chance.random() < share}
    first, second = of_a_file(history, chance), of_a_file(history, chance)
    results = []
    for kind in (OneStep, RandomSteps):
        user, key = captured(store, history, live)
        reports = []
        for file in (first, second):
            run = kind(store, user, "a", NOW)
            if isinstance(run, RandomSteps):
                run.chance = chance
            run.run(file, lambda _: None)
            run.release()
            run.merged.refused.sort(key=lambda refusal: refusal.line)
            run.merged.statuses_changed = 0  # one that an earlier step has changed agrees
            reports.append(run.merged)
        with store.write() as connection:
            facts = stored(connection, key)
            results.append((reports, facts))
            refold(connection, key)
            assert stored(connection, key) == facts
    assert results[0] == results[1]


# What stops in the middle says what it did


def views(*nights: int, account: str = "a", video: str = "v1") -> list[str]:
    """A row a night."""
    return [f"{account},{video},,,{iso(START + night * DAY)},{10 + night},,," for night in nights]


def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps of one capture, however fast they are."""

    def next_part(_: object, captures: Sequence[FileCapture], at: int) -> Sequence[FileCapture]:
        return captures[at : at + 1]

    monkeypatch.setattr(AccountImport, "_next_part", next_part)


def names_of(files: Files) -> list[str]:
    with files.store.read() as connection:
        return [account.name for account in accounts_of(connection, files.user.user_id)]


def complete(report: ImportReport) -> bool:
    """Whether every row is accounted for."""
    left = sum(account.rows for account in report.unfinished)
    counted = report.added + report.already_there + report.duplicates + len(report.refused)
    return report.rows_read == counted + left


@pytest.mark.parametrize("name", ["All accounts", " all ACCOUNTS ", "made up"])
def test_rows_of_an_account_that_cannot_be_are_refused_and_the_others_imported(
    files: Files, name: str
) -> None:
    files.store.transact(lambda c: add_account(c, files.user.user_id, "made up", "sample", START))
    before = names_of(files)
    rows = [*views(0, account="A"), *views(0, 1, account=name), *views(0, 1, account="z")]
    report = files.give(*rows)
    assert [refusal.line for refusal in report.refused] == [3, 4]
    assert all("Choose another" in r.message or "made up" in r.message for r in report.refused)
    assert (report.added, report.accounts_added, report.unfinished) == (3, ["A", "z"], [])
    assert complete(report)
    assert names_of(files) == [*before, "A", "z"]
    assert files.captures("made up") == []

    mended = files.give(*(line.replace(f"{name},", "b,") for line in rows))
    assert (mended.added, mended.already_there, mended.refused) == (2, 3, [])


def test_a_busy_account_is_named_and_the_others_are_imported(files: Files) -> None:
    files.give(*views(0, account="b"))
    key = files.account("b").key
    assert files.store.transact(lambda c: claim(c, key, "job", NOW, NOW + LEASE_SECONDS))
    rows = [line for name in "abc" for line in views(0, 1, account=name)]
    report = files.give(*rows)
    assert (report.added, report.accounts_added) == (4, ["a", "c"])
    assert [(left.account, left.rows) for left in report.unfinished] == [("b", 2)]
    assert "Import again" in report.unfinished[0].message
    assert complete(report)
    assert len(files.captures("b")) == 1

    files.store.transact(lambda c: stored_accounts.release(c, key, "job"))
    again = files.give(*rows)
    assert (again.added, again.already_there, again.unfinished) == (1, 5, [])


def between_steps(monkeypatch: pytest.MonkeyPatch, number: int, act: Any) -> None:
    """Do something after a step of the import."""
    small_steps(monkeypatch)
    give_way, ended = Store.give_way, iter(range(1_000))

    def after(self: Store, held_seconds: float) -> None:
        if next(ended) == number:
            act()
        give_way(self, held_seconds)

    monkeypatch.setattr(Store, "give_way", after)


def test_a_database_that_is_lost_between_steps_leaves_a_report(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [*views(0, account="a"), *views(0, 1, 2, account="b"), *views(0, account="c")]

    with monkeypatch.context() as patch:

        def lose() -> None:
            def away(*_: Any) -> None:
                raise StoreError("The database cannot be reached. Check that it runs.")

            patch.setattr(Store, "transact", away)
            patch.setattr(Store, "write", away)

        between_steps(patch, 2, lose)
        report = files.give(*rows)
    assert report.added == 3
    assert report.accounts_added == ["a", "b"]
    assert [(left.account, left.rows) for left in report.unfinished] == [("b", 1), ("c", 1)]
    assert complete(report)
    assert names_of(files) == ["a", "b"]

    late = NOW + LEASE_SECONDS  # nobody could give the lease back
    again = import_file(files.store, files.folder / "given.csv", files.user, late)
    assert (again.added, again.already_there, again.unfinished) == (2, 3, [])


def test_a_database_that_is_away_from_the_start_is_an_error(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> None:
        raise StoreError("The database cannot be reached. Check that it runs.")

    monkeypatch.setattr(Store, "transact", away)
    with pytest.raises(StoreError):
        files.give(*views(0), *views(0, account="b"))
    assert names_of(files) == []


def test_an_account_that_is_removed_meanwhile_is_not_made_again_by_halves(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    def remove() -> None:
        files.store.transact(lambda c: remove_account(c, files.account("b").key))

    rows = [*views(0, 1, 2, account="b"), *views(0, account="c")]
    with monkeypatch.context() as patch:
        between_steps(patch, 0, remove)
        report = files.give(*rows)
    assert names_of(files) == ["c"]
    assert [(left.account, left.rows) for left in report.unfinished] == [("b", 2)]
    assert "removed" in report.unfinished[0].message
    assert files.give(*rows).added == 3


def test_an_account_that_somebody_else_makes_meanwhile_is_imported_into(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = AccountImport._look

    def after(self: AccountImport, captures: Sequence[FileCapture]) -> None:
        look(self, captures)
        if self.name not in names_of(files):
            files.store.transact(
                lambda c: add_account(c, files.user.user_id, self.name, "tiktok", START)
            )

    monkeypatch.setattr(AccountImport, "_look", after)
    report = files.give(*views(0, 1))
    assert (report.added, report.accounts_added, report.unfinished) == (2, [], [])
    assert files.account().source == "tiktok"


def test_readings_that_change_between_steps_are_taken_in(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an account is folded from is read again where somebody else has changed it."""
    files.give(*views(0, 4))

    def change() -> None:
        def work(connection: Connection) -> None:
            key = files.account().key
            forget(connection, key, START + DAY)

        files.store.transact(work)

    with monkeypatch.context() as patch:
        between_steps(patch, 0, change)
        files.give(*views(1, 2, 3))
    assert [capture.captured_at for capture in files.captures()] == [
        START + night * DAY for night in (1, 2, 3, 4)
    ]
    same_when_folded_anew(files)


def test_what_the_database_refuses_is_one_snapshot_and_not_the_file(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert = dialects.insert_many

    def refuse(connection: Connection, columns: Any, rows: Any) -> None:
        if any(10 + 5 in row for row in rows):
            raise IntegrityError("INSERT", None, ValueError("it cannot be stored"))
        insert(connection, columns, rows)

    with monkeypatch.context() as patch:
        patch.setattr(dialects, "insert_many", refuse)
        report = files.give(*views(*range(9)))
        assert (report.added, [refusal.line for refusal in report.refused]) == (8, [7])
        assert complete(report)
        alone = files.give(*views(5, account="b"))
    assert (alone.added, len(alone.refused)) == (0, 1)
    assert names_of(files) == ["a"]  # no empty account is left behind
    assert files.give(*views(*range(9))).added == 1
    same_when_folded_anew(files)


def same_when_folded_anew(files: Files) -> None:
    with files.store.write() as connection:
        key = files.account().key
        before = stored(connection, key)
        refold(connection, key)
        assert stored(connection, key) == before


# While it goes on


def test_others_write_and_read_between_its_steps(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After every step the account is folded, leased, and what an import of so much makes it."""
    small_steps(monkeypatch)
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        seen.append((done, total))
        if done == 0:
            return
        key = files.account().key
        assert len(files.captures()) == done
        assert not files.store.transact(lambda c: claim(c, key, "job", NOW, NOW + LEASE_SECONDS))
        same_when_folded_anew(files)

    path = files.folder / "long.csv"
    path.write_text("\n".join([HEADER, *views(*range(6))]))
    report = import_file(files.store, path, files.user, NOW, progress=progress)
    assert report.added == 6
    assert seen == [(number, 6) for number in range(7)]
    key = files.account().key
    assert files.store.transact(lambda c: claim(c, key, "job", NOW, NOW + LEASE_SECONDS))


@contextmanager
def writing_all_along(path: Path) -> Iterator[Callable[[], list[float]]]:
    """A process that writes to a SQLite file; it gives when each of its writes was done."""
    stop = path.with_name("stop")
    with begun(["-m", "tests.transfer.write_all_along", str(path), str(stop)]) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "begun\n"

        def written() -> list[float]:
            stop.touch()
            return [float(at) for at in writer.communicate()[0].split()]

        yield written


def test_a_writer_that_waits_for_sqlite_gets_its_turn(tmp_path: Path) -> None:
    """It looks again every tenth of a second only: a moment in between is not enough for it."""
    path, rounds, held_seconds = tmp_path / "truegrowth.db", 5, 0.5
    store = installed(f"sqlite:///{path}")
    with writing_all_along(path) as written:
        began = monotonic()
        for _ in range(rounds):
            with store.write():
                locked = monotonic()
                while monotonic() - locked < held_seconds:
                    pass
            store.give_way(held_seconds)
        ended = monotonic()
        writes = [at for at in written() if began < at < ended]
    store.close()
    # Several writes may be done in one gap.
    gaps = {int((at - began) / held_seconds) for at in writes}
    assert len(gaps) >= rounds - 1


def test_others_write_to_sqlite_while_a_long_file_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_steps, "STEP_SECONDS", 0.2)
    store = installed(f"sqlite:///{tmp_path}/truegrowth.db")
    path = tmp_path / "long.csv"
    path.write_text("\n".join([HEADER, *views(*range(1_500))]))
    user = new_user(store)
    steps_done: list[int] = []
    with writing_all_along(tmp_path / "truegrowth.db") as written:
        began = monotonic()
        import_file(store, path, user, NOW, progress=lambda done, _: steps_done.append(done))
        ended = monotonic()
        writes = [at for at in written() if began < at < ended]
    store.close()
    assert len(steps_done) > 4
    assert len(writes) >= len(steps_done) - 3


def test_the_lease_of_a_dead_import_ends_by_itself(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AccountImport, "release", lambda self: None)
    files.give(*views(0))
    key = files.account().key
    ends = NOW + LEASE_SECONDS
    assert not files.store.transact(lambda c: claim(c, key, "job", ends - 1, ends + LEASE_SECONDS))
    assert files.store.transact(lambda c: claim(c, key, "job", ends + 1, ends + LEASE_SECONDS))


def test_what_progress_raises_ends_it_whole(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(BaseException):
        """A page that is left."""

    small_steps(monkeypatch)

    def progress(done: int, total: int) -> None:
        if done == 3:
            raise Closed

    path = files.folder / "long.csv"
    path.write_text("\n".join([HEADER, *views(*range(6))]))
    with pytest.raises(Closed):
        import_file(files.store, path, files.user, NOW, progress=progress)
    assert len(files.captures()) == 3
    again = import_file(files.store, path, files.user, NOW)  # no lease is left
    assert (again.added, again.already_there) == (3, 3)


def test_no_capture_is_folded_for_every_step(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither those before a step nor those long after it, so that the time is in proportion."""
    nights = 60
    files.give(*views(*range(nights, 2 * nights)))
    small_steps(monkeypatch)
    folded_captures = 0

    def counted(*arguments: Any) -> Any:
        nonlocal folded_captures
        folded_captures += 1
        return fold(*arguments)

    monkeypatch.setattr(steps, "fold", counted)
    files.give(*views(*range(nights)))
    assert folded_captures < 12 * nights
    files.give(*views(*range(2 * nights), video="v2"))
    assert folded_captures < 30 * nights
    same_when_folded_anew(files)
