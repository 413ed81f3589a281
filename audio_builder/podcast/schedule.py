"""When each episode is published: a date that was given out stays, no two are the same, and none is in the future.

An episode without a date of its own has one by the show's rule (`dates` in `show.toml`), else that of its build.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from audio_builder.podcast.date_rule import DateRule, read_rule
from audio_builder.podcast.episode_scan import DamagedEpisode, FoundEpisode, Published, find_episodes
from audio_builder.podcast.feed import is_serial, number_of
from audio_builder.podcast.ledger import Entry, Ledger, is_day
from audio_builder.podcast.show_settings import Show

_SECOND = datetime.timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class HeldBack:
    """An episode whose date is in the future: it isn't in the feed yet.

    Attributes:
        stem: its name, without suffix.
        until: its date, as it was given.
        time: when that is.
    """

    stem: str
    until: str
    time: datetime.datetime


@dataclass(frozen=True, slots=True)
class Schedule:
    """The episodes with their times.

    Attributes:
        due: those that the feed shows, each with the time of its own.
        held_back: those whose date is in the future.
        in_turn: names of those that have no date of their own and aren't published yet, as they come out.
        damaged: those that can't be published as they are.
        hidden: names of those that `show.toml` hides.
    """

    due: tuple[FoundEpisode, ...]
    held_back: tuple[HeldBack, ...]
    in_turn: tuple[str, ...] = ()
    damaged: tuple[DamagedEpisode, ...] = ()
    hidden: tuple[str, ...] = ()


def plan_show(folder: Path, before: Published, as_new: Sequence[str], now: datetime.datetime) -> Schedule:
    """Return what publishing the show in a folder would put where.

    Args:
        folder: with the episodes.
        before: what was published of it.
        as_new: names of those that are published now as new ones.
        now: with a time zone.

    Raises:
        RecipeError: `as_new` or the show's `hidden` names no episode.
        OutputError: `as_new` names one that is damaged.
    """
    show, found = before.show, find_episodes(folder, before, as_new)
    serial = is_serial(show, (episode.record for episode in found.whole))
    in_turn = [*_in_turn(found.whole, before.ledger, as_new, show, serial=serial)]
    turns = {episode.stem: episode for episode in in_turn}
    whole = [turns.get(episode.stem, episode) for episode in found.whole]
    planned = schedule(whole, before.ledger, as_new, now, serial=serial)
    return replace(planned, in_turn=tuple(turns), damaged=found.damaged, hidden=found.hidden)


def _in_turn(
    episodes: Sequence[FoundEpisode], ledger: Ledger, as_new: Sequence[str], show: Show, *, serial: bool
) -> Iterator[FoundEpisode]:
    """Yield the episodes that get their date here, each with it: in a serial show by number, then as `order` says."""
    place = {stem: number for number, stem in enumerate(show.order)}
    waiting = [one for one in episodes if not (one.dated or one.earlier or one.from_feed or one.stem in as_new)]
    waiting.sort(
        key=lambda one: (
            number_of(one.record) if serial else (), place.get(one.stem, len(place)), one.published, one.stem
        )
    )  # fmt: skip
    if rule := read_rule(show.dates):
        yield from _by_rule(waiting, rule, ledger)
        return
    time = datetime.datetime.min.replace(tzinfo=datetime.UTC)
    # Of several that are built at once it is chance which is ready first.
    numbered = sorted((one for one in waiting if one.record.tags.track), key=lambda one: number_of(one.record))
    dealt = dict(zip((one.stem for one in numbered), sorted(one.published for one in numbered), strict=True))
    for episode, built in zip(waiting, sorted(one.published for one in waiting), strict=True):
        own = episode.published if serial else dealt.get(episode.stem, episode.published)
        time = max(built, time + _SECOND) if show.order and not serial else own
        yield replace(episode, published=time)


def _by_rule(waiting: Sequence[FoundEpisode], rule: DateRule, ledger: Ledger) -> Iterator[FoundEpisode]:
    """Yield episodes with dates of a rule: each after it was built, and on a later day than all that is published."""
    published = [datetime.datetime.fromisoformat(entry.published) for entry in ledger.known.values()]
    end_of_day = datetime.time(23, 59, 59)
    time = max(
        (datetime.datetime.combine(one.astimezone().date(), end_of_day).astimezone() for one in published),
        default=datetime.datetime.fromtimestamp(0, datetime.UTC),
    )
    for episode in waiting:
        time = rule.next_after(max(time, episode.published))
        yield replace(episode, published=time, dated=time.isoformat())


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
            held_back.append(HeldBack(episode.stem, episode.dated, episode.published))
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
