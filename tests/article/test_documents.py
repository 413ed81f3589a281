"""Pages, documents and books: the same script as from a plain text, and nothing from those who mean harm."""

from __future__ import annotations

import contextlib
import textwrap
import tracemalloc
from pathlib import Path

import pytest

from audio_builder.article.model import Article
from audio_builder.article.read import read
from audio_builder.article.source import open_source, source_from_bytes
from audio_builder.cli.main import run
from audio_builder.errors import NotText, SourceError, SourceTooLarge
from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import Rest, Say
from audio_builder.script.pace import pace
from tests.conftest import ROOT
from tests.support import documents

KINDS = {
    "window.txt": documents.PLAIN.encode(),
    "window-dos.txt": b"\xef\xbb\xbf" + documents.PLAIN.replace("\n", "\r\n").encode(),
    "window-mac.txt": documents.PLAIN.replace("\n", "\r").encode(),
    "window-utf16.txt": documents.PLAIN.encode("utf-16"),
    "window-utf16-le-unmarked.txt": documents.PLAIN.encode("utf-16-le"),
    "window-utf16-be-unmarked.txt": documents.PLAIN.encode("utf-16-be"),
    "window-cp1252.txt": documents.PLAIN.encode("cp1252"),
    "window-wrapped.txt": "\n".join(textwrap.fill(line, 60) for line in documents.PLAIN.split("\n")).encode(),
    "window-wrapped-mac.text": "\r".join(textwrap.fill(line, 72) for line in documents.PLAIN.split("\n")).encode(
        "utf-16"
    ),
    "window-dos.md": b"\xef\xbb\xbf" + documents.MARKDOWN.replace("\n", "\r\n").encode(),
    "window-mac.md": documents.MARKDOWN.replace("\n", "\r").encode(),
    "window-cp1252.markdown": documents.MARKDOWN.encode("cp1252"),
    "window-wrapped.md": "\n".join(
        line if line[:1] in ("#", ">", "-") else textwrap.fill(line, 66) for line in documents.MARKDOWN.split("\n")
    ).encode("utf-16"),
    "window-utf16.html": documents.PAGE.replace("utf-8", "utf-16").encode("utf-16"),
    "window-dos.htm": b"\xef\xbb\xbf" + documents.PAGE.replace("\n", "\r\n").encode(),
    "window-utf16.epub": documents.epub(
        replaced={
            "OEBPS/text/c 0.xhtml": f"<?xml version='1.0'?><html><body>{documents.BODY}</body></html>".encode("utf-16")
        }
    ),
    "window.md": documents.MARKDOWN.encode(),
    "window.html": documents.PAGE.encode(),
    "window.xhtml": f"<?xml version='1.0'?><html lang='en'><body>{documents.BODY}</body></html>".encode(),
    "window-latin.html": documents.PAGE.replace("utf-8", "windows-1252").encode("cp1252"),
    "window.docx": documents.docx(),
    "window.epub": documents.epub(),
}


FILES = sorted((ROOT / "tests" / "articles").iterdir())
"""The same article as programs save it: a text editor, a browser, a word processor, a converter of books."""


def article(data: bytes, name: str = "a.html", chapter: int | None = None) -> Article:
    return read(source_from_bytes(data, name, chapter))


def spoken(data: bytes, name: str = "a.html", chapter: int | None = None) -> list[str]:
    return [cue.text for cue in pace(article(data, name, chapter), Pacing()).cues if isinstance(cue, Say)]


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_file_gives_the_same_script(name: str, tmp_path):
    """A text, a page, a document and a book of the same article have the same words, pauses, bells and chapters."""
    path = tmp_path / name
    path.write_bytes(KINDS[name])
    found = read(open_source(path))
    expected = pace(article(documents.MARKDOWN.encode(), "a.md"), Pacing())
    assert pace(found, Pacing()).cues == expected.cues
    assert (found.title, found.subtitle) == (documents.TITLE, documents.SUBTITLE)
    if path.suffix in (".md", ".docx", ".epub", ".html"):
        assert (found.author, found.language) == (documents.AUTHOR, "en")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_saved_by_a_program_gives_the_same_script(path: Path):
    """Bylines, title pages, styles and boxes of the programs that people write with change nothing."""
    found = read(open_source(path))
    assert pace(found, Pacing()).cues == pace(article(documents.MARKDOWN.encode(), "a.md"), Pacing()).cues
    assert (found.title, found.subtitle) == (documents.TITLE, documents.SUBTITLE)
    if path.suffix != ".txt":
        assert (found.author, found.language[:2]) == (documents.AUTHOR, "en")


