"""What the blocks around a block make of it: long quotations, dialogue, interviews, breaks between scenes."""

from __future__ import annotations

import pytest

from audio_builder.article.read import read
from audio_builder.article.source import SourceText


def _kinds(text: str, name: str = "a.txt", kind: str = "plain") -> list[str]:
    article = read(SourceText(f"It was so. It was late.\n\n{text}\n\nIt is so. It is late.", name, kind))
    return [block.kind.value for section in article.sections for block in section.blocks][1:-1]


@pytest.mark.parametrize(
    "paragraphs",
    [
        ("“It began at night. We sat.", "“Then it rained.", "“That is all.”"),
        ('"It began at night. We sat.', '"That is all."'),
        ("„Es begann bei Nacht. Wir saßen.", "„Was blieb?", "„Das ist alles.“"),
        ("«Era de noche. Nadie hablaba.", "»Luego llovió.", "»Eso es todo.»"),
        ("« C’était la nuit. On attendait.", "« C’est tout. »"),
        ("‘It wasn’t late. We sat.", "‘That’s all.’"),
        ("「夜だった。", "「それだけだ。」"),
        ("“The sand is wet,\nthe boats are gone,\nand so", "“the sand is dry,\nthe boats are here,\nand so”"),
    ],
)
def test_a_quotation_over_paragraphs_or_stanzas_is_one(paragraphs: tuple[str, ...]) -> None:
    """Each opens, only the last closes, and all of it is given to the voice of quotations."""
    assert _kinds("\n\n".join(paragraphs)) == ["quote"] * len(paragraphs)


@pytest.mark.parametrize(
    "paragraphs",
    [
        ("“Where?” she asked.", "“Here.”", "“Why?”", "“I like it,” he said."),
        ("“It began at night. We sat.", "“But then,” he said, “it rained.”"),
        ('"Where?" she asked.', '"Here."'),
        ("„Wo?“ fragte sie.", "„Hier.“"),
        ("“It began at night and never ended.", "“It rained all day."),
    ],
)
def test_a_dialogue_is_not_divided(paragraphs: tuple[str, ...]) -> None:
    """Where one of its paragraphs says who speaks, all of it stays with the narrator."""
    assert set(_kinds("\n\n".join(paragraphs))) == {"paragraph"}


def test_phrases_to_repeat_are_quotations() -> None:
    """Each in quotation marks of its own, and nobody says who speaks."""
    assert _kinds("“May I be well.”\n\n“May I be glad.”") == ["quote", "quote"]


@pytest.mark.parametrize("sign", ["* * *", "***", "⁂", "•••", "~", "§", "-----", "🌙"])
@pytest.mark.parametrize(("name", "kind"), [("a.txt", "plain"), ("a.md", "markdown")])
def test_a_line_of_signs_is_a_break_between_scenes(sign: str, name: str, kind: str) -> None:
    """However it is drawn; at an end of the text, or around a table, it parts nothing."""
    assert _kinds(f"Snow fell. It was cold.\n\n{sign}\n\nIt was spring. It was warm.", name, kind) == [
        "paragraph", "scene", "paragraph",
    ]  # fmt: skip
    article = read(SourceText(f"# T\n\n{sign}\n\nA b. C d.\n\n{sign}\n", name, kind))
    assert [block.kind.value for section in article.sections for block in section.blocks] == ["paragraph"]


@pytest.mark.parametrize(
    ("text", "answered"),
    [
        ("Q: Why a wall?\n\nA: It was there.", [True, False]),
        ("Frage: Warum?\n\nAntwort: Darum.", [True, False]),
        ("Anna Lind: Why here?\n\nPeter: Where else?\n\nAnna Lind: I see.", [True, True, False]),
        ("问：为什么？\n\n答：因为晚了。", [True, False]),
        ("— ¿Dónde estás?\n\n— Aquí.", [True, False]),
        ("What do you hear?\n\nStay with it.", [False, False]),
        ("Remember: what do you hear?\n\nStay with it.", [False, False]),
    ],
)
def test_a_question_that_the_next_speaker_answers_is_known(text: str, answered: list[bool]) -> None:
    """By the name before a colon, or the dash of a dialogue."""
    article = read(SourceText(f"It was so. It was late.\n\n{text}\n\nIt is so. It is late.", "a.txt", "plain"))
    blocks = [block for section in article.sections for block in section.blocks][1:-1]
    assert [block.answered for block in blocks] == answered
