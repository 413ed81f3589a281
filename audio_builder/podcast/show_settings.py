"""The show: what `show.toml` says of it, checked."""

from __future__ import annotations

import difflib
import os
import re
import secrets
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct, inspect

from audio_builder.article.details import read_reference, read_web_reference
from audio_builder.errors import RecipeError
from audio_builder.files import check_named, write_named
from audio_builder.podcast.date_rule import EXAMPLE, read_rule
from audio_builder.recipe.settings import CoverMotif
from audio_builder.recipe.values import WrongValue, language_tag
from audio_builder.toml_files import read_toml

SHOW_FILE = "show.toml"
RECIPE_TABLE = "recipe"
"""Table of `show.toml` with settings for the show's episodes."""

FEED_FILE = "feed.xml"
FEED_STYLE_FILE = "feed.css"
OPML_FILE = "show.opml"
INDEX_FILE = "index.html"
ARCHIVE_NAME = re.compile(r"feed-[1-9][0-9]{0,5}\.xml")
"""What the older pages of a long feed are called, the oldest `feed-1.xml` (RFC 5005, 4)."""

EPISODES = "episodes"
"""Folder of the published files, in the show's folder."""

CATEGORIES: dict[str, tuple[str, ...]] = {
    "Arts": ("Books", "Design", "Fashion & Beauty", "Food", "Performing Arts", "Visual Arts"),
    "Business": ("Careers", "Entrepreneurship", "Investing", "Management", "Marketing", "Non-Profit"),
    "Comedy": ("Comedy Interviews", "Improv", "Stand-Up"),
    "Education": ("Courses", "How To", "Language Learning", "Self-Improvement"),
    "Fiction": ("Comedy Fiction", "Drama", "Science Fiction"),
    "Government": (),
    "History": (),
    "Health & Fitness": ("Alternative Health", "Fitness", "Medicine", "Mental Health", "Nutrition", "Sexuality"),
    "Kids & Family": ("Education for Kids", "Parenting", "Pets & Animals", "Stories for Kids"),
    "Leisure": (
        "Animation & Manga", "Automotive", "Aviation", "Crafts", "Games", "Hobbies", "Home & Garden", "Video Games",
    ),
    "Music": ("Music Commentary", "Music History", "Music Interviews"),
    "News": (
        "Business News", "Daily News", "Entertainment News", "News Commentary", "Politics", "Sports News", "Tech News",
    ),
    "Religion & Spirituality": ("Buddhism", "Christianity", "Hinduism", "Islam", "Judaism", "Religion", "Spirituality"),
    "Science": (
        "Astronomy", "Chemistry", "Earth Sciences", "Life Sciences", "Mathematics", "Natural Sciences", "Nature",
        "Physics", "Social Sciences",
    ),
    "Society & Culture": (
        "Documentary", "Personal Journals", "Philosophy", "Places & Travel", "Relationships",
    ),
    "Sports": (
        "Baseball", "Basketball", "Cricket", "Fantasy Sports", "Football", "Golf", "Hockey", "Rugby", "Running",
        "Soccer", "Swimming", "Tennis", "Volleyball", "Wilderness", "Wrestling",
    ),
    "Technology": (),
    "True Crime": (),
    "TV & Film": ("After Shows", "Film History", "Film Interviews", "Film Reviews", "TV Reviews"),
}  # fmt: skip
"""Apple's categories, each with its subcategories: every directory reads these, and no others."""

_FILE_ENDINGS = (".xml", ".rss", ".html", ".htm", ".php", ".opml")
"""How the address of a file ends, which is none of a folder."""

LOCAL_URL = "http://127.0.0.1:8000/"
"""Where `audio-builder serve` answers: the address of a show that has none of its own yet."""

_FEEDS = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The podcast namespace's name space for `podcast:guid`."""

_RECURRENCE = re.compile(
    r"(?=(.*;)?FREQ=(YEARLY|MONTHLY|WEEKLY|DAILY|HOURLY)(;|$))[A-Z]+=[-+0-9A-Z,]+(;[A-Z]+=[-+0-9A-Z,]+)*"
)
"""How the rule of an `update_frequency` is written (RFC 5545, 3.3.10)."""

