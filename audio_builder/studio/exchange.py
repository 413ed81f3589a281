"""How a request becomes a plain call and its result an answer: bodies are bounded, errors are said in JSON."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from audio_builder.errors import AudioBuilderError, DiskFull
from audio_builder.files import decode_json
from audio_builder.studio.project import ChangedElsewhere, Project

_log = logging.getLogger(__name__)

_Data = TypeVar("_Data", bound=Struct)

Call = Callable[[Request, bytes], Any]
"""Takes a request and its body, and returns a `Response`, or a value that becomes JSON; it runs in a thread."""

FindProject = Callable[[str], Project | None]
"""Gives a project by its name; None where there is none."""

NO_BODY = 0
SMALL = 1_000_000
"""Bytes of the body of a request that sets something, at most."""


class NotThere(AudioBuilderError):
    """What the page asks for doesn't exist."""


class Problem(Struct, frozen=True, omit_defaults=True):
    """What went wrong, and what to do next."""

    error: str
    hint: str = ""


def route(method: str, path: str, call: Call, largest: int = NO_BODY) -> Route:
    """Return a route that hands a request to a plain call.

    Args:
        method: GET, PUT, POST, PATCH or DELETE.
        path: as Starlette has it.
        call: what answers.
        largest: bytes of the body at most.
    """

    async def endpoint(request: Request) -> Response:
        try:
            body = await _body(request, largest)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return as_json(Problem(f"that is larger than {largest // 1_000_000 or 1} MB, the most that is taken"), 413)
        return await run_in_threadpool(_answer, call, request, body)

    return Route(path, endpoint, methods=[method])


def for_project(find: FindProject, call: Callable[[Project, Request, bytes], Any]) -> Call:
    """Return a call that is handed the project that the address names."""
    return lambda request, body: call(project_of(find, request), request, body)


def project_of(find: FindProject, request: Request) -> Project:
    """Return the project that an address names.

    Raises:
        NotThere: there is none of that name.
    """
    if found := find(request.path_params["name"]):
        return found
    raise NotThere(f"there is no project {request.path_params['name'][:80]}", hint="Go back to all projects.")


async def _body(request: Request, largest: int) -> bytes | None:
    """Return the body; None for one that is too large, of which no more is read than that."""
    said = request.headers.get("content-length", "0")
    if not said.isdigit() or int(said) > largest:
        return None
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > largest:
            return None
        parts.append(part)
    return b"".join(parts)


def _answer(call: Call, request: Request, body: bytes) -> Response:
    try:
        answer = call(request, body)
    except AudioBuilderError as error:
        return as_json(Problem(error.message, error.hint), _status_of(error))
    except Exception:  # noqa: BLE001 - one request that fails must not end the others, and is said
        _log.exception("a request of the studio's page failed: %s %s", request.method, request.url.path)
        return as_json(Problem("something went wrong in the studio", "Its terminal shows what."), 500)
    return answer if isinstance(answer, Response) else as_json(answer)


def _status_of(error: AudioBuilderError) -> int:
    if isinstance(error, ChangedElsewhere):
        return 409
    if isinstance(error, NotThere):
        return 404
    return 507 if isinstance(error, DiskFull) else 422


def as_json(value: Any, status: int = 200) -> Response:
    """Return a value as an answer in JSON that no browser keeps."""
    content = msgspec.json.encode(value, enc_hook=str)
    return Response(content, status, media_type="application/json", headers={"Cache-Control": "no-store"})


def read_json(body: bytes, kind: type[_Data]) -> _Data:
    """Return what a page sent.

    Raises:
        NotThere: it isn't what this address takes.
    """
    try:
        return decode_json(body, kind)
    except ValueError as error:
        raise NotThere(
            f"the page sent something that isn't understood: {error}", hint="Load the page again."
        ) from error


def number_in(request: Request, name: str, low: float, high: float) -> float:
    """Return a number of the query.

    Raises:
        NotThere: there is none, or it is out of range.
    """
    try:
        value = float(request.query_params.get(name, ""))
    except ValueError as error:
        raise NotThere(f"{name} is no number") from error
    if not low <= value <= high:
        raise NotThere(f"{name} must be from {low:g} to {high:g}")
    return value


def sound(content: bytes) -> Response:
    """Return a WAV whose address says all that decides it."""
    return Response(content, media_type="audio/wav", headers={"Cache-Control": "private, max-age=86400, immutable"})