def test_there_is_a_file_of_each_kind():
    """Plain text, Markdown, a page, a document and a book."""
    assert {path.suffix for path in FILES} == {".txt", ".md", ".html", ".docx", ".epub"}


def test_the_common_script_is_the_right_one():
    """The example has what makes kinds differ: an abbreviation, an ellipsis, verse, a question, a mark."""
    script = pace(article(documents.MARKDOWN.encode(), "a.md"), Pacing())
    assert [cue.text for cue in script.cues if isinstance(cue, Say)] == [
        "The Open Window", "What an evening leaves behind",
        "The lamp was on —", "and nobody was in a hurry…", "Dr. Lee came by & stayed, cf. p. 12.",
        "What did you hear, when it was quiet?", "Lines for the Sill", "A cup, warm on one side,",
        "a sill with one leaf on it,", "nothing else is late.", "Leave the window open.",
        "The evening knows its way.", "one breath at the door", "two at the sill", "After the Rain",
        "“Is it over?” she asked.", "It wasn't; it had only begun to listen.",
    ]  # fmt: skip
    assert 12.0 in [cue.seconds for cue in script.cues if isinstance(cue, Rest)]


def test_a_page_without_an_article_element_loses_its_furniture_too():
    """Menus, headers, footers, comments and hidden things of an old-fashioned page are not spoken."""
    page = documents.PAGE.replace("<main>", "").replace("</main>", "").replace("article>", "div>")
    assert spoken(page.encode()) == spoken(documents.MARKDOWN.encode(), "a.md")


@pytest.mark.parametrize(
    "small_print",
    ["<p class='post-meta'>z <time>z</time></p>", "<div class=byline-wrapper><div><a>z</a></div><div>z</div></div>",
     "<div class='share'><h3>z</h3></div>", "<a class=tag href=x>zcalm</a>", "<div><a href=x>z z z</a></div>",
     "<div id=toc><h2>z</h2><ul><li>z</li></ul></div>", "<p class=author>A. Writer</p><p class=date>z</p>",
     "<table class=infobox><tr><td>z</td></tr></table>", "<div title=footer><p>z</p></div>",
     "<div class=subscription-widget-wrap><p>z!</p></div>"],
)  # fmt: skip
def test_small_print_of_a_page_is_not_spoken(small_print: str):
    """Who wrote it and when, tags, boxes and buttons between the title and the words, however pages mark them."""
    page = f"<html><body><article><h1>Dusk</h1>{small_print}<p>The lamp is on.</p></article></body></html>"
    assert spoken(page.encode()) == ["Dusk", "The lamp is on."]


@pytest.mark.parametrize(
    "words",
    ["<p><a href=x>One link.</a></p>", "<div><a href=x>A whole sentence is a link.</a></div>",
     "<ul><li><a href=x>One</a></li></ul>", "<div><a href=x>One</a> and two</div>", "<p>On <time>Monday</time>.</p>",
     "<h2><a href=x>One</a></h2>", "<p class=metadata-free>Kept</p>",
     "<div class='post share'><h1>A</h1><p>B</p></div>"],
)  # fmt: skip
def test_what_only_resembles_small_print_is_spoken(words: str):
    """A link that is a sentence, an item or a heading, a date in a sentence, and a box with the title and the text."""
    page = f"<html><body><article><h1>Dusk</h1>{words}<p>The lamp is on.</p></article></body></html>"
    assert len(spoken(page.encode())) > 2


