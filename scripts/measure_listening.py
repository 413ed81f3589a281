"""Measure what --listen finds and what it falsely accuses; needs the extra `listen`.

    .venv/bin/python -m scripts.measure_listening lark --phrases 300
    .venv/bin/python -m scripts.measure_listening --learn lark joe heart

Phrases are made of words by chance, with a seed. Each is spoken as it is and heard. Then it is spoken with one fault:
a word dropped, doubled, exchanged with the next, or another in its place. Of its sound, 80 ms are cut off at the
beginning or the end, before it is trimmed as every clip is; a cut is audible where what is missing comes up to 35 dB
below the loud parts. Printed is how many of each are reported.

--learn makes the table `audio_builder/narration/heard_as.toml` anew, from the example and the guides, which have none
of these phrases.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from audio_builder.audio.samples import samples_from_segment, segment_from_samples
from audio_builder.narration import hearing as hearings
from audio_builder.narration.hearing import Word
from audio_builder.narration.recogniser import RATE_HZ, hear_clip, heard_sounds, words_to_hear
from audio_builder.narration.trim import find_speech, resample, trim
from audio_builder.script.phrases import phrases
from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.engines.base import Engine
from audio_builder.voices.engines.registry import load_engine
from audio_builder.voices.prepare import prepare_voice
from audio_builder.voices.profile import Voice
from audio_builder.voices.spoken.normalize import spoken_text

CUT_S = 0.080
AUDIBLE_DB = -35.0
CLIP_HZ = 24_000


def parted(of: str) -> list[str]:
    """Return what stands between bars."""
    return of.split("|")


WHO = parted(
    "the old gate|a small boat|my neighbour|the river|somebody upstairs|the morning train|every window|a child"
    "|the baker|our teacher|the wind|an owl|the clock|her brother|the last visitor|a stranger|the gardener"
    "|the whole village|rain|this road|the lamp|an open book|the cat|a tired doctor|my grandfather|the tide"
    "|your breath|the kitchen|a letter"
)
DOES = parted(
    "waits beside|passes|leans against|has forgotten|listens to|remembers|turns away from|rests under|belongs to"
    "|watches|returns to|cannot reach|moves around|gives back|learns from|goes on past|stays near"
    "|would rather keep|whispers to|carries|looks beyond|seldom notices|opens towards|finds|begins with"
    "|drifts over|comes down to|leaves"
)
WHAT = parted(
    "the stone wall|a row of poplars|the empty harbour|its own shadow|nothing at all|the far bank|a promise"
    "|the orchard|an unlit room|the first star|warm bread|two wooden chairs|what was said|the long afternoon"
    "|a bridge|some music|the edge of the field|other people|a quiet hour|that narrow street|the winter sea"
    "|a cup of tea|the question|yesterday's paper|the mountain|a single word|the garden path|half of the truth"
    "|such patience|a blue door"
)
HOW = parted(
    "||until the light goes|without hurry|as if nothing had happened|before breakfast|, and then it is quiet"
    "|once again|in spite of the cold|while the house sleeps|, which is enough|for a little longer"
    "|whenever it snows|, slowly|after everyone has gone home|because there is time|under a pale sky"
    "|, perhaps for the last time|on most evenings"
)
ASKS = parted(
    "let {what} be {how}|notice how {who} {does} {what}|what if {who} {does} {what}|imagine {what} {how}"
    "|sit down, and think of {what} {how}|do you know why {who} {does} {what}"
)


def made_up(count: int, seed: int) -> list[str]:
    """Return so many different sentences."""
    chance = random.Random(seed)  # noqa: S311 - phrases are no secret
    made: dict[str, None] = {}
    while len(made) < count:
        form = chance.choice(ASKS) if chance.random() < 0.3 else "{who} {does} {what} {how}"
        slots = {"who": WHO, "does": DOES, "what": WHAT, "how": HOW}
        words = form.format(**{name: chance.choice(of) for name, of in slots.items()}).replace(" ,", ",").strip()
        made[words[0].upper() + words[1:] + ("?" if words.startswith(("what", "do ")) else ".")] = None
    return list(made)


def with_a_fault(text: str, kind: str, chance: random.Random) -> str:
    """Return a text with a word dropped, doubled, exchanged with the next, or another in its place."""
    words = text.split()
    place = chance.randrange(len(words) - (kind == "exchanged"))
    word = words[place]
    if kind == "dropped":
        words[place : place + 1] = []
    elif kind == "doubled":
        words[place : place + 1] = [re.sub(r"\W+$", "", word), word]
    elif kind == "exchanged":
        words[place : place + 2] = words[place : place + 2][::-1]
    else:
        others = [other for one in (*WHO, *DOES, *WHAT) for other in one.split() if other[0] != word[0].lower()]
        words[place] = chance.choice(others) + re.sub(r"^\w+", "", word)
    return " ".join(words)


SPOKEN_FAULTS = ("dropped", "doubled", "exchanged", "replaced")


class Measured:
    """What was tried and what was reported, by kind."""

    def __init__(self) -> None:
        self.tried: Counter[str] = Counter()
        self.found: Counter[str] = Counter()

    def add(self, kind: str, *, reported: bool, about: str) -> None:
        """Count one, and print what should not have happened."""
        self.tried[kind] += 1
        self.found[kind] += reported
        if reported == (kind == "as it is"):
            print(f"   {kind}: {about}", flush=True)

    def lines(self, voice: str) -> Iterator[str]:
        """Yield the figures."""
        for kind, tried in self.tried.items():
            what = "falsely accused" if kind == "as it is" else "found"
            yield f"{voice:6} {kind:22} {self.found[kind]:4} of {tried:4} {what}: {self.found[kind] / tried:6.1%}"


def measure(voice: Voice, engine: Engine, count: int, seed: int, measured: Measured) -> None:
    """Speak and hear so many phrases, each as it is, with one spoken fault and with one cut."""
    chance = random.Random(seed)  # noqa: S311 - phrases are no secret
    for number, text in enumerate(made_up(count, seed)):
        said = spoken_text(text, voice, engine)
        sound = engine.speak(said, voice)
        hearing = hear_clip(trim(sound, CLIP_HZ), said, voice.profile)
        measured.add("as it is", reported=hearing.is_wrong, about=f"{said} {[*map(str, hearing.differences)]}")
        kind = SPOKEN_FAULTS[number % len(SPOKEN_FAULTS)]
        wrong = spoken_text(with_a_fault(text, kind, chance), voice, engine)
        if "".join(wrong.lower().split()) != "".join(said.lower().split()):
            hearing = hear_clip(trim(engine.speak(wrong, voice), CLIP_HZ), said, voice.profile)
            measured.add(kind, reported=hearing.is_wrong, about=f"{said} -> {wrong}")
        rate_hz, samples = int(sound.frame_rate), samples_from_segment(sound)
        first, last = find_speech(samples, rate_hz)
        off = round(CUT_S * rate_hz)
        at_start = number % 2 == 0
        rest, lost = (
            (samples[first + off :], samples[first : first + off])
            if at_start
            else (samples[: last - off], samples[last - off : last])
        )
        loud = float(np.percentile(np.abs(samples), 99))
        audible = float(np.percentile(np.abs(lost), 99)) > loud * 10 ** (AUDIBLE_DB / 20)
        hearing = hear_clip(trim(segment_from_samples(rest, rate_hz), CLIP_HZ), said, voice.profile)
        kind = f"{'start' if at_start else 'end'} cut, {'audible' if audible else 'inaudible'}"
        measured.add(kind, reported=hearing.is_wrong, about=said)
        if number % 25 == 24:
            print(f"… {number + 1} phrases", *measured.lines(voice.profile.name), sep="\n", flush=True)


def spoken_by(name: str, wpm: float) -> tuple[Voice, Engine]:
    """Return a voice at a rate, with its engine."""
    voice = prepare_voice(find_voice(name), wpm).voice
    return voice, load_engine(voice.profile.engine)


# --- the table ---

ROOT = Path(__file__).parent.parent
TEXTS = (
    "examples/*.md",
    "audio_builder/script/guide_texts/en/*.md",
    "tests/articles/open-window.md",
)
PRIOR = 4.0
LEAST_SHARE = 0.004


def texts_to_learn() -> list[str]:
    """Return the sentences of the example and the guides."""
    found: dict[str, None] = {}
    for path in (path for pattern in TEXTS for path in sorted(ROOT.glob(pattern))):
        text = re.sub(r"(?m)^(#|---|>|\[|<|\w+:).*$|\[.*?\]|[*_`]", "", path.read_text(encoding="utf-8"))
        for block in text.split("\n\n"):
            found |= dict.fromkeys(" ".join(phrase.text.split()) for phrase in phrases(block, "en"))
    return [text for text in found if 2 <= len(text.split()) <= 22 and "(" not in text]


class Counts:
    """How often each phoneme was heard as what, beside what is taken for granted before anything is heard."""

    def __init__(self, symbols: tuple[str, ...]) -> None:
        self.symbols = symbols
        self.heard: dict[str, np.ndarray] = {}
        self.lost: Counter[str] = Counter()
        self.said: Counter[str] = Counter()
        self.any = np.full(len(symbols), 1e-3)
        self.added, self.sounds = 1.0, 20.0

    def add(self, words: tuple[Word, ...], sounds: hearings.Sounds) -> None:
        """Count one phrase, aligned by the table that there is."""
        spoken = [phoneme for word in words for phoneme in word.phonemes]
        self.said.update(spoken)
        for phoneme, sound in hearings.aligned(words, sounds):
            if sound is None:
                self.lost[spoken[phoneme or 0]] += 1
                continue
            self.any += sounds.shares[sound]
            self.sounds += 1
            if phoneme is None:
                self.added += 1
            else:
                row = self.heard.setdefault(spoken[phoneme], np.zeros(len(self.symbols)))
                row += sounds.shares[sound]

    def as_toml(self, before: dict[str, np.ndarray]) -> str:
        """Return the table; what was heard seldom keeps most of what was known before."""
        names = sorted({*before, *self.heard})
        lost = {name: (self.lost[name] + 0.25) / (self.said[name] + PRIOR) for name in names}
        rows = {name: self.heard.get(name, 0) + PRIOR * before.get(name, np.zeros(len(self.symbols))) for name in names}
        return "\n".join(
            (
                "# How the recogniser (hama 1.7) hears each phoneme of English, in misaki's alphabet. Written by",
                "# `scripts/measure_listening.py --learn` from the example and the guides.",
                "",
                "# The share of the sounds that nobody said.",
                f"added = {self.added / self.sounds:.3g}",
                "",
                "# What is heard at all.",
                f"any = {self._row(self.any)}",
                "",
                "# The share of each phoneme that isn't heard.",
                "[lost]",
                *(f'"{name}" = {share:.3g}' for name, share in lost.items()),
                "",
                "# What each is heard as.",
                "[heard]",
                *(f'"{name}" = {self._row(row)}' for name, row in rows.items()),
                "",
            )
        )

    def _row(self, row: np.ndarray) -> str:
        shares = row / row.sum()
        best = [place for place in np.argsort(-shares) if shares[place] >= LEAST_SHARE]
        return "{" + ", ".join(f'"{self.symbols[place]}" = {shares[place]:.3g}' for place in best) + "}"


def learn(names: list[str], wpm: float) -> str:
    """Return the table, learned from what is heard in the voices' clips by the table that there is."""
    counts = None
    for name in names:
        voice, engine = spoken_by(name, wpm)
        for text in texts_to_learn():
            said = spoken_text(text, voice, engine)
            clip = trim(engine.speak(said, voice), CLIP_HZ)
            sounds = heard_sounds(resample(samples_from_segment(clip.segment), CLIP_HZ, RATE_HZ))
            counts = counts or Counts(sounds.symbols)
            counts.add(words_to_hear(said, voice.profile.language), sounds)
    if counts is None:
        return ""
    return counts.as_toml(hearings.known_shares(counts.symbols))


def main() -> None:
    """Measure, or learn."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("voices", nargs="+")
    parser.add_argument("--phrases", type=int, default=300)
    parser.add_argument("--wpm", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--learn", action="store_true")
    given = parser.parse_args()
    if given.learn:
        table = learn(given.voices, given.wpm)
        (ROOT / "audio_builder/narration/heard_as.toml").write_text(table, encoding="utf-8")
        return
    for name in given.voices:
        measured = Measured()
        voice, engine = spoken_by(name, given.wpm)
        try:
            measure(voice, engine, given.phrases, given.seed, measured)
        except KeyboardInterrupt:
            sys.stderr.write("stopped\n")
        print(*measured.lines(name), sep="\n", flush=True)


if __name__ == "__main__":
    main()
