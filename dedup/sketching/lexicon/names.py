"""Names across scripts: a word in any alphabet to its consonants, in Latin letters and in few classes."""

from __future__ import annotations

import re

SKELETON_LEAST = 3
"""Fewer consonants than this say nothing of a name."""


def _paired(signs: str, latin: str) -> dict[str, str]:
    return dict(zip(signs, ("" if sound == "_" else sound for sound in latin.split()), strict=True))


def _kana() -> dict[str, str]:
    rows = {
        "": "アイウエオ", "k": "カキクケコ", "s": "サシスセソ", "t": "タチツテト", "n": "ナニヌネノ", "h": "ハヒフヘホ", "m": "マミムメモ",
        "r": "ラリルレロ", "g": "ガギグゲゴ", "z": "ザジズゼゾ", "d": "ダヂヅデド", "b": "バビブベボ", "p": "パピプペポ",
    }  # fmt: skip
    sounds = {
        sign: consonant + vowel for consonant, row in rows.items() for sign, vowel in zip(row, "aiueo", strict=True)
    }
    sounds |= _paired("ァィゥェォャュョヤユヨワヲンヴッー", "a i u e o a u o ya yu yo wa o n v _ _")
    return sounds | _paired("シチツフジ", "shi chi tsu f ji")


_LETTERS = {
    **_paired(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґўѓќјљњћџђ",
        "a b v g d e zh z i i k l m n o p r s t u f kh ts ch sh sh _ y _ e yu ya i i e g u g k j l n c dz dj",
    ),
    **_paired("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t i f ch ps o"),
    **_paired("אבגדהוזחטיכךלמםנןסעפףצץקרשת", "a b g d h v z h t i k k l m m n n s a p p ts ts k r sh t"),
    **_paired("ابتثجحخدذرزسشصضطظعغفقكلمنهويپچژگءؤ", "a b t th j h kh d d r z s sh s d t z a g f k k l m n h v i p ch j g _ v"),
    **_paired("კგხქღყტთდპფბცძწჭჩჯსზშჟლრმნვჰაეიოუ", "k g h k g k t t d p f b ts dz ts ch ch j s z sh zh l r m n v h a e i o u"),
    **_paired("աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ", "a b g d e z e _ t zh i l h ts k h dz g ch m y n sh o ch p j r s v t r ts v p k o f"),
    **_paired(
        "कखगघचछजझटठडढणतथदधनपफबभमयरलवशषसहािीुूेैोौअआइईउऊएऐओऔंड़ॉऑ".replace("\u093c", ""),
        "k kh g gh ch ch j jh t th d dh n t th d dh n p f b bh m y r l v sh sh s h a i i u u e e o o a a i i u u e e o o n d o o",
    ),
    **_paired("কখগঘচছজঝটঠডঢণতথদধনপফবভমযরলশষসহংয", "k kh g gh ch ch j jh t th d dh n t th d dh n p f b bh m y r l sh sh s h n y"),
    **_paired("กขคฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ", "k k k k ng ch ch ch s ch y d t th th th n d t th th th n b p ph f ph f ph m y r l v s s s h l _ h"),
    **_kana(),
}  # fmt: skip
_HANGUL_FIRST = "g k n d t r m b p s s _ j j ch k t p h".replace("_", "").split(" ")
_HANGUL_VOWEL = "a ae ya e eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
_HANGUL_LAST = " k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split(" ")
_DIGRAPHS = (
    ("tsch", "S"), ("sch", "S"), ("tch", "S"), ("sh", "S"), ("ch", "S"), ("cz", "S"), ("sz", "S"), ("zh", "S"), ("kh", "h"), ("gh", "g"),
    ("ph", "f"), ("th", "t"), ("ck", "k"), ("qu", "k"), ("x", "ks"), ("dj", "S"), ("dz", "S"), ("ts", "S"), ("dh", "d"), ("bh", "b"), ("ng", "n"),
)  # fmt: skip
_SOFT_C = re.compile("c(?=[eiy])")
_NO_LETTER = re.compile("[^a-z]")
_CLASSES = dict(zip("bpfdtgkqcjzsSlrmn", "ppfttkkkkSssSllmn", strict=True))
"""Consonants that scripts confuse are one class: voiced and unvoiced, l and r. h, v and w go like vowels."""


def transliterate(folded: str) -> str:
    """A folded word in Latin letters, roughly as it sounds; signs without a sound of their own are left out."""
    return folded if folded.isascii() else "".join(map(_sound, folded))


def skeleton(folded: str) -> str:
    """The classes of the consonants, `A` before them where the word begins with a vowel; empty if they are too few."""
    latin = _NO_LETTER.sub("", transliterate(folded))
    for digraph, consonant in _DIGRAPHS:
        latin = latin.replace(digraph, consonant)
    latin = _SOFT_C.sub("s", latin)
    bones: list[str] = []
    for letter in latin:
        bone = _CLASSES.get(letter)
        if bone and (not bones or bones[-1] != bone):
            bones.append(bone)
    if len(bones) < SKELETON_LEAST:
        return ""
    return ("A" if latin[0] in "aeiouyh" else "") + "".join(bones)


def _sound(sign: str) -> str:
    known = _LETTERS.get(sign)
    if known is not None:
        return known
    syllable = ord(sign) - 0xAC00
    if 0 <= syllable < 11172:
        return _HANGUL_FIRST[syllable // 588] + _HANGUL_VOWEL[syllable % 588 // 28] + _HANGUL_LAST[syllable % 28]
    return sign if sign < "\u0250" else ""
