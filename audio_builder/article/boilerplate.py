"""What of a page is not what its author wrote to be read: menus, notes, bylines, boxes, a licence. See decision 4."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from selectolax.lexbor import LexborNode

from audio_builder.article.frontmatter import FrontMatter, shortened
from audio_builder.article.left_out import LeftOut
from audio_builder.article.word_tables import word_set

BLOCKS = word_set(
    "html body p div section article main header footer address figure center details summary fieldset hgroup h1 h2 "
    "h3 h4 h5 h6 blockquote ul ol dl li dt dd table thead tbody tfoot tr td th caption hr"
)
_SILENT_TAGS = {
    **dict.fromkeys(["head", "script", "style", "noscript", "template", "svg", "math", "map", "rp", "rt", "title"], ""),
    **dict.fromkeys(["iframe", "object", "audio", "video", "canvas"], "embed"),
    **dict.fromkeys(["form", "button", "select", "textarea", "input", "nav", "dialog"], "menus and boxes"),
    **dict.fromkeys(["del", "s", "strike"], "struck-out text"),
    "aside": "asides",
    "figcaption": "caption",
}
_SILENT_ROLES = {
    **dict.fromkeys(
        ["navigation", "banner", "contentinfo", "complementary", "search", "menu", "menubar"], "menus and boxes"
    ),
    **dict.fromkeys(["doc-endnotes", "doc-footnote", "doc-noteref", "tooltip"], "footnote"),
    "doc-toc": "table of contents",
    "doc-pagebreak": "page number",
}
_PROPERTIES = word_set("created updated modified author tags source location notebook url")
_NEVER_NAMED = word_set("html body article main h1 h2 h3 h4 h5 h6")


def _named(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[\s_-])(?:{words})(?:$|[\s_-])", re.IGNORECASE)


_BOXES = _named(
    "nav|navbar|navbox|menu|footer|sidebar|breadcrumbs?|comments?|share|sharing|sharedaddy|social|related|relatedposts|"
    "newsletter|subscribe|subscription|signup|cookies?|promo|advert|ads|skip-link|pagination|pager|catlinks|hatnote|"
    "infobox|sitesub|tnotes?|transnotes?|tag-?cloud|pg-boilerplate|pg-header|pg-footer|references|reflist|bookmark|paywall|cta|embed|"
    "author-(?:box|bio|info)|respond"
)
"""Names of boxes that stand beside an article or in it."""

_NOTES = _named("footnotes?|endnotes?|notes")
_CONTENTS_BOX = _named("toc|table-of-contents|lwptoc|toctitle")
_LABELS = re.compile(
    r"(?:^|[\s_-])(?:byline|dateline|meta|postmeta(?:data)?|timestamp|posted-on|reading-time|editsection|tags-links|taglist|ufi|"
    r"kicker|eyebrow|overline|cat-links|post-category|post-labels|inline-template|noprint|(?:article|post|primary)-tags?)"
    r"(?:$|[\s_-])|^(?:author|date|category|tags?)$",
    re.IGNORECASE,
)
"""Names of small print: who wrote an article and when. They may stand on a paragraph and inside a line."""

_ANYWHERE = (
    ("hidden text", _named(
        "sr-only|visually-?hidden|screen-?reader(?:-text|-only)?|hide-text|off-?screen|assistive-text|a11y-hidden|element-invisible|u-hidden|"
        "d-none|is-hidden")),
    ("picture", re.compile(r"(?:^|\s)icon(?:$|\s)")),
    ("page number", _named(
        "pagenum|pagenumber|page-num(?:ber)?|pageno|pagebreak|page-break|linenum|linenumber|line-num(?:ber)?|lineno")),
    ("running head", re.compile(r"(?:^|\s)Mso(?:Header|Footer)(?:$|\s)")),
    ("comment", re.compile(r"MsoComment|msocom", re.IGNORECASE)),
    ("footnote", re.compile(
        r"Mso(?:Foot|End)note|(?:^|[\s_-])(?:footnote(?:s|-?text|-?ref|-anchor|_note|__note)?|endnote-?text|noteref|fnref)"
        r"(?:$|[\s_-])", re.IGNORECASE)),
    ("table of contents", re.compile(r"(?:^|\s)(?:MsoToc\w+|toc\d|toc-?entry|toc-?heading)(?:$|\s)", re.IGNORECASE)),
    ("caption", re.compile(r"(?:^|\s)(?:MsoCaption|image-caption|wp-caption-text|tr-caption)(?:$|\s)", re.IGNORECASE)),
    ("menus and boxes", re.compile(
        r"(?:^|\s)(?:button-wrapper|graf--mixtapeEmbed|cta-caption|subscription-widget[\w-]*|kg-(?:bookmark|signup|cta|button|product|file|audio|video)"
        r"-card|wp-block-buttons?|digest-post-embed|poll-embed)(?:$|\s)", re.IGNORECASE)),
)  # fmt: skip
"""Names that say the same of any element, a paragraph or a few letters, of a page or a book."""

_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:left|top|text-indent)\s*:\s*-\d{3,}|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px|pt|em)?\s*(?:;|$)"
    r"|mso-list\s*:\s*ignore",
    re.IGNORECASE,
)
_DRAWN_BULLET = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)
_STYLE_OF_NOTES = re.compile(r"mso-element\s*:\s*(footnote|endnote|comment)", re.IGNORECASE)
_PAGE_ANCHOR = re.compile(r"(?:page|pg|p)[_-]?\d{1,4}", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"[\[({]?\s*(?:(?:pg|page|p)\.?\s*)?\d{1,4}\s*[\])}]?", re.IGNORECASE)
_PRINTED_AROUND = ("header", "footer")
_LONGEST_LABEL_WORDS = 4
MOST_LEVELS = 200
_MOST_BESIDE = 200
"""Elements around one, and beside it, that say what it is."""

READ = None
"""What `left_out_as` returns for what is read."""


def left_out_as(  # noqa: PLR0911 - a list of reasons, each with its name
    node: LexborNode, *, page: bool, site_header: bool, holds_text: bool = False
) -> str | None:
    """Return as what an element is left out, None where it is part of what its author wrote to be read.

    What is left out and says nothing by itself, such as a script, has an empty name.

    Args:
        node: an element.
        page: it is one of a web page; what merely has the name of small print counts only there.
        site_header: it is the `<header>` of the site, not that of the article.
        holds_text: the title of the page and a paragraph are in it.
    """
    tag = node.tag or ""
    attributes = node.attributes
    if tag in _SILENT_TAGS:
        return _SILENT_TAGS[tag]
    if not attributes and not site_header and tag != "footer":
        return READ
    if _is_hidden(node):
        return "" if _DRAWN_BULLET.search(attributes.get("style") or "") else "hidden text"
    role, kinds = attributes.get("role") or "", attributes.get("epub:type") or ""
    if role in _SILENT_ROLES:
        return _SILENT_ROLES[role]
    if "note" in kinds:
        return "footnote"
    if {"pagebreak", "page-list"} & set(kinds.split()):
        return "page number"
    if (attributes.get("id") or "").startswith(("footnote-", "endnote-")):
        return "footnote"
    if site_header or (tag == "footer" and _is_of_page(node, page=page)):
        return "menus and boxes"
    if tag not in _NEVER_NAMED:
        return _named_as(node, tag, page=page, holds_text=holds_text)
    return "small print" if page and "date-header" in (attributes.get("class") or "").split() else READ


def is_of_properties(table: LexborNode) -> bool:
    """Return whether a table says what a notebook knows of a note: when it was made, by whom, its tags."""
    inside = (part.iter() if part.tag in ("tbody", "thead") else (part,) for part in table.iter())
    rows = list(islice((row for part in inside for row in part if row.tag == "tr"), len(_PROPERTIES) + 1))
    return bool(rows) and all(map(_is_property, rows))


def _is_property(row: LexborNode) -> bool:
    cells = list(islice(row.iter(), 3))
    if len(cells) != 2 or row.css_first("table") is not None:
        return False
    return cells[0].text().strip().rstrip(":").casefold() in _PROPERTIES


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    if "hidden" in attributes or _HIDDEN_STYLE.search(attributes.get("style") or ""):
        return True
    if attributes.get("aria-hidden") != "true":
        return False
    # A large first letter is hidden from readers that would spell it, and may be nowhere else.
    following = (node.next.text(deep=False) or "") if node.next is not None and node.next.tag == "-text" else ""
    return not (len(node.text().strip()) == 1 and following[:1].islower())


def _is_of_page(node: LexborNode, *, page: bool) -> bool:
    """Return whether a footer is that of a page; that of a letter in it has neither links nor a name."""
    above = node.parent
    for _ in range(MOST_LEVELS if page else 0):
        if above is None or above.tag in ("article", "section", "main"):
            break
        above = above.parent
    return above is None or bool(node.attributes) or node.css_first("a, time, nav, ul") is not None


def is_label(text: str) -> bool:
    """Return whether words that are all links, and in no paragraph, are a button or a tag rather than a sentence."""
    return len(text.split()) <= _LONGEST_LABEL_WORDS and text.rstrip()[-1:] not in ".!?…:"


def _named_as(node: LexborNode, tag: str, *, page: bool, holds_text: bool) -> str | None:
    """Return as what an element is named, unless it holds the title of the page and its text."""
    attributes = node.attributes
    if page and tag == "div" and attributes.get("title") in _PRINTED_AROUND:
        return "menus and boxes"
    if found := _STYLE_OF_NOTES.search(attributes.get("style") or ""):
        return "comment" if found[1].lower() == "comment" else "footnote"
    labels = [value for name in ("class", "id") if (value := attributes.get(name))]
    if not labels:
        return READ
    kind = _kind_by_name(tag, labels, page=page)
    if (
        kind is None
        and tag == "a"
        and _PAGE_ANCHOR.fullmatch(labels[-1])
        and _PAGE_NUMBER.fullmatch(node.text().strip())
    ):
        return "page number"
    if kind == "hidden text" and _stands_for_hidden(node):
        return READ
    return READ if kind is None or (page and holds_text) else kind


def _kind_by_name(tag: str, labels: list[str], *, page: bool) -> str | None:
    joined = " ".join(labels)
    if tag == "table" and "properties" in joined.split():
        return "property"
    for kind, pattern in _ANYWHERE:
        if pattern.search(joined):
            return kind
    if tag in BLOCKS and tag != "p":
        if _CONTENTS_BOX.search(joined):
            return "table of contents"
        if _NOTES.search(joined):
            return "footnote"
        if _BOXES.search(joined):
            return "menus and boxes"
    return "small print" if page and any(map(_LABELS.search, labels)) else None


def _stands_for_hidden(node: LexborNode) -> bool:
    """Return whether words that only screen readers get stand for shown ones that they don't."""
    parent = node.parent
    return (
        parent is not None
        and node.tag not in BLOCKS
        and any(
            child.attributes.get("aria-hidden") == "true" and child.tag not in BLOCKS and re.search(r"\w", child.text())
            for child in islice(parent.iter(), _MOST_BESIDE)
        )
    )


