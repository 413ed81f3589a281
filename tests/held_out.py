"""A reflection that no voice was calibrated on, for tests of the rate."""

from __future__ import annotations

HELD_OUT = (
    "A Room With Nothing in It",
    "What an empty table taught me about enough.",
    "Last winter I cleared a table.",
    "It wasn't a brave thing to do, and nobody asked me to do it.",
    "I carried the letters, the cables and the half-read magazines into another room… and closed the door.",
    "For an hour I did nothing with the space I had made.",
    "I only looked.",
    "And something in me, which had been talking for weeks, grew quiet.",
    "Have you ever noticed how tired the eyes become of unfinished things?",
    "Every object asks a question.",
    "When will you answer me?",
    "When will you mend me?",
    "Why did you bring me home?",
    "The Question Underneath",
    "Most of us aren't really untidy—we're undecided.",
    (
        "We keep the broken lamp because throwing it away would mean admitting that we'll never repair it, "
        "and we keep the old promise for the same reason."
    ),
    "So the room fills, slowly, with small postponements.",
    "None of them is heavy.",
    "Together they are hard to carry.",
    "If you could set one of them down today, which would it be?",
    "Not the largest.",
    "Just the nearest.",
    "A chair by the window,",
    "a bowl with one orange,",
    "morning, undecorated.",
    "Keeping It Simple",
    "I wish I could tell you that the table stayed empty.",
    "By Thursday there was a newspaper on it, and by Sunday there was everything else.",
    "But the memory of that hour remained, and it turned out to be portable.",
    "I've found it in waiting rooms, on station platforms, and once in the middle of an argument.",
    "Emptiness isn't a place you arrive at after putting everything in order.",
    "It's a way of looking at whatever happens to be there.",
    "You don't need a different house.",
    "You don't need a different life, either.",
    "You need one clear surface, about as wide as your two hands, and the willingness to leave it alone.",
    "Begin there.",
    "Let the rest of the room be exactly as complicated as it is.",
    "Someday you may want to clear that, too.",
    "For now, put your hands on the table.",
    "Feel how little it asks of you.",
    "“Enough is not a quantity. It is the moment we stop counting.”",
)
"""About 370 words, written without a look at how fast anything reads them."""
