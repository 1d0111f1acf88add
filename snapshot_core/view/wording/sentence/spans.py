"""What a sentence is made of."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["fact", "name", "rest"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a sentence. Facts, and names that people gave, are strong; the rest is quiet."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One line of plain words; empty where there is nothing to say."""

    spans: tuple[Span, ...] = ()

    @property
    def text(self) -> str:
        """All of it, unmarked."""
        return "".join(span.text for span in self.spans)


def fact(text: str) -> Span:
    """What a reader must not miss."""
    return Span("fact", text)


def rest(text: str) -> Span:
    """What stands around it."""
    return Span("rest", text)
