"""Whether a clip has the words that it should have, by the sounds that a recogniser heard in it.

A recogniser of phonemes errs in about a fifth of the sounds, but in the same ways: the table `heard_as.toml` says how
often each phoneme of English is heard as which sound, or not at all. With it, the cost of a reading is the negative
logarithm of its likelihood, as in a pair hidden Markov model (Durbin et al., 1998, chapter 4), over the best alignment.

Nothing is taken from one sound alone. For each word the cost of the text as it should be said is compared with that of
one fault: this word missing, said twice, in the place of the next, said otherwise, or more sounds before it. A fault is
reported where the fault explains what was heard so much better.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

Costs = npt.NDArray[np.float64]

Kind = Literal["missing", "doubled", "exchanged", "otherwise", "added", "cut", "gap"]
"""A word is missing, said twice, exchanged with the next, or said otherwise; sounds are added; the clip is cut within
its first or last sound; a silence stands where the text has no mark."""

_NEEDED: dict[Kind, float] = {"missing": 4.2, "doubled": 6.0, "exchanged": 6.0, "otherwise": 4.5, "added": 7.5}
"""How much less a fault has to cost than the words as they should be: e to the power of that times as likely."""

_NEEDED_AT_ONCE = 2.0
"""The same for a first word of one sound where the next sound begins at once: of “A small boat” the recogniser often
doesn't hear the “a”, but a voice is there."""

_AT_ONCE_S, _AT_ONCE_SOUNDS = 0.06, 1.35
"""At once is before this time and so many times the usual distance of two sounds, with nothing voiced before it."""

_MOST_FAULTS = 12
"""What has more in a phrase is another phrase."""

_SHORTEST_SURE = 8
"""Phonemes. In shorter phrases a recogniser errs as often as the voice."""

_LONGEST_GAP_S, _LONGEST_PAUSE_S = 1.0, 2.2
"""Between the beginnings of two sounds, without and with a mark between them; lark has 0.6 and 1.1 at 120 wpm."""

_LEAST = 1e-4
"""No likelihood is taken for smaller, so that one strange sound doesn't outweigh a word."""


class Difference(msgspec.Struct, frozen=True):
    """What was heard otherwise than it should be said.

    Attributes:
        kind: which fault.
        word: the word, or the words, as the engine got them.
        at_s: from the beginning of what was heard, in seconds.
    """

    kind: Kind
    word: str
    at_s: float

    def __str__(self) -> str:
        """Return it in words."""
        return _IN_WORDS[self.kind].format(f"“{self.word}”")


_IN_WORDS: dict[Kind, str] = {
    "missing": "{} isn't heard",
    "doubled": "{} is heard twice",
    "exchanged": "{} are heard the other way round",
    "otherwise": "{} is heard as something else",
    "added": "something that isn't in the text is heard at {}",
    "cut": "{} is cut at the clip's edge",
    "gap": "a long silence before {}",
}


class Hearing(msgspec.Struct, frozen=True):
    """What a recogniser found in a clip.

    Attributes:
        heard: whether it was heard at all; a language may be one that can't be.
        sure: whether the phrase is long enough to rely on it.
        differences: by their time; none where it is what it should be.
        takes: how often the phrase was spoken until it was kept.
    """

    heard: bool = False
    sure: bool = False
    differences: tuple[Difference, ...] = ()
    takes: int = 1

    @property
    def is_wrong(self) -> bool:
        """Whether something surely differs."""
        return self.heard and self.sure and bool(self.differences)


def packed_hearing(hearing: Hearing | None) -> bytes:
    """Return a hearing as msgpack; empty where nobody listened."""
    return b"" if hearing is None else msgspec.msgpack.encode(hearing)


