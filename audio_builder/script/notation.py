r"""The script file: a script as text that a person can read, edit and build from.

One phrase a line, its pause after it; the sign at the start of a line says what the phrase is:

    # title     ### subtitle     ## heading     > quotation     | line of verse     - item

A line without a sign is prose. A backslash makes the character after it ordinary: `\[`, `\#`. A line that begins with
`//` is a note, and so is what stands between `<!--` and `-->`; signs of emphasis (`**`) aren't spoken.
`format_script` and `parse_script` are each other's exact inverses.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from audio_builder.article.bad_marks import BadMark, Locate, Place, bad_marks_error
from audio_builder.article.details import Details, details_as_values
from audio_builder.article.frontmatter import PLACE_KEY, FrontMatter, read_front_matter, without_front_matter
from audio_builder.article.mark_kinds import (
    BackgroundMark,
    BeatMark,
    BellMark,
    BreathMark,
    ChapterMark,
    LangMark,
    PauseMark,
    QuieterMark,
    SilenceMark,
    SlowerMark,
    StyleMark,
    VoiceMark,
)
from audio_builder.article.marks import Words, escape, split
from audio_builder.article.source import SCRIPT_KEY
from audio_builder.article.text import clean, speakable, up_to_last
from audio_builder.errors import EmptySource, ScriptError
from audio_builder.recipe.settings import PACING_PRESETS, Pacing
from audio_builder.script.builder import SpeechStyle, breath_cue, marks_between, style_of
from audio_builder.script.cues import (
    Background,
    Beat,
    Bell,
    Breath,
    ChapterStart,
    Cue,
    Reason,
    Rest,
    Role,
    Say,
    Script,
    check_chapters,
    untitled,
)

VERSION = "1"
"""Version of the notation, the value of the key `audio-builder-script`."""

_KEYS = (SCRIPT_KEY, "title", "subtitle", "author", "language", "date", "id", "pacing")
_ALL_KEYS = (*_KEYS, "slug", PLACE_KEY, *Details.__struct_fields__)
_SIGNS = {
    Role.TITLE: "# ",
    Role.SUBTITLE: "### ",
    Role.HEADING: "## ",
    Role.PROSE: "",
    Role.VERSE: "| ",
    Role.QUOTE: "> ",
    Role.ITEM: "- ",
}
_ROLES = {sign.strip(): role for role, sign in _SIGNS.items() if sign}
_REASONS = {reason.value: reason for reason in Reason if not reason.by_person}
_SIGN = re.compile(r"\s*(#{1,3}|[|>-])(?:\s+|$)")
NOTE = re.compile(r"\s*//(?:\s|$)")
_COMMENT = re.compile(r"(?<!\\)<!--.*?-->", re.DOTALL)
_EMPHASIS = re.compile(
    r"(?<![\w*_\\])(?:\*{1,3}|_{1,3})(?=[\w“‘\"'(\[<{\\])|(?<=[\w.,;:!?…”’\"')\]>}])(?:\*{1,3}|_{1,3})(?![\w*_])"
)
_MAY_BE_READ_OTHERWISE = re.compile(r"([*_(<{/［【（])")
_KEY_LINE = re.compile(rf"\s*{SCRIPT_KEY}\s*:", re.IGNORECASE)
_NO_GAP_AFTER = frozenset({Reason.SENTENCE, Reason.LINE, Reason.ITEM, Reason.ELLIPSIS, Reason.DASH, Reason.BELL})
_PLAIN_VALUE = re.compile(r"[^\W_][\w ,.'’()!?…–—“”-]*(?<! )")
_QUOTED_IN_YAML = re.compile(r'["\\]|[^ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]')
_HELP = """\
# One phrase a line, with the pause after it. Change what you like, then build from this file.
# A pause without a reason, such as [pause 12s], is yours: it stays as it is under any pacing.
# Line starts: "#" title, "###" subtitle, "##" heading, ">" quotation, "|" verse, "-" list item.
# Marks: [pause 4s] [silence 2m] [beat 1s] [bell] [breath 4-6 x3] [chapter A title], and until they are ended:
# [voice emma] ... [voice], [lang fr] ... [/lang], [slower] ... [slower off], [quieter] ... [quieter off],
# [background rain] ... [background].
# Put \\ before a bracket that is to be read aloud. A line that begins with // is a note to yourself.
"""


def format_script(script: Script) -> str:
    """Return a script as the text of a script file."""
    values = (VERSION, *(getattr(script, key) for key in _KEYS[1:]))
    head = "".join(f"{key}: {_yaml(value)}\n" for key, value in zip(_KEYS, values, strict=True) if value)
    head += "".join(f"{key}: {_yaml_list(value)}\n" for key, value in details_as_values(script.details).items())
    return f"---\n{head}{_HELP}---\n" + "\n".join(_lines(script.cues)) + "\n"


def parse_script(text: str, name: str) -> Script:
    """Return the script that a script file holds.

    Lines without a letter or a digit are passed over. Where the file doesn't begin with a chapter, one is begun.

    Raises:
        ScriptError: marks, reasons or the front matter are wrong; each with line and column, and the closest right one.
        SourceError: the front matter is malformed.
        EmptySource: nothing is said in it.
        SourceTooLarge: it has more than 255 chapters, the most an MP3 file can list.
    """
    text = clean(text)
    front = read_front_matter(text, name)
    _check_front_matter(front, name, text)
    pacing = front.values.get("pacing", "")
    cues: list[Cue] = []
    bad: list[BadMark] = []
    style = SpeechStyle()
    for number, line in enumerate(_without_comments(without_front_matter(text, front)).split("\n"), start=1):
        for found in _line_cues(line, Place(name, number, 1), PACING_PRESETS.get(pacing, Pacing()), bad.append):
            if isinstance(found, StyleMark):
                style = style.after(found)
            else:
                cues.append(style.say(found.text, found.role) if isinstance(found, Say) else found)
    if bad:
        raise bad_marks_error(bad)
    if not any(isinstance(cue, Say) for cue in cues):
        raise EmptySource(f"{name} has no words to speak", hint="Give a script with words in it.")
    cues = _beginning_with_chapter(cues, front.title or untitled(front.language))
    check_chapters(cues, name)
    return Script(
        title=front.title,
        subtitle=front.subtitle,
        author=front.author,
        language=front.language,
        date=front.date,
        pacing=pacing,
        cues=tuple(cues),
        details=front.details,
        id=front.id,
    )


def _lines(cues: tuple[Cue, ...]) -> Iterator[str]:
    """Yield the lines of the file's body, with empty ones where a reader takes a breath."""
    before: list[Cue] = []
    style = SpeechStyle()
    for row in _rows(cues):
        if _gap_between(before, row):
            yield ""
        yield " ".join(_say_line(cue, style) if isinstance(cue, Say) else written(cue) for cue in row)
        style = style_of(row[0]) if isinstance(row[0], Say) else style
        before = row


