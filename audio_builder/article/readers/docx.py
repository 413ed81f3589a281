"""DOCX to HTML, through mammoth: the words by their styles, nothing of how they look."""

from __future__ import annotations

import io
import re
import zipfile
from xml.parsers.expat import ExpatError

from selectolax.lexbor import LexborHTMLParser

from audio_builder.article.archive import Archive, archive_with
from audio_builder.article.decode import decode
from audio_builder.article.frontmatter import FrontMatter, shortened
from audio_builder.article.readers import PackedReader, Unpacked
from audio_builder.errors import NotText

_DOCUMENT = "word/document.xml"

_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh > em:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Quotations'] => blockquote > p:fresh
p[style-name='Block Text'] => blockquote > p:fresh
p[style-name='Author'] => !
p[style-name='Date'] => !
strike => s
"""
_NOT_A_DOCUMENT = (
    *(ExpatError, LookupError, ValueError, TypeError, AttributeError, RecursionError, OSError),
    zipfile.BadZipFile,
)
"""What mammoth and expat raise for what is no document: an XML encoding that nobody knows is a LookupError."""

_NEEDED = re.compile(r"(?:\[Content_Types\]\.xml|(?:_rels|word|docProps)/.*\.(?:xml|rels))")
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
    archive = archive_with(_DOCUMENT, data, name)
    if archive is None:
        return None
    import mammoth  # as long to import as all other readers together

    checked = io.BytesIO()
    with zipfile.ZipFile(checked, "w") as copy:
        for path in archive.names:
            if _NEEDED.fullmatch(path):
                copy.writestr(path, archive.read_markup(path))
    try:
        found = mammoth.convert_to_html(checked, style_map=_STYLES, convert_image=lambda _image: [])
    except _NOT_A_DOCUMENT as error:
        raise NotText(
            f"{name} is not a Word document that can be read: {error}", hint="Save it as .docx or .txt again."
        ) from error
    return Unpacked("html", _BLOCK_END.sub(r"\1\n", found.value), _front(archive, name))


def _front(archive: Archive, name: str) -> FrontMatter:
    """Return the author and the language of the document's properties."""
    if "docProps/core.xml" not in archive.names:
        return FrontMatter()
    core = decode(archive.read_markup("docProps/core.xml"), name)
    return FrontMatter(author=_value(core, "dc:creator"), language=_value(core, "dc:language"))


def _value(core: str, tag: str) -> str:
    found = LexborHTMLParser(core).css_first(tag.replace(":", r"\:"))
    return shortened(found.text()) if found else ""


READER = PackedReader("docx", "documents", (".docx",), _unpack)
