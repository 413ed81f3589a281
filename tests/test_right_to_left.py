"""Arabic and Hebrew from the article to the transcript: not a letter or mark is changed."""

from __future__ import annotations

import json
from pathlib import Path

import mutagen.id3
import pytest

from audio_builder.cli.main import run
from audio_builder.script.cues import Say
from audio_builder.script.notation import parse_script

LINES = {
    "ar": ("نافذة الصباح", "في بيت جدتي نافذة صغيرة، تطل على شجرة ليمون.", "من علّمكِ الصبر\u200f؟"),
    "he": ("חלון הבוקר", "בבית סבתי חלון קטן, הפונה אל עץ לימון.", "מי לימד אותך \u2067סבלנות\u2069?"),
}


@pytest.mark.parametrize("language", LINES)
def test_a_script_from_right_to_left_is_read_back_as_it_was(
    language: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """With every sign of direction, its language recognised, and the marks where they belong."""
    title, sentence, question = LINES[language]
    source = tmp_path / "a.md"
    source.write_text(f"# {title}\n\n{sentence} {question}\n", encoding="utf-8")
    assert run(["script", str(source)]) == 0
    printed = capfd.readouterr().out
    script = parse_script(printed, "a.md")
    assert [cue.text for cue in script.cues if isinstance(cue, Say)] == [title, sentence, question]
    assert (script.title, script.language) == (title, language)
    assert f"{question} [pause 10s closing]" in printed


def test_an_episode_from_right_to_left_keeps_its_words(tmp_path: Path) -> None:
    """In tags, lyrics, the record and every transcript: without signs of direction, which could steer a player."""
    title, sentence, question = LINES["ar"]
    _, *hebrew = LINES["he"]
    source = tmp_path / "a.md"
    source.write_text(f"# {title}\n\n{sentence} {question}\n\n> {' '.join(hebrew)}\n", encoding="utf-8")
    assert run(["build", str(source), "-o", str(tmp_path), "--voice", "tone", "--background", "none"]) == 0
    episode = next(tmp_path.glob("*.mp3"))
    tags = mutagen.id3.ID3(episode)
    lyrics = tags.getall("USLT")[0]
    said = [_bare(text) for text in (title, sentence, question, *hebrew)]
    assert str(tags["TIT2"]) == title
    assert _bare(lyrics.text).split("\n\n") == [title, " ".join(said[1:3]), " ".join(said[3:])]
    assert lyrics.lang == "ara"
    record = json.loads(episode.with_suffix(".episode.json").read_text(encoding="utf-8"))
    assert [_bare(phrase["text"]) for phrase in record["phrases"]] == said

    assert run(["show", "init", str(tmp_path), "--title", "Bank", "--author", "A. Writer"]) == 0
    assert run(["publish", str(tmp_path)]) == 0
    transcripts = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*") if path.suffix in (".vtt", ".srt")]
    assert len(transcripts) >= 2
    for text in transcripts:
        assert all(words in _bare(" ".join(text.split())) for words in said)


def _bare(text: str) -> str:
    return text.translate(dict.fromkeys(map(ord, "\u200f\u2067\u2069")))