def _rows(cues: tuple[Cue, ...]) -> list[list[Cue]]:
    """Return the cues that stand on one line together: a phrase, a bell or a breath with its rests."""
    rows: list[list[Cue]] = []
    for cue in cues:
        if isinstance(cue, Rest | Beat) and rows and not isinstance(rows[-1][0], ChapterStart):
            rows[-1].append(cue)
        else:
            rows.append([cue])
    return rows


def _gap_between(before: list[Cue], row: list[Cue]) -> bool:
    if not before or isinstance(row[0], ChapterStart):
        return True
    first, last = before[0], before[-1]
    if isinstance(last, Beat):
        return False
    if isinstance(last, Rest):
        return last.reason not in _NO_GAP_AFTER
    return isinstance(first, Say) and isinstance(row[0], Say) and first.role is not row[0].role


def _say_line(say: Say, before: SpeechStyle) -> str:
    """Return a phrase with its sign, and with marks where it isn't said as what came before."""
    text = _escaped(say.text)
    if marks := list(marks_between(before, style_of(say))):
        return f"{_SIGNS[say.role]}{' '.join(marks)} {text}"
    if say.role is Role.PROSE and (_SIGN.match(text) or NOTE.match(text)):
        return f"\\{text}"
    return f"{_SIGNS[say.role]}{text}"


