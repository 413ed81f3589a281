"""A person's own reading of a project's phrases: takes in a folder, and the voice that they are."""

from __future__ import annotations

import hashlib
import io
import math
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import soundfile
import tomlkit
from starlette.requests import Request
from starlette.routing import Route

from audio_builder.audio.filters import high_pass
from audio_builder.episode.listening import as_spoken
from audio_builder.episode.naming import file_stem
from audio_builder.errors import MissingExtra, SourceError, VoiceError
from audio_builder.files import decode_json, sha256_of, write_bytes
from audio_builder.narration.recogniser import RATE_HZ as HEARD_HZ
from audio_builder.narration.recogniser import hear
from audio_builder.narration.trim import resample
from audio_builder.script.phrases import count_words
from audio_builder.studio.cue_data import LONGEST_TEXT
from audio_builder.studio.exchange import SMALL, FindProject, for_project, route
from audio_builder.studio.project import TAKEN, TAKES, Project
from audio_builder.studio.saying import lexicon_of
from audio_builder.voices.catalogue import read_profile
from audio_builder.voices.engines.recorded import (
    FOLDER_SETTING,
    LONGEST_TAKE_S,
    REVISION_SETTING,
    TAKES_INDEX,
    RecordedEngine,
)
from audio_builder.voices.profile import Voice
from audio_builder.voices.spoken.normalize import spoken_text
from audio_builder.voices.voice_files import data_folder

LARGEST_TAKE_BYTES = 24_000_000
_LEVEL_DBFS = -23.0
_PEAK_DBFS = -1.0
_PAUSE_GATE_DB = -25.0
_CELL_S = 0.02
_SILENT_DBFS = -55.0

_Sound = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Taken:
    """What reading a phrase gave.

    Attributes:
        voice: the name of the project's own.
        seconds: how long the take is.
        unheard: words of the phrase that a recogniser didn't hear; none where nothing is installed that could listen.
    """

    voice: str
    seconds: float
    unheard: tuple[str, ...] = ()


def takes_routes(find: FindProject, on_change: Callable[[Project, str], None]) -> list[Route]:
    """Return the routes of takes.

    Args:
        find: gives a project by its name.
        on_change: called with a project and its name when it has other takes.
    """

    def known(project: Project, _request: Request, _body: bytes) -> Any:
        return {"voice": own_voice(project), "takes": takes_of(project)}

    def keep(project: Project, request: Request, body: bytes) -> Any:
        taken = keep_take(project, request.query_params.get("text", "")[:LONGEST_TEXT], body)
        on_change(project, request.path_params["name"])
        return taken

    def forget(project: Project, request: Request, _body: bytes) -> Any:
        forget_take(project, request.query_params.get("text", ""))
        on_change(project, request.path_params["name"])
        return {}

    p = "/api/projects/{name}/takes"
    return [
        route("GET", p, for_project(find, known)),
        route("PUT", p, for_project(find, keep), LARGEST_TAKE_BYTES),
        route("DELETE", p, for_project(find, forget), SMALL),
    ]


def own_voice(project: Project) -> str:
    """Return the name of the voice that a project's takes are: one of its own, if a voice of that name is there."""
    name = f"own-{file_stem(project.folder.name)[:36].strip('-')}"
    place = str((project.folder / TAKES).resolve())
    path = _profile_path(name)
    try:
        other = str(read_profile(path).settings.get(FOLDER_SETTING, "")) if path.is_file() else place
    except VoiceError:
        other = ""
    if other == place or (other and not Path(other).is_dir()):
        return name
    return f"{name[:31].strip('-')}-{sha256_of(place.encode())[:8]}"


def _profile_path(name: str) -> Path:
    return data_folder() / "voices" / f"{name}.toml"


def takes_of(project: Project) -> dict[str, str]:
    """Return the file of each phrase that was read, by the phrase as it is written."""
    try:
        return decode_json((project.folder / TAKES / TAKEN).read_bytes(), dict[str, str])
    except (OSError, ValueError):
        return {}


def keep_take(project: Project, text: str, content: bytes) -> Taken:
    """Keep a take of a phrase in place of the one before, levelled, and make the voice know it.

    Raises:
        SourceError: it is no WAV, silent or too long.
        OutputError: it can't be written.
    """
    sound, rate_hz = _read(content)
    with project.lock:
        folder = project.folder / TAKES
        name = f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.wav"
        stream = io.BytesIO()
        soundfile.write(stream, levelled(sound, rate_hz), rate_hz, "PCM_16", format="WAV")
        write_bytes(folder / name, stream.getvalue())
        renew_voice(project, {**takes_of(project), text: name})
    unheard = words_left_out(sound, rate_hz, text, project.opened().script.language)
    return Taken(own_voice(project), len(sound) / rate_hz, unheard)


