"""Making a sample of each voice, and the page that lists them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from audio_builder.article.source import source_from_bytes
from audio_builder.episode.naming import file_stem
from audio_builder.errors import AudioBuilderError
from audio_builder.files import check_named, write_named
from audio_builder.pipeline import build
from audio_builder.progress import Progress, silent
from audio_builder.recipe.settings import Recipe, Tags
from audio_builder.voice_preview.page import Sample, preview_page
from audio_builder.voice_preview.samples import sample_text
from audio_builder.voices.catalogue import find_voice, list_voices
from audio_builder.voices.profile import VoiceProfile
from audio_builder.voices.status import voice_status

PAGE = "voices.html"
_NO_WORDS = "und"


@dataclass(frozen=True, slots=True)
class Preview:
    """What was made.

    Attributes:
        page: the page.
        samples: one for each voice, made or not.
    """

    page: Path
    samples: tuple[Sample, ...]


def make_preview(
    names: Sequence[str],
    folder: Path,
    begin: Callable[[str], Progress] = lambda _name: silent,
    *,
    force: bool = False,
) -> Preview:
    """Build a short episode with each voice, and the page to compare them.

    A voice that isn't ready, or that fails, is on the page with what to do about it; the others are made.

    Args:
        names: voices or blends; none for all that speak words.
        folder: where they go; made if it isn't there.
        begin: told of each voice that is begun; what it returns is told of the steps of its build.
        force: whether they may replace what is there.

    Raises:
        UnknownVoice: there is none of a name.
        VoiceError: a profile is malformed.
        OutputError: the folder can't be written.
    """
    wanted = {name: find_voice(name) for name in names} or {
        profile.name: profile for profile in list_voices() if profile.language != _NO_WORDS
    }
    page = folder / PAGE
    check_named(page, force=force)
    samples = tuple(_sample(name, profile, folder, begin, force=force) for name, profile in wanted.items())
    folder.mkdir(parents=True, exist_ok=True)
    write_named(page, preview_page(samples), force=force)
    return Preview(page, samples)


def _sample(name: str, profile: VoiceProfile, folder: Path, begin: Callable[[str], Progress], *, force: bool) -> Sample:
    words, language = sample_text(profile.language)
    status = voice_status(profile)
    sample = Sample(
        name=name,
        description=profile.description,
        engine=profile.engine,
        licence=profile.licence,
        attribution=profile.attribution,
        language=profile.language,
        slowest_wpm=status.slowest_wpm,
        fastest_wpm=status.fastest_wpm,
        problem=status.problem,
        mend=status.mend,
    )
    if not status.ready:
        return sample
    recipe = Recipe(
        voice=name, tags=Tags(title=f"The voice {name}", show="Voices", language=language, carry_source=False)
    )
    try:
        # Its id says that a later sample of the voice is a new version of this one, whatever its words are then.
        text = f"---\nid: the voice {file_stem(name)}\n---\n{words}"
        source = source_from_bytes(text.encode(), f"{profile.name}.txt")
        report = build(source, recipe, folder, if_there="replace" if force else "new version", progress=begin(name))
    except AudioBuilderError as error:
        return msgspec.structs.replace(sample, problem=error.message, mend=error.hint)
    return msgspec.structs.replace(
        sample,
        audio=Path(report.path).name,
        duration_s=report.duration_s,
        wpm=report.voice.wpm_measured,
    )
