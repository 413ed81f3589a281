"""What a fuzzer feeds the readers with, and what must hold whatever it feeds them.

Each target takes any bytes. Most build a text of them: a byte stands for a fragment that readers act on, or
for a word that occurs nowhere else, so that a word that is lost, doubled or moved can be told. They raise
`AssertionError`, or whatever a reader should not have raised.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from audio_builder.article.read import read
from audio_builder.article.source import source_from_bytes
from audio_builder.errors import AudioBuilderError
from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import Say, Script
from audio_builder.script.from_document import read_document
from audio_builder.script.notation import format_script, parse_script
from audio_builder.script.pace import pace, repace
from audio_builder.voices.spoken.normalize import normalize
from tests.support import documents

_WORD = re.compile(r"q\d+x")

_TEXT = (
    " ", "\n", "\n\n", "\n\n\n", ". ", "? ", "! ", "… ", "... ", " — ", "—", " – ", ", ", ": ", "; ", "“", "”", '"',
    "'", "’", "(", ")", "«", "»", "。", "？", "؟", "।", "¿", "¡", "- ", "* ", "1. ", "• ", "> ", "# ", "## ", "===\n",
    "---\n", "* * *\n", "*", "**", "_", "Dr. ", "cf. p. ", "e.g. ", "St. ", "3.14 ", "\t", "\u2028", "\u00a0",
    "\u200d", "\u202e", "[pause 4s]", "[bell]", "[breath x2]", "[chapter A]", "[voice emma]", "[voice]", "\\", "\\[",
    "]", "中文", "مرحبا", "A ", "\r", "\r\n", "    ", "  \n",
)  # fmt: skip
_MARKDOWN = (
    *_TEXT, "`", "```\n", "~~", "<b>", "</b>", "<br>", "<!--", "-->", "<div>\n", "</div>\n", "<script>", "</script>",
    "[a](b)", "![a](b)", "](", "|a|b|\n|--|--|\n|", "|", "[^1]", "[^1]: ", "[1]: b\n", "&amp;", "&#91;",
    "<https://e.org>", "https://e.org/(a). ", "+ ", "- [ ] ", "\n    ", "***\n", "[sic]", "<p>\n", "</p>",
)  # fmt: skip
_MARKDOWN_SPOKEN = (
    *(fragment for fragment in _TEXT if fragment not in ("    ", "\t", "  \n", "\\[", "\\")), "&amp;", "+ ",
    "- [ ] ", "***\n", "> > ", "- - ", "2) ", "|", "\n  ", "\n   ",
)  # fmt: skip
"""What hides no word: no code, no notes, no addresses, no tags."""

_HTML = (
    *_TEXT[:44], "<p>", "</p>", "<div>", "</div>", "<h1>", "</h1>", "<h2>", "</h2>", "<ul>", "<li>", "</ul>", "<br>",
    "<br/>", "<b>", "</b>", "<em>", "</em>", "<blockquote>", "</blockquote>", "<u>", "</u>",
    "<section>", "<hr>", "<sup>", "</sup>", "<span>", "</span>", "&nbsp;", "&lt;",
    "&", "[pause 4s]",
)  # fmt: skip
_HTML_HIDING = (
    "<script>", "</script>", "<style>", "<nav>", "</nav>", "<aside>", "<header>", "</header>", "<footer>", "<!--",
    "-->", "<p hidden>", "<table>", "<tr>", "<td>", "</table>", "<svg>", "<template>", "<select>", "<title>", "<pre>",
    "<textarea>", "<body>", "</body>", "<html lang=de>", "<frameset>", "<p class='share'>", "<div class=comments>",
    "<s>", "<a ", "<![CDATA[", "<", "<article>", "</article>", "<main>", "</main>",
    "<a href=b>", "</a>", "<p class=author>", "<div class=meta>", "<h1>", "<title>b</title>",
)  # fmt: skip
_BOOK = tuple({"<u>": "<a href=b>", "</u>": "</a>"}.get(fragment, fragment) for fragment in _HTML)
"""A book's links are all spoken; a page's may be its buttons."""

_SCRIPT = (
    *_TEXT[:31], "\n", "# ", "## ", "### ", "> ", "| ", "- ", "\\", "\\[", "[pause 4s]", " [pause 1s sentence]",
    "[pause 0]", "[bell]", "[breath 4-6 x3]", "[chapter B]", "\n[voice emma] ", "[voice] ", "[", "]", "\\]", "#", "|",
    ">", "\t", "中文。", "[sic]",
)  # fmt: skip
_WORDPROCESSED = (
    "</w:t></w:r></w:p><w:p><w:r><w:t>", "</w:t><w:br/><w:t>", "</w:t></w:r><w:r><w:t>", "</w:t><w:tab/><w:t>", " ",
    ". ", "? ", '</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val="Heading2"/></w:pPr><w:r><w:t>',
    '</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val="Quote"/></w:pPr><w:r><w:t>',
    '</w:t></w:r></w:p><w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>',
    "</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>", "… ", "&amp;", "“", "”", "&lt;b&gt;", "[pause 4s]", " — ", "、",
    "؟ ",
)  # fmt: skip

_FORMS = (
    " ", " ", " ", ". ", ", ", "; ", ": ", " (", ") ", "«", "»", " — ", "-", "–", "/", "'", "’", "Juan", "Karl",
    "Marie", "Luís", "Giovanni", "Henry", "Xavier", "Ivan", "Lind", "Vera", "I", "IV", "XIX", "XIVe", "ii", "cap. ",
    "Chapter", "siglo", "secolo", "J. ", "Dr. ", "S. ", "p. ", "Mt ", "Ps ", "Cor ", "1", "2", "12", "30", "007",
    "1.000", "3,5", "1984", "25.12.23", "9h", "17:30", "7 pm", "1/2", "½", "²", "10⁶", "^", "%", "€", "$", "R$", "¥",
    "km/h", "°C", "kg", "º", "er", "x", "+", "=", "<", "#", "@b.org", "www.e.org", "...", "…", "年", "個", "第", "三",
    "午前", "१२", "٣", "\u00a0", "ß", "do",
)  # fmt: skip
"""What is written otherwise than it is said, and names that look like it."""


def plain(data: bytes) -> None:
    """A plain text speaks every word that is in it once, in order, unless its headings make it Markdown."""
    text = _built(data, _TEXT)
    _check(text.encode(), "a.txt", every_word="# " not in text)


def markdown(data: bytes) -> None:
    """A Markdown text without code, notes, addresses and tags speaks every word once, in order."""
    _check(f"First.\n\n{_built(data, _MARKDOWN_SPOKEN)}".encode(), "a.md", every_word=True)


def markdown_nested(data: bytes) -> None:
    """Lists in lists and quotations in quotations speak every word, however deep they are."""
    lines, depth = [], 0
    for place, byte in enumerate(data[:160]):
        depth = max(0, min(40, depth + (1 if byte % 4 else -(byte // 16))))
        lines.append(f"{'> ' * depth if data[0] % 2 else '  ' * depth + '- '}q{place}x")
    _check("\n".join(["First.", "", *lines]).encode(), "a.md", every_word=True)


def markdown_soup(data: bytes) -> None:
    """A Markdown text of anything may hide words (code, notes) but neither doubles nor moves one."""
    _check(_built(data, _MARKDOWN).encode(), "a.md", every_word=False)


def html(data: bytes) -> None:
    """A page of ordinary elements speaks every word of its body once, in order."""
    _check(f"<html><body><p>{_built(data, _HTML)}</body></html>".encode(), "a.html", every_word=True)


def tag_soup(data: bytes) -> None:
    """A page of anything may hide words, and a broken table moves them, but none is doubled."""
    body = _built(data, _HTML + _HTML_HIDING)
    _check(f"<html><body>{body}".encode(), "a.html", every_word=False, ordered="<t" not in body)


def docx(data: bytes) -> None:
    """A Word document speaks every word once, in order."""
    body = f"<w:p><w:r><w:t>{_built(data, _WORDPROCESSED)}</w:t></w:r></w:p>"
    _check(documents.docx_of(body), "a.docx", every_word=True)


def epub(data: bytes) -> None:
    """A book of two texts speaks every word once, in order."""
    half = len(data) // 2
    first, second = _built(data[:half], _BOOK), _built(data[half:], _BOOK, start=1000)
    _check(documents.epub(f"<h1>One</h1><p>{first}", f"<h1>Two</h1><p>{second}"), "a.epub", every_word=True)


def script(data: bytes) -> None:
    """A script file speaks every word once, in order, and is printed as it is read."""
    head = "---\naudio-builder-script: 1\npacing: gentle\n---\n"
    _check(f"{head}{_built(data, _SCRIPT)}".encode(), "a.md", every_word=True)


def raw(data: bytes) -> None:
    """Any bytes under any name are read, or refused with an error of ours."""
    names = ("a.txt", "a.md", "a.html", "a.docx", "a.epub", "-")
    _check(data[1:], names[data[0] % len(names)] if data else "-", every_word=False, ordered=False)


def written_forms(data: bytes) -> None:
    """What an engine gets of a phrase, in each language, is a phrase, and not many times as long."""
    languages = ("en-US", "de", "es", "fr", "hi", "it", "ja", "pt-BR", "zh")
    phrase = "".join(_FORMS[byte % len(_FORMS)] for byte in data[:40])
    for language in languages:
        for reader in ("misaki", "espeak"):
            assert len(normalize(phrase, language, reader)) <= 40 * len(phrase) + 200


_ALL = (plain, markdown, markdown_nested, markdown_soup, html, tag_soup, docx, epub, script, raw, written_forms)
TARGETS: dict[str, Callable[[bytes], None]] = {target.__name__: target for target in _ALL}


def _built(data: bytes, fragments: Sequence[str], start: int = 0) -> str:
    """Return a text of fragments and of words that are each their own number."""
    return "".join(
        fragments[byte] if byte < len(fragments) else f"q{start + place}x{' ' if byte % 2 else ''}"
        for place, byte in enumerate(data[:160])
    )


def _check(data: bytes, name: str, *, every_word: bool, ordered: bool = True) -> None:
    try:
        source = source_from_bytes(data, name)
        found = read_document(source)
        paced = found if isinstance(found, Script) else pace(read(source), Pacing())
    except AudioBuilderError:
        return
    says = [cue.text for cue in paced.cues if isinstance(cue, Say)]
    heard = _WORD.findall(" ".join(says))
    assert len(heard) == len(set(heard)), f"doubled in {says}"
    if ordered:
        assert all(int(one[1:-1]) < int(two[1:-1]) for one, two in pairwise(heard)), f"moved in {says}"
    if every_word:
        assert heard == _WORD.findall(source.text), f"lost in {says}"
    if says:
        assert parse_script(format_script(paced), "s.md") == paced
        assert [cue.text for cue in repace(paced, Pacing()).cues if isinstance(cue, Say)] == says
