"""An article as the views see it: story lines, and words as numbers."""

from __future__ import annotations

import re
import unicodedata
import zlib
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from dedup.nouns.article import Article
from dedup.reading.boilerplate import readable_lines, story_lines
from dedup.sketching.han import simplified

Hashes = NDArray[np.uint32]
Number = TypeVar("Number", bound=np.integer[Any])

CHARACTERS_A_WORD = {"han": 1.7, "kana": 1.7, "thai": 3.0, "lao": 3.0, "khmer": 3.0, "myanmar": 3.0}
"""How many characters say as much as one word, in scripts without spaces. Chinese and Japanese news words are 1.7
characters long on average; Thai and its neighbours write a word in four to five signs of which a third are vowels."""

HEAD_WORDS = 60
"""Words of the head: as many as the `opening` view takes of the story."""
HEAD_CHARACTERS = 1_000
"""Sixty words are shorter than this in any language; only so much is looked at."""

_RANGES = {
    "han": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々",
    "kana": "\u3040-\u30ffー\uff66-\uff9f",
    "thai": "\u0e00-\u0e7f",
    "lao": "\u0e80-\u0eff",
    "khmer": "\u1780-\u17ff",
    "myanmar": "\u1000-\u109f",
}
_SPACED_RANGES = {
    "hangul": "\uac00-\ud7af",
    "cyrillic": "\u0400-\u052f",
    "greek": "\u0370-\u03ff",
    "arabic": "\u0600-\u06ff",
    "hebrew": "\u0590-\u05ff",
    "devanagari": "\u0900-\u097f",
}
SCRIPT_NAMES = (
    *("latin", "han", "kana", "thai", "lao", "khmer", "myanmar", "hangul", "cyrillic", "greek", "arabic", "hebrew"),
    "devanagari",
)
"""Every script that `script_of` can name. New ones go to the end of this list, wherever their ranges stand: stored
fingerprints hold positions."""
_UNSPACED = "".join(_RANGES.values())
_MARKS = "\u0300-\u036f\u0590-\u05cf\u064b-\u065f\u0900-\u0903\u093a-\u094f"
TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}](?:[^\W_{_UNSPACED}]|[{_MARKS}])*")
"""A word with its marks, or a character of a script without spaces, whatever the script."""
_PLAIN_TOKEN = re.compile(r"[^\W_]+")
_TYPOGRAPHY = "“”‘’„«»–—•"
"""Signs between words that alone keep many an English text from being ASCII."""
_ASCII_WORDS = bytes(sign if chr(sign).isalnum() and sign < 128 else 32 for sign in range(256))
"""Most English texts are ASCII but for their quotation marks and dashes; bytes are split in a tenth of the time."""
_SPELT_WITH_MARKS = {*_RANGES, "devanagari", "arabic", "hebrew"}
_SCRIPTS = {name: re.compile(f"[{signs}]") for name, signs in {**_RANGES, **_SPACED_RANGES}.items()}
_NOT_LATIN = re.compile("[" + "".join([*_RANGES.values(), *_SPACED_RANGES.values()]) + "]")


@dataclass(frozen=True, slots=True)
class Text:
    """What the views make their sets from. `title`, `head` and `body` hold a 32-bit hash of each word, in order:
    of the headline, of the first words as they came, and of the whole story without its furniture.

    In scripts without spaces each character is a word of its own, and `word_length` says how many make up for one.
    """

    headline: str
    lines: tuple[str, ...]
    title: Hashes
    head: Hashes
    body: Hashes
    script: str
    word_length: float = 1.0
    concepts: Hashes = field(default_factory=lambda: np.empty(0, np.uint32))
    """What the story says in any language (concepts.py), where somebody has listened for it."""
    handicaps: Hashes = field(default_factory=lambda: np.empty(0, np.uint32))
    """Of each of the concepts how hard it is for it to become a band key."""

    @property
    def length(self) -> int:
        """Words of the story, in scripts without spaces by estimate."""
        return round(len(self.body) / self.word_length)


def read(article: Article) -> Text:
    """The story of an article, its furniture and its repeated headline put aside; Chinese in simplified signs."""
    script = script_of(article.text or article.title)
    if script == "han":
        article = replace(article, title=simplified(article.title), text=simplified(article.text))
    headline = _comparable(article.title)
    readable = readable_lines(article.text)
    lines = story_lines(readable)
    if lines and headline and _comparable(lines[0]) == headline:
        lines = lines[1:] or lines
    word_length = CHARACTERS_A_WORD.get(script, 1.0)
    return Text(
        headline=article.title,
        lines=tuple(lines),
        title=hashes(headline, script),
        head=hashes(_comparable("\n".join(readable)[:HEAD_CHARACTERS]), script, round(HEAD_WORDS * word_length)),
        body=hashes(_comparable("\n".join(lines)), script),
        script=script,
        word_length=word_length,
    )


def hashes(comparable: str, script: str = "latin", most: int | None = None) -> Hashes:
    """One 32-bit hash (CRC-32 of the UTF-8 bytes) for each word of a folded text, or for the first `most`."""
    words: list[bytes]
    if comparable.isascii():  # the same words, found ten times as fast
        words = comparable.encode().translate(_ASCII_WORDS).split()
    else:
        words = list(map(str.encode, (TOKEN if script in _SPELT_WITH_MARKS else _PLAIN_TOKEN).findall(comparable)))
    words = words[:most]
    return np.fromiter(map(zlib.crc32, words), np.uint32, len(words))


def distinct(numbers: NDArray[Number]) -> NDArray[Number]:
    """Each once, ascending: numpy.unique without its overhead, which exceeds the work on sets of this size."""
    ordered = np.sort(numbers)
    kept = np.empty(len(ordered), np.bool_)
    kept[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=kept[1:])
    return ordered[kept]


def script_of(text: str) -> str:
    """The script that most of the first 2,000 signs are in; Latin unless another one prevails.

    Japanese counts as kana as soon as a tenth of its signs are: its Han characters alone do not tell it from Chinese.
    """
    sample = text[:2000]
    if sample.isascii() or _NOT_LATIN.search(sample) is None:
        return "latin"
    counts = {name: len(signs.findall(sample)) for name, signs in _SCRIPTS.items()}
    letters = sum(map(str.isalpha, sample))
    if counts["kana"] * 10 >= counts["kana"] + counts["han"] > letters * 0.3:
        return "kana"
    script, count = max(counts.items(), key=lambda pair: pair[1])
    return script if count > letters * 0.3 else "latin"


def _comparable(text: str) -> str:
    """Folded so that case, width, ligatures and typographic variants do not matter."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).casefold()
    for sign in _TYPOGRAPHY:
        folded = folded.replace(sign, " ")
    return folded
