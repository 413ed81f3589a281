"""Markdown: what is spoken of it, what kind each block is, and where the title is."""

from __future__ import annotations

import textwrap

import pytest

from audio_builder.article.model import Article, BlockKind
from audio_builder.article.read import read
from audio_builder.article.source import SourceText
from audio_builder.errors import EmptySource, ScriptError


def _read(text: str) -> Article:
    return read(SourceText(textwrap.dedent(text).strip("\n"), "a.md", "markdown"))


def _blocks(text: str) -> list[tuple[str, list[str]]]:
    return [
        (block.kind.value, [line.text for line in block.lines])
        for section in _read(text).sections
        for block in section.blocks
    ]


@pytest.mark.parametrize(
    ("source", "spoken"),
    [
        ("A [link](https://e.org 'title') here.", "A link here."),
        ("A [link][r] here.\n\n[r]: https://e.org 'title'", "A link here."),
        ("An ![alternative](a.png) image.", "An image."),
        ("A <https://e.org/a> here, https://e.org/b(c) and www.e.org.", "A here, and."),
        ("Some `code words` here.", "Some code words here."),
        ("Some *soft*, **strong** and ~~struck~~ words.", "Some soft, strong and words."),
        ("A <b>bold</b> word<!-- hidden -->.", "A bold word."),
        ("Fish &amp; chips&nbsp;&mdash; \\*really\\*.", "Fish & chips — *really*."),
        ("A note[^1] and another[2].\n\n[^1]: Not spoken.", "A note and another."),
        ("Words <script>alert(1)</script> here.", "Words here."),
        ("Line<br>break", "Line break"),
        ("It is [sic] so.", "It is [sic] so."),
    ],
)
def test_only_words_are_spoken(source: str, spoken: str) -> None:
    """No sign, target, address, image, tag, comment, struck-out text or note is."""
    assert " ".join(" ".join(lines) for _, lines in _blocks(source)) == spoken


@pytest.mark.parametrize(
    "silent",
    [
        "```python\ncode\n```",
        "    code",
        "![a](b)",
        "<!-- c\n\nd -->",
        "<pre>\ncode\n</pre>",
        "<style>\np {}\n</style>",
        "<img src=x>",
        "<!DOCTYPE html>",
    ],
)
def test_code_images_rules_comments_and_tags_make_no_block(silent: str) -> None:
    """The text around them stays."""
    assert _blocks(f"One.\n\n{silent}\n\nTwo.") == [("paragraph", ["One."]), ("paragraph", ["Two."])]


def test_html_blocks_speak_their_words() -> None:
    """Tags, comments and silent elements inside them don't."""
    assert _blocks("<div>One <i>two</i><!-- x --><script>y > z</script> three</div>\n") == [
        ("paragraph", ["One two three"])
    ]


def test_hard_breaks_and_short_lines_are_verse_and_wrapped_lines_are_not() -> None:
    """Decided for each block, on the lines as they stand in the source."""
    assert _blocks("One  \ntwo\\\nthree") == [("verse", ["One", "two", "three"])]
    assert _blocks("a cup\na window\nand you") == [("verse", ["a cup", "a window", "and you"])]
    wrapped = """
        This paragraph has a [link](https://example.org/a/long/address/of/a/page)
        in it, whose address takes most of its first line, so that what is spoken
        of that line is short although the source was filled to the margin.
    """
    assert [kind for kind, _ in _blocks(wrapped)] == ["paragraph"]


def test_lists_quotations_and_tables() -> None:
    """An item, a cell and a line of verse each have a line; task boxes and numbers are not spoken."""
    assert _blocks("""
        - one
          wrapped
        - [ ] two

          more
          1. nested
        - > quoted

        > First part
        > - with an item
        >
        > Second.

        | a | b |
        |---|---|
        | c d |  |
    """) == [
        ("list", ["one wrapped", "two", "more", "nested", "quoted"]),
        ("quote", ["First part", "with an item", "Second."]),
        ("list", ["a", "b", "c d"]),
    ]


