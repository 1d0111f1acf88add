"""All accounts together are the sum of those that are ready, whatever befalls the others."""

from math import hypot
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from snapshot_core.growth.growth import Growth
from snapshot_core.metrics import COUNTERS
from snapshot_core.periods import PERIODS, Period
from snapshot_core.store.accounts import Account
from snapshot_core.store.database import Connection
from snapshot_core.store.record_capture import record, record_failure
from snapshot_core.view.overview import Overview, overview
from snapshot_core.view.videos_table import video_table
from snapshot_core.windows import DAY
from tests.store.histories import AccountHistory, users
from tests.support.builders import START
from tests.support.stock import local_accounts, make_account, stocked
from tests.support.video_readings import adds_up

UTC = ZoneInfo("UTC")
LATER = START + 3_000 * DAY
"""Later than all that is captured here."""

FIGURES = ("growth", "current", "previous", "base")


@settings(max_examples=25)
@given(users(most_accounts=4), st.lists(st.integers(0, 12), min_size=4, max_size=4))
def test_the_sum_is_of_those_that_are_ready(
    histories: list[AccountHistory], ended_early: list[int]
) -> None:
    """``ended_early``: how many of its captures each account lacks at the end."""
    with TemporaryDirectory() as folder, stocked(f"sqlite:///{Path(folder) / 'x.db'}") as store:
        for number, (history, lacks) in enumerate(zip(histories, ended_early, strict=False)):
            account = make_account(store, f"{number}", rounded=history.rounded)
            captures = history.captures[: max(0, len(history.captures) - lacks)]
            with store.write() as connection:
                for kind, fetched in captures:
                    save = record_failure if kind == "failed" else record
                    save(connection, account.key, fetched)
        accounts = local_accounts(store)
        for period in PERIODS:
            with store.read() as connection:
                check(connection, accounts, period)


def seen(
    connection: Connection, accounts: list[Account], account: Account | None, period: Period
) -> Overview:
    return overview(connection, accounts, account, period, LATER, UTC)


def check(connection: Connection, accounts: list[Account], period: Period) -> None:
    total = seen(connection, accounts, None, period)
    left_out = {each.account for each in total.left_out}
    ready = [account for account in accounts if account.name not in left_out]
    alone = [seen(connection, accounts, account, period) for account in ready]
    # Whoever is left out changes nothing.
    without = seen(connection, ready, None, period)
    for counter in COUNTERS:
        of_all = total.cards[counter].growth
        growths = [view.cards[counter].growth for view in alone]
        known = [growth for growth in growths if growth.growth is not None]
        if not ready or len(accounts) == 1:
            continue
        assert (of_all.growth is None) == (not known), counter
        if of_all.growth is None:
            assert of_all.reason is not None
            continue
        check_sum(of_all, known)
        assert figures(without.cards[counter].growth) == figures(of_all)
        assert total.cards[counter].days == without.cards[counter].days
        assert total.curves[counter] == without.curves[counter]
        assert total.curves[counter].now[-1][1] == of_all.growth
        assert total.curves[counter].now[0][1] == 0
    table = video_table(connection, accounts, period, LATER, UTC)
    if len(accounts) > 1:
        assert {each.account for each in table.left_out} == left_out
        assert (table.reason is None) == bool(ready)


def check_sum(of_all: Growth, known: list[Growth]) -> None:
    for name in FIGURES:
        assert getattr(of_all, name) == sum(getattr(growth, name) for growth in known), name
    if len(known) > 1:
        for end in ("low", "high"):
            halves = [getattr(growth, end) - (growth.growth or 0) for growth in known]
            half = getattr(of_all, end) - (of_all.growth or 0)
            assert hypot(*halves) <= abs(half) <= hypot(*halves) + 1
            assert abs(half) <= sum(map(abs, halves))
    if of_all.ledger is not None:
        assert adds_up(of_all.ledger)
        assert of_all.ledger.growth == of_all.growth
    both = [growth for growth in known if growth.before is not None]
    before = sum(growth.before or 0 for growth in both) if both else None
    assert of_all.before == before
    if both:
        assert of_all.compared == sum(growth.growth or 0 for growth in both)


def figures(growth: Growth) -> list[object]:
    ends = "low", "high", "resolution"
    names = (*FIGURES, *ends, "before", "compared", "ledger", "estimated", "window")
    return [getattr(growth, name) for name in names]


def test_of_no_accounts_is_unknown(tmp_path: Path) -> None:
    """Without any account there is nothing to add up, and no fault."""
    with stocked(f"sqlite:///{tmp_path / 'x.db'}") as store:
        with store.read() as connection:
            view = seen(connection, [], None, PERIODS[0])
        assert {card.growth.growth for card in view.cards.values()} == {None}
        assert (view.left_out, view.summed_accounts) == ([], 0)
