"""Sentences: where they end, and that nothing of them is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_builder.article.sentences import asks, ends_sentence, sentences
from audio_builder.article.text import clean


@pytest.mark.parametrize(
    "text",
    [
        "He met St. John.",
        "See cf. p. 12 of it.",
        "Bring e.g. a cup.",
        "It costs 3.14 dollars.",
        "Dr. Who came by.",
        "See vol. 2, no. 4, pp. 3–4.",
        "About approx. 5 of them.",
        "“Is it so?” he asked.",
        "He said “Yes!” and left.",
        "Mr. Smith left at 5 p.m. on Monday.",
        "She waited… and he came.",
        "J. R. R. Tolkien wrote it.",
        "It rose from 0.5 to 2,000.75 in a night.",
        "He waited... and waited . . . and left.",
        "The room — it was late — was dark.",
        "The room (was it hers?) was dark.",
        "The room (see p. 3 f.) was dark.",
        "‘Is it so?’ asked the other.",
        "“Wait… is it so?” she asked.",
        "She said (“Yes!”) what he hoped.",
        "He bought 10 lbs. of rice.",
        "It was on Mon. Feb. 3 of that year.",
        "Ann Lee, b. 1515, was there in A.D. 1540 too.",
        "It was approx. ten.",
        "It stands in Matt. 5:3 and in Rom. 8.",
    ],
)
def test_a_stop_inside_a_sentence_does_not_end_it(text: str) -> None:
    """Abbreviations, decimals, initials, and marks inside quotation marks."""
    assert sentences(f"First. {text} Last.", "en") == ("First.", text, "Last.")


@pytest.mark.parametrize(
    ("language", "text", "parts"),
    [
        ("zh", "你好。我很好！你呢？", ("你好。", "我很好！", "你呢？")),
        ("ar", "مرحبا. كيف حالك؟ بخير.", ("مرحبا.", "كيف حالك؟", "بخير.")),
        ("de", "Das war z. B. am 3. März. Und heute?", ("Das war z. B. am 3. März.", "Und heute?")),
        (
            "de",
            "Er kam am 24. Dezember. Sie war 19. Dann ging er.",
            ("Er kam am 24. Dezember.", "Sie war 19.", "Dann ging er."),
        ),
        ("cs", "V 19. století byl klid. Konec.", ("V 19. století byl klid.", "Konec.")),
        ("fr", "Puis M. Dupont vint. Il resta.", ("Puis M. Dupont vint.", "Il resta.")),
        ("xx", "One. Two.", ("One.", "Two.")),
        ("en", "They had Plan B. Nobody liked it.", ("They had Plan B.", "Nobody liked it.")),
        ("en", "A dose of vitamin C. Sleep came.", ("A dose of vitamin C.", "Sleep came.")),
        ("de", "Das war Plan B. Niemand kam.", ("Das war Plan B.", "Niemand kam.")),
        ("es", "Toma vitamina C. Duerme bien.", ("Toma vitamina C.", "Duerme bien.")),
        (
            "es",
            "Hola. ¿Qué tal? ¡Muy bien! Dijo: «¿Por qué?» y se fue.",
            ("Hola.", "¿Qué tal?", "¡Muy bien!", "Dijo: «¿Por qué?» y se fue."),
        ),
        ("es", "—¿Y el tren? —Ya vendrá.", ("—¿Y el tren?", "—Ya vendrá.")),
        ("fr", "Tu viens ? « Pourquoi ? » dit-il.", ("Tu viens ?", "« Pourquoi ? » dit-il.")),
        ("zh", "“你好吗？”她问。我说：“很好。”然后呢？", ("“你好吗？”她问。", "我说：“很好。”", "然后呢？")),
        ("ja", "「何ですか？」と聞いた。「はい」と言った。", ("「何ですか？」と聞いた。", "「はい」と言った。")),
        ("hi", "यह सच है। क्या यह सच है? हाँ॥ ठीक है।", ("यह सच है।", "क्या यह सच है?", "हाँ॥", "ठीक है।")),
        ("hi", "डॉ. मिश्र और क. ख. राय आए। पृ. 9 देखो.", ("डॉ. मिश्र और क. ख. राय आए।", "पृ. 9 देखो.")),
        (
            "fr",
            "À son av. Monge, J.-P. Lunel, en 44 av. J.-C. déjà.",
            ("À son av. Monge, J.-P. Lunel, en 44 av. J.-C. déjà.",),
        ),
        ("pt", "Mora na Av. Atlântica. Ele ri.", ("Mora na Av. Atlântica.", "Ele ri.")),
        ("es", "Vive en la Avda. Norte. Ella ríe.", ("Vive en la Avda. Norte.", "Ella ríe.")),
        ("ur", "یہ کیا ہے؟ کچھ نہیں۔ ٹھیک۔", ("یہ کیا ہے؟", "کچھ نہیں۔", "ٹھیک۔")),
        ("ar", "مرحبا، كيف حالك؟ أنا بخير!", ("مرحبا، كيف حالك؟", "أنا بخير!")),
        ("el", "Τι είναι αυτό; Δεν ξέρω.", ("Τι είναι αυτό;", "Δεν ξέρω.")),
        ("am", "ሰላም። እንዴት ነህ፧ ደህና።", ("ሰላም።", "እንዴት ነህ፧", "ደህና።")),
        ("en", "He left. (Was it late?) Nobody knew.", ("He left.", "(Was it late?)", "Nobody knew.")),
    ],
)
def test_other_languages_have_their_own_stops(language: str, text: str, parts: tuple[str, ...]) -> None:
    """An unknown language is split by the rules most share."""
    assert sentences(text, language) == parts


def test_a_text_without_capitals_has_sentences_too() -> None:
    """Small letters after a stop go on only where a writer uses capitals at all."""
    assert sentences("it was late. she came.", "en") == ("it was late.", "she came.")
    assert sentences("It weighed ten lbs. of rice or so.", "en") == ("It weighed ten lbs. of rice or so.",)
    assert sentences("It was over... nothing came. So he left.", "en")[-1] == "So he left."


@given(st.text(max_size=200), st.sampled_from(["en", "de", "fr", "hi", "zh", "ar", ""]))
def test_no_character_of_a_text_is_lost(text: str, language: str) -> None:
    """Joined again, the sentences are the text, but for spaces."""
    cleaned = clean(text)
    assert "".join("".join(sentences(cleaned, language)).split()) == "".join(cleaned.split())


def test_unclosed_quotation_marks_in_a_long_text_take_no_time() -> None:
    """The splitter alone takes minutes for this one, because its time grows with the square of their number."""
    text = "“a " * 100_000
    assert "".join(sentences(text, "en")).replace(" ", "") == "“a" * 100_000


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("What is it?", True),
        ("What?!", True),
        ("(Is it?)", True),
        ("أين؟", True),
        ("是吗？", True),
        ("It is.", False),
        ("She said, “Why?”", False),
        ("“Why?” she said.", False),
        ("What if…?", True),
        ("本当？！", True),
        ("「何ですか？」", False),
        ("¿Qué tal?", True),
        ("Él dijo: «¿Por qué?»", False),
        ("Τι είναι αυτό;", True),
        ("It was late;", False),
        ("Ի՞նչ է։", True),
        ("እንዴት ነህ፧", True),
        ("क्या यह सच है?", True),
    ],
)
def test_a_question_is_the_writers_own(sentence: str, *, question: bool) -> None:
    """One inside quotation marks is somebody else's."""
    assert asks(sentence) is question


def test_a_sentence_ends_with_its_stop_whatever_closes_after_it() -> None:
    """Quotation marks and brackets don't hide it."""
    assert all(map(ends_sentence, ["It is.", "“It is.”", "(Is it?)", "好。", "So…"]))
    assert not any(map(ends_sentence, ["It is", "It is,", "", "It is:"]))
