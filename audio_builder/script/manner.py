"""How words are said where marks change it: by whom, how fast, how loud."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from audio_builder.article.mark_kinds import MannerMark, QuieterMark, SlowerMark, VoiceMark
from audio_builder.script.cues import Role, Say


@dataclass(frozen=True, slots=True)
class Manner:
    """How what follows is said, until a mark changes it.

    Attributes:
        voice: as in `Say`.
        slower: as in `Say`.
        quieter: as in `Say`.
    """

    voice: str = ""
    slower: bool = False
    quieter: bool = False

    def after(self, mark: MannerMark) -> Manner:
        """Return the manner from a mark on."""
        match mark:
            case VoiceMark(name):
                return replace(self, voice=name)
            case SlowerMark(on):
                return replace(self, slower=on)
            case QuieterMark(on):
                return replace(self, quieter=on)

    def say(self, text: str, role: Role) -> Say:
        """Return a phrase that is said in this manner."""
        return Say(text, role, self.voice, self.slower, self.quieter)


def manner_of(say: Say) -> Manner:
    """Return the manner in which a phrase is said."""
    return Manner(say.voice, say.slower, say.quieter)


def marks_between(before: Manner, after: Manner) -> Iterator[str]:
    """Yield the marks that lead from one manner to another."""
    if after.voice != before.voice:
        yield f"[voice {after.voice}]" if after.voice else "[voice]"
    if after.slower != before.slower:
        yield "[slower]" if after.slower else "[slower off]"
    if after.quieter != before.quieter:
        yield "[quieter]" if after.quieter else "[quieter off]"
