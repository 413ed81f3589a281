"""Speaking a project's phrases for the page, and finding the gains that they have in the finished mix.

The stages are those of `pipeline.build`, from `narrate` to `plan_mix`. The clips land in the same cache under the same
keys, so that a build finds what was heard here.
"""

from __future__ import annotations

import contextlib
import functools
import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
from msgspec import Struct

from audio_builder.episode.encode.encoder import encoder_gain_db
from audio_builder.episode.produce import bed_format, bed_maker
from audio_builder.errors import AudioBuilderError
from audio_builder.mix.arrange import arrange
from audio_builder.mix.automation import FadeDown
from audio_builder.mix.fit_duration import TimedScript, fit_duration
from audio_builder.mix.levels import measure_speech
from audio_builder.mix.plan import MixPlan, plan_mix
from audio_builder.mix.timeline import Timeline
from audio_builder.narration.clip import Clip, Narration
from audio_builder.narration.clip_cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.narration.rate_control import RateControl
from audio_builder.narration.workers.pool import Pool
from audio_builder.preflight import prepare_voices
from audio_builder.progress import Step
from audio_builder.recipe.settings import Recipe, Soundscape
from audio_builder.script.cues import Background, Reason, Rest, Say, Script
from audio_builder.sound.background import as_one
from audio_builder.sound.bed import Bed
from audio_builder.studio.project import Project

_BEDS_KEPT = 2

_EXAMPLES = 60
"""Clips of the mix beside which a new one is levelled."""

_APART_S = 4.0
"""Between phrases that are played before their script is planned."""


class ClipFacts(Struct, frozen=True, kw_only=True):
    """What the page has to know of a phrase to place it.

    Attributes:
        key: of its sound.
        frames: how long that is.
        lead: quiet frames before the first sound.
        tail: quiet frames after the last.
        gain_db: of its sound in the mix.
        duck_db: how much deeper than usual the background lies under it, at most 0.
    """

    key: str
    frames: int
    lead: int
    tail: int
    gain_db: float
    duck_db: float


class MixFacts(Struct, frozen=True, kw_only=True):
    """What the page has to know of the mix.

    Attributes:
        number: rises with each.
        clips: for each phrase of the script that was planned, in its order; in a mix for a few phrases, for those.
        rate_hz: frames per second.
        bed_gain_db: of the background, as it is served, under usual speech; None for none.
        tone_gain_db: of bells and breaths, as they are served.
        ceiling_dbtp: of the limiter.
        pauses_scale: what rules' rests are multiplied by; 1 where no length is asked for.
        wpm: the rate in the end.
        version: of the script that was planned; empty in a mix for a few phrases.
        recipe: what it was planned by (see `Project.recipe_mark`); likewise.
        seconds: how long the episode is.
        note: what to say of the voice; empty for nothing.
    """

    number: int
    clips: list[ClipFacts]
    rate_hz: int
    bed_gain_db: float | None
    tone_gain_db: float
    ceiling_dbtp: float
    pauses_scale: float = 1.0
    wpm: float = 0.0
    version: str = ""
    recipe: str = ""
    seconds: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Planned:
    """What a whole script was found to need, for phrases that come later."""

    narration: Narration
    script: Script
    recipe: Recipe
    mix: MixPlan