def unpacked_hearing(content: bytes) -> Hearing | None:
    """Return what `packed_hearing` was given; None for what can't be read."""
    try:
        return msgspec.msgpack.decode(content, type=Hearing) if content else None
    except msgspec.MsgspecError:
        return None


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it should be heard.

    Attributes:
        text: as the engine got it, for a person to read.
        phonemes: in misaki's alphabet, without stress.
        after_mark: whether a mark stands before it at which a voice may pause.
    """

    text: str
    phonemes: tuple[str, ...]
    after_mark: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Sounds:
    """The sounds that a recogniser heard.

    Attributes:
        shares: how likely each is which symbol of the recogniser, shape (sounds, symbols); rows add up to 1.
        starts_s: when each begins, in seconds.
        symbols: the recogniser's, in the order of the columns.
        voice_s: when something is voiced for the first time; 0 where that isn't known.
    """

    shares: npt.NDArray[np.float64]
    starts_s: tuple[float, ...]
    symbols: tuple[str, ...]
    voice_s: float = 0.0


def compare(words: Sequence[Word], sounds: Sounds, caution: float = 0.0) -> tuple[Difference, ...]:
    """Return what was heard otherwise than it should be said, by time.

    Args:
        words: all of a phrase, in order.
        sounds: heard in it.
        caution: how much more than usual a fault has to explain, where other sounds are heard besides.
    """
    found: list[Difference] = []
    settled: list[int] = []
    for _ in range(_MOST_FAULTS):
        lattice = _Lattice(words, sounds)
        faults = [
            fault
            for fault in lattice.faults()
            if fault[0] > caution and all(abs(fault[2] - other) > 1 for other in settled)
        ]
        if not faults:
            found += [Difference("gap", words[number].text, lattice.begin_s(number)) for number in lattice.gaps()]
            break
        _, kind, number = max(faults)
        named = words[number : number + (2 if kind == "exchanged" else 1)] or words[-1:]
        at_s = lattice.gone_s(number) if kind == "missing" else lattice.begin_s(number)
        found.append(Difference(kind, " ".join(word.text for word in named), at_s))
        # The rest is compared with what was heard: one fault would be seen again as others beside it.
        words, shift = _as_heard(words, kind, number)
        settled = [other + shift * (other > number) for other in settled]
        settled += [] if shift else [number]
    return tuple(sorted(found, key=lambda difference: difference.at_s))


def _as_heard(words: Sequence[Word], kind: Kind, number: int) -> tuple[Sequence[Word], int]:
    """Return words with a fault in them, and how many there are more; as they are where it can't be put in words."""
    before, here, after = words[:number], words[number : number + 1], words[number + 1 :]
    if kind == "missing":
        return (*before, *after), -1
    if kind == "doubled":
        return (*before, *here, *here, *after), 1
    if kind == "exchanged":
        return (*before, *after[:1], *here, *after[1:]), 0
    return words, 0


def aligned(words: Sequence[Word], sounds: Sounds) -> tuple[tuple[int | None, int | None], ...]:
    """Return the best alignment of all phonemes with the sounds: pairs of indices, None for lost and for added."""
    return _Lattice(words, sounds).alignment()


def known_shares(symbols: tuple[str, ...]) -> dict[str, npt.NDArray[np.float64]]:
    """Return how each phoneme is heard by the table that there is: shares of the recogniser's symbols."""
    return _table(symbols).heard


def is_sure(words: Sequence[Word]) -> bool:
    """Return whether a phrase is long enough for a verdict."""
    return sum(len(word.phonemes) for word in words) >= _SHORTEST_SURE


