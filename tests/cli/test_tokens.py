"""``token create | list | revoke`` on the command line."""

import pytest

from snapshot_core.cli.program import DONE, FAILED, USAGE
from snapshot_core.identity.api_tokens import claim, proved
from snapshot_core.store.database import Store
from snapshot_core.store.users import Person, ensure_user_of
from snapshot_core.windows import DAY, iso
from tests.cli.command_line import NOW, CommandLine


def scopes_of(run: CommandLine, text: str, now: int = NOW) -> set[str] | None:
    claimed = claim(text)
    assert claimed is not None
    store = Store(run.environ["DATABASE_URL"])
    with store.read() as connection:
        bearer = proved(connection, claimed, now)
    store.close()
    return None if bearer is None else set(bearer.scopes)


def test_create_prints_the_token_alone_and_the_rest_beside_it(run: CommandLine) -> None:
    assert run("token", "create", "my script", "--scope", "read,snapshot", "--days", 30) == DONE
    text = run.out.strip()
    assert run.out == f"{text}\n"
    assert "not shown again" in run.err
    assert scopes_of(run, text) == {"read", "snapshot"}
    assert scopes_of(run, text, NOW + 30 * DAY) is None


def test_a_token_reads_for_a_year_if_nothing_else_is_said(run: CommandLine) -> None:
    run("token", "create", "x")
    assert scopes_of(run, run.out.strip(), NOW + 365 * DAY - 1) == {"read"}
    run("token", "create", "y", "--days", 0)
    assert scopes_of(run, run.out.strip(), NOW + 100_000 * DAY) == {"read"}


def test_list_tells_all_but_the_token(run: CommandLine) -> None:
    assert run("token", "list") == DONE
    assert "No tokens yet" in run.out
    run("token", "create", "one")
    text = run.out.strip()
    run("token", "create", "two", "--scope", "snapshot", "--days", 0)
    run("token", "revoke", 1)
    assert "revoked" in run.out
    assert run.json("token", "list")["tokens"] == [
        {
            "id": 2,
            "name": "two",
            "scopes": ["snapshot"],
            "state": "active",
            "created_at": iso(NOW),
            "ends_at": None,
            "revoked_at": None,
            "last_used_at": None,
        },
        {
            "id": 1,
            "name": "one",
            "scopes": ["read"],
            "state": "revoked",
            "created_at": iso(NOW),
            "ends_at": iso(NOW + 365 * DAY),
            "revoked_at": iso(NOW),
            "last_used_at": None,
        },
    ]
    assert run("token", "list") == DONE
    assert text[-43:] not in run.out
    assert "revoked" in run.out


def test_revoke_makes_it_useless(run: CommandLine) -> None:
    run("token", "create", "x")
    text = run.out.strip()
    assert run("token", "revoke", 1) == DONE
    assert scopes_of(run, text) is None
    assert run("token", "revoke", 1) == DONE
    assert "revoked before" in run.out


def test_whoever_had_an_e_mail_before_is_reached_by_number(run: CommandLine) -> None:
    store = Store(run.environ["DATABASE_URL"])

    def log_in(subject: str) -> int:
        someone = Person("https://login.example", subject, "anna@one.example")
        return store.transact(lambda c: ensure_user_of(c, someone, NOW)).user_id

    former = log_in("old")
    assert run("token", "create", "x", "--user", "anna@one.example") == DONE
    text = run.out.strip()
    assert log_in("new") != former
    store.close()
    assert run.json("token", "list", "--user", "anna@one.example")["tokens"] == []
    assert len(run.json("token", "list", "--user", str(former))["tokens"]) == 1
    assert run("token", "revoke", 1, "--user", "formerly anna@one.example") == DONE
    assert scopes_of(run, text) is None


@pytest.mark.parametrize(
    ("argv", "status"),
    [
        (["token"], USAGE),
        (["token", "create"], USAGE),
        (["token", "revoke", "x"], USAGE),
        (["token", "revoke", "7"], FAILED),
        (["token", "revoke", "0"], FAILED),
        (["token", "create", "x", "--scope", "all"], FAILED),
        (["token", "create", "x", "--days", "-1"], FAILED),
        (["token", "create", " "], FAILED),
        (["token", "list", "--user", "nobody@example.org"], FAILED),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else None,
)
def test_what_makes_no_sense_is_told_in_one_line(
    run: CommandLine, argv: list[str], status: int
) -> None:
    assert run(*argv) == status
    assert run.out == ""
    assert run.err
    if status == FAILED:
        assert run.err.count("\n") == 1