def _escaped(words: str) -> str:
    """Return words as they stand in a script, with a backslash before each sign that would be read otherwise."""
    light = escape(words)
    if _EMPHASIS.search(light) or "<!--" in light:
        return _MAY_BE_READ_OTHERWISE.sub(r"\\\1", light)
    return light


def _without_comments(text: str) -> str:
    """Return a text without what stands between `<!--` and `-->`; lines keep their numbers."""
    closed, rest = up_to_last(text, "-->")
    return _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), closed) + rest


def _line_cues(line: str, place: Place, pacing: Pacing, on_bad: Callable[[BadMark], None]) -> Iterator[Cue | StyleMark]:
    """Yield the cues of one line, and the marks that change how words are said; `place` is where the line begins."""
    if NOTE.match(line):
        return
    sign = _SIGN.match(line)
    role = _ROLES[sign[1]] if sign else Role.PROSE
    start = sign.end() if sign else len(line) - len(line.lstrip())
    locate = _locate_from(place, start, line)
    for piece in split(_EMPHASIS.sub("", line[start:]), locate, script=True, on_bad=on_bad):
        match piece:
            case Words(words):
                if speakable(words):
                    yield Say(" ".join(words.split()), role)
            case PauseMark(seconds, reason):
                if seconds > 0:
                    where = Place(place.name, place.line, max(line.find(f" {reason}"), 0) + 2)
                    yield Rest(seconds, _reason_or_bad(reason, where, on_bad))
            case VoiceMark() | LangMark() | SlowerMark() | QuieterMark():
                yield piece
            case _:
                yield cue_of(piece, pacing)


def _reason_or_bad(words: str, place: Place, on_bad: Callable[[BadMark], None]) -> Reason:
    """Return the reason of a pause; where there is none of that name, `on_bad` is called."""
    try:
        return reason_of(words, place)
    except ScriptError as error:
        on_bad(BadMark(place, error.message.removeprefix(f"{place}: "), "", error.hint))
        return Reason.MARK


def _locate_from(place: Place, start: int, line: str) -> Locate:
    """Return what gives the column of a bracket: signs of emphasis before it may have been taken away."""

    def locate(bracket: str, offset: int) -> Place:
        found = line.find(bracket, start + offset)
        return Place(place.name, place.line, place.column + (found if found >= 0 else start + offset))

    return locate


def _beginning_with_chapter(cues: list[Cue], title: str) -> list[Cue]:
    """Return the cues with the first chapter before everything that sounds or rests."""
    for place, cue in enumerate(cues):
        if isinstance(cue, ChapterStart):
            return [cue, *cues[:place], *cues[place + 1 :]]
        if not isinstance(cue, Rest | Background):
            break
    return [ChapterStart(title), *cues]


def _check_front_matter(front: FrontMatter, name: str, text: str) -> None:
    version = front.values.get(SCRIPT_KEY, "")
    if not front.lines and _KEY_LINE.match(text.lstrip("-\n ")):
        missing = "first" if not text.lstrip().startswith("---") else "second"
        raise ScriptError(
            f"{name}:1: the {missing} line of three hyphens (---) is missing; `{SCRIPT_KEY}: {VERSION}` and the other "
            "keys stand between two of them",
            hint="Write `---` on a line of its own above the first key and below the last.",
        )
    if version != VERSION:
        found = f"`{SCRIPT_KEY}: {version}`" if version else "no version"
        raise ScriptError(
            f"{name}:1: the front matter has {found}; a script file has `{SCRIPT_KEY}: {VERSION}`",
            hint="Write a script file with `audio-builder script` and edit that.",
        )
    for key in front.keys:
        if key not in _ALL_KEYS:
            closest = difflib.get_close_matches(key, _ALL_KEYS, n=1, cutoff=0)[0]
            raise ScriptError(
                f"{name}: `{key}` is not a key of a script's front matter; the closest is `{closest}`. "
                f"The keys are {', '.join(_ALL_KEYS)}.",
                hint="Remove the line or correct it.",
            )


