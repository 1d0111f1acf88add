"""Who may come in: the settings of logins, the claims of a provider, and the users they make."""

import math
from functools import partial
from typing import Any

import pytest

from snapshot_core.errors import InputError, LoginNeeded, NotAllowed, NotFound, SettingsError
from snapshot_core.identity.allow_list import (
    NotListed,
    administers,
    admitted,
    may_use,
    person_from_claims,
)
from snapshot_core.identity.cookie_secret import cookie_secret
from snapshot_core.settings.table import Settings
from snapshot_core.sources.registry import load_settings
from snapshot_core.store.database import Store
from snapshot_core.store.users import LOCAL_EMAIL, Person, ensure_user_of, user_named, user_of
from tests.support.stock import stocked

WHOLE = {
    "TRUEGROWTH_OIDC_METADATA_URL": "https://login.example/.well-known/openid-configuration",
    "TRUEGROWTH_OIDC_CLIENT_ID": "one",
    "TRUEGROWTH_OIDC_CLIENT_SECRET": "very-secret",
    "TRUEGROWTH_OIDC_REDIRECT_URI": "https://growth.example/oauth2callback",
    "TRUEGROWTH_ALLOWED_USERS": "Anna@one.example,\n @Two.example",
    "TRUEGROWTH_TIME_ZONE": "UTC",
}
ANNA = Person("https://login.example", "1", "anna@one.example")


def settings(**more: str) -> Settings:
    return load_settings(WHOLE | more, None)


class TestTheSettings:
    def test_without_any_there_are_no_logins(self) -> None:
        assert not load_settings({"TRUEGROWTH_TIME_ZONE": "UTC"}, None).logins

    def test_all_of_them_turn_logins_on(self) -> None:
        configured = settings(TRUEGROWTH_ADMINS="root@three.example")
        assert configured.logins
        assert configured.allowed_users == ("anna@one.example", "@two.example")
        assert configured.admins == ("root@three.example",)
        assert "very-secret" not in repr(configured)

    @pytest.mark.parametrize("missing", [name for name in WHOLE if name != "TRUEGROWTH_TIME_ZONE"])
    def test_one_too_few_stops_the_start_and_is_named(self, missing: str) -> None:
        with pytest.raises(SettingsError, match=rf"{missing} is not\. Logins need all of"):
            settings(**{missing: ""})

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("TRUEGROWTH_ALLOWED_USERS", "anna@one.example"),
            ("TRUEGROWTH_ADMINS", "anna@one.example"),
            ("TRUEGROWTH_OIDC_EMAIL_UNVERIFIED", "accept"),
        ],
    )
    def test_one_alone_protects_nothing_and_stops_the_start(self, name: str, value: str) -> None:
        with pytest.raises(SettingsError, match="Logins need all of"):
            load_settings({name: value, "TRUEGROWTH_TIME_ZONE": "UTC"}, None)

    @pytest.mark.parametrize(
        ("name", "value", "message"),
        [
            ("TRUEGROWTH_OIDC_REDIRECT_URI", "https://growth.example/", "/oauth2callback"),
            ("TRUEGROWTH_OIDC_REDIRECT_URI", "http://growth.example/oauth2callback", "use https"),
            ("TRUEGROWTH_OIDC_METADATA_URL", "login.example", "write an address"),
            ("TRUEGROWTH_ALLOWED_USERS", "*", "write e-mails such as"),
            ("TRUEGROWTH_ALLOWED_USERS", "one.example", "write e-mails such as"),
            ("TRUEGROWTH_ALLOWED_USERS", "@com", "write e-mails such as"),
            ("TRUEGROWTH_ALLOWED_USERS", "a@b@c.example", "write e-mails such as"),
            ("TRUEGROWTH_ADMINS", "@one.example", "write e-mails such as"),
            ("TRUEGROWTH_OIDC_EMAIL_UNVERIFIED", "true", "write accept"),
        ],
    )
    def test_a_bad_value_names_the_remedy(self, name: str, value: str, message: str) -> None:
        with pytest.raises(SettingsError, match=rf"^{name} .*{message}"):
            settings(**{name: value})

    def test_on_this_machine_http_will_do(self) -> None:
        here = "http://127.0.0.1:8501/oauth2callback"
        assert settings(TRUEGROWTH_OIDC_REDIRECT_URI=here).oidc_redirect_uri == here


