"""SSML: read as a source, written from a script, and never trusted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_builder.article.details import Details
from audio_builder.article.read import read
from audio_builder.article.source import SourceText, open_source, source_from_bytes
from audio_builder.cli.main import run
from audio_builder.errors import AudioBuilderError, EmptySource, ScriptError, SourceError, SourceTooLarge
from audio_builder.recipe.settings import Pacing, Recipe
from audio_builder.script.cues import (
    Background,
    Beat,
    Bell,
    Breath,
    ChapterStart,
    Cue,
    Reason,
    Rest,
    Role,
    Say,
    Script,
)
from audio_builder.script.from_document import make_script, read_document
from audio_builder.script.parse_ssml import NAMESPACE, Imported, parse_ssml
from audio_builder.script.write_ssml import as_ssml
from tests.conftest import ROOT
from tests.support.generated_articles import scripts

EXAMPLES = ROOT / "examples"


def imported(body: str, head: str = f'<speak version="1.1" xmlns="{NAMESPACE}" xml:lang="en">') -> Imported:
    return parse_ssml(SourceText(f"{head}{body}</speak>", "t.ssml", "ssml"), lambda name: name in {"emma", "x"})


def cues(body: str) -> list[Cue]:
    """The cues between the opening and the closing silence."""
    script = imported(body).script
    assert script.cues[:2] == (ChapterStart("Beginning"), Rest(6.0, Reason.OPENING))
    return list(script.cues[2:])


def say(text: str, *, slower: bool = False, quieter: bool = False, voice: str = "") -> Say:
    return Say(text, Role.PROSE, voice, slower, quieter)


SENTENCE, PARAGRAPH, CLOSING = Rest(1.0, Reason.SENTENCE), Rest(3.2, Reason.PARAGRAPH), Rest(10.0, Reason.CLOSING)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("One. Two?", [say("One."), SENTENCE, say("Two?"), CLOSING]),
        ("<p>One.</p><p>Two. Why?</p> <p>Three</p>",
         [say("One."), PARAGRAPH, say("Two."), SENTENCE, say("Why?"), Rest(5.0, Reason.QUESTION), say("Three"),
          CLOSING]),
        ("<s>One. Still one</s><s>Two</s>", [say("One. Still one"), SENTENCE, say("Two"), CLOSING]),
        ('One <break time="2.5s"/> two.<break time="500ms"/><break time="1s"/> Three.<break time="4s"/>',
         [say("One"), Rest(2.5, Reason.MARK), say("two."), Rest(0.5, Reason.MARK), Rest(1.0, Reason.MARK),
          say("Three."), Rest(4.0, Reason.MARK)]),
        (('One.<break strength="none"/> Two.<break strength="weak"/> Three<break/> four'
         '<break strength="x-strong"/> five'),
         [say("One."), say("Two."), SENTENCE, say("Three"), SENTENCE, say("four"), Rest(5.0, Reason.BEFORE_HEADING),
          say("five"), CLOSING]),
        ('One <prosody rate="85%">slow <prosody volume="-4dB">soft</prosody></prosody> two',
         [say("One"), say("slow", slower=True), say("soft", slower=True, quieter=True), say("two"), CLOSING]),
        ('<prosody rate="slow">One <prosody rate="medium">two</prosody></prosody>',
         [say("One", slower=True), say("two"), CLOSING]),
        ('<voice name="en-US-Jenny Emma x">One.</voice> Two.',
         [say("One.", voice="emma"), SENTENCE, say("Two."), CLOSING]),
        ('The <sub alias="World Wide Web">WWW</sub> of <say-as interpret-as="characters">B&amp;BC</say-as>.',
         [say("The World Wide Web of B & B C."), CLOSING]),
        ('<mark name="bell"/>One<mark name="breath 4-6 x2"/><break time="20s"/><mark name="silence 2m"/>two',
         [Bell(), Rest(3.0, Reason.BELL), say("One"), Breath(4.0, 6.0, 2), Rest(120.0, Reason.SILENCE), say("two"),
          CLOSING]),
        ('In<mark name="beat 1s"/><break time="0.5s"/>two<mark name="background rain"/> three',
         [say("In"), Beat(1.0), say("two"), Background("rain"), say("three"), CLOSING]),
        ('One<mark name="chapter Two &amp; \\[three\\]"/>Two',
         [say("One"), Rest(5.0, Reason.BEFORE_HEADING), ChapterStart("Two & [three]"), say("Two"), CLOSING]),
        (("<metadata><x xmlns='u'>no <y>no</y></x></metadata><!-- no -->One"
         "<audio src='a.mp3'><desc>no</desc>two</audio>"),
         [say("Onetwo"), CLOSING]),
        ("a <emphasis>very</emphasis> <w>small</w> <token>word</token> [sic]",
         [say("a very small word [sic]"), CLOSING]),
    ],
)  # fmt: skip
def test_what_ssml_says_is_what_the_script_does(body: str, expected: list[Cue]) -> None:
    """Words, sentences, paragraphs, breaks, rate, volume, voices, substitutes, letters and marks."""
    assert cues(body) == expected


def test_what_ssml_tells_of_itself_is_what_a_player_shows() -> None:
    """Title, subtitle, author, date and language; the title names the first chapter and isn't spoken."""
    meta = "".join(
        f'<meta name="{name}" content="{value}"/>'
        for name, value in {"title": "A  Talk", "subtitle": "B", "author": "C", "date": "2026-11-23", "x": "y"}.items()
    )
    script = imported(f"{meta}One.").script
    assert (script.title, script.subtitle, script.author, script.date) == ("A Talk", "B", "C", "2026-11-23")
    assert (script.language, script.pacing, script.cues[0]) == ("en", "gentle", ChapterStart("A Talk"))
    assert imported("One.", '<speak xml:lang="und"><meta name="date" content="soon"/>').script.date == ""


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ("<emphasis>a</emphasis>", "<emphasis> isn't carried over: its words are said like all others"),
        ('<phoneme ph="x">a</phoneme>', "<phoneme> isn't carried over: its words are said as they are written"),
        ('<say-as interpret-as="date">1.2.</say-as>', '<say-as interpret-as="date"> isn\'t carried over'),
        ("<audio src='a'>a</audio>", "<audio> isn't carried over: no other sound is played"),
        ('<lexicon uri="http://e.org/l"/>', "<lexicon> isn't carried over: give pronunciations with --lexicon"),
        ('<prosody pitch="high">a</prosody>', '<prosody pitch="high"> isn\'t carried over'),
        ('<prosody rate="fast">a</prosody>', '<prosody rate="fast"> isn\'t carried over'),
        ('<prosody rate="-40%">a</prosody>', '<prosody rate="-40%"> becomes [slower]: there is one step of it'),
        ('<prosody volume="soft">a</prosody>', '<prosody volume="soft"> becomes [quieter]'),
        ('<prosody volume="80">a</prosody>', '<prosody volume="80"> isn\'t carried over'),
        ('<voice gender="female">a</voice>', '<voice gender="female"> isn\'t carried over'),
        ('<voice name="Ünï">a</voice>', '<voice name="Ünï"> isn\'t carried over'),
        ('<voice name="en-US-JennyNeural">a</voice>', '<voice name="en-US-JennyNeural"> isn\'t carried over'),
        ('<mark name="here"/>', '<mark name="here"/> isn\'t carried over: nothing is heard of it'),
        ('<mark name="pause 4s"/>', '<mark name="pause 4s"/> isn\'t carried over'),
        ('<x:style xmlns:x="u">a</x:style>', "<style> is not SSML: its words are said like all others"),
        ("<made-up>a</made-up>", "<made-up> isn't carried over"),
    ],
)
def test_what_cant_be_carried_over_is_told_once_with_its_place(body: str, note: str) -> None:
    """Its words are spoken all the same."""
    found = imported(f"word\n{body}{body}")
    (told,) = found.notes
    assert told.startswith(f"t.ssml:2:1: {note}")
    said = " ".join(cue.text for cue in found.script.cues if isinstance(cue, Say))
    assert said.startswith("word")
    assert ("a" in said.split() or "aa" in said.split()) is (">a<" in body)


