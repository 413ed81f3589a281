"""Piper's catalogue of voices: kept once it was fetched, searched, and a voice of it fetched with its licence shown.

Nothing is fetched unless a command asks for it. The catalogue says size and MD5 of each file; they are compared before
a file is used. The address is that of the project's public hub, or what `AUDIO_BUILDER_PIPER_VOICES` says.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

import msgspec
from msgspec import Meta, Struct

from audio_builder.errors import DownloadFailed, UnknownVoice, VoiceError, VoiceFileChanged, VoiceFileMissing
from audio_builder.files import commit, decode_json, draft_beside, output_errors, write_bytes
from audio_builder.progress import Progress, Step
from audio_builder.voices.catalogue import find_voice, profile_folders, read_profile
from audio_builder.voices.engines.onnx_models import read_model
from audio_builder.voices.install.downloads import fetch_resumably
from audio_builder.voices.profile import VoiceProfile
from audio_builder.voices.voice_files import data_folder, installed_file

ADDRESS_VARIABLE = "AUDIO_BUILDER_PIPER_VOICES"
_HUB = "https://huggingface.co/rhasspy/piper-voices/resolve/main"
_LARGEST_CATALOGUE_BYTES = 20_000_000
_LARGEST_CARD_BYTES = 100_000
_CARD = "MODEL_CARD"
_KEY = r"^[a-z]{2,3}_[A-Z]{2}-[A-Za-z0-9_]+-[a-z_]+$"
_LICENCE = re.compile(r"^[ \t*-]*+licen[cs]e[^:\n]{0,20}:\s*+(\S[^\n]*)", re.IGNORECASE | re.MULTILINE)
_SPDX = {"CC0": "CC0-1.0", "CC-BY-4.0": "CC-BY-4.0", "CC-BY-SA-4.0": "CC-BY-SA-4.0", "APACHE-2.0": "Apache-2.0"}
"""Licences as cards have them, in capitals with hyphens."""

_HOME = frozenset({"127.0.0.1", "localhost", "::1"})


class _Language(Struct, frozen=True):
    """Attributes as the catalogue has them."""

    code: str
    family: str = ""
    name_native: str = ""
    name_english: str = ""
    country_english: str = ""


class _File(Struct, frozen=True):
    """Attributes as the catalogue has them."""

    size_bytes: Annotated[int, Meta(ge=1, le=1_000_000_000)]
    md5_digest: Annotated[str, Meta(pattern="^[0-9a-fA-F]{32}$")]


class PiperVoice(Struct, frozen=True):
    """One voice of the catalogue.

    Attributes:
        key: what the user types, such as `de_DE-thorsten-medium`.
        language: what it speaks.
        quality: `x_low` to `high`.
        files: their sizes and MD5 hashes, by their paths in the hub.
        num_speakers: how many; the first speaks.
    """

    key: Annotated[str, Meta(pattern=_KEY)]
    language: _Language
    quality: str
    files: dict[str, _File]
    num_speakers: int = 1

    @property
    def size_mb(self) -> float:
        """Of all its files, in megabytes."""
        return sum(file.size_bytes for file in self.files.values()) / 1e6

    def __str__(self) -> str:
        """Return it in words."""
        language = " ".join(filter(None, (self.language.name_english, f"({self.language.country_english})")))
        several = f", {self.num_speakers} speakers" if self.num_speakers > 1 else ""
        return f"{language or self.language.code}, quality {self.quality}, {self.size_mb:.0f} MB{several}"

    def path(self, end: str) -> str:
        """Return the path in the hub of the file whose name ends so.

        Raises:
            DownloadFailed: the catalogue names none.
        """
        for path in self.files:
            if path.endswith(end) and not path.startswith("/") and ".." not in path.split("/"):
                return path
        raise DownloadFailed(f"Piper's catalogue names no file {end} for the voice {self.key}", hint=_REFRESH)


_REFRESH = "Fetch the catalogue anew: audio-builder voices search --refresh"


def looks_like_piper(name: str) -> bool:
    """Return whether a name is written as those of Piper's catalogue are."""
    return re.match(_KEY, name) is not None


def read_catalogue(progress: Progress, *, refresh: bool = False) -> tuple[PiperVoice, ...]:
    """Return the voices of the catalogue by their keys; it is fetched where it isn't kept, or to refresh it.

    Args:
        progress: called with the bytes that have arrived; its stage is `fetch`.
        refresh: fetch it anew.

    Raises:
        DownloadFailed: it can't be fetched, or isn't a catalogue.
        OutputError: it can't be written.
    """
    kept = _kept()
    if refresh or not kept.is_file():
        with draft_beside(kept) as draft:
            _fetch("voices.json", draft, _LARGEST_CATALOGUE_BYTES, progress)
            _parsed(draft)
            commit(draft, kept)
    return _parsed(kept)


