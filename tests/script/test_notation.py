"""The script file: how it looks, how it forgives, and how it says what is wrong."""

from __future__ import annotations

import pytest

from audio_builder.article.source import source_from_bytes
from audio_builder.errors import EmptySource, ScriptError, SourceError, SourceTooLarge
from audio_builder.script.cues import Bell, Breath, ChapterStart, Cue, Reason, Rest, Role, Say, Script
from audio_builder.script.notation import format_script, parse_script

HEAD = "---\naudio-builder-script: 1\n---\n"


def _parse(body: str) -> list[Cue]:
    return list(parse_script(HEAD + body, "s.md").cues)


def test_a_script_is_printed_for_reading() -> None:
    """One phrase a line with its pause and the reason, a sign for what it is, and room between paragraphs."""
    script = Script(
        title="The Sea: a day",
        subtitle="",
        author="A. One",
        language="en",
        date="2026-03-21",
        pacing="gentle",
        cues=(
            ChapterStart("The Sea: a [long] day"),
            Rest(6.0, Reason.OPENING),
            Say("The Sea: a day", Role.TITLE),
            Rest(2.5, Reason.TITLE),
            Say("One.", Role.PROSE),
            Rest(1.0, Reason.SENTENCE),
            Say("- Two [sic].", Role.PROSE),
            Rest(3.2, Reason.PARAGRAPH),
            Say("a cup,", Role.VERSE),
            Rest(1.6, Reason.LINE),
            Say("a coat", Role.VERSE),
            Rest(9.0, Reason.MARK),
            Breath(4.0, 6.5, 3),
            Rest(5.0, Reason.BEFORE_HEADING),
            ChapterStart("B"),
            Bell(),
            Rest(3.0, Reason.BELL),
            Say("B", Role.HEADING),
            Rest(1.8, Reason.AFTER_HEADING),
            Say("C.", Role.QUOTE),
            Say("d", Role.ITEM),
            Rest(10.0, Reason.CLOSING),
        ),
    )
    printed = format_script(script)
    head = [line for line in printed.split("---\n")[1].splitlines() if not line.startswith("#")]
    assert head == [
        "audio-builder-script: 1",
        'title: "The Sea: a day"',
        "author: A. One",
        "language: en",
        "date: 2026-03-21",
        "pacing: gentle",
    ]
    assert (
        printed.split("---\n")[2]
        == r"""
[chapter The Sea: a \[long\] day]
[pause 6s opening]

# The Sea: a day [pause 2.5s title]

One. [pause 1s sentence]
\- Two \[sic]. [pause 3.2s paragraph]

| a cup, [pause 1.6s line]
| a coat [pause 9s]

[breath 4-6.5 x3] [pause 5s before heading]

[chapter B]
[bell] [pause 3s bell]
## B [pause 1.8s after heading]

> C.

- d [pause 10s closing]
"""
    )
    assert parse_script(printed, "s.md") == script


def test_a_line_that_a_person_adds_is_simply_said() -> None:
    """Without a pause it follows on; with marks inside it is divided there."""
    assert _parse("[chapter A]\nOne.\n  Two [pause 2s] three.\n") == [
        ChapterStart("A"),
        Say("One.", Role.PROSE),
        Say("Two", Role.PROSE),
        Rest(2.0, Reason.MARK),
        Say("three.", Role.PROSE),
    ]


def test_a_script_always_begins_with_a_chapter() -> None:
    """Where a person took it out, the title or the beginning names one; one that stands below a rest moves up."""
    assert _parse("One.")[0] == ChapterStart("Beginning")
    titled = parse_script("---\naudio-builder-script: 1\ntitle: T\n---\nOne.", "s.md")
    assert titled.cues[0] == ChapterStart("T")
    assert _parse("[pause 6s opening]\n[chapter A]\nOne.")[:2] == [ChapterStart("A"), Rest(6.0, Reason.OPENING)]


def test_breaths_without_numbers_take_those_of_the_pacing_and_a_pause_of_nothing_is_none() -> None:
    """As in an article."""
    assert _parse("One. [pause 0s] [breath x2]")[1:] == [Say("One.", Role.PROSE), Breath(4.0, 6.0, 2)]


def test_lines_without_words_are_passed_over() -> None:
    """A rule or an emoji on a line of its own is decoration."""
    assert _parse("One.\n\n---\n\n🌙\n>\nTwo.")[1:] == [Say("One.", Role.PROSE), Say("Two.", Role.PROSE)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("| One [paus 3s]", r"s\.md:4:7: \[paus 3s\] is not a mark; the closest is \[pause 3s\]"),
        ("  One [sic]", r"s\.md:4:7: \[sic\] is not a mark"),
        ("One [pause 3s sentense]", r"s\.md:4:15: “sentense” is not a reason .* closest is \[pause 4s sentence\]"),
        ("One [pause 2h]", r"s\.md:4:5: \[pause 2h\] can't be understood"),
        ("One [soft music]", r"s\.md:4:5: \[soft music\] is a direction that can't be followed"),
        ("One [paus 3s]\nTwo [slowr]\nThree [pause 1s sentens]", r"(?s)3 marks .*:4:5: .*:5:5: .*:6:17: “sentens”"),
    ],
)
def test_a_wrong_mark_is_told_with_line_column_and_the_closest_right_one(line: str, message: str) -> None:
    """An unknown mark is never spoken."""
    with pytest.raises(ScriptError, match=message):
        _parse(line)


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("audio-builder-script: 2", "`audio-builder-script: 2`; a script file has `audio-builder-script: 1`"),
        ("title: A", "no version"),
        ("audio-builder-script: 1\ntitel: A", "`titel` is not a key .* the closest is `title`"),
    ],
)
def test_wrong_front_matter_is_told_with_what_is_allowed(head: str, message: str) -> None:
    """Unknown keys of a script are mistakes: nothing else reads them."""
    with pytest.raises(ScriptError, match=message):
        parse_script(f"---\n{head}\n---\nOne.", "s.md")


