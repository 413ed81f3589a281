"""Serving a show to players and browsers: the published files and nothing else, one range at a time."""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
import sys
from collections.abc import Sequence
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path

import segno
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.staticfiles import NotModifiedResponse
from uvicorn.protocols.http.h11_impl import H11Protocol

from audio_builder.episode.record import RECORD_SUFFIX
from audio_builder.podcast.show_settings import (
    ARCHIVE_NAME,
    EPISODES,
    FEED_FILE,
    FEED_STYLE_FILE,
    INDEX_FILE,
    OPML_FILE,
    read_show,
)

_TYPES = {
    ".mp3": "audio/mpeg",
    ".vtt": "text/vtt; charset=utf-8",
    ".srt": "application/x-subrip",
    ".chapters.json": "application/json+chapters",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".jpg": "image/jpeg",
}
"""Content types by suffix; the longest suffix that fits counts."""

_REWRITTEN = {
    FEED_FILE: "application/rss+xml; charset=utf-8",
    OPML_FILE: "text/x-opml; charset=utf-8",
    INDEX_FILE: _TYPES[".html"],
    FEED_STYLE_FILE: "text/css; charset=utf-8",
}
"""The files that say where they are found."""

_FEED_TO_READ = "application/xml; charset=utf-8"

_PUBLISHED = re.compile(rf"{EPISODES}/[a-z0-9][a-z0-9-]*(\.[a-z0-9]+)+")
"""What a path may look like: no dot in front, no way up, no name that we didn't give."""

_ONE_RANGE = re.compile(r"bytes=(\d+-\d*|-\d+)")
"""Several ranges in one answer cost a server more than they are worth, and other units it doesn't know: then the whole
file is a right answer too."""

_SAFETY = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}

_NAMED_BY_CONTENT = re.compile(r".*-[0-9a-f]{8}\.(mp3|(small\.)?jpg)")
_FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}
_ASK_AGAIN = {"Cache-Control": "no-cache"}
"""Sound and pictures never change under their names. Everything else may with the next `publish`: it is kept, but asked
for again, and without this a browser would guess for how long it is fresh."""


HEADERS_S = 10.0
"""How long a client may take for the head of a request; a player on a bad network needs less than one second."""

MOST_CONNECTIONS = 256
"""Open at a time; fewer where the system allows this process few files."""


class BoundedHttp(H11Protocol):
    """HTTP/1.1 in which nobody holds a connection without asking for something.

    A head that isn't there within `HEADERS_S` ends its connection. Where too many are open, the one that has waited
    longest without a request gives way to the next; where all are busy, the next one is refused.
    """

    waiting_since: float | None = None
    _giving_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Make room for a connection, and wait for its first request."""
        super().connection_made(transport)
        if len(self.connections) > most_connections():
            idle = [
                other
                for other in self.connections
                if isinstance(other, BoundedHttp) and other is not self and other.waiting_since is not None
            ]
            (min(idle, key=lambda other: other.waiting_since or 0.0) if idle else self).transport.abort()
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take bytes; what is no whole head yet doesn't prolong the time for it."""
        super().data_received(data)
        if self.conn.their_state.__name__ != "IDLE":
            self._stop_waiting()
        elif self.waiting_since is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self.waiting_since = self.loop.time()
        self._giving_up = self.loop.call_later(HEADERS_S, self._give_up)

    def _stop_waiting(self) -> None:
        if self._giving_up is not None:
            self._giving_up.cancel()
        self.waiting_since = self._giving_up = None

    def _give_up(self) -> None:
        self.transport.abort()