_CONTENTS = re.compile(
    r"(?:table of )?contents|toc|on this page|in this (?:article|post|issue)|inhalt(?:sverzeichnis)?|"
    r"(?:table des matières|sommaire)|índice|contenido|sumário|sommario|indice|inhoud(?:sopgave)?|"
    r"innehåll|indhold|innhold|"
    r"содержание|оглавление|spis treści|目录|目錄|目次|차례|목차",
    re.IGNORECASE,
)


def is_contents(words: str) -> bool:
    """Return whether a heading is that of a table of contents."""
    return _CONTENTS.fullmatch(words.strip().rstrip(":")) is not None


VERSE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:poem|poetry|verse|verses|stanza|strophe|linegroup|line-group|lyrics|lg|song-?text|preformatted)"
    r"(?:$|[\s_-]|block|container)",
    re.IGNORECASE,
)
"""Names of elements that hold lines of verse."""


# --- Project Gutenberg's header and licence ---

_NAME = re.compile(r"project gutenberg", re.IGNORECASE)
_START = re.compile(
    r"^[ \t]*\*{3} ?START OF (?:THE|THIS) PROJECT GUTENBERG E(?:BOOK|TEXT)\b[^\n]*(?:\n[^\n]+?\*{3})?[ \t]*$"
    r"|^[ \t]*\*END\*? ?THE SMALL PRINT![^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
_END = re.compile(
    r"^[ \t]*\*{3} ?END OF (?:THE|THIS) PROJECT GUTENBERG E(?:BOOK|TEXT)\b[^\n]*$"
    r"|^[ \t]*End of (?:the |this )?Project Gutenberg(?:['’]s|(?: (?:EBook|Etext))? of)\b[^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
_MADE_BY = re.compile(
    r"\s*(?:Produced by|E-?text prepared by|This e-?(?:book|text) was (?:produced|prepared) by|Transcribed (?:by|from)|"
    r"Credits:)[^\n]*(?:\n[ \t]*\S[^\n]*)*",
    re.IGNORECASE,
)
_FIELD = re.compile(r"^(Title|Author|Language):[ \t]*(\S[^\n]*)", re.MULTILINE)
_LONGEST_MARKER = 3000
"""Characters. The header of an old page stands in one paragraph with its marker."""

_LANGUAGES = {
    "english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it", "portuguese": "pt",
    "dutch": "nl", "swedish": "sv", "danish": "da", "norwegian": "no", "finnish": "fi", "polish": "pl", "greek": "el",
    "latin": "la", "chinese": "zh", "japanese": "ja", "hungarian": "hu", "czech": "cs", "russian": "ru",
    "catalan": "ca", "esperanto": "eo",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Etext:
    """A text of Project Gutenberg without what stands around it.

    Attributes:
        text: of as many lines as before; what was taken away is empty.
        front: title, author and language, from the header; empty ones for any other text.
        left_out: the header and the licence.
    """

    text: str
    front: FrontMatter
    left_out: tuple[LeftOut, ...] = ()


def take_licence(text: str) -> Etext:
    r"""Return a text without Project Gutenberg's header and licence, where its markers stand in it.

    >>> take_licence("Title: A\n*** START OF THE PROJECT GUTENBERG EBOOK A ***\\nWords.").text
    '\n\nWords.'
    """
    if not _NAME.search(text):
        return Etext(text, FrontMatter())
    starts = list(_START.finditer(text))
    start = starts[-1].end() if starts else 0
    if starts and (made := _MADE_BY.match(text, start)):
        start = made.end()
    end = found.start() if (found := _END.search(text, start)) else len(text)
    head, tail = text[:start], text[end:]
    parts = ((head, 1), (tail, text.count("\n", 0, end) + 1))
    return Etext(
        "\n" * head.count("\n") + text[start:end] + "\n" * tail.count("\n"),
        _front(head),
        tuple(LeftOut("licence", " ".join(part.split()), line) for part, line in parts if part.strip()),
    )


def ends_header(words: str) -> bool:
    """Return whether a paragraph of a page is the marker after which a text of Project Gutenberg begins."""
    return _may_mark(words) and _START.search(words) is not None


def begins_licence(words: str) -> bool:
    """Return whether a paragraph of a page is the marker with which a text of Project Gutenberg ends."""
    return _may_mark(words) and _END.search(words) is not None


def _may_mark(words: str) -> bool:
    return len(words) < _LONGEST_MARKER and _NAME.search(words) is not None


def _front(head: str) -> FrontMatter:
    said = {name: shortened(value) for name, value in reversed(_FIELD.findall(head))}
    return FrontMatter(
        title=said.get("Title", ""),
        author=said.get("Author", ""),
        language=_LANGUAGES.get(said.get("Language", "").casefold(), ""),
    )