LAUGHS = "<!DOCTYPE speak [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]>"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{LAUGHS}<speak>&b;</speak>", "t.ssml:1: it is refused, because it declares a document type"),
        (
            "<?xml version='1.0'?>\n<!DOCTYPE speak SYSTEM 'file:///etc/passwd'>\n<speak>a</speak>",
            "t.ssml:2: it is refused",
        ),
        ("<speak>&nbsp;</speak>", "t.ssml:1:8: it isn't well-formed XML: undefined entity"),
        ("<speak>a<p></speak>", "it isn't well-formed XML: mismatched tag"),
        ("<speak>a", "it isn't well-formed XML: no element found"),
        ("words", "t.ssml:1:1: it isn't well-formed XML: syntax error"),
        ("<html>a</html>", "t.ssml:1:1: it begins with <html>; SSML begins with <speak>"),
        ("<speak>" + "<p>" * 64, "its elements are nested more than 64 deep"),
        ("<speak>" + "<p>" * 500_000, "its elements are nested more than 64 deep"),
    ],
)
def test_hostile_and_broken_xml_is_refused_with_its_place(text: str, message: str) -> None:
    """No entity is ever declared, so nothing unfolds and nothing is fetched."""
    with pytest.raises(SourceError) as caught:
        parse_ssml(SourceText(text, "t.ssml", "ssml"))
    assert message in caught.value.message
    assert caught.value.hint


