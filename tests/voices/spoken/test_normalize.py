"""Numbers, dates, money and abbreviations, as they are spoken."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_builder.voices.engines.piper import _readable
from audio_builder.voices.spoken.lexicon import IPA_END, IPA_START
from audio_builder.voices.spoken.normalize import _unstretched, normalize, without_capitals

TABLE = Path(__file__).parents[2] / "data" / "spoken_forms.tsv"
FORMS = [tuple(line.split("\t")) for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


def _sounds(phonemes: str) -> str:
    """Return phonemes without stress and without where a voice has a quotation mark; full stops and gaps stay."""
    alike = str.maketrans({"ˈ": None, "ˌ": None, "ɾ": "t", "T": "t", "“": '"', "”": '"'})
    return " ".join(re.sub(r"\s+([,.;:!?])", r"\1", phonemes.translate(alike)).split())


def _marked(text: str) -> str:
    """Return a text with the marks of IPA for its slashes."""
    return re.sub(r"(?<!\w)/([^/ ]+)/(?!\w)", rf"{IPA_START}\1{IPA_END}", text)


@pytest.fixture(scope="module")
def misaki() -> Callable[[str], str]:
    """What hibari and Kokoro are handed for a text."""
    pytest.importorskip("hibari.g2p")
    from audio_builder.voices.engines import misaki as reader

    return lambda text: _sounds(reader.phonemes(_marked(text), british=False))


@pytest.fixture(scope="module")
def espeak() -> Callable[[str], str]:
    """What Piper is handed for a text."""
    phonemizer = pytest.importorskip("piper.phonemize_espeak").EspeakPhonemizer()

    def spoken(text: str) -> str:
        return " ".join("".join(part) for part in phonemizer.phonemize("en-us", text))

    def sounds(text: str) -> str:
        # As Piper does it: what is IPA is put between what is read.
        parts = re.split(r"\[\[(.*?)\]\]", _readable(_marked(text)))
        return _sounds(" ".join(part if number % 2 else spoken(part) for number, part in enumerate(parts)))

    return sounds


@pytest.mark.engine
@pytest.mark.parametrize("reader", ["misaki", "espeak"])
@pytest.mark.parametrize(("kind", "written", "said"), FORMS)
def test_what_is_written_is_spoken_as_a_person_would(
    kind: str, written: str, said: str, reader: str, request: pytest.FixtureRequest
) -> None:
    """The phonemes of what an engine gets are those of the right words spelled out (of one of several, after `|`)."""
    sounds = request.getfixturevalue(reader)
    assert sounds(normalize(written, "en-US", reader)) in {sounds(words) for words in said.split("|")}


def test_the_table_is_long_enough() -> None:
    """At least 150 forms of 20 kinds."""
    assert len(FORMS) >= 150
    assert len({kind for kind, *_ in FORMS}) >= 20


@pytest.mark.parametrize(
    "text",
    [
        "Mix I with V, and the part I played in it.",
        "The Part I played was small.",
        "Part mix and Act ill",
        "A score of 3/4/5.",
        "You may go. March on.",
        "Take vitamin C. And rest.",
        "Come close to the fire.",
        "The US and the BBC",
        "2026-13-41",
    ],
)
@pytest.mark.parametrize("reader", ["misaki", "espeak"])
def test_what_only_looks_like_it_is_left_alone(text: str, reader: str) -> None:
    """Initials, counted things, telephone numbers and versions stay as they are."""
    assert normalize(text, "en", reader) == text


def test_a_language_without_rules_is_left_alone() -> None:
    """The rules are those of English and of the languages in `forms/`."""
    assert normalize("Kapitel IV, 1984, $5", "da-DK") == "Kapitel IV, 1984, $5"


@pytest.mark.parametrize("language", ["en", "de-DE", "ja"])
def test_signs_are_dropped_in_every_language(language: str) -> None:
    """Emoji, ticks and stars aren't named aloud; a phrase of nothing else stays as it is."""
    assert normalize("✓ Om 🙂 Om ★.", language) == "Om Om."
    assert normalize("✓", language) == "✓"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("NOW WE REST", "now we rest"),
        ("Breathe IN, let it GO", "Breathe in, let it go"),
        ("Let US be, in the US", "Let us be, in the US"),
        ("I'LL STAY, DON'T GO", "I'll stay, don't go"),
        ("It's 9 AM and I AM here", "It's 9 AM and I am here"),
        ("MBSR, PTSD, the FBI's, AT&T and R&B", "MBSR, PTSD, the FBI's, AT&T and R&B"),
        ("PART III", "Part III"),
    ],
)
def test_words_in_capitals_are_words(written: str, said: str) -> None:
    """Acronyms and Roman numerals stay."""
    assert without_capitals(written) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Sooo good, yesss!", "So good, yes!"),
        ("Sleeeep, slooowly, until the moooon is up", "Sleep, slowly, until the moon is up"),
        ("Ommmm. Haaaa. Ssssss.", "Om. Hah. Sss."),
        ("III. See www.example.org, mmm", "III. See www.example.org, mmm"),
        ("a good moon, still", "a good moon, still"),
    ],
)
def test_drawn_out_words_are_words(written: str, said: str) -> None:
    """No English word has a letter three times in a row; Roman numbers and hosts may."""
    assert _unstretched(written) == said


@given(st.text(alphabet="aA1.,/-–—()$:%°½ IVXs'’@✓\u1ea5\ue000", max_size=30))
@settings(max_examples=200, deadline=None)
def test_nothing_that_can_be_written_breaks_it(text: str) -> None:
    """What had a letter or a digit still has one."""
    for reader in ("misaki", "espeak"):
        said = normalize(text, "en", reader)
        assert any(map(str.isalnum, said)) == any(map(str.isalnum, text))
