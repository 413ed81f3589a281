"""Plain text: which line is the title, which are headings, and what kind each block is."""

from __future__ import annotations

import textwrap

import pytest

from audio_builder.article.model import Article, BlockKind
from audio_builder.article.read import read
from audio_builder.article.source import SourceText, open_source
from audio_builder.errors import EmptySource, ScriptError, SourceError
from tests.conftest import ROOT

REAL_ARTICLE = ROOT.parent / "shared" / "articles" / "closeness.txt"


def _read(text: str) -> Article:
    return read(SourceText(textwrap.dedent(text).strip("\n"), "a.txt", "plain"))


def _headings(article: Article) -> list[str]:
    return [section.heading.text for section in article.sections if section.heading]


def _blocks(article: Article) -> list[tuple[BlockKind, list[str]]]:
    return [
        (block.kind, [line.text for line in block.lines]) for section in article.sections for block in section.blocks
    ]


def test_the_first_line_is_the_title_and_a_single_sentence_below_it_the_subtitle() -> None:
    """As writers set out a text: title, empty line, one line under it, empty line, text."""
    article = _read("""
        A Day at the Sea

        What the tide took and what it left.

        It was early. Nobody was there.
    """)
    assert (article.title, article.subtitle) == ("A Day at the Sea", "What the tide took and what it left.")
    assert _blocks(article) == [(BlockKind.PARAGRAPH, ["It was early. Nobody was there."])]


def test_a_text_that_begins_with_prose_has_no_title() -> None:
    """A first line that ends like a sentence is one; the name of the file is shown."""
    article = _read("It was early.\n\nNobody was there. Not even the gulls.")
    assert (article.title, article.title_is_spoken, article.subtitle) == ("A", False, "")
    assert len(article.sections[0].blocks) == 2


def test_a_title_alone_is_an_article() -> None:
    """Its only section is empty."""
    article = _read("A Day at the Sea")
    assert (article.title, article.sections[0].blocks) == ("A Day at the Sea", ())


@pytest.mark.parametrize(
    "heading",
    [
        "\n\nthe harbour",
        "\nThe Harbour at Night",
        "\nTHE HARBOUR",
        "\nthe harbour\n-----------",
        "\n# the harbour",
        "\n* * *\nthe harbour",
        "\n\nWhat Does the Harbour Know?",
    ],
    ids=["two empty lines", "title case", "capitals", "underlined", "hash", "after a rule", "question"],
)
def test_a_heading_is_known_by_how_it_is_set(heading: str) -> None:
    """Set off by two empty lines or a rule, in title case or capitals, underlined, or behind `#`."""
    article = _read(f"Title of It\n\nOne. Two.\n{heading}\n\nThree. Four.")
    assert [line.lower().strip("?") for line in _headings(article)] in (
        ["the harbour"],
        ["the harbour at night"],
        ["what does the harbour know"],
    )


@pytest.mark.parametrize(
    "line",
    [
        "and nothing more",
        "And now, you are tired.",
        "Because of the sea:",
        "“The Harbour at Night”",
        "- The Harbour",
        "[chapter The Harbour]",
        "Sea",
        "What is it?",
    ],
)
def test_a_short_line_between_single_empty_lines_is_no_heading_unless_it_is_set_as_one(line: str) -> None:
    """A sentence, a stanza of one line, a quotation, an item and a mark stay what they are."""
    assert _headings(_read(f"Title of It\n\nOne. Two.\n\n{line}\n\nThree. Four.")) == []


def test_the_last_line_is_no_heading() -> None:
    """A heading has text under it: a signature has none."""
    assert _headings(_read("Title of It\n\nOne. Two.\n\n\nJane of the Harbour")) == []


def test_blocks_have_their_kinds() -> None:
    """Verse, questions, quotations, lists and marks are told apart, with the lines they came from."""
    article = _read("""
        Title of It

        One. Two.

        A cup, warm.
        A window, cold.

        Who is there? Is it you?

        What do you hear?
        What do you keep?

        “Nobody knows the sea.”

        > Nobody knows
        > the sea

        Bring with you:
        - a cup
        - a coat that is
          warm

        [pause 4s]

        1. First.
        2. Second.
    """)
    assert _blocks(article) == [
        (BlockKind.PARAGRAPH, ["One. Two."]),
        (BlockKind.VERSE, ["A cup, warm.", "A window, cold."]),
        (BlockKind.QUESTION, ["Who is there? Is it you?"]),
        (BlockKind.QUESTION, ["What do you hear?", "What do you keep?"]),
        (BlockKind.QUOTE, ["“Nobody knows the sea.”"]),
        (BlockKind.QUOTE, ["Nobody knows", "the sea"]),
        (BlockKind.PARAGRAPH, ["Bring with you:"]),
        (BlockKind.LIST, ["a cup", "a coat that is warm"]),
        (BlockKind.MARK, ["[pause 4s]"]),
        (BlockKind.LIST, ["First.", "Second."]),
    ]
    numbers = [block.lines[0].number for block in article.sections[0].blocks]
    assert numbers == [3, 5, 8, 10, 13, 15, 18, 19, 23, 25]


