"""Forms filled in anew: look-alikes of families that no fit has seen, and reprints that belong together all the same.

`tests/data/stories/forms.toml` has texts with blanks, in many languages. Each is filled in by one outlet on several days
and by others with values of their own; some issues are printed again elsewhere, edited as desks edit. Deterministic.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from dedup.nouns.feed import Entry
from tools.labelled import OWN, SEEN, Labelled

DAYS = 5
"""Issues of one outlet, a day apart."""
OTHERS = 3
"""Issues of other outlets, each on a day of its own."""
REPRINTED = 2
"""Issues that two more outlets print again."""
DAY_S = 86_400
FIRST_DAY = date(2025, 9, 27)
CREDITS = ("Wire desk", "Agency report", "Editorial staff", "Online service")
"""What an outlet prints above a text that it did not write."""

_BLANK = re.compile(r"\{(\w*)(?::([^}=]*))?(?:=(\w+))?\}")
_SENTENCE = re.compile(r".+?(?:[.!?](?=\s|$)|[。！？।]|$)\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Words:
    """What the blanks of a language are filled in with."""

    comma: str
    date: str
    weekdays: Sequence[str]
    months: Sequence[str]
    lists: Mapping[str, Sequence[str]]

    @staticmethod
    def of(row: Mapping[str, str | list[str]]) -> Words:
        """As the file has them: everything but the first four is a list of words."""
        lists = {name: value for name, value in row.items() if isinstance(value, list)}
        return Words(str(row["comma"]), str(row["date"]), lists["weekdays"], lists.get("months", [""] * 12), lists)


@dataclass(frozen=True, slots=True)
class Form:
    """A text with blanks."""

    family: str
    lang: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class _Filling:
    """One issue of a form. A blank by name has one value throughout; no word of a list comes twice while there are
    others."""

    words: Words
    day: date
    chance: random.Random
    named: dict[str, str] = field(default_factory=dict)
    left: dict[str, list[str]] = field(default_factory=dict)

    def fill(self, text: str) -> str:
        return _BLANK.sub(self._value, text)

    def _value(self, blank: re.Match[str]) -> str:
        kind, argument, name = blank.groups()
        if not kind:
            return self.named[name]
        value = self._drawn(kind, argument or "")
        if name:
            self.named[name] = value
        return value

    def _drawn(self, kind: str, argument: str) -> str:
        match kind:
            case "int":
                return str(self._between(argument))
            case "dec":
                return f"{self._between(argument)}{self.words.comma}{self.chance.randint(1, 9)}"
            case "cents":
                return f"{self._between(argument)}{self.words.comma}{self.chance.randint(1, 99):02d}"
            case "time":
                return f"{self.chance.randint(5, 22)}:{self.chance.randint(0, 59):02d}"
            case "weekday":
                return self.words.weekdays[self.day.weekday()]
            case "date":
                month = self.words.months[self.day.month - 1]
                return self.words.date.format(day=self.day.day, month=month, monthnumber=self.day.month)
            case "pick":
                return self.chance.choice(argument.split("|"))
            case _:
                return self._word(self.words.lists[kind], self.left.setdefault(kind, []))

    def _word(self, known: Sequence[str], left: list[str]) -> str:
        if not left:
            left += self.chance.sample(known, len(known))
        return left.pop()

    def _between(self, argument: str) -> int:
        low, _, high = argument.rpartition("-")
        return self.chance.randint(int(low), int(high))


def forms() -> list[Labelled]:
    """All issues of all forms, and the reprints. An issue and its reprints are one story."""
    known = tomllib.loads((OWN / "forms.toml").read_text(encoding="utf-8"))
    words = {lang: Words.of(row) for lang, row in known["words"].items()}
    return [one for row in known["form"] for one in _issues(Form(**row), words[row["lang"]])]


def _issues(form: Form, words: Words) -> Iterator[Labelled]:
    chance = random.Random(f"{form.family} {form.lang}")
    for number in range(DAYS + OTHERS):
        outlet = 0 if number < DAYS else number
        day = number if number < DAYS else number - DAYS
        filling = _Filling(words, FIRST_DAY + timedelta(days=day), chance)
        issue = _labelled(form, f"{number}", outlet, day, (filling.fill(form.title), filling.fill(form.text)))
        yield issue
        if number < REPRINTED:
            for again in (1, 2):
                printed = _reprinted(issue.entry, chance)
                yield _labelled(form, f"{number}", outlet=20 + 2 * number + again, day=day, printed=printed)


def _labelled(form: Form, issue: str, outlet: int, day: int, printed: tuple[str, str]) -> Labelled:
    name = f"{form.family} {issue}"
    published = SEEN - 10 * DAY_S + day * DAY_S + outlet * 300
    entry = Entry(
        id=f"{name} {outlet}",
        source=f"outlet-{outlet}.example",
        title=printed[0],
        content=printed[1],
        published=published,
        seen=SEEN,
    )
    return Labelled(entry, name, form.family, "reprint" if outlet >= 20 else "issue", form.lang)


def _reprinted(issue: Entry, chance: random.Random) -> tuple[str, str]:
    """As another desk prints it: with a credit, or without one of the later sentences, or under half a headline."""
    sentences = _SENTENCE.findall(issue.content)
    title = issue.title
    if chance.random() < 1 / 2:
        del sentences[chance.randrange(1, len(sentences))]
    if chance.random() < 1 / 2:
        title = title[: max(len(title) // 2, 8)]
    head = f"{chance.choice(CREDITS)}\n" if chance.random() < 2 / 3 else ""
    return title, head + "".join(sentences).strip()
