"""What differs between two scripts: the sentences, the pauses after them, and what else sounds."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from msgspec import Struct

from audio_builder.script.cues import Background, Bell, Breath, Rest, Say, Script

_SAME_S = 0.0005
"""Pauses are written in whole milliseconds."""


class SentenceChange(Struct, frozen=True, kw_only=True):
    """A sentence that isn't the same.

    Attributes:
        before: its words; empty for a new one.
        after: its words; empty for one that is gone.
    """

    before: str
    after: str


class PauseChanges(Struct, frozen=True, kw_only=True):
    """How the silences after the sentences that both have differ.

    Attributes:
        longer: how many grew.
        shorter: how many shrank; one that is gone counts too.
        same: how many are what they were.
        change_s: by how much all of the second script's silences are longer than the first's, together.
        before_s: all silences of the first script.
        after_s: all silences of the second.
    """

    longer: int
    shorter: int
    same: int
    change_s: float
    before_s: float
    after_s: float


class ScriptChanges(Struct, frozen=True, kw_only=True):
    """What differs between two scripts.

    Attributes:
        sentences: those that aren't the same, in order.
        same_sentences: how many are.
        pauses: how the silences differ.
        sounds: other cues by kind, `bells`, `breaths` and `backgrounds`, with how many there were and are; only
            kinds of which there are more or fewer.
    """

    sentences: list[SentenceChange]
    same_sentences: int
    pauses: PauseChanges
    sounds: dict[str, tuple[int, int]]


def script_changes(first: Script, second: Script) -> ScriptChanges:
    """Return what differs between two scripts; titles and authors are not part of it."""
    before, after = _phrases(first), _phrases(second)
    # Without autojunk: a refrain that comes often is as much a sentence as any other.
    matcher = SequenceMatcher(None, [text for text, _ in before], [text for text, _ in after], autojunk=False)
    sentences: list[SentenceChange] = []
    steps: list[float] = []
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        gone, come = before[start:end], after[other_start:other_end]
        if kind == "equal":
            steps += [new - old for (_, old), (_, new) in zip(gone, come, strict=True)]
        else:
            sentences += _paired([text for text, _ in gone], [text for text, _ in come])
    before_s, after_s = (sum(cue.seconds for cue in script.cues if isinstance(cue, Rest)) for script in (first, second))
    return ScriptChanges(
        # What comes before the first words is a place without a sentence.
        sentences=[change for change in sentences if change.before or change.after],
        same_sentences=sum(size for _, _, size in matcher.get_matching_blocks()) - 1,
        pauses=PauseChanges(
            longer=sum(step > _SAME_S for step in steps),
            shorter=sum(step < -_SAME_S for step in steps),
            same=sum(abs(step) <= _SAME_S for step in steps),
            change_s=after_s - before_s,
            before_s=before_s,
            after_s=after_s,
        ),
        sounds={
            name: counts
            for name, kind in (("bells", Bell), ("breaths", Breath), ("backgrounds", Background))
            if len(set(counts := (_count(first, kind), _count(second, kind)))) > 1
        },
    )


def _phrases(script: Script) -> list[tuple[str, float]]:
    """Return each sentence with the seconds of silence after it; first, without words, what comes before all."""
    phrases: list[tuple[str, float]] = [("", 0.0)]
    for cue in script.cues:
        if isinstance(cue, Say):
            phrases.append((cue.text, 0.0))
        elif isinstance(cue, Rest):
            text, seconds = phrases[-1]
            phrases[-1] = (text, seconds + cue.seconds)
    return phrases


def _paired(gone: list[str], come: list[str]) -> Iterator[SentenceChange]:
    """Yield sentences that were replaced, one against the other; what is left over is gone or new."""
    for place in range(max(len(gone), len(come))):
        yield SentenceChange(
            before=gone[place] if place < len(gone) else "", after=come[place] if place < len(come) else ""
        )


def _count(script: Script, kind: type) -> int:
    return sum(isinstance(cue, kind) for cue in script.cues)
