"""The questions that a text leaves to its reader, for writing on them afterwards."""

from __future__ import annotations

from collections.abc import Collection

from audio_builder.article.sentences import asks, ends_sentence, may_ask, sentences


def questions_left_open(words: str, language: str = "", without: Collection[str] = ()) -> tuple[str, ...]:
    r"""Return the questions of a text that nothing in it answers, in their order, each once.

    Those are the questions that a paragraph or stanza ends with, as decision 0014 has them; one that more
    words follow in its paragraph is part of an argument.

    Args:
        words: paragraphs apart by a blank line, lines of verse on lines.
        language: BCP 47 tag, or empty.
        without: questions to leave out, such as headings.

    >>> questions_left_open("Why now? Because.\n\nSit down.\nWhat is here?\nWhat\nis not?")
    ('What is here?', 'What is not?')
    """
    found: dict[str, None] = {}
    for paragraph in filter(may_ask, words.split("\n\n")):
        said = [sentence for line in _whole_lines(paragraph) for sentence in sentences(line, language)]
        first = len(said)
        while first and asks(said[first - 1]):
            first -= 1
        found.update(dict.fromkeys(said[first:]))
    return tuple(question for question in found if question not in without)


def _whole_lines(paragraph: str) -> list[str]:
    """Return the lines of a stanza, a sentence that runs over several of them on one."""
    lines: list[str] = []
    for line in paragraph.splitlines():
        if lines and line[:1].islower() and not ends_sentence(lines[-1]):
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return lines