class _Lattice:
    """All alignments of a phrase's phonemes with the sounds that were heard.

    A row holds the least cost of what is said so far, for each number of sounds used up by it.
    """

    def __init__(self, words: Sequence[Word], sounds: Sounds) -> None:
        table = _table(sounds.symbols)
        phonemes = [phoneme for word in words for phoneme in word.phonemes]
        self._words, self._starts_s, self._voice_s = words, sounds.starts_s, sounds.voice_s
        self._ends = [0, *np.cumsum([len(word.phonemes) for word in words]).tolist()]
        lost = [
            max(table.lost.get(phoneme, _USUALLY_LOST), _JOINED if _UNVOICED.get(phoneme, phoneme) == before else 0.0)
            for phoneme, before in zip(phonemes, [None, *(_UNVOICED.get(one, one) for one in phonemes)], strict=False)
        ]
        self._lost = [-np.log(share) for share in lost]
        self._heard = [
            -np.log(np.maximum(sounds.shares @ table.heard_as(phoneme), _LEAST)) - np.log1p(-share)
            for phoneme, share in zip(phonemes, lost, strict=True)
        ]
        anything = -np.log(np.maximum(sounds.shares @ table.any, _LEAST))
        self._added = np.concatenate(([0.0], np.cumsum(anything - np.log(table.added))))
        self._anything = np.concatenate(([0.0], np.cumsum(anything + _MORE_SOUNDS)))
        self._before = [self._added]
        for place in range(len(phonemes)):
            self._before.append(self._said(self._before[-1], place))
        self._after = self._backwards()
        self._whole = float(self._before[-1][-1])

    def faults(self) -> Iterator[tuple[float, Kind, int]]:
        """Yield faults that explain better what was heard: by how much more than is needed, which, at which word."""
        at_once = self._ends[1:2] == [1] and self._begins_at_once()
        for number in range(len(self._words) + 1):
            for kind, row, end in self._readings(number):
                needed = _NEEDED_AT_ONCE if (kind, number) == ("missing", 0) and at_once else _NEEDED[kind]
                gain = self._whole - float((row + self._after[end]).min()) - needed
                if gain > 0:
                    yield gain, kind, number

    def _begins_at_once(self) -> bool:
        """Return whether there is neither time for a sound before the first one that was heard, nor a voice."""
        if len(self._starts_s) < _SHORTEST_SURE or self._starts_s[0] - self._voice_s > _USUAL_SOUND_S / 2:
            return False
        return self._starts_s[0] < _AT_ONCE_S + _AT_ONCE_SOUNDS * float(np.median(np.diff(self._starts_s)))

    def _readings(self, number: int) -> Iterator[tuple[Kind, Costs, int]]:
        """Yield each fault at a word: which, its row, and after which phoneme all goes on as it should."""
        begin = self._ends[number]
        row = self._before[begin]
        yield "added", self._with_anything(row), begin
        if number == len(self._words):
            return
        end = self._ends[number + 1]
        yield "missing", row, end
        yield "otherwise", self._with_anything(row), end
        yield "doubled", self._word(self._before[end], number), end
        if number + 1 < len(self._words):
            yield "exchanged", self._word(self._word(row, number + 1), number), self._ends[number + 2]

    def gaps(self) -> Iterator[int]:
        """Yield the words before which a silence is too long."""
        for number in range(1, len(self._words)):
            sound = self._sound_at(number)
            if 0 < sound < len(self._starts_s):
                longest_s = _LONGEST_PAUSE_S if self._words[number].after_mark else _LONGEST_GAP_S
                if self._starts_s[sound] - self._starts_s[sound - 1] > longest_s:
                    yield number

    def alignment(self) -> tuple[tuple[int | None, int | None], ...]:
        """Return the best alignment: pairs of a phoneme and a sound."""
        phoneme, sound = len(self._heard), len(self._starts_s)
        pairs: list[tuple[int | None, int | None]] = []
        while phoneme or sound:
            here = self._before[phoneme][sound]
            if phoneme and np.isclose(here, self._before[phoneme - 1][sound] + self._lost[phoneme - 1]):
                phoneme -= 1
                pairs.append((phoneme, None))
            elif (
                phoneme
                and sound
                and np.isclose(here, self._before[phoneme - 1][sound - 1] + self._heard[phoneme - 1][sound - 1])
            ):
                phoneme, sound = phoneme - 1, sound - 1
                pairs.append((phoneme, sound))
            else:
                sound -= 1
                pairs.append((None, sound))
        return tuple(reversed(pairs))

    def begin_s(self, number: int) -> float:
        """Return when a word begins; 0 where nothing was heard."""
        if not self._starts_s:
            return 0.0
        return self._starts_s[min(self._sound_at(number), len(self._starts_s) - 1)]

    def gone_s(self, number: int) -> float:
        """Return when a word would begin that isn't heard: behind the sound before it."""
        sound = self._sound_at(number)
        return min(self._starts_s[sound - 1] + _USUAL_SOUND_S, self.begin_s(number)) if sound else self.begin_s(number)

    def _sound_at(self, number: int) -> int:
        """Return the index of the sound with which a word begins."""
        phoneme = self._ends[number]
        return int((self._before[phoneme] + self._after[phoneme]).argmin())

    def _word(self, row: Costs, number: int) -> Costs:
        for place in range(self._ends[number], self._ends[number + 1]):
            row = self._said(row, place)
        return row

    def _said(self, row: Costs, place: int) -> Costs:
        """Return the row after one more phoneme: lost, or heard as the next sound; then sounds may be added."""
        return _stepped(row, self._heard[place], self._lost[place], self._added)

    def _with_anything(self, row: Costs) -> Costs:
        """Return the row after any number of any sounds."""
        followed: Costs = np.minimum.accumulate(row - self._anything) + self._anything
        return followed

    def _backwards(self) -> list[Costs]:
        """Return the least costs of what is still to be said from each phoneme on, for each number of sounds used."""
        added = self._added[-1] - self._added[::-1]
        rows = [added]
        for heard, lost in zip(self._heard[::-1], self._lost[::-1], strict=True):
            rows.append(_stepped(rows[-1], heard[::-1], lost, added))
        return [row[::-1] for row in rows[::-1]]


