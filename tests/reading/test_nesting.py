from __future__ import annotations

import time

import pytest
from selectolax.lexbor import LexborHTMLParser

from dedup.reading.markup import head_links, plain
from dedup.reading.nesting import flattened, too_costly


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 100_000 + "text",
        "<b><div>" * 50_000 + "text",
        "<div></span>" * 50_000 + "text",
        "<div>" * 100_000 + "text" + "</div>" * 100_000,
        "<a href=x>" * 80_000 + "text",
        "<table><tr><td>" * 30_000 + "text",
        "<font><p>" * 50_000 + "text",
        "&lt;div&gt;" * 80_000 + "text",
        "<svg><g>" * 50_000 + "</svg>text",
    ],
)
def test_depth_does_not_cost_time(markup: str) -> None:
    began = time.process_time()
    assert plain(markup).strip() in ("text", "")
    assert time.process_time() - began < 2


def test_what_people_write_is_not_too_deep() -> None:
    assert plain("<ul>" + "<li><p>one<br><b>two</b>" * 2_000 + "</ul>").count("two") == 2_000
    assert plain("<div>" * 300 + "deep" + "</div>" * 300) == "deep"


REOPENED = "<p>" + "".join(f"<b a={n}>" for n in range(500)) + "<p>x" * 1_000
"""8 kB of which a parser makes 500,000 elements: each paragraph opens all 500 anew."""


def names(count: int) -> str:
    return " ".join(f"a{n}" for n in range(count))


def test_what_parsers_open_anew_costs_no_memory() -> None:
    assert plain(REOPENED).split() == ["x"] * 1_000
    assert len(LexborHTMLParser("<body>" + flattened(REOPENED)).css("*")) < 2_000
    assert not too_costly(flattened(REOPENED))


def test_text_around_formatting_stays_the_same() -> None:
    text = '<p>A <B class="x">bold<i>er</b> w</i>ord <a href="?a>b">here</a>, <nobr>1<br/>2</nobr><span>3</span> < b'
    assert plain(text) == "A bolder word here, 1\n23 < b"
    assert plain("Seen<svg><a href=x><text>no</text></a></svg>") == "Seen"


@pytest.mark.parametrize(
    "markup",
    [
        '<div a="<">' * 40_000,
        '<div a="</div>">' * 40_000,
        "<div><!--</div>-->" * 40_000,
        "<div><object></div></object>" * 20_000,
        "<div><table><td></div></table>" * 20_000,
        "<div><select></div></select>" * 20_000,
        "<cite><p></cite></p>" * 30_000,
        "<li><dd>" * 40_000,
        "<p<p>" * 40_000,
        "<svg>" + "<col>" * 40_000,
        "<p>x" * 200_000,
        f"<p {names(40_000)}>",
        f'<p a=">" b="<" {names(40_000)}>',
        f'<p a=b="x {names(40_000)}>',
        f"<p ='x {names(40_000)}>",
        "<p " + " ".join(f"<a{n}" for n in range(40_000)) + ">",
    ],
    ids=lambda markup: markup[:20],
)
def test_what_costs_too_much_is_refused(markup: str) -> None:
    assert too_costly(flattened(markup))
    assert plain(markup + "</p>text").split()[-1] == "text"


@pytest.mark.parametrize(
    "markup",
    ["<a" * 400_000, "<a " * 266_000, "<a b=" * 160_000, "<a b='" * 130_000, "<a b=\"'" * 110_000, "<a\n" * 99_000],
)
def test_tags_without_end_cost_no_time(markup: str) -> None:
    began = time.process_time()
    plain("<p>" + markup)
    assert time.process_time() - began < 2


@pytest.mark.parametrize("page", ["".join(f"<body a{n}>" for n in range(20_000)), f"<html {names(400)}>" * 10])
def test_attributes_do_not_gather_on_the_page(page: str) -> None:
    tree = LexborHTMLParser("<body>" + flattened(page))
    assert tree.body is not None
    assert not tree.body.attributes


def test_a_costly_head_has_no_links() -> None:
    link = b'<link rel=alternate href="/feed" title="\xe9\xff">'
    assert head_links(link)[0][0]["href"] == "/feed"
    assert head_links(b"<div>" * 40_000 + link) == ([], "")
    assert len(head_links(REOPENED.encode() + link)[0]) == 1


def test_long_articles_are_not_too_costly() -> None:
    assert not too_costly(flattened('<div><p>one <a href="x">two</a> <b>three</b></p></div>' * 4_000))
    assert not too_costly(f"<img src='data:{'A' * 500_000}' alt='{names(5_000)}'>")
