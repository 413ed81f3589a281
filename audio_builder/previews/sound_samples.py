"""A sample of each background and bell, and a page to hear them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from audio_builder.article.source import source_from_bytes
from audio_builder.episode.identity import IfThere
from audio_builder.errors import AudioBuilderError
from audio_builder.files import check_named, write_named
from audio_builder.pipeline import build
from audio_builder.previews.voice_samples import PageEntry, PageSection, sample_page, sample_text
from audio_builder.progress import Progress, silent
from audio_builder.recipe.settings import BACKGROUNDS, Pacing, Recipe, Soundscape, Tags
from audio_builder.script.estimate import clock
from audio_builder.sound.background import NO_BACKGROUND, describe_background
from audio_builder.sound.bells import BELLS, NO_BELL, describe_bell
from audio_builder.voices.catalogue import find_voice

PAGE = "sounds.html"
_TITLE = "Backgrounds and bells"
_INTRO = (
    "Each background lies under the same words, as far below them as in an episode. Each bell is struck between two "
    "sentences. The voice is synthetic."
)
_BELL_TEXT = "---\nid: the bell {name}\n---\nHere is the bell.\n\n[bell]\n\n[pause 4s]\n\nThat was the bell.\n"


@dataclass(frozen=True, slots=True)
class _Trial:
    """What is built to hear one sound."""

    kind: str
    name: str
    about: str
    text: str
    recipe: Recipe


def make_sounds_preview(
    folder: Path, voice: str, begin: Callable[[str], Progress] = lambda _name: silent, *, force: bool = False
) -> Path:
    """Build a short episode with each background and each bell, and the page to hear them; return the page's path.

    Args:
        folder: where they go; made if it isn't there.
        voice: who speaks.
        begin: called with the name of each sample that is begun; what it returns gets the steps of its build.
        force: whether they may replace what is there.

    Raises:
        UnknownVoice: there is none of that name.
        OutputError: the folder can't be written.
    """
    page = folder / PAGE
    check_named(page, force=force)
    words, language = sample_text(find_voice(voice).language)
    kinds = {"Backgrounds": _backgrounds(voice, words, language), "Bells": _bells(voice, language)}
    sections = [
        PageSection(heading=heading, entries=tuple(_entry(trial, folder, begin, force=force) for trial in trials))
        for heading, trials in kinds.items()
    ]
    folder.mkdir(parents=True, exist_ok=True)
    write_named(page, sample_page(_TITLE, _INTRO, sections, "No sample could be made."), force=force)
    return page


def _backgrounds(voice: str, words: str, language: str) -> list[_Trial]:
    return [
        _Trial(
            "background",
            name,
            describe_background(name),
            f"---\nid: the background {name}\n---\n{words}",
            Recipe(voice=voice, soundscape=Soundscape(background=name), tags=_tags("background", name, language)),
        )
        for name in BACKGROUNDS
        if name != NO_BACKGROUND
    ]


def _bells(voice: str, language: str) -> list[_Trial]:
    return [
        _Trial(
            "bell",
            name,
            describe_bell(name),
            _BELL_TEXT.format(name=name),
            Recipe(
                voice=voice,
                pacing=Pacing(opening_s=0.5, closing_s=3.0),
                soundscape=Soundscape(background=NO_BACKGROUND, bell=name),
                tags=_tags("bell", name, language),
            ),
        )
        for name in BELLS
        if name != NO_BELL
    ]


def _tags(kind: str, name: str, language: str) -> Tags:
    return Tags(title=f"The {kind} {name}", show="Sounds", language=language, carry_source=False)


def _entry(trial: _Trial, folder: Path, begin: Callable[[str], Progress], *, force: bool) -> PageEntry:
    entry = PageEntry(name=trial.name, about=trial.about, use=f"--{trial.kind} {trial.name}")
    source = source_from_bytes(trial.text.encode(), f"{trial.kind}-{trial.name}.txt")
    if_there: IfThere = "replace" if force else "new version"
    try:
        report = build(source, trial.recipe, folder, if_there=if_there, progress=begin(trial.name))
    except AudioBuilderError as error:
        return msgspec.structs.replace(entry, problem=error.message, mend=error.hint)
    facts = (("Length", clock(report.duration_s)),)
    return msgspec.structs.replace(entry, audio=Path(report.path).name, facts=facts)
