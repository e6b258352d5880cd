"""Words, and their folded spelling: what the keys of the table are made of."""

from __future__ import annotations

import re
import unicodedata

_JOINERS = "\u00ad\u200b\u200c\u200d\u0640"
_MARKS = _JOINERS + "".join(chr(c) for c in range(0x300, 0x3100) if unicodedata.category(chr(c)) in {"Mn", "Mc"})
WORD = re.compile(rf"[^\W\d_]+(?:[{_MARKS}]+[^\W\d_]*)*")
"""A run of letters and their marks. Apostrophes and hyphens part words."""

_VARIANTS = {
    **dict.fromkeys(_JOINERS, ""),
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "đ": "d",
    "ł": "l",
    "ı": "i",
    **dict.fromkeys("ىئیے", "ي"),
    **dict.fromkeys("أإآٱ", "ا"),
    "ة": "ه",
    "ہ": "ه",
    "ھ": "ه",
    "ک": "ك",
    "ؤ": "و",
    "ё": "е",
    "ґ": "г",
    "ँ": "ं",
    "\u093c": "",
}
_KEEPS_MARKS = ((0x0900, 0x0E80), (0x3040, 0x3100), (0xAC00, 0xD7B0))
"""Indic signs, Thai, kana and Hangul: there, marks are letters."""


class _Folded(dict[int, str]):
    """Every sign to its folded form, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        folded = _VARIANTS.get(sign)
        if folded is None:
            folded = unicodedata.normalize("NFKC", sign).lower()
            folded = _VARIANTS.get(folded, folded)
            if not any(low <= code < high for low, high in _KEEPS_MARKS):
                folded = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
                folded = "".join(_VARIANTS.get(c, c) for c in folded)
        self[code] = folded
        return folded


_FOLDED = _Folded()
_LATIN_OF_SERBIAN = str.maketrans(
    dict(
        zip(
            "абвгдђежзијклљмнњопрстћуфхцчџш",
            "a b v g d dj e z z i j k l lj m n nj o p r s t c u f h c c dz s".split(),
            strict=True,
        )
    )
)


def fold(word: str, language: str = "") -> str:
    """One spelling for all variants of a word: no case, no width, no accents where accents are not letters.

    Vietnamese keeps its tones; Serbian comes out in Latin letters, as Croatian and Bosnian are written.
    """
    if word.isascii():
        return word.lower()
    if language == "vi":
        return unicodedata.normalize("NFC", word).lower()
    folded = word.translate(_FOLDED)
    return folded.translate(_LATIN_OF_SERBIAN) if language == "sh" else folded
