"""The text on which a voice's rate is measured: phrases as a reflection has them, short and long.

Short phrases are spoken more slowly than long ones, so a rate is a property of a voice and a mixture. This
one has titles, verse, questions and sentences of up to forty words. To measure a voice, narrate these
phrases at a setting and read `Narration.wpm`.
"""

from __future__ import annotations

CALIBRATION_PASSAGE: tuple[str, ...] = (
    "What the River Keeps",
    "On patience, and the slow work of water.",
    "Sit for a moment where you are.",
    "Nothing needs to be finished before you begin.",
    ("There is a bend in the river near my grandmother's house where the current seems to stop, "
    "and as a child I believed that the water rested there, the way people rest on a landing of the stairs."),
    "It doesn't rest, of course.",
    "Underneath, it goes on carving the bank, a grain at a time, without any plan at all.",
    "How much of what matters in you has been made like that?",
    "Slowly.",
    "Out of sight.",
    ("We are used to counting what we have done by the end of the week, and it is easy to forget that "
    "kindness, trust and good judgement were never the work of one afternoon."),
    "Think of someone whose company makes you calm.",
    "They did not become that person quickly, and they could not have told you when it happened.",
    "The Weight of Hurry",
    "Hurry has a sound of its own: cupboards shut a little too hard, half a sentence called from another room.",
    "You know it in your shoulders before you know it in your thoughts.",
    "What would change if you let the next task wait for three breaths?",
    "Not an hour.",
    "Only three breaths.",
    ("Some of us were praised for being quick when we were small, and we have been running towards that "
    "praise ever since, long after the people who gave it have stopped looking."),
    "You may put it down now.",
    "You may arrive late to your own worries.",
    "Stone, leaf, water,",
    "the light on the far bank,",
    "a door left open in the evening.",
    "None of these is trying to be anything else.",
    "Letting It Carry You",
    "When you notice that you are pushing, see whether something is already moving in the direction you need.",
    "A friend who would listen.",
    "A habit that asks for very little.",
    "The plain tiredness that would become sleep, if you stopped arguing with it.",
    "Isn't it strange how seldom we ask for help from what is nearest?",
    "The river keeps nothing that it is given, and yet everything along its banks is green.",
    "Perhaps that is enough to remember today.",
    "Go gently.",
    "The water is going there too.",
)
"""About 370 words in 36 phrases."""
