"""Whom an identity provider vouches for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever logs in: known by issuer and subject; the e-mail may change."""

    issuer: str
    subject: str
    email: str
    """In lower case, as `settings_web.lowered` makes it."""
