"""How finely a rounded counter can be read.

The public web counters of TikTok step by 100 from 10,000 and by 100,000 from 1,000,000.
"""


def half_step(count: int) -> int:
    """Half the step a rounded counter makes at ``count``; 0 where every unit shows."""
    if count >= 1_000_000:
        return 50_000
    return 50 if count >= 10_000 else 0


def looks_rounded(counts: list[int]) -> bool:
    """Whether readings of unknown origin bear the marks of that rounding.

    Twenty counts from 10,000 up that all end in 00 do not happen by chance (1 in 10^40).
    """
    large = [count for count in counts if count >= 10_000]
    return len(large) >= 20 and all(count % 100 == 0 for count in large)
