"""Numbers, whatever the locale: 15,000 = 15.000 = 15 000 = 15'000 = 1,5万 = ١٥٬٠٠٠."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

TOO_SMALL = frozenset("0123")
"""Numbers that every text has."""

_MYRIADS = {
    "千": 3,
    "천": 3,
    "万": 4,
    "萬": 4,
    "만": 4,
    "億": 8,
    "亿": 8,
    "억": 8,
    "兆": 12,
    "조": 12,
    "lakh": 5,
    "लाख": 5,
    "লাখ": 5,
    "crore": 7,
    "करोड़": 7,
    "কোটি": 7,
}
_SCALES = {
    3: "thousand thousands tausend mille mil mila duizend tusen tusind tys tis tisíc tisíce тыс тысяч тысячи тысячу тис тисяч тисячі mii χιλιάδες ezer tuhat tuhatta bin ألف آلاف אלף אלפים هزار हज़ार हजार ribu nghìn ngàn พัน хил хиляди tisuća tisíc",
    6: "million millions millionen mio millones millón milioni milione milhões milhão miljoen miljoner miljon millioner mln milionów miliony milion milionů milionu mil. млн миллион миллиона миллионов мільйон мільйона мільйонів milioane milion εκατομμύρια εκατ millió millióan miljoonaa miljoona milyon مليون ملايين מיליון میلیون मिलियन juta triệu ล้าน милиона милион milijuna milijun milijón milióna miliónov miliónů milions",
    9: "billion billions milliard milliards milliarden mrd miliardi miliardo bilhões bilhão miljard miljarder milliarder mld miliardów miliardy miliard miliardu млрд миллиард миллиарда миллиардов мільярд мільярда мільярдів miliarde δισεκατομμύρια δισ milliárd miljardia miljardi milyar مليار مليارات מיליארד میلیارد बिलियन miliar tỷ tỉ милиарда милиард milijarde milijardi miliárd",
}
_POWERS = {**{word: power for power, words in _SCALES.items() for word in words.split()}, **_MYRIADS}

_NUMBER = re.compile(r"[0-9](?:[0-9]{0,2}(?: [0-9]{3})+(?![0-9])|[0-9]*(?:[.,٫٬'’\u00a0\u202f][0-9]+)*)")
"""Begins with one set of signs, so that the search for it is quick."""
_SEPARATOR = re.compile(r"[.,٫٬'’\u00a0\u202f ]")
_FOLLOWER = re.compile(r"\s?([万萬億亿兆千만억조천]|[^\W\d_]+(?:[\u0900-\u0963]+[^\W\d_]*)*)")
_FOREIGN_DIGIT = re.compile("[٠-٩۰-۹०-९০-৯੦-੯૦-૯௦-௯౦-౯൦-൯๐-๙０-９]")
_DASHED = re.compile("-[0-9]{2}-[0-9]{2}")
_ISO_DATE = re.compile(r"\b([0-9]{4})-([0-9]{2})-([0-9]{2})\b")


def numbers(story: str) -> Iterator[tuple[str, str]]:
    """Each number as it is written and as it is: without grouping, with a point, scaled by the word that follows it.

    `1.5 million`, `1,5 Mio.` and `150万` come out as 1500000, `2025-05-07` as 2025, 5 and 7. Numbers that every text
    has are left out.
    """
    if not story.isascii():
        story = _western(story)
    if _DASHED.search(story):
        story = _ISO_DATE.sub(r"\1 / \2 / \3", story)
    for match in _NUMBER.finditer(story):
        follower = _FOLLOWER.match(story, match.end())
        power = _POWERS.get(follower[1].lower(), 0) if follower else 0
        written = match[0] + follower[0] if follower and power else match[0]
        for number in plain(match[0], power):
            if number not in TOO_SMALL:
                yield written, number


def plain(written: str, power: int = 0) -> tuple[str, ...]:
    """A number without grouping and with a decimal point, times 10^power; several where it is none: a date, a time.

    Three digits behind every separator are thousands (1.000 = 1,000), anything else behind a last one is a fraction.
    """
    parts = _SEPARATOR.split(written)
    groups = len(parts) > 1 and len(parts[0]) <= 3 and parts[0].strip("0") != ""
    if len(parts) == 1 or (groups and all(len(part) == 3 for part in parts[1:])):
        return (_scaled("".join(parts), "", power),)
    if len(parts) == 2 or (groups and all(len(part) == 3 for part in parts[1:-1])):
        return (_scaled("".join(parts[:-1]), parts[-1], power),)
    return tuple(_scaled(part, "", 0) for part in parts)


def _scaled(whole: str, fraction: str, power: int) -> str:
    whole, fraction = whole + fraction[:power].ljust(power, "0"), fraction[power:].rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{fraction}" if fraction else whole


def _western(story: str) -> str:
    return _FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), story)
