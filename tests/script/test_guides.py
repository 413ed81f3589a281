"""Guides: passages before and after the words, when they are asked for."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import audio_builder
from audio_builder.article.source import source_from_bytes
from audio_builder.cli.main import run
from audio_builder.errors import RecipeError, SourceError, SourceTooLarge
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.recipe.settings import Recipe
from audio_builder.script.cues import Beat, Bell, Breath, ChapterStart, Cue, Reason, Rest, Say, Script
from audio_builder.script.from_document import add_guides, make_script, read_document
from audio_builder.script.guides import guide_names
from audio_builder.script.notation import format_script, parse_script
from tests import instruments
from tests.conftest import ROOT

SHORT = ROOT / "examples" / "one-quiet-minute.md"


def with_guides(*guides: str, text: str = "# A\n\nOne.", recipe: Recipe | None = None) -> Script:
    recipe = recipe or Recipe()
    document = read_document(source_from_bytes(text.encode(), "a.md"))
    return make_script(add_guides(document, recipe, guides), recipe)


def chapters(script: Script) -> list[str]:
    return [cue.title for cue in script.cues if isinstance(cue, ChapterStart)]


def after(cues: tuple[Cue, ...], text: str) -> list[Cue]:
    """What follows a phrase, up to the next one."""
    place = next(number for number, cue in enumerate(cues) if isinstance(cue, Say) and cue.text == text)
    rest = cues[place + 1 :]
    end = next((number for number, cue in enumerate(rest) if isinstance(cue, Say)), len(rest))
    return list(rest[:end])


def test_guides_stand_before_and_after_the_words_as_chapters_of_their_own() -> None:
    """In the order in which they are named, `return` at the end; the author's words are untouched."""
    plain = with_guides()
    script = with_guides("return", "settle", "breath")
    assert chapters(script) == ["Settling in", "Breathing", "A", "Coming back"]
    said = [cue.text for cue in script.cues if isinstance(cue, Say)]
    assert said[0] == "There is nothing to get ready for."
    assert said[said.index("A") : said.index("A") + 2] == [cue.text for cue in plain.cues if isinstance(cue, Say)]
    assert Breath(4.0, 6.0, 6) in script.cues
    assert sum(isinstance(cue, Rest) and cue.reason in {Reason.OPENING, Reason.CLOSING} for cue in script.cues) == 2


def test_between_a_guide_and_the_words_it_is_as_before_a_heading() -> None:
    """A pause of the guide's own or that before a heading, a bell, and the pause after a bell; nothing twice."""
    script = with_guides("settle", "return")
    assert after(script.cues, "Whatever was going on before this will keep.") == [
        Rest(8.0, Reason.MARK), ChapterStart("A"), Bell(), Rest(3.0, Reason.BELL),
    ]  # fmt: skip
    assert after(script.cues, "One.") == [
        Rest(5.0, Reason.BEFORE_HEADING), ChapterStart("Coming back"), Bell(), Rest(3.0, Reason.BELL),
    ]  # fmt: skip


def test_nothing_is_added_unless_it_is_asked_for() -> None:
    """Without `--guide` the document is the very same."""
    document = read_document(SHORT)
    assert add_guides(document, Recipe(), ()) is document


def test_the_script_of_a_guided_text_is_that_episode_s_script(capfd: pytest.CaptureFixture[str]) -> None:
    """What `script --guide` prints can be edited, and what `build` makes of it has the guides once."""
    assert run(["script", str(SHORT), "--guide", "settle", "--guide", "return", "-q"]) == 0
    printed = capfd.readouterr().out
    assert "[chapter Settling in]\n[pause 6s opening]\n\nThere is nothing to get ready for." in printed
    read = read_document(source_from_bytes(printed.encode(), "s.md"))
    assert make_script(read, Recipe()) == make_script(
        add_guides(read_document(SHORT), Recipe(), ("settle", "return")), Recipe()
    )


def test_the_pauses_of_a_guide_follow_the_pacing() -> None:
    """Under `spacious` those that a rule sets are longer; under `sleep` they begin at their usual length."""
    spacious = with_guides("settle", recipe=make_recipe({"pacing": {"preset": "spacious"}}))
    assert after(spacious.cues, "Listen for a sound that is near.") == [Rest(1.6, Reason.SENTENCE)]
    sleep = with_guides("settle", recipe=make_recipe({"pacing": {"preset": "sleep"}}))
    assert after(sleep.cues, "Your jaw may be loose.") == [Rest(1.4, Reason.SENTENCE)]


