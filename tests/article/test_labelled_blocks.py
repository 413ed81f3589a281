"""Verse or wrapped prose: how often the decision is right, on blocks that were labelled before it was looked at."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.support.labelled import CLASSES, PARTS, Labelled, labelled_blocks, share_right, table


@pytest.mark.parametrize("part", PARTS)
def test_nineteen_of_twenty_labelled_blocks_are_taken_for_what_they_are(part: str) -> None:
    """Wrapped prose, lines that are meant, and lists; in the part that rules were found on, and in the others."""
    blocks = labelled_blocks(part)
    wrong = [f"{block.about}: is {block.truth}, taken for {block.found}" for block in blocks]
    wrong = [line for line, block in zip(wrong, blocks, strict=True) if block.truth != block.found]
    assert len(blocks) >= 40
    assert {block.truth for block in blocks} == set(CLASSES)
    assert share_right(blocks) >= 0.95, "\n".join(wrong)


def test_the_figures_in_the_docs_are_those_of_today() -> None:
    """The table of decision 5, and the sentence for writers, are what the readers do."""
    page = (ROOT / "docs" / "decisions" / "0005-verse-or-wrapped-prose.md").read_text(encoding="utf-8")
    parts = {part: labelled_blocks(part) for part in PARTS}
    assert table(parts) in page, f"the table in docs/decisions/0005 is to be:\n{table(parts)}"
    blocks = [block for part in parts.values() for block in part]
    right = sum(block.truth == block.found for block in blocks)
    assert f"for {right} of {len(blocks)} blocks" in (ROOT / "docs" / "writing.md").read_text(encoding="utf-8")


def test_the_measure_counts_what_is_wrong() -> None:
    """One block of four taken for another is three quarters right, and shows in precision and in recall."""
    blocks = [Labelled("", *kinds) for kinds in (("prose",) * 2, ("prose", "lines"), ("lines",) * 2, ("list",) * 2)]
    assert share_right(blocks) == 0.75
    assert "| held out | prose | 2 | 100.0% | 50.0% |\n| held out | lines | 1 | 50.0% | 100.0% |" in table(
        {"held_out": blocks}
    )
