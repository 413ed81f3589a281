"""Before the first second of synthesis: everything that could fail later is tried."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from audio_builder import __version__
from audio_builder.episode.cover.draw import draw_cover, fit_cover
from audio_builder.episode.cover.lettering import missing_letters
from audio_builder.episode.identity import EpisodeIndex, IfThere, Work, choose_place
from audio_builder.episode.naming import Place, bed_path, length_path, named_file, resolved_tags, twin_path
from audio_builder.episode.produce import encoder_name
from audio_builder.episode.record import record_path, sounds_beside
from audio_builder.episode.report import Mix
from audio_builder.episode.tag.embedded_source import carries, pack_source
from audio_builder.episode.tag.write_tag import TagContent, credit_voices
from audio_builder.episode.verify.standard import LETTERS
from audio_builder.episode.words import words_of
from audio_builder.errors import SourceTooLarge
from audio_builder.files import check_named, write_probe
from audio_builder.mix.fit_duration import TimedScript
from audio_builder.mix.timeline import Timeline
from audio_builder.podcast.show_settings import SHOW_FILE, read_show
from audio_builder.recipe.settings import Recipe, Tags
from audio_builder.script.cues import Background, Say, Script, Speaker
from audio_builder.script.estimate import clock, estimate
from audio_builder.script.from_document import Document, make_script
from audio_builder.sound.background import check_background
from audio_builder.sound.bells import check_bell
from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.engines.base import voice_fingerprint
from audio_builder.voices.engines.registry import load_engine
from audio_builder.voices.languages import in_language, mismatch, primary
from audio_builder.voices.prepare import PreparedVoice, prepare_voice
from audio_builder.voices.profile import VoiceProfile
from audio_builder.voices.spoken.lexicon import read_lexicon
from audio_builder.voices.voice_choice import AUTO, VoiceChoice, choose_voice

LONGEST_EPISODE_S = 12 * 3600.0
"""So that an MP3 stays below 2 GiB at any bitrate, which many players can't go beyond."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted beside an episode.

    Attributes:
        lengths: in seconds; the first is that of the episode, the others are put beside it. Empty for the recipe's.
        voice_only: the voice alone, at the same times.
        elastic: what lets a page stretch its silences; wanted as well where the folder's show says so.
    """

    lengths: tuple[float, ...] = ()
    voice_only: bool = False
    elastic: bool = False


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """A build that can begin: nothing that can be known beforehand stands in its way.

    Attributes:
        script: what happens, in order.
        recipe: its tags resolved: what was left empty there comes from the script.
        voice: the narrator's, ready to speak.
        cover: gives JPEG bytes; a cover that isn't the listener's own is drawn when it is first asked for.
        place: where the episode will be, and by what it is known; `settle` again when it is put there.
        work: what is built, as far as it says which episode that is.
        settle: returns the place under the folder's lock, where another build may have taken the name meanwhile.
        source: what the MP3 carries to be made again, or empty for nothing.
        others: who speaks what the narrator doesn't speak at the usual rate.
        cover_note: why a drawn cover has no words; empty where it has.
        beside: what is wanted beside it; of lengths, only the others.
    """

    script: Script
    recipe: Recipe
    voice: PreparedVoice
    cover: Callable[[], bytes]
    place: Place
    work: Work
    settle: Callable[[], Place]
    source: bytes
    others: Mapping[Speaker, PreparedVoice] = field(default_factory=dict)
    cover_note: str = ""
    beside: Wanted = Wanted()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know before a word is spoken, a line each."""
        cover = self.cover_note and f"{LETTERS}: {self.cover_note}"
        return tuple(filter(None, (self.place.note, self.voice.language_note, cover)))

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """The episode's recipe, and that of each other length beside it."""
        return (self.recipe, *(recipe_lasting(self.recipe, seconds) for seconds in self.beside.lengths))

    def mix(self, timed: TimedScript, timeline: Timeline, recipe: Recipe, cover: bytes) -> Mix:
        """Return what an episode of one length is made of, when its clips are there."""
        recipe = recipe_at(recipe, timed.wpm)
        content = TagContent(
            tags=recipe.tags,
            script=timed.script,
            timeline=timeline,
            voices=credit_voices(voice.voice.profile for voice in (self.voice, *self.others.values())),
            cover=cover,
            encoder=encoder_name(recipe.mastering),
            source=self.source,
            cover_note=self.cover_note,
            made_on=datetime.datetime.now(datetime.UTC).date().isoformat(),
        )
        return Mix(content, recipe)