@pytest.mark.parametrize("head", ["", "---\naudio-builder-script: 1\npacing: gentle\n---\n"])
def test_a_text_or_a_script_of_one_s_own_is_a_guide(tmp_path: Path, head: str) -> None:
    """It stands before the words, or after them where its front matter says `place: closing`."""
    own = tmp_path / "own guide.md"
    own.write_text(f"{head}[chapter Mine]\n\nSit as you like. [pause 7s]\n", encoding="utf-8")
    assert chapters(with_guides(str(own))) == ["Mine", "A"]
    closing = "---\nplace: closing\n---\n" if not head else head.replace("pacing", "place: closing\npacing")
    own.write_text(f"{closing}[chapter Mine]\n\nSit as you like.\n", encoding="utf-8")
    assert chapters(with_guides(str(own))) == ["A", "Mine"]
    own.write_text(f"{closing.replace('closing', 'end')}Sit.\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"`place` is .end.; allowed are opening and closing"):
        with_guides(str(own))


def test_a_guide_that_begins_with_a_bell_gets_no_second_one(tmp_path: Path) -> None:
    """Where a person has put one, none is added."""
    own = tmp_path / "own.txt"
    own.write_text("[bell] [pause 9s]\n\nSit as you like.", encoding="utf-8")
    assert sum(isinstance(cue, Bell) for cue in with_guides("settle", str(own)).cues) == 2


def test_a_guide_that_isn_t_there_is_told_the_closest_and_one_in_another_language_how_to_go_on() -> None:
    """Before anything is spoken."""
    with pytest.raises(
        RecipeError, match="no guide 'setle'; the guides are breath, breath-counted, return, settle"
    ) as caught:
        with_guides("setle")
    assert caught.value.hint == "Did you mean settle?"
    swedish = make_recipe({"tags": {"language": "sv-SE"}})
    with pytest.raises(RecipeError, match=r"'settle' is written in de, en, .* and these words are in sv-SE") as caught:
        with_guides("settle", recipe=swedish)
    assert "--guide my-settle.md" in caught.value.hint
    assert chapters(with_guides("settle", recipe=make_recipe({"tags": {"language": "en-GB"}})))[0] == "Settling in"
    with pytest.raises(RecipeError, match="there is no guide"):
        with_guides("x" * 5000)
    with pytest.raises(SourceError, match="no file"):
        with_guides("not/there.md")
    with pytest.raises(SourceTooLarge, match="256 chapters"):
        with_guides("settle", text="\n\n".join(f"[chapter {number}]\n\nA." for number in range(255)))


def test_every_guide_is_told_in_the_help_and_in_the_docs(capfd: pytest.CaptureFixture[str]) -> None:
    """By its name."""
    assert run(["build", "--help"]) == 0
    told = capfd.readouterr().out.split("--guide", 1)[1].split("text of your own")[0].replace("-\n", "-")
    docs = (ROOT / "docs" / "writing.md").read_text(encoding="utf-8")
    for name in guide_names():
        assert name in re.sub(r"-\s+", "-", told)
        assert f"| `{name}` |" in docs


@pytest.mark.parametrize("name", guide_names())
def test_the_shipped_guides_are_kind_plain_and_scripts_that_read_back(name: str) -> None:
    """They never say “we”, ask for nothing in capitals or with an exclamation mark, and are under a hundred words
    but for counting."""
    script = with_guides(name)
    words = " ".join(cue.text for cue in script.cues if isinstance(cue, Say))
    assert not re.search(r"\b(we|us|our|let's|must|should|just notice|let go)\b|!", words, re.IGNORECASE)
    assert len(words.split()) < (100 if name != "breath-counted" else 140)
    assert parse_script(format_script(script), "s.md") == script


def test_counting_aloud_keeps_time_in_the_delivered_episode(tmp_path: Path) -> None:
    """Ten beats of a second for each of four breaths: every number begins a second after the last."""
    recipe = make_recipe({"voice": "tone", "soundscape": {"background": "none", "bell": "none"}})
    document = read_document(source_from_bytes(b"# A\n\nOne.", "a.md"))
    guided = add_guides(document, recipe, ("breath-counted",))
    assert sum(isinstance(cue, Beat) for cue in guided.cues) == 39
    report = audio_builder.build(guided, recipe, tmp_path)
    samples, rate_hz = instruments.decoded(Path(report.path))
    steps = np.diff(instruments.sound_starts(samples, rate_hz, -40.0))
    counted = [step for step in steps if 0.9 < step < 1.1]
    assert len(counted) == 39
    assert counted == pytest.approx([1.0] * 39, abs=0.03)
