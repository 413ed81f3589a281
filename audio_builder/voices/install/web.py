"""Fetching a file from a web address; what came before a connection broke off is kept and gone on from."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import requests

from audio_builder.errors import DownloadFailed
from audio_builder.files import output_error
from audio_builder.voices.profile import VoiceFile

_CONNECT_S, _STALLED_S = 10, 30
_ATTEMPTS = 4
_BLOCK_BYTES = 1 << 14
"""What is lost of what came before a connection broke off is less than this."""

_PARTIAL, _RANGE_REFUSED = 206, 416


def fetch_from_web(url: str, file: VoiceFile, draft: Path, tell: Callable[[int, str], None]) -> None:
    """Write what an address gives, going on from where an earlier attempt was broken off.

    The unfinished file lies beside the place of the finished one and is kept for the next time, unless
    it is longer than it may be.

    Args:
        url: its address; a redirect from https to http is refused.
        file: its size caps what is written.
        draft: an existing, empty file; it gets the whole content.
        tell: called with the bytes that are there and the address's host.

    Raises:
        DownloadFailed: it can't be reached, answers with an error, breaks off four times or gives too much.
        OutputError: the file can't be written.
    """
    partial = draft.parent / f"{file.name}.part"
    reason = ""
    with requests.Session() as session:
        for _ in range(_ATTEMPTS):
            try:
                _go_on(session, url, partial, file.size_bytes, tell)
                partial.replace(draft)
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
                reason = _plainly(error)
            except requests.RequestException as error:
                raise DownloadFailed(f"{url} can't be fetched: {error}") from error
            except OSError as error:
                raise output_error(error, partial) from error
            else:
                return
    have = partial.stat().st_size if partial.exists() else 0
    kept = f" after {have:,} of {file.size_bytes:,} bytes, which are kept" if have else ""
    raise DownloadFailed(f"{url} broke off{kept}: {reason}" if have else f"{url} can't be reached: {reason}")


def _go_on(
    session: requests.Session, url: str, partial: Path, size_bytes: int, tell: Callable[[int, str], None]
) -> None:
    """Add to the unfinished file what is missing from it."""
    have = partial.stat().st_size if partial.exists() else 0
    if have == size_bytes:
        return
    headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={have}-"} if have else {})}
    with session.get(url, headers=headers, stream=True, timeout=(_CONNECT_S, _STALLED_S)) as answer:
        if url.startswith("https:") and any(not step.url.startswith("https:") for step in (*answer.history, answer)):
            raise DownloadFailed(f"{url} leads to an address that isn't https: {answer.url}")
        if answer.status_code == _RANGE_REFUSED:
            partial.unlink()
            raise requests.ConnectionError("the server could not go on from where it broke off")
        if answer.status_code not in (requests.codes.ok, _PARTIAL):
            raise DownloadFailed(f"{url} answers {answer.status_code} {answer.reason}")
        goes_on = answer.status_code == _PARTIAL and answer.headers.get("Content-Range", "").startswith(
            f"bytes {have}-"
        )
        if answer.status_code == _PARTIAL and not goes_on:
            partial.unlink(missing_ok=True)
            raise requests.ConnectionError("the server went on from another place than it was asked to")
        have = have if goes_on else 0
        with partial.open("ab" if goes_on else "wb") as target:
            for block in answer.iter_content(_BLOCK_BYTES):
                have += len(block)
                if have > size_bytes:
                    break
                target.write(block)
                tell(have, url.split("/")[2])
    if have > size_bytes:
        partial.unlink()
        raise DownloadFailed(f"{url} gives more than the {size_bytes:,} bytes that were expected")
    if have < size_bytes:
        raise requests.ConnectionError(f"only {have:,} of {size_bytes:,} bytes came")


def _plainly(error: Exception) -> str:
    """Return the innermost reason of a nest of connection errors, as a person would say it."""
    inner: BaseException = error
    with contextlib.suppress(AttributeError, IndexError):
        while True:
            cause = getattr(inner, "reason", None) or inner.__cause__ or inner.args[0]
            if not isinstance(cause, BaseException):
                break
            inner = cause
    return str(inner).rpartition(">: ")[2] or type(inner).__name__
