"""A fake TikTok, and an account connected to it."""

from collections.abc import Iterator

import pytest
import stamina

from tests.fakes.installation import Clock, Installation, installation
from tests.fakes.serve import Stage, serve
from tests.fakes.tiktok import TikTok
from tests.fakes.tiktok_world import person


@pytest.fixture(scope="session")
def stage() -> Iterator[tuple[Stage, str]]:
    """A server for fakes, and its address."""
    made = Stage()
    with serve(made) as address:
        yield made, address


@pytest.fixture
def without_pauses() -> Iterator[None]:
    """Repeat what fails as often as usual, but at once."""
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fake(clock: Clock) -> TikTok:
    return TikTok(clock.time, person(1, 3, clock()))


@pytest.fixture
def here(
    sqlite_url: str,
    stage: tuple[Stage, str],
    fake: TikTok,
    clock: Clock,
    without_pauses: None,
) -> Iterator[Installation]:
    """An account that is connected to the fake."""
    with fake.on(stage[0]), installation(sqlite_url, fake, stage[1], clock) as made:
        yield made
