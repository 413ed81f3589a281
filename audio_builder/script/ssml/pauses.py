"""Cues in a row where some pauses are set by hand: rules set the others."""

from __future__ import annotations

from audio_builder.article.sentences import asks, ends_sentence
from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import Background, Beat, Bell, Breath, ChapterStart, Cue, Reason, Rest, Role, Say
from audio_builder.script.manner import Manner
from audio_builder.script.sentences import phrases
from audio_builder.script.timing import seconds_for


class Pauses:
    """A script in the making, from a source that writes down a pause wherever it wants one.

    Where it has, no rule adds to it until the next sound; everything stays in its order.
    """

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing
        self._cues: list[Cue] = []
        self._rule: Rest | None = Rest(pacing.opening_s, Reason.OPENING)
        self._is_set = False
        self._has_sounded = False

    def say(self, text: str, manner: Manner, language: str, *, whole: bool) -> None:
        """Say words: as one phrase, or sentence by sentence with a rule's rest after each."""
        if whole:
            self._sound(manner.say(text, Role.PROSE))
            return
        for phrase in phrases(text, language):
            self._sound(manner.say(phrase.text, Role.PROSE))
            if phrase.trails_off:
                self.rest(Reason.ELLIPSIS)
            if phrase.ends_sentence and ends_sentence(phrase.text):
                self.rest(Reason.SENTENCE)

    def rest(self, reason: Reason) -> None:
        """Rest for a rule's reason, unless the source has set a pause here, or a longer rest waits."""
        seconds = seconds_for(reason, self._pacing)
        if not self._is_set and (self._rule is None or seconds >= self._rule.seconds):
            self._rule = Rest(seconds, reason)

    def end_paragraph(self) -> None:
        """Rest as after a paragraph; after one that ends in a question, as after a question."""
        last = self._cues[-1] if self._cues else None
        asked = isinstance(last, Say) and asks(last.text)
        self.rest(Reason.QUESTION if asked else Reason.PARAGRAPH)

    def pause(self, seconds: float, reason: Reason = Reason.MARK) -> None:
        """Rest as the source says, in place of any rule; 0 for not at all."""
        self._rule, self._is_set = None, True
        if seconds > 0:
            self._cues.append(Rest(seconds, reason))

    def happen(self, cue: Cue) -> None:
        """Let something happen that isn't said."""
        match cue:
            case Rest():
                self.pause(cue.seconds, cue.reason)
            case Beat():
                self.pause(0)
                self._cues.append(cue)
            case Bell() | Breath():
                self._sound(cue)
                self.rest(Reason.BELL if isinstance(cue, Bell) else Reason.SENTENCE)
            case ChapterStart() | Background():
                if isinstance(cue, ChapterStart) and self._has_sounded:
                    self.rest(Reason.BEFORE_HEADING)
                if self._rule and self._has_sounded:
                    self._cues.append(self._rule)
                    self._rule, self._is_set = None, True
                self._cues.append(cue)

    def finished(self) -> list[Cue]:
        """Return the cues, with the silence after the last word."""
        if not self._is_set:
            self._cues.append(Rest(self._pacing.closing_s, Reason.CLOSING))
        return self._cues

    def _sound(self, cue: Say | Bell | Breath) -> None:
        if self._rule:
            self._cues.append(self._rule)
        self._rule, self._is_set, self._has_sounded = None, False, True
        self._cues.append(cue)
