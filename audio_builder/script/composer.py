"""Putting cues in a row so that pauses never add up."""

from __future__ import annotations

from audio_builder.article.text import speakable
from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import Background, Beat, Bell, Breath, ChapterStart, Cue, Reason, Rest, Role, Say
from audio_builder.script.manner import Manner
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
        self._background: Background | None = None
        self._named_by_person = False
        self.manner = Manner()
        """How what follows is said."""

    def open_episode(self, title: str) -> None:
        """Begin the first chapter and the silence before the first word."""
        self._cues.append(ChapterStart(title))
        self.rest(Reason.OPENING)

    def say(self, text: str, role: Role) -> None:
        """Say a phrase; one without a letter or a digit is left out."""
        if speakable(text):
            self.add(self.manner.say(" ".join(text.split()), role))
            self._named_by_person = False

    def add(self, cue: Say | Bell | Breath) -> None:
        """Let something sound, after the rest and the chapter that wait."""
        self._settle()
        self._cues.append(cue)

    def rest(self, reason: Reason) -> None:
        """Rest here for a rule's reason, unless a longer rest or a person's waits already."""
        waiting = self._rest
        seconds = seconds_for(reason, self._pacing)
        if waiting is None or (not waiting.reason.by_person and seconds >= waiting.seconds):
            self._rest = Rest(seconds, reason)

    def pause(self, seconds: float, reason: Reason = Reason.MARK) -> None:
        """Rest as long as a person says, in place of any rule's rest; a person's own pauses add up."""
        waiting = self._rest
        if waiting and waiting.reason.by_person:
            seconds += waiting.seconds
            reason = Reason.SILENCE if waiting.reason is Reason.SILENCE else reason
        self._rest = Rest(seconds, reason)

    def beat(self, seconds: float) -> None:
        """Let the next sound come so long after the phrase before began, in place of any rule's rest."""
        if self._rest and not self._rest.reason.by_person:
            self._rest = None
        self._settle_rest()
        self._cues.append(Beat(seconds))
        self._rest = Rest(0.0, Reason.MARK)

    def background(self, name: str) -> None:
        """Change the background: from the beginning of a rule's rest on, or after the rest that a person set."""
        if self._rest and self._rest.reason.by_person:
            self._settle_rest()
            # The person's word on the length of this rest still holds.
            self._rest = Rest(0.0, Reason.MARK)
        self._background = Background(name)

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
        self._settle_rest()
        if self._chapter:
            self._cues.append(self._chapter)
        self._chapter = None

    def _settle_rest(self) -> None:
        if self._background:
            self._cues.append(self._background)
        if self._rest and self._rest.seconds > 0:
            self._cues.append(self._rest)
        self._rest = self._background = None
