"""TikTok's consent against a fake that speaks its OAuth: every answer has a sentence."""

import base64
import hashlib
import json
import logging
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from snapshot_core.errors import SourceError
from snapshot_core.sources.contract import Grant, OAuthSource
from snapshot_core.sources.tiktok.source import TikTok
from tests.fakes import tiktok_consent
from tests.fakes.installation import SOURCE, VERIFIER, Clock, Installation
from tests.fakes.scripted import LOST, RESET, Said
from tests.fakes.tiktok import TikTok as Fake
from tests.fakes.tiktok_world import SCOPES


def come_back(here: Installation, **how: Any) -> dict[str, str]:
    """Consent with a browser's steps: what the callback gets."""
    return tiktok_consent.answer(SOURCE.consent_url(here.tiktok, "st", VERIFIER), **how)


def exchange(here: Installation, code: str, verifier: str = VERIFIER) -> Grant:
    with here.platforms.http() as http:
        return SOURCE.exchange(here.tiktok, http, code, verifier, here.clock())


def renew(here: Installation, refresh_token: str | None) -> Grant:
    with here.platforms.http() as http:
        return SOURCE.renew(here.tiktok, http, str(refresh_token), here.clock())


def refused_exchange(here: Installation) -> SourceError:
    code = come_back(here)["code"]
    with pytest.raises(SourceError) as raised:
        exchange(here, code)
    return raised.value


def refused_renewal(here: Installation) -> SourceError:
    with pytest.raises(SourceError) as raised:
        renew(here, here.connect().refresh_token)
    return raised.value


def test_it_is_a_source_with_a_consent() -> None:
    assert isinstance(TikTok(), OAuthSource)


def test_what_is_missing_is_told_by_its_name(here: Installation) -> None:
    assert SOURCE.missing(here.tiktok) is None
    object.__setattr__(here.tiktok, "client_secret", None)
    assert "TRUEGROWTH_TIKTOK_CLIENT_SECRET" in str(SOURCE.missing(here.tiktok))
    with pytest.raises(SourceError, match="TRUEGROWTH_TIKTOK_CLIENT_KEY") as raised:
        exchange(here, "code")
    assert raised.value.permanent


def test_the_browser_is_sent_with_a_challenge_in_hexadecimal(here: Installation) -> None:
    url = urlsplit(SOURCE.consent_url(here.tiktok, "a state", VERIFIER))
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert url.path == "/v2/auth/authorize/"
    assert asked == {
        "client_key": here.fake.client_key,
        "response_type": "code",
        "scope": "user.info.basic,user.info.profile,user.info.stats,video.list",
        "redirect_uri": "http://127.0.0.1:8501/connect",
        "state": "a state",
        "code_challenge": hashlib.sha256(VERIFIER.encode()).hexdigest(),
        "code_challenge_method": "S256",
    }


def test_a_consent_gives_tokens_that_end_when_tiktok_says(here: Installation, clock: Clock) -> None:
    here.fake.access_lives, here.fake.refresh_lives = 86_400, 365 * 86_400
    back = come_back(here)
    assert back["state"] == "st"
    grant = exchange(here, back["code"])
    assert (grant.access_until, grant.refresh_until) == (
        clock() + 86_400,
        clock() + 365 * 86_400,
    )
    assert grant.scopes == set(SCOPES)
    assert grant.external_id == "-000open1"
    assert grant.access_token in here.fake.access
    assert grant.refresh_token in here.fake.refresh


def test_a_box_that_may_be_unticked_makes_the_scopes_fewer(here: Installation) -> None:
    back = come_back(here, untick=["user.info.stats"])
    assert exchange(here, back["code"]).scopes == set(SCOPES) - {"user.info.stats"}


def test_without_the_box_for_videos_there_is_no_connection(here: Installation) -> None:
    back = come_back(here, untick=["video.list"])
    with pytest.raises(SourceError, match=r"videos was not ticked .* leave it ticked") as raised:
        exchange(here, back["code"])
    assert raised.value.permanent


def test_a_code_works_once(here: Installation) -> None:
    code = come_back(here)["code"]
    exchange(here, code)
    with pytest.raises(SourceError, match=r"works once .* Connect again") as raised:
        exchange(here, code)
    assert raised.value.permanent


def test_a_code_that_waited_too_long_is_told_so(here: Installation, clock: Clock) -> None:
    code = come_back(here)["code"]
    clock.now += 601
    with pytest.raises(SourceError, match="for a short while"):
        exchange(here, code)


def test_a_challenge_in_base64_passes_the_page_and_fails_with_the_tokens(
    here: Installation,
) -> None:
    digest = hashlib.sha256(VERIFIER.encode())
    other = base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()
    url = SOURCE.consent_url(here.tiktok, "st", VERIFIER)
    back = tiktok_consent.answer(url.replace(digest.hexdigest(), other))
    with pytest.raises(SourceError, match="did not accept the end of this consent"):
        exchange(here, back["code"])


