"""Keeping tokens secret at rest, with a key that can be changed."""

import pytest

from snapshot_core.connections.encryption import Cipher, cipher
from snapshot_core.connections.tokens import reseal, sealed
from snapshot_core.errors import SettingsError, SourceError
from snapshot_core.sources.contract import Grant
from snapshot_core.store import connections
from tests.fakes.installation import Installation

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
