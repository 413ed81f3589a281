"""Putting cues in a row so that pauses never add up."""

from __future__ import annotations

from audio_builder.article.text import speakable
from audio_builder.recipe import Pacing
from audio_builder.script.cues import Bell, Breath, ChapterStart, Cue, Reason, Rest, Role, Say
from audio_builder.script.timing import seconds_for


class Composer:
    """A script in the making.

    A rest and a chapter wait until something sounds: by then the longest of the rules' rests is
    known, and whether a person has set another. The chapter then begins after the rest.
    """

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing
        self._cues: list[Cue] = []
        self._rest: Rest | None = None
        self._chapter: ChapterStart | None = None
        self._named_by_person = False
        self.voice = ""
        """Who says what follows; empty for the narrator."""

    def open_episode(self, title: str) -> None:
        """Begin the first chapter and the silence before the first word."""
        self._cues.append(ChapterStart(title))
        self.rest(Reason.OPENING)

    def say(self, text: str, role: Role) -> None:
        """Say a phrase; one without a letter or a digit is left out."""
        if speakable(text):
            self.add(Say(" ".join(text.split()), role, self.voice))
            self._named_by_person = False

    def add(self, cue: Say | Bell | Breath) -> None:
        """Let something sound, after the rest and the chapter that wait."""
        self._settle()
        self._cues.append(cue)

    def rest(self, reason: Reason) -> None:
        """Rest here for a rule's reason, unless a longer rest or a person's waits already."""
        waiting = self._rest
        seconds = seconds_for(reason, self._pacing)
        if waiting is None or (waiting.reason is not Reason.MARK and seconds >= waiting.seconds):
            self._rest = Rest(seconds, reason)

    def pause(self, seconds: float) -> None:
        """Rest as long as a person says, in place of any rule's rest; a person's own pauses add up."""
        waiting = self._rest
        before = waiting.seconds if waiting and waiting.reason is Reason.MARK else 0.0
        self._rest = Rest(before + seconds, Reason.MARK)

    def chapter(self, title: str, *, by_person: bool) -> None:
        """Begin a chapter with what sounds next. Where nothing was said since a person's mark, theirs stays."""
        if self._named_by_person and not by_person:
            return
        self._named_by_person = by_person
        if by_person and len(self._cues) == 1:
            self._cues[0] = ChapterStart(title)
        else:
            self._chapter = ChapterStart(title)

    def finish(self) -> tuple[Cue, ...]:
        """Return the cues, with the silence after the last word."""
        if self._chapter:
            self._settle()
        self.rest(Reason.CLOSING)
        self._settle()
        return tuple(self._cues)

    def _settle(self) -> None:
        if self._rest and self._rest.seconds > 0:
            self._cues.append(self._rest)
        if self._chapter:
            self._cues.append(self._chapter)
        self._rest = self._chapter = None
