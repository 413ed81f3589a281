"""What there is to choose by ear: voices, backgrounds, bells, guides, pacings, and the possible lengths."""

from __future__ import annotations

import threading
from typing import Literal

import msgspec
from msgspec import Struct

from audio_builder.errors import AudioBuilderError
from audio_builder.narration.narrate import say_as_wav
from audio_builder.progress import Step
from audio_builder.recipe.recipe_file import Setting, settings
from audio_builder.recipe.settings import BACKGROUNDS, PACING_PRESETS, Pacing, Recipe
from audio_builder.script.cues import Say, Script
from audio_builder.script.estimate import estimate, expected_range
from audio_builder.script.guides import guide_names
from audio_builder.sound.bells import BELLS
from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.languages import in_language
from audio_builder.voices.prepare import prepare_voice
from audio_builder.voices.status import VoiceStatus, voice_statuses

SAMPLE = "Sit down for a moment. Nothing has to be finished now."
"""What a voice says of a project without words."""

_LONGEST_SAMPLE = 160

_NOT_OFFERED = {"tone", "recorded", "?"}
"""Engines of voices that nobody chooses by ear: without words, of a project's own takes, of a malformed profile."""


class Choices(Struct, frozen=True, kw_only=True):
    """All that the page offers."""

    voices: list[VoiceStatus]
    backgrounds: tuple[str, ...]
    bells: tuple[str, ...]
    guides: tuple[str, ...]
    pacings: dict[str, Pacing]
    settings: list[Setting]


class ExpectedLengths(Struct, frozen=True, kw_only=True):
    """How long an episode becomes, and how short and long it may be made, in seconds."""

    seconds: float
    words: int
    shortest_s: float
    longest_s: float


class Fetching(Struct, kw_only=True):
    """A voice on its way."""

    state: Literal["running", "done", "failed"] = "running"
    share: float = 0.0
    problem: str = ""
    hint: str = ""


def choices() -> Choices:
    """Return what there is."""
    return Choices(
        voices=[status for status in voice_statuses() if status.engine not in _NOT_OFFERED],
        backgrounds=BACKGROUNDS,
        bells=BELLS,
        guides=guide_names(),
        pacings=dict(PACING_PRESETS),
        settings=list(settings()),
    )


def lengths(script: Script, recipe: Recipe) -> ExpectedLengths:
    """Return how long a script becomes under a recipe, and between which lengths it can be."""
    pacing = recipe.pacing
    expected = estimate(script, pacing.wpm, pacing.slower_share)
    reach = expected_range(script, pacing, pacing.wpm)
    return ExpectedLengths(
        seconds=expected.total_s, words=expected.words, shortest_s=reach.shortest_s, longest_s=reach.longest_s
    )


def voice_sample(name: str, script: Script | None, wpm: float) -> bytes:
    """Return a voice's first words of a script, as WAV.

    Raises:
        VoiceError: there is none of that name, or it isn't ready.
    """
    language = script.language if script else ""
    voice = prepare_voice(in_language(find_voice(name), language), wpm)
    return say_as_wav(_first_words(script), voice.voice)


def _first_words(script: Script | None) -> str:
    said = ""
    for cue in script.cues if script else ():
        if isinstance(cue, Say) and len(said) + len(cue.text) <= _LONGEST_SAMPLE:
            said = f"{said} {cue.text}".strip()
    return said or SAMPLE


class VoiceFetcher:
    """Fetches voices that a person asked for: the only thing here that opens a connection."""

    def __init__(self) -> None:
        self._fetching: dict[str, Fetching] = {}

    def begin(self, name: str) -> None:
        """Begin to fetch a voice, unless it is on its way.

        Raises:
            VoiceError: there is none of that name, or nothing that can be fetched for it.
        """
        # Slow to import, and nothing else here needs the web.
        from audio_builder.voices.install.voice_install import install_voice, needed_downloads

        needed = needed_downloads(find_voice(name))
        if (there := self._fetching.get(name)) and there.state == "running":
            return
        self._fetching[name] = now = Fetching()

        def on_progress(step: Step) -> None:
            now.share = step.done / step.total if step.total else 0.0

        def fetch() -> None:
            try:
                install_voice(needed, on_progress)
                now.state = "done"
            except AudioBuilderError as error:
                now.state, now.problem, now.hint = "failed", error.message, error.hint

        threading.Thread(target=fetch, name=f"fetch {name}", daemon=True).start()

    def state(self) -> dict[str, Fetching]:
        """Return what is on its way, or was."""
        return {name: msgspec.structs.replace(one) for name, one in self._fetching.items()}
