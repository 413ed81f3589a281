"""`audio-builder publish`: the feed and the pages of a show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from audio_builder.cli.console import Console
from audio_builder.cli.options import force_option, json_output, pick, verbosity

if TYPE_CHECKING:
    from audio_builder.podcast.publisher import PublishReport


@click.command(
    "publish",
    epilog="""\b
Examples:
  audio-builder publish
  audio-builder publish evening-pages --prune
  audio-builder publish --as-new the-weight-of-a-quiet-evening
  audio-builder publish evening-pages --export web
  audio-builder publish evening-pages --check
""",
)
@click.argument("folder", metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path), default="output")
@click.option(
    "--as-new",
    metavar="NAME",
    multiple=True,
    help="Show this episode in players as a new one, though they had it before.",
)
@click.option("--prune", is_flag=True, help="Remove files of earlier versions, which the feed no longer names.")
@click.option(
    "--export",
    "target",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Then write just what belongs on the web into DIR, with _headers for static hosts.",
)
@click.option(
    "--check", is_flag=True, help="Publish nothing; ask base_url whether the show there is as players need it."
)
@force_option
@json_output
@verbosity
@click.pass_context
def command(
    ctx: click.Context, /, folder: Path, target: Path | None, check: bool, as_json: bool, **values: Any
) -> None:
    """Write the feed, the pages and all that they name for the episodes in DIR, and print the path of the feed.

    DIR is `output` where none is given; it needs a show.toml (see `audio-builder show init`). Only what changed is made
    again. An episode that was built anew keeps its place in players and gets another file name; --as-new takes the name
    of its MP3 without .mp3. An episode that is damaged stays in the feed as it was published, and the command fails at
    its end. One whose date is in the future is held back until then.
    """
    from audio_builder.errors import OutputError
    from audio_builder.podcast.publisher import PublishOptions, publish

    console, options = ctx.ensure_object(Console), pick(PublishOptions, values)
    if check:
        if target or any(values.values()):
            raise click.UsageError("--check publishes nothing; leave the other options out")
        _check(ctx, console, folder, as_json=as_json)
        return
    report = publish(folder, options, on_wait=lambda: console.say("Waiting for another build in this folder …"))
    if as_json:
        console.result_json(report)
    else:
        console.result_path(Path(report.feed))
    if target:
        _export(console, folder, target, prune=options.prune)
    _say(console, report, folder)
    if report.damaged:
        raise OutputError(f"{len(report.damaged)} of the episodes in {folder} could not be published as they are now")


def _say(console: Console, report: PublishReport, folder: Path) -> None:
    from audio_builder.podcast.show_settings import EPISODES, read_show

    episodes = f"{report.episodes} episode" + "s" * (report.episodes != 1)
    console.say(f"{episodes} published, {len(report.made)} made now, {len(report.pruned)} old files removed")
    for name in report.unrecorded:
        console.warn(f"{name} has no record beside it and is not published; build it again into this folder")
    for name in report.kept:
        console.warn(
            f"{folder / EPISODES / name} stays as it is: made by somebody else, or changed since it was written. "
            "--force replaces it."
        )
    for name in report.hidden:
        console.say(f"{name} is hidden, as show.toml says")
    for held in report.held_back:
        console.say(f"{held.name} is held back until {held.until}; publish again then")
    if report.cover_note:
        console.warn(f"letters on the show's cover: {report.cover_note}")
    if not read_show(folder).base_url:
        console.say("So far only this computer can play the feed.")
        console.say(f"To put it online: set base_url in {folder / 'show.toml'}, and publish again.")
    for damage in report.damaged:
        kept = "it stays in the feed as it was published" if damage.published else "it is not in the feed yet"
        console.error(f"{damage.problem}; {kept}", hint=damage.hint)


def _check(ctx: click.Context, console: Console, folder: Path, *, as_json: bool) -> None:
    """Print what is found at the show's address; leave with exit code 10 where something fails."""
    from audio_builder.errors import CHECK_FAILED
    from audio_builder.podcast.web_check import check_web

    found = check_web(folder)
    if as_json:
        console.result_json(found)
    else:
        console.result("\n".join(found.lines()))
    if not found.ok:
        ctx.exit(CHECK_FAILED)


def _export(console: Console, folder: Path, target: Path, *, prune: bool) -> None:
    from audio_builder.podcast.web_export import export

    done = export(folder, target, prune=prune)
    console.say(
        f"{target} has {done.files} files for the web: {len(done.written)} written now, {len(done.removed)} removed"
    )
