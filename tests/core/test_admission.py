"""Who may come in: the settings of logins, the claims of a provider, and the users they make."""

from functools import partial

import pytest

from snapshot_core.access.cookies import cookie_secret
from snapshot_core.admission import Person, administers, admitted
from snapshot_core.errors import SettingsError
from snapshot_core.settings import Settings, load
from snapshot_core.store.accounts import LOCAL_EMAIL, ensure_user
from snapshot_core.store.database import Store
from snapshot_core.store.logins import ensure_user_of, may_use, user_of
from snapshot_core.store.schema import upgrade

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
    return load(WHOLE | more, None)


class TestTheSettings:
    def test_without_any_there_are_no_logins(self) -> None:
        assert not load({"TRUEGROWTH_TIME_ZONE": "UTC"}, None).logins

    def test_all_of_them_turn_logins_on(self) -> None:
        one = settings(TRUEGROWTH_ADMINS="root@three.example")
        assert one.logins
        assert one.allowed_users == ("anna@one.example", "@two.example")
        assert one.admins == ("root@three.example",)
        assert "very-secret" not in repr(one)

    @pytest.mark.parametrize("missing", [name for name in WHOLE if name != "TRUEGROWTH_TIME_ZONE"])
    def test_one_too_few_stops_the_start_and_is_named(self, missing: str) -> None:
        with pytest.raises(SettingsError, match=rf"{missing} is not\. Logins need all of"):
            settings(**{missing: ""})

    @pytest.mark.parametrize("name", ["TRUEGROWTH_ALLOWED_USERS", "TRUEGROWTH_ADMINS"])
    def test_a_list_alone_protects_nothing_and_stops_the_start(self, name: str) -> None:
        with pytest.raises(SettingsError, match="Logins need all of"):
            load({name: "anna@one.example", "TRUEGROWTH_TIME_ZONE": "UTC"}, None)

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("TRUEGROWTH_OIDC_REDIRECT_URI", "https://growth.example/", "/oauth2callback"),
            ("TRUEGROWTH_OIDC_REDIRECT_URI", "http://growth.example/oauth2callback", "use https"),
            ("TRUEGROWTH_OIDC_METADATA_URL", "login.example", "write an address"),
            ("TRUEGROWTH_ALLOWED_USERS", "*", "write e-mails such as"),
            ("TRUEGROWTH_ALLOWED_USERS", "one.example", "write e-mails such as"),
            ("TRUEGROWTH_ALLOWED_USERS", "@com", "write e-mails such as"),
            ("TRUEGROWTH_ALLOWED_USERS", "a@b@c.example", "write e-mails such as"),
            ("TRUEGROWTH_ADMINS", "@one.example", "write e-mails such as"),
        ],
    )
    def test_a_bad_value_names_the_remedy(self, name: str, value: str, said: str) -> None:
        with pytest.raises(SettingsError, match=rf"^{name} .*{said}"):
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
    ],
)
def test_the_list_is_taken_at_its_word(email: str, may: bool) -> None:
    assert admitted(settings(TRUEGROWTH_ADMINS="root@three.example"), email) is may


def test_only_those_named_administer() -> None:
    one = settings(TRUEGROWTH_ADMINS="root@three.example")
    assert administers(one, "Root@three.example")
    assert not administers(one, "anna@one.example")


def test_the_cookie_secret_stays_and_changes_with_the_key() -> None:
    first, second = "k" * 40, "l" * 40
    one = settings(TRUEGROWTH_SECRET_KEY=first)
    assert cookie_secret(one) == cookie_secret(one)
    assert first not in cookie_secret(one)
    assert len(cookie_secret(one)) > 40
    newest = settings(TRUEGROWTH_SECRET_KEY=f"{second},{first}")
    assert cookie_secret(newest) == cookie_secret(settings(TRUEGROWTH_SECRET_KEY=second))
    assert cookie_secret(newest) != cookie_secret(one)


class TestUsers:
    @pytest.fixture
    def store(self, database_url: str):
        made = Store(database_url)
        upgrade(made)
        made.transact(lambda c: ensure_user(c, LOCAL_EMAIL, 0))
        yield made
        made.close()

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
            assert may_use(connection, load({"TRUEGROWTH_TIME_ZONE": "UTC"}, None), 1)
