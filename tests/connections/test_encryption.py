"""Keeping tokens secret at rest, with a key that can be changed."""

from pathlib import Path

import pytest
from sqlalchemy import delete

from snapshot_core.capture.first_start import set_up
from snapshot_core.connections.accounts import ask
from snapshot_core.connections.encryption import Cipher, cipher, ensure_secret_key
from snapshot_core.connections.tokens import reseal, sealed
from snapshot_core.errors import SettingsError, SourceError
from snapshot_core.identity.cookie_secret import cookie_secret
from snapshot_core.settings.secret_key import key_file
from snapshot_core.sources.contract import Grant
from snapshot_core.store import connections, tables
from snapshot_core.store.accounts import set_paused
from tests.fakes.installation import CONNECT, SOURCE, Installation

OLD = "the old key of the installation, 44 letters.."
NEW = "the new key of the installation, 44 letters.."


def test_what_is_encrypted_can_be_read_again_and_is_not_readable() -> None:
    newest = Cipher(NEW)
    secret = newest.encrypt("act.töken")
    assert newest.decrypt(secret) == "act.töken"
    assert "act." not in secret
    assert newest.encrypt("act.töken") != secret


def test_the_same_key_in_another_process_reads_it() -> None:
    assert Cipher(f" {NEW} ,").decrypt(Cipher(NEW).encrypt("act")) == "act"


def test_old_keys_read_and_the_newest_one_writes() -> None:
    old = Cipher(OLD).encrypt("act")
    both = Cipher(f"{NEW},{OLD}")
    assert both.decrypt(old) == "act"
    assert Cipher(NEW).decrypt(both.encrypt("act")) == "act"


def test_renewing_brings_a_secret_to_the_newest_key_once() -> None:
    both = Cipher(f"{NEW}, {OLD}")
    renewed = both.renew(Cipher(OLD).encrypt("act"))
    assert Cipher(NEW).decrypt(renewed) == "act"
    assert both.renew(renewed) == renewed


@pytest.mark.parametrize("spoilt", ["", "act", "gAAAAAB", "ü", "x" * 5_000])
def test_what_no_key_opens_is_told_with_the_remedy(spoilt: str) -> None:
    for secret in (spoilt, Cipher(OLD).encrypt("act")):
        with pytest.raises(SettingsError, match=r"TRUEGROWTH_SECRET_KEY.*connect the account"):
            Cipher(NEW).decrypt(secret)
        with pytest.raises(SettingsError):
            Cipher(NEW).renew(secret)


def test_a_secret_that_was_touched_is_not_believed() -> None:
    secret = Cipher(NEW).encrypt("act")
    middle = len(secret) // 2
    other = "A" if secret[middle] != "A" else "B"
    with pytest.raises(SettingsError):
        Cipher(NEW).decrypt(secret[:middle] + other + secret[middle + 1 :])


def test_nothing_is_told_by_showing_them() -> None:
    grant = Grant("act.secret", 1, "rft.secret", 2, frozenset({"video.list"}), "o")
    newest = Cipher(NEW)
    stored = sealed(grant, newest, 0)
    shown = f"{newest!r} {newest} {vars(newest)!r} {grant!r} {stored!r}"
    for secret in (NEW, "act.secret", "rft.secret", stored.access_token, stored.refresh_token):
        assert str(secret) not in shown


def rekey(here: Installation, keys: str) -> None:
    object.__setattr__(here.settings, "secret_key", keys)


def test_after_the_key_changed_setup_brings_tokens_to_the_new_one(here: Installation) -> None:
    first = str(here.settings.secret_key)
    grant = here.connect()
    rekey(here, f"{NEW},{first}")
    assert reseal(here.store, here.settings) == 1
    assert reseal(here.store, here.settings) == 0
    rekey(here, NEW)
    assert cipher(here.settings).decrypt(here.stored().access_token) == grant.access_token
    assert here.take().status == "complete"


def test_a_lost_key_is_told_by_the_account_and_a_found_one_heals_it(here: Installation) -> None:
    first = str(here.settings.secret_key)
    rekey(here, NEW)
    assert reseal(here.store, here.settings) == 0
    with pytest.raises(SourceError, match="TRUEGROWTH_SECRET_KEY") as raised:
        here.take()
    assert not raised.value.permanent
    here.clock.now += 3_600
    rekey(here, first)
    assert here.take().status == "complete"


def test_a_token_renewed_meanwhile_is_not_overwritten_by_the_new_key(here: Installation) -> None:
    with here.store.read() as connection:
        [(key, old)] = connections.stored_connections(connection).items()
    here.connect()
    newer = here.stored()
    assert not here.store.transact(lambda c: connections.reseal(c, key, old, "a", "b"))
    assert here.stored() == newer


class TestTheKeysFile:
    """A key that was moved away is missed, and never replaced while tokens need it."""

    @pytest.fixture
    def file(self, here: Installation) -> Path:
        """Where it is kept while none is set. The account is paused: setting up reads it not."""
        here.store.transact(lambda c: set_paused(c, here.account.key, True))
        object.__setattr__(here.settings, "secret_key", None)
        return key_file(here.settings)

    def forget_all(self, here: Installation) -> None:
        here.store.transact(lambda c: c.execute(delete(tables.connections)).rowcount)

    def test_it_is_made_where_nothing_needs_another(self, here: Installation, file: Path) -> None:
        self.forget_all(here)
        set_up(here.store, here.settings, here.clock)
        assert not file.exists()  # nobody needs one yet
        ask(here.platforms, SOURCE, here.account.user_id, None, CONNECT, here.clock())
        assert file.exists()
        here.connect()
        assert here.take().status == "complete"

    def test_moved_away_it_is_missed_by_all_and_made_by_none(
        self, here: Installation, file: Path
    ) -> None:
        self.forget_all(here)
        ensure_secret_key(here.store, here.settings)
        here.connect()
        file.rename(elsewhere := file.with_name("elsewhere"))
        with pytest.raises(SourceError, match=r"no secret key at .*put it back") as raised:
            here.take()
        assert not raised.value.permanent
        lost = f"secret key {file} is not there, and the tokens .*1.*connect those accounts again"
        with pytest.raises(SettingsError, match=lost):
            set_up(here.store, here.settings, here.clock)
        with pytest.raises(SettingsError, match=lost):
            ask(here.platforms, SOURCE, here.account.user_id, None, CONNECT, here.clock())
        with pytest.raises(SettingsError, match="no secret key"):
            cookie_secret(here.settings)
        assert not file.exists()
        elsewhere.rename(file)
        set_up(here.store, here.settings, here.clock)
        here.clock.now += 3_600
        assert here.take().status == "complete"

    def test_a_lost_one_can_be_made_anew_as_it_says(self, here: Installation, file: Path) -> None:
        file.write_text("another key that is long enough by far")
        set_up(here.store, here.settings, here.clock)
        with pytest.raises(SourceError, match="connect the account again"):
            here.take()
        here.connect()
        here.clock.now += 3_600
        assert here.take().status == "complete"
