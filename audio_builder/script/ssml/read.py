"""From SSML to a script: W3C's Speech Synthesis Markup Language 1.0 and 1.1.

The parser is libexpat. A document type is refused at its first sign, so no entity can be declared: nothing unfolds
and nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from audio_builder.article.marks import Place
from audio_builder.article.source import SourceText
from audio_builder.errors import EmptySource, SourceError
from audio_builder.recipe.settings import Pacing
from audio_builder.script.chapters import UNTITLED, check_chapters
from audio_builder.script.cues import ChapterStart, Say, Script
from audio_builder.script.ssml.elements import NAMESPACE, Elements

_DEEPEST = 64
_HINT = "Export the file again from the program that it is from, or save it as plain text."
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


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
    depth = 0

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth
        namespace, _, name = tag.rpartition(" ")
        if not depth and name != "speak":
            raise SourceError(f"{here()}: it begins with <{name[:40]}>; SSML begins with <speak>", hint=_HINT)
        if depth == _DEEPEST:
            raise SourceError(f"{here()}: its elements are nested more than {_DEEPEST} deep", hint=_HINT)
        depth += 1
        elements.start(name, attributes, foreign=namespace not in {"", NAMESPACE})

    def end(_tag: str) -> None:
        nonlocal depth
        depth -= 1
        elements.end()

    def refuse(*_declared: object) -> None:
        line = parser.CurrentLineNumber
        raise SourceError(
            f"{source.name}:{line}: it is refused, because it declares a document type (<!DOCTYPE>)",
            hint="Remove that line; SSML needs none.",
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = end
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
    cues = elements.pauses.finished()
    if not any(isinstance(cue, Say) for cue in cues):
        raise EmptySource(f"{name} has no words to speak", hint="Give a text with words in it.")
    title, subtitle, author, date = (elements.meta.get(key, "") for key in ("title", "subtitle", "author", "date"))
    if not isinstance(cues[0], ChapterStart):
        cues = [ChapterStart(title or UNTITLED), *cues]
    check_chapters(cues, name)
    day = date if _DAY.fullmatch(date) else ""
    return Script(title, subtitle, author, elements.language, day, Pacing().preset, tuple(cues))