_SHAPES = {
    "id": (
        re.compile(r"([0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12})?"),
        "no UUID",
        "It is what `audio-builder show init` wrote; empty in a show that was published before there were ids.",
    ),
    "email": (
        re.compile(r"([^@\s]+@[^@\s]+)?"),
        "not an e-mail address",
        "It looks like me@example.org, or is empty.",
    ),
    "cover_colour": (re.compile(r"(#[0-9a-fA-F]{6})?"), "no colour", "It looks like #2a4d5c, or is empty."),
}
"""How some settings are written: the pattern, what a wrong one is said to be, and what to do."""


def _text(about: str, longest: int = 300) -> Meta:
    return Meta(max_length=longest, description=about)


class Show(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every player shows of a show. The docstrings of the fields are the comments of `show.toml`."""

    title: Annotated[str, _text("name of the show")] = "Reflections"
    author: Annotated[str, _text("who makes it")] = ""
    owner: Annotated[str, _text("name of the person that directories write to")] = ""
    email: Annotated[str, _text("their address; it stands in the feed for everyone to read; empty for none")] = ""
    description: Annotated[str, _text("what the show is, in a few sentences", 4000)] = ""
    language: Annotated[str, _text("language of the show, such as en or pt-BR", 35)] = "en"
    category: Annotated[
        str | tuple[str, ...],
        Meta(description="one of Apple's categories, or CATEGORY > SUBCATEGORY; or a list of them, the main one first"),
    ] = "Health & Fitness > Mental Health"
    link: Annotated[str, _text("a web page about the show; empty for the page in this folder", 2000)] = ""
    base_url: Annotated[str, _text("address of this folder on the web; empty until it is online", 2000)] = ""
    explicit: Annotated[bool, Meta(description="whether it is for adults only")] = False
    type: Annotated[
        Literal["", "episodic", "serial"],
        Meta(
            description="episodic: the newest first; serial: by number, as a book; empty: serial for chapters of a book"
        ),
    ] = ""
    medium: Annotated[
        Literal["podcast", "audiobook", "music", "blog", "newsletter"], Meta(description="what kind of show it is")
    ] = "podcast"
    elastic: Annotated[
        bool, Meta(description="true lets listeners on the page choose how long the silences are; makes two more MP3s")
    ] = False
    block: Annotated[bool, Meta(description="true keeps it out of the directories, such as a private journal")] = False
    persons: Annotated[
        tuple[str, ...], Meta(description="list of people, such as A. Reader (narrator) <https://example.org>")
    ] = ()
    funding: Annotated[
        tuple[str, ...], Meta(description="list of ways to support it, such as Buy me a tea <https://example.org/tea>")
    ] = ()
    license: Annotated[str, _text("such as cc-by-4.0, or Our Terms <https://example.org/terms>; empty for none")] = ""
    update_frequency: Annotated[
        str, _text("how often episodes come, such as Every Monday, or Weekly <FREQ=WEEKLY> (RFC 5545); empty for none")
    ] = ""
    dates: Annotated[
        str,
        _text(f"when episodes without a date of their own come out, such as {EXAMPLE}; empty for when they were built"),
    ] = ""
    order: Annotated[
        tuple[str, ...], Meta(description="list of the names of episodes in the order in which they come out")
    ] = ()
    hidden: Annotated[
        tuple[str, ...], Meta(description="list of the names of episodes that stay out of the feed and the pages")
    ] = ()
    hub: Annotated[str, _text("address of a WebSub hub that tells players of new episodes; empty for none", 2000)] = ""
    copyright: Annotated[str, _text("who holds the rights, such as A. Writer; empty for none")] = ""
    cover: Annotated[str, _text("path of a square JPEG or PNG, from this folder; empty to have one drawn", 1000)] = ""
    cover_colour: Annotated[str, _text("colour of a drawn cover, such as #2a4d5c; empty to follow from the title")] = ""
    cover_motif: Annotated[CoverMotif, Meta(description="what a drawn cover shows: horizon, hills, waves or rings")] = (
        "horizon"
    )
    locked: Annotated[bool, Meta(description="whether other hosts are asked not to import the feed")] = True
    new_feed_url: Annotated[
        str, _text("where the feed went, if it isn't published from here any more; a new base_url needs nothing", 2000)
    ] = ""
    id: Annotated[str, _text("what players know the show by, wherever it lies; made once, never to be changed", 36)] = (
        ""
    )

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories, the main one first."""
        return (self.category,) if isinstance(self.category, str) else self.category

    @property
    def root_url(self) -> str:
        """Where the folder is found, with a slash at its end."""
        return (self.base_url or LOCAL_URL).rstrip("/") + "/"

    @property
    def feed_url(self) -> str:
        """Where the feed is found."""
        return self.root_url + FEED_FILE

    @property
    def guid(self) -> str:
        """`podcast:guid`: the id, or UUIDv5 of the feed's URL without its scheme; empty with neither.

        >>> Show(base_url="https://example.org/").guid == feed_guid("https://example.org/feed.xml")
        True
        """
        return self.id or (feed_guid(self.feed_url) if self.base_url else "")


def feed_guid(url: str) -> str:
    """Return the `podcast:guid` of a feed's URL (podcast namespace, `guid`).

    >>> feed_guid("https://podnews.net/rss")
    '9b024349-ccf0-5f69-a609-6b82873eab3c'
    """
    return str(uuid.uuid5(_FEEDS, url.partition("://")[2].rstrip("/")))


def new_show_id() -> str:
    """Return a random id for a show, in the form of a `podcast:guid` (UUIDv5)."""
    return str(uuid.uuid5(_FEEDS, secrets.token_hex(32)))


def split_category(text: str) -> tuple[str, str] | None:
    """Return the category and subcategory (or an empty string) that a text names; None if it names none.

    >>> split_category("Health & Fitness > Mental Health")
    ('Health & Fitness', 'Mental Health')
    """
    above, _, below = (part.strip() for part in text.partition(">"))
    if above in CATEGORIES and (not below or below in CATEGORIES[above]):
        return above, below
    return None


def read_show(folder: Path) -> Show:
    """Return the show of a folder.

    Raises:
        RecipeError: there is no `show.toml` in it, or a setting in it is wrong.
    """
    path = folder / SHOW_FILE
    if not os.path.lexists(path):
        raise RecipeError(
            f"{folder} is not a show: it has no {SHOW_FILE}", hint=f"Make one: audio-builder show init {folder}"
        )
    return make_show({key: value for key, value in _content(path).items() if key != RECIPE_TABLE})


def show_recipe(folder: Path) -> Mapping[str, Any]:
    """Return the settings for the show's episodes: the table `[recipe]` of its `show.toml`, empty where there is none.

    Raises:
        RecipeError: it can't be read, or isn't a table; the settings in it aren't checked here.
    """
    path = folder / SHOW_FILE
    found = _content(path).get(RECIPE_TABLE, {}) if os.path.lexists(path) else {}
    if not isinstance(found, dict):
        raise RecipeError(f"{path}: {RECIPE_TABLE} is a table, [{RECIPE_TABLE}], with the settings of a recipe")
    return found


def _content(path: Path) -> dict[str, Any]:
    return read_toml(path, "the show", RecipeError)


_TYPES = {
    "str": "a text in quotation marks",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "null": "nothing",
    "date": "a date",
    "datetime": "a date",
    "time": "a time",
}


def make_show(settings: dict[str, object]) -> Show:
    """Return the show that some settings give.

    Raises:
        RecipeError: one is unknown, of the wrong type, or can't be used in a feed.
    """
    for key in settings:
        if key not in Show.__struct_fields__:
            close = difflib.get_close_matches(key, Show.__struct_fields__, n=1)
            hint = f"Did you mean {close[0]}?" if close else f"It has: {', '.join(Show.__struct_fields__)}."
            raise RecipeError(f"{SHOW_FILE} has no setting {key!r}", hint=hint)
    if "language" in settings:
        settings = settings | {"language": _language(settings["language"])}
    try:
        show = msgspec.convert(settings, Show)
    except msgspec.ValidationError as error:
        raise RecipeError(f"{SHOW_FILE}: {_in_plain_words(str(error))}") from error
    if not any(character.isprintable() and not character.isspace() for character in show.title):
        raise RecipeError(f"{SHOW_FILE}: the title is empty", hint="Every player shows a show by its title.")
    _check_categories(show.categories)
    _check_references(show)
    _check_rule(show.dates)
    for name, (shape, complaint, hint) in _SHAPES.items():
        if not shape.fullmatch(getattr(show, name)):
            raise RecipeError(f"{SHOW_FILE}: {name} is {getattr(show, name)!r}, which is {complaint}", hint=hint)
    for name in ("link", "base_url", "new_feed_url", "hub"):
        _check_url(name, getattr(show, name))
    return show


def _language(given: object) -> object:
    """Return a language tag as it is written everywhere; what isn't a text is refused with the other settings.

    Raises:
        RecipeError: it is no tag, or empty.
    """
    if not isinstance(given, str):
        return given
    try:
        if tag := language_tag(given):
            return tag
    except WrongValue as error:
        raise RecipeError(f"{SHOW_FILE}: language {error.complaint}", hint=error.hint) from error
    hint = "Every player asks for it: write a tag such as en, de or pt-BR."
    raise RecipeError(f"{SHOW_FILE}: language is empty", hint=hint)


def show_as_toml(show: Show) -> str:
    """Return a `show.toml` that gives this show: every setting, with what it sets above it."""
    import tomlkit  # slow to import, and builds only read

    document = tomlkit.document()
    for name, about in settings_of_show():
        document.add(tomlkit.comment(about))
        value = getattr(show, name)
        document.add(name, list(value) if isinstance(value, tuple) else value)
    return tomlkit.dumps(document)


def settings_of_show() -> Iterator[tuple[str, str]]:
    """Yield each setting of `show.toml` and what it sets."""
    for field in _fields():
        notes = field.type.extra_json_schema if isinstance(field.type, inspect.Metadata) else None
        yield field.name, (notes or {}).get("description", "")


def _fields() -> tuple[inspect.Field, ...]:
    info = inspect.type_info(Show)
    if not isinstance(info, inspect.StructType):  # pragma: no cover - it is a struct
        raise TypeError(Show)
    return info.fields


def init_show(folder: Path, show: Show, *, force: bool = False) -> Path:
    """Write a new `show.toml` into a folder, which is made if it isn't there, and return its path.

    The show gets an id; where there is a `show.toml` already, it keeps that one's.

    Args:
        folder: of the show.
        show: what to write.
        force: whether a file that somebody changed is replaced.

    Raises:
        OutputError: there is one that isn't as it was written: it is somebody's work; or it can't be written.
    """
    path = folder / SHOW_FILE
    if not force and os.path.lexists(path) and _is_same_show(folder, show):
        return path  # it was made by the same command, which ended before it could say so
    check_named(path, force=force)
    show = msgspec.structs.replace(show, id=_id_in(folder) or show.id or new_show_id())
    write_named(path, show_as_toml(show).encode("utf-8", "replace"), force=force)
    return path


def _id_in(folder: Path) -> str:
    try:
        return read_show(folder).id
    except RecipeError:
        return ""


def _is_same_show(folder: Path, show: Show) -> bool:
    """Return whether a folder's show has just these settings, whatever its id."""
    try:
        return msgspec.structs.replace(read_show(folder), id=show.id) == show
    except RecipeError:
        return False


def _check_categories(categories: tuple[str, ...]) -> None:
    if not categories:
        raise RecipeError(f"{SHOW_FILE}: there is no category", hint=f"The categories are {', '.join(CATEGORIES)}.")
    for category in categories:
        if split_category(category) is None:
            close = difflib.get_close_matches(category, CATEGORIES, n=1, cutoff=0.3)
            raise RecipeError(
                f"{SHOW_FILE}: {category!r} is none of Apple's categories",
                hint=f"Did you mean {close[0]}?" if close else f"The categories are {', '.join(CATEGORIES)}.",
            )


def _check_references(show: Show) -> None:
    """Refuse what isn't written as `NAME (ROLE) <ADDRESS>`."""
    for name in ("persons", "funding", "license", "update_frequency"):
        value = getattr(show, name)
        for text in filter(None, (value,) if isinstance(value, str) else value):
            try:
                found = (read_reference if name == "update_frequency" else read_web_reference)(text)
            except ValueError as error:
                raise RecipeError(
                    f"{SHOW_FILE}: {name} has {text!r}, which can't be used",
                    hint="It looks like A Name <https://example.org>.",
                ) from error
            if name == "funding" and not found.address:
                raise RecipeError(
                    f"{SHOW_FILE}: funding has {text!r}, which names no web address",
                    hint="It looks like Buy me a tea <https://example.org/tea>.",
                )
            if name == "update_frequency" and found.address and not _RECURRENCE.fullmatch(found.address):
                raise RecipeError(
                    f"{SHOW_FILE}: update_frequency has {found.address!r}, which is no rule of RFC 5545",
                    hint="It looks like Weekly <FREQ=WEEKLY>, or says just Weekly.",
                )


def _check_rule(dates: str) -> None:
    try:
        read_rule(dates)
    except ValueError as error:
        raise RecipeError(
            f"{SHOW_FILE}: dates is {dates!r}, which is no rule for dates", hint=f"It looks like {EXAMPLE}."
        ) from error


def _in_plain_words(complaint: str) -> str:
    """Turn msgspec's `Expected … - at `$.title`` into a sentence that names the setting.

    >>> _in_plain_words("Expected `str`, got `int` - at `$.title`")
    'title must be a text in quotation marks, not a number'
    """
    what, _, where = complaint.partition(" - at `$.")
    name = where.strip("`")
    if what.startswith("Invalid enum value"):
        return f"{name} is {what.removeprefix('Invalid enum value ')}; it must be one of {', '.join(_choices(name))}"
    for name, words in _TYPES.items():
        what = what.replace(f"`{name}`", words)
    what = what.removeprefix("Expected ").replace(", got ", ", not ")
    return f"{where.strip('`')} must be {what}" if where else complaint


def _choices(name: str) -> list[str]:
    """Return the words that a setting can be; none where it can be any."""
    for field in _fields():
        kind = field.type.type if isinstance(field.type, inspect.Metadata) else field.type
        if field.name == name and isinstance(kind, inspect.LiteralType):
            return [str(word) for word in kind.values if word]
    return []


def _check_url(name: str, url: str) -> None:
    if not url:
        return
    parts = urlsplit("")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and not (parts.query or parts.fragment)
        usable = usable and parts.port != 0  # asking for the port raises where it is none
    except ValueError:
        usable = False
    if usable and "@" in parts.netloc:
        raise RecipeError(
            f"{SHOW_FILE}: {name} has a user name or a password in it, which everybody could read in the feed",
            hint=f"Write it without: {parts._replace(netloc=parts.netloc.rpartition('@')[2]).geturl()}",
        )
    if usable and name == "base_url" and url.rstrip("/").rpartition("/")[2].lower().endswith(_FILE_ENDINGS):
        raise RecipeError(
            f"{SHOW_FILE}: base_url is {url!r}, a file; it is the address of the folder that the feed lies in",
            hint=f"Write {url.rstrip('/').rpartition('/')[0]}/",
        )
    if not usable or not url.isascii() or any(character <= " " for character in url):
        raise RecipeError(
            f"{SHOW_FILE}: {name} is {url!r}, which is not a web address",
            hint="It looks like https://example.org/my-show/, without ? and #.",
        )