def search_catalogue(voices: tuple[PiperVoice, ...], words: tuple[str, ...]) -> tuple[PiperVoice, ...]:
    """Return the voices that have all of some words: a language by its tag or its name, a name, a quality.

    Args:
        voices: of the catalogue.
        words: as typed; a word of two or three letters is the tag of a language.
    """
    return tuple(voice for voice in voices if all(_fits(voice, word.casefold()) for word in words))


def _fits(voice: PiperVoice, word: str) -> bool:
    tag = word.replace("-", "_")
    if tag in {voice.language.family.casefold(), voice.language.code.casefold()}:
        return True
    language = voice.language
    names = (voice.key, voice.quality, language.name_native, language.name_english, language.country_english)
    return len(word) > 3 and any(word in name.casefold() for name in names)


def find_in_catalogue(voices: tuple[PiperVoice, ...], key: str) -> PiperVoice:
    """Return the voice with a key; upper and lower case are the same.

    Raises:
        UnknownVoice: there is none.
    """
    for voice in voices:
        if voice.key.casefold() == key.casefold():
            return voice
    raise UnknownVoice(
        f"Piper's catalogue has no voice called “{key}”",
        hint=f"List those of a language: audio-builder voices search {key[:2]}; or {_REFRESH[0].lower()}{_REFRESH[1:]}",
    )


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What comes with a voice.

    Attributes:
        licence: its SPDX identifier where that is known, else as it is written there; empty where it isn't found.
        text: all of it.
    """

    licence: str
    text: str


def read_card(voice: PiperVoice, progress: Progress) -> ModelCard:
    """Fetch the card of a voice, and return it.

    Raises:
        DownloadFailed: it can't be fetched.
        VoiceFileChanged: it isn't the one in the catalogue.
    """
    path = _fetched(voice, voice.path(_CARD), progress, _LARGEST_CARD_BYTES)
    text = path.read_text(encoding="utf-8", errors="replace")
    found = _LICENCE.search(text)
    licence = found[1].rstrip() if found else ""
    return ModelCard(_SPDX.get(licence.upper().replace(" ", "-"), licence), text)


def install_from_catalogue(voice: PiperVoice, licence: str, progress: Progress) -> VoiceProfile:
    """Fetch a voice, compare its files with the catalogue, and return its profile.

    Args:
        voice: of the catalogue.
        licence: of its card.
        progress: called with the bytes that have arrived; its stage is `fetch`.

    Raises:
        DownloadFailed: a file can't be fetched; what has arrived is kept.
        VoiceFileChanged: a file isn't the one in the catalogue.
        VoiceError: it isn't a voice of Piper.
        OutputError: a file can't be written.
    """
    _fetched(voice, voice.path(".onnx.json"), progress)
    model = _fetched(voice, voice.path(".onnx"), progress)
    profile = add_piper_voice(model, licence=licence)
    for path in model.parent.iterdir():
        path.unlink()
    model.parent.rmdir()
    return profile


def _fetched(voice: PiperVoice, path: str, progress: Progress, largest: int = 1_000_000_000) -> Path:
    """Return where a file of a voice lies, its size and MD5 compared."""
    file = voice.files[path]
    target = data_folder() / "piper" / voice.key / path.rpartition("/")[2]
    _fetch(path, target, min(file.size_bytes, largest), progress)
    content = target.read_bytes()
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if len(content) != file.size_bytes or digest != file.md5_digest.lower():
        target.unlink()
        raise VoiceFileChanged(
            f"{target.name} isn't the file in Piper's catalogue: it has {len(content):,} bytes and the MD5 {digest}, "
            f"not {file.size_bytes:,} and {file.md5_digest}",
            hint=f"Try again. If it stays so: {_REFRESH[0].lower()}{_REFRESH[1:]}",
        )
    return target


def _fetch(path: str, target: Path, cap_bytes: int, progress: Progress) -> None:
    address = os.environ.get(ADDRESS_VARIABLE, _HUB).rstrip("/")
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HOME):
        raise DownloadFailed(
            f"{ADDRESS_VARIABLE} is “{address}”, which is no https address",
            hint="Give an https address, or http on this computer; or unset it for the public catalogue.",
        )
    with output_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_file() and not target.stat().st_size:
            target.unlink()
    fetch_resumably(
        f"{address}/{quote(path)}", target, cap_bytes, lambda have, host: progress(Step("fetch", have, cap_bytes, host))
    )


def _kept() -> Path:
    return data_folder() / "piper" / "voices.json"


def _parsed(path: Path) -> tuple[PiperVoice, ...]:
    try:
        found = decode_json(path.read_bytes(), dict[str, msgspec.Raw])
    except (OSError, ValueError) as error:
        raise DownloadFailed(f"{path} isn't Piper's catalogue: {error}", hint=_REFRESH) from error
    voices = []
    for raw in found.values():
        try:
            voices.append(decode_json(raw, PiperVoice))
        except ValueError:
            continue  # a voice of a form that isn't known here is left out of the list
    if not voices:
        raise DownloadFailed(f"{path} isn't Piper's catalogue: there is no voice in it", hint=_REFRESH)
    return tuple(sorted(voices, key=lambda voice: voice.key))


_LARGEST_MODEL_BYTES = 1_000_000_000
_LARGEST_CONFIG_BYTES = 10_000_000
_LIKE = "joe"
"""A shipped voice of the same engine, whose rates stand in until the new one's are measured."""


