"""What a source holds, and the script that it becomes under a recipe: all that can be known without a sound."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from audio_builder.article.asides import without_citations
from audio_builder.article.bad_marks import Place
from audio_builder.article.frontmatter import read_front_matter
from audio_builder.article.language import language_of, other_language, recognised_language
from audio_builder.article.model import Article
from audio_builder.article.read import read
from audio_builder.article.source import SourceText, open_source
from audio_builder.errors import EmptySource, UnknownVoice
from audio_builder.recipe.recipe_file import Layer
from audio_builder.recipe.settings import Pacing, Recipe, Tags
from audio_builder.recipe.values import tag_or_nothing
from audio_builder.script.cues import Role, Say, Script, check_chapters
from audio_builder.script.guides import Position, find_guide, position_of, with_disclosure, with_guides
from audio_builder.script.notation import parse_script
from audio_builder.script.pace import pace, repace
from audio_builder.script.parse_ssml import parse_ssml

Document = Article | Script
"""What a source holds: an article still to be paced, or a script whose pauses are set."""


def read_document(
    source: str | Path | SourceText,
    on_warning: Callable[[str], None] = lambda _: None,
    is_voice: Callable[[str], bool] = lambda _: True,
) -> Document:
    """Return what a source holds.

    Args:
        source: a path, or a text that was opened already.
        on_warning: called with what can't be carried over and what a person should know of the reading, a line each.
        is_voice: whether a voice that SSML names is one of ours; others are reported and passed over.

    Raises:
        SourceError: it can't be read, is no text, or has nothing in it to speak.
    """
    text = source if isinstance(source, SourceText) else open_source(Path(source))
    document = _read(text, on_warning, is_voice)
    # A file of another program may say anything; what a person wrote in front matter was checked there.
    return replace(document, language=tag_or_nothing(document.language), place=text.place)


def _read(text: SourceText, on_warning: Callable[[str], None], is_voice: Callable[[str], bool]) -> Document:
    if text.kind == "ssml":
        imported = parse_ssml(text, is_voice)
        for note in imported.notes:
            on_warning(note)
        return imported.script
    if text.kind == "script":
        for note in read_front_matter(text.text, text.name).notes:
            on_warning(note)
        return _with_found_image(parse_script(text.text, text.name), Path(text.name).parent)
    article = read(text)
    for note in article.notes:
        on_warning(note)
    return _with_found_image(article, Path(text.name).parent)


def _with_found_image(document: Document, folder: Path) -> Document:
    """Return a document whose picture is found wherever its script is written to."""
    image = document.details.image
    if not image:
        return document
    path = str((folder / image).absolute())
    return replace(document, details=msgspec.structs.replace(document.details, image=path))


def own_settings(document: Document) -> Layer:
    """Return the settings that a document brings with it: a script its pacing, an article none."""
    return {"pacing": {"preset": document.pacing}} if isinstance(document, Script) and document.pacing else {}


@dataclass(frozen=True, slots=True)
class LanguageNote:
    """What there is to say of a document's language; an empty text where its author said it.

    Attributes:
        text: one line.
        warns: a voice of another language may read it, so that the line is said whatever the verbosity.
    """

    text: str = ""
    warns: bool = False


def settle_language(document: Document, recipe: Recipe) -> tuple[Document, LanguageNote]:
    """Return a document that says its language if at all possible, and one line on it where nothing had said it.

    The recipe wins over the document; where neither says it, it is recognised from the words.
    """
    if said := recipe.tags.language or document.language:
        asked = bool(recipe.tags.language)
        other = other_language(document, said) if isinstance(document, Article) and not asked else ""
        note = f"The text says that it is in {said}, but its words look like {other}. Use --language to change it."
        return replace(document, language=said), LanguageNote(note, warns=True) if other else LanguageNote()
    if tag := recognised_language(document) if isinstance(document, Article) else language_of(_words_of(document)):
        detected = f"Language: {tag} (detected). Use --language to change it."
        return replace(document, language=tag), LanguageNote(detected)
    return document, LanguageNote(
        "Language not recognised; assuming English (en). Use --language to set it.", warns=True
    )


def _words_of(script: Script) -> str:
    return "\n".join([script.title, *(cue.text for cue in script.cues if isinstance(cue, Say) and not cue.language)])


def add_guides(document: Document, recipe: Recipe, guides: Sequence[str]) -> Document:
    """Return a document with guides before and after its words: a script then, with nothing else changed.

    Args:
        document: from `read_document`.
        recipe: its pacing is that of the guides, too.
        guides: names of `script.guides.guide_names`, or paths of texts of one's own, in the order in which
            they are heard.

    Raises:
        RecipeError: there is no such guide, or none in the language of the words.
        SourceError: a text of one's own can't be read, or has nothing in it to speak.
    """
    if not guides:
        return document
    # A spoken disclosure comes after the last guide, when the whole is made.
    recipe = msgspec.structs.replace(recipe, spoken_disclosure="")
    script = make_script(document, recipe)
    # A pacing that slows down does so over the words of the author.
    even = msgspec.structs.replace(recipe.pacing, slowing=1.0)
    own = msgspec.structs.replace(recipe, pacing=even, tags=Tags(language=script.language))
    placed: dict[Position, list[Script]] = {position: [] for position in Position}
    for name in guides:
        found = find_guide(name, script.language)
        source = found if isinstance(found, SourceText) else open_source(found)
        placed[position_of(source)].append(make_script(read_document(source), own))
    return with_guides(placed[Position.OPENING], script, placed[Position.CLOSING], recipe.pacing)


def make_script(document: Document, recipe: Recipe) -> Script:
    """Return the script of a document under a recipe, with the recipe's title, author and so on.

    A script keeps its own pauses; only if the recipe names another preset, those that a rule made
    are set anew. A title that the recipe gives is shown, not spoken: it is not the author's words.

    Raises:
        EmptySource: there is nothing in it to speak.
        ScriptError: there are more chapters than a player's list can hold.
    """
    document = settle_language(document, recipe)[0]
    if isinstance(document, Article):
        script = pace(document if recipe.citations else _without_citations(document), recipe.pacing)
    elif (document.pacing or Pacing().preset) == recipe.pacing.preset:
        script = document
    else:
        script = repace(document, recipe.pacing)
    if not any(isinstance(cue, Say) for cue in script.cues):
        raise EmptySource("there are no words to speak in it", hint="Give a text with words in it.")
    check_chapters(script.cues)
    script = _entitled(_with_quote_voice(script, recipe.quote_voice), recipe.tags)
    return with_disclosure(script, recipe.spoken_disclosure, recipe.pacing)


def _without_citations(article: Article) -> Article:
    """Return an article whose lines have no citations of author and year."""
    sections = (
        replace(
            section,
            blocks=tuple(
                replace(block, lines=tuple(replace(line, text=without_citations(line.text)) for line in block.lines))
                for block in section.blocks
            ),
        )
        for section in article.sections
    )
    return replace(article, sections=tuple(sections))


def _with_quote_voice(script: Script, voice: str) -> Script:
    """Return the script with its quotations in another voice, where no mark has given them one."""
    if not voice:
        return script
    cues = (
        replace(cue, voice=voice) if isinstance(cue, Say) and cue.role is Role.QUOTE and not cue.voice else cue
        for cue in script.cues
    )
    return replace(script, cues=tuple(cues))


def _entitled(script: Script, tags: Tags) -> Script:
    return replace(
        script,
        title=tags.title or script.title,
        subtitle=tags.subtitle or script.subtitle,
        author=tags.author or script.author,
        language=tags.language or script.language,
        date=tags.date or script.date,
    )


_VOICE_MARK = re.compile(r"(?<!\\)\[\s*voice[\s:=]+[\"'“‘]?([^\[\]\s\"'”’]+)[\"'”’]?\s*\]", re.IGNORECASE)


def check_voices(document: Article | Script, source: SourceText, find: Callable[[str], object]) -> None:
    """Check that each voice that a mark names is there.

    Args:
        document: what was read from the source.
        source: searched for the marks.
        find: raises `UnknownVoice` for a name that is none.

    Raises:
        UnknownVoice: as `find`, with the file, the line and the column of the mark.
    """
    for number, line in enumerate(source.text.split("\n") if "[" in source.text else (), start=1):
        for mark in _VOICE_MARK.finditer(line):
            try:
                find(mark[1])
            except UnknownVoice as error:
                if _names(document, mark[1].lower()):
                    place = Place(source.name, number, mark.start() + 1)
                    raise UnknownVoice(f"{place}: {error.message}", hint=error.hint) from error


def _names(document: Article | Script, name: str) -> bool:
    """Return whether a mark that counts names a voice: what isn't spoken, such as a comment, has none."""
    if isinstance(document, Script):
        return any(isinstance(cue, Say) and cue.voice == name for cue in document.cues)
    lines = (line for section in document.sections for line in section.lines)
    return any(mark[1].lower() == name for line in lines for mark in _VOICE_MARK.finditer(line.text))
