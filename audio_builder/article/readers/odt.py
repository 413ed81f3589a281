"""ODT to HTML: the words by their styles, nothing of how they look. The parser is libexpat, as for SSML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from xml.parsers import expat

from audio_builder.article.archive import Archive, archive_with, properties
from audio_builder.article.frontmatter import FrontMatter, of_properties
from audio_builder.article.left_out import LeftOut
from audio_builder.article.readers import PackedReader, Unpacked
from audio_builder.article.readers.html import CENTRED_CLASS
from audio_builder.errors import NotText

_CONTENT = "content.xml"
_MIMETYPE = "application/vnd.oasis.opendocument.text"
_DEEPEST = 200
_HINT = "Save it as .odt, .docx or .txt again."

_SILENT = {
    "text:note": "footnote",
    "text:note-citation": "",
    "office:annotation": "comment",
    "text:tracked-changes": "",
    "text:table-of-content": "table of contents",
    "text:alphabetical-index": "index",
    "text:bibliography": "bibliography",
    "draw:image": "picture",
    "draw:object": "",
    "office:forms": "",
    "text:sequence-decls": "",
    "svg:title": "",
    "svg:desc": "",
    "office:automatic-styles": "",
    "text:ruby-text": "",
}
"""Elements whose words aren't read out, and what they are called."""

_BLOCKS = {
    "text:list": "ul",
    "text:list-item": "li",
    "table:table": "table",
    "table:table-row": "tr",
    "table:table-cell": "td",
}
_PARAGRAPHS = {
    "Title": ("<h1>", "</h1>"),
    "Subtitle": ("<p><em>", "</em></p>"),
    "Quotations": ("<blockquote><p>", "</p></blockquote>"),
}
_PASSED_OVER = frozenset({"Author", "Date", "Header", "Footer", "Footnote"})


@dataclass(slots=True)
class _Page:
    """The HTML in the making.

    Attributes:
        parents: the named style behind each automatic one.
        emphasis: automatic styles of words in italics or bold, raised or struck out; so are the next two.
        centred: of paragraphs.
        hidden: of words that aren't shown.
    """

    html: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    parents: dict[str, str] = field(default_factory=dict)
    emphasis: dict[str, str] = field(default_factory=dict)
    centred: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    left_out: list[LeftOut] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    unsaid: list[str] = field(default_factory=list)
    style: str = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Begin an element."""
        self._learn_style(tag, attributes)
        hidden = attributes.get("text:style-name") in self.hidden
        if self.silent or tag in _SILENT or hidden:
            self.silent.append(tag)
            return
        begin, end = self._tags(tag, attributes)
        self.html.append(begin)
        self.ends.append(end)

    def end(self, tag: str) -> None:
        """End an element."""
        if not self.silent:
            self.html.append(self.ends.pop())
            return
        self.silent.pop()
        self.unsaid.append(" ")
        if not self.silent:
            if kind := _SILENT.get(tag, "hidden text"):
                self.left_out.append(LeftOut(kind, " ".join("".join(self.unsaid).split())))
            self.unsaid.clear()

    def words(self, text: str) -> None:
        """Take text."""
        if self.silent:
            self.unsaid.append(text)
        elif self.ends:
            self.html.append(escape(text, quote=False))

    def _tags(self, tag: str, attributes: Mapping[str, str]) -> tuple[str, str]:
        name = attributes.get("text:style-name", "")
        named = self.parents.get(name, name)
        if tag == "text:h":
            level = min(6, max(1, int(attributes.get("text:outline-level", "1") or 1)))
            return f"<h{level}>", f"</h{level}>\n"
        if tag == "text:p":
            centred = f' class="{CENTRED_CLASS}"' if name in self.centred else ""
            begin, end = _PARAGRAPHS.get(named, (f"<p{centred}>", "</p>"))
            if strong := self.emphasis.get(name):
                begin, end = f"{begin}<{strong}>", f"</{strong}>{end}"
            return ("<!--", "-->\n") if named in _PASSED_OVER else (begin, f"{end}\n")
        if tag in _BLOCKS:
            return f"<{_BLOCKS[tag]}>", f"</{_BLOCKS[tag]}>\n"
        if tag == "text:span" and name in self.emphasis:
            return f"<{self.emphasis[name]}>", f"</{self.emphasis[name]}>"
        return {"text:line-break": "<br>", "text:s": " ", "text:tab": " "}.get(tag, ""), ""

    def _learn_style(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "style:style":
            self.style = attributes.get("style:name", "")
            if parent := attributes.get("style:parent-style-name"):
                self.parents[self.style] = parent
        elif tag == "style:paragraph-properties" and attributes.get("fo:text-align") == "center":
            self.centred.add(self.style)
        elif tag == "style:text-properties" and self.style:
            if attributes.get("text:display") == "none":
                self.hidden.add(self.style)
            elif attributes.get("style:text-line-through-style", "none") != "none":
                self.emphasis[self.style] = "s"
            elif attributes.get("style:text-position", "").startswith("super"):
                self.emphasis[self.style] = "sup"
            elif attributes.get("fo:font-style") == "italic":
                self.emphasis[self.style] = "em"
            elif attributes.get("fo:font-weight") == "bold":
                self.emphasis[self.style] = "strong"


def _unpack(data: bytes, name: str) -> Unpacked | None:
    """Return a document as HTML, a paragraph a line, and what it says about itself.

    Only its text is unpacked, after it was measured and searched for declarations: nothing that is linked is opened.

    Raises:
        NotText: it isn't a document that can be understood.
        SourceError: it declares XML entities.
        SourceTooLarge: it is too large.
    """
    archive = archive_with(_CONTENT, data, name)
    if archive is None or "mimetype" not in archive.names:
        return None
    if not archive.read("mimetype").decode("latin-1").strip().startswith(_MIMETYPE):
        return None
    page = _Page()
    _parse(archive.read_markup(_CONTENT), page, name)
    return Unpacked("html", "".join(page.html), _front(archive), left_out=tuple(page.left_out))


def _parse(xml: bytes, page: _Page, name: str) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = 0

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise NotText(f"{name}: its elements are nested more than {_DEEPEST} deep", hint=_HINT)
        page.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        page.end(tag)

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, page.words
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError, KeyError) as error:
        raise NotText(f"{name} is not a document that can be read: {error}", hint=_HINT) from error


def _front(archive: Archive) -> FrontMatter:
    """Return the author and the language of the document's properties."""
    said = properties(archive, "meta.xml")
    author = said.get("meta:initial-creator") or said.get("dc:creator", "")
    return of_properties(said.get("dc:title", ""), author, said.get("dc:language", ""))


READER = PackedReader("odt", "OpenDocument texts", (".odt",), _unpack)
