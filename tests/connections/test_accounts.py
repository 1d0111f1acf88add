"""Bringing a real account in: nothing is stored before the platform has said whose it is."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from snapshot_core.capture.first_start import set_up
from snapshot_core.connections.accounts import (
    CONSENT_SECONDS,
    add_found,
    ask,
    look_up,
    receive,
    remove,
)
from snapshot_core.connections.platforms import Platforms
from snapshot_core.errors import InputError, SourceError, TruegrowthError
from snapshot_core.growth.completeness import Scope
from snapshot_core.growth.rounding import Rounding
from snapshot_core.sources.contract import Address, AddressSource, Identity, Listing
from snapshot_core.sources.tiktok.settings import TikTokSettings
from snapshot_core.store import connections
from snapshot_core.store.accounts import Account, account, accounts_of, remove_account, set_paused
from snapshot_core.store.tables import accounts, authorizations
from snapshot_core.store.tables import connections as stored
from snapshot_core.store.users import ensure_user
from tests.fakes import tiktok_consent
from tests.fakes.installation import CONNECT, SOURCE, Clock, settings_for
from tests.fakes.tiktok import TikTok as Fake
from tests.fakes.tiktok_world import person
from tests.support.staged import NOON, installed


class Visit:
    """A user with a browser, an installation and a TikTok."""

    def __init__(self, fake: Fake, base: str, url: str) -> None:
        self.fake, self.clock = fake, Clock()
        self.store = installed(url)
        for email in ("mine", "yours"):
            self.store.transact(partial(ensure_user, email=email, now=NOON))
        self.platforms = Platforms(self.store, settings_for(fake, base, url), self.clock)

    def begin(self, again: Account | None = None) -> str:
        """The address of the consent page."""
        number = again.account_id if again else None
        return ask(self.platforms, SOURCE, 1, number, CONNECT, self.clock())

    def come_back(self, again: Account | None = None, **how: Any) -> dict[str, str]:
        """What the consent page sends the browser back with."""
        return tiktok_consent.answer(self.begin(again), **how)

    def receive(self, answer: dict[str, str], user: int = 1) -> Account:
        return receive(self.platforms, user, answer, self.clock())

    def counts(self) -> tuple[int, int]:
        """Accounts and connections stored."""
        with self.store.read() as connection:
            added, connected = (
                connection.scalar(select(func.count()).select_from(table)) or 0
                for table in (accounts, stored)
            )
        return added, connected

    def refused(self, answer: dict[str, str], kind: type[TruegrowthError] = TruegrowthError) -> str:
        """Why it was refused; nothing may be stored then."""
        before = self.counts()
        with pytest.raises(kind) as raised:
            self.receive(answer)
        assert self.counts() == before
        return str(raised.value)


@pytest.fixture
def visit(database_url: str, without_pauses: None) -> Iterator[Visit]:
    fake = Fake(Clock(), person(1, now=NOON))
    with fake.running() as base:
        made = Visit(fake, base, database_url)
        yield made
        made.store.close()


def test_a_consent_makes_an_account_with_encrypted_tokens(visit: Visit) -> None:
    made = visit.receive(visit.come_back())
    assert (made.name, made.source, made.handle) == ("Mara 1", "tiktok", "mara1")
    assert made.external_id == "-000open1"
    with visit.store.read() as connection:
        connected = connections.connection_of(connection, made.key)
    assert connected is not None
    assert connected.scopes == "user.info.basic,user.info.profile,user.info.stats,video.list"
    secrets = {*visit.fake.access, *visit.fake.refresh}
    assert secrets
    assert not any(
        secret in f"{connected.access_token}{connected.refresh_token}" for secret in secrets
    )


def test_of_a_consent_under_way_only_a_digest_and_a_secret_are_stored(visit: Visit) -> None:
    url = visit.begin()
    with visit.store.read() as connection:
        (row,) = connection.execute(select(authorizations)).all()
    assert row.state not in url
    assert row.verifier.startswith("gAAAA")


def test_a_wrong_state(visit: Visit) -> None:
    answer = visit.come_back() | {"state": "of somebody else"}
    assert "does not belong to a connection that was begun here" in visit.refused(answer)
    assert not visit.fake.called("oauth/token")


def test_another_users_answer(visit: Visit) -> None:
    answer = visit.come_back()
    with pytest.raises(InputError, match="does not belong"):
        visit.receive(answer, user=2)
    assert visit.counts() == (0, 0)


def test_an_answer_that_comes_twice(visit: Visit) -> None:
    answer = visit.come_back()
    visit.receive(answer)
    assert "used already" in visit.refused(answer)
    assert len(visit.fake.called("oauth/token")) == 1


def test_an_answer_that_comes_late(visit: Visit) -> None:
    answer = visit.come_back()
    visit.clock.sleep(CONSENT_SECONDS + 1)
    assert "quarter of an hour" in visit.refused(answer)


def test_a_code_that_was_used_by_another(visit: Visit) -> None:
    answer = visit.come_back()
    visit.fake.codes.clear()
    assert "works once" in visit.refused(answer)


def test_no_permission(visit: Visit) -> None:
    assert "did not allow" in visit.refused(visit.come_back(allow=False))


def test_the_box_for_the_videos_unticked(visit: Visit) -> None:
    assert "leave it ticked" in visit.refused(visit.come_back(untick=["video.list"]))
    assert not visit.fake.called("oauth/token"), "a code was used up for nothing"


def test_an_account_that_the_sandbox_does_not_know(visit: Visit) -> None:
    visit.fake.people[0].target = False
    assert "target users" in visit.refused(visit.come_back())


@pytest.mark.parametrize("code", ["invalid_client", "invalid_grant", "invalid_request"])
def test_an_error_that_comes_with_http_200(visit: Visit, code: str) -> None:
    visit.fake.script("oauth/token", code)
    message = visit.refused(visit.come_back(), SourceError)
    assert message.endswith(("again.", "again"))


def test_who_cannot_be_told_apart_is_not_connected_and_given_back(visit: Visit) -> None:
    visit.fake.script("user/info", *["internal_error"] * 8)
    visit.refused(visit.come_back(), SourceError)
    assert len(visit.fake.called("oauth/revoke")) == 1


def test_connecting_again_keeps_the_account_and_lifts_its_stop(visit: Visit) -> None:
    made = visit.receive(visit.come_back())
    visit.store.transact(
        lambda c: c.execute(accounts.update().values(blocked=True, failures=3, last_error="x"))
    )
    again = visit.receive(visit.come_back(made))
    assert again.key == made.key
    assert (again.blocked, again.failures, again.last_error) == (False, 0, None)
    assert visit.counts() == (1, 1)


def test_the_same_account_without_saying_so_is_connected_again_too(visit: Visit) -> None:
    made = visit.receive(visit.come_back())
    assert visit.receive(visit.come_back()).key == made.key


def test_connecting_again_as_somebody_else_is_refused_and_given_back(visit: Visit) -> None:
    made = visit.receive(visit.come_back())
    visit.fake.people.append(person(2, now=NOON))
    visit.fake.present = visit.fake.people[1]
    message = visit.refused(visit.come_back(made), InputError)
    assert "You allowed Mara 2, and Mara 1 is another account" in message
    assert len(visit.fake.called("oauth/revoke")) == 1


def alive(visit: Visit, key: tuple[int, int]) -> bool:
    """Whether the platform still accepts what an account is connected with."""
    with visit.platforms.context(SOURCE, key) as context:
        return context.token(None) in visit.fake.access


def test_connecting_again_as_another_account_that_is_here_leaves_that_one_connected(
    visit: Visit,
) -> None:
    made = visit.receive(visit.come_back())
    visit.fake.people.append(person(2, now=NOON))
    visit.fake.present = visit.fake.people[1]
    other = visit.receive(visit.come_back())
    visit.refused(visit.come_back(made), InputError)
    assert alive(visit, other.key)


def test_connecting_again_that_fails_leaves_the_old_connection_alive(visit: Visit) -> None:
    made = visit.receive(visit.come_back())
    visit.fake.script("user/info", *["internal_error"] * 8)
    visit.refused(visit.come_back(made), SourceError)
    assert alive(visit, made.key)


def test_removing_leaves_another_users_connection_to_the_same_account_alive(visit: Visit) -> None:
    made = visit.receive(visit.come_back())
    url = ask(visit.platforms, SOURCE, 2, None, CONNECT, visit.clock())
    other = visit.receive(tiktok_consent.answer(url), user=2)
    remove(visit.platforms, SOURCE, made.key)
    visit.store.transact(lambda c: remove_account(c, made.key))
    assert alive(visit, other.key)
    remove(visit.platforms, SOURCE, other.key)
    assert visit.fake.access == {}


@pytest.mark.parametrize("name", ["Mara 1", "MARA\u00a01", "Ｍara 1\u200b"])
def test_a_name_that_is_taken(visit: Visit, name: str) -> None:
    visit.receive(visit.come_back())
    visit.fake.people.append(replace(person(2, now=NOON), display_name=name))
    visit.fake.present = visit.fake.people[1]
    assert visit.receive(visit.come_back()).name.endswith(" (TikTok)")


def test_removing_gives_the_access_back(visit: Visit) -> None:
    made = visit.receive(visit.come_back())
    remove(visit.platforms, SOURCE, made.key)
    visit.store.transact(lambda c: remove_account(c, made.key))
    assert len(visit.fake.called("oauth/revoke")) == 1
    assert visit.counts() == (0, 0)


def connection_row(visit: Visit, key: tuple[int, int]) -> connections.StoredConnection:
    with visit.store.read() as connection:
        row = connections.connection_of(connection, key)
    assert row is not None
    return row


def test_the_secret_key_is_changed_without_connecting_again(visit: Visit) -> None:
    made = visit.receive(visit.come_back())
    visit.store.transact(lambda c: set_paused(c, made.key, True))  # no capture, which would renew
    old = visit.platforms.settings
    new_key = "another key that is long enough by far"
    both = replace(old, secret_key=f"{new_key},{old.secret_key}")
    before = connection_row(visit, made.key)
    set_up(visit.store, both, visit.clock)
    after = connection_row(visit, made.key)
    assert after.access_token != before.access_token
    set_up(visit.store, both, visit.clock)
    assert connection_row(visit, made.key) == after
    alone = Platforms(visit.store, replace(old, secret_key=new_key), visit.clock)
    with alone.context(SOURCE, made.key) as context:
        assert context.token(None) in visit.fake.access


class Anybody(AddressSource):
    """A source of which every address is somebody's."""

    name, label = "public", "TikTok (public)"
    metrics = dict.fromkeys(("views",), Rounding.WEB)
    scopes: frozenset[Scope] = frozenset({"complete"})
    platform = "TikTok"

    def recognise(self, text: str) -> Address:
        return Address(text, certain=False)

    def look_up(self, address: str, context: object) -> Identity:
        return Identity(f"id of {address.lower()}", address, address)

    def read(self, *_: object) -> Listing:
        raise NotImplementedError


