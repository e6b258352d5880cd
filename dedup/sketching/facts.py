"""Facts: the numbers and the names of a story. A copy keeps them; a template filled in anew changes them."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from dedup.nouns.fingerprint import Facts
from dedup.sketching.text import Hashes, Text

FIGURE_SHIFT = 14
"""The 16 highest bits of the hash in a number's element."""
KEPT = 16
"""Hashes kept of each kind, the smallest (a bottom-k sketch; Cohen & Kaplan 2007): exact for most stories, and for
longer ones an unbiased sample, in 32 bytes."""

_FOLLOWED = re.compile(r"(\d+(?:[.,:/\u00a0\u202f'’٫٬-]\d+)*)(?=[\W_]*(\d+|[^\W\d_]{1,4})?)")
_NAME = re.compile(r"(?<=[^\W\d_][ ,\u00a0])(?:[^\W\d_]\.)*[^\W\d_a-zа-яα-ωñ-ÿ][^\W\d_]*(?:[’'-][^\W\d_]+)*")
# The same for ASCII, where plain ranges are found several times as fast; tests hold them against each other.
_ASCII_NAME = re.compile(
    r"[A-Z](?<=[A-Za-z][ ,][A-Z])(?:\.(?:[A-Za-z]\.)*[A-Z])?[A-Za-z]*(?:['-][A-Za-z]+)*",
)
_LOWER_INITIAL = re.compile(r"\.(?<=[ ,][a-z]\.)[A-Za-z]")
"""A name that begins with a small initial, which the pattern above does not look for. Its rarest sign first."""
_SEPARATORS = re.compile(r"\D+")


def facts(text: Text, figures: Hashes | None = None) -> Facts:
    """The numbers and the names of the story and its headline, as ascending 16-bit hashes."""
    story = "\n".join((text.headline, *text.lines))
    kept = (
        ()
        if figures is None
        else tuple(sorted({figure >> FIGURE_SHIFT & 0xFFFF for figure in figures.tolist()})[:KEPT])
    )
    return Facts(_smallest(numbers(story)), _smallest(_names_of(text.lines)), kept)


def numbers(story: str) -> set[str]:
    """Each number with the beginning of the word, or the number, that follows it.

    Separators are taken out, so that 15,000 = 15.000 = 15 000. What follows is kept because small numbers are shared
    by chance: two draws of one lottery have balls in common, but hardly the same ball before the same ball.
    """
    return {f"{_joined(number)} {_digits(follower).casefold()}" for number, follower in _followed(story)}


def _followed(story: str) -> Iterator[tuple[str, str]]:
    """Each number and what follows it. Most signs are no digits: numpy finds those that are, in a tenth of the time in
    which the pattern would look at every sign."""
    end = 0
    for start in np.flatnonzero(_are_digits(story)).tolist():
        if start >= end and (found := _FOLLOWED.match(story, start)):
            end = found.end()
            yield found[1], found[2] or ""


def _are_digits(story: str) -> NDArray[np.bool_]:
    """Of each sign whether it is a digit, of any script."""
    if story.isascii():
        return np.frombuffer(story.encode(), np.uint8) - np.uint8(ord("0")) < 10
    codes = np.frombuffer(story.encode("utf-32-le", "surrogatepass"), np.uint32)
    digits = codes - np.uint32(ord("0")) < 10
    others = [code for code in set(codes[codes > 127].tolist()) if chr(code).isdecimal()]
    return digits | np.isin(codes, others) if others else digits


def _names_of(lines: Sequence[str]) -> set[str]:
    """The names of all lines, those in ASCII apart: their pattern is the faster one."""
    ascii_lines = [line for line in lines if line.isascii()]
    if len(ascii_lines) == len(lines):
        return names("\n".join(lines))
    return names("\n".join(ascii_lines)) | names("\n".join(line for line in lines if not line.isascii()))


def names(lines: str) -> set[str]:
    """Capitalised words that do not begin a sentence or a line. Scripts without capitals have none here."""
    plain = lines.isascii() and not _LOWER_INITIAL.search(lines)
    return {name.casefold() for name in (_ASCII_NAME if plain else _NAME).findall(lines) if len(name) > 1}


def _joined(number: str) -> str:
    """The digits of a number."""
    return number if number.isascii() and number.isdigit() else _SEPARATORS.sub("", _digits(number))


def _digits(number: str) -> str:
    if number.isascii():
        return number
    return "".join(str(unicodedata.decimal(sign, "")) if sign.isdigit() else sign for sign in number)


def _smallest(words: set[str]) -> tuple[int, ...]:
    return tuple(sorted({zlib.crc32(word.encode()) >> 16 for word in words})[:KEPT])
