"""No input is slow: what readers and patterns do grows with the text, not with its square."""

from __future__ import annotations

import contextlib
import io
import time
import zipfile

import pytest

from audio_builder.article.decode import decode
from audio_builder.article.page import as_html
from audio_builder.article.read import read
from audio_builder.article.source import source_from_bytes
from audio_builder.article.text import tidy
from audio_builder.errors import AudioBuilderError, NotText, SourceTooLarge
from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import Script
from audio_builder.script.from_document import read_document
from audio_builder.script.pace import pace
from tests.support import documents

SIZE = 60_000
PAGE = "<html><body>"
SCRIPT = "---\naudio-builder-script: 1\n---\n"
SLOWEST_S = 8.0
"""Of processor time; each takes less than one on an idle machine, and what was quadratic took a minute and more."""

CASES = {
    "sentences that are ordinals": ("a.txt", "1. "),
    "a number without end": ("a.txt", "1."),
    "titles that belong to what follows": ("a.txt", "Dr. \n"),
    "an address that ends in stops": ("a.txt", "http://a" + "." * SIZE + "a"),
    "hashes in a heading": ("a.txt", "# a" + " #" * (SIZE // 2) + "b"),
    "spaces in a heading": ("a.txt", "Word.\n\nA\n# a" + " " * SIZE + "b\n\n# a" + " " * SIZE + "b"),
    "words in brackets": ("a.txt", "".join(f"[b{word}]: c\n\n" for word in range(SIZE // 12))),
    "spaces in a mark": ("a.txt", "[pause 1" + " " * SIZE + "!]"),
    "brackets": ("a.txt", "["),
    "brackets before stops": ("a.txt", "( ."),
    "tags in tags": ("a.html", "<p>" + "<a" * (SIZE // 2)),
    "comments before no page": ("a.html", "<!---->" * 500 + "<"),
    "attributes": ("a.html", "<p " + "a=b " * (SIZE // 4) + ">word"),
    "comments before no speech": ("a.ssml", "<!---->" * 500 + "<x"),
    "comments that never end": ("a.txt", "Word.\n\n" + "<!-- " * SIZE),
    "comments of a script that never end": ("a.md", f"{SCRIPT}Word.\n" + "<!-- " * SIZE),
    "spaces below an answered message": ("a.txt", "Yes.\n\nOn Monday, Bob wrote:\n> a\n" + " " * SIZE + "x"),
    "a long signature": ("a.txt", "From: a\nTo: b\nDate: c\nSubject: d\n\nWord.\n--\n" + "x" * 900 + "\n" + "y\n" * 90),
    "spaces behind bars": ("a.md", ("|" + " " * 3000 + "a\n") + ("|" + " " * 3000 + "a|\n")),
    "spaces in front of no colon": ("a.txt", "x: y\n\na" + " " * SIZE + "b"),
    "spaces in bold": ("a.md", "Word <b>" + " " * SIZE + "x"),
    "spaces in a note": ("a.txt", "It ended.3\n\n3 a" + " " * SIZE + "x\n7\n\nb"),
    "stops without words": ("a.txt", "a" + " -." * SIZE),
    "signs before initials": ("a.txt", "- " * SIZE + "A. " * 5000),
    "a word without end before a break": ("a.txt", "a" * 2 * SIZE + "_!-\nb"),
    "a word without end beside a break": ("a.txt", "a" * 2 * SIZE + "\nb-\nc"),
    "a long quotation before short ones": ("a.txt", "“" + "a " * SIZE + "\n\n" + "“a\n\n" * 3000),
    "numbers of pages": ("a.txt", "".join(f"- {number} -\n" for number in range(20_000)) + "Word."),
    "lists of one": ("a.md", "1. a\n\nb\n\n" * 3000),
    "brackets in one line": ("a.md", "[" * 2 * SIZE + "Word."),
    "elements in a line of code": ("a.md", "Word.\n\n<div>" + "<svg></svg>" * 30_000),
    "hidden words side by side": ("a.html", PAGE + '<span class="d-none">a</span>' * 8000),
    "footers in deep boxes": ("a.html", PAGE + "<div>" * 9000 + "<footer>a</footer>" * 8000),
    "subtitles in a group": ("a.html", PAGE + "<hgroup>" + "<p>a" * 9000),
    "marks of one long note": ("a.html", f'{PAGE}<div id=n>{"a " * SIZE}</div><p>b' + '<a href="#n">1</a>' * 9000),
    "notes in one box": (
        "a.html",
        PAGE + "".join(f"<p>a<sup><a href=#n{n}>{n % 99}</a></sup>" for n in range(4000)) + "<div>"
        + "".join(f"<p id=n{n}>{n % 99} b" for n in range(4000)),
    ),
    "tables in tables": ("a.html", PAGE + "<table><tr><td>" * 3000 + "<a href=#b>x</a>" * 9000 + "<h2>a</h2>"),
    "boxes in boxes": ("a.html", PAGE + "<div class=share>" * 3000 + "<b>a</b>" * SIZE + "<h1>a</h1><p>b"),
    "tabs before words": ("a.txt", "\t" * SIZE + "Word."),
    "blanks in double brackets": ("a.md", "Word.\n\n[[" + " " * SIZE + "x"),
    "blanks behind a pause": ("a.md", "Word.\n\n[pause]" + " " * SIZE + "x"),
    "notes in notes": ("a.rtf", r"{\rtf1 Word." + r"{\footnote b" * (SIZE // 12)),
    "pull quotes": ("a.html", PAGE + "<p class=pullquote>a b c" * 8000),
}  # fmt: skip
"""Most are whole texts; a short one is repeated."""


@pytest.mark.parametrize(("name", "fragment"), CASES.values(), ids=CASES)
def test_sixty_kilobytes_are_read_and_paced_in_seconds(name: str, fragment: str):
    """Whatever is in them; an error of ours is an answer too."""
    text = fragment if len(fragment) > 1000 else fragment * (SIZE // len(fragment))
    began = time.process_time()
    try:
        source = source_from_bytes(text.encode(), name)
        found = read_document(source)
        _ = found if isinstance(found, Script) else pace(read(source), Pacing())
    except AudioBuilderError:
        pass
    assert time.process_time() - began < SLOWEST_S


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 31_000, "31,000 lines of words"),
        ("<w:p/>" * 70_000, "paragraphs, runs and breaks"),
        ('<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>' * 1_000, "fields are nested"),
        ("<w:p>" + "<w:r><w:tab/></w:r>" * 80_000 + "</w:p>", "paragraphs, runs"),
    ],
)
def test_a_document_beyond_all_bounds_is_refused_before_it_is_converted(body: str, what: str):
    """Packed it is small; converting it would take minutes."""
    began = time.process_time()
    with pytest.raises((SourceTooLarge, NotText), match=what):
        source_from_bytes(documents.docx_of(body), "a.docx")
    assert time.process_time() - began < SLOWEST_S


def test_a_book_whose_spine_names_a_page_again_and_again_has_it_once():
    """In time that grows with the spine alone."""
    book = documents.epub("<p>Word.</p>")
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        package = archive.read("OEBPS/book.opf").decode()
    again = package.replace("</spine>", '<itemref idref="c0"/>' * 40_000 + "</spine>")
    began = time.process_time()
    source = source_from_bytes(documents.epub("<p>Word.</p>", replaced={"OEBPS/book.opf": again}), "a.epub")
    assert source.text.count("Word.") == 1
    assert time.process_time() - began < SLOWEST_S


def test_a_book_of_boxes_in_boxes_is_refused():
    """The parser's time grows with the square of their depth."""
    began = time.process_time()
    with pytest.raises(SourceTooLarge, match="nested more than"):
        source_from_bytes(documents.epub("<div>" * 100_000), "a.epub")
    assert time.process_time() - began < SLOWEST_S


@pytest.mark.parametrize("text", ["<a" * 30_000, "<a/" * 30_000, "<a b" * 30_000, "<a " + "/" * 60_000])
def test_self_closed_elements_are_found_in_linear_time(text: str):
    """A book of 2 KB that unfolds to such a page took an hour."""
    began = time.process_time()
    as_html(text)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("xhtml", "html"),
    [
        ("<div/>", "<div></div>"),
        ('<a id="x"/>word', '<a id="x"></a>word'),
        ("<br/>", "<br/>"),
        ("<p>a/b</p>", "<p>a/b</p>"),
        ('<a href="/b/">c</a>', '<a href="/b/">c</a>'),
        ("<a b=/><i />", "<a b=></a><i ></i>"),
    ],
)
def test_self_closed_elements_are_closed(xhtml: str, html: str):
    """As before, in one pass."""
    assert as_html(xhtml) == html


def test_an_address_gives_back_its_stops():
    """The punctuation after it is the sentence's."""
    assert tidy("See https://example.org/a. Then rest.") == "See. Then rest."


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_other_packings_than_those_of_the_formats_are_refused(method: int):
    """Books and documents are stored or deflated; a broken LZMA stream raised what nobody caught."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("word/document.xml", b"<w:p/>" * 100)
    with pytest.raises(NotText, match="packed in a way"):
        source_from_bytes(packed.getvalue(), "a.docx")


@pytest.mark.parametrize("encoding", ["UTFm8", "utf-7", "x" * 30, "rot13", "undefined"])
def test_an_xml_encoding_that_nobody_knows_is_no_defect(encoding: str):
    """A document or a book in it is read or refused."""
    declared = f'<?xml version="1.0" encoding="{encoding}"?>'
    good = zipfile.ZipFile(io.BytesIO(documents.docx()))
    files = {name: good.read(name) for name in good.namelist()}
    files["word/document.xml"] = files["word/document.xml"].replace(b'encoding="UTF-8"', b"")
    body = files["word/document.xml"].partition(b"?>")[2] or files["word/document.xml"]
    files["word/document.xml"] = declared.encode() + body
    with contextlib.suppress(AudioBuilderError):
        read_document(source_from_bytes(documents.zipped(files), "a.docx"))


@pytest.mark.parametrize("charset", ["idna", "punycode", "undefined", "unicode_escape", "hex", "no-such"])
def test_a_page_in_what_is_no_charset_is_read_by_its_bytes(charset: str):
    """Python knows more codecs than pages have charsets."""
    page = f"<html><head><meta charset={charset}></head><body><p>Caf".encode() + b"\xe9 au lait</p></body></html>"
    assert "Café" in decode(page, "a.html")
