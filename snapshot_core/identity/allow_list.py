"""Who may come in, where people log in: claims of an identity provider, and the allow-list.

A person is who the provider says by issuer and subject. The e-mail describes them and decides
whether they are on the list; it may change, and the next person to have it is somebody else.
"""

import math
from collections.abc import Mapping
from typing import Any

from snapshot_core.errors import LoginNeeded, NotAllowed
from snapshot_core.settings.parsers import EMAIL, lowered
from snapshot_core.settings.table import Settings
from snapshot_core.store.database import Connection
from snapshot_core.store.users import Person, email_of


class NotListed(NotAllowed):
    """A person whose e-mail the provider has verified, and who is on no list."""

    def __init__(self, message: str, person: Person) -> None:
        super().__init__(message)
        self.person = person


def person_from_claims(settings: Settings, claims: Mapping[str, Any], now: int) -> Person:
    """Who the claims of an ID token stand for at ``now`` (UTC seconds).

    Raises `LoginNeeded` where there are none or they have ended, and `NotAllowed` for somebody
    who may not come in: `NotListed` where all that is missing is a place on the list.
    """
    if not claims.get("is_logged_in"):
        raise LoginNeeded("Log in to see your numbers.")
    ends, issuer, subject = (claims.get(name) for name in ("exp", "iss", "sub"))
    # A token must say when it ends; one that does not is not good for ever.
    if (
        not isinstance(ends, int | float)
        or isinstance(ends, bool)
        or not now < ends < math.inf  # false of a NaN, too
    ):
        raise LoginNeeded("Your login has ended. Log in again to go on.")
    if not (isinstance(issuer, str) and isinstance(subject, str) and issuer and subject):
        raise LoginNeeded("The login provider does not say who you are. Log in again.")
    email = claims.get("email")
    if not isinstance(email, str) or not email:
        raise NotAllowed(
            "The login provider gives no e-mail address, and the list of who may log in is one of "
            "e-mail addresses. Ask whoever runs this installation."
        )
    if not EMAIL.fullmatch(email):
        raise NotAllowed(f"{email!r} is no single e-mail address, and may not log in here.")
    person = Person(issuer, subject, lowered(email))
    if "email_verified" not in claims and not settings.oidc_email_unverified:
        raise NotAllowed(
            f"The login provider does not say whether it has verified {email}. Whoever runs this "
            "installation can accept that with TRUEGROWTH_OIDC_EMAIL_UNVERIFIED=accept: see "
            "docs/shared-installation.md."
        )
    # Some providers say it as a word.
    if claims.get("email_verified", True) not in (True, "true"):
        raise NotAllowed(f"The login provider has not verified {email}. Verify it there first.")
    if not admitted(settings, person.email):
        raise NotListed(
            f"{email} may not log in here. Ask whoever runs this installation to put it on the "
            "list, or log in as somebody else.",
            person,
        )
    return person


def admitted(settings: Settings, email: str) -> bool:
    """Whether an e-mail is on the list, by itself, by its domain or as an administrator's."""
    email = lowered(email)
    named = {email, f"@{email.partition('@')[2]}"} & {*settings.allowed_users, *settings.admins}
    return bool(EMAIL.fullmatch(email) and named)


def administers(settings: Settings, email: str) -> bool:
    """Whether an e-mail is that of an administrator."""
    return lowered(email) in settings.admins


def may_use(connection: Connection, settings: Settings, user_id: int) -> bool:
    """Whether a user may use programs: anybody where nobody logs in, else who is on the list."""
    if not settings.logins:
        return True
    email = email_of(connection, user_id)
    return email is not None and admitted(settings, email)
