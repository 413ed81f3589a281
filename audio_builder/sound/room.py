"""A small furnished room around the voice: its first reflections, then their dense rest."""

from __future__ import annotations

import functools
import math

import numpy as np

from audio_builder.audio.filters import ChunkedFilter, band_pass
from audio_builder.audio.samples import Samples
from audio_builder.sound.bed import Numbers, uniform

ROOM_BELOW_VOICE_DB = 17.0
"""How far the room lies under the voice that stands in it, where voices have their power."""

_SIZE_M = (4.3, 3.4, 2.5)
_VOICE_M = (1.9, 2.3, 1.2)
_EARS_M = ((1.96, 0.9, 1.2), (2.14, 0.9, 1.2))
_SPEED_M_PER_S = 343.0
_ABSORPTION = 0.35  # Carpet, curtains and books.
_FIRST_S = 0.025  # Longer, and the regular images of a box would ring.
_BLEND_S = 0.005
_BAND_HZ = (180.0, 5000.0)  # Lower it would be mud, higher it would hiss.
_VOICE_BAND_HZ = (200.0, 4000.0)
_SEED = 4_3_3_4_2_5
_TRANSFORM_FRAMES = 1 << 16


def decay_s() -> float:
    """Return how long the room takes to fall by 60 dB, after Sabine: 0.161 s/m · volume / absorbing surface."""
    length, width, height = _SIZE_M
    surface_m2 = 2 * (length * width + length * height + width * height)
    return 0.161 * length * width * height / (surface_m2 * _ABSORPTION)


@functools.lru_cache(maxsize=2)
def room_response(rate_hz: int, channels: int) -> Samples:
    """Return the room's impulse response without the direct sound, at the level at which it is mixed.

    For the first 25 ms the image sources of a box (Allen and Berkley, JASA 65, 1979), with each ear at its own place;
    then noise that decays as the energy of a diffuse field does (Kuttruff, *Room Acoustics*): 4πcd²/V · 10^(−6t/T)
    beside a direct sound from the distance d.

    Args:
        rate_hz: frames per second.
        channels: 1 or 2; one channel is the left of two.

    Returns:
        Shape (frames, channels), about a quarter of a second. Its mean power from 200 to 4,000 Hz lies
        `ROOM_BELOW_VOICE_DB` under that of the click.
    """
    in_band = ChunkedFilter(band_pass(*_BAND_HZ, rate_hz))
    ears = [in_band.once(_answer(ear, side, rate_hz).astype(np.float32)) for side, ear in enumerate(_EARS_M)]
    response = np.stack(ears, axis=1)
    hz = np.fft.rfftfreq(len(response), 1 / rate_hz)
    voiced = (hz >= _VOICE_BAND_HZ[0]) & (hz <= _VOICE_BAND_HZ[1])
    power = float(np.square(np.abs(np.fft.rfft(response, axis=0)[voiced])).mean())
    gain = 10 ** (-ROOM_BELOW_VOICE_DB / 20) / math.sqrt(power)
    return np.asarray(response[:, :channels] * gain, dtype=np.float32)


def in_the_room(voice: Samples, response: Samples) -> Samples:
    """Return what a room adds to a voice: shape (frames of both less 1, channels), from the voice's first frame on.

    Args:
        voice: shape (frames,).
        response: of the room, shape (frames, channels).
    """
    step = _TRANSFORM_FRAMES - len(response) + 1
    parts = np.pad(voice, (0, -len(voice) % step)).reshape(-1, step)
    spectra = np.fft.rfft(parts, _TRANSFORM_FRAMES, axis=1)
    added = np.zeros((len(parts) * step + len(response) - 1, response.shape[1]), dtype=np.float32, order="F")
    for channel in range(response.shape[1]):
        answers = np.fft.irfft(spectra * np.fft.rfft(response[:, channel], _TRANSFORM_FRAMES), axis=1)
        # What each part leaves ringing overlaps the next one.
        for number, answer in enumerate(answers):
            added[number * step : number * step + _TRANSFORM_FRAMES, channel] += answer
    return added[: len(voice) + len(response) - 1]


def _answer(ear_m: tuple[float, float, float], side: int, rate_hz: int) -> Numbers:
    """Return the response at one ear, the direct sound at full scale left out, shape (frames,)."""
    response = np.zeros(round(decay_s() * rate_hz))
    direct_m = math.dist(_VOICE_M, ear_m)
    distances_m, gains = _images(ear_m)
    frames = np.rint((distances_m - direct_m) / _SPEED_M_PER_S * rate_hz).astype(np.int64)
    first = (frames > 0) & (frames < _FIRST_S * rate_hz)
    np.add.at(response, frames[first], gains[first] * direct_m / distances_m[first])
    time_s = np.arange(len(response)) / rate_hz
    volume_m3 = math.prod(_SIZE_M)
    density = 4 * math.pi * _SPEED_M_PER_S * direct_m**2 / volume_m3 / rate_hz
    # A uniform number from −√3 to √3 has a mean square of 1.
    noise = uniform(len(response), _SEED + side, -math.sqrt(3), math.sqrt(3))
    rest = noise * np.sqrt(density) * 10 ** (-3 * time_s / decay_s())
    response += rest * np.clip((time_s - _FIRST_S) / _BLEND_S + 1, 0, 1)
    return response


def _images(ear_m: tuple[float, float, float]) -> tuple[Numbers, Numbers]:
    """Return distance (m) and gain of the voice's images in the walls, as many as arrive in time and more."""
    reflected = math.sqrt(1 - _ABSORPTION)
    reach = math.ceil((_FIRST_S * _SPEED_M_PER_S + max(_SIZE_M)) / (2 * min(_SIZE_M)))
    rounds = np.arange(-reach, reach + 1)
    squares, bounces = np.zeros(1), np.zeros(1, dtype=np.int64)
    for size_m, voice_m, at_m in zip(_SIZE_M, _VOICE_M, ear_m, strict=True):
        straight = 2 * rounds * size_m + voice_m - at_m
        mirrored = 2 * rounds * size_m - voice_m - at_m
        along = np.concatenate((straight, mirrored)) ** 2
        hits = np.concatenate((np.abs(2 * rounds), np.abs(2 * rounds - 1)))
        squares = np.add.outer(squares, along).ravel()
        bounces = np.add.outer(bounces, hits).ravel()
    return np.sqrt(squares), np.power(reflected, bounces)
