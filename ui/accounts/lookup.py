"""Asking platforms for an account, with a way out while they are asked."""

import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from html import escape
from threading import Thread
from typing import Final

import streamlit as st

from snapshot_core.connections.accounts import TRY_AGAIN, FoundAccount, lacking, look_up
from snapshot_core.errors import SourceError, TruegrowthError
from snapshot_core.plural import plural
from snapshot_core.sources.registry import Candidate
from ui.cancel import cancel_button
from ui.session import PageSession

GIVE_UP_SECONDS: Final = 15
_POLL_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of asking one platform: an account, or why there is none."""

    candidate: Candidate
    account: FoundAccount | None = None
    error: TruegrowthError | None = None
    lacks: str | None = None
    """What to set before it can be asked at all."""

    @property
    def platform(self) -> str:
        """Who was asked."""
        return self.candidate.source.platform


def ask_platforms(
    session: PageSession, candidates: Sequence[Candidate], on_cancel: Callable[[], None]
) -> list[Answer]:
    """Ask them all at once, saying for how long already. Nothing is stored.

    A call that is left behind, by Cancel or because it took too long, ends by itself.
    """
    answers: list[Answer] = []
    calls: dict[str, Future[FoundAccount]] = {}
    for candidate in candidates:
        if (lacks := lacking(candidate.source, session.settings)) is not None:
            answers.append(Answer(candidate, lacks=lacks))
        else:
            calls[candidate.source.name] = _started(session, candidate)
    asked = [each for each in candidates if each.source.name in calls]
    if asked:
        _wait(calls.values(), [each.source.platform for each in asked], on_cancel)
    return [*(_answer(each, calls[each.source.name]) for each in asked), *answers]


def _started(session: PageSession, candidate: Candidate) -> Future[FoundAccount]:
    call: Future[FoundAccount] = Future()
    platforms, user_id = session.platforms, session.user.user_id

    def work() -> None:
        try:
            call.set_result(look_up(platforms, candidate.source, user_id, candidate.address.text))
        except BaseException as error:
            call.set_exception(error)

    Thread(target=work, name=f"look up at {candidate.source.name}", daemon=True).start()
    return call


def _wait(
    calls: Collection[Future[FoundAccount]],
    platforms: Sequence[str],
    on_cancel: Callable[[], None],
) -> None:
    """Until all have answered or the time is over, drawing: that is where Cancel ends the run."""
    began = time.monotonic()
    place = st.empty()
    with place.container(
        horizontal=True,
        vertical_alignment="center",
        horizontal_alignment="distribute",
        key="tg-asking",
    ):
        words = st.empty()
        cancel_button(on_cancel)
    seconds = 0
    while seconds < GIVE_UP_SECONDS:
        words.html(
            f"<p><b>Asking {escape(' and '.join(platforms))}</b>"
            f"<small>{seconds} s; gives up after {GIVE_UP_SECONDS} s</small></p>"
        )
        if not wait(calls, _POLL_SECONDS).not_done:
            break
        seconds = int(time.monotonic() - began)
    place.empty()


def _answer(candidate: Candidate, call: Future[FoundAccount]) -> Answer:
    if not call.done():
        platform, seconds = candidate.source.platform, plural(GIVE_UP_SECONDS, "second")
        slow = f"{platform} did not answer within {seconds}. {TRY_AGAIN}"
        return Answer(candidate, error=SourceError(slow))
    try:
        return Answer(candidate, call.result())
    except TruegrowthError as error:
        return Answer(candidate, error=error)
