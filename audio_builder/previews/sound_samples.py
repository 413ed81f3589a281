"""A sample of each background and bell, and a page to hear them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from audio_builder.article.source import source_from_bytes
from audio_builder.errors import AudioBuilderError
from audio_builder.files import check_named, write_named
from audio_builder.pipeline import build
from audio_builder.previews.sample_page import Entry, Section, clock, sample_page
from audio_builder.previews.voice_samples import sample_text
from audio_builder.progress import Progress, silent
from audio_builder.recipe.settings import BACKGROUNDS, Pacing, Recipe, Soundscape, Tags
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
        VoiceError: the voice isn't ready.
        OutputError: the folder can't be written.
    """
    page = folder / PAGE
    check_named(page, force=force)
    words, language = sample_text(find_voice(voice).language)

    def sample(kind: str, name: str, about: str, text: str, recipe: Recipe) -> Entry:
        source = source_from_bytes(text.encode(), f"{kind}-{name}.txt")
        entry = Entry(name=name, about=about, use=f"--{kind} {name}")
        try:
            report = build(source, recipe, folder, if_there="replace" if force else "new version", progress=begin(name))
        except AudioBuilderError as error:
            return Entry(name=name, about=about, problem=error.message, mend=error.hint)
        return Entry(
            name=name,
            about=about,
            audio=Path(report.path).name,
            facts=(("Length", clock(report.duration_s)),),
            use=entry.use,
        )

    def tags(title: str) -> Tags:
        return Tags(title=title, show="Sounds", language=language, carry_source=False)

    backgrounds = tuple(
        sample(
            "background",
            name,
            describe_background(name),
            f"---\nid: the background {name}\n---\n{words}",
            Recipe(voice=voice, soundscape=Soundscape(background=name), tags=tags(f"The background {name}")),
        )
        for name in BACKGROUNDS
        if name != NO_BACKGROUND
    )
    bells = tuple(
        sample(
            "bell",
            name,
            describe_bell(name),
            _BELL_TEXT.format(name=name),
            Recipe(
                voice=voice,
                pacing=Pacing(opening_s=0.5, closing_s=3.0),
                soundscape=Soundscape(background=NO_BACKGROUND, bell=name),
                tags=tags(f"The bell {name}"),
            ),
        )
        for name in BELLS
        if name != NO_BELL
    )
    folder.mkdir(parents=True, exist_ok=True)
    sections = [Section(heading="Backgrounds", entries=backgrounds), Section(heading="Bells", entries=bells)]
    write_named(page, sample_page(_TITLE, _INTRO, sections, "No sample could be made."), force=force)
    return page
