"""Rows that sum others up, and are no videos."""

import re
from functools import lru_cache
from typing import Final

from snapshot_core.names import name_key

_WORDS: Final = (
    "total|totals|grand total|sub total|sub-total|subtotal|sum|all|all videos|overall|average|mean"
    "|median|summe|gesamt|insgesamt|gesamtsumme|gesamtergebnis|zwischensumme|teilergebnis|mittelwert"
    "|durchschnitt|total general|suma|suma total|promedio|media|soma|total geral|média|somme"
    "|total général|moyenne|totale|somma|totaal|eindtotaal|gemiddelde|razem|ogółem|suma końcowa"
    "|średnia|toplam|genel toplam|ortalama|jumlah|rata-rata|tổng|tổng cộng|trung bình|итого|всего"
    "|сумма|общий итог|среднее|разом|усього|合計|総計|総合計|小計|平均|合计|总计|總計|总和|汇总"
    "|합계|총계|총합계|평균|المجموع|الإجمالي|कुल|योग|รวม|ทั้งหมด|ผลรวม|totalt|summa"
    "|totalsumma|i alt|samlet|samtals|yhteensä|kokku|iš viso|kopā|celkem|spolu|ukupno"
    "|укупно|skupaj|вкупно|общо|összesen|mindösszesen|σύνολο|γενικό σύνολο|łącznie"
    "|suma całkowita|tổng số|medie|সর্বমোট|মোট|மொத்தம்|మొత్తం|एकूण|جمع|جمع کل|مجموع|کل"
    '|סהכ|סה"כ|סך הכל'
    "|kabuuan|total views|total global"
)
_MAX_LENGTH: Final = 40
_AROUND: Final = re.compile(r"\A[\s\W_]+|[\s\W_]+\Z|\s*\([^()]*\)\s*:?\Z")
_KEYS: Final = frozenset(_AROUND.sub("", name_key(word)) for word in _WORDS.split("|"))


def is_summary(text: str) -> bool:
    """Whether a cell calls its row a sum or a mean: ``Total``, ``Grand total:``, ``合計 (12)``."""
    return 0 < len(text) <= _MAX_LENGTH and not text[0].isdigit() and _is_summary(text)


@lru_cache(maxsize=65_536)
def _is_summary(text: str) -> bool:
    return _AROUND.sub("", name_key(text)) in _KEYS
