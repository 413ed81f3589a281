"""`audio-builder publish`: the feed and the pages of a show."""

from __future__ import annotations

from pathlib import Path

import click

from audio_builder.cli.console import Console
from audio_builder.cli.options import force_option, json_output, verbosity


@click.command(
    "publish",
    epilog="""\b
Examples:
  audio-builder publish
  audio-builder publish evening-pages --prune
  audio-builder publish --as-new the-weight-of-a-quiet-evening
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
@force_option
@json_output
@verbosity
@click.pass_context
def command(ctx: click.Context, folder: Path, as_new: tuple[str, ...], prune: bool, force: bool, as_json: bool) -> None:
    """Write the feed, the pages and all that they name for the episodes in DIR, and print the path of the feed.

    DIR is `output` where none is given; it needs a show.toml (see `audio-builder show init`). Only what changed is made
    again. An episode that was built anew keeps its place in players and gets another file name; --as-new takes the name
    of its MP3 without .mp3. An episode that is damaged stays in the feed as it was published, and the command fails at
    its end.
    """
    import msgspec

    from audio_builder.errors import OutputError
    from audio_builder.podcast.publish import PublishOptions, publish
    from audio_builder.podcast.show import read_show

    console = ctx.ensure_object(Console)
    options = PublishOptions(as_new=as_new, prune=prune, force=force)
    report = publish(folder, options, on_wait=lambda: console.say("Waiting for another build in this folder …"))
    if as_json:
        console.result(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
    else:
        console.result_path(Path(report.feed))
    episodes = f"{report.episodes} episode" + "s" * (report.episodes != 1)
    console.say(f"{episodes} published, {len(report.made)} made now, {len(report.pruned)} old files removed")
    for name in report.unrecorded:
        console.say(f"{name} has no record beside it and is not published; build it again into this folder")
    if report.cover_note:
        console.say(f"letters on the show's cover: {report.cover_note}")
    if not read_show(folder).base_url:
        console.say(f"The show is at home: set base_url in {folder / 'show.toml'} before others subscribe.")
    for damage in report.damaged:
        kept = "it stays in the feed as it was published" if damage.published else "it is not in the feed yet"
        console.error(f"{damage.problem}; {kept}", hint=damage.hint)
    if report.damaged:
        raise OutputError(f"all but {len(report.damaged)} of the episodes in {folder} were published as they are")
