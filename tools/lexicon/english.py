"""The pivot: stems of English words (Porter2)."""

from __future__ import annotations

from functools import cache

import Stemmer

from dedup.sketching.lexicon.folding import WORD, fold

_STEMMER = Stemmer.Stemmer("english")

_SAYS_NOTHING = """
a an the this that these those here there i me my mine myself we us our ours ourselves you your yours yourself he him his
himself she her hers herself it its itself they them their theirs themselves who whom whose which what when where why how
am is are was were be been being do does did doing done have has had having will would shall should can could may might
must ought need and or but nor not no yes if then else so than as at by for from in into of off on onto out over to
under up with without within about above across after again against along among around before behind below beneath
beside between beyond despite down during except inside near outside per since through throughout till toward towards
until upon via because although though unless while whereas whether all any both each every few less least lot many more
most much neither either none one only other others another own same several some such too very just also even ever never
still yet already always often again once now soon later ago however therefore thus hence instead rather quite almost
enough perhaps maybe really well back away first last next two three say said says saying tell told get gets got getting
go goes going gone went come comes came coming make makes made making take takes took taken let lets put give gives gave
given want like new year years time people thing things way s t d ll re ve m mr mrs ms dr cent percent according
""".split()


@cache
def stem(folded: str) -> str:
    """The stem of a folded English word."""
    return str(_STEMMER.stemWord(folded))


SAYS_NOTHING = frozenset(map(stem, _SAYS_NOTHING))
"""Stems of function words, and of words that every news article has."""


def stems(sentence: str) -> list[str]:
    """The distinct stems of a sentence, in order."""
    folded = (fold(word) for word in WORD.findall(sentence))
    return list(dict.fromkeys(stem(word) for word in folded if len(word) > 1))
