"""Fetching a page from the web, the one thing that opens a connection while an episode is made: only for `--fetch`.

No page of the machine or of the network at home is asked for: an address, and every address that it leads to, must be
public. Size, type and time have limits.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable
from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

import requests

from audio_builder import __version__
from audio_builder.article.source import LARGEST_BYTES, SourceText, source_from_bytes
from audio_builder.errors import SourceError, SourceTooLarge

_CONNECT_S, _READ_S, _WHOLE_S = 10.0, 20.0, 60.0
_MOST_REDIRECTS = 5
_CHUNK_BYTES = 65_536
_PAGES = {"text/html": ".html", "application/xhtml+xml": ".html", "text/plain": ".txt", "text/markdown": ".md"}
"""The types of content that are read, and the suffix that says so."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BY_HAND = "Open the page in a browser, save it (Ctrl-S or Cmd-S), and give the saved file."


def refuse_web_address(address: str) -> SourceError:
    """Return the error for an address without `--fetch`."""
    return SourceError(
        f"{address} is on the web, and nothing is fetched from there unasked",
        hint=f"{_BY_HAND} Or add --fetch, and the page is fetched once.",
    )


def is_public(ip: str) -> bool:
    """Return whether an IP address is one of the internet, and not of this machine or its own network."""
    return ipaddress.ip_address(ip.partition("%")[0]).is_global


def fetch_page(address: str, is_allowed: Callable[[str], bool] = is_public) -> SourceText:
    """Return the text of a page on the web.

    Args:
        address: http or https, of HTML, plain text or Markdown.
        is_allowed: called with each IP address that would be asked.

    Raises:
        SourceError: it can't be fetched, isn't public, or isn't a page.
        SourceTooLarge: it has more than 20 MB.
        EmptySource: there is nothing in it.
    """
    deadline = time.monotonic() + _WHOLE_S
    asked = address
    with requests.Session() as session:
        # Neither a proxy nor a password of this machine's settings is used.
        session.trust_env = False
        session.headers["User-Agent"] = f"audio-builder/{__version__}"
        for _ in range(_MOST_REDIRECTS + 1):
            _check_public(asked, is_allowed)
            try:
                with session.get(asked, stream=True, allow_redirects=False, timeout=(_CONNECT_S, _READ_S)) as answer:
                    # A name may lead elsewhere at the second look-up; what was really asked counts.
                    connection = answer.raw.connection
                    if connection is not None and connection.sock is not None:
                        _check_ip(str(connection.sock.getpeername()[0]), asked, is_allowed)
                    if answer.status_code in _REDIRECTS and "location" in answer.headers:
                        asked = urljoin(asked, answer.headers["location"])
                        continue
                    return _page(answer, address, asked, deadline)
            except (requests.RequestException, OSError, ValueError) as error:
                raise SourceError(f"can't fetch {address}: {_reason(error)}", hint=_BY_HAND) from error
    raise SourceError(f"can't fetch {address}: it leads from page to page without end", hint=_BY_HAND)


def _page(answer: requests.Response, address: str, found_at: str, deadline: float) -> SourceText:
    if not answer.ok:
        raise SourceError(f"can't fetch {address}: the server answers {answer.status_code}", hint=_BY_HAND)
    kind = answer.headers.get("content-type", "text/html").partition(";")[0].strip().lower()
    if kind not in _PAGES:
        raise SourceError(
            f"{address} is not a page but {kind}", hint="Save it as a file, and give that file if it can be read."
        )
    content = bytearray()
    for chunk in answer.iter_content(_CHUNK_BYTES):
        content += chunk
        if len(content) > LARGEST_BYTES:
            raise SourceTooLarge(f"{address} is larger than 20 MB, which is the most that is read")
        if time.monotonic() > deadline:
            raise SourceError(f"can't fetch {address}: it took more than {_WHOLE_S:.0f} s", hint=_BY_HAND)
    last = PurePosixPath(unquote(urlsplit(found_at).path)).stem or urlsplit(found_at).hostname or "page"
    source = source_from_bytes(bytes(content), last + _PAGES[kind])
    return SourceText(source.text, address, source.kind, source.front, source.left_out, place=address)


def _check_public(address: str, is_allowed: Callable[[str], bool]) -> None:
    """Refuse an address that isn't one of the web, or leads into this machine or its own network."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise SourceError(f"{address} is not the address of a public page", hint=_BY_HAND)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        raise SourceError(f"can't find {parts.hostname}: {_reason(error)}", hint=_BY_HAND) from error
    for *_, where in found:
        _check_ip(str(where[0]), parts.hostname, is_allowed)


def _check_ip(ip: str, host: str, is_allowed: Callable[[str], bool]) -> None:
    if not is_allowed(ip):
        raise SourceError(f"{host} is a machine of this network, and only public pages are fetched", hint=_BY_HAND)


def _reason(error: Exception) -> str:
    if isinstance(error, requests.Timeout):
        return "it doesn't answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate can't be trusted"
    if isinstance(error, requests.ConnectionError):
        return "there is no connection to it"
    return str(getattr(error, "strerror", None) or error)
