"""Forms filled in anew: the same ones every time, no issue like another, and reprints that hold what they reprint."""

from __future__ import annotations

from collections import defaultdict

from tools.forms import DAYS, OTHERS, REPRINTED, forms
from tools.labelled import Labelled


def families() -> dict[str, list[Labelled]]:
    found: dict[str, list[Labelled]] = defaultdict(list)
    for one in forms():
        found[one.event].append(one)
    return found


def test_every_blank_is_filled_in_and_every_article_has_an_id_of_its_own() -> None:
    articles = forms()
    assert not [one.id for one in articles if {"{", "}"} & set(one.entry.title + one.entry.content)]
    assert len({one.id for one in articles}) == len(articles)
    assert [one.entry for one in forms()] == [one.entry for one in articles]


def test_a_family_has_issues_of_one_outlet_and_of_others_and_two_reprints_of_some() -> None:
    for family in families().values():
        issues = [one for one in family if one.kind == "issue"]
        assert len({one.entry.content for one in issues}) == len(issues) == DAYS + OTHERS
        assert len({one.entry.source for one in issues}) == 1 + OTHERS
        assert len(family) - len(issues) == 2 * REPRINTED


def test_a_reprint_is_a_later_copy_by_another_outlet() -> None:
    for family in families().values():
        original = {one.group: one.entry for one in family if one.kind == "issue"}
        for one in family:
            if one.kind == "reprint":
                issue = original[one.group]
                assert one.entry.source != issue.source
                assert (one.entry.published or 0) > (issue.published or 0)
                assert len(set(issue.content) & set(one.entry.content)) > len(set(issue.content)) / 2
