"""DOCX to HTML, through mammoth: the words by their styles, nothing of how they look."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING
from xml.parsers.expat import ExpatError

from audio_builder.article.archive import Archive, archive_with, properties
from audio_builder.article.frontmatter import FrontMatter, of_properties
from audio_builder.article.left_out import LeftOut
from audio_builder.article.readers import PackedReader, Unpacked, check_amounts
from audio_builder.errors import NotText, SourceTooLarge

if TYPE_CHECKING:
    from mammoth import documents

_TYPES = "[Content_Types].xml"
_IS_WORD = b"wordprocessingml"
_MAIN_TYPE = re.compile(
    rb"""<Override\b[^>]*?PartName="/?([^"]+)"[^>]*?ContentType="[^"]*wordprocessingml\.(?:document|template)\.main\+xml\""""
)

_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh > em:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Quotations'] => blockquote > p:fresh
p[style-name='Block Text'] => blockquote > p:fresh
p[style-name='Author'] => !
p[style-name='Date'] => !
p[style-name^='toc '] => p.toc-entry:fresh
p[style-name^='TOC'] => p.toc-entry:fresh
p[style-name='table of figures'] => p.toc-entry:fresh
p[style-name='caption'] => p.MsoCaption:fresh
p[style-name='Caption'] => p.MsoCaption:fresh
p[style-name^='Verse'] => div.poem > p:fresh
p[style-name^='Poe'] => div.poem > p:fresh
p[style-name^='Lyric'] => div.poem > p:fresh
p[style-name='Chapter Title'] => h2:fresh
p[style-name='Chapter Heading'] => h2:fresh
p[style-name='centred here'] => p.reads-as-centred:fresh
strike => s
"""
_NEEDED = re.compile(r"(?:\[Content_Types\]\.xml|.*\.(?:xml|rels))")
_VANISHED = re.compile(rb"<w:(?:vanish|webHidden)(?:\s*/>|\s+w:val=\"(?:1|true|on)\")")
_NEXT_PARAGRAPH = re.compile(
    rb"\s*<w:p(?:\s[^<>]*)?>(?:\s*<w:pPr(?:\s*/>|>(?:(?!</w:pPr>).){0,4000}</w:pPr>))?", re.DOTALL
)
_PAGE_BREAK = re.compile(rb'<w:br\s+w:type="(?:page|column)"[^<>]*/>')
_MOST_ELEMENTS = 90_000
"""What is read in ten seconds. A book of 120,000 words, more than twelve hours of speech, has about 88,000."""
_ELEMENT = re.compile(rb"<w:(?:p|r|t|br|tab|tr|tc|tbl|hyperlink|sdt|ins|fldChar|instrText|bookmarkStart)[\s/>]")
_FIELD = re.compile(rb'w:fldCharType="(begin|end)"')
_DEEPEST_FIELD = 100
_PARAGRAPH = re.compile(rb"<w:p[\s/>]")
_WORDED = re.compile(rb"<w:t(?:\s[^<>]*)?>[^<]*[^<\s]")
_XML_TAG = re.compile(rb"<[^<>]*>")
_BROKEN = (ExpatError, LookupError, ValueError, TypeError, AttributeError, RecursionError, OSError)
"""What mammoth raises for a document that isn't whole."""

_BLOCK_END = re.compile(r"(</(?:p|h[1-6]|li|blockquote|td|th)>|<br ?/>)")


def _unpack(data: bytes, name: str) -> Unpacked | None:
    """Return a document as HTML, a paragraph a line, and what it says about itself.

    Only the XML in it is passed on, after it was measured and searched for declarations: neither
    pictures nor anything that is linked is opened.

    Raises:
        NotText: it isn't a document that can be understood.
        SourceError: it declares XML entities.
        SourceTooLarge: it is too large.
    """
    archive = archive_with(_TYPES, data, name)
    if archive is None or _IS_WORD not in (types := archive.read_markup(_TYPES)):
        return None
    import mammoth  # as long to import as all other readers together

    main = {found[1].decode("utf-8", "replace") for found in _MAIN_TYPE.finditer(types)}
    left_out: list[LeftOut] = []
    checked = io.BytesIO()
    with zipfile.ZipFile(checked, "w") as copy:
        for path in archive.names:
            if _NEEDED.fullmatch(path):
                part = archive.read_markup(path)
                _check_amounts(part, name)
                copy.writestr(path, _readable(part, left_out) if path in main else part)
    try:
        found = mammoth.convert_to_html(
            checked,
            style_map=_STYLES,
            convert_image=lambda _image: [],
            ignore_empty_paragraphs=False,
            transform_document=mammoth.transforms.paragraph(_centred),
        )
    except _BROKEN as error:
        raise NotText(
            f"{name} is not a Word document that can be read: {error}", hint="Save it as .docx or .txt again."
        ) from error
    return Unpacked("html", _BLOCK_END.sub(r"\1\n", found.value), _front(archive), left_out=tuple(left_out))


