"""Directions as people and writing assistants write them: “(pause 10 seconds)”, “[gong]”, “[soft music begins]”.

A stretch is a direction only where every word in it is one of a closed list, and one of them asks for something:
“(pause for thirty seconds)” is one, “(pause for breath is rare)” is not. What it asks for becomes marks; what nobody
here can do, such as music, is left out and noted. `marks` decides where in a line a direction may stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from audio_builder.article.mark_kinds import (
    LONGEST_BREATH_S,
    LONGEST_PAUSE_S,
    MOST_BREATHS,
    BellMark,
    BreathMark,
    Mark,
    PauseMark,
    SilenceMark,
)
from audio_builder.article.word_tables import either, rows

PAUSE_S = {"short": 2.0, "": 4.0, "long": 10.0}
"""Seconds of a pause that says no length."""

SILENCE_S = {"short": 15.0, "": 30.0, "long": 60.0}
BREATH_IN_S, BREATH_OUT_S = 4.0, 6.0
_MOST_BELLS = 9
_SHORTEST_NO_LENGTH_S = 1000.0
_SHORTEST_BARE_SILENCE_S = 5.0
_BETWEEN_BELLS_S = 5.0
_LONGEST = 120
_BREAKS_S = {"none": 0.0, "x-weak": 0.5, "weak": 0.5, "medium": 1.0, "strong": 3.0, "x-strong": 5.0}


class Where(Enum):
    """Where a direction must stand to be one, from the surest to the least sure."""

    ANYWHERE = 1
    BETWEEN_SENTENCES = 2
    IN_SQUARE_BRACKETS = 3


@dataclass(frozen=True, slots=True)
class Direction:
    """What a direction asks for.

    Attributes:
        marks: what of it can be done, in order.
        unheard: something in it can't.
        where: the places in which the words are surely a direction.
    """

    marks: tuple[Mark, ...]
    unheard: bool
    where: Where


class _Is(Enum):
    """What a word of a direction asks for, or says of it; its words stand in `words.toml`."""

    PAUSE = "pause"
    SHORTLY = "shortly"
    SILENCE = "silence"
    BELL = "bell"
    BREATH = "breath"
    IN = "in"
    OUT = "out"
    SURELY_UNHEARD = "surely_unheard"
    UNHEARD = "unheard"
    SHORT = "short"
    LONG = "long"
    SECOND = "second"
    MINUTE = "minute"
    MILLISECOND = "millisecond"
    MOMENT = "moment"
    TIMES = "times"
    HALF = "half"
    TO = "to"
    FILLER = "filler"


_MEANINGS = {word: _Is(kind) for kind, of_kind in reversed(rows("directions").items()) for word in of_kind}
_VALUES = {word: float(number) for number, of_number in rows("numbers").items() for word in of_number}
_FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_ASK = {_Is.PAUSE, _Is.SHORTLY, _Is.SILENCE, _Is.BELL, _Is.BREATH, _Is.IN, _Is.OUT, _Is.SURELY_UNHEARD, _Is.UNHEARD}
_PAUSES_ALONE = frozenset(
    {"rest", "wait", "break", "beat", "hold", "here", "short", "long", "a", "for", "few", "moment", "moments", "while"}
)
_BARE_PAUSES = frozenset({"a", "some", "moment", "space"})
_GIVING = frozenset({"give", "allow", "leave", "take", "sit", "meditate", "practice", "practise", "remain", "reflect"})
_ARTICLES = ("a", "an", "the")
_UNITS_S = {_Is.SECOND: 1.0, _Is.MINUTE: 60.0, _Is.MILLISECOND: 0.001}

_UNSPACED = either(frozenset(word for word in (*_MEANINGS, *_VALUES) if ord(word[0]) > 0x2E80))
_TOKEN = re.compile(
    rf"\d{{1,4}}:\d\d(?::\d\d)?|\d{{1,9}}(?:[.,]\d{{1,9}})?|{_UNSPACED}|[^\W\d_]+(?:['’]s)?|''"
    r"|[\"″“”'′’½¼¾×%/?&#@$+<>\[\]{}*]|\s-(?=\d)|[-–—~]"
)
_TIME_STAMP = re.compile(
    r"(?:at |@ ?|~ ?)?\d{1,2}:\d\d(?:[:.,]\d+)*(?:\s*(?:-->|->|[-–—→]|to)\s*\d{1,2}:\d\d(?:[:.,]\d+)*)?"
)
_ONE_DIGIT_MINUTE = re.compile(r"[1-9]:\d\d")
_SECTION = re.compile(r"section:?(?:\s+\S.{0,60})?", re.IGNORECASE)
_SOUND_OF = re.compile(
    r"(?:[\w-]+ ){0,2}(?:sounds?|noises?|sfx|sound effects?|music|audio|ambience)(?: of |: ?).{1,60}", re.IGNORECASE
)
_OMISSION = re.compile(r"[.…\s]*(?:…|\.{3}|\. \. \.)[.…\s]*")
_OF_ENGINES = re.compile(r"slnc (\d{1,7})|#\s*(\d{1,4}(?:\.\d{1,3})?)\s*#")
_BREAK_TAG = re.compile(r"(?:break|pause|silence)\b", re.IGNORECASE)
_LENGTH_IN_TAG = re.compile(r"\A(?:break|pause|silence)\b(?:\s+strength=\S+)?", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(time|duration|length|sec|msec|strength)\s*=\s*[\"'“”]?([^\"'“”/>\s]+)", re.IGNORECASE)
_SPEECH_TAG = re.compile(
    r"/?(?:speak|break|pause|silence|prosody|emphasis|say-as|phoneme|voice|audio|amazon:[\w-]+|mstts:[\w-]+)\b",
    re.IGNORECASE,
)

_BEFORE_GLOSS = re.compile(
    r"(?:[”’\"'»]|\b(?:press|hit|click|tap|push|touch|the|a|an|word|words|term|verb|noun|called|means?|meaning|taste|drücke?|"
    r"das|die|der|le|la|el|wort|mot|palabra|parola))\s*\Z",
    re.IGNORECASE,
)
_AFTER_GLOSS = re.compile(
    r"\s*(?:button|key|menu|symbol|sign|mark|icon|command|is|was|means|meant|comes|can|may|or|taste|bedeutet|ist|signifie|"
    r"significa)\b"
)


@dataclass(slots=True)
class _Found:
    """What the words of a direction say, gathered one after the other."""

    asks: list[_Is] = field(default_factory=list)
    says: set[_Is] = field(default_factory=set)
    length_s: float | None = None
    is_range: bool = False
    pending: float | None = None
    range_from: float | None = None
    loose: list[float] = field(default_factory=list)
    count: int | None = None
    unit_s: float = 0.0
    tokens: list[str] = field(default_factory=list)

    @property
    def last(self) -> str:
        """The word before; empty at the beginning."""
        return self.tokens[-1] if self.tokens else ""


@lru_cache(maxsize=4096)
def direction(words: str) -> Direction | None:
    """Return what a direction asks for, from the words inside its brackets; None for words that aren't one.

    The speech that some engines are given has signs of its own for a pause: `[[slnc 2000]]`, `<#2#>`.

    >>> direction("long pause").marks
    (PauseMark(seconds=10.0, reason=''),)
    """
    words = words.strip().strip("*_~").strip()
    if not 0 < len(words) <= _LONGEST:
        return None
    if of_engine := _OF_ENGINES.fullmatch(words):
        words = f"pause {of_engine[1]}ms" if of_engine[1] else f"pause {of_engine[2]}s"
    if _OMISSION.fullmatch(words):
        return Direction((PauseMark(PAUSE_S["short"], ""),), unheard=False, where=Where.IN_SQUARE_BRACKETS)
    if _SECTION.fullmatch(words) or _SOUND_OF.fullmatch(words):
        if _Is.BELL in map(_MEANINGS.get, words.casefold().split()):
            return Direction((BellMark(),), unheard=False, where=Where.IN_SQUARE_BRACKETS)
        return Direction((), unheard=True, where=Where.IN_SQUARE_BRACKETS)
    if _TIME_STAMP.fullmatch(words):
        one_digit = _ONE_DIGIT_MINUTE.fullmatch(words)
        return Direction((), unheard=True, where=Where.IN_SQUARE_BRACKETS if one_digit else Where.BETWEEN_SENTENCES)
    found = _gather(words.casefold())
    return None if found is None else _direction(found, words)


def tag(inside: str) -> Direction | None:
    """Return what a tag of a speech engine asks for, from what stands between `<` and `>`; None for other tags."""
    inside = inside.strip()
    if _OF_ENGINES.fullmatch(inside):
        return direction(inside)
    if not _BREAK_TAG.match(inside):
        silent = _SPEECH_TAG.match(inside)
        return Direction((), unheard=False, where=Where.ANYWHERE) if silent else None
    attributes = {key.lower(): value for key, value in _ATTRIBUTE.findall(inside)}
    strength = _BREAKS_S.get(attributes.pop("strength", "medium").lower(), _BREAKS_S["medium"])
    if "msec" in attributes:
        attributes["msec"] += "ms"
    length = next(iter(attributes.values()), "") or _LENGTH_IN_TAG.sub("", inside).strip(' ="/')
    asked = direction(f"pause {length}") if length[:1].isdecimal() else None
    if asked is None and length[:1].isdecimal():
        return Direction((), unheard=True, where=Where.ANYWHERE)
    return asked or Direction((PauseMark(strength, ""),), unheard=False, where=Where.ANYWHERE)


def _gather(words: str) -> _Found | None:
    """Return what the words say, or None where there are none (“……”) or one of them isn't in the list."""
    found = _Found()
    for token in _TOKEN.findall(words.replace("forty-five", "fortyfive").replace("…", " ")):
        if not _take(found, token):
            return None
        found.tokens.append(token)
    if found.pending is not None:
        found.loose.append(found.pending)
    return found if found.tokens else None


