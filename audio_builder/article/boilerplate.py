"""What of a page is not what its author wrote to be read: menus, notes, bylines, boxes. See decision 4."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode


def names(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


BLOCKS = names(
    "html body p div section article main header address figure center details summary fieldset hgroup h1 h2 "
    "h3 h4 h5 h6 blockquote ul ol dl li dt dd table thead tbody tfoot tr td th caption hr"
)
_SILENT_TAGS = names(
    "head script style noscript template svg math iframe object audio video canvas form button select textarea "
    "input nav footer aside dialog pre del s strike figcaption img map rt rp title"
)
_SILENT_ROLES = names(
    "navigation banner contentinfo complementary search menu menubar doc-endnotes doc-footnote doc-noteref"
)
_NEVER_NAMED = names("html body article main h1 h2 h3 h4 h5 h6")
_BOXES = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navbox|menu|footer|sidebar|breadcrumbs?|comments?|share|sharing|sharedaddy|social|"
    r"related|relatedposts|newsletter|subscribe|subscription|signup|cookies?|promo|advert|ads|footnotes?|endnotes?|"
    r"skip-link|screen-reader-text|pagination|pager|catlinks|hatnote|infobox|sitesub|toc|references|reflist|table-of-contents)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""Names of boxes that stand beside an article or in it."""

_LABELS = re.compile(
    r"(?:^|[\s_-])(?:byline|dateline|meta|postmeta|timestamp|posted-on|reading-time|editsection|tags-links|taglist|ufi)"
    r"(?:$|[\s_-])|^(?:author|date)$",
    re.IGNORECASE,
)
"""Names of small print: who wrote an article and when. They may stand on a paragraph and inside a line."""

_NOTE_MARK = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡§a-z])[\])]?")
_PRINTED_AROUND = ("header", "footer")
_LONGEST_LABEL_WORDS = 4


def is_boilerplate(node: LexborNode, *, page: bool, site_header: bool) -> bool:
    """Return whether an element is no part of what its author wrote to be read.

    Args:
        node: an element.
        page: it is one of a web page; what merely has the name of small print counts only there.
        site_header: it is the `<header>` of the site, not that of the article.
    """
    tag = node.tag or ""
    attributes = node.attributes
    if tag in _SILENT_TAGS or "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    if (attributes.get("role") or "") in _SILENT_ROLES or "note" in (attributes.get("epub:type") or ""):
        return True
    if tag == "sup":
        return _NOTE_MARK.fullmatch(node.text().strip()) is not None
    if (attributes.get("id") or "").startswith(("footnote-", "endnote-")):
        return True
    if site_header:
        return True
    return tag not in _NEVER_NAMED and _named_as_boilerplate(node, tag, page=page)


def is_label(text: str) -> bool:
    """Return whether words that are all links, and in no paragraph, are a button or a tag rather than a sentence."""
    return len(text.split()) <= _LONGEST_LABEL_WORDS and text.rstrip()[-1:] not in ".!?…:"


def _named_as_boilerplate(node: LexborNode, tag: str, *, page: bool) -> bool:
    """Return whether an element has the name of boilerplate, unless it holds the title of the page and its text."""
    attributes = node.attributes
    if page and tag == "div" and attributes.get("title") in _PRINTED_AROUND:
        return True
    labels = [value for name in ("class", "id") if (value := attributes.get(name))]
    named = tag in BLOCKS and tag != "p" and _BOXES.search(" ".join(labels))
    if not named and not (page and any(map(_LABELS.search, labels))):
        return False
    return not (page and node.css_first("h1") and node.css_first("p"))
