"""The words of pages and notes in the language of the show: one file for each language."""

from __future__ import annotations

import datetime
import functools
import tomllib
from importlib import resources

import msgspec
from msgspec import Struct

_FOLDER = resources.files("audio_builder.podcast") / "translations"
_SPOKEN_HERE = "en"
"""The language of the words where there are none in that of the show."""


class Translation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The words of one language; every language has all of them.

    Attributes:
        subscribe: what to do with the feed's address, which follows.
        at_home: when that answers; `{command}` is the server's.
        import_list: that some players take `{list}`.
        opml_list: what that is called, as a link.
        episodes: heading of all of them.
        no_episodes: instead of them.
        synthetic: that the voice is.
        to_words: link past the player.
        show: what the link to all episodes is called.
        player: name of the player.
        small_player: name of the one that stays in sight.
        position: name of the waveform.
        seconds: how far the buttons beside “play” go; the next two begin with it.
        back: the button that goes back by it.
        forward: the button that goes on by it.
        play: the button that starts the sound.
        pause: the same while it plays.
        speed: label of the speeds.
        stop: label of when it shall stop, and the next three, what can be chosen.
        at_end: when the episode ends.
        after_chapter: when this chapter ends.
        in_minutes: in 5, 15 and 30 minutes.
        keys: what the keys do.
        chapters: heading of the chapters.
        words: name of the text.
        download: link to it as a file.
        questions: heading of the questions to write about.
        written_by: who wrote it, `{author}`.
        position_of: `{time}` of `{duration}`.
        going_on: that it goes on at `{time}`.
        stops: that it will stop `{when}`.
        stopped: that it has.
        broken: that there is nothing to hear.
        search: name of the field that finds episodes.
        found: that so many, `{count}`, were found.
        go_on: the button that plays on from where somebody stopped.
        heard: that an episode was heard to its end.
        next: the button to the next episode.
        previous: the button to the one before.
        subscribing: heading of the ways to subscribe.
        copy: the button that copies the feed's address.
        copied: that it did.
        scan: what the QR code is for.
        share: what opens the ways to pass an episode on.
        from_here: that the link begins at `{time}`.
        copy_link: the button that copies it.
        embed: label of the HTML for another page.
        silence: label of how long it is silent after the end.
        no_silence: that it isn't.
        minutes: `{minutes}` of them, in short.
        in_silence: that it is, for `{time}` more.
        own_words: label of the field to write in.
        stays: that what is written there stays there.
        save: the button that saves it as a file.
        next_episode: before the title of the one that follows.
        i_have: label of the minutes that somebody has.
        waits: that the sound waits after questions.
        tap_to_go_on: what ends the waiting.
        voice_alone: what an episode without background and bells is called.
        feed_notice: what the feed is, for those who open it in a browser; the address of the page follows.
        date: a `{day}` of a `{month}` in a `{year}`.
        months: names of the twelve as they stand in a date.
        direction: `ltr` or `rtl`.
        language: BCP 47 tag.
    """

    subscribe: str
    at_home: str
    import_list: str
    opml_list: str
    episodes: str
    no_episodes: str
    synthetic: str
    to_words: str
    show: str
    player: str
    small_player: str
    position: str
    seconds: str
    back: str
    forward: str
    play: str
    pause: str
    speed: str
    stop: str
    at_end: str
    after_chapter: str
    in_minutes: tuple[str, str, str]
    keys: str
    chapters: str
    words: str
    download: str
    questions: str
    written_by: str
    position_of: str
    going_on: str
    stops: str
    stopped: str
    broken: str
    search: str
    found: str
    go_on: str
    heard: str
    next: str
    previous: str
    subscribing: str
    copy: str
    copied: str
    scan: str
    share: str
    from_here: str
    copy_link: str
    embed: str
    silence: str
    no_silence: str
    minutes: str
    in_silence: str
    own_words: str
    stays: str
    save: str
    next_episode: str
    i_have: str
    waits: str
    tap_to_go_on: str
    voice_alone: str
    feed_notice: str
    date: str
    months: tuple[str, ...]
    direction: str = "ltr"
    language: str = _SPOKEN_HERE

    def day(self, date: datetime.date) -> str:
        """Return a date as it is written in this language, whatever the machine's own is."""
        return self.date.format(day=date.day, month=self.months[date.month - 1], year=date.year)


@functools.cache
def languages() -> tuple[str, ...]:
    """Return the languages that there are words in, by their tags."""
    return tuple(sorted(file.name.removesuffix(".toml") for file in _FOLDER.iterdir() if file.name.endswith(".toml")))


@functools.lru_cache(maxsize=256)
def translation_for(tag: str) -> Translation:
    """Return the words in a language, such as `pt` for `pt-BR`; English ones where there are none.

    Traditional Chinese has none of its own, and is no simplified one.
    """
    language, *more = tag.lower().split("-")
    if language not in languages() or (language == "zh" and {"hant", "tw", "hk", "mo"} & set(more)):
        language = _SPOKEN_HERE
    return msgspec.convert(tomllib.loads(_source(language)) | {"language": language}, Translation)


@functools.cache
def all_translations() -> str:
    """Return the files of all languages as one text, to tell whether one of them has changed."""
    return "\0".join(map(_source, languages()))


def _source(language: str) -> str:
    return (_FOLDER / f"{language}.toml").read_text(encoding="utf-8")
