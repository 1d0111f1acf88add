"""Every statement on a per-user table binds the user, in each place where it names one."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from snapshot_core.store.tables import metadata
from tests.separation.conftest import Worlds
from tests.separation.test_api import app_of, client_of, questions, values
from tests.separation.test_pages import PAGES, Look
from tests.separation.test_pages import look as look
from tests.separation.worlds import FIRST_USER

PER_USER = {
    name for name, table in metadata.tables.items() if "user_id" in table.c and name != "users"
}
_NAMED = re.compile(
    rf"\b(?:FROM|JOIN|UPDATE|INTO|,)\s+({'|'.join(sorted(PER_USER))})\b(?!\.)(?:\s+AS\s+\"?(\w+))?",
    re.IGNORECASE,
)


@contextmanager
def recorded() -> Iterator[list[tuple[str, Any]]]:
    """The statements that run meanwhile, with what is bound to them."""
    found: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, bound: Any, *_: Any) -> None:
        found.append((statement, bound))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def unbound(statement: str) -> list[str]:
    """The per-user tables that a statement names without saying whose rows it means."""
    found = []
    named = Counter((table, alias or table) for table, alias in _NAMED.findall(statement))
    for (table, name), times in named.items():
        said = len(re.findall(rf"\b{name}\"?\.user_id\s*=|=\s*\"?{name}\"?\.user_id\b", statement))
        # Rows that are put in say whose they are in their first column.
        said += len(re.findall(rf"INTO\s+{table}\s*\(\s*user_id\b", statement, re.IGNORECASE))
        if said < times:
            found.append(f"{table} as {name}: named {times} times, bound {said} times")
    return found


def values_of(bound: Any) -> set[Any]:
    if isinstance(bound, dict):
        return set(map(str, bound.values()))
    if bound and isinstance(bound[0] if isinstance(bound, list | tuple) else None, dict | tuple):
        return {value for one in bound for value in values_of(one)}
    return set(map(str, bound or ()))


def check(statements: list[tuple[str, Any]], user: int, other: int) -> int:
    """How many of the statements are about per-user tables; each binds ``user`` alone."""
    count = 0
    for statement, bound in statements:
        given = values_of(bound)
        assert str(other) not in given, statement
        if not _NAMED.search(statement):
            continue
        count += 1
        assert unbound(statement) == [], statement
        assert str(user) in given or f"{user}" in statement, (statement, given)
    return count


def test_the_check_sees_what_is_missing() -> None:
    assert unbound("SELECT name FROM accounts WHERE accounts.account_id = ?")
    assert unbound(
        "SELECT 1 FROM accounts WHERE accounts.user_id = ? AND 1 IN (SELECT 1 FROM videos)"
    )
    assert unbound("SELECT 1 FROM captures AS last WHERE captures.user_id = ?")
    assert not unbound("SELECT name FROM accounts WHERE accounts.user_id = ?")
    assert not unbound("INSERT INTO accounts (user_id, name) VALUES (?, ?)")
    with pytest.raises(AssertionError):
        check([("SELECT 1 FROM videos WHERE videos.user_id = ?", (7,))], 8, 7)
    with pytest.raises(AssertionError):
        check([("SELECT 1 FROM videos WHERE videos.user_id = ?", (9,))], 8, 7)


def test_of_the_api(worlds: Worlds) -> None:
    one = worlds[0]
    assert one.boris is not None
    app = app_of(one, TRUEGROWTH_API_RATE="100000")
    asked = questions(app.openapi(), values(one))
    client = client_of(one, app)
    with recorded() as statements:
        for method, path, query in asked:
            client.request(method, f"/api{path}", params=query)
    assert check(statements, FIRST_USER, one.boris.user_id) > 100


def test_of_the_pages(worlds: Worlds, look: Look) -> None:
    one = worlds[0]
    assert one.boris is not None
    videos = str(one.boris_videos[0])
    with recorded() as statements:
        for page in PAGES:
            look(one, page, {"period": "30d"})
        look(one, "videos.py", {"video": videos})
    assert check(statements, FIRST_USER, one.boris.user_id) > 50
