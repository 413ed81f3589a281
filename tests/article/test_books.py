"""Documents and books: titles, chapters and verse without styles; the parts of a book that are none of its words."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from audio_builder.article.model import Article
from audio_builder.article.read import read
from audio_builder.article.source import open_book, source_from_bytes
from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import ChapterStart, Say
from audio_builder.script.pace import pace
from tests.support import documents

BOLD, CENTRED = "<w:rPr><w:b/></w:rPr>", '<w:jc w:val="center"/>'
PROSE = "The lamp is on. Nobody is in."


def paragraph(words: str = "", run: str = "", set_as: str = "") -> str:
    return f"<w:p><w:pPr>{set_as}</w:pPr><w:r>{run}<w:t>{words}</w:t></w:r></w:p>"


def document(*paragraphs: str) -> Article:
    return read(source_from_bytes(documents.docx_of("".join(paragraphs)), "a.docx"))


def headings(article: Article) -> list[str]:
    return [section.heading.text for section in article.sections if section.heading]


def spoken(article: Article) -> list[str]:
    return [cue.text for cue in pace(article, Pacing()).cues if isinstance(cue, Say)]


def chapters(article: Article) -> list[str]:
    return [cue.title for cue in pace(article, Pacing()).cues if isinstance(cue, ChapterStart)]


@pytest.mark.parametrize("blank", ["", paragraph()], ids=["close", "with empty paragraphs"])
@pytest.mark.parametrize("run", [BOLD, ""], ids=["bold", "centred"])
def test_a_document_without_styles_has_title_author_and_chapters(blank: str, run: str) -> None:
    """Bold or centred lines, as people set them who use no styles."""
    set_as = "" if run else CENTRED
    lines = [paragraph("DOWN THE WEIR", run, set_as), paragraph("by A. Lee", "", CENTRED), paragraph(PROSE)]
    lines += [paragraph("The Upper Path", run, set_as), paragraph(PROSE), paragraph("Going home", run, set_as)]
    article = document(*(line + blank for line in [*lines, paragraph(PROSE)]))
    assert (article.title, article.author) == ("DOWN THE WEIR", documents.AUTHOR)
    assert headings(article) == ["The Upper Path", "Going home"]


def test_lines_of_verse_that_are_paragraphs_are_stanzas() -> None:
    """As word processors make them with Enter, an empty paragraph between stanzas."""
    lines = ["up the hill", "and down", "", "nobody came", "nobody went", ""]
    article = document(*map(paragraph, [*lines, f"After that it was over. {PROSE}"]))
    assert [(block.kind.value, len(block.lines)) for block in article.sections[-1].blocks] == [
        ("verse", 2),
        ("verse", 2),
        ("paragraph", 1),
    ]


def test_hidden_words_are_not_read_and_a_large_first_letter_is_part_of_its_word() -> None:
    """What a document hides is listed as left out."""
    frame = '<w:framePr w:dropCap="drop" w:lines="3"/>'
    article = document(
        paragraph("L", "", frame),
        paragraph("amps are on."),
        paragraph("zhidden", "<w:rPr><w:vanish/></w:rPr>"),
        paragraph("Yes."),
    )
    assert spoken(article) == ["Lamps are on.", "Yes."]
    assert [(item.kind, item.words) for item in article.left_out] == [("hidden text", "zhidden")]


def test_the_main_part_of_a_document_may_have_any_name() -> None:
    """It is named by the types of its parts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(documents.docx())) as archive, zipfile.ZipFile(packed, "w") as renamed:
        for member in archive.namelist():
            data = archive.read(member)
            if member.endswith(("Types].xml", ".rels")):
                data = data.replace(b"word/document.xml", b"word/document2.xml")
            renamed.writestr(member.replace("word/document.xml", "word/document2.xml"), data)
            if "rels/document" in member:
                renamed.writestr("word/_rels/document2.xml.rels", data)
    assert read(source_from_bytes(packed.getvalue(), "a.docx")).title == documents.TITLE


def book(*bodies: str, replaced: dict[str, str | bytes] | None = None) -> Article:
    return read(source_from_bytes(documents.epub(*bodies, replaced=replaced), "a.epub"))


@pytest.mark.parametrize(
    "page",
    [
        "<section epub:type='imprint'><h2>Imprint</h2><p>z</p></section>",
        "<div epub:type='colophon'><p>z</p></div>",
        "<p>Copyright 2026 A. Lee. All rights reserved. ISBN 978-0-00-000000-2.</p>",
        "<h1>Also by A. Lee</h1><p>z</p>",
        "<h2>Contents</h2><p><a href='c%200.xhtml'>zOne</a></p><p><a href='c%201.xhtml'>zTwo</a></p>",
        "<h1>Notes</h1><p><a href='c%200.xhtml#r1'>1.</a> znote</p><p><a href='c%200.xhtml#r2'>2.</a> znote</p>",
        f"<p>{documents.TITLE}</p><p>{documents.AUTHOR}</p>",
    ],
)
def test_a_page_of_the_printed_book_is_no_chapter(page: str) -> None:
    """By what it says it is, its heading or its words; it is listed as left out."""
    article = book(page, f"<h1>One</h1><p>{PROSE}</p>", "<section epub:type='dedication'><p>For Anna</p></section>")
    assert spoken(article) == [documents.TITLE, "One", "The lamp is on.", "Nobody is in.", "For Anna"]
    assert article.left_out


