"""`audio-builder serve`: a show to listen to from this machine."""

from __future__ import annotations

import contextlib
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from audio_builder.cli.console import Console
from audio_builder.cli.options import verbosity
from audio_builder.errors import MissingExtra, OutputError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_LAST_SECONDS = 2
"""For who is downloading when it is to end; a player that is paused in the middle would hold it for ever."""

_LOOPBACK = "127.0.0.1"
_EVERYWHERE = "0.0.0.0"  # noqa: S104 - only when the user asks for it with --lan


@click.command(
    "serve",
    epilog="""\b
Examples:
  audio-builder serve
  audio-builder serve evening-pages --port 8080
  audio-builder serve evening-pages --lan
""",
)
@click.argument("folder", metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path), default="output")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option("--lan", is_flag=True, help="Listen on the local network too, and show a QR code for the phone.")
@verbosity
@click.pass_context
def command(ctx: click.Context, folder: Path, port: int, lan: bool) -> None:
    """Serve the published show in DIR to players and browsers, until Ctrl-C; print its address.

    DIR is `output` where none is given. Only this machine can reach it, unless --lan is given. Nothing but the
    published files is served.
    """
    try:
        from audio_builder.podcast.server import make_app, qr_code
        from audio_builder.podcast.show_settings import FEED_FILE
    except ImportError as error:
        raise MissingExtra(
            f"serving needs a package that isn't installed: {error.name}",
            hint='Install it: pip install "audio-builder[serve]"',
        ) from error
    console = ctx.ensure_object(Console)
    address = _own_address() if lan else _LOOPBACK
    app = make_app(folder, ["localhost", _LOOPBACK, address])
    if not (folder / FEED_FILE).is_file() or (folder / FEED_FILE).is_symlink():
        raise OutputError(
            f"nothing is published in {folder} yet", hint=f"Publish it first: audio-builder publish {folder}"
        )
    with listening(_EVERYWHERE if lan else _LOOPBACK, port) as sock:
        url = f"http://{address}:{port}/"
        console.result(url)
        if lan and address == _LOOPBACK:
            console.say("This machine is on no network now: only it can listen.")
        elif lan:
            console.picture(qr_code(url))
            console.say("Everyone on this network can listen: point a phone's camera at the code.")
        console.say(f"The feed is {url}feed.xml. Ctrl-C stops.")
        serve_until_ctrl_c(app, sock)


def serve_until_ctrl_c(app: ASGIApp, sock: socket.socket, begin: Callable[[], object] = lambda: None) -> None:
    """Serve an application at a socket until Ctrl-C."""
    import uvicorn

    from audio_builder.podcast.server import BoundedHttp, most_connections

    settings = uvicorn.Config(
        app,
        http=BoundedHttp,
        # So many are accepted in one go, before any of them can be refused.
        backlog=most_connections(),
        log_level="error",
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=_LAST_SECONDS,
    )
    server = uvicorn.Server(settings)
    # Ctrl-C is how it ends, not something that went wrong; nor are the downloads that end with it.
    logging.getLogger("uvicorn.error").addFilter(lambda _: not server.should_exit)
    begin()
    with contextlib.suppress(KeyboardInterrupt):
        server.run([sock])


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        OutputError: the port is taken, or can't be used.
    """
    try:
        return socket.create_server((host, port))
    except OSError as error:
        raise OutputError(
            f"can't listen on port {port}: {error.strerror}", hint="Choose another one: --port 8001."
        ) from error


def _own_address() -> str:
    """Return this machine's address on the local network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return _LOOPBACK
        return str(probe.getsockname()[0])