def add_piper_voice(model: Path, name: str = "", licence: str = "") -> VoiceProfile:
    """Copy a Piper voice into the user's folder and return its profile, which lies there too.

    Args:
        model: the `.onnx` file; its configuration is beside it, with `.json` added to the name.
        name: what to call the voice; by default made from the file's name.
        licence: SPDX identifier of the voice, if you know it.

    Raises:
        VoiceFileMissing: the model or its configuration isn't there.
        MissingExtra: onnx, which looks into the model, isn't installed.
        VoiceError: one of them is malformed, the name can't be used or is taken.
        OutputError: the copies can't be written.
    """
    config_path = model.with_name(f"{model.name}.json")
    content = _read(model, _LARGEST_MODEL_BYTES)
    config_bytes = _read(config_path, _LARGEST_CONFIG_BYTES)
    read_model(content, model.name)
    language = _language(config_bytes, config_path)
    name = name.lower() or re.sub(r"[^a-z0-9]+", "-", model.stem.lower()).strip("-")[:40].strip("-")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", name):
        raise VoiceError(
            f"a voice can't be called “{name}”", hint="Use up to 40 letters a to z, digits and hyphens: --name my-voice"
        )
    target = data_folder() / "voices" / f"{name}.toml"
    pinned = {hashlib.sha256(data).hexdigest() for data in (content, config_bytes)}
    done = _is_of(target, pinned)
    if not done and any((folder / f"{name}.toml").exists() for folder in profile_folders()):
        raise VoiceError(f"there is a voice called “{name}” already", hint="Choose another name with --name.")
    files = []
    for role, path, data in (("model", model, content), ("config", config_path, config_bytes)):
        digest = hashlib.sha256(data).hexdigest()
        kept = re.sub(r"[^A-Za-z0-9._-]", "_", path.name).lstrip("._-")[-100:]
        write_bytes(installed_file(digest, kept), data)
        files.append(f'\n[[files]]\nrole = "{role}"\nname = "{kept}"\nsize_bytes = {len(data)}\nsha256 = "{digest}"\n')
    if not done:
        write_bytes(target, _profile(name, model.stem, language, licence, files).encode())
    return read_profile(target)


def _is_of(profile: Path, pinned: set[str]) -> bool:
    """Return whether a profile is that of these very files: then this was done before, all of it or a part."""
    try:
        return {file.sha256 for file in read_profile(profile).files} == pinned
    except VoiceError:
        return False


def _read(path: Path, largest: int) -> bytes:
    try:
        if path.stat().st_size > largest:
            raise VoiceError(f"{path} is larger than {largest:,} bytes, so it isn't a Piper voice")
        return path.read_bytes()
    except OSError as error:
        raise VoiceFileMissing(
            f"can't read {path}: {error.strerror}",
            hint="A Piper voice is two files side by side: NAME.onnx and NAME.onnx.json.",
        ) from error


def _language(config: bytes, path: Path) -> str:
    """Return the language tag of a configuration that has what the engine needs."""
    try:
        parsed = decode_json(config, dict[str, Any])
        int(parsed["audio"]["sample_rate"])
        spoken = (parsed.get("language") or {}).get("code") or parsed["espeak"]["voice"]
        tag = str(spoken).replace("_", "-")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise VoiceError(f"{path.name} isn't a Piper configuration: {error!r}") from error
    if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", tag):
        raise VoiceError(f"{path.name} isn't a Piper configuration: its language is “{tag[:40]}”")
    return tag


def _profile(name: str, stem: str, language: str, licence: str, files: list[str]) -> str:
    """Return the profile's TOML; a TOML text is written like a JSON one."""
    points = "".join(
        f"\n[[calibration]]\nsetting = {point.setting}\nwpm = {point.wpm}\n" for point in find_voice(_LIKE).calibration
    )
    return (
        "# Made by `audio-builder voices add`. The rates are another voice's until its own are measured.\n"
        f'name = "{name}"\nengine = "piper"\nlanguage = "{language}"\n'
        f"description = {json.dumps(f'added from {stem}', ensure_ascii=True)}\n"
        f"licence = {json.dumps(licence or 'LicenseRef-unknown', ensure_ascii=True)}\n"
        f'rates_of = "{_LIKE}"\n{points}{"".join(files)}'
    )