def most_connections() -> int:
    """Return how many connections may be open: a quarter of the files that this process may open, at most 256."""
    if sys.platform == "win32":  # pragma: no cover - it has no such limit
        return MOST_CONNECTIONS
    import resource

    # A download opens a file beside its connection.
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS if files < 0 else max(4, min(MOST_CONNECTIONS, files // 4))


def make_app(folder: Path, hosts: Sequence[str]) -> Starlette:
    """Return the server of a show as an ASGI application.

    Feed, OPML and the page of the show are given with the address that they were asked under in place of the
    show's own, so that a player at home finds the files at home.

    Args:
        folder: a published show.
        hosts: names and addresses that a request may ask for; any other is a web page that was made to point here.

    Raises:
        RecipeError: the folder is no show.
    """
    root = read_show(folder).root_url

    async def answer(request: Request) -> Response:
        path = request.url.path.removeprefix("/") or INDEX_FILE
        if path in _REWRITTEN or ARCHIVE_NAME.fullmatch(path):
            return _rewritten(request, folder / path, root)
        return _file(request, folder, path)

    return Starlette(
        routes=[Route("/{path:path}", answer, methods=["GET"])],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)],
    )


def qr_code(text: str) -> str:
    """Return a QR code for a terminal, in block characters."""
    drawn = io.StringIO()
    segno.make(text, micro=False).terminal(drawn, compact=True)
    return drawn.getvalue()


def _file(request: Request, folder: Path, path: str) -> Response:
    file = folder / path
    if (
        not _PUBLISHED.fullmatch(path)
        or path.endswith(RECORD_SUFFIX)
        or file.is_symlink()
        or file.parent.is_symlink()
        or not file.is_file()
    ):
        return _missing()
    if not _ONE_RANGE.fullmatch(request.headers.get("range", "")):
        request.scope["headers"] = [header for header in request.scope["headers"] if header[0] != b"range"]
    kind = max((suffix for suffix in _TYPES if path.endswith(suffix)), key=len, default="")
    media_type = _TYPES.get(kind, "application/octet-stream")
    headers = {**_SAFETY, **(_FOR_GOOD if _NAMED_BY_CONTENT.fullmatch(path) else _ASK_AGAIN)}
    response = FileResponse(file, media_type=media_type, headers=headers, stat_result=file.stat())
    return _unless_known(request, response)


def _rewritten(request: Request, file: Path, root: str) -> Response:
    # A link in its place would show any file of this machine.
    if file.is_symlink() or not file.is_file():
        return _missing()
    try:
        content, written = file.read_bytes(), file.stat().st_mtime
    except OSError:
        return _missing()
    here = f"{request.url.scheme}://{request.url.netloc}/"
    content = content.replace(f'"{root}'.encode(), f'"{here}'.encode()).replace(
        f">{root}".encode(), f">{here}".encode()
    )
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {**_SAFETY, **_ASK_AGAIN, "ETag": etag, "Last-Modified": formatdate(written, usegmt=True)}
    media_type = _REWRITTEN.get(file.name, _REWRITTEN[FEED_FILE])
    if media_type == _REWRITTEN[FEED_FILE]:
        # A browser shows a page to read for XML; for RSS it shows the source, or saves it.
        headers["Vary"] = "Accept"
        media_type = _FEED_TO_READ if "text/html" in request.headers.get("accept", "") else media_type
    response = Response(content, media_type=media_type, headers=headers)
    return _unless_known(request, response)


def _unless_known(request: Request, response: Response) -> Response:
    """Return the answer, or that nothing has changed since the asker's copy (RFC 9110, 13.2.2: tags before times)."""
    tags, since = request.headers.get("if-none-match"), request.headers.get("if-modified-since", "")
    if tags is None:
        known = _is_no_older(since, response.headers["last-modified"])
    else:
        asked = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        known = not asked.isdisjoint((response.headers["etag"], "*"))
    return NotModifiedResponse(response.headers) if known else response


def _is_no_older(since: str, changed: str) -> bool:
    try:
        return parsedate_to_datetime(since) >= parsedate_to_datetime(changed)
    except (TypeError, ValueError):  # it is no date, or one without a zone
        return False


def _missing() -> Response:
    return PlainTextResponse("There is no such file in this show.\n", status_code=404, headers=_SAFETY)
