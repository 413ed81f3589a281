"""What is spoken before and after the author's words: guides, and a disclosure. A listener never hears them unasked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from pathlib import Path

from audio_builder.article.frontmatter import PLACE_KEY, read_front_matter
from audio_builder.article.source import SourceText
from audio_builder.errors import RecipeError, SourceError, did_you_mean
from audio_builder.files import looks_like_path
from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import Bell, Breath, Cue, Reason, Rest, Role, Say, Script, check_chapters
from audio_builder.script.pauses import rest_for
from audio_builder.script.phrases import phrases

_TEXTS = Path(__file__).resolve().parent / "guide_texts"
"""A folder for each language, a Markdown file for each guide."""

_USUAL_LANGUAGE = "en"


class Position(Enum):
    """Where a guide stands."""

    OPENING = "opening"
    CLOSING = "closing"


def guide_names() -> tuple[str, ...]:
    """Return the guides that are shipped, by name."""
    return tuple(sorted({path.stem for path in _TEXTS.glob("*/*.md")}))


def find_guide(name: str, language: str) -> SourceText | Path:
    """Return the text of a guide that is shipped, or the path of a person's own.

    Args:
        name: a name, or a path.
        language: BCP 47 tag of the words that it goes with; empty is taken for English.

    Raises:
        RecipeError: there is no such guide, or none in that language.
    """
    if name.strip().lower() in guide_names():
        name = name.strip().lower()
    elif name not in guide_names():
        if looks_like_path(name):
            return Path(name)
        otherwise = "Name one of these, or the path of a text of your own."
        raise RecipeError(
            f"there is no guide {name!r}; the guides are {', '.join(guide_names())}",
            hint=did_you_mean(name, guide_names(), otherwise, cutoff=0.5),
        )
    spoken = (language or _USUAL_LANGUAGE).split("-")[0].lower()
    path = _TEXTS / spoken / f"{name}.md"
    if not path.is_file():
        written = ", ".join(sorted(found.parent.name for found in _TEXTS.glob(f"*/{name}.md")))
        raise RecipeError(
            f"the guide {name!r} is written in {written}, and these words are in {language}",
            hint=f"Write one of your own and give its path: --guide my-{name}.md. If the words are in another "
            "language than that, say so with --language.",
        )
    return SourceText(path.read_text(encoding="utf-8"), f"the guide {name}", "markdown")


def describe_guide(name: str) -> str:
    """Return one line about a guide that is shipped: where it stands, its first sentence and its languages."""
    first = min(_TEXTS.glob(f"*/{name}.md"), key=lambda path: path.parent.name != _USUAL_LANGUAGE)
    source = SourceText(first.read_text(encoding="utf-8"), name, "markdown")
    place = "after" if position_of(source) is Position.CLOSING else "before"
    written = ", ".join(sorted(path.parent.name for path in _TEXTS.glob(f"*/{name}.md")))
    words = next(line for line in source.text.splitlines() if line[:1].isalpha() and ":" not in line.split(" ")[0])
    return f"{place} the words, {written}: “{words.partition('. ')[0].rstrip('.')} …”"


def position_of(source: SourceText) -> Position:
    """Return where a guide stands: before the words, unless it says otherwise.

    Raises:
        SourceError: it says something that isn't understood.
    """
    if source.kind not in {"markdown", "script"} or source.front is not None:
        return Position.OPENING
    said = read_front_matter(source.text, source.name).values.get(PLACE_KEY, Position.OPENING.value)
    if said not in {place.value for place in Position}:
        raise SourceError(
            f"{source.name}: `{PLACE_KEY}` is {said!r}; allowed are opening and closing",
            hint=f"Write `{PLACE_KEY}: opening` for before the words, `{PLACE_KEY}: closing` for after them.",
        )
    return Position(said)


def with_guides(opening: Sequence[Script], script: Script, closing: Sequence[Script], pacing: Pacing) -> Script:
    """Return a script with guides before and after its words, each a part of its own as under a heading.

    Where two meet, the closing and the opening silence make room for that before a heading, and a bell. A pause that a
    person set at the end of a part stays in its place.

    Raises:
        SourceTooLarge: it has more than 255 chapters by that, the most an MP3 file can list.
    """
    parts = [*opening, script, *closing]
    cues = list(parts[0].cues)
    for part in parts[1:]:
        cues = [*_without_closing(cues, pacing), *_as_section(part.cues, pacing)]
    check_chapters(cues)
    return replace(script, cues=tuple(cues))


def _without_closing(cues: list[Cue], pacing: Pacing) -> list[Cue]:
    last = cues[-1]
    if isinstance(last, Rest) and last.reason.by_person:
        return cues
    kept = cues[:-1] if isinstance(last, Rest) else cues
    return [*kept, *rest_for(Reason.BEFORE_HEADING, pacing)]


def _as_section(cues: Sequence[Cue], pacing: Pacing) -> list[Cue]:
    """Return the cues of a part that follows another: a bell in place of the opening silence."""
    chapter, *part = (cue for cue in cues if not (isinstance(cue, Rest) and cue.reason is Reason.OPENING))
    first = next(cue for cue in part if isinstance(cue, Bell | Breath | Say))
    if isinstance(first, Bell):
        return [chapter, *part]
    return [chapter, Bell(), *rest_for(Reason.BELL, pacing), *part]


def with_disclosure(script: Script, text: str, pacing: Pacing) -> Script:
    """Return the script with a few words at its end, after a rest like that before a heading.

    The narrator speaks them, in a paragraph of their own. A script that ends with them already stays as it is, so
    one that was written with them and is built under the same recipe says them once.

    Args:
        script: with at least one phrase.
        text: without marks; empty for none.
        pacing: for the rests.
    """
    said = [Say(phrase.text, Role.PROSE) for phrase in phrases(text, script.language)]
    spoken = [cue.text for cue in script.cues if isinstance(cue, Say)]
    if not said or spoken[-len(said) :] == [say.text for say in said]:
        return script
    cues = list(script.cues)
    closing = cues.pop() if isinstance(cues[-1], Rest) else None
    reason = Reason.BEFORE_HEADING
    for say in said:
        cues += rest_for(reason, pacing)
        cues.append(say)
        reason = Reason.SENTENCE
    cues += [closing] if closing else rest_for(Reason.CLOSING, pacing)
    return replace(script, cues=tuple(cues))
