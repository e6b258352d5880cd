"""The story without its furniture: bylines, datelines, credits, share links, "read more" tails, copyright lines.

What differs between two outlets' prints of one story is mostly furniture, so it must not reach the shingles.
Two rules do most of the work, whatever the language: furniture stands on short lines that do not end as sentences do,
and a dateline stands before a dash at the very start. The word lists below only catch what is written as a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

PROSE_WORDS = 12
"""A line this long is prose even without a full stop: desks write shorter headings."""
SENTENCE_WORDS = 5
"""A shorter line that does end as a sentence is furniture more often than story ("Read more.", "By A. Smith.")."""
FURNITURE_WORDS = 40
"""A longer line is story whatever it begins with (legal notices of agencies run to about 30 words)."""
DATA_FIGURES = 4
"""A line with so many figures, and as many as other words, is data; a date with its time has three."""
CODE_SHARE = 0.025
"""A line in which every fortieth sign is one that only programs use is a script."""
PROSE_SHARE = 0.5
"""Where less than this share of the words is prose, the text is a list (results, listings): every line is story."""

_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_SENTENCE_END = re.compile(r"[.!?…。！？؟।:][\"'”’»)\]」』]*$")

_FURNITURE = re.compile(
    r"""^\W*(?:
      (?:read|see|learn|find\ out)\ (?:more|also|next|the\ full)|continue\ reading|click\ here|sign\ up|subscribe|
      follow\ (?:us|the|\S+\ on)|share\ (?:this|on|via)|watch(?:\ live)?:|related:|advertisement|recommended|
      more\ (?:from|on|news)|this\ (?:article|story)\ (?:was|has|first|originally)|get\ the\ (?:latest|app)|
      (?:photo|image|picture|foto|video)\s*(?:credit|by|:|/)|file\ photo|(?:updated?|published|posted)(?:\ on|\ at|:)|
      by\ [^.]{3,50}$|contact\ (?:the\ )?(?:author|writer|reporter)|associated\ press\ (?:writer|reporter)|
      \(?(?:reporting|writing|editing|additional\ reporting|compiled)\ by|\(?with\ (?:files|inputs?)\ from|
      lire\ (?:la\ suite|aussi|plus)|à\ lire|voir\ aussi|abonnez|partager|suivez|
      weiterlesen|mehr\ (?:zum|dazu|lesen)|lesen\ sie|jetzt\ (?:abonnieren|lesen)|teilen|
      leer\ más|lea\ (?:también|más)|seguir\ leyendo|suscr[ií]b|compartir|
      leia\ (?:mais|também)|continua\ a\ leggere|leggi\ (?:anche|tutto)|lees\ (?:ook|meer|verder)|
      читать?\ (?:далее|также)|читайте|подпис[аы]|поделиться|czytaj|
      続きを読む|関連記事|阅读(?:全文|更多)|點擊|点击|责任编辑|責任編輯|อ่าน(?:ต่อ|เพิ่ม)|اقرأ|
      https?://\S+$
    )""",
    re.VERBOSE,
)
_FIGURE = re.compile(r"\d+(?:[.,:/]\d+)*")
_CODE = "{}|[]<>=_\\"
_RIGHTS = (
    *("©", "(c) 19", "(c) 20", "copyright", "all rights reserved", "may not be published", "may not be reproduced"),
    *("tous droits réservés", "alle rechte vorbehalten", "todos los derechos", "todos os direitos", "tutti i diritti"),
    *("все права защищены", "無断転載", "版权所有", "版權所有", "สงวนลิขสิทธิ์"),
)
_CREDIT = re.compile(
    r"\((?:[^()]{0,40}(?:photo|foto|image|file|via)\b[^()]{0,40}|AP|AFP|Reuters|EPA|dpa|EFE|ANSA)\)", re.IGNORECASE
)
_CAPITALISED = r"(?:[^\W\d_a-zа-яα-ω][^\s()—–/]*|\d{1,4}[.,]?|de|la|le|al|el|am|im|den|der|del|of|the)"
_PLACE = rf"{_CAPITALISED}(?:[\s/]+{_CAPITALISED}){{0,6}}"
_DAY = r"(?:\d{1,2}\.?\s+[^\W\d_]{3,10}\.?\s*)?"
_DATELINE = re.compile(
    rf"""^(?:
      {_PLACE},?\s*{_DAY}\([^()\n]{{2,40}}\)\s*[—–:-]{{1,2}}\s*|  # LONDON (Agency) -    PARIS, 5 mai (Agency) -
      [A-ZА-Я]{{3}}[^()\na-z]{{0,40}}\([^()\n]{{2,40}}\)\s+|    # LONDON (Agency) Police said
      {_PLACE}\s*(?:[—–]|\s--?)\s+|                           # GLASGOW, Scotland —
      \([^()\n]{{2,40}}\)\s*(?:[—–-]{{1,2}}\s*)?|             # (Seoul)
      【[^】\n]{{2,30}}】\s*|                                   # 【Agency】
      [^\s，。]{{1,12}}社[^\s，。]{{0,16}}[电電](?:[（(][^（）()]*[）)])?\s*[—–-]*\s*
    )""",
    re.VERBOSE,
)
_DATELINE_TAIL = re.compile(r"^[\s—–:,-]+")


def readable_lines(text: str) -> list[str]:
    """The lines of `text` (plain, one paragraph a line) that are for people, each once: no scripts, no markup."""
    lines = list(dict.fromkeys(text.split("\n")))
    return [line for line in lines if not _is_script(line)] if any(map(text.__contains__, _CODE)) else lines


def story_lines(readable: Sequence[str]) -> list[str]:
    """Those of the readable lines that tell the story, the first without its dateline.

    Never empty for a text that has words, unless everything in it is furniture.
    """
    lines = [_CREDIT.sub(" ", line) if "(" in line else line for line in readable]
    counted = [(line, words) for line in lines if not _is_furniture(line, words := word_count(line))]
    prose = [(line, words) for line, words in counted if _is_prose(line, words) or _is_data(line, words)]
    if sum(words for _, words in prose) >= PROSE_SHARE * sum(words for _, words in counted):
        counted = prose
    story = [line for line, _ in counted]
    return [without_dateline(story[0]), *story[1:]] if story else []


def _is_furniture(line: str, words: int) -> bool:
    """Whether a line says where to click, who wrote it or whose it is."""
    if words >= FURNITURE_WORDS:
        return False
    lowered = line.lower()
    return _FURNITURE.match(lowered) is not None or any(map(lowered.__contains__, _RIGHTS))


def _is_script(line: str) -> bool:
    return sum(map(line.count, _CODE)) > CODE_SHARE * len(line) + 1


def _is_prose(line: str, words: int) -> bool:
    """Whether a line reads as running text rather than as a heading, a byline or a button."""
    return words >= PROSE_WORDS or (words >= SENTENCE_WORDS and _SENTENCE_END.search(line[-8:]) is not None)


def _is_data(line: str, words: int) -> bool:
    """Whether a line is mostly figures, as in a table or a list of results: more of them than a date has."""
    figures = len(_FIGURE.findall(line))
    return figures >= DATA_FIGURES and 2 * figures >= words


def without_dateline(line: str) -> str:
    """The line without the place, date and agency that stand before its first sentence."""
    found = _DATELINE.match(line)
    if found is None or word_count(line[found.end() :]) < SENTENCE_WORDS or word_count(found.group()) > 12:
        return line
    return _DATELINE_TAIL.sub("", line[found.end() :])


def word_count(line: str) -> int:
    """Words of a line; in scripts without spaces two characters count as a word.

    That is a round figure for all of them, enough to tell a caption from a sentence; what a word takes in each script
    (1.7 characters in Chinese news) is in `sketching.text.CHARACTERS_A_WORD`.
    """
    if line.isascii() or not (unspaced := len(_UNSPACED.findall(line))):
        return len(line.split())
    return len(_UNSPACED.sub(" ", line).split()) + (unspaced + 1) // 2
