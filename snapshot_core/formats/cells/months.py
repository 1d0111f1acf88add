"""What the months are called: in the languages of TikTok Studio, as the Unicode CLDR has them."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

# ar_SY and ar_MA name the months after other calendars than ar, es_PE writes setiembre.
_LOCALES: Final = """
    en es es_PE pt fr de de_AT it nl pl tr id vi ru uk ja zh zh_Hant ko
    sv da nb is fi et lv lt cs sk sl hr sr sr_Latn mk bg sq hu ro el ca gl af
    th lo km my ms fil ceb jv hi mr ne bn ta te kn ml gu pa si
    ar ar_DZ ar_MA ar_SY he fa ur kk uz az ka hy sw zu
"""
LANGUAGES: Final = tuple(_LOCALES.split())
"""Locales whose months can be read."""
_ENGLISH: Final = (
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sep oct nov dec",
)
_MORE_NAMES: Final = (
    # Exports have these; the CLDR numbers the months.
    "tháng một|tháng hai|tháng ba|tháng tư|tháng năm|tháng sáu|tháng bảy|tháng tám|tháng chín"
    "|tháng mười|tháng mười một|tháng mười hai",
    "tháng giêng|tháng hai|tháng ba|tháng bốn|tháng năm|tháng sáu|tháng bẩy|tháng tám|tháng chín"
    "|tháng mười|tháng mười một|tháng chạp",
)
_ATTACHED: Final = {"he": "ב"}
"""What a language puts right in front of a month that follows a day."""
# Words between the day and the month, what is put behind a number, and "year" behind a month.
_BESIDE: Final = "de del of the le el di do den st nd rd th er г р ж թ d m gada"
_FILLERS: Final = frozenset(_BESIDE.split())
_BETWEEN: Final = re.compile(r"[\s\d.,'’،׳॰‧·-]+")


@dataclass(frozen=True, slots=True)
class MonthName:
    """The month of a name in one language."""

    month: int
    dotted: bool
    """Whether that language puts a full stop behind a day."""


def folded(text: str) -> str:
    """Without case, accents, marks of direction and full-width digits, as months are looked up."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in apart if not _is_mark(sign))
    return unicodedata.normalize("NFC", plain).strip().replace("ı", "i")


def _is_mark(sign: str) -> bool:
    """An accent, or a mark of direction. The vowels of Hindi, which are marks too, are none."""
    return "\u0300" <= sign <= "\u036f" or unicodedata.category(sign) == "Cf"


def month_of(text: str) -> int | None:
    """The month in a folded day such as ``22 de noviembre``; None where there is none, or two.

    Polish calls November what Croatian calls October: there the full stop behind the day decides.
    """
    words = [word for word in _BETWEEN.split(text) if word and word not in _FILLERS]
    name = " ".join(words)
    english = _english_names().get(name)
    if english is not None:
        return english
    names = _names()
    meanings = names.get(name)
    if meanings is None and words[-1:] == ["nam"]:  # "year" in Vietnamese, where it is not May
        meanings = names.get(" ".join(words[:-1]))
    meanings = meanings or frozenset()
    months = {meaning.month for meaning in meanings}
    if len(months) > 1:
        dotted = re.search(r"\d\.", text) is not None
        months = {meaning.month for meaning in meanings if meaning.dotted == dotted}
    return months.pop() if len(months) == 1 else None


@lru_cache(maxsize=1)
def _english_names() -> dict[str, int]:
    """The names that most files have, for which the others need not be loaded."""
    return {name: month for names in _ENGLISH for month, name in enumerate(names.split(), start=1)}


@lru_cache(maxsize=1)
def _names() -> dict[str, frozenset[MonthName]]:
    """The months by folded name, in all languages. Takes a third of a second."""
    from babel import Locale  # late: most files are in English

    names: defaultdict[str, set[MonthName]] = defaultdict(set)
    for language in LANGUAGES:
        locale = Locale.parse(language)
        dotted = str(locale.datetime_skeletons["MMMMd"]).startswith("d.")
        for form in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for month, name in locale.months[form][width].items():
                    if re.search(r"\d", name):  # of those that only number them
                        continue
                    for written in (name, _ATTACHED.get(language, "") + name):
                        names[_key(written)].add(MonthName(month, dotted))
    for more in _MORE_NAMES:
        for month, name in enumerate(more.split("|"), start=1):
            names[_key(name)].add(MonthName(month, dotted=False))
    return {name: frozenset(meanings) for name, meanings in names.items() if name}


def _key(name: str) -> str:
    words = (word for word in _BETWEEN.split(folded(name)) if word and word not in _FILLERS)
    return " ".join(words)
