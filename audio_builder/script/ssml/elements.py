"""The elements of SSML, one after the other, and what each does to a script. What can't be carried over is noted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from audio_builder.article.frontmatter import shortened
from audio_builder.article.mark_kinds import (
    KINDS,
    LONGEST_PAUSE_S,
    BeatMark,
    BreathMark,
    PauseMark,
    QuieterMark,
    SilenceMark,
    SlowerMark,
    VoiceMark,
)
from audio_builder.article.marks import Place
from audio_builder.article.text import speakable
from audio_builder.errors import ScriptError
from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import Reason
from audio_builder.script.manner import Manner
from audio_builder.script.marks import cue_of
from audio_builder.script.ssml.pauses import Pauses
from audio_builder.script.ssml.values import rate_factor, seconds_of, volume_db

NAMESPACE = "http://www.w3.org/2001/10/synthesis"

_LANGUAGE = "http://www.w3.org/XML/1998/namespace lang"
_LONGEST_TOLD = 40
_SILENT = frozenset({"metadata", "desc", "sub"})
"""What is inside isn't said; for <sub> its alias is."""

_ONLY_STRUCTURE = frozenset({"w", "token", "desc", "metadata"})
_UNCARRIED = {
    "emphasis": "its words are said like all others",
    "phoneme": "its words are said as they are written; a lexicon can say how (--lexicon)",
    "audio": "no other sound is played; the words inside it are said",
    "lang": "its words are said in the language of the voice",
    "lexicon": "give pronunciations with --lexicon",
    "lookup": "give pronunciations with --lexicon",
}
_LIKE_OTHERS = "its words are said like all others"
_STRENGTHS = {"medium": Reason.SENTENCE, "strong": Reason.PARAGRAPH, "x-strong": Reason.BEFORE_HEADING}
"""A weaker break is what a voice does by itself at a comma."""

_LETTER_BY_LETTER = frozenset({"characters", "spell-out", "verbatim"})


@dataclass(frozen=True, slots=True)
class _Step:
    """What a rate or a volume may be: the usual, or one step below it.

    Attributes:
        usual: its value where nothing changes.
        ours: its value one step below.
        close: what differs by no more is that step.
        mark: which makes the step.
        told: the mark as it is written.
    """

    usual: float
    ours: float
    close: float
    mark: type[SlowerMark | QuieterMark]
    told: str


_RATE = _Step(1.0, 1 - Pacing().slower_share, 0.03, SlowerMark, "[slower]")
_VOLUME = _Step(0.0, -Pacing().quieter_db, 0.5, QuieterMark, "[quieter]")