class Rehearsal:
    """One project's sound. Short calls come from any thread; the whole script is spoken by a thread of its own."""

    def __init__(self, project: Project, cache: ClipCache, short: KeptPool, long: KeptPool) -> None:
        """Begin nothing yet.

        Args:
            project: whose script is spoken.
            cache: where clips are kept.
            short: processes for a few phrases that somebody waits for.
            long: those for the whole script.
        """
        self.project = project
        self.cache = cache
        self.whole: MixFacts | None = None
        """The mix of the whole script, as it was when it was last planned."""
        self.progress: Step | None = None
        """What the thread is at; None where it rests."""
        self.problem: AudioBuilderError | None = None
        """Why the script can't be spoken; None where it can."""
        self.factors: Mapping[str, float] = {}
        """Text factors of the voices (see `rate_control`), for a build that says what was heard here."""
        self._planned: _Planned | None = None
        self._beds: dict[tuple[object, ...], dict[str, Bed]] = {}
        self._bed_lock = threading.Lock()
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._ended = False
        self._number = 0
        self._short = short
        self._long = long
        self._thread = threading.Thread(target=self._run, name="rehearsal", daemon=True)
        self._thread.start()

    def want(self) -> None:
        """Have the whole script planned anew, soon."""
        self._wanted.set()

    def close(self) -> None:
        """End the thread."""
        self._ended = True
        self._wanted.set()

    def forget_beds(self) -> None:
        """Give back the memory of the backgrounds; they are made again when they are wanted."""
        with self._bed_lock:
            self._beds.clear()

    def phrases(self, script: Script, recipe: Recipe, says: Sequence[Say]) -> MixFacts:
        """Return some phrases, spoken now where they never were, with their gains.

        Raises:
            AudioBuilderError: the voice isn't ready, or a phrase can't be spoken.
        """
        part = replace(script, cues=tuple(says))
        narration = self._narrated(part, recipe, self._short)
        planned = self._planned
        if planned is None or planned.recipe != recipe:
            timeline = arrange(_with_rests(part), narration, recipe.soundscape)
            return self._facts(narration, self._plan(timeline, part, recipe))
        return self._facts(narration, self._in_the_mix(planned, narration))

    def bed(self, script: Script, recipe: Recipe, name: str = "") -> Bed:
        """Return a background by the name that the script has for it.

        Raises:
            SoundError: there is none of that name, or it can't be made.
        """
        beds = self._beds_of(script, recipe)
        # The page may ask for one before the script that has it is saved.
        return beds[name] if name in beds else self._beds_of(_changing_to(script, name), recipe)[name]

    # --- one stage after the other ---

    def _narrated(self, script: Script, recipe: Recipe, pool: KeptPool) -> Narration:
        voice, others = prepare_voices(script, recipe)
        factors = self.factors
        voice = voice.for_text(factors.get(voice.name, 1.0))
        others = {part: other.for_text(factors.get(other.name, 1.0)) for part, other in others.items()}
        spoken = {part: other.voice for part, other in others.items()}
        with pool.lent() as workers:
            return narrate(
                script,
                voice.voice,
                spoken,
                cache=self.cache,
                rate_hz=recipe.mastering.sample_rate_hz,
                pool=workers,
            )

    def _plan(self, timeline: Timeline, script: Script, recipe: Recipe) -> MixPlan:
        bed = as_one(self._beds_of(script, recipe), timeline.backgrounds, bed_format(recipe))
        levels, mastering = measure_speech(timeline), recipe.mastering
        loss_lu = FadeDown(timeline, recipe.pacing).loss_lu(levels)
        target = msgspec.structs.replace(mastering, target_lufs=mastering.target_lufs + loss_lu)
        return plan_mix(levels, timeline, bed, recipe.soundscape, target, encoder_gain_db(mastering.bitrate_kbps))

    def _in_the_mix(self, planned: _Planned, narration: Narration) -> MixPlan:
        """Return the gains of some clips as in the mix of the whole; one that isn't in it is levelled to those."""
        gains = zip(planned.mix.clip_gains_db, planned.mix.bed_ducks_db, strict=True)
        known = {clip.key: both for clip, both in zip(planned.narration.clips, gains, strict=True)}
        new = [clip for clip in narration.clips if clip.key not in known]
        levelled = _levelled(new, planned) if new else {}
        found = [known.get(clip.key) or (levelled[clip.key], 0.0) for clip in narration.clips]
        return replace(
            planned.mix,
            clip_gains_db=tuple(gain_db for gain_db, _ in found),
            bed_ducks_db=tuple(duck_db for _, duck_db in found),
        )

    def _beds_of(self, script: Script, recipe: Recipe) -> dict[str, Bed]:
        names = {cue.name for cue in script.cues if isinstance(cue, Background)}
        key = (recipe.soundscape, recipe.mastering, *sorted(names))
        with self._bed_lock:
            if key not in self._beds:
                with bed_maker(script, recipe) as making:
                    self._beds[key] = making.make()
                while len(self._beds) > _BEDS_KEPT:
                    self._beds.pop(next(iter(self._beds)))
            return self._beds[key]

    def _facts(self, narration: Narration, mix: MixPlan) -> MixFacts:
        with self._lock:
            self._number += 1
            number = self._number
        return MixFacts(
            number=number,
            clips=[
                _clip_facts(clip, gain_db, duck_db)
                for clip, gain_db, duck_db in zip(narration.clips, mix.clip_gains_db, mix.bed_ducks_db, strict=True)
            ],
            rate_hz=narration.rate_hz,
            bed_gain_db=round(mix.bed_gain_db, 3) if math.isfinite(mix.bed_gain_db) else None,
            tone_gain_db=round(mix.tone_gain_db, 3) if math.isfinite(mix.tone_gain_db) else -120.0,
            ceiling_dbtp=mix.ceiling_dbtp,
        )

    # --- the whole script ---

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            if self._ended:
                return
            self._wanted.clear()
            try:
                self._plan_whole()
                self.problem = None
            except AudioBuilderError as error:
                self.problem = None if self._ended else error
            finally:
                self.progress = None

    def _plan_whole(self) -> None:
        mark = self.project.recipe_mark()
        opened, recipe = self.project.opened(), self.project.recipe()
        script = opened.script
        voice, others = prepare_voices(script, recipe)
        self.progress = Step("narrate", 0, 0)

        def on_progress(step: Step) -> None:
            self.progress = step

        with self._long.lent() as pool:
            speak = functools.partial(
                narrate,
                cache=self.cache,
                rate_hz=recipe.mastering.sample_rate_hz,
                progress=on_progress,
                pool=pool,
            )
            rates = RateControl(script, voice, others, speak, dict(self.factors))
            timed = fit_duration(script, recipe, rates.narrate, rates.reached_wpm)
        self.factors = {**self.factors, **timed.narration.text_factors}
        timeline = arrange(timed.script, timed.narration, recipe.soundscape)
        mix = self._plan(timeline, timed.script, recipe)
        self._planned = _Planned(timed.narration, timed.script, recipe, mix)
        facts = self._facts(timed.narration, mix)
        self.whole = _of_whole(facts, timed, timeline, opened.version, mark)


