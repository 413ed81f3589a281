"""`compare`: what differs between two episodes, in words, in JSON and as a picture."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from audio_builder.cli.main import run
from audio_builder.episode.pictures import speech_spans_s
from audio_builder.script.cues import Bell, Cue, Reason, Rest, Role, Say
from audio_builder.script.differences import script_changes
from tests import sound_helpers

ARTICLE = """# A Small Evening

## The lamp

The lamp is on. Nothing is asked of you now.

The window holds the last of the light.

## The kettle

The kettle begins.
"""


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An episode, and one with a sentence changed, another added, more silence and other settings."""
    folder = tmp_path_factory.mktemp("pair")
    (folder / "a.md").write_text(ARTICLE, encoding="utf-8")
    changed = ARTICLE.replace("last of the light", "first of the dark").replace("begins.", "begins. Let it sing.")
    (folder / "b.md").write_text(changed, encoding="utf-8")
    options = ("--pacing", "spacious", "--background", "none", "--author", "A. Writer")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUDIO_BUILDER_CACHE", str(folder / "cache"))
        assert run(["build", str(folder / "a.md"), "-o", str(folder / "a"), "--voice", "tone", "-q"]) == 0
        assert run(["build", str(folder / "b.md"), "-o", str(folder / "b"), "--voice", "tone", "-q", *options]) == 0
    return folder / "a" / "a-small-evening.mp3", folder / "b" / "a-small-evening.mp3"


def told(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    capfd.readouterr()
    assert run(["compare", "-q", *arguments]) == 0
    return capfd.readouterr().out


def test_a_writer_is_told_what_changed(pair: tuple[Path, Path], capfd: pytest.CaptureFixture[str]) -> None:
    """Sentences with their words, pauses, settings apart from those that the pacing brings, length, chapters."""
    lines = told(capfd, *map(str, pair)).splitlines()
    assert lines[:7] == [
        "words: 1 sentence changed, 1 sentence new",
        "    - The window holds the last of the light.",
        "    + The window holds the first of the dark.",
        "    + Let it sing.",
        "pauses: 6 longer, 1 shorter; together 0:40 before, 1:01 now",
        "pacing: gentle before, spacious now",
        "background: drone before, none now",
    ]
    assert lines[7:9] == ["other settings:", "    tags.author: nothing before, A. Writer now"]
    assert any(line.startswith("length: ") and line.endswith(" s longer") for line in lines)
    # Gains come in steps of 0.2 dB, so one may be a tenth or two louder than the other; both are on target.
    told_lufs = re.findall(r"-\d+\.\d", next(line for line in lines if line.startswith("loudness: ")))
    assert told_lufs
    assert all(abs(float(level) + 16) <= 0.2 for level in told_lufs)
    assert "chapters: 2 differ" in lines
    assert any(line.startswith("    “The kettle” was at 0:") for line in lines)


def test_the_same_file_is_the_same(pair: tuple[Path, Path], capfd: pytest.CaptureFixture[str]) -> None:
    """One line says so."""
    assert told(capfd, str(pair[0]), str(pair[0])) == "The two files are the same, byte for byte.\n"


def test_the_json_has_every_figure(pair: tuple[Path, Path], capfd: pytest.CaptureFixture[str]) -> None:
    """With a version, both files' measurements and all settings that differ."""
    report = json.loads(told(capfd, *map(str, pair), "--json"))
    assert report["schema_version"] == 1
    assert report["second"]["length_s"] > report["first"]["length_s"] + 15
    assert report["script"]["sentences"][1] == {"before": "", "after": "Let it sing."}
    by_name = {change["setting"]: (change["before"], change["after"]) for change in report["settings"]}
    assert by_name["pacing.sentence_s"] == (1.0, 1.6)
    assert by_name["soundscape.background"] == ("drone", "none")


def test_any_two_sounds_can_be_compared(
    pair: tuple[Path, Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A recording of somebody else's carries nothing: what is measured is told, and why the rest isn't."""
    other = tmp_path / "other.wav"
    sound_helpers.speech(5.0).export(other, format="wav").close()
    lines = told(capfd, str(pair[0]), str(other)).splitlines()
    assert lines[0] == f"words, pauses, settings: not known, because {other} carries no script and recipe"
    assert any(line.startswith("length: 0:53 before") for line in lines)
    assert "    “The lamp” is gone; it was at 0:12" in lines


def test_the_picture_has_both_strips_and_runs_nothing(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """Well-formed SVG with both titles, every chapter twice and no script or foreign address."""
    picture = tmp_path / "both.svg"
    assert run(["compare", "-q", *map(str, pair), "--picture", str(picture)]) == 0
    content = picture.read_text(encoding="utf-8")
    texts = [element.text or "" for element in ET.fromstring(content).iter() if element.tag.endswith("text")]  # noqa: S314 - our own
    assert sum(text.startswith("A Small Evening, ") for text in texts) == 2
    assert texts.count("The lamp") == texts.count("The kettle") == 2
    assert "<script" not in content
    assert content.count("http") == 1


@pytest.mark.parametrize("command", ["compare", "check"])
def test_a_picture_never_takes_the_place_of_an_episode(
    command: str, pair: tuple[Path, Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Only a name that ends in .svg is taken; the message has one that would do."""
    episode, before = pair[0], pair[0].read_bytes()
    files = pair if command == "compare" else pair[:1]
    assert run([command, *map(str, files), "--picture", str(episode)]) == 2
    assert f"call it “{episode.stem}.svg”" in capfd.readouterr().err
    assert episode.read_bytes() == before
    assert run([command, "-q", *map(str, files), "--picture", str(tmp_path / "Both.SVG")]) == 0
    assert (tmp_path / "Both.SVG").read_bytes().startswith(b"<svg")


def test_speech_is_told_from_the_background() -> None:
    """Two phrases 25 dB over a bed; the gap of a tenth of a second between two words is part of a phrase."""
    energies = np.full(1000, 10**-5.5, dtype=np.float32)
    energies[100:300] = energies[310:400] = energies[600:800] = 10**-3
    (start, end), (start_2, end_2) = speech_spans_s(energies)
    assert (start, end) == pytest.approx((1.0, 4.0), abs=0.15)
    assert (start_2, end_2) == pytest.approx((6.0, 8.0), abs=0.15)
    assert speech_spans_s(energies[:0]) == []


def test_pauses_are_held_against_the_same_sentence() -> None:
    """A new sentence between two others doesn't shift the pauses; what comes before all words counts too."""

    def cues(*phrases: tuple[str, float]) -> list[Cue]:
        found: list[Cue] = [Rest(6.0, Reason.OPENING)]
        for text, seconds in phrases:
            found += [Say(text, Role.PROSE), Rest(seconds, Reason.SENTENCE)]
        return found

    first = sound_helpers.script_of(cues(("One.", 1.0), ("Two.", 2.0), ("Three.", 3.0)))
    second = sound_helpers.script_of([*cues(("One.", 1.5), ("New.", 9.0), ("Two.", 2.0), ("Three.", 1.0)), Bell()])
    found = script_changes(first, second)
    assert (found.pauses.longer, found.pauses.shorter, found.pauses.same) == (1, 1, 2)
    assert found.pauses.change_s == pytest.approx(7.5)
    assert [(change.before, change.after) for change in found.sentences] == [("", "New.")]
    assert found.same_sentences == 3
    assert found.sounds == {"bells": (0, 1)}
