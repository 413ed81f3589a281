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


def _said(text: str) -> list[str]:
    return [line.text for section in _read(text).sections for block in section.blocks for line in block.lines]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            (
                "[1/2/26, 07:10:03] Ida: Are you up?\n[1/2/26, 07:10:09] Ida: Jo?\n"
                "[1/2/26, 07:10:40] Jo: <Media omitted>\n[1/2/26, 07:11:02] Jo: Now I am."
            ),
            ["Ida: Are you up?", "Ida: Jo?", "Jo: Now I am."],
        ),
        ("02.01.26, 07:10 - Ida: Are you up?\n02.01.26, 07:12 - Jo: Now.", ["Ida: Are you up?", "Jo: Now."]),
        (
            "Ida Moor  0:02\nI was late. I ran.\n\nIda Moor  1:10\nNobody was there.",
            ["I was late. I ran.", "Nobody was there."],
        ),
        ("Ida Moor  0:02\nI was late.\n\nGuest  1:10\nWhy? I ask.", ["Ida Moor: I was late.", "Guest: Why? I ask."]),
        (
            (
                "View this letter online\n<https://example.org/1>\n\nIt rained. It stopped.\n\n"
                "Read on: more rain.\n\nContinue reading » https://example.org/2\n\n"
                "You're getting this because you asked.\nUnsubscribe | Manage preferences"
            ),
            ["It rained. It stopped.", "Read on: more rain."],
        ),
        (
            "It rained. It stopped.\n\n— a short pause here —\n\nPause for 20 seconds.\n\nUnsubscribe from it. I did.",
            ["It rained. It stopped.", "[a short pause here]", "[Pause for 20 seconds]", "Unsubscribe from it. I did."],
        ),
        ("It rained. It stopped.\n\nP.S. The roof held.", ["It rained. It stopped.", "P.S. The roof held."]),
    ],
)
def test_of_chats_transcripts_and_letters_the_words_are_read(text: str, said: list[str]) -> None:
    """Stamps, the small print of letters, and who alone speaks, are not."""
    assert _said(text) == said


def test_a_letter_or_ornament_between_signs_parts_scenes() -> None:
    """As typewriters have them; a dash before a word doesn't."""
    blocks = _blocks(_read("It was over. I slept.\n\n-o-\n\nIt was not.\n\no0o\n\nIt was. I woke."))
    assert [kind for kind, _ in blocks].count(BlockKind.SCENE) == 2


def test_a_line_under_the_title_may_say_when_it_was_written() -> None:
    """It is neither a subtitle nor verse; nor is the number of an issue."""
    for below in ("4 May 2026 at 06:30", "Tuesday, 4 May", "2026-05-04", "Issue no. 3 | May 2026"):
        article = _read(f"The Long Wall\n{below}\n\nIt was there. We leaned on it.")
        assert (article.title, article.subtitle) == ("The Long Wall", "")
        assert _blocks(article) == [(BlockKind.PARAGRAPH, ["It was there. We leaned on it."])]
        assert [each.kind for each in article.left_out] == ["byline"]


def test_a_chapter_may_have_its_name_on_the_next_line() -> None:
    """Number and name are one heading."""
    article = _read("CHAPTER ONE\nThe Wall\n\nIt stood. We leaned.\n\nCHAPTER TWO\nThe Gate\n\nIt was open. We left.")
    assert _headings(article) == ["CHAPTER ONE: The Wall", "CHAPTER TWO: The Gate"]


def test_words_in_capitals_above_sentences_are_headings_if_there_are_several() -> None:
    """One alone is a paragraph."""
    text = "The Day\n\nIt began. We slept.\n\n{}\n\nWe ate. It was good.\n\nNIGHT\n\nWe slept. It ended."
    assert _headings(_read(text.format("NOON"))) == ["NOON", "NIGHT"]
    assert _headings(_read(text.format("Noon."))) == []


def test_indented_lines_of_prose_are_paragraphs() -> None:
    """As typescripts set them, without empty lines between."""
    long = "The wall was older than the house, and the house was older than anybody who had ever asked about it."
    article = _read(f"The Wall\n\n\t{long}\n\t“Whose is it?” I asked.\n\tNobody knew. The moss did.")
    assert [kind for kind, _ in _blocks(article)] == [BlockKind.PARAGRAPH] * 3


def test_an_abbreviation_may_end_a_title() -> None:
    """Its stop is no sentence's."""
    assert _read("The Wall, 5 p.m.\n\nIt was warm. We leaned on it.").title == "The Wall, 5 p.m."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 The lamp is lit;\n  it is enough.\n2 The door is shut.\n  We stay.\n\n3 Nobody is lost;\n  sit down.",
         ["The lamp is lit;", "it is enough.", "The door is shut.", "We stay.", "Nobody is lost;", "sit down."]),
        ("Read Song 3:1. Then stay.\n\n4 The lamp is lit. 5 The door is shut. 6 We stay.",
         ["Read Song 3:1. Then stay.", "The lamp is lit. The door is shut. We stay."]),
        ("We lit it. 4 Of us stayed. 5 Left. 6 Slept.", ["We lit it. 4 Of us stayed. 5 Left. 6 Slept."]),
        ("1 Mix it.\n2 Wait a while.\n3 Bake it.", ["1 Mix it.", "2 Wait a while.", "3 Bake it."]),
    ],
)  # fmt: skip
def test_numbers_of_verses_are_not_read(text: str, said: list[str]) -> None:
    """Those that count on from line to line, or where scripture is named; not those of a list."""
    assert _said(f"The Lamp\n\n{text}") == said


def test_the_line_of_the_author_says_that_the_lines_above_are_title_and_subtitle() -> None:
    """Whatever the case of the second is; a year may stand behind the name."""
    article = _read("The Wall\nA story\n\nby Ida Moor (2026)\n\nIt was there. We leaned on it.")
    assert (article.title, article.subtitle, article.author) == ("The Wall", "A story", "Ida Moor")