def _of_whole(facts: MixFacts, timed: TimedScript, timeline: Timeline, version: str, mark: str) -> MixFacts:
    return msgspec.structs.replace(
        facts,
        recipe=mark,
        pauses_scale=timed.pauses_scale or 1.0,
        wpm=timed.wpm,
        version=version,
        seconds=timeline.seconds,
        note=timed.narration.rate_note,
    )


def _levelled(clips: Sequence[Clip], planned: _Planned) -> dict[str, float]:
    """Return the gains of clips that a mix doesn't have, by their keys: levelled among some of it, then as loud as it.

    The gain of the mix is one for all; what differs from clip to clip is the levelling.
    """
    some = planned.narration.clips[:_EXAMPLES]
    together = replace(planned.narration, clips=(*some, *clips))
    script = replace(planned.script, cues=tuple(clip.say for clip in together.clips))
    levels = measure_speech(arrange(_with_rests(script), together, Soundscape())).clip_gains_db
    shift_db = planned.mix.clip_gains_db[0] - levels[0] if some else 0.0
    return {clip.key: levels[len(some) + place] + shift_db for place, clip in enumerate(clips)}


def _with_rests(script: Script) -> Script:
    """Return phrases with a rest between them, as they have in a script: the background moves in it."""
    rest = Rest(_APART_S, Reason.PARAGRAPH)
    return replace(script, cues=tuple(cue for say in script.cues for cue in (say, rest)))


def _changing_to(script: Script, background: str) -> Script:
    return replace(script, cues=(*script.cues, Background(background)))


class KeptPool:
    """Processes that stay for the next phrase, and are replaced when one of them failed."""

    def __init__(self, workers: int | None) -> None:
        """Start nothing yet.

        Args:
            workers: how many speak at a time; None for one for each core.
        """
        self._workers = workers
        self._pool: Pool | None = None
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def lent(self) -> Iterator[Pool]:
        """Give the pool."""
        with self._lock:
            pool = self._pool = self._pool or Pool(workers=self._workers)
        try:
            yield pool
        except BaseException:
            with self._lock:
                if self._pool is pool:
                    self._pool = None
            pool.__exit__(None, None, None)
            raise

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.__exit__(None, None, None)


def _clip_facts(clip: Clip, gain_db: float, duck_db: float) -> ClipFacts:
    return ClipFacts(
        key=clip.key,
        frames=clip.frames,
        lead=clip.lead_frames,
        tail=clip.tail_frames,
        gain_db=round(gain_db, 2),
        duck_db=round(duck_db, 2),
    )
