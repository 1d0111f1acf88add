"""Many choices out of few draws: a draw of hypothesis costs more than what is made of it."""

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

Choose = Callable[[Sequence[Any]], Any]
"""One of some options: drawn by hypothesis, or by chance from a seed."""

BLOCK_BYTES = 256


def drawn_choices(draw: st.DrawFn) -> Choose:
    """Choices that hypothesis draws 256 bytes at a time. It makes bytes smaller to find the
    simplest failing example, so the first option should be the plainest.
    """
    blocks = st.binary(min_size=BLOCK_BYTES, max_size=BLOCK_BYTES)
    block = b""
    used = 0

    def choose(options: Sequence[Any]) -> Any:
        nonlocal block, used
        # One byte to spare, so that no option is much likelier than another.
        need = 1 if len(options) <= 32 else len(options).bit_length() // 8 + 2
        if used + need > len(block):
            block, used = draw(blocks), 0
        number = int.from_bytes(block[used : used + need])
        used += need
        return options[number % len(options)]

    return choose