def test_a_break_that_is_no_length_and_ssml_without_words_are_refused() -> None:
    """With line and column, and what is allowed."""
    for time in ("2", "soon", "3601s", "1h"):
        with pytest.raises(ScriptError, match=r"t\.ssml:2:1: .* up to 3600 seconds, written as 1\.5s or 800ms"):
            imported(f'One\n<break time="{time}"/>')
    with pytest.raises(EmptySource):
        imported('<mark name="bell"/><break time="4s"/><sub alias="">no</sub>')
    with pytest.raises(SourceTooLarge, match="256 chapters"):
        imported('<mark name="chapter A"/>One.' * 256)


@settings(max_examples=150)
@given(scripts(), st.sampled_from([Pacing(), Pacing(slower_share=0.17, quieter_db=3.6)]))
def test_a_script_comes_back_from_ssml_but_for_its_kinds_and_reasons(script: Script, pacing: Pacing) -> None:
    """Every word, pause, chapter, bell, breath, voice and background in its place; pauses are the person's own then."""

    def carried(cue: Cue) -> Cue:
        if isinstance(cue, Say):
            return replace(cue, role=Role.PROSE)
        if isinstance(cue, Rest) and cue.reason is not Reason.SILENCE:
            return replace(cue, reason=Reason.MARK)
        return cue

    exported = as_ssml(script, pacing)
    back = parse_ssml(SourceText(exported.text, "t.ssml", "ssml"))
    assert back.script.cues == tuple(map(carried, script.cues))
    # SSML has no place for what players read besides.
    assert replace(back.script, cues=(), pacing="") == replace(script, cues=(), pacing="", details=Details())
    assert back.notes == ()


def test_an_article_as_ssml_is_sentences_in_paragraphs_with_their_pauses() -> None:
    """It is well-formed, of SSML's own elements alone, each where the specification allows it."""
    script = make_script(read_document(EXAMPLES / "the-hour-before-the-house-wakes.md"), Recipe())
    exported = as_ssml(script, Pacing())
    root = ElementTree.fromstring(exported.text.encode())  # noqa: S314 - our own file
    allowed = {
        "speak": {"meta", "mark", "break", "p"}, "p": {"s", "break", "mark"}, "s": {"prosody", "voice"},
        "voice": {"prosody"},
    }  # fmt: skip
    for parent in root.iter():
        inside = allowed.get(parent.tag.removeprefix(f"{{{NAMESPACE}}}"), set())
        assert {child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in parent} <= inside
    assert root.get("version") == "1.1"
    assert len(list(root.iter(f"{{{NAMESPACE}}}s"))) == sum(isinstance(cue, Say) for cue in script.cues)


def test_what_ssml_has_no_word_for_is_told_once_with_its_line() -> None:
    """Marks that others pass over, the kinds of phrases and the reasons of pauses."""
    script = Script("", "", "", "", "", "gentle", (
        ChapterStart("A"), Rest(6.0, Reason.OPENING), Say("A", Role.TITLE), Bell(), Bell(), Say("B & <c>", Role.PROSE),
    ))  # fmt: skip
    exported = as_ssml(script, Pacing())
    assert exported.text.splitlines()[2:] == [
        '  <mark name="chapter A"/>', '  <break time="6s"/>', "  <p>", '    <s>A</s><break strength="none"/>', "  </p>",
        '  <mark name="bell"/>', '  <break strength="none"/>', '  <mark name="bell"/>', '  <break strength="none"/>',
        "  <p>", '    <s>B &amp; &lt;c&gt;</s><break strength="none"/>', "  </p>", "</speak>",
    ]  # fmt: skip
    assert exported.notes == (
        "line 3: [chapter] is written as a <mark>, which other programs pass over",
        "line 4: pauses keep their length and lose their reasons: read back, all are your own",
        "line 6: titles, headings, verse, quotations and items become sentences like all others",
        "line 8: [bell] is written as a <mark>, which other programs pass over",
    )