def _stepped(row: Costs, heard: Costs, lost: float, added: Costs) -> Costs:
    best = row + lost
    best[1:] = np.minimum(best[1:], row[:-1] + heard)
    stepped: Costs = np.minimum.accumulate(best - added) + added
    return stepped


# --- how phonemes are heard ---

_USUAL_SOUND_S = 0.1
"""How long a sound lasts."""

_JOINED = 0.5
"""How often a sound isn't heard by itself after the same, voiced or not: the s and the m of “leaves some music”."""

_UNVOICED = {"z": "s", "d": "t", "ɡ": "k", "b": "p", "v": "f", "ð": "θ", "ʒ": "ʃ", "ʤ": "ʧ"}
_MORE_SOUNDS = 0.3
_USUALLY_LOST = 0.06
_USUALLY_RIGHT = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """How phonemes are heard.

    Attributes:
        lost: the share of each that isn't heard at all.
        heard: the share of each that is heard as which symbol.
        any: the share of each symbol in all that is heard.
        added: the share of sounds that nobody said.
        symbols: the place of each symbol.
    """

    lost: dict[str, float]
    heard: dict[str, npt.NDArray[np.float64]]
    any: npt.NDArray[np.float64]
    added: float
    symbols: dict[str, int]

    def heard_as(self, phoneme: str) -> npt.NDArray[np.float64]:
        """Return the shares of the symbols as which a phoneme is heard; one that isn't in the table, as itself."""
        known = self.heard.get(phoneme)
        if known is not None:
            return known
        shares: npt.NDArray[np.float64] = self.any * (1 - _USUALLY_RIGHT)
        if phoneme in self.symbols:
            shares[self.symbols[phoneme]] += _USUALLY_RIGHT
        return shares


@functools.cache
def _table(symbols: tuple[str, ...]) -> _Table:
    content = tomllib.loads(
        resources.files("audio_builder.narration").joinpath("heard_as.toml").read_text(encoding="utf-8")
    )
    places = {symbol: place for place, symbol in enumerate(symbols)}

    def shares(of: dict[str, float]) -> npt.NDArray[np.float64]:
        row = np.full(len(symbols), _LEAST)
        for symbol, share in of.items():
            if symbol in places:
                row[places[symbol]] += share
        total: npt.NDArray[np.float64] = row / row.sum()
        return total

    lost: dict[str, float] = content["lost"]
    heard = {phoneme: shares(of) for phoneme, of in content["heard"].items()}
    return _Table(lost, heard, shares(content["any"]), content["added"], places)