def _take(found: _Found, token: str) -> bool:
    """Take a token; return whether it may stand in a direction."""
    number = _number(token)
    meaning = _MEANINGS.get(token.removesuffix("'s").removesuffix("’s"))
    if number is not None:
        _take_number(found, number)
    elif token in ("-", "–", "—", "~") or meaning is _Is.TO:
        if found.pending is not None:
            found.range_from = found.pending
    elif token in ("''", '"', "″", "”", "'", "′", "’"):
        if found.pending is None:
            return token in ('"', "”", "'", "’")
        _take_unit(found, _Is.MINUTE if token in ("'", "′", "’") else _Is.SECOND)
    elif token in ("×", "“"):
        pass
    elif meaning is None:
        return False
    else:
        _take_word(found, token, meaning)
    return True


def _number(token: str) -> float | None:
    if token[0].isdecimal():
        if ":" not in token:
            return float(token.replace(",", "."))
        parts = [int(part) for part in token.split(":")]
        return float(sum(part * 60**place for place, part in enumerate(reversed(parts))))
    return _FRACTIONS.get(token, _VALUES.get(token))


def _take_number(found: _Found, number: float) -> None:
    if found.last in ("x", "×"):
        found.count = int(number)
    elif found.range_from is not None and found.range_from >= 20 and number < 10:
        found.pending, found.range_from = found.range_from + number, None  # "thirty-five"
    elif found.range_from is not None:
        found.pending, found.range_from = (found.range_from + number) / 2, None
        found.is_range = True
    elif found.pending is not None and (number < 1 or (found.pending >= 20 and number < 10)):
        found.pending += number  # "1½", "thirty-five"
    else:
        if found.pending is not None:
            found.loose.append(found.pending)
        found.pending = number


