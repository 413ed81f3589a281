"""Blended voices, such as `heart:0.7+michael:0.3`: one model with a weighted mean of styles."""

from __future__ import annotations

import msgspec

from audio_builder.errors import VoiceError
from audio_builder.voices.profile import RatePoint, VoiceProfile
from audio_builder.voices.rate import expected_wpm

STYLE = "style"
"""The role of the file that makes a voice of a model; a blend has `style`, `style-2` and so on."""

_MOST_PARTS = 4
_WEIGHT = "weight-"
_HINT = "Write it as NAME:SHARE+NAME:SHARE, such as heart:0.7+michael:0.3."


def is_blend(name: str) -> bool:
    """Return whether a voice's name is a blend's."""
    return "+" in name or ":" in name


def parse_blend(name: str) -> dict[str, float]:
    """Return the share of each voice of a blend, summing to 1; a share left out is 1 before that.

    Raises:
        VoiceError: it can't be understood, or has more than four voices.
    """
    shares: dict[str, float] = {}
    for part in name.split("+"):
        voice, _, share = part.strip().partition(":")
        try:
            amount = float(share) if share else 1.0
        except ValueError:
            amount = 0.0
        voice = voice.strip().lower()
        if not voice or voice in shares or not 0 < amount <= 1000:
            raise VoiceError(f"can't understand “{part}” in the blend “{name}”", hint=_HINT)
        shares[voice] = amount
    if len(shares) > _MOST_PARTS:
        raise VoiceError(f"“{name}” blends {len(shares)} voices; {_MOST_PARTS} at most can be blended", hint=_HINT)
    total = sum(shares.values())
    return {voice: amount / total for voice, amount in shares.items()}


def blend(parts: list[tuple[VoiceProfile, float]]) -> VoiceProfile:
    """Return the profile of a blend. Its rates are the weighted means of its voices'.

    Args:
        parts: each voice with its share; the shares sum to 1. The first gives the language.

    Raises:
        VoiceError: a voice can't be blended, or not with the others: they must be styles of one model.
    """
    first = parts[0][0]
    models = {tuple((file.role, file.sha256) for file in part.files if file.role != STYLE) for part, _ in parts}
    for part, _ in parts:
        if part.engine != first.engine or STYLE not in {file.role for file in part.files} or len(models) > 1:
            names = ", ".join(f"{each.name} ({each.engine})" for each, _ in parts)
            raise VoiceError(f"these voices can't be blended: {names}", hint="Blend voices of the engine kokoro.")
    styles = [next(file for file in part.files if file.role == STYLE) for part, _ in parts]
    files = [file for file in first.files if file.role != STYLE]
    files += [msgspec.structs.replace(file, role=_role(number)) for number, file in enumerate(styles)]
    return VoiceProfile(
        name="-".join(f"{part.name}-{round(100 * share)}" for part, share in parts)[:40].rstrip("-"),
        engine=first.engine,
        language=first.language,
        description="a blend of " + " and ".join(f"{100 * share:.0f} % {part.name}" for part, share in parts),
        licence=" AND ".join(sorted({part.licence for part, _ in parts})),
        attribution="; ".join(sorted({part.attribution for part, _ in parts} - {""})),
        settings={
            **first.settings,
            **{f"{_WEIGHT}{_role(number)}": share for number, (_, share) in enumerate(parts)},
        },
        calibration=tuple(
            RatePoint(
                setting=point.setting,
                wpm=sum(share * expected_wpm(part, point.setting) for part, share in parts),
            )
            for point in first.calibration
        ),
        files=tuple(files),
        blend_of=tuple(part.name for part, _ in parts),
    )


def blend_weights(profile: VoiceProfile) -> dict[str, float]:
    """Return the share of each style file by its role; for a voice that is no blend, all of its `style`."""
    roles = [file.role for file in profile.files if file.role == STYLE or file.role.startswith(f"{STYLE}-")]
    return {role: float(profile.settings.get(f"{_WEIGHT}{role}", 1.0)) for role in roles}


def _role(number: int) -> str:
    return STYLE if number == 0 else f"{STYLE}-{number + 1}"
