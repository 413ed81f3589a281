"""The calibration text, on which a voice's rate is measured: phrases as a reflection has them, short and long.

Short phrases are spoken more slowly than long ones, and long words take longer than short ones, so a rate
belongs to a voice and a mixture. This one has titles, verse, questions, lists and sentences of up to forty
words, nine words to a phrase and 1.4 syllables to a word, as reflective prose has. To measure a voice,
narrate these phrases at a setting and read `Narration.wpm`.
"""

from __future__ import annotations

import functools
from importlib import resources

CALIBRATION_TEXT: tuple[str, ...] = (
    "What the River Keeps",
    "On patience, and the slow work of water.",
    "Sit for a moment wherever you happen to be.",
    "Nothing needs to be finished before you begin.",
    (
        "There is a bend in the river behind my grandmother's house where the current almost seems to stop, "
        "and as a child I believed that the water rested there, the way people rest on a landing of the stairs."
    ),
    "It doesn't, of course.",
    "Underneath, it goes on carving the bank, a grain at a time, without any plan at all.",
    "How much of your own character was made like that?",
    "Slowly.",
    "Out of sight.",
    (
        "We count what we have done by the end of the week, and we forget that kindness, "
        "trust and good judgement were never the work of a single afternoon."
    ),
    "Remember someone whose company makes you calm.",
    "They didn't become that person overnight—and they couldn't have told you when it happened.",
    "The Weight of Hurry",
    "Hurry has a sound of its own: doors closing a little too hard, half a sentence from another room.",
    "Your shoulders know it before your thoughts do.",
    "What would change if the next task waited for three breaths?",
    "Not an hour.",
    "Only three breaths.",
    (
        "Some of us were praised for being quick when we were little, and we've been running towards that "
        "praise ever since, long after the people who gave it have stopped looking."
    ),
    "You may put it down now… just for a while.",
    "You're allowed to arrive late to your own worries.",
    "Stone, willow, water,",
    "the evening light on the far bank,",
    "a window left open.",
    "None of these is trying to be anything else—only this.",
    "Letting It Carry You",
    "When you notice yourself pushing… see whether something is already moving in the direction you need.",
    "A friend who would listen.",
    "A habit that asks for very little.",
    "The ordinary tiredness that would turn into sleep, if only you stopped arguing with it.",
    "Why is it so hard to accept help from what is nearest?",
    "More honesty.",
    "More patience with unfinished things.",
    "Fewer explanations.",
    "The river keeps nothing that it is given, and yet everything along its banks is green.",
    "Perhaps that's enough to remember today.",
    "Imagine the afternoon without its usual hurry.",
    "Imagine being ordinary—quietly, completely ordinary—and at ease.",
    "Go gently.",
    "The water is going there too.",
)
"""About 390 words in 41 phrases."""

_FOLDER = resources.files("audio_builder.voices") / "calibration_texts"
_STEP = 4
"""One of so many of the 40 phrases in a file: a title, sentences, questions and verse are among them."""


@functools.cache
def phrases_in(language: str) -> tuple[str, ...]:
    """Return all phrases that there are in a language; empty for one without a file.

    Args:
        language: BCP 47 tag.
    """
    file = _FOLDER / f"{language.partition('-')[0].lower()}.txt"
    return tuple(file.read_text(encoding="utf-8").splitlines()) if file.is_file() else ()


def calibration_text(language: str) -> tuple[str, ...]:
    """Return the phrases on which a voice of a language is measured; the English ones where it has none.

    Args:
        language: BCP 47 tag.
    """
    return phrases_in(language)[::_STEP] or CALIBRATION_TEXT
