"""The default voice is within 5 % of its rate, also where a small step of its setting is a large one of its rate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from audio_builder.narration.workers.pool import Pool
from tests.held_out import HELD_OUT
from tests.voice_helpers import narrated_at_rate, script_of

SHORT = (
    "There is a bench at the end of the lane.",
    "Nobody remembers who put it there.",
    "You may sit on it as long as you like.",
    "Watch the field for a while.",
    "Let the wind do whatever the wind does.",
    "A bird comes, and a bird goes, and neither of them asks you for anything.",
    "When you stand up again, walk home slowly.",
)


pytestmark = [pytest.mark.engine, pytest.mark.slow]


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """A process with the voice loaded, for all rates."""
    with Pool(workers=1) as pool:
        yield pool


@pytest.mark.parametrize("wpm", [95, 118, 142, 165])
def test_lark_reads_a_text_at_the_rate_that_is_asked_for(tmp_path: Path, pool: Pool, wpm: float):
    """On 370 words that it wasn't calibrated on; near 118, 142 and 165 its sounds become a frame of 25 ms shorter."""
    narration = narrated_at_rate(script_of(*HELD_OUT), "lark", wpm, tmp_path, pool)
    assert narration.wpm == pytest.approx(wpm, rel=0.05)


@pytest.mark.parametrize("wpm", [100, 125, 170])
def test_a_short_text_is_within_five_per_cent_as_well(tmp_path: Path, pool: Pool, wpm: float):
    """From 60 words on, also of words that are shorter than those it was calibrated on."""
    narration = narrated_at_rate(script_of(*SHORT), "lark", wpm, tmp_path, pool)
    assert 60 <= sum(len(text.split()) for text in SHORT) <= 70
    assert narration.wpm == pytest.approx(wpm, rel=0.05)
