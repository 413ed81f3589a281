"""Cues in a row: how words are said, and how pauses that meet become one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from audio_builder.article.mark_kinds import BreathMark, LangMark, QuieterMark, SlowerMark, StyleMark, VoiceMark
from audio_builder.article.sentences import asks, ends_sentence
from audio_builder.article.text import speakable
from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import Background, Beat, Bell, Breath, ChapterStart, Cue, Reason, Rest, Role, Say
from audio_builder.script.pauses import seconds_for
from audio_builder.script.phrases import phrases


@dataclass(frozen=True, slots=True)
class SpeechStyle:
    """How what follows is said, until a mark changes it.

    Attributes:
        voice: as in `Say`.
        slower: as in `Say`.
        quieter: as in `Say`.
        language: as in `Say`.
    """

    voice: str = ""
    slower: bool = False
    quieter: bool = False
    language: str = ""

    def after(self, mark: StyleMark) -> SpeechStyle:
        """Return the style from a mark on."""
        match mark:
            case VoiceMark(name):
                return replace(self, voice=name)
            case LangMark(tag):
                return replace(self, language=tag)
            case SlowerMark(on):
                return replace(self, slower=on)
            case QuieterMark(on):
                return replace(self, quieter=on)

    def say(self, text: str, role: Role) -> Say:
        """Return a phrase that is said in this style."""
        return Say(text, role, self.voice, self.slower, self.quieter, self.language)


def style_of(say: Say) -> SpeechStyle:
    """Return the style in which a phrase is said."""
    return SpeechStyle(say.voice, say.slower, say.quieter, say.language)


def marks_between(before: SpeechStyle, after: SpeechStyle) -> Iterator[str]:
    """Yield the marks that lead from one style to another."""
    if after.voice != before.voice:
        yield f"[voice {after.voice}]" if after.voice else "[voice]"
    if after.language != before.language:
        yield f"[lang {after.language}]" if after.language else "[/lang]"
    if after.slower != before.slower:
        yield "[slower]" if after.slower else "[slower off]"
    if after.quieter != before.quieter:
        yield "[quieter]" if after.quieter else "[quieter off]"


def breath_cue(mark: BreathMark, pacing: Pacing) -> Breath:
    """Return the breaths a mark asks for, as long as the pacing says where the mark doesn't."""
    in_s = pacing.breath_in_s if mark.in_s is None else mark.in_s
    out_s = pacing.breath_out_s if mark.out_s is None else mark.out_s
    return Breath(in_s, out_s, mark.count)


class ScriptBuilder:
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
        self.style = SpeechStyle()
        """How what follows is said."""

    def open_episode(self, title: str) -> None:
        """Begin the first chapter and the silence before the first word."""
        self._cues.append(ChapterStart(title))
        self.rest(Reason.OPENING)

    def say(self, text: str, role: Role) -> None:
        """Say a phrase; one without a letter or a digit is left out."""
        if speakable(text):
            self.add(self.style.say(" ".join(text.split()), role))
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


class VerbatimBuilder:
    """A script in the making, from a source that writes down a pause wherever it wants one.

    Where it has, no rule adds to it until the next sound; everything stays in its order.
    """

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing
        self._cues: list[Cue] = []
        self._rule: Rest | None = Rest(pacing.opening_s, Reason.OPENING)
        self._is_set = False
        self._has_sounded = False

    def say(self, text: str, style: SpeechStyle, language: str, *, whole: bool) -> None:
        """Say words: as one phrase, or sentence by sentence with a rule's rest after each."""
        if whole:
            self._sound(style.say(text, Role.PROSE))
            return
        for phrase in phrases(text, language):
            self._sound(style.say(phrase.text, Role.PROSE))
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