def _take_unit(found: _Found, unit: _Is) -> None:
    found.unit_s = _UNITS_S[unit]
    found.length_s = (found.length_s or 0.0) + (1.0 if found.pending is None else found.pending) * found.unit_s
    found.pending = None


def _take_word(found: _Found, word: str, meaning: _Is) -> None:
    found.says.add(meaning)
    if meaning in _UNITS_S:
        _take_unit(found, meaning)
    elif meaning is _Is.MOMENT:
        found.pending = None
    elif meaning is _Is.HALF:
        if found.pending is None and found.length_s is not None:
            found.length_s += found.unit_s / 2  # "a minute and a half"
        else:
            found.pending = (found.pending or 0.0) + 0.5
    elif meaning is _Is.TIMES:
        if found.pending is not None:
            found.count, found.pending = int(found.pending), None
    elif meaning in _ASK:
        _take_request(found, meaning)
    elif word in ("in", "out") and _Is.BREATH in found.asks:
        found.asks.append(_Is.IN if word == "in" else _Is.OUT)


def _take_request(found: _Found, meaning: _Is) -> None:
    if meaning in (_Is.BREATH, _Is.BELL) and found.pending is not None:
        found.count, found.pending = int(found.pending), None
    elif found.pending == 1:
        found.pending = None  # "eine Pause"
    found.asks.append(meaning)


