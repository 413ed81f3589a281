"""When each episode is published: a date that was given out stays, no two are the same, and none is in the future."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

from audio_builder.podcast.episode_scan import FoundEpisode
from audio_builder.podcast.feed import number_of
from audio_builder.podcast.ledger import Entry, Ledger, is_day

_SECOND = datetime.timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class HeldBack:
    """An episode whose date is in the future: it isn't in the feed yet.

    Attributes:
        stem: its name, without suffix.
        until: its date, as it was given.
    """

    stem: str
    until: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """The episodes with their times.

    Attributes:
        due: those that the feed shows, each with the time of its own.
        held_back: the others.
    """

    due: tuple[FoundEpisode, ...]
    held_back: tuple[HeldBack, ...]


def schedule(
    episodes: Sequence[FoundEpisode], ledger: Ledger, as_new: Sequence[str], now: datetime.datetime, *, serial: bool
) -> Schedule:
    """Return when each episode is published, and which are held back until their date.

    What was published keeps its time, unless its author gave it another date; a date in the future doesn't withdraw it.
    A day without a time of day begins where this machine is. Where several episodes would have the same time, they
    follow each other by a second, by number. In a serial show a chapter that comes late stands before the next number.

    Args:
        episodes: whole ones.
        ledger: what was published before.
        as_new: names of those that are published now, whatever their date.
        now: with a time zone.
        serial: whether number decides.
    """
    kept, new, held_back = [], [], []
    for episode in episodes:
        earlier = episode.earlier
        if episode.stem in as_new:
            new.append(replace(episode, published=now))
        elif episode.from_feed:
            kept.append(episode)
        elif earlier is not None and (_is_as_before(episode, earlier) or not _is_due(episode, now)):
            time = datetime.datetime.fromisoformat(earlier.published)
            kept.append(replace(episode, published=time, dated=earlier.dated or _dated(episode, earlier)))
        elif _is_due(episode, now):
            new.append(episode)
        else:
            held_back.append(HeldBack(episode.stem, episode.dated))
    others = set(ledger.episodes) - {episode.stem for episode in new}
    taken = {datetime.datetime.fromisoformat(ledger.episodes[stem].published) for stem in others}
    taken |= {episode.published for episode in kept}
    # A group of new ones that would all be in the future ends now.
    latest = now.replace(microsecond=0) - len(new) * _SECOND
    new = [replace(episode, published=min(episode.published, latest)) for episode in new]
    placed = _by_number(new, kept, taken) if serial else _by_date(new, taken)
    return Schedule((*kept, *placed), tuple(held_back))


def _is_as_before(episode: FoundEpisode, earlier: Entry) -> bool:
    """Return whether the author has given no other date than the one under which it was published."""
    same_time = episode.published == datetime.datetime.fromisoformat(earlier.published)
    return not episode.dated or episode.dated == earlier.dated or same_time


def _dated(episode: FoundEpisode, earlier: Entry) -> str:
    """Return what an entry of before `dated` was known would say."""
    same_time = episode.published == datetime.datetime.fromisoformat(earlier.published)
    return episode.dated if same_time else ""


def _is_due(episode: FoundEpisode, now: datetime.datetime) -> bool:
    if is_day(episode.dated):
        return datetime.date.fromisoformat(episode.dated) <= max(now.date(), now.astimezone().date())
    return not episode.dated or episode.published <= now


def _by_date(new: Sequence[FoundEpisode], taken: set[datetime.datetime]) -> list[FoundEpisode]:
    placed = []
    for episode in sorted(new, key=lambda one: (one.published, number_of(one.record), one.record.built, one.stem)):
        placed.append(_at_a_free_time(episode, episode.published, taken, _SECOND))
    return placed


def _by_number(
    new: Sequence[FoundEpisode], kept: Sequence[FoundEpisode], taken: set[datetime.datetime]
) -> list[FoundEpisode]:
    """Return new episodes with times in the order of their numbers, those without a number by date."""
    numbered = sorted((one for one in new if one.record.tags.track), key=lambda one: number_of(one.record))
    placed: list[FoundEpisode] = []
    for episode in reversed(numbered):
        number = number_of(episode.record)
        around = [one for one in (*kept, *placed) if one.record.tags.track]
        after = [one.published for one in around if number_of(one.record) > number]
        time = min(episode.published, min(after) - _SECOND) if after else episode.published
        placed.append(_at_a_free_time(episode, time, taken, -_SECOND))
    return [*placed, *_by_date([one for one in new if not one.record.tags.track], taken)]


def _at_a_free_time(
    episode: FoundEpisode, time: datetime.datetime, taken: set[datetime.datetime], step: datetime.timedelta
) -> FoundEpisode:
    """Return an episode at a time that no other has, which is taken then."""
    while time in taken:
        time += step
    taken.add(time)
    return replace(episode, published=time)
