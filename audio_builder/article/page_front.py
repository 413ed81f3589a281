"""Which element of a page is its article, and what the page says about itself: title, author, language."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from audio_builder.article.file_titles import says_nothing
from audio_builder.article.frontmatter import FrontMatter, shortened
from audio_builder.article.page_parser import words_in
from audio_builder.article.word_tables import word_set

_TITLE_NAMES = word_set("title msotitle entry-title post-title article-title page-title p-name graf--title headline")
_ENTRY_TITLE = "h2.entry-title, h3.entry-title, h2.post-title, h3.post-title, h2.article-title"
_TITLED = "p, h2, h3, h4, div.title, div.post-title, div.entry-title"
_OF_GUTENBERG = re.compile(r"^The Project Gutenberg e-?book of |,? by [^,|]+$|\s*\| Project Gutenberg$", re.IGNORECASE)
_MOSTLY = 0.6
_MOST_ARTICLES = 50


def page_front(page: LexborHTMLParser, root: LexborNode | None) -> FrontMatter:
    """Return what a page says about itself: author, language, and a title if no heading gives one."""
    language = (page.root.attributes.get("lang") or page.root.attributes.get("xml:lang") or "") if page.root else ""
    title, named = "", title_element(page)
    if root is None or root.css_first("h1") is None:
        # A heading around the article would say all of it.
        above = None if root is None or _inside_heading(root) else page.css_first("h1")
        inside = root is not None and any(is_title_element(node) for node in root.css(_TITLED))
        entry = root is not None and root.css_first(_ENTRY_TITLE) is not None
        title = "" if entry else shortened(above.text()) if above else "" if inside else name_of(page, root)
    elif named and words_in(root).startswith(named):
        title = shortened(named)
    author = page.css_first("meta[name=author]:not([content*='@'])")
    return FrontMatter(
        title=title,
        author=shortened(author.attributes.get("content") or "") if author else "",
        language=language if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}", language) else "",
    )


def name_of(page: LexborHTMLParser, root: LexborNode | None = None) -> str:
    """Return the title of a page without the name of its site, where a heading in it says which part is which."""
    shared = page.css_first("meta[property='og:title']")
    title = shortened((shared.attributes.get("content") or "") if shared else title_element(page))
    title = _OF_GUTENBERG.sub("", title) if "Project Gutenberg" in title else title
    heading = root.css_first("h2, h3") if root is not None else None
    parts = re.split(r"\s+[|–—·»-]\s+|:\s+", title)
    said = words_in(heading) if heading is not None else ""
    if said and said.casefold() in [part.casefold() for part in parts]:
        return said
    return "" if says_nothing(title) else title


def is_title_element(node: LexborNode) -> bool:
    """Return whether an element has the name of a title."""
    return not _TITLE_NAMES.isdisjoint((node.attributes.get("class") or "").casefold().split())


def article_in(page: LexborHTMLParser) -> LexborNode | None:
    """Return the element that holds the article: `<article>` or `<main>` where most of the paragraphs are in it."""
    body = page.body
    if body is None:
        return None
    whole = _paragraph_length(body)
    for selector in ("article", "main", "[role=main]", "[itemprop=articleBody]", ".hentry"):
        best = max(page.css(selector)[:_MOST_ARTICLES], key=_paragraph_length, default=None)
        if best is not None and _paragraph_length(best) >= _MOSTLY * whole:
            return best
    return body


def title_element(page: LexborHTMLParser) -> str:
    """Return what the title bar of a browser shows; empty for nothing."""
    found = page.css_first("title")
    return words_in(found) if found else ""


def _inside_heading(node: LexborNode) -> bool:
    above = node.parent
    while above is not None and above.tag != "h1":
        above = above.parent
    return above is not None


def _paragraph_length(node: LexborNode) -> int:
    return sum(len(paragraph.text()) for paragraph in node.css("p"))
