"""Numbers of things in a sentence."""


def plural(count: int, singular: str, several: str = "") -> str:
    """``1 video``, ``1,204 videos``.

    ``several``: what follows any other number, where that is more than an s: ``rows were``.
    """
    return f"{count:,} {singular if count == 1 else several or singular + 's'}"