def test_an_address_is_added_once(visit: Visit) -> None:
    source = Anybody()
    first = look_up(visit.platforms, source, 1, "mara")
    assert first.account is None
    assert visit.counts() == (0, 0)
    made = add_found(visit.platforms, 1, first, visit.clock())
    assert (made.external_id, made.rounded) == ("id of mara", True)
    for same in ("MARA", "ｍａｒａ", " mara\u200b"):
        again = look_up(visit.platforms, source, 1, same)
        assert again.account == made
        with pytest.raises(InputError, match="is here already, as mara"):
            add_found(visit.platforms, 1, again, visit.clock())
    assert look_up(visit.platforms, source, 2, "mara").account is None
    with visit.store.read() as connection:
        assert account(connection, made.key) in accounts_of(connection, 1)


def test_it_comes_back_to_the_address_that_the_browser_was_on(visit: Visit) -> None:
    """Where no setting names one: the consent and its exchange name the same."""
    tiktok = replace(visit.platforms.settings.section(TikTokSettings), redirect_uri=None)
    unset = replace(visit.platforms.settings, sections=(tiktok,))
    platforms, here = (
        replace(visit.platforms, settings=unset),
        "https://growth.example:8443/connect",
    )
    visit.fake.redirect_uris = {here}
    answer = tiktok_consent.answer(ask(platforms, SOURCE, 1, None, here, visit.clock()))
    assert receive(platforms, 1, answer, visit.clock()).name == "Mara 1"
    with visit.store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(authorizations)) == 0