def test_a_header_with_the_title_of_the_page_is_the_articles():
    """A converted page has its title in a header of the body; a site's header says something else."""
    page = (
        "<html><head><title>Dusk</title></head><body><header><h1>{}</h1><p class=subtitle>Evening</p></header>"
        "<p>Lamps are on.</p><h1>Later</h1><p>They are off.</p></body></html>"
    )
    assert spoken(page.format("Dusk").encode()) == ["Dusk", "Evening", "Lamps are on.", "Later", "They are off."]
    assert spoken(page.format("Journal").encode()) == ["Lamps are on.", "Later", "They are off."]


def test_title_page_of_a_book_gives_its_subtitle_and_is_no_chapter():
    """What an EPUB calls a title page, a cover or a page of rights is not read out."""
    front = "<section epub:type='{}'><h1>Dusk</h1><p class='subtitle'>Evenings</p><p>A. Writer</p></section>"
    pages = [front.format(kind) for kind in ("cover", "titlepage", "copyright-page")]
    book = documents.epub(*pages, "<h1>One</h1><p>The lamp is on.</p>")
    assert spoken(book, "b.epub") == [documents.TITLE, "Evenings", "One", "The lamp is on."]
    assert spoken(book, "b.epub", 1) == ["One", "The lamp is on."]


@pytest.mark.parametrize("byline", ["A. Writer", "By A. Writer"])
def test_name_alone_below_the_title_is_left_to_the_player(byline: str):
    """The author is shown by players; a sentence about the author is the author's own."""
    text = "---\nauthor: A. Writer\n---\n# Dusk\n\n{}\n\nThe lamp is on."
    assert spoken(text.format(byline).encode(), "a.md") == ["Dusk", "The lamp is on."]
    assert spoken(text.format("A. Writer sat.").encode(), "a.md") == ["Dusk", "A. Writer sat.", "The lamp is on."]


def test_page_that_declares_entities_is_refused():
    """HTML has no document type with declarations, so such a page means something else; others are read."""
    hostile = b'<!DOCTYPE html [<!ENTITY a "ha">]><html><body><p>Word &a;</p></body></html>'
    with pytest.raises(SourceError, match="declares XML entities of its own"):
        article(hostile)
    assert spoken(b"<!DOCTYPE html><html><body><p>[1] Word</p></body></html>") == ["Word"]


def test_page_without_a_heading_is_named_by_its_title():
    """The title element names what has no heading of the first level."""
    page = b"<html><head><title>Evening \n notes</title></head><body><p>The lamp is on.</p></body></html>"
    assert spoken(page) == ["Evening notes", "The lamp is on."]


def test_a_book_is_one_episode_or_a_chapter_is():
    """All of a book in the order of its spine, without its table of contents; or one chapter under its own title."""
    book = documents.epub("<h1>Dusk</h1><p>One.</p>", "<p><img src='x.png'/></p>", "<p>Two.</p>")
    assert spoken(book, "b.epub") == [documents.TITLE, "Dusk", "One.", "Two."]
    assert spoken(book, "b.epub", 1) == ["Dusk", "One."]
    assert spoken(book, "b.epub", 2) == [f"{documents.TITLE}, 2", "Two."]
    with pytest.raises(SourceError, match="has chapters 1 to 2; 3 is none of them"):
        article(book, "b.epub", 3)
    with pytest.raises(SourceError, match="no book with chapters"):
        article(b"Some words.", "a.txt", 1)


def test_a_chapter_is_chosen_on_the_command_line(tmp_path, capfd: pytest.CaptureFixture[str]):
    """`--chapter 2` prints the script of the second chapter; `--language` says what the words are in."""
    book = tmp_path / "book.epub"
    book.write_bytes(documents.epub("<h1>Dusk</h1><p>One.</p>", "<h2>Dawn</h2><p>Two.</p>"))
    assert run(["script", str(book), "--chapter", "2", "--language", "de"]) == 0
    printed = capfd.readouterr().out
    assert "title: Dawn\n" in printed
    assert "language: de\n" in printed
    assert "One." not in printed


