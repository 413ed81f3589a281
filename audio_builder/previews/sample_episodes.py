"""Short episodes to hear voices, backgrounds and bells by, and a page to compare them."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import jinja2
import msgspec
from markupsafe import Markup
from msgspec import Struct

from audio_builder.article.source import source_from_bytes
from audio_builder.episode.identity import IfThere
from audio_builder.episode.naming import file_stem
from audio_builder.episode.report import BuildReport
from audio_builder.errors import AudioBuilderError
from audio_builder.files import check_named, write_named
from audio_builder.pipeline import build
from audio_builder.progress import Progress, silent
from audio_builder.recipe.settings import BACKGROUNDS, Pacing, Recipe, Soundscape, Tags
from audio_builder.script.estimate import clock
from audio_builder.sound.background import NO_BACKGROUND, describe_background
from audio_builder.sound.bells import BELLS, NO_BELL, describe_bell
from audio_builder.voices.catalogue import find_voice, scan_voices
from audio_builder.voices.profile import VoiceProfile
from audio_builder.voices.status import voice_status

VOICES_PAGE, SOUNDS_PAGE = "voices.html", "sounds.html"
_VOICES_INTRO = (
    "The same words over the same background, each as loud as an episode is. All of these voices are synthetic."
)
_SOUNDS_INTRO = (
    "Each background lies under the same words, as far below them as in an episode. Each bell is struck between two "
    "sentences. The voice is synthetic."
)
_BELL_TEXT = "Here is the bell.\n\n[bell]\n\n[pause 4s]\n\nThat was the bell.\n"
_NO_WORDS = "und"

Begin = Callable[[str], Progress]
"""Called with the name of each sample that is begun; what it returns gets the steps of its build."""


class PageEntry(Struct, frozen=True, kw_only=True):
    """One thing on the page.

    Attributes:
        name: what the user types.
        about: one line.
        audio: the sample's file name, in the page's folder; empty where there is none.
        facts: what is known of it, each a label and a value.
        use: the option that chooses it, such as `--voice lark`; empty where no option does.
        problem: why there is no sample; empty where there is one.
        mend: what to do about that.
    """

    name: str
    about: str
    audio: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    use: str = ""
    problem: str = ""
    mend: str = ""


class PageSection(Struct, frozen=True, kw_only=True):
    """A heading and what stands under it; a section without a heading is the page's only one."""

    heading: str = ""
    entries: tuple[PageEntry, ...]


@dataclass(frozen=True, slots=True)
class _Trial:
    """What is built to hear one thing: its entry, its name in an id, the words, and the recipe."""

    entry: PageEntry
    name: str
    words: str
    recipe: Recipe


class Preview(Struct, frozen=True):
    """The page that was made, and what is on it."""

    page: Path
    entries: tuple[PageEntry, ...]


def preview_voices(
    names: Sequence[str], folder: Path, begin: Begin = lambda _name: silent, *, force: bool = False
) -> Preview:
    """Build a short episode with each voice, and the page to compare them.

    A voice that isn't ready, or that fails, is on the page with what to do about it; the others are made.

    Args:
        names: voices or blends; none for all that speak words.
        folder: where they go; made if it isn't there.
        begin: see `Begin`.
        force: whether they may replace what is there.

    Raises:
        UnknownVoice: there is none of a name.
        VoiceError: a profile is malformed.
        OutputError: the folder can't be written.
    """
    wanted = {name: find_voice(name) for name in names} or {
        name: found
        for name, found in scan_voices().items()
        if isinstance(found, VoiceProfile) and found.language != _NO_WORDS
    }
    check_named(folder / VOICES_PAGE, force=force)
    entries = tuple(_voice_entry(name, profile, folder, begin, force=force) for name, profile in wanted.items())
    return Preview(_write(folder / VOICES_PAGE, voices_page(entries), force=force), entries)


def preview_sounds(folder: Path, voice: str, begin: Begin = lambda _name: silent, *, force: bool = False) -> Path:
    """Build a short episode with each background and each bell, and the page to hear them; return the page's path.

    Args:
        folder: where they go; made if it isn't there.
        voice: who speaks.
        begin: see `Begin`.
        force: whether they may replace what is there.

    Raises:
        UnknownVoice: there is none of that name.
        OutputError: the folder can't be written.
    """
    check_named(folder / SOUNDS_PAGE, force=force)
    words, language = sample_text(find_voice(voice).language)
    kinds = {"Backgrounds": _backgrounds(voice, words, language), "Bells": _bells(voice, language)}
    sections = [
        PageSection(heading=heading, entries=tuple(_built(trial, folder, begin, force=force)[0] for trial in trials))
        for heading, trials in kinds.items()
    ]
    page = sample_page("Backgrounds and bells", _SOUNDS_INTRO, sections, "No sample could be made.")
    return _write(folder / SOUNDS_PAGE, page, force=force)


def voices_page(entries: tuple[PageEntry, ...]) -> bytes:
    """Return the page of voices, UTF-8: the samples that were made, then the voices without one."""
    sections = [PageSection(entries=entries)]
    return sample_page("Voices side by side", _VOICES_INTRO, sections, "None of these voices is ready yet.")


