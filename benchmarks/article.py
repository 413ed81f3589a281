"""An article of any length in which no sentence occurs twice, so that nothing comes from a cache unearned."""

from __future__ import annotations

import random

_OPENINGS = ("In the morning", "After the rain", "For a little while", "Before you answer", "Somewhere near", "By now")
_SUBJECTS = ("the window", "an old chair", "your hand", "the kettle", "a slow breath", "the garden path", "this room")
_VERBS = ("keeps", "lets go of", "waits for", "remembers", "turns towards", "makes room for", "has enough of")
_OBJECTS = ("the light", "what was said", "its own weight", "an unfinished thought", "the evening", "a small sound")
_ENDINGS = ("without any hurry", "as it always did", "and asks for nothing", "one more time", "and that is enough")
_SENTENCES_IN_A_PARAGRAPH, _PARAGRAPHS_IN_A_SECTION = 5, 6


def article(words: int) -> str:
    """Return Markdown with at least so many words, the same for the same number.

    Args:
        words: at most 60,000, because the sentences run out.
    """
    draw = random.Random(words)  # noqa: S311 - an article is no secret
    sentences: list[str] = []
    seen: set[str] = set()
    while sum(map(_length, sentences)) < words:
        parts = [draw.choice(kind) for kind in (_OPENINGS, _SUBJECTS, _VERBS, _OBJECTS, _ENDINGS)]
        sentence = "{}, {} {} {} {}.".format(*parts)
        if sentence not in seen:
            seen.add(sentence)
            sentences.append(sentence)
    step = _SENTENCES_IN_A_PARAGRAPH
    paragraphs = [" ".join(sentences[at : at + step]) for at in range(0, len(sentences), step)]
    for number, at in enumerate(range(0, len(paragraphs), _PARAGRAPHS_IN_A_SECTION + 1), start=1):
        paragraphs.insert(at, f"## Part {number}")
    return f"# A Benchmark of {words} Words\n\n" + "\n\n".join(paragraphs) + "\n"


def _length(sentence: str) -> int:
    return len(sentence.split())