def check_everything(  # noqa: PLR0913 - all that a build depends on
    script: Script,
    recipe: Recipe,
    target: Path,
    if_there: IfThere = "new version",
    wanted: Wanted = Wanted(),
    *,
    index: EpisodeIndex | None = None,
    own: Path | None = None,
) -> BuildPlan:
    """Return a plan for an episode in a folder, which is made if it isn't there.

    Args:
        script: what is said.
        recipe: all else.
        target: the folder; or the episode's file, if its name ends as that of a sound does.
        if_there: what happens to an earlier version of the same episode.
        wanted: beside it.
        index: of the folder, in a batch.
        own: the name that the batch has planned for the episode.

    Raises:
        VoiceError: the voice is unknown, or what it needs isn't installed or has changed.
        SoundError: the background or the bell can't be used.
        SourceTooLarge: the episode would last longer than 12 hours.
        RecipeError: the cover can't be used, or the folder's `show.toml` is wrong.
        OutputError: the folder can't be written, or something is there that may not be replaced.
    """
    folder = target.parent if named_file(target) else target
    recipe = recipe_of_show(recipe, folder)
    recipe = recipe_lasting(recipe, wanted.lengths[0]) if wanted.lengths else recipe
    _check_length(script, recipe)
    _check_sounds(script, recipe)
    voice, others = prepare_voices(script, recipe)
    if recipe.voice == AUTO:
        recipe = msgspec.structs.replace(recipe, voice=voice.name)
    tags = resolved_tags(recipe.tags, script, spoken_language=voice.voice.profile.language)
    cover = cover_of(tags)
    cover_note = "" if tags.cover else missing_letters(tags.title, tags.language)
    number = f"{tags.track:0{tags.track_digits}} " if tags.track_digits else ""
    write_probe(folder)
    source = packed_source(script, recipe, voice) if tags.carry_source else b""
    name = f"{number}{script.id or tags.title}"
    work = Work(name, tags.title, tags.date, words_of(script), script.id, script.place)
    settle = functools.partial(choose_place, target, work, if_there, index, own)
    recipe = msgspec.structs.replace(recipe, tags=tags)
    elastic = wanted.elastic or ((folder / SHOW_FILE).is_file() and read_show(folder).elastic)
    beside = Wanted(wanted.lengths[1:], wanted.voice_only or elastic, elastic)
    place = settle()
    _check_beside(place.path, beside, force=if_there == "replace")
    return BuildPlan(script, recipe, voice, cover, place, work, settle, source, others, cover_note, beside)


def _check_sounds(script: Script, recipe: Recipe) -> None:
    """Refuse backgrounds and bells that can't be used."""
    soundscape = recipe.soundscape
    named = dict.fromkeys(cue.name for cue in script.cues if isinstance(cue, Background) and cue.name)
    for name in (*named, soundscape.background):
        check_background(msgspec.structs.replace(soundscape, background=name), recipe.mastering.channels)
    check_bell(soundscape.closing_bell)
    check_bell(soundscape.bell)


def _check_beside(episode: Path, wanted: Wanted, *, force: bool) -> None:
    """Refuse to replace what somebody else made where the sounds beside an episode go.

    Raises:
        OutputError: it may not be replaced.
    """
    places = [length_path(episode, seconds) for seconds in wanted.lengths]
    places += [twin_path(episode)] * wanted.voice_only + [bed_path(episode)] * wanted.elastic
    known = {beside.sound.sha256 for beside in sounds_beside(episode)} if places else ()
    for place in places:
        check_named(place, force=force, known=known)


def built_already(
    document: Document, recipe: Recipe, target: Path, if_there: IfThere = "new version", wanted: Wanted = Wanted()
) -> Path | None:
    """Return the path of the episode if it is there, made from the same words by the same recipe and versions.

    What is wanted beside it must be there as well.

    Raises:
        AudioBuilderError: as `check_everything`, for what is wrong with the recipe, the voice or the folder.
    """
    plan = check_everything(make_script(document, recipe), recipe, target, if_there, wanted)
    path = plan.place.path
    there = carries(path, plan.source) and record_path(path).is_file() and has_beside(path, plan.beside)
    return path if there else None


def has_beside(episode: Path, wanted: Wanted) -> bool:
    """Return whether the voice alone and what stretches an episode are beside it, where they are wanted."""
    kinds = {kind for kind, is_wanted in (("voice", wanted.voice_only), ("bed", wanted.elastic)) if is_wanted}
    there = sounds_beside(episode) if kinds else ()
    return kinds <= {one.kind for one in there if one.path(episode).is_file()}


