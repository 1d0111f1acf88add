"""What came of looking an account up, in words: whom it found, or why nobody."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Final

from snapshot_core.connections.accounts import FoundAccount
from snapshot_core.errors import NoSuchProfile
from snapshot_core.plural import plural
from snapshot_core.settings.table import Settings
from snapshot_core.view.wording.numbers import compact
from ui.accounts.lookup import Answer
from ui.html import chip

CHECK_SPELLING: Final = (
    "Check the spelling, or paste the link of the profile or of any of its videos."
)


@dataclass(frozen=True, slots=True)
class LookUp:
    """What came of one try."""

    text: str
    """As it was typed."""
    answers: list[Answer] = field(default_factory=list)
    refused: str | None = None
    """Why nobody was asked."""
    cancelled: bool = False

    @property
    def accounts(self) -> list[FoundAccount]:
        """Those that there are."""
        return [answer.account for answer in self.answers if answer.account is not None]

    @property
    def asked(self) -> list[Answer]:
        """The answers of those who were asked."""
        return [answer for answer in self.answers if answer.lacks is None]

    @property
    def nobody(self) -> bool:
        """Whether all who were asked know no such account."""
        return bool(self.asked) and all(isinstance(a.error, NoSuchProfile) for a in self.asked)

    @property
    def can_be_repeated(self) -> bool:
        """Whether the same text may lead to more another time."""
        return self.cancelled or (bool(self.asked) and not self.nobody)


def found_row(account: FoundAccount) -> str:
    """The account: its letter, name and platform, and what it has."""
    name, handle = account.identity.name, account.identity.handle
    facts = [*([f"@{handle}"] if handle else []), *_counts(account)]
    state = "already tracked" if account.account else "found"
    return (
        '<div class="tg-found" role="status">'
        f'<span class="tg-letter" aria-hidden="true">{escape(_letter(name))}</span>'
        f"<p><b>{escape(name)}</b> {chip(account.source.platform, 'tag')}"
        f"<small>{escape(' · '.join(facts))}</small></p>"
        f"{chip(f'✓ {state}', 'more')}</div>"
    )


def choice_words(account: FoundAccount) -> str:
    """One of several accounts that a handle may mean."""
    return " · ".join([account.source.platform, *_counts(account)])


def remarks(lookup: LookUp, account: FoundAccount | None, settings: Settings) -> Iterator[str]:
    """What to know beside what came of the try."""
    if account is not None:
        yield account.source.about
        yield account.source.notice(settings.section(account.source.settings)) or ""
    if lookup.accounts:
        yield from (_key_needed(answer) for answer in lookup.answers if answer.lacks)
        yield from (str(a.error) for a in lookup.asked if _failed(a))


def problem(lookup: LookUp) -> str:
    """Why there is no account, and what to try."""
    title, text = _problem_words(lookup)
    strong = f"<b>{escape(title)}</b> " if title else ""
    words = f"<p>{strong}{escape(text)}</p>"
    return f'<div class="tg-problem tg-add-problem" role="alert">{words}</div>'


def _problem_words(lookup: LookUp) -> tuple[str, str]:
    if lookup.cancelled:
        return "Cancelled.", "Nothing was added."
    if lookup.refused is not None:
        return "", lookup.refused
    lacking = [_key_needed(answer) for answer in lookup.answers if answer.lacks]
    if not lookup.nobody:
        return "", " ".join([*(str(a.error) for a in lookup.asked if _failed(a)), *lacking])
    if lookup.asked[0].candidate.address.certain:
        return "There is no such account.", f"{lookup.asked[0].error}"
    platforms = " or ".join(answer.platform for answer in lookup.asked)
    return f"No {platforms} account has this handle.", " ".join([CHECK_SPELLING, *lacking])


def _failed(answer: Answer) -> bool:
    return answer.error is not None and not isinstance(answer.error, NoSuchProfile)


def _key_needed(answer: Answer) -> str:
    return f"{answer.platform} was not asked: whoever runs this has to set it up. {answer.lacks}"


def _counts(account: FoundAccount) -> list[str]:
    profile, counts = account.identity.profile, []
    if profile.videos is not None:
        counts.append(plural(profile.videos, "video"))
    if profile.followers is not None:
        counts.append(f"{compact(profile.followers)} followers")
    return counts


def _letter(name: str) -> str:
    return next((each for each in name if each.isalnum()), "·").upper()
