"""The shared installation that several tests look at."""

from collections.abc import Iterator

import pytest

from tests.web.shared import Installation, shared_installation


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Running until the last test."""
    with shared_installation(tmp_path_factory.mktemp("shared")) as installation:
        yield installation
