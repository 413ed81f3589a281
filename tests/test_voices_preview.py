"""Samples of voices, and the page to compare them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from audio_builder.cli.main import run
from audio_builder.errors import UnknownVoice
from audio_builder.previews.sample_episodes import PageEntry, sample_text, voices_page

from . import instruments
from .conftest import ROOT


@pytest.fixture
def own_voices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with the voices `humming` (the tone engine, German) and, not installed, `absent`."""
    monkeypatch.setenv("AUDIO_BUILDER_DATA", str(tmp_path / "data"))
    folder = tmp_path / "data" / "voices"
    folder.mkdir(parents=True)
    tone = (ROOT / "voices" / "tone.toml").read_text(encoding="utf-8")
    heart = (ROOT / "voices" / "heart.toml").read_text(encoding="utf-8")
    humming = tone.replace('name = "tone"', 'name = "humming"').replace('"und"', '"de-AT"')
    (folder / "humming.toml").write_text(humming, encoding="utf-8")
    (folder / "absent.toml").write_text(heart.replace('name = "heart"', 'name = "absent"'), encoding="utf-8")
    return folder


class Outline(HTMLParser):
    """What a page refers to, and whether each player has a name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.refers: list[str] = []
        self.ids: set[str] = set()
        self.labels: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href"):
                self.refers.append(value or "")
            if name == "id":
                self.ids.add(value or "")
            if tag == "audio" and name == "aria-labelledby":
                self.labels.append(value or "")


def test_each_ready_voice_has_an_episode_and_the_others_what_to_do(
    own_voices: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The sample is mastered like an episode; the page plays it, and names the command for what isn't there."""
    folder = tmp_path / "samples"
    assert run(["voices", "preview", "humming", "absent", "-o", str(folder)]) == 0
    printed = capfd.readouterr()
    assert printed.out == f"{folder / 'voices.html'}\n"
    assert "absent: no sample. the voice “absent” isn't installed" in printed.err
    page = (folder / "voices.html").read_text(encoding="utf-8")
    outline = Outline(page)
    assert outline.refers == ["the-voice-humming.mp3"]
    assert set(outline.labels) <= outline.ids
    assert len(outline.labels) == 1
    assert "audio-builder voices install absent" in page
    assert re.search(r'<dd dir="auto">12\d words per minute here; it can speak at 60 to 240</dd>', page)
    heard = instruments.loudness(folder / "the-voice-humming.mp3")
    assert heard.integrated_lufs == pytest.approx(-16, abs=0.5)
    assert heard.true_peak_dbtp <= -1.0


def test_what_a_profile_says_is_text_on_the_page() -> None:
    """Names, descriptions, problems: nothing of them is markup, and the page loads nothing but its sounds."""
    nasty = "<script>alert(1)</script>\"'&"
    missing = PageEntry(name=nasty, about=nasty, problem=nasty, mend=nasty)
    made = PageEntry(name="a+b", about=nasty, facts=((nasty, nasty),), use=nasty, audio='x y".mp3')
    page = voices_page((missing, made)).decode()
    outline = Outline(page)
    assert "script" not in outline.tags
    assert outline.refers == ["x%20y%22.mp3"]
    assert "http:" not in page
    assert "https:" not in page
    assert "default-src 'none'" in page


def test_no_voice_ready_is_said() -> None:
    """The page is there all the same."""
    assert "None of these voices is ready yet." in voices_page(()).decode()


@pytest.mark.parametrize(
    ("language", "spoken"),
    [("en-GB", "en"), ("de", "de"), ("FR-ca", "fr"), ("es-MX", "es"), ("it", "it"), ("ko", "en")],
)
def test_a_voice_says_words_of_its_own_language(language: str, spoken: str) -> None:
    """Else English, and the language is told."""
    words, told = sample_text(language)
    assert told == spoken
    assert 40 < len(words.split()) < 90
    assert "\\" not in words


def test_an_unknown_voice_is_told_before_anything_is_built(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing is made."""
    assert run(["voices", "preview", "tone", "nobody", "-o", str(tmp_path / "x")]) == UnknownVoice.exit_code
    assert not (tmp_path / "x").exists()
