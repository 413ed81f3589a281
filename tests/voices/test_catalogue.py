"""The catalogue of voices."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

import pytest

from audio_builder.cli.main import run
from audio_builder.errors import UnknownVoice, VoiceError
from audio_builder.voices.catalogue import find_voice, list_voices, profile_folders, scan_voices
from audio_builder.voices.status import voice_statuses

GOOD = """
name = "mine"
engine = "tone"
language = "en"
description = "mine"
licence = "CC0-1.0"
[[calibration]]
setting = 100
wpm = 100
"""


def written(folder: Path, text: str, name: str = "mine") -> tuple[Path, ...]:
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return (folder,)


def test_shipped_voices_are_all_well_formed() -> None:
    """The project ships lark, joe, system and tone, and each says its licence."""
    shipped = {voice.name: voice for voice in list_voices(profile_folders()[1:])}
    assert {"lark", "joe", "system", "tone"} <= set(shipped)
    assert shipped["joe"].licence == "CC0-1.0"
    assert len(shipped["joe"].calibration) >= 5
    assert len(shipped["system"].calibration) >= 5


def test_a_voice_is_found_whatever_its_case() -> None:
    """`Joe` is joe."""
    assert find_voice("Joe").name == "joe"


def test_an_unknown_voice_is_answered_with_the_closest_names() -> None:
    """A slip of the finger is recognised."""
    with pytest.raises(UnknownVoice, match="no voice called “jo”") as caught:
        find_voice("jo")
    assert "joe" in caught.value.hint


def test_a_users_own_profile_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    """The first folder that has a name wins."""
    folders = written(tmp_path, GOOD.replace('"mine"', '"joe"'), "joe") + profile_folders()[1:]
    assert find_voice("joe", folders).engine == "tone"


def test_a_broken_profile_does_no_harm_to_another_voice(tmp_path: Path) -> None:
    """Only the profile that is asked for is read."""
    folders = written(tmp_path, "broken", "broken") + written(tmp_path, GOOD)
    assert find_voice("mine", folders).name == "mine"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("wpm = 100", 'wpm = "fast"'), "calibration[0].wpm"),
        (('language = "en"', ""), "language"),
        (('engine = "tone"', 'engine = "tone"\nrat = 1'), "rat"),
        (('language = "en"', 'langage = "en"'), "Did you mean language?"),
        (("wpm = 100", "wpm = 0"), "calibration"),
        (("wpm = 100", "wpm = 100\n[[calibration]]\nsetting = 50\nwpm = 90"), "rising wpm"),
        (('name = "mine"', 'name = "yours"'), "name is “yours”"),
        (('name = "mine"', "name = mine"), "TOML"),
    ],
)
def test_a_malformed_profile_is_named_with_its_field(tmp_path: Path, change: tuple[str, str], named: str) -> None:
    """The error names the file and what is wrong in it."""
    folders = written(tmp_path, GOOD.replace(*change))
    with pytest.raises(VoiceError) as caught:
        list_voices(folders)
    assert str(tmp_path / "mine.toml") in caught.value.message
    assert named in caught.value.message


@pytest.mark.parametrize("path", ["../secrets", "/etc/passwd", "a/../../b", "C:\\\\x", "\\\\x"])
def test_a_profile_names_no_file_outside_its_package(tmp_path: Path, path: str) -> None:
    """Paths stay inside the distribution that is named."""
    sources = f'[[files.sources]]\nkind = "python"\ndistribution = "pip"\nversion = "1"\npath = "{path}"\n'
    file = f'[[files]]\nrole = "model"\nname = "m"\nsize_bytes = 1\nsha256 = "{"0" * 64}"\n'
    with pytest.raises(VoiceError, match="must stay inside its package"):
        list_voices(written(tmp_path, GOOD + file + sources))


def test_rates_that_were_not_measured_are_named_in_the_list(capfd: pytest.CaptureFixture[str]) -> None:
    """The voices that can't be measured before they are fetched have another's rates, and the list says so."""
    shipped = {voice.name: voice for voice in list_voices(profile_folders()[1:])}
    borrowed = {name: voice.rates_of for name, voice in shipped.items() if voice.rates_of}
    assert {name for name, own in borrowed.items() if own == "lark"} == {"fable", "fenrir", "hibari-emma", "kore"}
    for name, own in borrowed.items():
        assert shipped[name].language.partition("-")[0] == shipped[own].language.partition("-")[0]
        assert shipped[name].calibration == shipped[own].calibration or own == "lark"
    assert run(["voices", "--json"]) == 0
    listed = json.loads(capfd.readouterr().out)["voices"]
    assert {voice["name"]: voice["rates_of"] for voice in listed if voice.get("rates_of")} == borrowed


def test_hibaris_voices_are_pinned_as_its_package_pins_them() -> None:
    """Size and SHA-256 of each are those in the registry file of hibari-tts, which is read and not imported."""
    try:
        package = metadata.distribution("hibari-tts")
    except metadata.PackageNotFoundError:
        pytest.skip("hibari-tts isn't installed")
    registry = json.loads(Path(str(package.locate_file("hibari/assets/voices.json"))).read_text())
    published = {voice["file"]: (voice["bytes"], voice["sha256"]) for voice in registry.values()}
    for name in ("fable", "fenrir", "hibari-emma", "kore"):
        (file,) = find_voice(name).files
        assert (file.size_bytes, file.sha256) == published[file.name]


def test_a_malformed_profile_empties_no_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are listed as before, and it is listed with what is wrong with it."""
    folders = (*written(tmp_path, GOOD), *written(tmp_path, "name = [", "broken"))
    found = scan_voices(folders)
    assert found["mine"].name == "mine"
    assert isinstance(found["broken"], VoiceError)
    monkeypatch.setattr("audio_builder.voices.catalogue.profile_folders", lambda: folders[:1])
    states = {status.name: status for status in voice_statuses()}
    assert states["mine"].ready
    assert not states["broken"].ready
    assert "broken.toml" in states["broken"].problem
    assert run(["voices"]) == 0


def test_joe_has_a_second_source() -> None:
    """Its author's own address, for the day when the package is gone; the bytes are the same by their hash."""
    for file in find_voice("joe").files:
        assert [type(source).__name__ for source in file.sources] == ["PackageSource", "WebSource"]