@pytest.mark.parametrize("levels", [300, 5000])
def test_deep_nesting_is_read(levels: int):
    """Three hundred levels of nesting lose no word, and five thousand don't either."""
    for tag in ("div", "blockquote", "ul><li", "b"):
        close = "".join(f"</{part}>" for part in reversed(tag.split("><")))
        page = "<html><body><p>Before.</p>" + f"<{tag}>" * levels + "Inside." + close * levels + "<p>After.</p>"
        assert spoken(page.encode())[-3:] == ["Before.", "Inside.", "After."]


def test_deeper_nesting_is_refused():
    """A hundred thousand levels are refused with the limit, before they are parsed."""
    with pytest.raises(SourceTooLarge, match="nested more than 10,000 deep"):
        article(b"<html>" + b"<div>" * 20_000 + b"Word.")


@pytest.mark.parametrize(
    "hostile",
    ["<a " * 330_000, "<a <b" + "".join(f" <a{n}" for n in range(120_000)), "<p>" + "<a>" * 9_000, "<!--" * 240_000,
     "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">", "&" * 990_000, "<table>" * 9_000, "<![CDATA[" * 100_000,
     "<script>" * 100_000, "<p><b>" * 9_000, "</p>" * 60_000, "<svg><title>" * 4_000],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_a_megabyte_of_broken_tags_is_parsed_or_refused(hostile: str):
    """What makes other parsers take minutes keeps the words that stand before it."""
    page = "<html><body><p>Before.</p>" + hostile
    assert len(page) < 1_000_000
    assert spoken(page.encode())[0] == "Before."


@pytest.mark.parametrize("kind", ["a.docx", "a.epub"])
def test_entities_of_its_own_are_refused(kind: str):
    """A document type that declares entities is refused: they unfold without end, or hide what follows."""
    bomb = '<!DOCTYPE z [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    data = (
        documents.docx_of("<w:p><w:r><w:t>Word &b;</w:t></w:r></w:p>", bomb)
        if kind == "a.docx"
        else documents.epub(replaced={"OEBPS/text/c 0.xhtml": f"{bomb}<p>Word &b;</p>"})
    )
    with pytest.raises(SourceError, match="declares XML entities of its own"):
        article(data, kind)


def test_an_archive_that_unfolds_without_end_is_refused_in_bounded_memory():
    """Thirty kilobytes that unfold to a hundred megabytes are refused when twelve have come out."""
    data = documents.epub(replaced={"OEBPS/text/c 0.xhtml": "<p>" + "a " * 50_000_000})
    assert len(data) < 300_000
    tracemalloc.start()
    with pytest.raises(SourceTooLarge, match="unfolds to more than can be read"):
        article(data, "b.epub")
    assert tracemalloc.get_traced_memory()[1] < 60_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("path", ["../../etc/outside", "/etc/outside", "C:/outside", "a\\..\\outside"])
def test_a_path_that_points_outside_is_refused(path: str):
    """An archive with such a path in it is not opened, whether the path is used or not."""
    with pytest.raises(SourceError, match="points outside of it"):
        article(documents.epub(replaced={path: "x"}), "b.epub")


def test_too_many_files_in_an_archive_are_refused():
    """Ten thousand files are the most."""
    with pytest.raises(SourceTooLarge, match=r"10,00\d files in it; at most 10,000"):
        article(documents.zipped({f"{number}": "" for number in range(10_001)}), "b.epub")


@pytest.mark.parametrize("kind", ["a.docx", "a.epub"])
def test_a_torn_or_damaged_archive_is_an_error_with_a_way_out(kind: str):
    """Wherever a file is cut off or a byte is wrong: its words, or an error of ours, and never another."""
    whole = KINDS["window" + kind[1:]]
    for place in range(0, len(whole), 211):
        for damaged in (whole[:place], whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]):
            with contextlib.suppress(SourceError):
                assert article(damaged, kind).sections


def test_an_archive_of_other_things_is_named_as_that():
    """A ZIP of photos is no book."""
    with pytest.raises(NotText, match="a ZIP archive of other files"):
        article(documents.zipped({"a.jpg": "x"}), "a.zip")


def test_a_text_with_the_suffix_of_a_document_is_none():
    """A file named .docx that is no archive is refused for what it is."""
    with pytest.raises(NotText, match=r"is no \.docx file inside"):
        article(b"Some words.", "a.docx")
