"""Directions in words: what is one, what it asks for, and what is only words in brackets."""

from __future__ import annotations

import pytest

from audio_builder.article.directions import direction, tag
from audio_builder.article.mark_kinds import BellMark, BreathMark, Mark, PauseMark, SilenceMark
from audio_builder.article.model import Article
from audio_builder.article.read import hint_for, read
from audio_builder.article.source import SourceText
from audio_builder.errors import ScriptError
from audio_builder.recipe.settings import Recipe
from audio_builder.script.cues import Bell, Breath, Cue, Reason, Rest, Say
from audio_builder.script.from_document import make_script


def _pause(seconds: float) -> tuple[Mark, ...]:
    return (PauseMark(seconds, ""),)


def _silence(seconds: float) -> tuple[Mark, ...]:
    return (SilenceMark(seconds),)


@pytest.mark.parametrize(
    ("words", "marks"),
    [
        ("pause", _pause(4)),
        ("Short pause", _pause(2)),
        ("very long pause", _pause(10)),
        ("pause here for a moment", _pause(4)),
        ("hold 7 seconds", _pause(7)),
        ("pause for thirty-five seconds", _pause(35)),
        ("pause – about 20 sec.", _pause(20)),
        ("pause 20-30 s", _pause(25)),
        ("pause a minute and a half", _pause(90)),
        ("1½ minute pause", _pause(90)),
        ("pause (8s)", _pause(8)),
        ("pause 6″", _pause(6)),
        ("beat", _pause(4)),
        ("wait a moment", _pause(4)),
        ("some space", _pause(4)),
        ("sit for 2 minutes", _pause(120)),
        ("meditate, 5 min", _pause(300)),
        ("inhale for 4", _pause(4)),
        ("inhale 4, hold 4, exhale 6", _pause(14)),
        ("breathe out for 6, in for 4", (BreathMark(4.0, 6.0, 1),)),
        ("sit in silence for 5 minutes", _silence(300)),
        ("eine kurze Pause", _pause(2)),
        ("Pause von zehn Sekunden", _pause(10)),
        ("pause de dix secondes", _pause(10)),
        ("pausa larga", _pause(10)),
        ("pausa di 2 minuti", _pause(120)),
        ("停顿5秒", _pause(5)),
        ("silence", _silence(30)),
        ("two minutes of silence", _silence(120)),
        ("Stille, 1 Minute", _silence(60)),
        ("silent meditation, 5 min", _silence(300)),
        ("bell rings", (BellMark(),)),
        ("sound of the bell", (BellMark(),)),
        ("gong x2", (BellMark(), PauseMark(5.0, ""), BellMark())),
        ("Tibetan singing bowl, then 1 minute of silence", (BellMark(), SilenceMark(60))),
        ("pause 5 seconds, bell", (PauseMark(5, ""), BellMark())),
        ("take three deep breaths", (BreathMark(None, None, 3),)),
        ("inhale", _pause(4)),
        ("breathe out", _pause(6)),
        ("breathe for 20 seconds", _pause(20)),
        ("slnc 2500", _pause(2.5)),
        ("gentle piano music fades in", ()),
        ("whispering", ()),
        ("00:01:35", ()),
    ],
)
def test_what_a_direction_asks_for(words: str, marks: tuple[Mark, ...]) -> None:
    """What nobody here can do is a direction with nothing in it."""
    found = direction(words)
    assert found is not None
    assert found.marks == marks
    assert found.unheard is (marks == ())


@pytest.mark.parametrize(
    "words",
    [
        "pause for breath is rare",
        "the rest of it",
        "a silence fell",
        "music was his life",
        "breath 4",
        "silence 2",
        "pause -2s",
        "pause 2 hours",
        "pause 90 minutes",
        "chapter 4",
        "the 1980s",
        "sic",
        "ten",
        "of the",
        "",
        "and then the bell rang for the last time that year",
    ],
)
def test_words_in_brackets_are_words(words: str) -> None:
    """One word that isn't in the list is enough."""
    assert direction(words) is None


@pytest.mark.parametrize(
    ("inside", "marks"),
    [
        ('break time="4s"/', _pause(4)),
        ("break time='750ms' /", _pause(0.75)),
        ('break strength="x-strong"/', _pause(5)),
        ("break/", _pause(1)),
        ("pause 4s", _pause(4)),
        ("pause=3", _pause(3)),
        ("#2.5#", _pause(2.5)),
        ('break time="4h"/', ()),
        ("/prosody", ()),
    ],
)
def test_tags_for_speech_engines(inside: str, marks: tuple[Mark, ...]) -> None:
    """A length that can't be is left out and noted."""
    found = tag(inside)
    assert found is not None
    assert found.marks == marks