@pytest.mark.parametrize(
    ("email", "may"),
    [
        ("anna@one.example", True),
        ("ANNA@One.Example", True),
        ("bob@one.example", False),
        ("anybody@two.example", True),
        ("anybody@sub.two.example", False),
        ("anybody@two.example.evil.example", False),
        ("x@two.example@evil.example", False),
        ("@two.example", False),
        ("two.example", False),
        ("root@three.example", True),
        ("", False),
        ("a@evil.example,b@two.example", False),
        ("x@evil.example\n@two.example", False),
        ("x y@two.example", False),
        ("x\0@two.example", False),
        ("\ud800@two.example", False),
    ],
)
def test_the_list_is_taken_at_its_word(email: str, may: bool) -> None:
    assert admitted(settings(TRUEGROWTH_ADMINS="root@three.example"), email) is may


def test_only_those_named_administer() -> None:
    configured = settings(TRUEGROWTH_ADMINS="root@three.example")
    assert administers(configured, "Root@three.example")
    assert not administers(configured, "anna@one.example")


NOW = 1_000
CLAIMS = {
    "is_logged_in": True,
    "iss": ANNA.issuer,
    "sub": ANNA.subject,
    "email": "Anna@one.example",
    "email_verified": True,
    "exp": NOW + 1,
}


class TestTheClaims:
    def test_make_a_person_until_they_end(self) -> None:
        assert person_from_claims(settings(), CLAIMS, NOW) == ANNA
        with pytest.raises(LoginNeeded):
            person_from_claims(settings(), CLAIMS, NOW + 1)

    @pytest.mark.parametrize("exp", [math.nan, math.inf, -math.inf, None, True, "9999999999"])
    def test_must_say_when_they_end(self, exp: object) -> None:
        with pytest.raises(LoginNeeded):
            person_from_claims(settings(), CLAIMS | {"exp": exp}, NOW)

    def test_must_say_that_the_e_mail_is_verified_and_the_refusal_names_the_way_round(self) -> None:
        silent: dict[str, Any] = {key: CLAIMS[key] for key in CLAIMS if key != "email_verified"}
        with pytest.raises(NotAllowed, match="TRUEGROWTH_OIDC_EMAIL_UNVERIFIED=accept") as refused:
            person_from_claims(settings(), silent, NOW)
        assert not isinstance(refused.value, NotListed)
        waived = settings(TRUEGROWTH_OIDC_EMAIL_UNVERIFIED="accept")
        assert person_from_claims(waived, silent, NOW) == ANNA
        assert person_from_claims(settings(), silent | {"email_verified": "true"}, NOW) == ANNA
        for verified in (False, "false", None, 1.5):
            with pytest.raises(NotAllowed, match="not verified"):
                person_from_claims(waived, silent | {"email_verified": verified}, NOW)

    @pytest.mark.parametrize(
        "email",
        ["mi\u212ae@one.example", "a@b.example,c@two.example", "x@b.example\n@two.example", "anna"],
    )
    def test_of_an_odd_e_mail_are_nobodys_else(self, email: str) -> None:
        configured = settings(
            TRUEGROWTH_ALLOWED_USERS="mike@one.example, @two.example",
            TRUEGROWTH_ADMINS="mike@one.example",
        )
        with pytest.raises(NotAllowed):
            person_from_claims(configured, CLAIMS | {"email": email}, NOW)
        assert not administers(configured, email)
        assert administers(configured, "MIKE@One.example")


def test_the_cookie_secret_stays_and_changes_with_the_key() -> None:
    first, second = "k" * 40, "l" * 40
    configured = settings(TRUEGROWTH_SECRET_KEY=first)
    assert cookie_secret(configured) == cookie_secret(configured)
    assert first not in cookie_secret(configured)
    assert len(cookie_secret(configured)) > 40
    newest = settings(TRUEGROWTH_SECRET_KEY=f"{second},{first}")
    assert cookie_secret(newest) == cookie_secret(settings(TRUEGROWTH_SECRET_KEY=second))
    assert cookie_secret(newest) != cookie_secret(configured)