def words_left_out(sound: _Sound, rate_hz: int, text: str, language: str) -> tuple[str, ...]:
    """Return the words of a phrase that aren't in a take, as the recogniser of `--listen` hears it.

    None where it isn't installed, doesn't know the language, or the phrase is too short for it to be sure.

    Args:
        sound: shape (frames,).
        rate_hz: frames per second.
        text: as it is written.
        language: of the words.
    """
    try:
        hearing = hear(resample(sound, rate_hz, HEARD_HZ), as_spoken(text), language)
    except MissingExtra:
        return ()
    return tuple(one.word for one in hearing.differences if one.kind == "missing") if hearing.sure else ()


def forget_take(project: Project, text: str) -> None:
    """Forget the take of a phrase; its file stays until another take has its name.

    Raises:
        OutputError: the list can't be written.
    """
    with project.lock:
        renew_voice(project, {written: name for written, name in takes_of(project).items() if written != text})


def renew_voice(project: Project, takes: Mapping[str, str]) -> None:
    """Write the lists of takes and the profile of the voice: after a take, and when words are said otherwise.

    Raises:
        OutputError: one of them can't be written.
        RecipeError: the project's lexicon is malformed.
    """
    folder, path = project.folder / TAKES, _profile_path(own_voice(project))
    write_bytes(folder / TAKEN, msgspec.json.encode(takes))
    hashes = "".join(sha256_of((folder / name).read_bytes()) for name in takes.values() if (folder / name).is_file())
    document = tomlkit.document()
    for key, value in (
        ("name", own_voice(project)),
        ("engine", "recorded"),
        ("language", "und"),
        ("description", f"Your own reading of {project.folder.name}"),
        ("licence", "LicenseRef-own-recording"),
    ):
        document[key] = value
    document["settings"] = {FOLDER_SETTING: str(folder.resolve()), REVISION_SETTING: sha256_of(hashes.encode())[:16]}
    document["calibration"] = [{"setting": 1.0, "wpm": _wpm(folder, takes)}]
    write_bytes(path, tomlkit.dumps(document).encode())
    voice = Voice(profile=read_profile(path), rate=1.0, lexicon=lexicon_of(project))
    spoken = {spoken_text(text, voice, RecordedEngine()): name for text, name in takes.items()}
    write_bytes(folder / TAKES_INDEX, msgspec.json.encode(spoken))


def levelled(sound: _Sound, rate_hz: int) -> _Sound:
    """Return a take without rumble, its speech at one level: what is left to even out is little.

    Args:
        sound: shape (frames,).
        rate_hz: frames per second.

    Raises:
        SourceError: it is silent.
    """
    clean = high_pass(sound, rate_hz)
    powers = _cells(clean, rate_hz)
    if not powers.size or 10 * math.log10(max(float(powers.max()), 1e-12)) < _SILENT_DBFS:
        raise SourceError("nothing is heard in that take", hint="Choose another microphone, or move nearer to it.")
    voiced = powers[powers > powers.max() * 10 ** (_PAUSE_GATE_DB / 10)]
    gain_db = _LEVEL_DBFS - 10 * math.log10(float(voiced.mean()))
    peak_db = 20 * math.log10(float(np.abs(clean).max()))
    return clean * np.float32(10 ** (min(gain_db, _PEAK_DBFS - peak_db) / 20))


def _cells(sound: _Sound, rate_hz: int) -> npt.NDArray[np.float64]:
    cell = round(rate_hz * _CELL_S)
    whole = len(sound) // cell * cell
    powers: npt.NDArray[np.float64] = np.square(sound[:whole], dtype=np.float64).reshape(-1, cell).mean(axis=1)
    return powers


def _read(content: bytes) -> tuple[_Sound, int]:
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise SourceError("that is no WAV file", hint="Record it in the studio.")
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            if file.frames > LONGEST_TAKE_S * file.samplerate or not 8000 <= file.samplerate <= 192_000:
                raise SourceError(f"a take may last {LONGEST_TAKE_S:.0f} s at most", hint="Split the phrase first.")
            sound = file.read(dtype="float32", always_2d=True).mean(axis=1)
            return np.ascontiguousarray(sound), int(file.samplerate)
    except (soundfile.SoundFileError, struct.error) as error:
        raise SourceError(f"that WAV file can't be read: {error}", hint="Record it again.") from error


def _wpm(folder: Path, takes: Mapping[str, str]) -> float:
    """Return how fast the person reads, over all takes; pauses before and after don't count."""
    words, speech_s = 0, 0.0
    for text, name in takes.items():
        try:
            sound, rate_hz = soundfile.read(folder / name, dtype="float32")
        except (OSError, soundfile.SoundFileError):
            continue
        powers = _cells(sound, rate_hz)
        loud = np.flatnonzero(powers > powers.max(initial=0.0) * 10 ** (_PAUSE_GATE_DB / 10))
        words += count_words(text)
        speech_s += (loud[-1] - loud[0] + 1) * _CELL_S if loud.size else 0.0
    return round(min(max(60 * words / speech_s, 40.0), 300.0), 1) if speech_s > 0 else 130.0