def test_dialogue_is_no_quotation() -> None:
    """Only one pair of quotation marks around the whole block makes it one."""
    blocks = _blocks(_read('“Come in,” she said. “Sit down.”\n\n‘It’s the sea’s own door.’\n\n"Yes."\n\n«Oui.»'))
    assert [kind.value for kind, _ in blocks] == ["paragraph", "quote", "quote", "quote"]


def test_paragraphs_without_empty_lines_between_them_are_paragraphs() -> None:
    """Lines of more than 120 columns are whole paragraphs, as word processors export them."""
    long = (
        "The sea is slow today, and nobody on the long grey beach would think of asking "
        + "why " * 12
        + "it is so. Yes."
    )
    article = _read(f"A Day at the Sea\n{long}\n{long}\n{long}")
    assert article.title == "A Day at the Sea"
    assert _blocks(article) == [(BlockKind.PARAGRAPH, [long])] * 3


def test_addresses_footnote_markers_and_emphasis_signs_are_not_words() -> None:
    """They are for the eye."""
    article = _read("It *was* said[1] __twice__ (see https://example.org/a?b=(c)). Really [sic], snake_case, 2 * 3.")
    assert _blocks(article)[0][1] == ["It was said twice (see). Really [sic], snake_case, 2 * 3."]


def test_a_text_without_words_is_empty() -> None:
    """Signs and marks alone say nothing."""
    for text in ("* * *", "🌙 🌙", "[pause 4s]\n\n[bell]"):
        with pytest.raises(EmptySource, match=r"a\.txt has no words"):
            _read(text)


def test_a_wrong_mark_is_told_with_line_column_and_the_closest_right_one() -> None:
    """The place is where the person wrote it, even inside a wrapped paragraph."""
    with pytest.raises(ScriptError, match=r"a\.txt:3:6: \[paus 3s\] is not a mark; the closest is \[pause 3s\]"):
        _read("One two three,\nfour five six,\nand: [paus 3s] seven.")


def test_a_mark_in_the_title_is_refused() -> None:
    """A title is shown by players, so no mark belongs in it."""
    with pytest.raises(ScriptError, match=r"a\.txt:1: a mark can't stand in the title"):
        _read("My Title [bell]\n\nOne. Two.")


def test_a_script_is_not_read_as_an_article() -> None:
    """The message says what to do with it."""
    with pytest.raises(SourceError, match="is a script"):
        read(SourceText("words", "a.md", "script"))


def test_right_to_left_and_chinese_text_pass_unharmed() -> None:
    """Wrapped Chinese is joined without spaces, Arabic with them."""
    arabic = "مرحبا بكم في هذا الصباح."
    chinese = ("今天早上很安静，窗外没有人走过，街道还亮着灯，水壶的声音比平时更响，一切都", "还没有开始。")
    article = _read(f"{arabic}\n\n{chinese[0]}\n{chinese[1]}")
    assert _blocks(article) == [(BlockKind.PARAGRAPH, [arabic]), (BlockKind.PARAGRAPH, ["".join(chinese)])]


@pytest.mark.skipif(not REAL_ARTICLE.exists(), reason="the real article is not part of the project")
def test_the_real_article_has_its_title_subtitle_four_headings_and_a_quotation_at_the_end() -> None:
    """What issue 2 asks of it."""
    article = read(open_source(REAL_ARTICLE))
    assert (article.title[:12], article.title[-10:]) == ("I Want to Fe", "Let Him In")
    assert article.subtitle.startswith("When loving")
    assert [heading.split()[0] for heading in _headings(article)] == ["The", "Loving", "It", "You’re"]
    assert article.sections[-1].blocks[-1].kind is BlockKind.QUOTE
