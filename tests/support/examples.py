"""How many random examples a test takes: few in the ordinary run, many in the long one."""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import settings

Test = TypeVar("Test", bound=Callable[..., Any])


def examples(usual: int, *, soak: int, like: settings | None = None) -> Callable[[Test], Test]:
    """So many by default, and so many with `make soak`; otherwise with the settings ``like``."""
    long = settings.get_current_profile_name() == "soak"
    chosen = settings(like, max_examples=soak if long else usual)

    def marked(test: Test) -> Test:
        return pytest.mark.longer(chosen(test))

    return marked
