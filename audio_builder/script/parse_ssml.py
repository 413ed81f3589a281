"""From SSML to a script: W3C's Speech Synthesis Markup Language 1.0 and 1.1.

The parser is libexpat. A document type is refused at its first sign, so no entity can be declared: nothing unfolds
and nothing is fetched. What can't be carried over is noted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from audio_builder.article.bad_marks import Place
from audio_builder.article.frontmatter import shortened
from audio_builder.article.mark_kinds import (
    KINDS,
    LONGEST_PAUSE_S,
    BeatMark,
    BreathMark,
    LangMark,
    PauseMark,
    QuieterMark,
    SilenceMark,
    SlowerMark,
    VoiceMark,
)
from audio_builder.article.source import SourceText
from audio_builder.article.text import speakable
from audio_builder.errors import EmptySource, ScriptError, SourceError
from audio_builder.recipe.settings import Pacing
from audio_builder.recipe.values import tag_or_nothing
from audio_builder.script.builder import SpeechStyle, VerbatimBuilder
from audio_builder.script.cues import ChapterStart, Reason, Say, Script, check_chapters, untitled
from audio_builder.script.notation import cue_of

NAMESPACE = "http://www.w3.org/2001/10/synthesis"

_LANGUAGE = "http://www.w3.org/XML/1998/namespace lang"
_LONGEST_SHOWN = 40
_SILENT = frozenset({"metadata", "desc", "sub"})
"""What is inside isn't said; for <sub> its alias is."""

_ONLY_STRUCTURE = frozenset({"w", "token", "desc", "metadata"})
_UNCARRIED = {
    "emphasis": "its words are said like all others",
    "phoneme": "its words are said as they are written; a lexicon can say how (--lexicon)",
    "audio": "no other sound is played; the words inside it are said",
    "lexicon": "give pronunciations with --lexicon",
    "lookup": "give pronunciations with --lexicon",
}
_LIKE_OTHERS = "its words are said like all others"
_STRENGTHS = {"medium": Reason.SENTENCE, "strong": Reason.PARAGRAPH, "x-strong": Reason.BEFORE_HEADING}
"""A weaker break is what a voice does by itself at a comma."""

_LETTER_BY_LETTER = frozenset({"characters", "spell-out", "verbatim"})

_DEEPEST = 64
_HINT = "Export the file again from the program that it is from, or save it as plain text."
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

_TIME = re.compile(r"\+?(\d{0,9}(?:\.\d{1,30})?)\s*(ms|s)")
_CHANGE = re.compile(r"([+-]?)(\d{1,6}(?:\.\d{1,30})?)(%?)")
_DECIBELS = re.compile(r"([+-]\d{1,3}(?:\.\d{1,30})?)dB", re.IGNORECASE)

_RATES = {"x-slow": 0.5, "slow": 0.8, "medium": 1.0, "default": 1.0, "fast": 1.25, "x-fast": 1.6}
_VOLUMES_DB = {
    "silent": -60.0,
    "x-soft": -12.0,
    "soft": -6.0,
    "medium": 0.0,
    "default": 0.0,
    "loud": 3.0,
    "x-loud": 6.0,
}


@dataclass(frozen=True, slots=True)
class Imported:
    """A script that was another format.

    Attributes:
        script: its pauses are those of the pacing `gentle` where the source doesn't say.
        notes: what wasn't carried over, each kind once with its line.
    """

    script: Script
    notes: tuple[str, ...]


