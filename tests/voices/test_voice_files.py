"""A voice's files: found in installed packages, and verified."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest

from audio_builder.errors import VoiceFileChanged, VoiceFileMissing
from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.profile import PackageSource, VoiceFile, VoiceProfile
from audio_builder.voices.voice_files import locate_files

CONTENT = b"the weights of a voice"


def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str = "1.0") -> VoiceProfile:
    """A voice with one file in a package that is installed in `tmp_path`."""
    info = tmp_path / "quiet_voice-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: quiet-voice\nVersion: 1.0\n")
    (tmp_path / "quiet_voice").mkdir()
    (tmp_path / "quiet_voice" / "model.bin").write_bytes(CONTENT)
    # Importing the package would be the end of the test.
    (tmp_path / "quiet_voice" / "__init__.py").write_text("raise SystemExit")
    monkeypatch.syspath_prepend(str(tmp_path))
    source = PackageSource(distribution="quiet-voice", version=version, path="quiet_voice/model.bin")
    digest = hashlib.sha256(CONTENT).hexdigest()
    file = VoiceFile(role="model", name="model.bin", size_bytes=len(CONTENT), sha256=digest, sources=(source,))
    return msgspec.structs.replace(find_voice("tone"), files=(file,))


def test_a_file_is_found_without_importing_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The path is given by the file's role."""
    assert locate_files(profile(tmp_path, monkeypatch)) == {"model": tmp_path / "quiet_voice" / "model.bin"}


@pytest.mark.parametrize("changed", [CONTENT[:-1], CONTENT[:-1] + b"!", CONTENT + b"!"])
def test_a_changed_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: bytes) -> None:
    """Shorter, longer or one byte other: it isn't the file that was checked."""
    voice = profile(tmp_path, monkeypatch)
    (tmp_path / "quiet_voice" / "model.bin").write_bytes(changed)
    with pytest.raises(VoiceFileChanged, match=r"isn't the one that was checked"):
        locate_files(voice)


def test_a_file_that_its_package_lacks_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package is there, the file isn't."""
    voice = profile(tmp_path, monkeypatch)
    (tmp_path / "quiet_voice" / "model.bin").unlink()
    with pytest.raises(VoiceFileMissing, match=r"its file model\.bin isn't on this machine"):
        locate_files(voice)


def test_a_package_of_another_version_isnt_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the version that was checked is; `voices install` fetches that one."""
    with pytest.raises(VoiceFileMissing) as caught:
        locate_files(profile(tmp_path, monkeypatch, version="2.0"))
    assert caught.value.hint.startswith("Install it with: audio-builder voices install tone (once; ")


def test_a_missing_package_is_answered_with_the_command_that_installs_the_voice() -> None:
    """One command for every voice, whatever it lacks."""
    source = PackageSource(distribution="no-such-voice", version="3.1", path="x")
    file = VoiceFile(role="model", name="x", size_bytes=7_000_000, sha256="0" * 64, sources=(source,))
    voice = msgspec.structs.replace(find_voice("tone"), files=(file,))
    with pytest.raises(VoiceFileMissing) as caught:
        locate_files(voice)
    assert caught.value.hint == "Install it with: audio-builder voices install tone (once; 7.0 MB)"


@pytest.mark.engine
def test_joes_files_are_the_published_ones() -> None:
    """joe's model and config are installed, and their hashes are the pinned ones."""
    paths = locate_files(find_voice("joe"))
    assert {role: path.name for role, path in paths.items()} == {
        "model": "en_US-joe-medium.onnx",
        "config": "en_US-joe-medium.onnx.json",
    }
