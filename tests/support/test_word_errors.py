"""Words are compared as a person would: figures, capitals and punctuation don't count, a changed word does."""

from __future__ import annotations

import pytest

from tests.support.word_errors import align, plain_words


def test_figures_capitals_and_punctuation_are_no_errors():
    """A recogniser writes figures, and quotation marks of its own."""
    assert plain_words("It’s 20 — “Well-lit”, 1,200!") == plain_words("its twenty: well lit; one thousand, two hundred")


@pytest.mark.parametrize(
    ("heard", "errors", "matched"),
    [
        ("a chair by the window", 0, "11111"),
        ("a chair buy the window", 1, "11011"),
        ("a chair the window", 1, "11011"),
        ("oh a chair by the old window", 2, "11111"),
        ("", 5, "00000"),
    ],
)
def test_words_replaced_left_out_and_added_are_errors(heard: str, errors: int, matched: str):
    """Each is one, and the words around it still count as heard."""
    alignment = align(["a", "chair", "by", "the", "window"], heard.split())
    assert alignment.errors == errors
    assert "".join(str(int(one)) for one in alignment.matched) == matched