def sample_text(language: str) -> tuple[str, str]:
    """Return the words for a voice, and the language that they are in; English where there are none in its own."""
    texts = resources.files("audio_builder.previews") / "texts"
    tag = language.partition("-")[0].lower()
    spoken = tag if (texts / f"{tag}.txt").is_file() else "en"
    return (texts / f"{spoken}.txt").read_text(encoding="utf-8"), spoken


def _voice_entry(name: str, profile: VoiceProfile, folder: Path, begin: Begin, *, force: bool) -> PageEntry:
    status = voice_status(profile)
    entry = PageEntry(
        name=name,
        about=profile.description,
        use=f"--voice {name}",
        problem=status.problem,
        mend=status.mend,
    )
    if not status.ready:
        return entry
    words, language = sample_text(profile.language)
    tags = Tags(title=f"The voice {name}", show="Voices", language=language, carry_source=False)
    trial = _Trial(entry, file_stem(name), words, Recipe(voice=name, tags=tags))
    entry, report = _built(trial, folder, begin, force=force)
    if report is None:
        return entry
    rates = f"{status.slowest_wpm:.0f} to {status.fastest_wpm:.0f}"
    facts = (
        ("Rate", f"{report.voice.wpm_measured:.0f} words per minute here; it can speak at {rates}"),
        ("Language", profile.language),
        ("Engine", profile.engine),
        ("Licence", f"{profile.licence}. {profile.attribution}" if profile.attribution else profile.licence),
    )
    return msgspec.structs.replace(entry, facts=(*entry.facts, *facts))


def _backgrounds(voice: str, words: str, language: str) -> Iterator[_Trial]:
    for name in BACKGROUNDS:
        if name != NO_BACKGROUND:
            entry = PageEntry(name=name, about=describe_background(name), use=f"--background {name}")
            recipe = Recipe(
                voice=voice, soundscape=Soundscape(background=name), tags=_tags("background", name, language)
            )
            yield _Trial(entry, name, words, recipe)


def _bells(voice: str, language: str) -> Iterator[_Trial]:
    for name in BELLS:
        if name != NO_BELL:
            entry = PageEntry(name=name, about=describe_bell(name), use=f"--bell {name}")
            recipe = Recipe(
                voice=voice,
                pacing=Pacing(opening_s=0.5, closing_s=3.0),
                soundscape=Soundscape(background=NO_BACKGROUND, bell=name),
                tags=_tags("bell", name, language),
            )
            yield _Trial(entry, name, _BELL_TEXT, recipe)


def _tags(kind: str, name: str, language: str) -> Tags:
    return Tags(title=f"The {kind} {name}", show="Sounds", language=language, carry_source=False)


def _built(trial: _Trial, folder: Path, begin: Begin, *, force: bool) -> tuple[PageEntry, BuildReport | None]:
    """Return an entry with its sample, which is built, or with why there is none; and the report on it."""
    kind = trial.entry.use.partition(" ")[0].lstrip("-")
    # Its id says that a later sample is a new version of this one, whatever its words are then.
    text = f"---\nid: the {kind} {trial.name}\n---\n{trial.words}"
    try:
        source = source_from_bytes(text.encode(), f"{kind}-{trial.name}.txt")
        if_there: IfThere = "replace" if force else "new version"
        report = build(source, trial.recipe, folder, if_there=if_there, progress=begin(trial.entry.name))
    except AudioBuilderError as error:
        return msgspec.structs.replace(trial.entry, problem=error.message, mend=error.hint), None
    facts = (("Length", clock(report.duration_s)),)
    return msgspec.structs.replace(trial.entry, audio=Path(report.path).name, facts=facts), report


def _write(page: Path, content: bytes, *, force: bool) -> Path:
    page.parent.mkdir(parents=True, exist_ok=True)
    write_named(page, content, force=force)
    return page


def sample_page(title: str, intro: str, sections: Sequence[PageSection], nothing: str) -> bytes:
    """Return the page, UTF-8: the samples that were made, then what has none.

    Args:
        title: of the page.
        intro: one paragraph under it.
        sections: in the order in which they are shown.
        nothing: what is said where there is no sample at all.
    """
    style = _source("page.css")
    made = [
        PageSection(heading=section.heading, entries=tuple(entry for entry in section.entries if entry.audio))
        for section in sections
    ]
    page = _environment().get_template("page.html").render(
        title=title,
        intro=intro,
        sections=[section for section in made if section.entries],
        missing=[entry for section in sections for entry in section.entries if not entry.audio],
        nothing=nothing,
        # Our own file, the only text on the page that isn't escaped; the policy admits it by its hash.
        style=Markup(style),  # noqa: S704
        style_hash=f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}",
    )  # fmt: skip
    return page.encode("utf-8", "replace")


@functools.cache
def _source(name: str) -> str:
    return (resources.files("audio_builder.previews") / name).read_text(encoding="utf-8")


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(_source), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
