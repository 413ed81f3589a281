"""What an author says of an episode beside its words: number, season, notes, persons and so on, checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, get_type_hints

import msgspec
from msgspec import Meta, Struct

LONGEST_NOTES = 20_000
"""Characters of an author's own show notes at most."""

_MOST = 50
"""Persons or excerpts of one episode at most."""

_LONGEST_LINE = 300
_Line = Annotated[str, Meta(max_length=_LONGEST_LINE)]


def _about(text: str, *, max_length: int | None = None) -> Meta:
    return Meta(description=text, max_length=max_length)


def _number(text: str) -> Meta:
    return Meta(description=text, ge=0, le=9999)


class Details(Struct, frozen=True, kw_only=True):
    """The keys of the front matter that players read; the descriptions of the fields are the docs' and messages'."""

    description: Annotated[str, _about("what the episode is about, in a few sentences", max_length=4000)] = ""
    notes: Annotated[str, _about("show notes of your own in Markdown; links are kept", max_length=LONGEST_NOTES)] = ""
    links: Annotated[
        tuple[_Line, ...],
        _about(
            "list of links, such as The essay <https://example.org>; else those of a Markdown text", max_length=_MOST
        ),
    ] = ()
    episode: Annotated[int, _number("number of the episode, 1 to 9999")] = 0
    season: Annotated[int, _number("number of the season, 1 to 9999")] = 0
    episode_type: Annotated[
        Literal["full", "trailer", "bonus"], _about("full, trailer or bonus; full where nothing is said")
    ] = "full"
    explicit: Annotated[bool | None, _about("true or false: for adults only; else as the show")] = None
    image: Annotated[str, _about("path of a square JPEG or PNG, from the folder of the text", max_length=1000)] = ""
    block: Annotated[bool, _about("true keeps it out of the directories; who has the feed still gets it")] = False
    persons: Annotated[
        tuple[_Line, ...],
        _about("list of people, such as A. Reader (narrator) <https://example.org>", max_length=_MOST),
    ] = ()
    license: Annotated[str, _about("such as cc-by-4.0, or Our Terms <https://example.org/terms>", max_length=300)] = ""
    soundbite: Annotated[
        tuple[_Line, ...], _about("list of excerpts: start and length, such as 1:13 60 The lamp", max_length=_MOST)
    ] = ()


NOTHING_SAID = Details()
"""Of a text without front matter."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A text that may have an address, such as a person or a licence.

    Attributes:
        text: what is shown; never empty.
        role: what stood in round brackets before the address; may be empty.
        address: what stood in angle brackets; may be empty.
    """

    text: str
    role: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Soundbite:
    """An excerpt that players may show.

    Attributes:
        start_s: from the beginning, in seconds.
        duration_s: in seconds, more than 0.
        title: may be empty.
    """

    start_s: float
    duration_s: float
    title: str


_ABOUT: dict[str, str] = {
    key: hint.__metadata__[0].description for key, hint in get_type_hints(Details, include_extras=True).items()
}
_REFERENCE = re.compile(r"(?P<text>[^<>]*?)\s*(\((?P<role>[^()<>]*)\))?\s*(<(?P<address>[^<>\s]+)>)?")
_SOUNDBITE = re.compile(r"((?:\d{1,3}:)?\d{1,5}(?::\d{2})?(?:\.\d+)?)\s+(\d{1,4}(?:\.\d+)?)s?(?:\s+(.*))?")
_ADDRESS = re.compile(r"https?://[!-~]+")
_WORDS_FOR = {"yes": "true", "on": "true", "no": "false", "off": "false"}
_LISTS = frozenset({"links", "persons", "soundbite"})


def read_reference(text: str) -> Reference:
    """Return what `NAME (ROLE) <ADDRESS>` says; role and address may be left out.

    >>> read_reference("A. Reader (narrator) <https://example.org>")
    Reference(text='A. Reader', role='narrator', address='https://example.org')

    Raises:
        ValueError: it isn't written so, or has no name.
    """
    found = _REFERENCE.fullmatch(" ".join(text.split()))
    if found is None or not found["text"]:
        raise ValueError(text)
    return Reference(found["text"], (found["role"] or "").strip(), found["address"] or "")


