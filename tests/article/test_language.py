"""The language of a text that doesn't say it: told by its words, shown, and easy to overrule."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from audio_builder.article.language import language_of, recognised_language
from audio_builder.article.read import read
from audio_builder.article.source import source_from_bytes
from audio_builder.cli.main import run
from audio_builder.recipe.settings import Recipe, Tags
from audio_builder.script.from_document import make_script, settle_language
from tests.support import documents
from tests.support.labelled import FOLDER

GERMAN = "Mein Nachbar deckt die Rosen zu, als brächte er jemanden ins Bett. Das war z. B. am 3. März."

TEXTS = {
    "en": "Row, row, slowly row. Nobody is waiting, nobody is going anywhere at all.",
    "de": GERMAN,
    "fr": "Il y avait dans l'entrée un clou, et les enfants, le soir, lui disaient bonne nuit.",
    "es": "La tarde se sienta conmigo en el banco y no me pregunta nada de nada.",
    "it": "La sera si siede con me sulla panchina e non mi chiede niente di niente.",
    "pt": "A tarde senta-se comigo no banco e não me pergunta coisa nenhuma.",
    "nl": "De avond komt naast me zitten op de bank en vraagt me helemaal niets.",
    "pl": "Wieczór siada obok mnie na ławce i o nic mnie nie pyta.",
    "ru": "Утром на даче тихо, и слышно, как в соседнем саду кто-то ставит чайник. Потом слышно, как он его снимает.",
    "zh": "下雨的时候，书店里躲雨的人总比买书的人多。",
    "ja": "始発を待つ人たちは誰も話さない。",
    "ar": "في بيت جدتي نافذة صغيرة تطل على شجرة ليمون.",
    "hi": "शाम मेरे साथ बेंच पर बैठती है। वह मुझसे कुछ नहीं पूछती।",
    "he": "הערב יושב איתי על הספסל ולא שואל אותי דבר.",
    "el": "Το βράδυ κάθεται δίπλα μου και δεν με ρωτάει τίποτα.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_language_is_told_by_a_sentence_of_it(language: str) -> None:
    """Whatever its letters are."""
    assert recognised_language(read(source_from_bytes(TEXTS[language].encode(), "a.txt"))) == language


@pytest.mark.parametrize(
    "text", ["Om mani padme hum", "Hello there", "OK.", "12:30", "La nuit", "Zzz zzz zzz zzz zzz zzz"]
)
def test_a_few_words_tell_no_language(text: str) -> None:
    """Better none than a wrong one: it is read as English then, and a line says so."""
    assert recognised_language(read(source_from_bytes(text.encode(), "a.txt"))) == ""


def test_no_page_of_the_labelled_ones_is_taken_for_another_language() -> None:
    """35 pages of verse, letters and prose in eight languages."""
    languages = {"German": "de", "French": "fr", "Chinese": "zh", "Spanish": "es", "Russian": "ru", "Japanese": "ja",
                 "Arabic": "ar"}  # fmt: skip
    pages = "".join((FOLDER / f"{half}.txt").read_text("utf-8") for half in ("tuning", "held_out")).split("%% page ")
    for page in pages[1:]:
        about, _, body = page.partition("\n")
        text = "\n".join(line for line in body.split("\n") if not line.startswith("%%"))
        expected = languages.get(about.partition(": ")[2].partition(",")[0].partition(" ")[0], "en")
        assert recognised_language(read(source_from_bytes(text.encode(), "a.txt"))) == expected, about


def test_what_says_the_language_wins() -> None:
    """The recipe over the text's own word, and both over a guess; the sentences are cut by it."""
    article = read(source_from_bytes(GERMAN.encode(), "a.txt"))
    said = read(source_from_bytes(f"---\nlanguage: nl\n---\n{GERMAN}".encode(), "a.md"))
    page = read(source_from_bytes(f"<html lang='da'><body><p>{GERMAN}</p></body></html>".encode(), "a.html"))
    book = read(source_from_bytes(documents.epub(f"<p>{GERMAN}</p>"), "a.epub"))
    chosen = Recipe(tags=Tags(language="sv"))
    assert [make_script(found, Recipe()).language for found in (article, said, page, book)] == ["de", "nl", "da", "en"]
    assert make_script(said, chosen).language == "sv"
    assert "Das war z. B. am 3. März." in [getattr(cue, "text", "") for cue in make_script(article, Recipe()).cues]


@pytest.mark.parametrize(
    ("text", "options", "line", "head"),
    [
        (GERMAN, [], "Language: de (detected). Use --language to change it.", "language: de\n"),
        (GERMAN, ["--language", "nl"], "", "language: nl\n"),
        (
            "Hello.",
            ["-q"],
            "Warning: Language not recognised; assuming English (en). Use --language to set it.",
            "",
        ),
    ],
)
def test_a_guess_is_shown_and_overruled_on_the_command_line(
    text: str, options: list[str], line: str, head: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """One line beside the estimate, and a line in the script's head, from where a build takes it.

    Where it isn't recognised, that is said whatever the verbosity.
    """
    source = tmp_path / "a.txt"
    source.write_text(text, encoding="utf-8")
    assert run(["script", str(source), *options]) == 0
    printed = capfd.readouterr()
    assert [said for said in printed.err.splitlines() if "Language" in said] == ([line] if line else [])
    assert head in printed.out
    assert ("language:" in printed.out) is bool(head)


@pytest.mark.parametrize(
    ("text", "options"),
    [(TEXTS["de"], ["--language", "de"]), ("The lamp and the chair and the door.", []), ("Hi.", [])],
)
def test_the_library_is_loaded_only_where_it_is_needed(text: str, options: list[str], tmp_path: Path) -> None:
    """Not where the language is given, where the text is plainly English, or where there is too little of it."""
    source = tmp_path / "a.txt"
    source.write_text(text, encoding="utf-8")
    program = (
        f"import sys; from audio_builder.cli.main import run; run(['script', {str(source)!r}, '-q', *{options!r}]); "
        "print([name for name in ('numpy', 'py3langid') if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("Chiudi gli occhi.", "it"),
        ("Cierra los ojos.", "es"),
        ("Setz dich hin.", "de"),
        ("Soften, let go.", "en"),
        ("Soften.", ""),
        ("Om mani padme hum.", ""),
    ],
)
def test_a_short_line_is_recognised_where_its_language_is_likely(words: str, language: str) -> None:
    """A few words of a language that is often written; some words are English together, chants stay open."""
    assert language_of(words) == language


@pytest.mark.parametrize(
    ("head", "words", "note"),
    [
        ("de", "The boat is where you left it, and the oars are in it.", "looks en"),
        ("en", "La barca está donde la dejaste, y los remos siguen dentro de ella.", "looks es"),
        ("fr", "Le bateau est là où tu l'as laissé.", ""),
        ("en", "The boat is where you left it.", ""),
    ],
)
def test_a_text_that_says_another_language_than_it_is_in_is_noted(head: str, words: str, note: str) -> None:
    """It is read as it says; the note says how to change it."""
    article = read(source_from_bytes(f"---\nlanguage: {head}\n---\n{words}".encode(), "a.md"))
    settled, said = settle_language(article, Recipe())
    assert settled.language == head
    assert ("look like " + note[-2:] in said.text) if note else said.text == ""


def test_the_name_of_a_file_has_no_say() -> None:
    """A single character of Chinese in a file with an English name."""
    article = read(source_from_bytes("静。".encode(), "one quiet word.md"))
    assert recognised_language(article) == "zh"