def _direction(found: _Found, words: str) -> Direction | None:
    """Return what was gathered as a direction; None where it asks for nothing, or for what can't be."""
    if found.loose and found.last in ("twice", "thrice"):
        found.count = int(found.loose.pop())
    asks = set(found.asks)
    if "p" in found.tokens and (found.tokens[0] != "p" or found.length_s is None):
        return None  # a page
    if not asks:
        return _length_alone(found, words)
    if (
        asks == {_Is.SHORTLY}
        and found.length_s is None
        and not found.loose
        and not _PAUSES_ALONE.issuperset(found.tokens)
    ):
        stop = found.tokens == ["stop"]
        return Direction((), unheard=True, where=Where.IN_SQUARE_BRACKETS) if stop else None
    marks = _marks(found, asks)
    if marks is None:
        return None
    unheard = _Is.SURELY_UNHEARD in asks or (_Is.UNHEARD in asks and not marks)
    return Direction(tuple(marks), unheard=unheard, where=_where(found, asks, words))


def _length_alone(found: _Found, words: str) -> Direction | None:
    """Return the pause of “[10 seconds]”, and of “[allow a moment]”."""
    if found.tokens[0] in _GIVING and not found.loose and (found.length_s or _Is.MOMENT in found.says):
        mark = PauseMark(found.length_s or PAUSE_S[""], "")
        return (
            Direction((mark,), unheard=False, where=Where.BETWEEN_SENTENCES)
            if mark.seconds <= LONGEST_PAUSE_S
            else None
        )
    if _BARE_PAUSES.issuperset(found.tokens) and found.tokens[-1] in ("moment", "space"):
        return Direction((PauseMark(PAUSE_S[""], ""),), unheard=False, where=Where.IN_SQUARE_BRACKETS)
    is_one = (
        words[0].isdecimal() and found.length_s is not None and not found.loose and found.says <= {*_UNITS_S, _Is.TO}
    )
    if not is_one or not 0 < (found.length_s or 0.0) < _SHORTEST_NO_LENGTH_S:
        return None
    return Direction((PauseMark(found.length_s or 0.0, ""),), unheard=False, where=Where.BETWEEN_SENTENCES)


def _where(found: _Found, asks: set[_Is], words: str) -> Where:
    ends_like_a_sentence = words.rstrip()[-1] in ".!?"
    waits = asks & {_Is.PAUSE, _Is.SILENCE, _Is.SHORTLY}
    says_length = found.length_s is not None or found.loose
    if (says_length and waits and found.tokens[0] not in _ARTICLES) or found.says <= {_Is.PAUSE, _Is.SHORT, _Is.LONG}:
        return Where.ANYWHERE
    if waits & {_Is.PAUSE, _Is.SILENCE}:
        return Where.BETWEEN_SENTENCES
    one_sound = asks == {_Is.UNHEARD} and len(found.tokens) == 1
    may_be_words = one_sound or waits or found.tokens[0] in _ARTICLES or ends_like_a_sentence
    return Where.IN_SQUARE_BRACKETS if may_be_words else Where.BETWEEN_SENTENCES


def _marks(found: _Found, asks: set[_Is]) -> list[Mark] | None:
    """Return the marks that the words ask for, in their order; None where a number is out of its range."""
    breathes = bool(asks & {_Is.BREATH, _Is.IN, _Is.OUT})
    if breathes and found.length_s is None and _Is.BELL not in asks:
        return _breaths(found, asks)
    rings = _bells(found) if _Is.BELL in asks else []
    waits = asks & {_Is.PAUSE, _Is.SHORTLY, _Is.SILENCE}
    if rings is None or (found.loose and not _may_be_seconds(found, asks, waits)):
        return None
    if not waits and (found.length_s is None or not (rings or breathes)):
        return rings
    pause = _waiting(found, silent=_Is.SILENCE in asks)
    first = next((ask for ask in found.asks if ask in waits or ask is _Is.BELL), _Is.BELL)
    return None if pause is None else [*rings, pause] if first is _Is.BELL else [pause, *rings]


