"""The numbers by which Kokoro knows misaki's symbols, and the pieces of them that it takes."""

from __future__ import annotations

import re

LONGEST_PIECE = 300
"""Phonemes in one run. The model takes 510; beyond about 400 it hurries, and a slow run grows long."""

_RUNS = (
    (1, ";:,.!?"),
    (9, '—…"()“” '),
    (24, "AI"),
    (31, "O"),
    (33, "Q"),
    (36, "T"),
    (39, "W"),
    (41, "Yᵊab"),
    (46, "def"),
    (50, "hijklmnop"),
    (61, "stuvw"),
    (67, "yz"),
    (69, "ɑɐɒæ"),
    (76, "ɔ"),
    (81, "ðʤə"),
    (86, "ɛɜ"),
    (92, "ɡ"),
    (102, "ɪ"),
    (112, "ŋ"),
    (119, "θ"),
    (123, "ɹ"),
    (131, "ʃ"),
    (133, "ʧ"),
    (135, "ʊ"),
    (138, "ʌ"),
    (147, "ʒ"),
    (156, "ˈˌː"),
    (177, "ᵻ"),
)
_NUMBERS = {symbol: number for start, symbols in _RUNS for number, symbol in enumerate(symbols, start)}
"""The published vocabulary of Kokoro-82M: those symbols of it that English needs."""

_CUTS = (re.compile(r"(?<=[.!?…])[”)]* "), re.compile(r"(?<=[,;:—])[”)]* "), re.compile(" "))


def known(phonemes: str) -> str:
    """Return those of misaki's symbols that the model has numbers for, without spaces at the ends."""
    return "".join(symbol for symbol in phonemes if symbol in _NUMBERS).strip()


def tokens(phonemes: str) -> list[int]:
    """Return the model's number of each symbol."""
    return [_NUMBERS[symbol] for symbol in phonemes]


def pieces(phonemes: str, longest: int = LONGEST_PIECE) -> list[str]:
    """Return phonemes in pieces of at most `longest`: halved at a sentence's end, else a clause's, else a space.

    Halves are alike in length, since a short remainder is spoken at another pace than what it belongs to.
    """
    if len(phonemes) <= longest:
        return [phonemes] if phonemes else []
    middle = len(phonemes) / 2
    for cut in _CUTS:
        ends = [found.end() for found in cut.finditer(phonemes)]
        # A cut near an end leaves a crumb: then the next kind of boundary is better.
        ends = [end for end in ends if len(phonemes) / 8 < end < len(phonemes) * 7 / 8]
        if ends:
            at = min(ends, key=lambda end: abs(end - middle))
            break
    else:
        at = int(middle)
    return pieces(phonemes[:at].strip(), longest) + pieces(phonemes[at:].strip(), longest)
