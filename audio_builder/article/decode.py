"""From bytes to text: UTF-8 first, then what the bytes themselves announce, then the likeliest encoding."""

from __future__ import annotations

import codecs
import re

from audio_builder.errors import NotText

# The longer marks come first: UTF-32's little-endian mark begins with UTF-16's.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"ID3": "an MP3 file",
    b"RIFF": "a sound or film",
    b"OggS": "a sound",
    b"fLaC": "a sound",
    b"{\\rtf": "an RTF document",
}
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b"))
_MOST_CONTROLS = 0.01
_MOSTLY = 0.6
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w-]{2,30})""", re.IGNORECASE)
_NO_CHARSETS = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "utf-7", "mbcs", "oem"}
"""What Python can decode too, and no page is written in; some take quadratic time."""

_WESTERN_LETTERS = (
    "àâæçèéêëîïôœùûüÿ",  # French
    "äöüßåéæø",  # German, the Nordic languages
    "áéíóúüñàèïòçªº",  # Spanish, Catalan
    "áéíóúãõâêôàçüªº",  # Portuguese
    "àèéìíîòóù",  # Italian
    "éëïóèöüçñàâ",  # English and Dutch, with the words they borrow
)
"""What stands beside the letters of ASCII, language by language. Czech or Turkish read as Western has others too."""

_ODD_IN_WESTERN = re.compile(r"[a-zß-ÿ][À-ÖØ-ÞŠŽŒŸ]|[^\W\d_][¢-¦¨ªˆ˜¬¯±-³µ¶¸-º¼-¾†‡•‰‹ƒ][^\W\d_]|[À-ÿ]{3}")
"""A capital or a sign inside a word, and three such letters in a row: another code page read as Windows-1252."""
_HINT = "Give a text: save or export it as plain text or Markdown in UTF-8."


def decode(data: bytes, name: str) -> str:
    """Return the text the bytes hold.

    Raises:
        NotText: they are a picture, a sound, an archive or otherwise binary, or in no known encoding.
    """
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            raise NotText(f"{name} is not a text but {kind}", hint=_HINT)
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding, name)
    if wide := _wide_encoding(data):
        return _strictly(data, wide, name)
    if b"\0" in data or len(data) - len(data.translate(None, _CONTROLS)) > _MOST_CONTROLS * len(data):
        raise NotText(f"{name} is not a text: it holds bytes that no text has", hint=_HINT)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _announced(data) or _western(data) or _likeliest(data, name)


def _wide_encoding(data: bytes) -> str:
    """Return the UTF-16 that a text without a mark is in, known by where its zeros stand; else nothing."""
    half = len(data) // 2
    if len(data) % 2 or half == 0:
        return ""
    low, high = data[0::2].count(0), data[1::2].count(0)
    if high > _MOSTLY * half and not low:
        return "utf-16-le"
    return "utf-16-be" if low > _MOSTLY * half and not high else ""


def _announced(data: bytes) -> str:
    """Return the text in the encoding that a page names near its top; nothing where it names none that fits."""
    found = _CHARSET.search(data[:4096])
    try:
        encoding = codecs.lookup(found[1].decode("ascii")).name if found else ""
        return data.decode(encoding) if encoding and encoding not in _NO_CHARSETS else ""
    except (LookupError, ValueError):
        return ""


def _western(data: bytes) -> str:
    """Return the text in Windows-1252 where that reads like a Western language; nothing where it doesn't.

    A guess by frequencies takes é or ö in a text of few such letters for what it is in any code page.
    """
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return ""
    letters = {letter for letter in text.lower() if letter > "\x7f" and letter.isalpha()}
    western = any(letters.issubset(language) for language in _WESTERN_LETTERS)
    return text if western and not _ODD_IN_WESTERN.search(text) else ""


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotText(
            f"{name} says that it is {encoding.removesuffix('-sig').upper()} but is broken at byte {error.start}",
            hint=_HINT,
        ) from error


def _likeliest(data: bytes, name: str) -> str:
    """Return the text in the likeliest encoding of one byte a character, or of East Asia."""
    import charset_normalizer

    found = charset_normalizer.from_bytes(data, cp_exclusion=["utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_7"])
    best = found.best()
    if best is None:
        raise NotText(f"{name} is not a text in any known encoding", hint=_HINT)
    for match in found:
        # A short text fits several encodings equally well: Windows' Western one is by far the most usual.
        equally_good = match.chaos <= best.chaos and match.coherence >= best.coherence
        if equally_good and "cp1252" in match.could_be_from_charset:
            return _strictly(data, "cp1252", name)
    return str(best)
