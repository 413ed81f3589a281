"""Making a voice of any Piper model: its files are copied, and a profile is written from its configuration."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from audio_builder.errors import VoiceError, VoiceFileMissing
from audio_builder.files import write_bytes
from audio_builder.voices.catalogue import find_voice, profile_folders, read_profile
from audio_builder.voices.engines.onnx_models import read_model
from audio_builder.voices.profile import VoiceProfile
from audio_builder.voices.voice_files import data_folder, installed_file

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
        parsed: dict[str, Any] = json.loads(config)
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