def test_other_tags_are_none() -> None:
    """They are the readers' to judge."""
    assert tag("b") is tag("breakfast") is None


def _article(text: str, kind: str = "markdown") -> Article:
    return read(SourceText(text, "a.md", kind))


def _cues(text: str, kind: str = "markdown") -> list[Cue]:
    cues = make_script(_article(f"{text}\n", kind), Recipe()).cues
    keep = (Reason.MARK, Reason.SILENCE)
    return [
        cue for cue in cues if isinstance(cue, Say | Bell | Breath) or (isinstance(cue, Rest) and cue.reason in keep)
    ]


@pytest.mark.parametrize("kind", ["markdown", "plain"])
@pytest.mark.parametrize(
    "written",
    [
        "(pause 9 seconds)",
        "[Pause for nine seconds]",
        "*(pause 9s)*",
        "**[PAUSE 9 SEC]**",
        "*pause 9s*",
        "_pause: 9 seconds_",
        "-- pause 9s --",
        "{pause=9}",
        "{{pause 9}}",
        "{% pause 9 %}",
        "::pause 9s::",
        "[pause](9s)",
        "[Pause]: 9 sec",
        "<9 s>",
        "&lt;pause 9s&gt;",
        "\u23f8\ufe0f 9s",
        "<pause 9s>",
        '<break time="9s"/>',
        '<break time="9000ms"></break>',
        "［pause 9s］",
        "（暂停9秒）",
        "[[pause 9s]]",
        "pause for 9 seconds",
        "(pause 9s).",
    ],
)
def test_a_pause_is_understood_in_any_brackets(written: str, kind: str) -> None:
    """And on a line of its own as between sentences."""
    for text in (f"Let the day go. {written} Then come back.", f"Let the day go.\n\n{written}\n\nThen come back."):
        says = [cue.text if isinstance(cue, Say) else cue for cue in _cues(f"It is late.\n\n{text}", kind)]
        assert says == ["It is late.", "Let the day go.", Rest(9.0, Reason.MARK), "Then come back."], text


@pytest.mark.parametrize(
    "text",
    [
        "Prana (breath) is more than air.",
        "A fermata (a pause of two seconds or so) ends it.",
        "She heard nothing (silence) and smiled.",
        "Then *pause* and listen to it.",
        "*Breathe.* Let it go.",
        "He loved [the music] deeply.",
        "All arts (music too) need rests (the pauses) and time.",
        "He said so (John 3:16) and left.",
        "I waited. Pause for a moment.",
        "(He paused for ten seconds.) Then he went.",
        r"Say \(pause) or \[pause] aloud.",
        "The rest (for it was late) slept. (Wait.) No.",
        "a < b and b > c",
        "[The space] is [a while] off. [Sit here for two], she said.",
        "It cost 5 / 6 of all / or more.",
    ],
)
def test_ordinary_prose_is_not_swallowed(text: str) -> None:
    """What only resembles a direction is read as it stands."""
    for kind in ("markdown", "plain"):
        heard = " ".join(cue.text for cue in _cues(f"It is late.\n\n{text}", kind) if isinstance(cue, Say))
        expected = text.replace("*", "").replace("\\(", "(").replace("\\[", "[")
        assert heard.removeprefix("It is late. ") == expected, kind


def test_what_cannot_be_followed_is_left_out_with_its_line_and_what_may_be_meant() -> None:
    """Nothing of it is spoken."""
    article = _article("# A\n\nSit down. [Soft music begins]\n\nRest now. [rain] (softly) And listen. [01:20]\n")
    assert [(item.words, item.line) for item in article.left_out] == [
        ("[Soft music begins]", 3), ("[rain]", 5), ("(softly)", 5), ("[01:20]", 5),
    ]  # fmt: skip
    assert "a.md:5: [rain] is a direction; it is left out. [background rain] may be meant" in article.notes
    assert "[quieter] … [quieter off] may be meant" in article.notes[2]
    assert article.notes[3].endswith("[pause 01:20] is a pause")


def test_all_wrong_marks_of_an_article_are_shown_with_their_lines() -> None:
    """So that one run is enough to mend them."""
    with pytest.raises(ScriptError) as caught:
        _article("One. [paus 4s]\n\nTwo.\n[slowr] Three.\n")
    assert "2 marks" in caught.value.message
    assert "a.md:1:6: [paus 4s]" in caught.value.message
    assert "a.md:4:1: [slowr]" in caught.value.message