def _package(*spine: str, prefix: str = "") -> dict[str, str | bytes]:
    items = "".join(
        f"<{prefix}item id='{name}' href='{name}.xhtml' media-type='application/xhtml+xml'/>" for name in spine
    )
    references = "".join(f"<{prefix}itemref idref='{name}'/>" for name in spine)
    return {
        "OEBPS/book.opf": f"<{prefix}package xmlns:dc='http://purl.org/dc/elements/1.1/'><{prefix}metadata>"
        f"<dc:title>Weirs</dc:title></{prefix}metadata><{prefix}manifest>{items}<{prefix}item id='n' href='toc.ncx' "
        f"media-type='application/x-dtbncx+xml'/></{prefix}manifest><{prefix}spine>{references}</{prefix}spine>"
        f"</{prefix}package>",
        "OEBPS/toc.ncx": "<ncx><navMap>"
        + "".join(
            f"<navPoint><navLabel><text>Of {name}</text></navLabel><content src='{name}.xhtml'/></navPoint>"
            for name in spine
        )
        + "</navMap></ncx>",
    } | {f"OEBPS/{name}.xhtml": f"<html><body><p>{PROSE}</p></body></html>" for name in spine if name != "gone"}


def test_chapters_without_headings_are_named_by_the_contents() -> None:
    """The navigation of a book names what has no words for it."""
    assert chapters(book(replaced=_package("a", "b"))) == ["Weirs", "Of a", "Of b"]


def test_a_line_that_the_contents_name_is_a_heading() -> None:
    """A paragraph that says what its line in the contents says, or a number alone."""
    pages: dict[str, str | bytes] = {
        "OEBPS/a.xhtml": f"<html><body><p class=x>Of a</p><p>{PROSE}</p></body></html>",
        "OEBPS/b.xhtml": f"<html><body><p class=y><b>Two</b></p><p>{PROSE}</p></body></html>",
    }
    assert headings(book(replaced=_package("a", "b") | pages)) == ["Of a", "Two"]


def test_a_number_and_a_title_that_the_contents_name_are_headings() -> None:
    """In two paragraphs of their own."""
    label = "<navLabel><text>1. The Weir</text></navLabel>"
    contents = f"<ncx><navMap><navPoint>{label}<content src='a.xhtml'/></navPoint></navMap></ncx>"
    pages: dict[str, str | bytes] = {
        "OEBPS/toc.ncx": contents,
        "OEBPS/a.xhtml": f"<html><body><p class=n>1</p><p class=t>The Weir</p><p>{PROSE}</p></body></html>",
    }
    assert headings(book(replaced=_package("a") | pages)) == ["1", "The Weir"]


def test_an_empty_property_of_a_document_takes_no_other_with_it() -> None:
    """Word writes `<dc:title/>` where there is none, and the author stands behind it."""
    members = zipfile.ZipFile(io.BytesIO(documents.docx_of(paragraph(PROSE))))
    files: dict[str, str | bytes] = {name: members.read(name) for name in members.namelist()}
    dublin = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    files["docProps/core.xml"] = f"<core {dublin}><dc:title/><dc:creator>Ann Lee</dc:creator><by>Ola</by></core>"
    article = read(source_from_bytes(documents.zipped(files), "weir.docx"))
    assert (article.title, article.author) == ("Weir", "Ann Lee")


def test_a_description_whose_elements_have_prefixes_is_read() -> None:
    """An `opf:package` is a package."""
    assert chapters(book(replaced=_package("a", prefix="opf:")))[0] == "Weirs"


def test_a_missing_part_is_noted_and_the_rest_is_read() -> None:
    """A book that lost a file is still a book."""
    article = book(replaced=_package("a", "gone"))
    assert spoken(article)[1:] == ["The lamp is on.", "Nobody is in."]
    assert [(item.kind, item.words) for item in article.left_out] == [("missing part", "OEBPS/gone.xhtml")]


def test_a_note_in_an_aside_takes_no_chapter_with_it() -> None:
    """As EPUB 3 has notes, at the end of a chapter that is no longer than a note may be."""
    mark = "<a epub:type='noteref' href='#n'><sup>1</sup></a>"
    note = "<aside epub:type='footnote' id='n'><p>1. znote</p></aside>"
    article = book(
        f"<section><h2>1<br/>The Weir</h2><p>{PROSE}{mark}</p>{note}</section>", f"<h2>Two</h2><p>{PROSE}</p>"
    )
    assert spoken(article)[1:4] == ["1: The Weir", "The lamp is on.", "Nobody is in."]
    assert "znote" not in " ".join(spoken(article))


def test_a_chapter_whose_heading_has_two_lines_is_named_by_both(tmp_path: Path) -> None:
    """As an episode of its own."""
    path = tmp_path / "a.epub"
    path.write_bytes(documents.epub(f"<h2>1<br/>The Weir</h2><p>{PROSE}</p>", f"<h2>Two</h2><p>{PROSE}</p>"))
    titles = [chapter.front.title for chapter in open_book(path).chapters if chapter.front]
    assert titles == ["1 The Weir", "Two"]
