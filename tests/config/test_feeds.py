"""The starting set of feeds is a list that any reader can import."""

from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

OPML = Path(__file__).parents[2] / "config" / "feeds.opml"


def test_the_starting_set_names_each_feed_once_over_https_in_several_languages() -> None:
    outlines = [o.attrib for o in ElementTree.parse(OPML).iter("outline") if "xmlUrl" in o.attrib]
    urls = [outline["xmlUrl"] for outline in outlines]
    assert len(set(urls)) == len(urls) >= 25
    assert all(urlsplit(url).scheme == "https" for url in urls)
    assert all(outline["text"] for outline in outlines)
    assert len({outline["language"] for outline in outlines}) >= 8
