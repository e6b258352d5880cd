"""From an entry as it came to an article that can be compared, or to the reason why not."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dedup.nouns.article import Article, Clock
from dedup.nouns.feed import Entry, Skipped
from dedup.reading.boilerplate import word_count
from dedup.reading.identity import article_id, canonical_url, host_of
from dedup.reading.markup import plain, single_line

EARLIEST = -11_676_096_000
"""1600-01-01: newspapers begin in 1605; an earlier date is a mistake, also in an archive."""
_TITLE_MARKUP = 4_000
"""Of a title, in characters, that are read as markup: cut before, because only then a giant stays cheap."""


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """What counts as an article."""

    min_words: int = 5
    """Headline and text together; with fewer words there is nothing to compare."""
    max_text_bytes: int = 200_000
    """Text beyond this is cut off: the longest news features have about 100 kB."""
    max_age_s: int = 30 * 86_400
    """A feed's date further back than this before we saw the item is not believed (an archive's date is)."""
    max_ahead_s: int = 3_600
    """A date further ahead of our clock than this is not believed: one hour is a clock without its time zone."""


def read(entry: Entry, settings: ReadingSettings) -> Article | Skipped:
    """The article in an entry: plain text, an id, a canonical URL, and a date that we believe. Never raises.

    The fuller of content and summary is the text. The id is the caller's if there is one, else it is made of the feed
    (or source) and the guid, the canonical URL, or, failing both, headline and text. A feed's dates are believed within
    `max_age_s` and `max_ahead_s` of our first sight, those of imported articles from 1600 on and unless they lie ahead.
    """
    entry = _storable(entry)
    title = single_line(entry.title[:_TITLE_MARKUP])[:1000]
    text = plain(_fuller(entry.content, entry.summary, 4 * settings.max_text_bytes))
    text = text.encode()[: settings.max_text_bytes].decode(errors="ignore")
    name = entry.id or entry.guid or entry.url or title
    words = word_count(title)
    if words < settings.min_words:
        words += word_count(text)
    if words == 0:
        return Skipped("empty", "neither headline nor text", name)
    if words < settings.min_words:
        return Skipped("too_short", f"{words} words, {settings.min_words} are needed", name)
    url = canonical_url(entry.url) or canonical_url(entry.guid)
    published, clock = _believed(entry, settings)
    return Article(
        id=entry.id or article_id(entry.feed or entry.source, entry.guid or url or f"{title}\n{text}"),
        source=entry.source or host_of(url),
        title=title,
        text=text,
        published=published,
        clock=clock,
        seen=entry.seen,
        updated=_updated(entry, published, settings),
        url=url,
        guid=entry.guid,
        lang=entry.lang,
        feed=entry.feed,
    )


def _fuller(content: str, summary: str, limit: int) -> str:
    """Content unless it is a stub beside the summary; cut before any markup is read, so that a giant stays cheap."""
    fuller = content if len(content) >= len(summary) else summary
    return fuller[:limit]


def _storable(entry: Entry) -> Entry:
    """The entry without halves of characters in what names it: JSON can spell them, nothing can store them."""
    named = {name: getattr(entry, name) for name in ("id", "guid", "url", "source", "feed", "lang")}
    broken = {name: text for name, text in named.items() if text and not _is_storable(text)}
    mended = {name: text.encode(errors="replace").decode() for name, text in broken.items()}
    return replace(entry, **mended) if mended else entry


def _is_storable(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text)


def _updated(entry: Entry, published: int, settings: ReadingSettings) -> int:
    """When this version was made: what the entry says, unless that is before it was published, or has yet to come."""
    if entry.updated is None or entry.updated < published:
        return published
    return entry.updated if entry.updated <= entry.seen + settings.max_ahead_s else max(entry.seen, published)


def _believed(entry: Entry, settings: ReadingSettings) -> tuple[int, Clock]:
    date = entry.updated if entry.published is None else entry.published
    if date is None or not EARLIEST <= date <= entry.seen + settings.max_ahead_s:
        return entry.seen, Clock.SEEN
    if entry.feed and date < entry.seen - settings.max_age_s:
        return entry.seen, Clock.SEEN
    return date, Clock.FEED