class TestUsers:
    @pytest.fixture
    def store(self, database_url: str):
        with stocked(database_url) as made:
            yield made

    def test_are_made_at_the_first_login_and_found_ever_after(self, store: Store) -> None:
        first = store.transact(lambda c: ensure_user_of(c, ANNA, 5))
        assert (first.user_id, first.email) == (2, ANNA.email)
        assert store.transact(lambda c: ensure_user_of(c, ANNA, 6)) == first
        with store.read() as connection:
            assert user_of(connection, ANNA) == first

    def test_are_who_the_subject_says_and_not_the_e_mail(self, store: Store) -> None:
        first = store.transact(lambda c: ensure_user_of(c, ANNA, 5))
        married = Person(ANNA.issuer, ANNA.subject, "anna.b@one.example")
        again = store.transact(lambda c: ensure_user_of(c, married, 6))
        assert (again.user_id, again.email) == (first.user_id, married.email)
        for other in (
            Person(ANNA.issuer, "2", ANNA.email),
            Person("https://other.example", ANNA.subject, ANNA.email),
            Person(ANNA.issuer, "3", LOCAL_EMAIL),
        ):
            assert store.transact(partial(ensure_user_of, person=other, now=7)).user_id > 2

    def test_programs_follow_the_list(self, store: Store) -> None:
        anna = store.transact(lambda c: ensure_user_of(c, ANNA, 5)).user_id
        with store.read() as connection:
            assert may_use(connection, settings(), anna)
            assert not may_use(connection, settings(), 1), "the user of no logins"
            assert not may_use(connection, settings(), 99)
            assert not may_use(connection, settings(TRUEGROWTH_ALLOWED_USERS="@x.example"), anna)
            assert may_use(connection, load_settings({"TRUEGROWTH_TIME_ZONE": "UTC"}, None), 1)

    def test_an_e_mail_that_goes_to_somebody_else_leaves_whoever_had_it(self, store: Store) -> None:
        before = store.transact(lambda c: ensure_user_of(c, ANNA, 5)).user_id
        heir = Person(ANNA.issuer, "2", ANNA.email)
        after = store.transact(lambda c: ensure_user_of(c, heir, 6)).user_id
        with store.read() as connection:
            assert not may_use(connection, settings(), before)
            assert may_use(connection, settings(), after)
            assert user_named(connection, ANNA.email).user_id == after
            assert user_named(connection, f"formerly {ANNA.email}").user_id == before
            assert user_named(connection, str(before)).user_id == before

    def test_it_goes_with_a_known_user_too_and_may_come_back(self, store: Store) -> None:
        anna = store.transact(lambda c: ensure_user_of(c, ANNA, 5)).user_id
        other = Person(ANNA.issuer, "2", "second@one.example")
        second = store.transact(lambda c: ensure_user_of(c, other, 6)).user_id
        heir = Person(ANNA.issuer, "2", ANNA.email)
        assert store.transact(lambda c: ensure_user_of(c, heir, 7)).user_id == second
        with store.read() as connection:
            assert not may_use(connection, settings(), anna)
        assert store.transact(lambda c: ensure_user_of(c, ANNA, 8)).email == ANNA.email
        with store.read() as connection:
            assert may_use(connection, settings(), anna)
            assert not may_use(connection, settings(), second)

    def test_an_e_mail_of_several_providers_is_told_apart_by_number(self, store: Store) -> None:
        for issuer in (ANNA.issuer, "https://other.example"):
            same = Person(issuer, "1", ANNA.email)
            store.transact(partial(ensure_user_of, person=same, now=5))
        with store.read() as connection:
            with pytest.raises(InputError, match=r"by number: 2, 3\."):
                user_named(connection, ANNA.email)
            assert [user_named(connection, name).user_id for name in ("2", "3")] == [2, 3]
            with pytest.raises(NotFound):
                user_named(connection, "99")

    def test_the_local_user_is_never_one_who_logs_in(self, store: Store) -> None:
        named_so = Person(ANNA.issuer, "9", LOCAL_EMAIL)
        assert store.transact(lambda c: ensure_user_of(c, named_so, 5)).user_id == 2
        with store.read() as connection:
            assert user_named(connection, LOCAL_EMAIL).user_id == 1
