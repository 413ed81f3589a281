"""Sentences that ask the listener for some minutes of quiet: they are read, and a silence after them may be meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest

from audio_builder.article.bad_marks import Place
from audio_builder.article.directions import direction
from audio_builder.article.mark_kinds import PauseMark, SilenceMark
from audio_builder.article.marks import Words, split
from audio_builder.article.model import Article
from audio_builder.article.sentences import sentences

MOST_NOTES = 5
"""Notes of one kind on a text at most."""

_SHORTEST_S = 20
_MINUTES = re.compile(r"minute|second", re.IGNORECASE)
_INVITATION = re.compile(
    r"\W*(?:(?:and|now|then|please|so|next|let us|let’s|let's|let yourself|allow yourself to|you can|you may|we will|"
    r"we'll|we’ll|i invite you to)[\s,]+)*"
    r"(?:sit|rest|stay|remain|be|lie|pause|wait|breathe|continue|meditate|listen|practi[cs]e|keep|hold|watch|notice|"
    r"follow|take|spend|stand|walk|repeat|do this|close your eyes|dwell|enjoy)\b[^.!?…]{0,60}?\b"
    r"(?:for |the next |take |spend )?((?:about |around |the next |another |a full )*"
    r"(?:\d+|[a-z]+(?:-[a-z]+)?|half a|a couple of) (?:minutes?|seconds?))"
    r"[^.!?…]{0,30}[.!?…]*\W*\Z"
)


def notes_on_invitations(article: Article, name: str) -> Iterator[str]:
    """Yield a note for each sentence that asks for some minutes of quiet which no mark after it gives."""
    found: list[tuple[int, str, str]] = []
    for section in article.sections:
        lines = [line for block in section.blocks for line in block.lines]
        for line, following in zip_longest(lines, lines[1:]):
            if not (line and _MINUTES.search(line.text)):
                continue
            below = split(following.text, _nowhere)[:1] if following else ()
            for piece, after in pairwise([*split(line.text, _nowhere), *(below or (Words(""),))]):
                sentence = sentences(piece.text, article.language)[-1:] if isinstance(piece, Words) else []
                if sentence and not isinstance(after, PauseMark | SilenceMark) and (meant := hint_for(sentence)):
                    found.append((line.number, sentence[0].strip(), meant))
    yield from (
        f"{name}:{number}: “{words}” is read, and no silence follows; {meant} may be meant"
        for number, words, meant in found[:MOST_NOTES]
    )


def hint_for(said: Sequence[str]) -> str:
    """Return the silence that one of some sentences may ask its listener for, such as `[silence 5m]`; else nothing.

    “Sit quietly for five minutes.” is read out and needs a silence after it, which only its writer can set.
    """
    for sentence in said:
        found = _INVITATION.match(sentence.casefold())
        asked = direction(f"pause {found[1]}") if found else None
        if asked and isinstance(pause := asked.marks[0], PauseMark) and pause.seconds >= _SHORTEST_S:
            minutes, seconds = divmod(int(pause.seconds), 60)
            return f"[silence {f'{minutes}m' if minutes else ''}{f'{seconds}s' if seconds else ''}]"
    return ""


def _nowhere(_bracket: str, offset: int) -> Place:
    return Place("", 1, offset + 1)
