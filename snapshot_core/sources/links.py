"""Links as people paste them: with or without https://, of the mobile site."""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Link:
    """What an address on the web says."""

    host: str
    """In lower case, without ``www.`` or ``m.``; empty where the address makes no sense."""
    steps: tuple[str, ...]
    """Of its path."""
    query: dict[str, str]


def link_in(text: str) -> Link | None:
    """``text`` as a link; None for what is none, such as a handle."""
    text = text.strip()
    if "/" not in text:
        return None
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    except ValueError:
        return Link("", (), {})
    steps = tuple(unquote(step) for step in parts.path.split("/") if step)
    return Link(host, steps, {name: values[0] for name, values in parse_qs(parts.query).items()})
