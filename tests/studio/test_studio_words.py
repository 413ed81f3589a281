"""The words of the page: every language that there is has all of them, and the page uses no others."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any

import pytest

PAGE = resources.files("audio_builder.studio") / "page"
ENGLISH: dict[str, str] = json.loads((PAGE / "words" / "en.json").read_text(encoding="utf-8"))
LANGUAGES = sorted(file.name.removesuffix(".json") for file in (PAGE / "words").iterdir())


def _parts(text: str) -> list[str]:
    return sorted(set(re.findall(r"\{\w+\}", text)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_all_words_with_their_parts(language: str):
    """The same names as in English, each with the same placeholders, none empty."""
    words: dict[str, Any] = json.loads((PAGE / "words" / f"{language}.json").read_text(encoding="utf-8"))
    assert sorted(words) == sorted(ENGLISH)
    assert {name: _parts(text) for name, text in words.items()} == {
        name: _parts(text) for name, text in ENGLISH.items()
    }
    assert all(text.strip() for text in words.values())
    assert len(words["help.rows"].split("\n")) == len(ENGLISH["help.rows"].split("\n"))


def test_every_word_that_the_page_asks_for_is_there():
    """Each name in `t("…")` and in the page's attributes is one of the words."""
    sources = [file.read_text(encoding="utf-8") for file in PAGE.iterdir() if file.name.endswith((".js", ".html"))]
    text = "\n".join(sources)
    asked = set(re.findall(r'\bt\("([\w. ]+)"', text)) | set(re.findall(r'data-(?:t|label)="([\w.]+)"', text))
    assert len(asked) > 80
    assert sorted(asked - set(ENGLISH)) == []


def test_without_details_nobody_reads_of_decibels():
    """No dB, LUFS or TOML in the words, but where the details are told."""
    plain = {name: text for name, text in ENGLISH.items() if not name.startswith("details")}
    assert [name for name, text in plain.items() if re.search(r"\bdB|LUFS|TOML|toml", text)] == []
