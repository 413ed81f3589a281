"""Rich text and OpenDocument texts: their words, their headings, and nothing else."""

from __future__ import annotations

import pytest

from audio_builder.article.model import Article, BlockKind
from audio_builder.article.read import read
from audio_builder.article.source import source_from_bytes
from audio_builder.errors import NotText, SourceError
from tests.support.documents import AUTHOR, odt


def _read(data: bytes, name: str) -> Article:
    return read(source_from_bytes(data, name))


def _lines(article: Article) -> list[list[str]]:
    return [[line.text for line in block.lines] for section in article.sections for block in section.blocks]


RTF = rb"""{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Serif;}}{\stylesheet{\s0 Normal;}{\s1\b heading 1;}{\s9 Title;}}
{\info{\author A. Writer}}{\*\generator Pen 1;}
\pard\s9 A Quiet Room\par
\pard\s0 It was caf\'e9 hours, {\b and} nobody came.{\footnote A note.} Then one did.\par
\pard\s1 The Second Hour\par
\pard\s0 a cup,\line a sill,\line a leaf.\par
\pard Close your eyes. [pause 12s] Open them.{\pict\pngblip 00ff}\par}"""


def test_rich_text_is_read_with_its_headings() -> None:
    """By their styles; a line break in a paragraph is one of verse, notes and pictures are left out."""
    article = _read(RTF, "a.rtf")
    assert (article.title, article.author) == ("A Quiet Room", AUTHOR)
    assert [section.heading and section.heading.text for section in article.sections] == [None, "The Second Hour"]
    assert _lines(article) == [
        ["It was café hours, and nobody came. Then one did."],
        ["a cup,", "a sill,", "a leaf."],
        ["Close your eyes. [pause 12s] Open them."],
    ]
    assert article.sections[1].blocks[0].kind is BlockKind.VERSE
    assert [item.kind for item in article.left_out] == ["footnote", "picture"]


def test_an_open_document_is_read_by_its_styles() -> None:
    """Automatic styles stand for the named ones behind them."""
    styles = (
        '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>'
        '<style:style style:name="P2" style:family="paragraph" style:parent-style-name="Quotations"/>'
        '<style:style style:name="T1" style:family="text"><style:text-properties fo:font-style="italic"/></style:style>'
    )
    body = (
        '<text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:p text:style-name="P1">A Room</text:p>'
        '<text:p>One &amp; <text:span text:style-name="T1">two</text:span>.<text:note><text:note-citation>1'
        "</text:note-citation><text:note-body><text:p>A note.</text:p></text:note-body></text:note></text:p>"
        '<text:h text:outline-level="2">Later</text:h><text:p>a cup,<text:line-break/>a sill.</text:p>'
        '<text:p text:style-name="P2">Leave it<text:s/>open.</text:p><text:list><text:list-item><text:p>first</text:p>'
        "</text:list-item><text:list-item><text:p>second</text:p></text:list-item></text:list>"
        "<office:annotation><text:p>Really?</text:p></office:annotation>"
    )
    article = _read(odt(body, styles), "a.odt")
    assert (article.title, article.author) == ("A Room", AUTHOR)
    assert _lines(article) == [["One & two."], ["a cup,", "a sill."], ["Leave it open."], ["first", "second"]]
    assert [(item.kind, item.words) for item in article.left_out] == [("footnote", "1 A note."), ("comment", "Really?")]


@pytest.mark.parametrize(
    ("data", "name", "error"),
    [
        (b"no rich text", "a.rtf", NotText),
        (odt("<text:p>a"), "a.odt", NotText),
        (odt("<text:p>" * 250 + "a" + "</text:p>" * 250), "a.odt", NotText),
        (odt("", extra={"content.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "a.odt", SourceError),
        (odt("", extra={"meta.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "a.odt", SourceError),
    ],
)
def test_what_is_broken_or_declares_entities_is_refused(data: bytes, name: str, error: type[SourceError]) -> None:
    """With an error of ours."""
    with pytest.raises(error):
        _read(data, name)


def test_rtf_of_a_text_editor() -> None:
    """A backslash at the end of a line ends a paragraph; notes are left out with their words; a name is only a name."""
    text = rb"{\rtf1\ansi{\info{\title Untitled 2}}{\fonttbl\f0 Sans;}\f0 A Wet Quay\
\
The rope held.{\footnote Of {\i hemp}.} We sat.\
It was noon. It rained.\
}"
    article = _read(text, "a.rtf")
    assert article.title == "A Wet Quay"
    assert _lines(article) == [["The rope held. We sat."], ["It was noon. It rained."]]
    assert [(item.kind, item.words.strip()) for item in article.left_out] == [("footnote", "Of hemp.")]


def test_an_odt_without_styles_of_headings() -> None:
    """Centred and bold lines are its title and headings; hidden words are noted; its property is only a name."""
    styles = (
        "<style:style style:name='P1'><style:paragraph-properties fo:text-align='center'/></style:style>"
        "<style:style style:name='P2'><style:text-properties fo:font-weight='bold'/></style:style>"
        "<style:style style:name='T1'><style:text-properties text:display='none'/></style:style>"
    )
    body = (
        "<text:p text:style-name='P1'>A Wet Quay</text:p><text:p>The rope held. We sat.</text:p>"
        "<text:p text:style-name='P2'>Noon</text:p>"
        "<text:p>It rained<text:span text:style-name='T1'>secret</text:span>. It stopped.</text:p>"
    )
    article = _read(odt(body, styles), "a.odt")
    assert article.title == "A Wet Quay"
    assert [section.heading.text for section in article.sections if section.heading] == ["Noon"]
    assert _lines(article)[-1] == ["It rained. It stopped."]
    assert [(item.kind, item.words) for item in article.left_out] == [("hidden text", "secret")]


def test_raised_and_struck_out_words_of_an_open_document() -> None:
    """Known by their automatic styles."""
    styles = (
        '<style:style style:name="U"><style:text-properties style:text-position="super 58%"/></style:style>'
        '<style:style style:name="S"><style:text-properties style:text-line-through-style="solid"/></style:style>'
    )
    raised, struck = (
        f'<text:span text:style-name="{name}">{words}</text:span>' for name, words in (("U", "2"), ("S", "z"))
    )
    body = f"<text:p>20 m{raised} {struck}of it</text:p>"
    assert _lines(_read(odt(body, styles), "a.odt")) == [["20 m² of it"]]


def test_broken_properties_refuse_no_document() -> None:
    """They only say who wrote it."""
    assert _lines(_read(odt("<text:p>It rained.</text:p>", extra={"meta.xml": "<a"}), "a.odt")) == [["It rained."]]


def test_hidden_words_of_rich_text_are_left_out() -> None:
    """And those that were deleted while changes were tracked."""
    article = _read(rb"{\rtf1\ansi It {\v zhidden }is {\rtlch\fcs1 \deleted\f0 zgone }dry.\par And warm.\par}", "a.rtf")
    assert _lines(article) == [["It is dry."], ["And warm."]]
    assert [item.kind for item in article.left_out] == ["hidden text", "hidden text"]
