"""The marks: what is one, what is a mistake, and what is only a bracket."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_builder.article.bad_marks import BadMark, Place, bad_marks_error
from audio_builder.article.mark_kinds import (
    KINDS,
    BackgroundMark,
    BeatMark,
    BellMark,
    BreathMark,
    ChapterMark,
    Mark,
    PauseMark,
    QuieterMark,
    SilenceMark,
    SlowerMark,
    VoiceMark,
)
from audio_builder.article.marks import Words, escape, only_marks, split, without_marks
from audio_builder.errors import ScriptError
from tests.conftest import ROOT


def _split(text: str, *, script: bool = False) -> list[Words | Mark]:
    return list(split(text, lambda _bracket, offset: Place("a.md", 7, offset + 1), script=script))


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("[pause 4s]", PauseMark(4.0, "")),
        ("[pause 4]", PauseMark(4.0, "")),
        ("[Pause 1.5 s]", PauseMark(1.5, "")),
        ("[pause 1,5 sec]", PauseMark(1.5, "")),
        ("[pause 1m]", PauseMark(60.0, "")),
        ("[pause 2 minutes]", PauseMark(120.0, "")),
        ("[pause 0]", PauseMark(0.0, "")),
        ("[pause 1m30s]", PauseMark(90.0, "")),
        ("[pause 1:30]", PauseMark(90.0, "")),
        ("[pause 500ms]", PauseMark(0.5, "")),
        ("[pause: 15s]", PauseMark(15.0, "")),
        ("[voice “emma”]", VoiceMark("emma")),
        ("[background=rain]", BackgroundMark("rain")),
        ("[bell]", BellMark()),
        ("[ bell ]", BellMark()),
        ("[breath]", BreathMark(None, None, 1)),
        ("[breath x3]", BreathMark(None, None, 3)),
        ("[breath 4-6]", BreathMark(4.0, 6.0, 1)),
        ("[breath 4.5–6 x 3]", BreathMark(4.5, 6.0, 3)),
        ("[breath 4-6 ×3]", BreathMark(4.0, 6.0, 3)),
        (r"[chapter A \[quiet\] title: 2]", ChapterMark("A [quiet] title: 2")),
        ("[silence 2m]", SilenceMark(120.0)),
        ("[Silence 90 s]", SilenceMark(90.0)),
        ("[silence 1m30s]", SilenceMark(90.0)),
        ("[silence 1,5 minutes]", SilenceMark(90.0)),
        ("[beat 1s]", BeatMark(1.0)),
        ("[beat 0,5]", BeatMark(0.5)),
        ("[slower]", SlowerMark(on=True)),
        ("[slower Off]", SlowerMark(on=False)),
        ("[ quieter ]", QuieterMark(on=True)),
        ("[quieter off]", QuieterMark(on=False)),
        ("[voice]", VoiceMark("")),
        ("[background Rain]", BackgroundMark("rain")),
        ("[background]", BackgroundMark("")),
    ],
)
def test_a_mark_is_understood_in_the_ways_people_write_it(text: str, mark: Mark) -> None:
    """Units, decimal commas, case and spaces don't matter."""
    assert _split(text) == [mark]


def test_a_line_is_divided_into_words_and_marks() -> None:
    """In their order, with the spaces left where they were."""
    assert _split("In [breath] and out.[bell]") == [
        Words("In "),
        BreathMark(None, None, 1),
        Words(" and out."),
        BellMark(),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[sic]",
        "[parse] [phase] [cause] [cell] [chapel]",
        "[the 1980s]",
        "[page 4]",
        "[about 5 s later]",
        "[rest of it]",
        "[quieted] [silences] [normal again] [softer light] [/s]",
        "[a",
        "a] b",
        "[[x]",
        "[]",
        r"\[pause 4s]",
        r"C:\path",
    ],
)
def test_other_brackets_are_words(text: str) -> None:
    """An editor's note, a word that only resembles a mark, and an escaped mark are read aloud."""
    assert _split(text) == [Words(text.replace("\\[", "["))]


@pytest.mark.parametrize(
    ("text", "closest"),
    [
        ("[paus 4s]", "[pause 4s]"),
        ("[puase 4s]", "[pause 4s]"),
        ("[silense 2m]", "[silence 2m]"),
        ("[brake 2s]", "[pause 2s]"),
        ("[puase 12s]", "[pause 12s]"),
        ("[paus 1m30s]", "[pause 1m30s]"),
        ("[slowr]", "[slower]"),
        ("[faster]", "[slower]"),
        ("[normal]", "[slower]"),
        ("[/slower]", "[slower off]"),
        ("[/voice]", "[voice]"),
        ("[quiter]", "[quieter]"),
        ("[louder]", "[quieter]"),
        ("[backgroud rain]", "[background rain]"),
        ("[bel]", "[bell]"),
        ("[brath]", "[breath 4-6 x3]"),
        ("[chaper One]", "[chapter One]"),
    ],
)
def test_a_mistyped_mark_is_an_error_that_names_the_closest(text: str, closest: str) -> None:
    """With the place, and how to have it read aloud after all."""
    with pytest.raises(ScriptError) as caught:
        _split(f"So {text} be it")
    assert caught.value.message.startswith(f"a.md:7:4: {text} is not a mark; the closest is {closest}.")
    assert f"\\{text}" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("[pause -1s]", "needs its length"),
        ("[pause 2h]", "needs its length"),
        ("[pause 61m]", "needs its length"),
        ("[pause 4s please]", "needs its length"),
        ("[breath 4]", "the seconds in and out"),
        ("[breath 0-6]", "each up to 60"),
        ("[breath 4-6 x0]", "up to 100"),
        ("[breath x101]", "up to 100"),
        ("[chapter]", "needs its title"),
        ("[silence 2]", "with minutes or seconds"),
        ("[silence 0s]", "with minutes or seconds"),
        ("[silence 61m]", "an hour at most"),
        ("[beat 0s]", "up to 60"),
        ("[slower 20%]", "end at [slower off]"),
        ("[quieter on]", "end at [quieter off]"),
        ("[background rian]", "one of drone, binaural, bowls"),
        ("[background music.mp3]", "one of drone, binaural, bowls"),
    ],
)
def test_a_mark_with_a_wrong_argument_says_what_is_allowed(text: str, allowed: str) -> None:
    """It is never spoken."""
    with pytest.raises(ScriptError, match=r"a\.md:7:1: .* can't be understood") as caught:
        _split(text)
    assert allowed in caught.value.message