def _check_length(script: Script, recipe: Recipe) -> None:
    """Refuse an episode that would be too long, its pauses, silences and breaths included, before a word is spoken."""
    expected_s = estimate(script, recipe.pacing.wpm, recipe.pacing.slower_share).total_s
    if expected_s > LONGEST_EPISODE_S:
        raise SourceTooLarge(
            f"the episode would last about {clock(expected_s)}; at most {clock(LONGEST_EPISODE_S)} are made",
            hint="Make several episodes of it: of a book with --chapter N or --each-chapter; or use shorter pauses.",
        )


def recipe_at(recipe: Recipe, wpm: float) -> Recipe:
    """Return a recipe with another speaking rate, in words per minute."""
    return msgspec.structs.replace(recipe, pacing=msgspec.structs.replace(recipe.pacing, wpm=wpm))


def recipe_lasting(recipe: Recipe, seconds: float) -> Recipe:
    """Return a recipe for an episode of another length."""
    return msgspec.structs.replace(recipe, pacing=msgspec.structs.replace(recipe.pacing, duration_s=seconds))


def cover_of(tags: Tags) -> Callable[[], bytes]:
    """Return what gives an episode's picture as a JPEG: one of their own, read now, or one drawn when asked.

    Raises:
        RecipeError: their own can't be used.
    """
    if tags.cover:
        own = fit_cover(Path(tags.cover))
        return lambda: own
    return functools.cache(
        lambda: draw_cover(tags.title, tags.author, tags.show, tags.cover_colour, tags.language, tags.cover_motif)
    )


def recipe_of_show(recipe: Recipe, folder: Path) -> Recipe:
    """Return a recipe with name, colour and motif of the show that its folder is, where it has none of its own."""
    if not (folder / SHOW_FILE).is_file():
        return recipe
    show, tags = read_show(folder), recipe.tags
    name = show.title if tags.show == Tags().show else tags.show
    motif = show.cover_motif if tags.cover_motif == Tags().cover_motif else tags.cover_motif
    colour = tags.cover_colour or show.cover_colour
    tags = msgspec.structs.replace(tags, show=name, cover_colour=colour, cover_motif=motif)
    return msgspec.structs.replace(recipe, tags=tags)


def versions_of(profile: VoiceProfile) -> dict[str, str]:
    """Return the versions, here and now, of what makes an episode's sound with a voice.

    Raises:
        MissingExtra: the engine's packages aren't installed.
    """
    return {"audio-builder": __version__, "engine": voice_fingerprint(load_engine(profile.engine), profile)}


def packed_source(script: Script, recipe: Recipe, voice: PreparedVoice) -> bytes:
    """Return what an MP3 carries to be made again: the same for what gives the same episode."""
    return pack_source(script, recipe, versions_of(voice.voice.profile))


def prepare_voices(script: Script, recipe: Recipe) -> tuple[PreparedVoice, dict[Speaker, PreparedVoice]]:
    """Return the narrator's voice, and those of the script's other parts, each at its rate on the calibration text.

    What is to be slower is slower by `slower_share` than the same voice elsewhere.

    Raises:
        VoiceError: one is unknown, what it needs isn't installed or has changed, or no voice speaks the language.
        RecipeError: the lexicon can't be read or is malformed.
    """
    says = [cue for cue in script.cues if isinstance(cue, Say)]
    lexicon = read_lexicon(Path(recipe.lexicon)) if recipe.lexicon else {}
    chosen = choose_voice(script.language) if recipe.voice == AUTO else VoiceChoice(recipe.voice)
    narrating = in_language(find_voice(chosen.name), script.language)
    notes = {chosen.note or mismatch(narrating, script.language): None}

    @functools.cache
    def speaking(voice: str, language: str) -> VoiceProfile:
        if voice:
            return in_language(find_voice(voice), language or script.language)
        if not language or primary(language) == primary(narrating.language):
            return narrating
        other = choose_voice(language)
        notes[other.note] = None
        return in_language(find_voice(other.name), language)

    def ready(part: Speaker) -> PreparedVoice:
        wpm = recipe.pacing.wpm * (1 - recipe.pacing.slower_share if part.slower else 1)
        return prepare_voice(speaking(part.voice, part.language), wpm, lexicon)

    parts = dict.fromkeys(say.speaker for say in says)
    narrator = ready(Speaker())
    others = {part: ready(part) for part in parts if part != Speaker()}
    return replace(narrator, language_note="; ".join(filter(None, notes))), others
