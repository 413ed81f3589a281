"""What is heard in the page is what is delivered: the page's own rendering beside the MP3 that is built."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pyloudnorm
import pytest

from audio_builder.episode.encode.audio_file import open_audio

from ..support.chromium import needs_chromium
from .conftest import RunningStudio, begin_gate

pytestmark = [pytest.mark.loopback, needs_chromium]

RATE_HZ = 44100
_FARTHEST = RATE_HZ // 20

_RENDER = """async () => {
    const { desk, renderStretch } = studio;
    const whole_s = desk.player.timeline.total / 44100;
    const { buffer, timeline } = await renderStretch(desk.sounds, desk.doc.recipe, 0, whole_s);
    const samples = new Float32Array(buffer.length * 2);
    for (const side of [0, 1]) buffer.getChannelData(side).forEach((sample, n) => (samples[2 * n + side] = sample));
    const bytes = new Uint8Array(Float32Array.from(samples).buffer);
    let text = '';
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return { sound: btoa(text), clips: timeline.clips.map((clip) => [clip.start, clip.end]), total: timeline.total };
}"""


def _delivered(path: Path) -> np.ndarray[Any, Any]:
    with open_audio(path) as audio:
        assert audio.rate_hz == RATE_HZ
        return np.concatenate(list(audio.blocks))


def _lag(here: np.ndarray[Any, Any], there: np.ndarray[Any, Any]) -> tuple[int, float]:
    """Return by how many frames one sound comes after another, and how alike they are there: 1 for the same."""
    size = 1 << (len(here) + len(there)).bit_length()
    alike = np.fft.irfft(np.fft.rfft(here, size) * np.conj(np.fft.rfft(there, size)), size)
    near = np.concatenate((alike[-_FARTHEST:], alike[: _FARTHEST + 1]))
    best = int(np.argmax(near))
    return best - _FARTHEST, float(near[best] / np.sqrt(np.square(here).sum() * np.square(there).sum()))


@pytest.mark.parametrize(
    ("voice", "changes"),
    [
        ("tone", {}),
        pytest.param("lark", {"pacing.wpm": 125, "soundscape.background": "rain"}, marks=pytest.mark.engine),
        ("tone", {"pacing.quieting_db": 6.0, "soundscape.closing_bell": "chime", "soundscape.room": "small"}),
    ],
    ids=["tone", "lark", "sleepy, in a room"],
)
def test_the_page_sounds_as_the_episode_does(
    browser: Any, studio: RunningStudio, voice: str, changes: dict[str, object]
):
    """Every phrase begins within 10 ms of where it does in the MP3; all is as loud within 0.5 LU, each within 0.6."""
    name = begin_gate(studio, voice=voice)
    studio.json("PATCH", f"/api/projects/{name}/recipe", {"changes": changes})
    context = browser.new_context(bypass_csp=True)
    key, _, value = studio.cookie.partition("=")
    context.add_cookies([{"name": key, "value": value, "url": f"http://127.0.0.1:{studio.port}"}])
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{studio.port}/#project={name}")
    page.wait_for_function(
        "window.studio && studio.desk.sounds.mix?.version === studio.desk.doc.version", timeout=120_000
    )
    heard = page.evaluate(_RENDER)
    page.locator("[data-view=make]").click()
    page.locator("#build").click()
    page.locator(".episode.newest audio").wait_for(timeout=120_000)
    context.close()
    page_sound = np.frombuffer(base64.b64decode(heard["sound"]), dtype="<f4").reshape(-1, 2)
    mp3 = _delivered(studio.projects / "show" / f"{name}.mp3")
    assert abs(len(mp3) - heard["total"]) <= 1200  # an MP3 ends with a whole frame
    lags = []
    for start, end in heard["clips"]:
        around = slice(max(0, start - 2205), end + 2205)
        lags.append(_lag(page_sound[around, 0], mp3[around, 0]))
    assert max(abs(lag) for lag, _ in lags) <= RATE_HZ // 100, lags
    assert min(alike for _, alike in lags) > 0.9, lags
    meter = pyloudnorm.Meter(RATE_HZ)
    together = min(len(mp3), len(page_sound))
    whole = meter.integrated_loudness(page_sound[:together]) - meter.integrated_loudness(mp3[:together])
    assert abs(whole) <= 0.5, whole
    for start, end in heard["clips"]:
        if end - start > RATE_HZ:
            both = [meter.integrated_loudness(sound[start:end].astype(np.float64)) for sound in (page_sound, mp3)]
            assert abs(both[0] - both[1]) <= 0.6, (start, both)  # the limiter lowers a loud phrase in the MP3 alone
    rests = slice(heard["clips"][0][1] + 4000, heard["clips"][1][0] - 4000)
    levels = [10 * np.log10(np.square(sound[rests], dtype=np.float64).mean()) for sound in (page_sound, mp3)]
    assert abs(levels[0] - levels[1]) <= 2.5, levels  # another stretch of a background that moves