def test_another_redirect_address_than_at_the_page_is_named(here: Installation) -> None:
    code = come_back(here)["code"]
    object.__setattr__(here.tiktok, "redirect_uri", "http://127.0.0.1:8501/other")
    with pytest.raises(
        SourceError, match="this dashboard's address with /connect is registered"
    ) as raised:
        exchange(here, code)
    assert raised.value.permanent


REFUSED = {
    "invalid_client": (True, "does not know your app"),
    "unauthorized_client": (True, "Login Kit and the Display API"),
    "unsupported_grant_type": (True, "newer version"),
    "invalid_scope": (True, "user.info.stats"),
    "server_error": (False, "fault of its own"),
    "temporarily_unavailable": (False, "fault of its own"),
    "something_new": (False, "gave no access (something_new)"),
}


@pytest.mark.parametrize("status", [200, 400, 401])
@pytest.mark.parametrize("code", REFUSED)
def test_an_error_is_told_by_the_body_whatever_the_status(
    here: Installation, code: str, status: int
) -> None:
    permanent, sentence = REFUSED[code]
    here.fake.oauth_status = status
    here.fake.script("oauth/token", code)
    error = refused_exchange(here)
    assert (error.permanent, sentence in str(error)) == (permanent, True), str(error)
    assert "onnect" in str(error) or "try again" in str(error) or permanent

    grant = here.connect()
    here.fake.script("oauth/token", *[code] * 4)
    with pytest.raises(SourceError) as raised:
        renew(here, grant.refresh_token)
    assert (raised.value.permanent, sentence in str(raised.value)) == (permanent, True)


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("code", ["invalid_grant", "invalid_request", "access_token_invalid"])
def test_a_dead_refresh_token_is_for_the_user_to_mend(
    here: Installation, code: str, status: int
) -> None:
    grant = here.connect()
    here.fake.oauth_status = status
    here.fake.script("oauth/token", code)
    with pytest.raises(SourceError, match="Connect the account again") as raised:
        renew(here, grant.refresh_token)
    assert raised.value.permanent


def test_an_error_in_the_shape_of_the_other_endpoints_is_understood(here: Installation) -> None:
    body = {"data": {}, "error": {"code": "invalid_client", "message": "", "log_id": "1"}}
    here.fake.script("oauth/token", Said(json.dumps(body).encode(), 401))
    assert "does not know your app" in str(refused_exchange(here))


def test_a_refresh_token_gives_another_pair_and_dies(here: Installation) -> None:
    first = here.connect()
    second = renew(here, first.refresh_token)
    assert second.refresh_token != first.refresh_token
    with pytest.raises(SourceError, match="taken back or ran out") as raised:
        renew(here, first.refresh_token)
    assert raised.value.permanent
    assert renew(here, second.refresh_token).external_id == "-000open1"


def test_a_refresh_token_that_ran_out_is_told_so(here: Installation, clock: Clock) -> None:
    grant = here.connect()
    clock.now += 180 * 86_400
    with pytest.raises(SourceError, match="ran out"):
        renew(here, grant.refresh_token)


def test_a_renewal_is_repeated_where_the_network_failed(here: Installation) -> None:
    grant = here.connect()
    calls = len(here.fake.called("oauth/token"))
    here.fake.script("oauth/token", RESET, Said(b"<html>", 503))
    assert renew(here, grant.refresh_token).scopes == set(SCOPES)
    assert len(here.fake.called("oauth/token")) == calls + 3


def test_a_code_is_never_sent_twice(here: Installation) -> None:
    code = come_back(here)["code"]
    calls = len(here.fake.called("oauth/token"))
    here.fake.script("oauth/token", LOST)
    with pytest.raises(SourceError, match=r"cannot be reached\. .* Connect again\.") as raised:
        exchange(here, code)
    assert not raised.value.permanent
    assert len(here.fake.called("oauth/token")) == calls + 1


def test_a_token_call_that_is_sent_away_waits_as_told(here: Installation, clock: Clock) -> None:
    code, before = come_back(here)["code"], clock.now
    limited = {"error": "rate_limit_exceeded", "error_description": "", "log_id": ""}
    answers = Said(b"", 429, {"retry-after": "7"}), Said(json.dumps(limited).encode())
    here.fake.script("oauth/token", *answers)
    assert exchange(here, code).external_id == "-000open1"
    assert 67 <= clock.now - before < 80