@dataclass(slots=True)
class Elements:
    """Takes elements and words as a parser meets them.

    Attributes:
        here: tells where the parser is.
        is_voice: whether a name is that of a voice of ours.
        pauses: the cues so far.
        meta: title, author and the like, by name.
        language: BCP 47 tag, or empty.
        notes: what wasn't carried over, by its kind, each with its place.
    """

    here: Callable[[], Place]
    is_voice: Callable[[str], bool]
    pauses: Pauses = field(default_factory=lambda: Pauses(Pacing()))
    meta: dict[str, str] = field(default_factory=dict)
    language: str = ""
    notes: dict[str, str] = field(default_factory=dict)
    _open: list[tuple[str, Manner]] = field(default_factory=list)
    _words: list[str] = field(default_factory=list)
    _manner: Manner = field(default_factory=Manner)
    _letters_from: int | None = None
    _owes_break: bool = False

    def start(self, name: str, attributes: Mapping[str, str], *, foreign: bool) -> None:
        """Meet the start of an element; a foreign one is of another namespace."""
        silent = self._silent
        self._open.append((name, self._manner))
        if foreign:
            self._note(f"<{name}>", f"<{name}> is no SSML: {_LIKE_OTHERS}")
        elif not silent:
            self._start(name, attributes)

    def end(self) -> None:
        """Meet the end of the innermost element."""
        name, manner = self._open[-1]
        if name in {"prosody", "voice", "p", "s", "speak"}:
            self._say()
        elif name == "say-as" and self._letters_from is not None:
            letters = "".join(self._words[self._letters_from :])
            self._words[self._letters_from :] = [" ".join("".join(letters.split()))]
            self._letters_from = None
        self._open.pop()
        self._manner = manner
        if name == "s":
            self.pauses.rest(Reason.SENTENCE)
        elif name == "p":
            self.pauses.end_paragraph()

    def text(self, text: str) -> None:
        """Meet words."""
        if not self._silent:
            self._words.append(text)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in {"p", "s", "break", "mark", "prosody", "voice"}:
            self._say()
        match name:
            case "speak":
                language = attributes.get(_LANGUAGE, "")
                self.language = "" if language == "und" else language
            case "meta":
                content = shortened(attributes.get("content", ""))
                self.meta[attributes.get("name", "")] = content
            case "break":
                self._break(attributes)
            case "mark":
                self._mark(attributes.get("name", ""))
            case "prosody" | "voice":
                self._change(name, attributes)
            case "sub":
                self._words.append(attributes.get("alias", ""))
            case "say-as":
                self._say_as(attributes.get("interpret-as", ""))
            case _ if name not in {"p", "s"} | _ONLY_STRUCTURE:
                self._note(f"<{name}>", f"<{name}> isn't carried over: {_UNCARRIED.get(name, _LIKE_OTHERS)}")

    def _say(self) -> None:
        """Say the words since the last pause or change: as one phrase inside <s>, else sentence by sentence."""
        text = " ".join("".join(self._words).split())
        self._words.clear()
        if speakable(text):
            self._owes_break = False
            whole = any(name == "s" for name, _ in self._open)
            self.pauses.say(text, self._manner, self.language, whole=whole)

    def _break(self, attributes: Mapping[str, str]) -> None:
        if self._owes_break:
            # It is there for other programs: the mark before it has the time already.
            self._owes_break = False
            return
        time, strength = attributes.get("time", ""), attributes.get("strength", "medium")
        seconds = seconds_of(time)
        if time and (seconds is None or seconds > LONGEST_PAUSE_S):
            raise ScriptError(
                f'{self.here()}: <break time="{time[:_LONGEST_TOLD]}"/> can\'t be understood; a break takes up to '
                f"{LONGEST_PAUSE_S:g} seconds, written as 1.5s or 800ms",
                hint='Write it as <break time="1.5s"/>.',
            )
        if seconds is not None:
            self.pauses.pause(seconds)
        elif strength == "none":
            self.pauses.pause(0)
        elif strength in _STRENGTHS:
            self.pauses.rest(_STRENGTHS[strength])

    def _mark(self, name: str) -> None:
        """Do what a mark of ours asks for; those of others tell their own programs where they are."""
        kind, _, rest = name.partition(" ")
        mark = KINDS[kind].parse(rest) if kind in KINDS else None
        if mark is None or isinstance(mark, PauseMark | VoiceMark | SlowerMark | QuieterMark):
            told = f'<mark name="{name[:_LONGEST_TOLD]}"/>'
            self._note(
                f"<mark {kind}>" if kind in KINDS else "<mark>", f"{told} isn't carried over: nothing is heard of it"
            )
            return
        self.pauses.happen(cue_of(mark, Pacing()))
        self._owes_break = isinstance(mark, BreathMark | SilenceMark | BeatMark)

    def _change(self, element: str, attributes: Mapping[str, str]) -> None:
        """Change how what follows is said, as far as a script can."""
        for name, value in attributes.items():
            told = f'<{element} {name.rpartition(" ")[2]}="{value[:_LONGEST_TOLD]}">'
            match element, name:
                case "voice", "name":
                    carried = self._other_voice(value)
                case "prosody", "rate":
                    carried = self._turn_down(_RATE, rate_factor(value), told)
                case "prosody", "volume":
                    carried = self._turn_down(_VOLUME, volume_db(value), told)
                case _:
                    carried = False
            if not carried:
                self._note(told.partition("=")[0], f"{told} isn't carried over: {_LIKE_OTHERS}")

    def _other_voice(self, names: str) -> bool:
        """Let the first of some names that we have speak; tell whether there is one."""
        for name in names.split():
            voice = KINDS["voice"].parse(name)
            if isinstance(voice, VoiceMark) and self.is_voice(voice.name):
                self._manner = self._manner.after(voice)
                return True
        return False

    def _turn_down(self, step: _Step, asked: float | None, told: str) -> bool:
        """Make what follows slower or softer by a step, or as usual; tell whether that is what was asked for."""
        if asked is None or asked > step.usual:
            return False
        self._manner = self._manner.after(step.mark(on=asked < step.usual))
        if asked < step.usual and abs(asked - step.ours) > step.close:
            self._note(f"{told.partition('=')[0]} nearly", f"{told} becomes {step.told}: there is one step of it")
        return True

    def _say_as(self, how: str) -> None:
        if how in _LETTER_BY_LETTER:
            self._letters_from = len(self._words)
        else:
            told = f'<say-as interpret-as="{how[:_LONGEST_TOLD]}">'
            self._note("<say-as>", f"{told} isn't carried over: its words are read as they are written")

    def _note(self, what: str, told: str) -> None:
        self.notes.setdefault(what, f"{self.here()}: {told}")

    @property
    def _silent(self) -> bool:
        return any(name in _SILENT for name, _ in self._open)
