"""The ledger of what was published: guids and dates, which must never change, and which files are offered.

What feed and pages show is not in it: that follows from the record of each episode (see `feed.Item`).
"""

from __future__ import annotations

import datetime
import hashlib
import os
import re
import uuid
from pathlib import Path

import msgspec
from anyascii import anyascii
from msgspec import Struct

from audio_builder.episode.record import EpisodeRecord, Sound
from audio_builder.errors import OutputError

LEDGER_FILE = "published.json"
LEDGER_VERSION = 2
"""Version 1 held what the feed shows of an episode as well, which is passed over."""

_LONGEST_STEM = 50
"""With the digest and the longest suffix, a file name then has at most 80 characters."""

_DIGEST_DIGITS = 8
_WEB_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


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
    """

    guid: str
    published: str
    sound: Sound
    waveform: tuple[int, ...]
    made_from: str
    files: tuple[str, ...]
    dated: str = ""


class Ledger(Struct, frozen=True, kw_only=True):
    """All episodes that are published.

    Attributes:
        schema_version: of this file.
        episodes: by the name that `build` gave the episode, without suffix.
    """

    schema_version: int = LEDGER_VERSION
    episodes: dict[str, Entry] = {}


def read_ledger(folder: Path) -> Ledger:
    """Return what was published from a folder; empty if nothing was.

    Raises:
        OutputError: the file can't be read or is damaged: without it, guids might change.
    """
    path = folder / LEDGER_FILE
    try:
        ledger = msgspec.json.decode(path.read_bytes(), type=Ledger)
        for entry in ledger.episodes.values():
            datetime.datetime.fromisoformat(entry.published).astimezone(datetime.UTC)
    except FileNotFoundError:
        return Ledger()
    except OSError as error:
        raise OutputError(f"can't read {path}: {error.strerror}") from error
    except (ValueError, OverflowError) as error:  # msgspec's errors are ValueErrors, and a date that is none is one
        raise OutputError(
            f"{path} is damaged: {error}",
            hint="Restore it from a copy. Without it, dates of episodes that have none of their own would change.",
        ) from error
    if ledger.schema_version > LEDGER_VERSION:
        raise OutputError(
            f"{path} has version {ledger.schema_version}; this audio-builder reads {LEDGER_VERSION} and older",
            hint="Publish with the audio-builder that wrote it, or a newer one; an older one would lose what it holds.",
        )
    return ledger


def ledger_as_json(ledger: Ledger) -> bytes:
    """Return the ledger as JSON, the same bytes for the same content."""
    return msgspec.json.format(msgspec.json.encode(ledger, order="deterministic"), indent=0) + b"\n"


def new_guid(feed_url: str, stem: str, sound: Sound | None = None) -> str:
    """Return the guid of an episode: it follows from the feed, the episode's name and, where given, its sound."""
    return str(uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_URL, feed_url), f"{stem} {sound.sha256}" if sound else stem))


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
    """Return an episode's own date, else when it was built.

    A day without a time of day is noon UTC, which is the same day nearly everywhere; a time without a zone is UTC.
    """
    moment = datetime.datetime.fromisoformat(record.tags.date or record.built)
    if is_day(record.tags.date):
        moment = moment.replace(hour=12)
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def is_day(date: str) -> bool:
    """Return whether a date is a day without a time of day."""
    return len(date) == len("2026-11-23")
