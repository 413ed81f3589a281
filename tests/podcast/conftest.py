"""What tests of shows share."""

from __future__ import annotations

import pytest


@pytest.fixture
def no_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every sound has the same shape, and none is decoded for it."""
    monkeypatch.setattr("audio_builder.podcast.publisher.waveform_of", lambda *_: (50,) * 240)
