"""A database of version 0001 is upgraded: no row is lost, and growth follows from the same rows.

The databases were made by the code of that version; assets/README.md says what is in them.
"""

import json
import lzma
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, select
from starlette.testclient import TestClient

from api.app import create
from snapshot_core.connections.encryption import cipher
from snapshot_core.periods import PERIODS
from snapshot_core.settings.table import Settings
from snapshot_core.sources.registry import SOURCES, load_settings
from snapshot_core.store.accounts import accounts_of
from snapshot_core.store.database import Connection, Store
from snapshot_core.store.fold.write import refold
from snapshot_core.store.schema import upgrade
from snapshot_core.store.tables import VIDEOS_PER_ACCOUNT, metadata
from snapshot_core.view.overview import overview
from snapshot_core.windows import DAY, HOUR, instant

ASSETS: Final = Path(__file__).parent / "assets"
EXPECTED: Final = json.loads((ASSETS / "expected.json").read_text("utf-8"))

UTC: Final = ZoneInfo("UTC")

NEW_NAMES: Final = {
    "presence": "listing_runs",
    "daily_amounts": "reported_days",
    "allowances": "rate_limits",
}
"""Tables that a later version calls otherwise."""

REWRITTEN: Final = {("accounts", "cadence")}
"""Columns whose values a later version writes otherwise."""

Rows = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Upgraded:
    """A database of version 0001 after its upgrade."""

    engine: str
    settings: Settings
    store: Store
    before: dict[str, Rows]
    """Its tables as they were."""
    after: dict[str, Rows]
    client: TestClient
    """Asks the API at the instant for which growth is known."""

    def get(self, address: str, token: str, **query: str) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        return self.client.get(address, params=query, headers=headers)


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def upgraded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Upgraded]:
    """Each stored database, upgraded once for all tests: none changes what another looks at."""
    with stored_database(request, tmp_path_factory.mktemp("upgrade")) as url:
        settings = load_settings(
            {"DATABASE_URL": url, "TRUEGROWTH_SECRET_KEY": EXPECTED["secret_key"]}, None
        )
        store = Store(settings.database_url)
        before = rows_by_table(store)
        upgrade(store)
        after = rows_by_table(store)
        app = create(settings, store, lambda: int(EXPECTED["now"]))
        with TestClient(app, "http://127.0.0.1") as client:
            yield Upgraded(request.param, settings, store, before, after, client)
        store.close()


