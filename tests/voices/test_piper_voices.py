"""Piper's catalogue, from a server on this machine that answers as the public one does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import pytest

from audio_builder.errors import DownloadFailed, UnknownVoice, VoiceFileChanged
from audio_builder.progress import silent
from audio_builder.voices.install import piper_voices
from audio_builder.voices.install.piper_voices import (
    find_in_catalogue,
    looks_like_piper,
    read_card,
    read_catalogue,
    search_catalogue,
)
from tests.support.http_server import http_server
from tests.support.piper_hub import KEY, put_hub
from tests.test_cli import run

pytestmark = pytest.mark.loopback


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that is served as the hub; the data folder is the test's own."""
    folder = put_hub(tmp_path / "hub", b"not a model")
    monkeypatch.setenv("AUDIO_BUILDER_DATA", str(tmp_path / "data"))
    with http_server(SimpleHTTPRequestHandler, directory=str(folder)) as address:
        monkeypatch.setenv(piper_voices.ADDRESS_VARIABLE, address)
        yield folder


@pytest.mark.parametrize(
    ("words", "found"),
    [(("de",), [KEY]), (("German",), [KEY]), (("thorsten", "medium"), [KEY]), (("sv",), []), (("de-DE",), [KEY])],
)
def test_a_voice_is_found_by_language_name_and_quality(hub: Path, words: tuple[str, ...], found: list[str]) -> None:
    """By the tag or the English name of the language; all words must fit."""
    assert [voice.key for voice in search_catalogue(read_catalogue(silent), words)] == found


def test_the_catalogue_is_kept_until_it_is_refreshed(hub: Path) -> None:
    """It isn't asked for again; what isn't a catalogue takes no place."""
    assert len(read_catalogue(silent)) == 2
    (hub / "voices.json").write_text("{}")
    assert len(read_catalogue(silent)) == 2
    with pytest.raises(DownloadFailed, match="there is no voice in it"):
        read_catalogue(silent, refresh=True)
    assert len(read_catalogue(silent)) == 2


def test_the_licence_stands_on_the_card(hub: Path) -> None:
    """As an SPDX identifier, where it is a common one."""
    assert read_card(find_in_catalogue(read_catalogue(silent), KEY.lower()), silent).licence == "CC0-1.0"


def test_a_file_with_another_md5_is_refused(hub: Path) -> None:
    """With both; it isn't kept."""
    voice = find_in_catalogue(read_catalogue(silent), KEY)
    card = hub / voice.path("MODEL_CARD")
    card.write_bytes(card.read_bytes().replace(b"CC0", b"CC1"))
    with pytest.raises(VoiceFileChanged, match="isn't the file in Piper's catalogue"):
        read_card(voice, silent)


def test_an_unknown_voice_is_refused(hub: Path) -> None:
    """With the command that lists those of its language."""
    with pytest.raises(UnknownVoice) as caught:
        find_in_catalogue(read_catalogue(silent), "fi_FI-nobody-low")
    assert "voices search fi" in caught.value.hint


def test_an_address_elsewhere_must_be_https(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only on this computer it may be http."""
    monkeypatch.setenv(piper_voices.ADDRESS_VARIABLE, "http://voices.example")
    with pytest.raises(DownloadFailed, match="no https address"):
        read_catalogue(silent)


def test_the_licence_is_shown_before_anything_is_fetched(hub: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Without a yes nothing comes; what isn't a model is refused after its hash was compared."""
    assert run(["voices", "install", KEY]) != 0
    printed = capfd.readouterr()
    assert "Its licence, by its card: CC0-1.0." in printed.err
    assert run(["voices", "install", KEY, "--yes"]) != 0
    assert "onnx" in capfd.readouterr().err


def test_which_names_are_pipers() -> None:
    """Those with a language and a region before the name."""
    assert [*map(looks_like_piper, (KEY, "dora", "dora-pt", "joe"))] == [True, False, False, False]


def test_the_hub_of_these_tests_is_of_the_real_form(hub: Path) -> None:
    """Keys, sizes and MD5 of files by their paths."""
    entry = json.loads((hub / "voices.json").read_text())[KEY]
    path = next(path for path in entry["files"] if path.endswith("MODEL_CARD"))
    assert entry["files"][path]["md5_digest"] == hashlib.md5((hub / path).read_bytes()).hexdigest()  # noqa: S324
