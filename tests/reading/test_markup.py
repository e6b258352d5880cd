"""Markup to plain text: what a reader would see, and nothing that a browser would run."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.reading.markup import plain, single_line

PIECES = [
    *("<script", "</script>", "<script>", "alert(1)", "<SCRIPT SRC=//x>", "<style>", "</style>", "<!--", "-->", "<b>"),
    *("</b>", "<p>", "<br/>", "<", ">", "&", ";", "&lt;", "&gt;", "&amp;", "amp;", "lt;", "&#60;", "&#x3c;", "&nbsp;"),
    *("<![CDATA[", "]]>", "<img onerror='x'", "\x00", "\u200b", "\u202e", "\ud800", "\n", "\r", "\u2028", "\x85"),
    *(" ", "a", "word", "<?php", "<svg><script>", "</", '<a href="', '"', "'", "<textarea>", "<template>", "3 < 4"),
]
hostile = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=25).map("".join)


@given(hostile)
def test_no_tag_survives(text: str) -> None:
    seen = plain(text)
    assert not re.search(r"<[A-Za-z/!?]", seen)
    seen.encode()


@given(hostile)
def test_lines_are_tidy(text: str) -> None:
    seen = plain(text)
    assert seen == unicodedata.normalize("NFC", seen)
    assert all(line and line == " ".join(line.split()) for line in seen.split("\n")) or seen == ""
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ufeff]", seen)
    assert "\n" not in single_line(text)


@given(st.text(st.characters(exclude_characters="<&"), max_size=200))
def test_plain_text_is_left_alone(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.text(max_size=300))
def test_never_raises(text: str) -> None:
    plain(text)


@pytest.mark.parametrize(
    ("markup", "seen"),
    [
        ("", ""),
        (" \n\t ", ""),
        ("Police said.", "Police said."),
        ("<p>One.</p><p>Two.</p>", "One.\nTwo."),
        ("One.<br>Two.<br/>Three.", "One.\nTwo.\nThree."),
        ("<ul><li>One<li>Two</ul>", "One\nTwo"),
        ("A <b>bold</b> and <i>slanted</i>word", "A bold and slantedword"),
        ("<p>Broken\nover lines</p>", "Broken over lines"),
        ("Plain\n\n\nlines\r\nof\rtext\u2028here", "Plain\nlines\nof\ntext\nhere"),
        ("<script>alert('no')</script>Yes", "Yes"),
        ("<style>p { color: red }</style>Yes", "Yes"),
        ("<noscript>Switch it on</noscript>Yes", "Yes"),
        ("Yes<!-- no <p>no</p> -->", "Yes"),
        ("<form><button>Subscribe</button></form>Yes", "Yes"),
        ("<svg><text>no</text></svg>Yes", "Yes"),
        ("Fish &amp; chips &#8212; &pound;5 &hellip;", "Fish & chips — £5 …"),
        ("&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;", "One.\nTwo."),
        ("&amp;lt;p&amp;gt;One.&amp;lt;/p&amp;gt;", "One."),
        ("&amp;amp;amp;lt;script&amp;amp;amp;gt;no&amp;amp;amp;lt;/script&amp;amp;amp;gt;Yes", "Yes"),
        ("<p>&lt;script&gt;no&lt;/script&gt;Yes</p>", "Yes"),
        ("Tom &amp;amp; Anna", "Tom & Anna"),
        ("<![CDATA[Hidden]]>Yes", "Yes"),
        ("3 < 4 and 5 > 4", "3 < 4 and 5 > 4"),
        ("<3 from all of us", "<3 from all of us"),
        ("if a <b then", "if a < b then"),
        ("<scr\x00ipt>no</scr\x00ipt>Yes", "Yes"),
        ("<\u200bscript>no</script>Yes", "Yes"),
        ("a\u202egnorw\u202c b\x07c\ufeff", "agnorw bc"),
        ("half \ud83d of a face", "half of a face"),
        ("e\u0301", "é"),
        ("No\u00a0break\u3000space", "No break space"),
        ("<p>Not <div>nested</p> well</div> at <b>all", "Not\nnested\nwell\nat all"),
        ("<a href='https://x.example/?a=1&b=2' onclick=\"x('>')\">Link</a>", "Link"),
        ("<table><tr><td>1</td><td>2</td></tr></table>", "1\n2"),
        ("\u0645\u0631\u062d\u0628\u0627 <b>\u0628\u0643</b>", "\u0645\u0631\u062d\u0628\u0627 \u0628\u0643"),
        ("क\u094d\u200dष", "क\u094d\u200dष"),
    ],
)
def test_what_a_reader_sees(markup: str, seen: str) -> None:
    assert plain(markup) == seen


@pytest.mark.parametrize("tag", ["div", "b", "blockquote", "table", "font"])
def test_deep_nesting(tag: str) -> None:
    assert "word" in plain(f"<{tag}>" * 5_000 + "word" + f"</{tag}>" * 5_000)


@pytest.mark.parametrize("text", ["<" * 100_000, "&amp;" * 50_000, "&" + "amp;" * 50_000 + "lt;", "<!--" * 50_000])
def test_hostile_lengths(text: str) -> None:
    assert len(plain(text)) <= 2 * len(text)