@contextmanager
def stored_database(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """The URL of a copy of the stored database."""
    if request.param == "sqlite":
        file = folder / "truegrowth.db"
        file.write_bytes(lzma.decompress((ASSETS / "0001.sqlite.xz").read_bytes()))
        yield f"sqlite:///{file}"
        return
    dump = lzma.decompress((ASSETS / "0001.postgres.sql.xz").read_bytes())
    with request.getfixturevalue("postgres_server").fresh_database() as url:
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute(dump)
        yield url


def rows_by_table(store: Store) -> dict[str, Rows]:
    """Every row of every table, as the database itself describes them."""
    with store.read() as connection:
        described = MetaData()
        described.reflect(connection)
        return {
            name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for name, table in described.tables.items()
            if name != "alembic_version"
        }


def limited_to(document: Any, expected: Any) -> Any:
    """``document`` without keys that ``expected`` does not have: a later version may add some."""
    if isinstance(expected, dict):
        return {name: limited_to(document[name], value) for name, value in expected.items()}
    return document


def test_the_stored_databases_are_awkward(upgraded: Upgraded) -> None:
    before = upgraded.before
    assert all(before.values()), "an empty table shows nothing"
    assert {row["status"] for row in before["captures"]} == {"complete", "partial", "failed"}
    assert {row["scope"] for row in before["captures"]} == {"complete", "recent"}
    assert {row["verdict"] for row in before["quarantine"]} >= {"held", "rejected"}
    views = [row["view_count"] for row in before["video_snapshots"]]
    assert None in views
    assert max(count for count in views if count is not None) > 2**52
    assert None in {row["published_at"] for row in before["videos"]}
    listed = Counter(row["video_id"] for row in before["presence"] if row["user_id"] == 1)
    assert max(listed.values()) > 1, "no video went and came back"
    reasons = {
        counter["reason"]
        for accounts in EXPECTED["growth"].values()
        for periods in accounts.values()
        for document in periods.values()
        for counter in document["growth"].values()
    }
    assert reasons >= {None, "low_coverage", "not_ready", "not_counted", "no_capture"}


def test_no_row_is_lost_or_changed(upgraded: Upgraded) -> None:
    for name, rows in upgraded.before.items():
        columns = [column for column in rows[0] if (name, column) not in REWRITTEN]
        after = upgraded.after[NEW_NAMES.get(name, name)]
        was = Counter(tuple(row[column] for column in columns) for row in rows)
        assert Counter(tuple(row[column] for column in columns) for row in after) == was, name


def test_connected_accounts_are_adaptive_and_others_nightly(upgraded: Upgraded) -> None:
    sources = {row["source"]: row["cadence"] for row in upgraded.after["accounts"]}
    assert {row["cadence"] for row in upgraded.before["accounts"]} == {DAY}
    assert sources == {
        source: "adaptive" if SOURCES[source].calls else "nightly" for source in sources
    }


def test_counters_that_nobody_read_are_unknown(upgraded: Upgraded) -> None:
    known = set(upgraded.before["video_snapshots"][0])
    for row in upgraded.after["video_snapshots"]:
        assert all(count is None for name, count in row.items() if name not in known)


def test_the_metrics_that_each_account_counts_are_known(upgraded: Upgraded) -> None:
    known = {
        (row["user_id"], row["video_id"] // VIDEOS_PER_ACCOUNT, metric)
        for row in upgraded.before["video_snapshots"]
        for metric in ("views", "likes", "comments", "shares")
        if row[f"{metric[:-1]}_count"] is not None
    }
    noted = {tuple(row.values()) for row in upgraded.after["counted_metrics"]}
    assert noted == known


def test_nothing_is_marked_as_ahead_of_the_clock(upgraded: Upgraded) -> None:
    marks = {(row["ahead_at"], row["kept"]) for row in upgraded.after["captures"]}
    assert marks == {(None, None)}


def test_the_tables_are_those_of_a_new_database(upgraded: Upgraded) -> None:
    with upgraded.store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("user", EXPECTED["growth"])
@pytest.mark.parametrize("period", ["1", "7", "30"])
def test_growth_between_readings_of_the_very_instants_is_what_it_was(
    upgraded: Upgraded, user: str, period: str
) -> None:
    """Between others it is expected by age and rhythm since, and its range is another."""
    token = EXPECTED["tokens"][upgraded.engine][user]
    for account, documents in EXPECTED["growth"][user].items():
        if not account:
            continue  # all accounts together are told of those that are ready, since
        answer = upgraded.get(f"/api/growth/{period}", token, account=account)
        assert answer.status_code == 200, answer.text
        document, expected = answer.json(), documents[period]
        was = {name: expected["window"][name] for name in ("start", "end", "stale")}
        was |= stale_by_cadence(upgraded, user, period, account)
        assert limited_to(document["window"], was) == was, account
        for metric, counter in expected["growth"].items():
            now = document["growth"][metric]
            assert now["current"] == counter["current"], (account, metric)
            if counter["range"] is not None and len({*counter["range"], counter["growth"]}) == 1:
                exact = {name: counter[name] for name in ("previous", "growth", "ledger")}
                assert limited_to(now, exact) == exact, (account, metric)


def test_growth_between_other_readings_lies_between_those_that_bounded_it(
    upgraded: Upgraded,
) -> None:
    """What was the range is what the readings allow, wherever between them the gain is put."""
    estimated = 0
    for user, accounts in EXPECTED["growth"].items():
        token = EXPECTED["tokens"][upgraded.engine][user]
        for account, periods in accounts.items():
            for period, expected in periods.items() if account else ():
                document = upgraded.get(f"/api/growth/{period}", token, account=account).json()
                for metric, counter in expected["growth"].items():
                    now = document["growth"][metric]
                    if counter["range"] is None or now["growth"] is None:
                        continue
                    (least, most), (low, high) = counter["range"], now["range"]
                    assert least <= now["growth"] <= most, (account, period, metric)
                    assert low <= now["growth"] <= high
                    estimated += least < most
    assert estimated > 3


def test_growth_is_what_the_same_captures_give_when_they_are_folded_anew(
    upgraded: Upgraded,
) -> None:
    def growths(connection: Connection) -> list[Any]:
        now = int(EXPECTED["now"])
        views = (
            overview(connection, [account], account, period, now, UTC)
            for account in accounts
            for period in PERIODS
        )
        return [card.growth for view in views for card in view.cards.values()]

    with upgraded.store.read() as connection:
        users = [row["user_id"] for row in upgraded.after["users"]]
        accounts = [account for user in users for account in accounts_of(connection, user)]
    with upgraded.store.writer.connect() as connection:  # nothing is committed
        migrated = growths(connection)
        for account in accounts:
            refold(connection, account.key)
        for growth, anew in zip(migrated, growths(connection), strict=True):
            assert growth == anew


def utc(text: str) -> int:
    return instant(datetime.fromisoformat(text))


def stale_by_cadence(upgraded: Upgraded, user: str, period: str, account: str) -> dict[str, bool]:
    """``stale`` of an account, or of all, where one of them is adaptive since."""
    windows = {
        row["name"]: EXPECTED["growth"][user][row["name"]][period]["window"]
        for row in upgraded.after["accounts"]
        if (str(row["user_id"]), row["cadence"]) == (user, "adaptive")
    }
    shown = [window for name, window in windows.items() if account in ("", name)]
    limit = int(EXPECTED["now"]) - 12 * HOUR
    old = any(window["end"] and utc(window["end"]) < limit for window in shown)
    return {"stale": True} if old else {}


def test_tokens_are_as_good_as_they_were(upgraded: Upgraded) -> None:
    for token in EXPECTED["tokens"][upgraded.engine].values():
        assert upgraded.get("/api/accounts", token).status_code == 200
    for token in EXPECTED["tokens_over"][upgraded.engine]:
        assert upgraded.get("/api/accounts", token).status_code == 401


def test_platform_tokens_can_be_decrypted(upgraded: Upgraded) -> None:
    access = {
        f"{row['user_id']}/{row['account_id']}": cipher(upgraded.settings).decrypt(
            row["access_token"]
        )
        for row in upgraded.after["connections"]
    }
    assert access == EXPECTED["connections"]