def test_in_a_script_every_bracket_is_a_mark_or_an_error_and_a_pause_may_have_a_reason() -> None:
    """A script is made of marks: an unknown one there is a mistake."""
    assert _split("[pause 1s before  Heading]", script=True) == [PauseMark(1.0, "before heading")]
    with pytest.raises(ScriptError, match=r"\[sic\] is not a mark; the closest is"):
        _split("[sic]", script=True)


def test_all_that_is_wrong_is_shown_at_once() -> None:
    """Each with its place; the marks that there are stand in the hint once."""
    bad: list[BadMark] = []
    split(
        "One [paus 9s], two [slowr] and [chapter].", lambda _, offset: Place("a.md", 7, offset + 1), on_bad=bad.append
    )
    error = bad_marks_error(bad)
    assert error.message.split("\n") == [
        "3 marks can't be understood:",
        "a.md:7:5: [paus 9s] is not a mark; the closest is [pause 9s].",
        "a.md:7:20: [slowr] is not a mark; the closest is [slower].",
        "a.md:7:32: [chapter] can't be understood.",
    ]
    assert "The marks are [pause 4s]" in error.hint
    assert bad_marks_error(bad * 10).message.endswith("… and 10 more")


def test_the_hint_keeps_the_number_that_was_meant() -> None:
    """A silence without a unit may be minutes or seconds."""
    with pytest.raises(ScriptError) as caught:
        _split("[silence 3]")
    assert caught.value.hint.startswith("Write [silence 3m] or [silence 3s],")


def test_the_full_stop_after_a_mark_belongs_to_the_words_before() -> None:
    """Or to nothing, where they have their own."""
    assert _split("Breathe in (pause), and out [bell].") == [
        Words("Breathe in,"),
        PauseMark(4.0, ""),
        Words(" and out."),
        BellMark(),
    ]
    assert _split("Let go. (pause). Now rest.") == [Words("Let go. "), PauseMark(4.0, ""), Words(" Now rest.")]


@given(st.text(st.sampled_from("[]\\# aé…pausebell4s"), max_size=30))
def test_escaped_words_come_back_as_they_were(text: str) -> None:
    """Whatever brackets and backslashes are in them."""
    assert "".join(piece.text for piece in _split(escape(text), script=True) if isinstance(piece, Words)) == text


@given(
    st.lists(
        st.sampled_from(["(", ")", "<", ">", "{", "}", "[", "\\", " ", "pause", "bell", "4s", ".", "a"]), max_size=12
    ).map("".join)
)
def test_escaped_directions_come_back_as_they_were(text: str) -> None:
    """A script never turns words into a direction."""
    assert "".join(piece.text for piece in _split(escape(text), script=True) if isinstance(piece, Words)) == text


@given(st.text(st.sampled_from("[]\\ abpause4s"), max_size=30))
def test_asking_for_the_words_of_a_line_never_fails(text: str) -> None:
    """Titles are made of them before the marks are checked."""
    assert "\n" not in without_marks(text)
    assert only_marks(text) in (True, False)


def test_a_line_of_marks_alone_is_told_from_one_with_words() -> None:
    """Mistyped marks count as marks: they are an error wherever they stand."""
    assert only_marks(" [bell] [pause 4s] ")
    assert only_marks("[paus 4s]")
    assert not only_marks("[bell] ring")
    assert not only_marks("[sic]")
    assert not only_marks(r"\[bell]")


@pytest.mark.parametrize("text", ["[pause 4s", "[Silence 2m and then", "[ bell", "[slower [bell]"])
def test_a_mark_that_is_never_closed_is_an_error(text: str) -> None:
    """It would be spoken else; in a script it is the same."""
    for script in (False, True):
        with pytest.raises(ScriptError, match=r"a\.md:7:4: the mark \[.* has no closing bracket"):
            _split(f"So {text}", script=script)


def test_a_misspelt_background_is_told_the_closest() -> None:
    """The hint has it as it should be written."""
    with pytest.raises(ScriptError) as caught:
        _split("[background oceans]")
    assert caught.value.hint.startswith("Write [background ocean],")


def test_every_mark_is_told_in_the_docs_with_an_example_that_is_one() -> None:
    """The page of the script file and that of writing name each of them."""
    for kind in KINDS.values():
        assert kind.parse(kind.example.strip("[]").partition(" ")[2]) is not None
        for page in ("script-file.md", "writing.md"):
            told = (ROOT / "docs" / page).read_text(encoding="utf-8")
            assert kind.example.split()[0].strip("[]") in told, (kind.example, page)
