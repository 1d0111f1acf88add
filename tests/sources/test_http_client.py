"""The way to a platform: turns, waits, repetitions, and secrets that stay out of messages."""

import json
import logging
from email.utils import formatdate
from typing import Any

import psutil
import pytest
from sqlalchemy import select

from snapshot_core.connections.rate_limit import RateLimit
from snapshot_core.errors import SourceError
from snapshot_core.sources import http_client
from snapshot_core.sources.http_client import MAX_WAITS, Answer
from snapshot_core.sources.rate import Rate
from snapshot_core.store.database import Store
from snapshot_core.store.tables import rate_limits
from tests.fakes.hostile import HARMS, Harm, bomb, hostile
from tests.fakes.installation import Clock, Installation
from tests.fakes.scripted import RESET, Said
from tests.support.waiting import Stopwatch

FAST = Rate(600, 60)
SLOW = Rate(2, 60)
"""One call in a minute, and none at once: each turn taken can be counted."""


def ask(here: Installation, rate: Rate = FAST, **manner: Any) -> Answer:
    with here.platforms.http() as http:
        url = f"{here.tiktok.api_base}/v2/anything/"
        return http.request("Mars", "GET", url, endpoint="mars anything", rate=rate, **manner)


def said(here: Installation, *answers: Said) -> None:
    here.fake.script("anything", *answers)


def calls(here: Installation) -> int:
    return len(here.fake.called("anything"))


def free_at(here: Installation) -> int:
    with here.store.read() as connection:
        at = rate_limits.c.endpoint == "mars anything"
        found: int = connection.execute(select(rate_limits.c.free_at).where(at)).scalar_one()
        return found


def test_an_answer_below_500_is_the_callers_to_judge(here: Installation) -> None:
    said(here, Said(b'{"a": 1}', 201), Said(b'{"a": 2}', 403), Said(b"<html>", 404))
    assert [ask(here), ask(here), ask(here)] == [
        Answer(201, {"a": 1}),
        Answer(403, {"a": 2}),
        Answer(404, {}),
    ]


def test_each_try_takes_a_turn_of_its_own(here: Installation) -> None:
    said(here, RESET, Said(b"", 503), Said(b"nothing"), Said(b"{}"))
    began = here.clock.now
    ask(here, SLOW)
    assert calls(here) == 4
    assert free_at(here) >= int(began * 1000) + 4 * SLOW.step
    assert here.clock.now - began == pytest.approx(3 * SLOW.step / 1000)


def test_a_call_that_must_not_be_repeated_is_made_once(here: Installation) -> None:
    for fault in (RESET, Said(b"", 503), Said(b"nothing")):
        said(here, fault)
        before = calls(here)
        with pytest.raises(SourceError, match="Do as you like"):
            ask(here, repeat=False, remedy="Do as you like.")
        assert calls(here) == before + 1


def test_an_empty_answer_is_one_only_where_it_may_be(here: Installation) -> None:
    said(here, Said(b" \n"), *[Said(b"")] * 4)
    assert ask(here, bodyless=True) == Answer(200, {})
    with pytest.raises(SourceError, match="not the one it documents"):
        ask(here)


def test_a_wait_until_a_date_is_counted_by_the_same_clock(here: Installation) -> None:
    said(here, Said(b"", 429, {"retry-after": formatdate(here.clock.now + 90)}), Said(b"{}"))
    began = here.clock.now
    ask(here)
    assert 90 <= here.clock.now - began < 92


@pytest.mark.parametrize("behind", [-365 * 86_400, 3_600, 365 * 86_400])
def test_a_wait_until_a_date_is_counted_from_the_date_of_the_answer(
    here: Installation, behind: int
) -> None:
    """However wrong our own clock is."""
    platform = here.clock.now + behind
    told = {"retry-after": formatdate(platform + 90), "date": formatdate(platform)}
    said(here, Said(b"", 429, told), Said(b"{}"))
    began = here.clock.now
    ask(here)
    assert 90 <= here.clock.now - began < 92


def test_one_that_is_always_sent_away_ends_and_says_so(here: Installation) -> None:
    said(here, *[Said(b"", 429, {"retry-after": "1"})] * 20)
    with pytest.raises(SourceError, match=r"Mars allows no more calls for now\. It will be tried"):
        ask(here)
    assert calls(here) == MAX_WAITS
    here.fake.quieten()


def test_the_body_may_ask_for_a_pause_or_another_try(here: Installation) -> None:
    said(here, *[Said(json.dumps({"code": n}).encode()) for n in (1, 2, 3)])
    verdicts: dict[int, Any] = {1: "wait", 2: "again"}
    began = here.clock.now
    answer = ask(here, judge=lambda answer: verdicts.get(answer.body["code"]))
    assert answer.body == {"code": 3}
    assert 60 <= here.clock.now - began < 62


def test_a_redirect_is_not_followed(here: Installation) -> None:
    elsewhere = here.tiktok.api_base + "/v2/elsewhere/"
    said(here, *[Said(b"", 302, {"location": elsewhere})] * 4)
    with pytest.raises(SourceError, match="not the one it documents"):
        ask(here, headers={"authorization": "Bearer act.secret"})
    assert not here.fake.called("elsewhere")


def test_a_place_where_nobody_listens_is_told_without_its_address(
    here: Installation, free_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with here.platforms.http() as http, pytest.raises(SourceError) as raised:
        http.request(
            "Mars",
            "POST",
            f"http://127.0.0.1:{free_port}/?key=s3cret",
            endpoint="mars anything",
            rate=FAST,
            data={"client_secret": "s3cret"},
        )
    assert str(raised.value) == (
        "Mars cannot be reached. Check that the computer Truegrowth runs on is online. "
        "It will be tried again."
    )
    assert "Mars cannot be reached: ConnectError" in caplog.text
    assert "s3cret" not in caplog.text


def test_a_slow_answer_is_waited_for(here: Installation) -> None:
    said(here, Said(b'{"whole": true}', drip=0.001))
    assert ask(here).body == {"whole": True}


def test_an_answer_that_breaks_off_is_asked_for_again(here: Installation) -> None:
    said(here, Said(b'{"whole": true}', cut_at=5), Said(b'{"whole": true}'))
    assert ask(here).body == {"whole": True}
    assert calls(here) == 2


@pytest.mark.parametrize("harm", HARMS)
def test_a_call_is_over_in_time_and_unpacks_to_little_whatever_the_platform_does(
    here: Installation, harm: Harm
) -> None:
    bomb()  # made before its time counts
    with hostile(harm) as base, here.platforms.http() as http:
        watch, memory = Stopwatch(), psutil.Process().memory_info().rss
        with pytest.raises(SourceError) as raised:
            http.request("Mars", "GET", base, endpoint="mars anything", rate=FAST, seconds=0.5)
        assert watch.seconds() < 1.5
        assert psutil.Process().memory_info().rss - memory < 100 << 20
    said_of = "sent more than 16 MB for one answer" if "bomb" in harm else "did not answer within"
    assert said_of in str(raised.value)


def test_certificates_that_are_not_there_are_told_by_the_settings_name(
    monkeypatch: pytest.MonkeyPatch, sqlite_url: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/at/all.pem")
    http_client._authorities.cache_clear()
    store = Store(sqlite_url)
    with (
        pytest.raises(SourceError, match=r"SSL_CERT_FILE .* cannot be read"),
        http_client.open_http(RateLimit(store, Clock())),
    ):
        pass
    http_client._authorities.cache_clear()
    store.close()
