"""The numbers by which Kokoro knows misaki's symbols, and the pieces of them that it takes."""

from __future__ import annotations

import re

LONGEST_PIECE = 300
"""Phonemes in one run. The model takes 510; beyond about 400 it hurries, and a slow run grows long."""

_RUNS = (
    (1, ";:,.!?"),
    (9, '—…"()“” \u0303ʣʥʦʨᵝꭧAI'),
    (31, "O"),
    (33, "Q"),
    (35, "ST"),
    (39, "W"),
    (41, "Yᵊabcdef"),
    (50, "hijklmnopqrstuvwxyzɑɐɒæ"),
    (75, "βɔɕç"),
    (80, "ɖðʤə"),
    (85, "ɚɛɜ"),
    (90, "ɟ"),
    (92, "ɡ"),
    (99, "ɥ"),
    (101, "ɨɪʝ"),
    (110, "ɯɰŋɳɲɴø"),
    (118, "ɸθœ"),
    (123, "ɹ"),
    (125, "ɾɻ"),
    (128, "ʁɽʂʃʈʧ"),
    (135, "ʊʋ"),
    (138, "ʌɣɤ"),
    (142, "χʎ"),
    (147, "ʒʔ"),
    (156, "ˈˌː"),
    (162, "ʰ"),
    (164, "ʲ"),
    (169, "↓"),
    (171, "→↗↘"),
    (177, "ᵻ"),
)
_NUMBERS = {symbol: number for start, symbols in _RUNS for number, symbol in enumerate(symbols, start)}
"""The published vocabulary of Kokoro-82M."""

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