def read_web_reference(text: str) -> Reference:
    """Return what `NAME (ROLE) <ADDRESS>` says, where an address is one of the web.

    Raises:
        ValueError: it isn't written so, or the address is another one.
    """
    reference = read_reference(text)
    if reference.address and not _ADDRESS.fullmatch(reference.address):
        raise ValueError(text)
    return reference


def read_soundbite(text: str) -> Soundbite:
    """Return what `START LENGTH TITLE` says: seconds, `MINUTES:SECONDS` or with hours; seconds; a title or none.

    >>> read_soundbite("1:13 60 The lamp")
    Soundbite(start_s=73.0, duration_s=60.0, title='The lamp')

    Raises:
        ValueError: it isn't written so.
    """
    found = _SOUNDBITE.fullmatch(text.strip())
    if found is None or float(found[2]) <= 0:
        raise ValueError(text)
    start_s = 0.0
    for part in found[1].split(":"):
        start_s = start_s * 60 + float(part)
    return Soundbite(start_s, float(found[2]), found[3] or "")


def with_links(details: Details, found: Iterable[tuple[str, str]]) -> Details:
    """Return details with the links of a text, where its author lists none.

    Args:
        details: of its front matter.
        found: words and address of each link, in order; what isn't an address of the web is passed over.
    """
    if details.links:
        return details
    links = {
        address: f"{' '.join(re.sub('[<>()]', ' ', text).split()) or address} <{address}>"
        for text, address in found
        if _ADDRESS.fullmatch(address) and not {"<", ">"} & set(address)
    }
    short = [line for line in links.values() if len(line) <= _LONGEST_LINE]
    return msgspec.structs.replace(details, links=tuple(short[:_MOST]))


def with_page(details: Details, title: str, address: str) -> Details:
    """Return details whose first link is the page that the words were fetched from."""
    line = f"{' '.join(re.sub('[<>()]', ' ', title).split()) or address} <{address}>"
    others = (link for link in details.links if f"<{address}>" not in link)
    return msgspec.structs.replace(details, links=(line, *others)[:_MOST])


def about(key: str) -> str:
    """Return what a key of `Details` says, for messages and docs."""
    return _ABOUT[key]


def read_details(values: Mapping[str, object]) -> Details:
    """Return the details among the values of front matter, which are texts and lists of texts; others are passed over.

    Raises:
        ValueError: one can't be used; its two arguments are the key and the value.
    """
    own = {key: _prepared(key, value) for key, value in values.items() if key in Details.__struct_fields__}
    try:
        details = msgspec.convert({key: value for key, value in own.items() if value != ""}, Details, strict=False)
    except msgspec.ValidationError as error:
        found = re.search(r"\$\.(\w+)", str(error))
        key = found[1] if found else next(iter(own))
        raise ValueError(key, own[key]) from error
    for key, lines in (("persons", details.persons), ("links", details.links)):
        for line in lines:
            _try(key, line, read_web_reference)
    for line in details.soundbite:
        _try("soundbite", line, read_soundbite)
    if details.license:
        _try("license", details.license, read_web_reference)
    return details


def details_as_values(details: Details) -> dict[str, str | list[str]]:
    """Return the values of front matter that give these details; none for what isn't said."""
    usual = msgspec.structs.asdict(Details())
    given = {key: value for key, value in msgspec.structs.asdict(details).items() if value != usual[key]}
    return {key: list(value) if isinstance(value, tuple) else _as_text(value) for key, value in given.items()}


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _try(key: str, line: str, read: Callable[[str], object]) -> None:
    try:
        read(line)
    except ValueError as error:
        raise ValueError(key, line) from error


def _prepared(key: str, value: object) -> object:
    if key in _LISTS:
        lines = value if isinstance(value, list) else [value]
        return [" ".join(line.split()) if isinstance(line, str) else line for line in lines if line != ""]
    if not isinstance(value, str):
        return value
    if key == "notes":
        return value.strip()
    text = " ".join(value.split())
    return _WORDS_FOR.get(text.lower(), text.lower()) if key in {"explicit", "block", "episode_type"} else text
