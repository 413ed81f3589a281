"""`audio-builder studio`: the page on which a text becomes an episode by hand and ear."""

from __future__ import annotations

import contextlib
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from audio_builder.cli.console import Console
from audio_builder.cli.options import verbosity
from audio_builder.errors import MissingExtra, SourceError

if TYPE_CHECKING:
    from audio_builder.studio.studio_app import Studio


@click.command(
    "studio",
    epilog="""\b
Examples:
  audio-builder studio
  audio-builder studio my-article.md
  audio-builder studio my-project --no-browser
""",
)
@click.argument("source", metavar="[PROJECT|ARTICLE]", required=False, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--projects",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    metavar="DIR",
    help="Folder of your projects, made if it isn't there.  [default: audio-builder in your documents]",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    help="Port to listen on.  [default: one that is free]",
)
@click.option("--no-browser", is_flag=True, help="Print the address and open nothing.")
@verbosity
@click.pass_context
def command(ctx: click.Context, source: Path | None, projects: Path | None, port: int, no_browser: bool) -> None:
    """Open the studio in the browser of this machine, until Ctrl-C; print its address.

    There a text becomes an episode by hand and ear: silences are dragged, heard at once, and built. PROJECT is a folder
    that the studio made; an ARTICLE is made a project. A project is a folder with script.md and recipe.toml, with
    which the other commands go on; all publish into one show beside them. Only this machine can reach the page, and the
    address works once.
    """
    try:
        from audio_builder.cli.serve import listening, serve_until_ctrl_c
        from audio_builder.studio.gate import Gate
        from audio_builder.studio.studio_app import Studio, make_studio
    except ImportError as error:
        raise MissingExtra(
            f"the studio needs a package that isn't installed: {error.name}",
            hint='Install it: pip install "audio-builder[serve]"',
        ) from error
    console = ctx.ensure_object(Console)
    studio = Studio(_projects_folder(projects))
    with contextlib.closing(studio), listening("127.0.0.1", port) as sock:
        where = _opened(studio, source)
        bound = sock.getsockname()[1]
        gate = Gate(make_studio(studio), bound)
        url = f"http://127.0.0.1:{bound}/?token={gate.token}{where}"
        console.result(url)
        console.say(f"Your projects are in {studio.projects}. Ctrl-C stops.")
        serve_until_ctrl_c(gate, sock, (lambda: None) if no_browser else lambda: webbrowser.open(url))


def _projects_folder(given: Path | None) -> Path:
    if given is not None:
        return given
    import platformdirs

    return platformdirs.user_documents_path() / "audio-builder"


def _opened(studio: Studio, source: Path | None) -> str:
    """Return the end of the address that opens a project.

    Raises:
        SourceError: the folder is no project, or the text can't be read.
    """
    from audio_builder.studio.project import begin_from_file, is_project

    if source is None:
        return ""
    if source.is_dir() and not is_project(source):
        raise SourceError(
            f"{source} is no project: there is no script.md in it",
            hint="Give a text, or a folder that the studio made.",
        )
    folder = source if source.is_dir() else begin_from_file(studio.projects, source).folder
    return f"#project={studio.admit(folder)}"