def test_a_script_without_words_and_one_with_too_many_chapters_are_refused() -> None:
    """As articles are."""
    with pytest.raises(EmptySource):
        _parse("[bell]\n[pause 4s]\n***\n")
    with pytest.raises(SourceTooLarge, match=r"s\.md has 256 chapters"):
        _parse("[chapter A]\nOne.\n" * 256)
    with pytest.raises(SourceError):
        parse_script("---\naudio-builder-script: [1\n---\nOne.", "s.md")


def test_a_voice_is_written_where_it_changes() -> None:
    """The mark stands after the line's sign, and holds until the next."""
    body = "One.\n> [voice emma] Two. [pause 1s]\n> Three.\n\n- [voice] four\n"
    assert _parse(body)[1:] == [
        Say("One.", Role.PROSE),
        Say("Two.", Role.QUOTE, "emma"),
        Rest(1.0, Reason.MARK),
        Say("Three.", Role.QUOTE, "emma"),
        Say("four", Role.ITEM),
    ]
    script = parse_script(HEAD + body, "s.md")
    printed = format_script(script)
    assert printed.count("[voice emma] Two.") == printed.count("- [voice] four") == 1
    assert parse_script(printed, "s.md") == script


def test_what_is_not_for_the_ear_is_not_said() -> None:
    """Notes, comments, emphasis, and tags for another engine, which are marks."""
    body = '// mine\n**One** <break time="2s"/> and *two*.\n<!-- a\nb -->Three (pause 3 seconds) four.\n\\// five\n'
    assert _parse(body)[1:] == [
        Say("One", Role.PROSE),
        Rest(2.0, Reason.MARK),
        Say("and two.", Role.PROSE),
        Say("Three", Role.PROSE),
        Rest(3.0, Reason.MARK),
        Say("four.", Role.PROSE),
        Say("// five", Role.PROSE),
    ]


@pytest.mark.parametrize(
    "text", ["**a** b", "_a_", "<!-- a -->", "// a", "(pause) a", "a (pause 4s)", "<break/> a", "a {pause}"]
)
def test_words_that_would_be_read_otherwise_are_escaped(text: str) -> None:
    """A script that is printed reads back the same."""
    script = Script("", "", "", "", "", "gentle", (ChapterStart(f"A {text}"), Say(text, Role.PROSE)))
    assert parse_script(format_script(script), "s.md") == script


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("audio-builder-script: 1\npacing: gentle\n---\nOne.", "first"),
        ("---\naudio-builder-script: 1\npacing: gentle\n\nOne. [pause 1s sentence]", "second"),
    ],
)
def test_a_script_that_lost_a_fence_is_known_as_one(text: str, which: str) -> None:
    """It must not be read out as an article."""
    source = source_from_bytes(text.encode(), "s.md")
    assert source.kind == "script"
    with pytest.raises(ScriptError, match=f"the {which} line of three hyphens"):
        parse_script(source.text, source.name)


@pytest.mark.parametrize("words", ["… and then it rained.", "... and then", "! he said"])
def test_signs_before_the_first_words_of_a_line_stay_behind_a_mark(words: str) -> None:
    """A phrase that goes on after a change of voice is read back as it was written."""
    script = parse_script(HEAD + f"[chapter One]\n[voice emma]\n{words}\n", "a.md")
    assert script.cues[1] == Say(words, Role.PROSE, voice="emma")
    assert parse_script(format_script(script), "a.md") == script


def test_a_passage_in_another_language_is_written_and_read_back() -> None:
    """Until its end, over lines; one of the text's own language has no mark."""
    text = (
        "---\naudio-builder-script: 1\n---\nOne. [lang fr] Deux. [/lang] Three.\n[lang pt-BR]\nQuatro.\n[lang]\nFive.\n"
    )
    script = parse_script(text, "x.md")
    says = [(cue.text, cue.language) for cue in script.cues if isinstance(cue, Say)]
    assert says == [("One.", ""), ("Deux.", "fr"), ("Three.", ""), ("Quatro.", "pt-BR"), ("Five.", "")]
    assert parse_script(format_script(script), "x.md").cues == script.cues


def test_a_tag_that_is_none_is_refused_with_the_closest() -> None:
    """As other marks are."""
    with pytest.raises(ScriptError, match=r"\[lang french\] can't be understood") as caught:
        parse_script("---\naudio-builder-script: 1\n---\n[lang french] Deux.\n", "x.md")
    assert "[lang fr]" in caught.value.hint