@pytest.mark.parametrize(
    ("sentence", "meant"),
    [
        ("Sit quietly for three minutes.", "[silence 3m]"),
        ("And now, rest here for about a minute.", "[silence 1m]"),
        ("Take the next ninety seconds to notice your feet.", "[silence 1m30s]"),
        ("Stay with it for 45 seconds.", "[silence 45s]"),
        ("Breathe in for four seconds.", ""),
        ("She sat there for ten minutes.", ""),
        ("Sit down.", ""),
    ],
)
def test_an_invitation_to_be_quiet_is_worth_a_hint(sentence: str, meant: str) -> None:
    """It is read out; only its writer can set the silence."""
    assert hint_for([sentence]) == meant
    notes = _article(f"# A\n\nOne. {sentence}\n\nTwo.\n").notes
    assert ([note for note in notes if meant in note] != []) is bool(meant)
    assert _article(f"# A\n\nOne. {sentence} [silence 3m]\n\nTwo.\n").notes == ()
    assert _article(f"# A\n\nOne. {sentence}\n\n[silence 3m]\n\nTwo.\n").notes == ()


def test_notes_hashtags_and_the_frame_of_a_chat_are_left_out() -> None:
    """What a writer or an assistant puts beside the words."""
    text = (
        "Sure! Here is a rest for you:\n\n---\n\nIt is late.\n\n// check this\n\nGood.\n\n#rest #calm\n\nLet me know!\n"
    )
    for kind in ("plain", "markdown"):
        article = _article(text, kind)
        assert sorted((item.kind, item.line) for item in article.left_out) == [
            ("chat", 1), ("chat", 13), ("note", 7), ("tag", 11),
        ]  # fmt: skip
        assert [cue.text for cue in _cues(text, kind) if isinstance(cue, Say)] == ["It is late.", "Good."]


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("It rained (Smith, 2020).", "It rained."),
        ("So they say (see Smith & Lee, 2019, p. 4; Wu et al. 1999b) and more.", "So they say and more."),
        ("He came back (in May 1999) and stayed.", "He came back (in May 1999) and stayed."),
        ("A year (2020) and a place (Rome).", "A year (2020) and a place (Rome)."),
    ],
)
def test_citations_are_left_out_where_the_recipe_says_so(text: str, without: str) -> None:
    """Author and year in brackets; other brackets stay."""
    article = _article(f"# A\n\n{text}\n")
    for recipe, expected in ((Recipe(), text), (Recipe(citations=False), without)):
        assert [cue.text for cue in make_script(article, recipe).cues if isinstance(cue, Say)] == ["A", expected]


@pytest.mark.parametrize("kind", ["markdown", "plain"])
@pytest.mark.parametrize(
    "written",
    [
        "pause 4s]", "(pause 4s]", "[**pause**]", "(*pause*)", "`pause 4s`", "-pause-", "#pause#", "pause...",
        "...", "***", "00:35", "(1:30)", "[at 2:00]", "[section]", "[start]", "[repeat x3]", "*gong*",
    ],
)  # fmt: skip
def test_no_direction_between_sentences_is_spoken(written: str, kind: str) -> None:
    """Whatever is wrong with its brackets, and whether it can be followed or not."""
    said = [cue.text for cue in _cues(f"# Dusk\n\nLamps are on. {written} Sit down.", kind) if isinstance(cue, Say)]
    assert [words.lstrip("# ") for words in said] == ["Dusk", "Lamps are on.", "Sit down."]


def test_a_page_in_a_citation_is_no_pause() -> None:
    """Nor is its year a length."""
    said = [cue.text for cue in _cues("# Dusk\n\nSo Lee (2001, p. 3) says, and others do.") if isinstance(cue, Say)]
    assert said[1:] == ["So Lee (2001, p. 3) says, and others do."]


def test_an_invitation_is_noted_once_at_its_line() -> None:
    """Not with the line before it as well, nor where its silence follows."""
    article = _article(
        "# Dusk\n\nSit for five minutes.\nRest for two minutes. [silence 2m]\n\nLie down for ten minutes."
    )
    assert [note.partition(" is read")[0] for note in article.notes] == [
        "a.md:3: “Sit for five minutes.”", "a.md:6: “Lie down for ten minutes.”",
    ]  # fmt: skip


def test_several_stops_behind_a_mark_belong_to_nothing() -> None:
    """So that a script is read as it was written."""
    said = [
        cue.text for cue in _cues("# Dusk\n\nLamps are on [voice a]; ; sit [voice]... : down.") if isinstance(cue, Say)
    ]
    assert said[1:] == ["Lamps are on;", "sit...", "down."]
