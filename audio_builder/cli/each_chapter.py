"""`audio-builder build --each-chapter`: an episode of each chapter of a book, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audio_builder.article.source import Book, SourceText
from audio_builder.cli.console import Console
from audio_builder.cli.order import Order, show_built
from audio_builder.errors import AudioBuilderError, Interrupted

if TYPE_CHECKING:
    from audio_builder.episode.report import BuildReport

_LONGEST_SHOW = 200
_LEAST_DIGITS = 2


def build_each_chapter(book: Book, order: Order, console: Console, *, as_json: bool) -> int:
    """Build what isn't there yet of a book, and return the exit code: 0, or that of the first chapter that failed.

    A chapter that fails doesn't keep the next from being built. An error that the chapter before had as well
    isn't the chapters': it ends the command.

    Raises:
        AudioBuilderError: the same error twice in a row, or Ctrl-C.
    """
    reports: list[BuildReport] = []
    failed: dict[int, AudioBuilderError] = {}
    count = len(book.chapters)
    for number, chapter in enumerate(book.chapters, start=1):
        console.say(f"Chapter {number} of {count}")
        try:
            report = _chapter(chapter, numbered(number, count, book.title), order, console)
        except Interrupted:
            raise
        except AudioBuilderError as error:
            before = failed.get(number - 1)
            if before and before.message == error.message:
                raise
            failed[number] = error
            console.error(f"chapter {number}: {error.message}", hint=error.hint)
            continue
        if report is None:
            continue
        reports.append(report)
        show_built(report, console, with_path=not as_json)
    if as_json:
        console.result(f"[{', '.join(report.as_json() for report in reports)}]")
    if not failed:
        return 0
    numbers = ", ".join(map(str, failed))
    hint = "The others are there. The same command tries again what is missing."
    console.error(f"of {count} chapters, {len(failed)} could not be made: {numbers}", hint=hint)
    return next(iter(failed.values())).exit_code


def _chapter(
    chapter: SourceText, own: dict[str, dict[str, str | int]], order: Order, console: Console
) -> BuildReport | None:
    """Return the report on a chapter that was built, or nothing where its episode is there, unchanged."""
    from audio_builder.preflight import Wanted, built_already
    from audio_builder.script.from_document import read_document

    document, recipe, output, language_note = order.settled(chapter, read_document(chapter), own)
    if there := built_already(document, recipe, output, order.if_there, Wanted(voice_only=order.voice_only)):
        console.say(f"{there} is there, unchanged")
        return None
    if language_note:
        console.say(language_note)
    return order.built(document, recipe, output, console)


def numbered(number: int, count: int, book: str) -> dict[str, dict[str, str | int]]:
    """Return what a chapter's recipe begins with: its number, and the book as the name of the show.

    Args:
        number: of the chapter, counted from 1.
        count: how many chapters there are.
        book: its title; may be empty.
    """
    digits = max(_LEAST_DIGITS, len(str(count)))
    tags: dict[str, str | int] = {"track": number, "track_total": count, "track_digits": digits}
    return {"tags": tags | ({"show": book[:_LONGEST_SHOW]} if book else {})}