GOOD = {
    "access_token": "act.good",
    "expires_in": 7_200,
    "open_id": "-000open1",
    "refresh_expires_in": 15_552_000,
    "refresh_token": "rft.good",
    "scope": ",".join(SCOPES),
    "token_type": "Bearer",
}
BAD_LIVES: list[Any] = [None, "7200", -1, 0, True, 1.5, 10**12, [], {}]
BAD_TEXTS: list[Any] = [None, "", 7, [], {}, "with a space", "line\nbreak", "ümlaut"]
WITHOUT = object()
BAD = [
    *(("expires_in", bad) for bad in [WITHOUT, *BAD_LIVES]),
    *(("refresh_expires_in", bad) for bad in [WITHOUT, *BAD_LIVES]),
    *(("access_token", bad) for bad in [WITHOUT, *BAD_TEXTS]),
    *(("refresh_token", bad) for bad in [WITHOUT, *BAD_TEXTS]),
    *(("open_id", bad) for bad in [WITHOUT, None, "", [], {}, "a b"]),
    *(("scope", bad) for bad in [WITHOUT, None, 7, [], {}]),
]


def test_a_whole_answer_is_taken(here: Installation) -> None:
    here.fake.script("oauth/token", Said(json.dumps(GOOD).encode()))
    assert renew(here, "rft.any").access_token == "act.good"


def test_half_an_answer_is_none(here: Installation) -> None:
    for name, bad in BAD:
        body = {key: value for key, value in (GOOD | {name: bad}).items() if value is not WITHOUT}
        here.fake.script("oauth/token", Said(json.dumps(body).encode()))
        with pytest.raises(SourceError, match="not the one it documents") as raised:
            renew(here, "rft.any")
        assert not raised.value.permanent, (name, bad)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b"<html>", b"{}", b'{"error":{}}'])
def test_an_answer_that_is_no_answer_has_a_message(here: Installation, body: bytes) -> None:
    here.fake.script("oauth/token", *[Said(body)] * 4)
    with pytest.raises(SourceError, match="not the one it documents"):
        renew(here, "rft.any")


def refused_consent(answer: dict[str, str]) -> SourceError:
    with pytest.raises(SourceError) as raised:
        SOURCE.code_in(answer)
    return raised.value


def test_what_comes_back_instead_of_a_code_is_explained(here: Installation) -> None:
    assert "press Allow" in str(refused_consent(come_back(here, allow=False)))

    here.fake.people[0].target = False
    refused = refused_consent(come_back(here))
    assert "target users" in str(refused)
    assert refused.permanent

    here.fake.people[0].target = True
    here.fake.app_scopes -= {"user.info.stats"}
    assert "user.info.stats" in str(refused_consent(come_back(here)))
    assert "(odd)" in str(refused_consent({"error": "odd"}))
    assert "<" not in str(refused_consent({"error": "<script>"}))


def test_revoking_ends_the_access(here: Installation) -> None:
    grant = here.connect()
    with here.platforms.http() as http:
        SOURCE.revoke(here.tiktok, http, grant.access_token)
        assert grant.refresh_token not in here.fake.refresh
        SOURCE.revoke(here.tiktok, http, grant.access_token)  # it has ended already
        here.fake.script("oauth/revoke", "invalid_client")
        with pytest.raises(SourceError, match=r"invalid_client\)\. To end the access, remove"):
            SOURCE.revoke(here.tiktok, http, grant.access_token)


def test_whose_tokens_they_are_is_told_as_far_as_allowed(here: Installation) -> None:
    def identity(*untick: str) -> tuple[str, str | None, str]:
        grant = here.consent(untick)
        with here.platforms.http() as http:
            who = SOURCE.identity(here.tiktok, http, grant)
        return who.external_id, who.handle, who.name

    assert identity() == ("-000open1", "mara1", "Mara 1")
    assert identity("user.info.profile") == ("-000open1", None, "Mara 1")
    assert identity("user.info.profile", "user.info.basic") == ("-000open1", None, "TikTok account")


def test_no_secret_is_told_in_errors_texts_or_logs(
    here: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    grant = here.connect()
    kinds: list[Said | str] = [*REFUSED, "invalid_grant"]
    kinds += ["invalid_request", LOST, RESET, Said(b"{"), Said(b"", 500)]
    for kind in kinds:
        here.fake.script("oauth/token", *[kind] * 4)
        told.append(str(refused_exchange_or_nothing(here)))
        here.fake.quieten()
    told += [repr(grant), repr(here.settings), repr(here.stored()), caplog.text]
    secret = {*here.fake.access, *here.fake.refresh, here.fake.client_secret, VERIFIER}
    secret |= {call.body["code"] for call in here.fake.calls if "code" in call.body}
    assert len(secret) > 10
    assert not [one for one in secret if any(one in text for text in told)]


def refused_exchange_or_nothing(here: Installation) -> SourceError | None:
    code = come_back(here)["code"]
    try:
        exchange(here, code)
    except SourceError as error:
        return error
    return None


def test_the_fake_asks_for_the_right_app(here: Installation) -> None:
    here.fake.client_secret = "changed at TikTok"
    assert "TRUEGROWTH_TIKTOK_CLIENT_SECRET" in str(refused_exchange(here))
    assert isinstance(here.fake, Fake)