def _bells(found: _Found) -> list[Mark] | None:
    if not 1 <= (found.count or 1) <= _MOST_BELLS or found.loose:
        return None
    rings: list[Mark] = [BellMark()]
    for _ in range((found.count or 1) - 1):
        rings += [PauseMark(_BETWEEN_BELLS_S, ""), BellMark()]
    return rings


def _may_be_seconds(found: _Found, asks: set[_Is], waits: set[_Is]) -> bool:
    """Return whether a bare number can be what it stands for: the seconds of a pause, the speed of a voice."""
    least = _SHORTEST_BARE_SILENCE_S if waits == {_Is.SILENCE} else 0.0
    if not waits:
        return bool(asks & {_Is.UNHEARD, _Is.SURELY_UNHEARD})
    return len(found.loose) == 1 and found.length_s is None and found.loose[0] >= least


def _waiting(found: _Found, *, silent: bool) -> Mark | None:
    size = "short" if _Is.SHORT in found.says else "long" if _Is.LONG in found.says else ""
    usual = (SILENCE_S if silent else PAUSE_S)[size]
    seconds = found.length_s if found.length_s is not None else found.loose[0] if found.loose else usual
    if not 0 < seconds <= LONGEST_PAUSE_S:
        return None
    return SilenceMark(float(seconds)) if silent else PauseMark(float(seconds), "")


def _breaths(found: _Found, asks: set[_Is]) -> list[Mark] | None:
    count = 1 if found.count is None else found.count
    if found.loose and found.count is None and asks & {_Is.IN, _Is.OUT}:
        return _counted_breath(found, asks)
    if found.loose or (found.is_range and found.count is None):
        return None
    if not 1 <= count <= MOST_BREATHS:
        return None
    if found.count is None and _Is.IN in asks and _Is.OUT not in asks:
        return [PauseMark(BREATH_IN_S, "")]
    if found.count is None and _Is.OUT in asks and _Is.IN not in asks:
        return [PauseMark(BREATH_OUT_S, "")]
    return [BreathMark(None, None, count)]


def _counted_breath(found: _Found, asks: set[_Is]) -> list[Mark] | None:
    """Return the breath of “in for 4, out for 6”, and the pause of “inhale for 4” or “in 4, hold 4, out 4”."""
    if min(found.loose) < 1 or max(found.loose) > LONGEST_BREATH_S:
        return None
    if {_Is.IN, _Is.OUT} <= asks and len(found.loose) == 2:
        in_first = found.asks.index(_Is.IN) < found.asks.index(_Is.OUT)
        in_s, out_s = found.loose if in_first else found.loose[::-1]
        return [BreathMark(in_s, out_s, 1)]
    return [PauseMark(sum(found.loose), "")]


def between_sentences(before: str, after: str) -> bool:
    """Return whether what stands between two texts of one line stands between their sentences.

    Args:
        before: what precedes on the line, as written.
        after: what follows.
    """
    ahead = before.rstrip(" \t*_~\"”’'»)）]」』")
    behind = after.lstrip(" \t*_~\"“‘'«(（[「『¿¡-–—.…")
    ended = not ahead or ahead[-1] in ".!?…:;。！？：；—–।؟" or ahead[-1] in "-•>|" or not ahead[-1].isalnum()
    begins = not behind or not behind[0].islower() or after.lstrip(" \t*_~")[0] in "[({<［（【"
    return (ended and begins and not _joined(ahead)) or ahead.endswith(("…", "..."))


def _joined(ahead: str) -> bool:
    """Return whether a text breaks off at a comma: what follows belongs to its sentence."""
    return ahead.endswith((",", "،", "、"))


def is_gloss(before: str, after: str) -> bool:
    """Return whether a word in brackets explains the word before it, or names a key: the Italian pausa (pause) is.

    Args:
        before: what precedes on the line, as written.
        after: what follows.
    """
    return (
        bool(before.strip())
        and not between_sentences(before, after)
        and bool(_BEFORE_GLOSS.search(before) or _AFTER_GLOSS.match(after))
    )
