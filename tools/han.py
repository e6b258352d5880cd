"""Writes `dedup/sketching/han_table.py` from Unihan: `python -m tools.han Unihan_Variants.txt` (Unicode Character Database).

A sign is taken if Taiwan or Hong Kong use it (Big5, HKSCS) and the People's Republic does not (GB 2312), so that a text
in simplified signs is left as it is. What has no simplified variant of its own is spelt as its other variant is, where
there is just one.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

SIMPLIFIED, OTHERS = frozenset({"kSimplifiedVariant"}), frozenset({"kSemanticVariant", "kZVariant"})
COMMON = 0xC97F
"""Below this number of Big5 are the 5,401 signs in common use; of rare ones Unihan's other variants are no guide."""
UNTOLD = dict(zip("於爲後裏羣衆綫峯妳", "于为后里群众线峰你", strict=True))
"""In common use, and Unihan tells none, several or another one for them, or GB 2312 has them for the sake of names."""
WIDTH = 55
FILE = Path(__file__).parents[1] / "dedup" / "sketching" / "han_table.py"


def main(unihan: Path) -> None:
    """Write the module."""
    simplified = dict(sorted((_simplified(unihan) | UNTOLD).items()))
    FILE.write_text(
        '"""Traditional Chinese signs and the simplified ones for them, place by place; made by `tools/han.py`.\n\n'
        'From the Unicode Character Database, Unihan, © Unicode, Inc. (https://www.unicode.org/license.txt).\n"""\n\n'
        f"TRADITIONAL = (\n{_lines(simplified.keys())})\nSIMPLIFIED = (\n{_lines(simplified.values())})\n",
        encoding="utf-8",
    )


def _simplified(unihan: Path) -> dict[str, str]:
    direct = _variants(unihan, SIMPLIFIED)
    simplified = {
        sign: next(filter(_is_simplified, variants))
        for sign, variants in direct.items()
        if _is_traditional(sign) and any(map(_is_simplified, variants))
    }
    for sign, variants in _variants(unihan, OTHERS).items():
        spelt = set(filter(_is_simplified, (simplified.get(variant, variant) for variant in variants)))
        if sign not in simplified and len(spelt) == 1 and _is_traditional(sign) and _is_common(sign):
            simplified[sign] = spelt.pop()
    return simplified


def _variants(unihan: Path, fields: frozenset[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for line in unihan.read_text(encoding="utf-8").splitlines():
        if line.startswith("U+"):
            sign, field, value = line.split("\t")
            if field in fields:
                found[_sign(sign)] += [_sign(each.partition("<")[0]) for each in value.split()]
    return found


def _sign(code: str) -> str:
    return chr(int(code.removeprefix("U+"), 16))


def _is_traditional(sign: str) -> bool:
    return _has("big5hkscs", sign) and not _has("gb2312", sign) and len(sign.encode("utf-16-le")) == 2


def _is_simplified(sign: str) -> bool:
    return _has("gb2312", sign)


def _is_common(sign: str) -> bool:
    return _has("big5", sign) and int.from_bytes(sign.encode("big5"), "big") < COMMON


def _has(encoding: str, sign: str) -> bool:
    return bool(sign.encode(encoding, "ignore"))


def _lines(signs: Iterable[str]) -> str:
    text = "".join(signs)
    return "".join(f'    "{text[place : place + WIDTH]}"\n' for place in range(0, len(text), WIDTH))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
