"""Values of SSML as numbers: the times, rates and volumes of W3C's Speech Synthesis Markup Language 1.0 and 1.1."""

from __future__ import annotations

import re

_TIME = re.compile(r"\+?(\d{0,9}(?:\.\d{1,30})?)\s*(ms|s)")
_CHANGE = re.compile(r"([+-]?)(\d{1,6}(?:\.\d{1,30})?)(%?)")
_DECIBELS = re.compile(r"([+-]\d{1,3}(?:\.\d{1,30})?)dB", re.IGNORECASE)

_RATES = {"x-slow": 0.5, "slow": 0.8, "medium": 1.0, "default": 1.0, "fast": 1.25, "x-fast": 1.6}
_VOLUMES_DB = {
    "silent": -60.0,
    "x-soft": -12.0,
    "soft": -6.0,
    "medium": 0.0,
    "default": 0.0,
    "loud": 3.0,
    "x-loud": 6.0,
}


def seconds_of(time: str) -> float | None:
    """Return the seconds of a time designation; None where it is none.

    >>> seconds_of("1.5s"), seconds_of("+500ms"), seconds_of("2")
    (1.5, 0.5, None)
    """
    found = _TIME.fullmatch(time.strip())
    if not found or not found[1]:
        return None
    return float(found[1]) / (1000 if found[2] == "ms" else 1)


def rate_factor(rate: str) -> float | None:
    """Return what a rate multiplies the usual one with; None where it can't be told.

    A percentage without a sign is of the usual rate, as in SSML 1.1; a number alone is a factor, as in 1.0.

    >>> rate_factor("85%"), rate_factor("-20%"), rate_factor("0.9"), rate_factor("slow"), rate_factor("soon")
    (0.85, 0.8, 0.9, 0.8, None)
    """
    if rate.strip() in _RATES:
        return _RATES[rate.strip()]
    found = _CHANGE.fullmatch(rate.strip())
    if not found:
        return None
    number = float(found[2]) / (100 if found[3] else 1)
    return {"": number, "+": 1 + number, "-": 1 - number}[found[1]]


def volume_db(volume: str) -> float | None:
    """Return by how many decibels a volume is above the usual one; None where it can't be told.

    >>> volume_db("-4dB"), volume_db("soft"), volume_db("80")
    (-4.0, -6.0, None)
    """
    if volume.strip() in _VOLUMES_DB:
        return _VOLUMES_DB[volume.strip()]
    found = _DECIBELS.fullmatch(volume.strip())
    return float(found[1]) if found else None
