"""Chinese in traditional and in simplified signs is read as one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dedup.matching.passages import shared_passages
from dedup.nouns.article import Article, Clock
from dedup.sketching.fingerprint import fingerprint
from dedup.sketching.han import simplified

TRADITIONAL = "颱風週二夜間在港灣附近登陸，四萬戶居民斷電，兩座橋樑關閉。警方說，養老院的屋頂塌陷後，有二十七人獲救，沒有人受重傷。"
SIMPLIFIED = "台风周二夜间在港湾附近登陆，四万户居民断电，两座桥梁关闭。警方说，养老院的屋顶塌陷后，有二十七人获救，没有人受重伤。"


def article(text: str) -> Article:
    return Article("a", "s", "", text, 0, Clock.FEED, 0, 0)


def test_both_editions_of_a_story_have_one_fingerprint() -> None:
    assert simplified(TRADITIONAL) == SIMPLIFIED
    assert fingerprint(article(TRADITIONAL)) == fingerprint(article(SIMPLIFIED))


def test_the_passages_they_share_are_shown_as_each_prints_them() -> None:
    first = shared_passages(TRADITIONAL, SIMPLIFIED)[0]
    assert "兩座橋樑關閉" in first.a
    assert "两座桥梁关闭" in first.b


def test_japanese_keeps_its_signs() -> None:
    """It has simplified signs of its own, and keeps some that Chinese has given up."""
    japanese = "東京の警察によると、橋は火曜日の夜に閉鎖された。"
    assert simplified(japanese) != japanese
    assert "東京" in shared_passages(japanese, japanese)[0].a


@given(st.text())
def test_a_text_keeps_its_length_and_is_simplified_once(text: str) -> None:
    once = simplified(text)
    assert len(once) == len(text)
    assert simplified(once) == once


@given(st.binary().map(lambda bytes_: bytes_.decode("gb2312", "ignore").replace("後", "")))
def test_simplified_texts_stay_as_they_are(text: str) -> None:
    assert simplified(text) == text
