"""`audio-builder compare`: what differs between two episodes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from audio_builder.cli.console import Console, printable, progress_bar
from audio_builder.cli.options import force_option, json_output, picture_option, verbosity
from audio_builder.recipe.settings import PACING_PRESETS
from audio_builder.script.estimate import clock

if TYPE_CHECKING:
    from audio_builder.episode.comparison import ChapterChange, Comparison, SettingChange
    from audio_builder.script.differences import ScriptChanges

_FIRST = ("voice", "pacing.preset", "pacing.wpm", "soundscape.background")
"""Settings that stand on a line of their own; the others follow together."""
_NAMES = {"pacing.preset": "pacing", "pacing.wpm": "words per minute", "soundscape.background": "background"}
_MOST_SENTENCES, _MOST_CHAPTERS = 20, 12
_SAME_S = 0.05


@click.command(
    "compare",
    epilog="""\b
Examples:
  audio-builder compare output/my-episode.mp3 older/my-episode.mp3
  audio-builder compare first.mp3 second.mp3 --picture both.svg
""",
)
@click.argument("first", metavar="FIRST.mp3", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("second", metavar="SECOND.mp3", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@picture_option("Draw the speech and silence of both, one above the other, with their chapters.")
@force_option
@json_output
@verbosity
@click.pass_context
def command(ctx: click.Context, first: Path, second: Path, picture: Path | None, force: bool, as_json: bool) -> None:
    """Say what is different in SECOND.mp3: words, pauses, voice, pacing, background, length, loudness, chapters.

    Words, pauses and settings are compared where both episodes carry their script and recipe; sound and chapters of
    any two audio files. Times are in minutes and seconds, loudness is in LUFS, true peak in dBTP.
    """
    from audio_builder.episode.comparison import compare

    console = ctx.ensure_object(Console)
    with progress_bar(console) as progress:
        found = compare(first, second, progress, picture, force=force)
    if as_json:
        console.result(found.as_json())
        return
    for line in comparison_lines(found):
        console.result(printable(line))


def comparison_lines(found: Comparison) -> Iterator[str]:
    """Yield what a person is told, a line for each thing that can differ."""
    if found.identical:
        yield "The two files are the same, byte for byte."
        return
    if found.script is not None:
        yield from _words(found.script)
        yield _pauses(found.script)
        for name, (before, after) in found.script.sounds.items():
            yield f"{name}: {before} before, {after} now"
    else:
        without = [sound.path for sound in (found.first, found.second) if not sound.carries_source]
        yield f"words, pauses, settings: not known, because {' and '.join(without)} carries no script and recipe"
    yield from _settings(found.settings or [])
    yield _length(found)
    yield _sound("loudness", found.first.loudness_lufs, found.second.loudness_lufs, "LUFS")
    yield _sound("true peak", found.first.true_peak_dbtp, found.second.true_peak_dbtp, "dBTP")
    yield from _chapters(found.chapters)
    for name, (old, new) in found.versions.items():
        yield f"made with: {name} {old or 'unknown'} before, {new or 'unknown'} now"


def _words(script: ScriptChanges) -> Iterator[str]:
    changed = [change for change in script.sentences if change.before and change.after]
    new = sum(not change.before for change in script.sentences)
    gone = sum(not change.after for change in script.sentences)
    counts = ((len(changed), "changed"), (new, "new"), (gone, "gone"))
    told = ", ".join(f"{_count(count, 'sentence')} {what}" for count, what in counts if count)
    yield f"words: {told}" if told else f"words: the same ({_count(script.same_sentences, 'sentence')})"
    for change in script.sentences[:_MOST_SENTENCES]:
        yield from (f"    {sign} {text}" for sign, text in (("-", change.before), ("+", change.after)) if text)
    if len(script.sentences) > _MOST_SENTENCES:
        yield f"    … and {len(script.sentences) - _MOST_SENTENCES:,} more; --json has all"


def _pauses(script: ScriptChanges) -> str:
    pauses = script.pauses
    told = [f"{count:,} {what}" for count, what in ((pauses.longer, "longer"), (pauses.shorter, "shorter")) if count]
    if abs(pauses.change_s) < _SAME_S and not told:
        return "pauses: the same"
    together = f"{clock(pauses.before_s)} before, {clock(pauses.after_s)} now"
    return f"pauses: {', '.join(told) or 'the same after the sentences that both have'}; together {together}"


def _settings(changes: list[SettingChange]) -> Iterator[str]:
    by_name = {change.setting: change for change in changes if not _follows_from_preset(change, changes)}
    for name in _FIRST:
        if name in by_name:
            change = by_name.pop(name)
            yield f"{_NAMES.get(name, name)}: {_value(change.before)} before, {_value(change.after)} now"
    if by_name:
        yield "other settings:"
    for change in by_name.values():
        yield f"    {change.setting}: {_value(change.before)} before, {_value(change.after)} now"


def _follows_from_preset(change: SettingChange, changes: list[SettingChange]) -> bool:
    """Tell whether a pause is another only because the pacing is, so that it needn't be told."""
    preset = next((other for other in changes if other.setting == "pacing.preset"), None)
    if preset is None or not change.setting.startswith("pacing.") or change.setting in _FIRST:
        return False
    field = change.setting.removeprefix("pacing.")
    return all(
        value == getattr(PACING_PRESETS[name], field)
        for value, name in ((change.before, preset.before), (change.after, preset.after))
    )


def _length(found: Comparison) -> str:
    before, after = found.first.length_s, found.second.length_s
    if abs(after - before) < _SAME_S:
        return f"length: {clock(after)}, the same"
    more = "longer" if after > before else "shorter"
    return f"length: {clock(before)} before, {clock(after)} now, {abs(after - before):.1f} s {more}"


def _sound(name: str, before: float, after: float, unit: str) -> str:
    if f"{before:.1f}" == f"{after:.1f}":
        return f"{name}: {after:.1f} {unit}, the same"
    return f"{name}: {before:.1f} {unit} before, {after:.1f} now"


def _chapters(changes: list[ChapterChange]) -> Iterator[str]:
    if not changes:
        yield "chapters: the same"
        return
    yield f"chapters: {len(changes)} differ"
    for change in changes[:_MOST_CHAPTERS]:
        if change.start_before_s is None:
            yield f"    “{change.after}” is new, at {clock(change.start_after_s or 0)}"
        elif change.start_after_s is None:
            yield f"    “{change.before}” is gone; it was at {clock(change.start_before_s)}"
        else:
            name = f"“{change.after}”" if change.before == change.after else f"“{change.before}”, now “{change.after}”,"
            yield f"    {name} was at {clock(change.start_before_s)}, now {clock(change.start_after_s)}"
    if len(changes) > _MOST_CHAPTERS:
        yield f"    … and {len(changes) - _MOST_CHAPTERS} more; --json has all"


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _value(value: Any) -> str:
    if value is None:
        return "a file"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value) or "nothing"