def _yaml_list(value: str | list[str]) -> str:
    return f"[{', '.join(map(_yaml_quoted, value))}]" if isinstance(value, list) else _yaml(value)


def _yaml(value: str) -> str:
    """Return a text as a YAML value: as it is where that is safe, else in double quotation marks."""
    if _PLAIN_VALUE.fullmatch(value):
        return value
    return _yaml_quoted(value)


def _yaml_quoted(value: str) -> str:
    return f'"{_QUOTED_IN_YAML.sub(_yaml_escape, value)}"'


def _yaml_escape(found: re.Match[str]) -> str:
    character = found.group()
    return f"\\{character}" if character in '"\\' else f"\\U{ord(character):08x}"


def cue_of(mark: SilenceMark | BeatMark | BellMark | BreathMark | ChapterMark | BackgroundMark, pacing: Pacing) -> Cue:
    """Return the cue that a mark stands for."""
    match mark:
        case SilenceMark(seconds):
            return Rest(seconds, Reason.SILENCE)
        case BeatMark(seconds):
            return Beat(seconds)
        case BellMark():
            return Bell()
        case BreathMark():
            return breath_cue(mark, pacing)
        case ChapterMark(title):
            return ChapterStart(title)
        case BackgroundMark(name):
            return Background(name)


def reason_of(words: str, place: Place) -> Reason:
    """Return the reason that stands after a pause's length; no words mean that a person set the pause.

    Raises:
        ScriptError: there is no such reason; the message names the closest.
    """
    if not words:
        return Reason.MARK
    if words not in _REASONS:
        closest = difflib.get_close_matches(words, _REASONS, n=1, cutoff=0) or [Reason.SENTENCE.value]
        raise ScriptError(
            f"{place}: “{words}” is not a reason for a pause; the closest is [pause 4s {closest[0]}]. "
            f"The reasons are {', '.join(_REASONS)}.",
            hint="Leave the reason out for a pause of your own: it then stays as it is under any pacing.",
        )
    return _REASONS[words]


def written(cue: Rest | Beat | Bell | Breath | ChapterStart | Background) -> str:
    """Return a cue as the mark that stands for it in a script file."""
    match cue:
        case Rest(seconds, Reason.SILENCE):
            inside = f"silence {_minutes_and_seconds(seconds)}"
        case Rest(seconds, reason):
            inside = f"pause {plain_number(seconds)}s {'' if reason is Reason.MARK else reason.value}"
        case Beat(seconds):
            inside = f"beat {plain_number(seconds)}s"
        case Bell():
            inside = "bell"
        case Breath(in_s, out_s, count):
            inside = f"breath {plain_number(in_s)}-{plain_number(out_s)} x{count}"
        case ChapterStart(title):
            escaped = "".join(f"\\{character}" if character in "\\[]<*_" else character for character in title)
            inside = f"chapter {escaped}"
        case Background(name):
            inside = f"background {name}"
    return f"[{inside.rstrip(' ')}]"


def _minutes_and_seconds(seconds: float) -> str:
    """Return a length as `2m`, `1m30s` or `0.5s`; only whole seconds are divided, for the rest would be inexact."""
    if seconds < 60 or not seconds.is_integer():
        return f"{plain_number(seconds)}s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if rest else f"{minutes}m"


def plain_number(value: float) -> str:
    """Return the shortest decimal that reads back as the same number, never with an exponent.

    >>> plain_number(4.0), plain_number(1.6)
    ('4', '1.6')
    """
    return format(Decimal(repr(value)), "f").removesuffix(".0")