def parse_ssml(source: SourceText, is_voice: Callable[[str], bool] = lambda _: True) -> Imported:
    """Return the script that a text in SSML holds.

    Args:
        source: of the kind `ssml`.
        is_voice: whether a name is that of a voice of ours; another's voice isn't carried over.

    Raises:
        SourceError: it is no SSML, not well-formed, nested more than 64 deep, or declares a document type.
        ScriptError: a pause isn't a length, or is longer than an hour.
        EmptySource: nothing is said in it.
        SourceTooLarge: it has more than 255 chapters, the most an MP3 file can list.
    """
    parser = expat.ParserCreate(namespace_separator=" ")

    def here() -> Place:
        return Place(source.name, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)

    elements = Elements(here, is_voice)

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        namespace, _, name = tag.rpartition(" ")
        if not elements.depth and name != "speak":
            raise SourceError(f"{here()}: it begins with <{name[:40]}>; SSML begins with <speak>", hint=_HINT)
        if elements.depth == _DEEPEST:
            raise SourceError(f"{here()}: its elements are nested more than {_DEEPEST} deep", hint=_HINT)
        elements.start(name, attributes, foreign=namespace not in {"", NAMESPACE})

    def refuse(*_declared: object) -> None:
        line = parser.CurrentLineNumber
        raise SourceError(
            f"{source.name}:{line}: it is refused, because it declares a document type (<!DOCTYPE>)",
            hint="Remove that line; SSML needs none.",
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _tag: elements.end()
    parser.CharacterDataHandler = elements.text
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(source.text, True)
    except expat.ExpatError as error:
        place = Place(source.name, error.lineno, error.offset + 1)
        problem = expat.ErrorString(error.code)
        raise SourceError(f"{place}: it isn't well-formed XML: {problem}", hint=_HINT) from error
    return Imported(_script(elements, source.name), tuple(elements.notes.values()))


def _script(elements: Elements, name: str) -> Script:
    cues = elements.builder.finished()
    if not any(isinstance(cue, Say) for cue in cues):
        raise EmptySource(f"{name} has no words to speak", hint="Give a text with words in it.")
    title, subtitle, author, date = (elements.meta.get(key, "") for key in ("title", "subtitle", "author", "date"))
    if not isinstance(cues[0], ChapterStart):
        cues = [ChapterStart(title or untitled(elements.language)), *cues]
    check_chapters(cues, name)
    day = date if _DAY.fullmatch(date) else ""
    return Script(title, subtitle, author, elements.language, day, Pacing().preset, tuple(cues))


@dataclass(frozen=True, slots=True)
class _Step:
    """What a rate or a volume may be: the usual, or one step below it.

    Attributes:
        usual: its value where nothing changes.
        ours: its value one step below.
        close: what differs by no more is that step.
        mark: which makes the step.
        shown: the mark as it is written.
    """

    usual: float
    ours: float
    close: float
    mark: type[SlowerMark | QuieterMark]
    shown: str


_RATE = _Step(1.0, 1 - Pacing().slower_share, 0.03, SlowerMark, "[slower]")
_VOLUME = _Step(0.0, -Pacing().quieter_db, 0.5, QuieterMark, "[quieter]")


@dataclass(slots=True)
class Elements:
    """Takes elements and words as a parser meets them.

    Attributes:
        here: gives the place where the parser is.
        is_voice: whether a name is that of a voice of ours.
        builder: the cues so far.
        meta: title, author and the like, by name.
        language: BCP 47 tag, or empty.
        notes: what wasn't carried over, by its kind, each with its place.
    """

    here: Callable[[], Place]
    is_voice: Callable[[str], bool]
    builder: VerbatimBuilder = field(default_factory=lambda: VerbatimBuilder(Pacing()))
    meta: dict[str, str] = field(default_factory=dict)
    language: str = ""
    notes: dict[str, str] = field(default_factory=dict)
    _open: list[tuple[str, SpeechStyle]] = field(default_factory=list)
    _words: list[str] = field(default_factory=list)
    _style: SpeechStyle = field(default_factory=SpeechStyle)
    _letters_from: int | None = None
    _owes_break: bool = False

    @property
    def depth(self) -> int:
        """How many elements are open."""
        return len(self._open)

    def start(self, name: str, attributes: Mapping[str, str], *, foreign: bool) -> None:
        """Meet the start of an element; a foreign one is of another namespace."""
        silent = self._silent
        self._open.append((name, self._style))
        if foreign:
            self._note(f"<{name}>", f"<{name}> is not SSML: {_LIKE_OTHERS}")
        elif not silent:
            self._start(name, attributes)

    def end(self) -> None:
        """Meet the end of the innermost element."""
        name, style = self._open[-1]
        if name in {"prosody", "voice", "p", "s", "speak"}:
            self._say()
        elif name == "say-as" and self._letters_from is not None:
            letters = "".join(self._words[self._letters_from :])
            self._words[self._letters_from :] = [" ".join("".join(letters.split()))]
            self._letters_from = None
        self._open.pop()
        self._style = style
        if name == "s":
            self.builder.rest(Reason.SENTENCE)
        elif name == "p":
            self.builder.end_paragraph()

    def text(self, text: str) -> None:
        """Meet words."""
        if not self._silent:
            self._words.append(text)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in {"p", "s", "break", "mark", "prosody", "voice", "lang"}:
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
            case "prosody" | "voice" | "lang":
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
            self.builder.say(text, self._style, self._style.language or self.language, whole=whole)

    def _break(self, attributes: Mapping[str, str]) -> None:
        if self._owes_break:
            # It is there for other programs: the mark before it has the time already.
            self._owes_break = False
            return
        time, strength = attributes.get("time", ""), attributes.get("strength", "medium")
        seconds = seconds_of(time)
        if time and (seconds is None or seconds > LONGEST_PAUSE_S):
            raise ScriptError(
                f'{self.here()}: <break time="{time[:_LONGEST_SHOWN]}"/> can\'t be understood; a break takes up to '
                f"{LONGEST_PAUSE_S:g} seconds, written as 1.5s or 800ms",
                hint='Write it as <break time="1.5s"/>.',
            )
        if seconds is not None:
            self.builder.pause(seconds)
        elif strength == "none":
            self.builder.pause(0)
        elif strength in _STRENGTHS:
            self.builder.rest(_STRENGTHS[strength])

    def _mark(self, name: str) -> None:
        """Do what a mark of ours asks for; those of others are for their own programs."""
        kind, _, rest = name.partition(" ")
        mark = KINDS[kind].parse(rest) if kind in KINDS else None
        if mark is None or isinstance(mark, PauseMark | VoiceMark | LangMark | SlowerMark | QuieterMark):
            shown = f'<mark name="{name[:_LONGEST_SHOWN]}"/>'
            self._note(
                f"<mark {kind}>" if kind in KINDS else "<mark>", f"{shown} isn't carried over: nothing is heard of it"
            )
            return
        self.builder.happen(cue_of(mark, Pacing()))
        self._owes_break = isinstance(mark, BreathMark | SilenceMark | BeatMark)

    def _change(self, element: str, attributes: Mapping[str, str]) -> None:
        """Change how what follows is said, as far as a script can."""
        for name, value in attributes.items():
            shown = f'<{element} {name.rpartition(" ")[2]}="{value[:_LONGEST_SHOWN]}">'
            match element, name:
                case "voice", "name":
                    carried = self._other_voice(value)
                case "lang", str(where) if where == _LANGUAGE:
                    carried = bool(tag := tag_or_nothing(value))
                    self._style = self._style.after(LangMark(tag))
                case "prosody", "rate":
                    carried = self._turn_down(_RATE, rate_factor(value), shown)
                case "prosody", "volume":
                    carried = self._turn_down(_VOLUME, volume_db(value), shown)
                case _:
                    carried = False
            if not carried:
                self._note(shown.partition("=")[0], f"{shown} isn't carried over: {_LIKE_OTHERS}")

    def _other_voice(self, names: str) -> bool:
        """Let the first of some names that we have speak; return whether there is one."""
        for name in names.split():
            voice = KINDS["voice"].parse(name)
            if isinstance(voice, VoiceMark) and self.is_voice(voice.name):
                self._style = self._style.after(voice)
                return True
        return False

    def _turn_down(self, step: _Step, asked: float | None, shown: str) -> bool:
        """Make what follows slower or softer by a step, or as usual; return whether that is what was asked for."""
        if asked is None or asked > step.usual:
            return False
        self._style = self._style.after(step.mark(on=asked < step.usual))
        if asked < step.usual and abs(asked - step.ours) > step.close:
            self._note(f"{shown.partition('=')[0]} nearly", f"{shown} becomes {step.shown}: there is one step of it")
        return True

    def _say_as(self, how: str) -> None:
        if how in _LETTER_BY_LETTER:
            self._letters_from = len(self._words)
        else:
            shown = f'<say-as interpret-as="{how[:_LONGEST_SHOWN]}">'
            self._note("<say-as>", f"{shown} isn't carried over: its words are read as they are written")

    def _note(self, what: str, shown: str) -> None:
        self.notes.setdefault(what, f"{self.here()}: {shown}")

    @property
    def _silent(self) -> bool:
        return any(name in _SILENT for name, _ in self._open)


def seconds_of(time: str) -> float | None:
    """Return the seconds of a time designation; None where it is none.

    >>> seconds_of("1.5s"), seconds_of("+500ms"), seconds_of("2")
    (1.5, 0.5, None)
    """
    found = _TIME.fullmatch(time.strip())
    if not found or not found[1]:
        return None
    return float(found[1]) / (1000 if found[2] == "ms" else 1)


def rate_factor(rate: str) -> float | None:
    """Return what a rate multiplies the usual one with; None where it can't be shown.

    A percentage without a sign is of the usual rate, as in SSML 1.1; a number alone is a factor, as in 1.0.

    >>> rate_factor("85%"), rate_factor("-20%"), rate_factor("0.9"), rate_factor("slow"), rate_factor("soon")
    (0.85, 0.8, 0.9, 0.8, None)
    """
    if rate.strip() in _RATES:
        return _RATES[rate.strip()]
    found = _CHANGE.fullmatch(rate.strip())
    if not found:
        return None
    number = float(found[2]) / (100 if found[3] else 1)
    return {"": number, "+": 1 + number, "-": 1 - number}[found[1]]


def volume_db(volume: str) -> float | None:
    """Return by how many decibels a volume is above the usual one; None where it can't be shown.

    >>> volume_db("-4dB"), volume_db("soft"), volume_db("80")
    (-4.0, -6.0, None)
    """
    if volume.strip() in _VOLUMES_DB:
        return _VOLUMES_DB[volume.strip()]
    found = _DECIBELS.fullmatch(volume.strip())
    return float(found[1]) if found else None