def test_a_list_with_headings_in_it_is_the_page_of_an_outliner() -> None:
    """Its bullets are no items; those below them are."""
    article = _read(
        "- # Rain\n- ## Early\n- It came softly.\n  - a leaf\n  - a roof\n- ## Late\n- > It went.\n\n- no heading"
    )
    assert article.title == "Rain"
    assert [section.heading and section.heading.text for section in article.sections] == ["Early", "Late"]
    assert [block.kind.value for section in article.sections for block in section.blocks] == [
        "paragraph",
        "list",
        "quote",
        "paragraph",
    ]
    assert _blocks("- one\n- two") == [("list", ["one", "two"])]


def test_marks_stand_alone_wherever_they_have_a_line_of_their_own() -> None:
    """Inside a paragraph, a list or a quotation they divide it; a backslash makes them words."""
    assert _blocks("One\n[pause 4s]\ntwo") == [("paragraph", ["One"]), ("mark", ["[pause 4s]"]), ("paragraph", ["two"])]
    assert _blocks("- a\n- [bell]\n- b") == [("list", ["a"]), ("mark", ["[bell]"]), ("list", ["b"])]
    assert _blocks("\\[pause 4s] and `[bell]`") == [("paragraph", ["\\[pause 4s] and \\[bell]"])]


def test_title_subtitle_and_sections() -> None:
    """A first heading of level 1 is the title; an emphasised line or a deeper heading under it the subtitle."""
    for under in ("*What it is.*", "### What it is."):
        article = _read(f"# Title *of* it\n\n{under}\n\nOne.\n\n## A\n\nTwo.\n\n## B\n")
        assert (article.title, article.subtitle) == ("Title of it", "What it is.")
        assert [section.heading and section.heading.text for section in article.sections] == [None, "A", "B"]


def test_a_first_section_is_not_taken_for_a_subtitle() -> None:
    """A heading as deep as the next one is a section."""
    article = _read("# Title\n\n## A\n\nOne.\n\n## B\n\nTwo.")
    assert (article.subtitle, article.sections[0].heading and article.sections[0].heading.text) == ("", "A")


def test_front_matter_comes_before_the_text() -> None:
    """A heading that repeats its title is not read twice; another one is a section."""
    same = _read("---\ntitle: The Sea\nauthor: A. One\nlanguage: en\ndate: 2026-03-21\n---\n# The  sea\n\nOne.")
    assert (same.title, same.author, same.language, same.date) == ("The Sea", "A. One", "en", "2026-03-21")
    assert same.sections[0].heading is None
    assert same.sections[0].blocks[0].lines[0].number == 9
    other = _read("---\ntitle: The Sea\n---\n# Morning\n\nOne.")
    assert other.sections[0].heading is not None


def test_a_heading_of_more_than_300_characters_is_a_paragraph() -> None:
    """Players can't show it, and no ear takes it for a heading."""
    assert _read("# " + "word " * 61).sections[0].blocks[0].kind is BlockKind.PARAGRAPH


def test_a_wrong_mark_is_told_where_it_stands_in_the_source() -> None:
    """Not where it would stand in the spoken words."""
    with pytest.raises(ScriptError, match=r"a\.md:5:11: \[pause soon\] can't be understood"):
        _read("# A\n\nOne *two*\nthree four\n**Wait**, [pause soon] here.".replace("**Wait**, ", "**Wait**, "))


def test_code_is_not_searched_for_marks() -> None:
    """What isn't spoken can't be a mistake."""
    assert _blocks("One.\n\n```\n[paus 3s]\n```\n\n<!-- [paus 3s] -->") == [("paragraph", ["One."])]


@pytest.mark.parametrize("source", ["```\ncode\n```", "![a](b)", "<!-- words -->", "[^1]: note"])
def test_markdown_without_words_is_empty(source: str) -> None:
    """Nothing in it is spoken."""
    with pytest.raises(EmptySource):
        _read(source)