def _check_amounts(part: bytes, name: str) -> None:
    """Refuse what no episode can hold before it is converted, which takes long.

    Raises:
        SourceTooLarge: it has too many paragraphs with words, or too many elements.
        NotText: its fields never end.
    """
    worded = sum(1 for paragraph in part.split(b"</w:p>") if _WORDED.search(paragraph))
    # For a paragraph all styles are searched, and it is a line of the page: it takes as long as eight other elements.
    elements = len(_ELEMENT.findall(part)) + 7 * len(_PARAGRAPH.findall(part))
    check_amounts(name, 0, worded, 0, "")
    if elements > _MOST_ELEMENTS:
        raise SourceTooLarge(
            f"{name} has {elements:,} paragraphs, runs and breaks; at most {_MOST_ELEMENTS:,} are read",
            hint="Save it as .txt, or make several documents of it.",
        )
    depth = 0
    for found in _FIELD.finditer(part):
        depth = depth + 1 if found[1] == b"begin" else max(0, depth - 1)
        if depth > _DEEPEST_FIELD:
            raise NotText(f"{name}: its fields are nested more than {_DEEPEST_FIELD} deep", hint="Save it as .txt.")


def _centred(paragraph: documents.Paragraph) -> documents.Paragraph:
    """Return a paragraph that is centred and has no style of its own with a name for that."""
    plain = (paragraph.style_name or "Normal") in ("Normal", "Standard", "Body Text", "No Spacing")
    if paragraph.alignment != "center" or not plain or paragraph.numbering is not None:
        return paragraph
    return paragraph.copy(style_id="centred", style_name="centred here")


def _readable(document: bytes, left_out: list[LeftOut]) -> bytes:
    """Return a document's XML without its hidden words, and with large first letters in their words."""
    document = _PAGE_BREAK.sub(b'<w:t xml:space="preserve"> </w:t>', document)
    if _VANISHED.search(document):
        document = b"</w:r>".join(_without_hidden(run, left_out) for run in document.split(b"</w:r>"))
    return _with_initials(document) if b"w:dropCap=" in document else document


def _without_hidden(run: bytes, left_out: list[LeftOut]) -> bytes:
    """Return what stands up to the end of a run of words, without the run if it is hidden."""
    start = max(run.rfind(b"<w:r>"), run.rfind(b"<w:r "))
    if start < 0 or not _VANISHED.search(run, start):
        return run
    words = _XML_TAG.sub(b"", run[start:]).decode("utf-8", "replace")
    if words.strip():
        left_out.append(LeftOut("hidden text", words))
    return run[:start] + b"<w:r>"


def _with_initials(document: bytes) -> bytes:
    """Return a document's XML with the paragraph of a large first letter joined to the one that goes on."""
    kept: list[bytes] = []
    position = 0
    while (place := document.find(b'w:dropCap="', position)) >= 0:
        end = document.find(b"</w:p>", place)
        following = _NEXT_PARAGRAPH.match(document, end + 6) if end >= 0 else None
        if following is None or document.startswith(b'w:dropCap="none"', place):
            kept.append(document[position : place + 1])
            position = place + 1
        else:
            kept.append(document[position:end])
            position = following.end()
    return b"".join([*kept, document[position:]])


def _front(archive: Archive) -> FrontMatter:
    """Return the author and the language of the document's properties."""
    said = properties(archive, "docProps/core.xml")
    return of_properties(said.get("dc:title", ""), said.get("dc:creator", ""), said.get("dc:language", ""))


READER = PackedReader("docx", "documents", (".docx",), _unpack)
