"""How finely a rounded counter can be read.

The public web counters of TikTok step by 100 from 10,000 and by 100,000 from 1,000,000.
"""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

_Number = TypeVar("_Number", int, npt.NDArray[np.int64])


def half_step(count: _Number) -> _Number:
    """Half the step a rounded counter makes at ``count``; 0 where every unit shows.

    Of an integer, or of each of an array.
    """
    return 50 * (count >= 10_000) + 49_950 * (count >= 1_000_000)


def looks_rounded(counts: list[int]) -> bool:
    """Whether readings of unknown origin bear the marks of that rounding.

    Twenty counts from 10,000 up that all end in 00 do not happen by chance (1 in 10^40).
    """
    large = [count for count in counts if count >= 10_000]
    return len(large) >= 20 and all(count % 100 == 0 for count in large)