@settings(max_examples=150)
@given(
    st.lists(
        st.sampled_from([
            "<p>", "</p>", "<s>", "</s>", "word ", "Why? ", "<break/>", '<break time="1s"/>', '<mark name="bell"/>',
            '<mark name="chapter A"/>', '<mark name="beat 1s"/>', "<prosody rate='slow'>", "</prosody>", "&amp;",
            "<sub alias='b'>", "</sub>", "<say-as interpret-as='characters'>", "</say-as>", "<!--", "-->", "<![CDATA[",
            "]]>", "&#0;",
            "</speak>", "<voice name='x'>", "</voice>", "\n", "<?x?>", "<!DOCTYPE a>", "[pause 4s]",
        ]),
        max_size=20,
    ).map("".join)
)  # fmt: skip
def test_any_mixture_of_elements_is_read_or_refused_with_an_error_of_ours(body: str) -> None:
    """Nothing else is ever raised, and what is read can be written and read again."""
    try:
        script = imported(body).script
    except AudioBuilderError:
        return
    again = parse_ssml(SourceText(as_ssml(script, Pacing()).text, "t.ssml", "ssml")).script
    assert [cue.text for cue in again.cues if isinstance(cue, Say)] == [
        cue.text for cue in script.cues if isinstance(cue, Say)
    ]


def test_ssml_is_known_by_its_suffix_or_its_beginning(tmp_path: Path) -> None:
    """Also from standard input; it is a script then, and no article."""
    text = '<?xml version="1.0"?>\n<!-- x --><speak>One.</speak>'
    assert source_from_bytes(text.encode(), "standard input").kind == "ssml"
    assert source_from_bytes(b"<!DOCTYPE speak><speak>One.</speak>", "-").kind == "ssml"
    assert source_from_bytes(b"<spoken>One.</spoken>", "a.txt").kind == "plain"
    path = tmp_path / "a.ssml"
    path.write_text("no speak", encoding="utf-8")
    assert open_source(path).kind == "ssml"
    with pytest.raises(SourceError, match="is a script, not an article"):
        read(SourceText(text, "a.ssml", "ssml"))


def test_the_command_reads_and_writes_ssml(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """By the suffix of -o or --format; what is lost is told on standard error, and nothing with -q."""
    ssml = tmp_path / "talk.ssml"
    assert run(["script", str(EXAMPLES / "one-quiet-minute.md"), "-o", str(ssml)]) == 0
    assert "line 5: [chapter] is written as a <mark>" in capfd.readouterr().err
    assert run(["script", str(EXAMPLES / "one-quiet-minute.md"), "--format", "ssml", "-q"]) == 0
    assert capfd.readouterr() == (ssml.read_text(encoding="utf-8"), "")
    ssml.write_text(ssml.read_text(encoding="utf-8").replace("<s>So", "<s><emphasis>So</emphasis>"), encoding="utf-8")
    assert run(["script", str(ssml)]) == 0
    printed = capfd.readouterr()
    assert "[chapter Nothing to Finish]\n[bell] [pause 3s]\n\nNothing to Finish [pause 1.8s]" in printed.out
    assert f"{ssml}:" in printed.err
    assert "<emphasis> isn't carried over" in printed.err
    assert run(["script", str(ssml), "--pacing", "spacious", "--format", "script", "-q"]) == 0
    assert "[pause 1.8s]" in capfd.readouterr().out


def test_a_loss_is_not_hidden_by_a_likeness() -> None:
    """A rate that nearly is [slower], one that can't be had, and marks of two kinds are told each."""
    notes = imported(
        '<prosody rate="slow">A.</prosody><prosody rate="120%">B.</prosody><mark name="here"/>'
        '<mark name="pause 3s"/><mark name="there"/>'
    ).notes
    assert [note.partition(": ")[2].partition(">")[0] for note in notes] == [
        '<prosody rate="slow"', '<prosody rate="120%"', '<mark name="here"/', '<mark name="pause 3s"/'
    ]  # fmt: skip
