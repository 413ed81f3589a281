"""The ledger of what was published: guids and dates, which must never change, and which files are offered.

What feed and pages show is not in it: that follows from the record of each episode (see `feed.Item`).
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import re
import uuid
from collections.abc import Iterator, Sequence
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import unquote
from xml.sax.saxutils import unescape

import msgspec
from anyascii import anyascii
from msgspec import Struct

from audio_builder.episode.record import EpisodeRecord, Sound
from audio_builder.errors import OutputError
from audio_builder.files import decode_json, output_error
from audio_builder.podcast.show_settings import ARCHIVE_NAME, EPISODES, FEED_FILE, LOCAL_URL, Show

LEDGER_FILE = "published.json"
LEDGER_VERSION = 2
"""Version 1 held what the feed shows of an episode as well, which is passed over."""

_LONGEST_STEM = 50
"""With the digest and the longest suffix, a file name then has at most 80 characters."""

_DIGEST_DIGITS = 8
_WEB_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")

FEED_MARK = "<generator>audio-builder"
"""Stands in every feed of ours."""

_SHOW_ID = re.compile(r"<podcast:guid>([0-9a-f-]{36})<")
_FEED_URL = re.compile(r'<atom:link href="([^"]+)" rel="self"')
_ITEM_STEM = re.compile(rf"<link>[^<]*/{EPISODES}/([^/<]+)\.html<")
_ITEM_GUID = re.compile(r"<guid[^>]*>([^<]+)<")
_ITEM_DATE = re.compile(r"<pubDate>([^<]+)<")


class Entry(Struct, frozen=True, kw_only=True):
    """An episode that was published.

    Attributes:
        guid: what players know it by.
        published: when, in ISO 8601 with a time zone.
        sound: the MP3 that is offered now.
        waveform: its shape, 0 to 100.
        made_from: hash of all that its files were made from.
        files: their names, in the folder of the published files.
        dated: the date of its own that `published` follows from; empty where it had none.
        identity: of the episode (see `record.Origin`); empty where it was built by an earlier version.
        page_from: hash of what its pages were made from besides: the episode that they lead on to.
    """

    guid: str
    published: str
    sound: Sound
    waveform: tuple[int, ...]
    made_from: str
    files: tuple[str, ...]
    dated: str = ""
    identity: str = ""
    page_from: str = ""


class Ledger(Struct, frozen=True, kw_only=True):
    """All episodes that are published.

    Attributes:
        schema_version: of this file.
        episodes: by the name that `build` gave the episode, without suffix.
        show_id: what players know the show by (`podcast:guid`); empty while it has neither an id nor an address.
        feed_url: where the feed was last found on the web; empty if it never was.
        moved: whether it was elsewhere before that.
        hidden: those that were published and that `show.toml` hides now: shown again, they have their guids and dates.
        pages: SHA-256 of the feed and the other files that publishing wrote, by their path in the folder: one that was
            changed since is not replaced unasked.
    """

    schema_version: int = LEDGER_VERSION
    episodes: dict[str, Entry] = {}
    show_id: str = ""
    feed_url: str = ""
    moved: bool = False
    hidden: dict[str, Entry] = {}
    pages: dict[str, str] = {}

    @property
    def known(self) -> dict[str, Entry]:
        """All that players may know."""
        return self.hidden | self.episodes


class EarlierFeed(Struct, frozen=True, kw_only=True):
    """What the feed in the folder says that must not change; it has listeners, even if the ledger is lost.

    Attributes:
        show_id: its `podcast:guid`; empty for none.
        feed_url: its own address.
        moved: whether it says that it was elsewhere before.
        items: guid and date of each episode, by its name.
    """

    show_id: str = ""
    feed_url: str = ""
    moved: bool = False
    items: dict[str, tuple[str, datetime.datetime]] = {}


class _Versioned(Struct, frozen=True):
    """What a ledger of any version has, whatever else stands in it."""

    schema_version: int = 0


def read_ledger(folder: Path) -> Ledger:
    """Return what was published from a folder; empty if nothing was.

    Raises:
        OutputError: the file can't be read or is damaged: without it, guids might change.
    """
    path = folder / LEDGER_FILE
    try:
        content = path.read_bytes()
        version = decode_json(content, _Versioned).schema_version
        if version < 1:
            raise ValueError("it isn't what publish writes")  # noqa: TRY301 - all that is wrong with it goes one way
        ledger = decode_json(content, Ledger) if version <= LEDGER_VERSION else Ledger()
        for entry in ledger.known.values():
            datetime.datetime.fromisoformat(entry.published).astimezone(datetime.UTC)
    except FileNotFoundError:
        return Ledger()
    except OSError as error:
        raise OutputError(f"can't read {path}: {error.strerror}") from error
    except (ValueError, OverflowError) as error:  # msgspec's errors are ValueErrors, and a date that is none is one
        raise OutputError(
            f"{path} is damaged: {error}",
            hint=f"Restore it from a copy; or move it elsewhere: guids and dates are then read back from {FEED_FILE}.",
        ) from error
    if version > LEDGER_VERSION:
        raise OutputError(
            f"{path} has version {version}; this audio-builder reads {LEDGER_VERSION} and older",
            hint="Publish with the audio-builder that wrote it, or a newer one; an older one would lose what it holds.",
        )
    return ledger


def ledger_as_json(ledger: Ledger) -> bytes:
    """Return the ledger as JSON, the same bytes for the same content."""
    return msgspec.json.format(msgspec.json.encode(ledger, order="deterministic"), indent=0) + b"\n"


def read_earlier_feed(folder: Path) -> EarlierFeed:
    """Return what our own feed in a folder says; nothing where there is none.

    Raises:
        OutputError: it can't be read.
    """
    try:
        text = (folder / FEED_FILE).read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return EarlierFeed()
    except OSError as error:
        raise output_error(error, folder / FEED_FILE) from error
    if FEED_MARK not in text:
        return EarlierFeed()
    channel, *items = text.split("<item>")
    for archive in sorted(path for path in folder.glob("feed-*.xml") if ARCHIVE_NAME.fullmatch(path.name)):
        with contextlib.suppress(OSError):
            older = archive.read_bytes().decode("utf-8", "replace")
            items += older.split("<item>")[1:] if FEED_MARK in older else ()
    show_id, feed_url = (found[1] if (found := shape.search(channel)) else "" for shape in (_SHOW_ID, _FEED_URL))
    moved = bool(feed_url) and f"<itunes:new-feed-url>{feed_url}<" in channel
    return EarlierFeed(show_id=show_id, feed_url=unescape(feed_url), moved=moved, items=dict(_known_items(items)))


def _known_items(items: Sequence[str]) -> Iterator[tuple[str, tuple[str, datetime.datetime]]]:
    for item in items:
        stem, guid, date = _ITEM_STEM.search(item), _ITEM_GUID.search(item), _ITEM_DATE.search(item)
        if stem and guid and date:
            with contextlib.suppress(ValueError):  # a date that is none
                yield unquote(unescape(stem[1])), (guid[1], parsedate_to_datetime(date[1]))


def kept_show(show: Show, ledger: Ledger, feed: EarlierFeed) -> Show:
    """Return a show with what players know it by, and with its new address for those who read the feed at an old one.

    What was published wins over `show.toml`: both must stay, whatever the address is now.
    """
    before = ledger.feed_url or (feed.feed_url if not feed.feed_url.startswith(LOCAL_URL) else "")
    moved = bool(show.base_url) and (ledger.moved or feed.moved or before not in {"", show.feed_url})
    return msgspec.structs.replace(
        show,
        id=ledger.show_id or feed.show_id or show.guid,
        new_feed_url=show.new_feed_url or (show.feed_url if moved else ""),
    )


def next_ledger(show: Show, before: Ledger, episodes: dict[str, Entry], pages: dict[str, str]) -> Ledger:
    """Return the ledger after publishing a show (see `kept_show`)."""
    return Ledger(
        episodes=episodes,
        show_id=show.id,
        feed_url=show.feed_url if show.base_url else before.feed_url,
        moved=before.moved or show.new_feed_url == show.feed_url,
        hidden={stem: entry for stem, entry in before.known.items() if stem in show.hidden},
        pages=pages,
    )


def new_guid(show: Show, stem: str, record: EpisodeRecord, *, as_new: bool = False) -> str:
    """Return the guid of an episode: it follows from the show's id and what the episode is known by.

    Where one of them is missing, it follows from address and name, as in the versions before there were ids.
    """
    name = record.origin.identity or stem
    space = uuid.UUID(show.id) if show.id and record.origin.identity else uuid.uuid5(uuid.NAMESPACE_URL, show.feed_url)
    return str(uuid.uuid5(space, f"{name} {record.sound.sha256}" if as_new else name))


def published_name(stem: str, sound: Sound) -> str:
    """Return what an episode's published files are called before their suffix: other bytes, another name.

    Players don't download a changed file again behind an address that they know.
    """
    return f"{page_name(stem)[:_LONGEST_STEM].rstrip('-')}-{sound.sha256[:_DIGEST_DIGITS]}"


def page_name(stem: str) -> str:
    """Return what an episode is called on the web, of `a-z`, `0-9` and hyphens alone.

    `build` gives such names; one that a person has given its files is written in them, with a short hash of it.

    >>> page_name("on-patience"), page_name("My Walk")
    ('on-patience', 'my-walk-ac456181')
    """
    if _WEB_NAME.fullmatch(stem):
        return stem
    digest = hashlib.sha256(os.fsencode(stem)).hexdigest()[:_DIGEST_DIGITS]
    plain = re.sub(r"[^a-z0-9]+", "-", anyascii(stem).lower()).strip("-")
    return f"{plain[: _LONGEST_STEM - _DIGEST_DIGITS - 1].rstrip('-')}-{digest}".lstrip("-")


def first_published(record: EpisodeRecord) -> datetime.datetime:
    """Return an episode's own date, else when it was first built.

    A day without a time of day is noon UTC, which is the same day nearly everywhere; a time without a zone is UTC.
    """
    moment = datetime.datetime.fromisoformat(record.tags.date or record.origin.first_built or record.built)
    if is_day(record.tags.date):
        moment = moment.replace(hour=12)
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def is_day(date: str) -> bool:
    """Return whether a date is a day without a time of day."""
    return len(date) == len("2026-11-23")
