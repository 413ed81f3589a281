"""How long phrases take a voice whose engine plans that before it speaks; kept, so that a plan is made once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from audio_builder.errors import OutputError
from audio_builder.files import write_bytes
from audio_builder.voices.engines.base import Engine, Planner
from audio_builder.voices.normalize import spoken_text
from audio_builder.voices.profile import Voice
from audio_builder.voices.rate.cadence import density_by, mean_of_passage, weight


def voice_density(texts: Iterable[str], voice: Voice, engine: Engine) -> float:
    """Return how much longer a word of a text takes a voice than a word of the passage (see `density_by`).

    It is told from the engine's own plan where it has one, else from letters and syllables.

    Args:
        texts: the phrases that the voice speaks, as written.
        voice: with its files and pronunciations; its rate doesn't matter.
        engine: the voice's.

    Raises:
        VoiceError: the engine can't plan with the voice's files.
    """
    texts = tuple(texts)
    if not texts:
        return 1.0
    if not isinstance(engine, Planner):
        cadence = voice.profile.cadence

        def by_letters(text: str) -> float:
            return weight(spoken_text(text, voice, engine), cadence)

        return density_by(texts, by_letters, mean_of_passage(by_letters))
    plans = _Plans(engine, voice, _plans_path(voice, engine.fingerprint()))

    def by_plan(text: str) -> float:
        return plans.planned_s(spoken_text(text, voice, engine)) + voice.profile.ending_s

    found = density_by(texts, by_plan, mean_of_passage(by_plan))
    plans.keep()
    return found


class _Plans:
    """The planned lengths of one voice's phrases, in a file of the cache."""

    def __init__(self, engine: Planner, voice: Voice, path: Path) -> None:
        self._engine, self._voice, self._path = engine, voice, path
        self._known = _read(path)
        self._new = False

    def planned_s(self, text: str) -> float:
        key = hashlib.sha256(text.encode()).hexdigest()[:24]
        if key not in self._known:
            self._known[key] = round(self._engine.planned_s(text, self._voice), 4)
            self._new = True
        return self._known[key]

    def keep(self) -> None:
        """Write what is new. Where the cache can't be written it is planned again next time."""
        if not self._new:
            return
        try:
            # Another build may have added to it meanwhile.
            write_bytes(self._path, msgspec.msgpack.encode({**_read(self._path), **self._known}))
        except OutputError:
            return


def _read(path: Path) -> dict[str, float]:
    """Return what is kept in a file; nothing if it isn't there or is damaged."""
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=dict[str, float])
    except (OSError, msgspec.MsgspecError):
        return {}


def _plans_path(voice: Voice, fingerprint: str) -> Path:
    """Return the file of a voice's plans; everything that changes them is in its name."""
    profile = voice.profile
    files = sorted((file.role, file.sha256) for file in profile.files)
    about = msgspec.json.encode((fingerprint, profile.language, sorted(profile.settings.items()), files))
    named = os.environ.get("AUDIO_BUILDER_CACHE")
    if named:
        folder = Path(named).expanduser()
    else:
        import platformdirs

        folder = platformdirs.user_cache_path("audio-builder", appauthor=False)
    return folder / "plans" / f"{hashlib.sha256(about).hexdigest()[:24]}.msgpack"
