"""Whether a show on the web is as players and directories need it: each finding with what to do about it.

Only `publish --check` calls this, and it asks nobody but the address of the show.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import requests
from msgspec import Struct

from audio_builder.episode.verify.standard import COVER_BYTES
from audio_builder.errors import OutputError
from audio_builder.podcast.feed import NAMESPACES
from audio_builder.podcast.show_settings import FEED_FILE, Show, read_show

_TIMEOUT_S = 20
_AT_ONCE = 4
_UPLOAD = "Upload what `publish --export` writes."
_PROBLEMS: tuple[tuple[type[Exception], str, str], ...] = (
    (requests.exceptions.SSLError, "its certificate isn't trusted", "Let the host get one that browsers trust."),
    (requests.Timeout, f"no answer within {_TIMEOUT_S} s", "Check again later, or ask the host."),
    (requests.ConnectionError, "nothing answers there", "Check base_url in show.toml, and that the host is up."),
    (requests.TooManyRedirects, "it leads in a circle", "Let the host answer under this address itself."),
)
"""What can happen instead of an answer: how it is said, and what to do."""

_RANGE_BYTES = 100
_LONGEST_NUMBER = 20


class WebFinding(Struct, frozen=True, kw_only=True):
    """One thing that was looked at.

    Attributes:
        name: what it is about.
        state: `ok`; `fail`, which players or directories refuse; or `note`, which they can live with.
        value: what was found.
        advice: what to do; empty where all is well.
    """

    name: str
    state: Literal["ok", "fail", "note"]
    value: str
    advice: str = ""


class WebCheck(Struct, frozen=True, kw_only=True):
    """What was found of a show on the web."""

    schema_version: int = 1
    feed_url: str
    ok: bool
    findings: tuple[WebFinding, ...]

    def lines(self) -> tuple[str, ...]:
        """Return the findings for a person, each with what to do, and the verdict at the end."""
        marks = {"ok": "ok  ", "fail": "FAIL", "note": "note"}
        failed = sum(finding.state == "fail" for finding in self.findings)
        verdict = "It is ready." if not failed else f"{failed} of {len(self.findings)} lines fail."
        return (
            *(
                f"{marks[one.state]}  {one.name}: {one.value}" + (f". {one.advice}" if one.advice else "")
                for one in self.findings
            ),
            verdict,
        )


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a server said, or why it said nothing.

    Attributes:
        status: 0 where there was no answer.
        headers: by name in lower case.
        content: at most as much as was wanted.
        problem: empty where there was an answer.
        advice: what to do about it, or where nothing is found.
    """

    status: int
    headers: dict[str, str]
    content: bytes = b""
    problem: str = ""
    advice: str = _UPLOAD

    @property
    def said(self) -> str:
        return self.problem or f"status {self.status}"

    def type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def check_web(folder: Path) -> WebCheck:
    """Return what is right and wrong with a published show at its address.

    Raises:
        RecipeError: the folder is no show.
        OutputError: nothing is published in it.
    """
    show = read_show(folder)
    hint = f"Publish it first: audio-builder publish {folder}"
    try:
        feed = (folder / FEED_FILE).read_bytes()
        _items(feed)
    except OSError as error:
        raise OutputError(f"nothing is published in {folder} yet", hint=hint) from error
    except ET.ParseError as error:
        raise OutputError(f"{folder / FEED_FILE} is no feed any more: {error}", hint=hint) from error
    findings = [*_address(show), *_about_the_show(show, feed)]
    if show.base_url:
        findings += _on_the_web(show, feed)
    ok = all(finding.state != "fail" for finding in findings)
    return WebCheck(feed_url=show.feed_url, ok=ok, findings=tuple(findings))


def _address(show: Show) -> Iterator[WebFinding]:
    if not show.base_url:
        yield _fail("address", "the show has none", "Set base_url in show.toml, publish, and check again.")
    elif urlsplit(show.base_url).scheme != "https":
        yield _fail("https", show.base_url, "Players and directories refuse http. Set base_url to the https address.")
    else:
        yield _ok("https", show.base_url)


def _about_the_show(show: Show, feed: bytes) -> Iterator[WebFinding]:
    if show.email:
        yield _ok("owner", show.email)
    else:
        yield _note("owner", "none", "Directories write to it to know that the show is yours. Set email in show.toml.")
    if not show.description:
        yield _note("description", "none", "Listeners choose by it. Set description in show.toml.")
    if show.block:
        yield _note("block", "set", "The directories won't list it. Remove block from show.toml to be listed.")
    items = _items(feed)
    if not items:
        yield _fail("episodes", "none", "Directories refuse an empty feed. Build one and publish it.")
        return
    times = [parsedate_to_datetime(item.findtext("pubDate", "")) for item in items]
    ahead = sum(time > datetime.datetime.now(datetime.UTC) for time in times)
    if ahead:
        yield _fail("dates", f"{ahead} in the future", "Players hide those. Change their `date:` and publish.")
    elif len(set(times)) < len(times):
        yield _note("dates", "two are the same", "Players may mix up their order. Give one a time of day.")
    else:
        yield _ok("dates", f"{len(times)}, none twice and none in the future")


def _on_the_web(show: Show, feed: bytes) -> Iterator[WebFinding]:
    with requests.Session() as session:
        answer = _ask(session, "GET", show.feed_url, most_bytes=len(feed) + 1)
        yield from _feed_there(answer, feed)
        if answer.status != requests.codes.ok:
            return
        yield _found("HEAD", _ask(session, "HEAD", show.feed_url), "The server must answer HEAD: players ask it first.")
        items = _items(feed)
        cover = ET.fromstring(feed).find("channel/itunes:image", NAMESPACES)  # noqa: S314 - our own
        if cover is not None:
            yield _cover_there(_ask(session, "HEAD", cover.get("href", "")))
        if items:
            yield from _newest_there(session, items[0])
            yield _sounds_there(session, items)
        yield _found("page", _ask(session, "HEAD", show.root_url), f"The page of the show isn't found. {_UPLOAD}")


def _feed_there(answer: _Answer, feed: bytes) -> Iterator[WebFinding]:
    if answer.status != requests.codes.ok:
        where = "" if answer.problem else f" It must be found at base_url + {FEED_FILE}."
        yield _fail("feed", answer.said, f"{answer.advice}{where}")
        return
    same = answer.content == feed
    yield _ok("feed", "as it was published") if same else _fail("feed", "not as it was published", _UPLOAD)
    kind = answer.type()
    if kind.endswith("xml"):
        yield _ok("type of the feed", kind)
    else:
        yield _fail("type of the feed", kind or "none", "Let the server send application/rss+xml for feed.xml.")
    if {"etag", "last-modified"} & answer.headers.keys():
        yield _ok("ETag or Last-Modified", "there")
    else:
        yield _note("ETag or Last-Modified", "none", "Players fetch the whole feed each time. Let the server send one.")
    yield _cors("CORS of the feed", answer)


def _cover_there(answer: _Answer) -> WebFinding:
    said = answer.headers.get("content-length", "")
    length = int(said) if said.isascii() and said.isdecimal() and len(said) < _LONGEST_NUMBER else 0
    if answer.status != requests.codes.ok:
        return _fail("cover", answer.said, answer.advice)
    if answer.type() not in {"image/jpeg", "image/png"}:
        return _fail("cover", answer.type() or "no type", "Let the server send image/jpeg for .jpg.")
    if length > COVER_BYTES:
        return _fail("cover", f"{length:,} bytes", "Apple takes at most 512 KB. Publish again, and upload it.")
    return _ok("cover", f"{answer.type()}, {length:,} bytes")


def _newest_there(session: requests.Session, item: ET.Element) -> Iterator[WebFinding]:
    """Yield what was found of the newest episode: its sound, ranges, chapters and transcripts."""
    enclosure = item.find("enclosure")
    url = enclosure.get("url", "") if enclosure is not None else ""
    answer = _ask(session, "GET", url, {"Range": f"bytes=0-{_RANGE_BYTES - 1}"}, most_bytes=_RANGE_BYTES + 1)
    if answer.status == requests.codes.partial_content and len(answer.content) == _RANGE_BYTES:
        yield _ok("ranges", "206, 100 bytes of the newest episode")
    else:
        yield _fail("ranges", answer.said, "Players can't seek or resume. Let the server answer ranges with 206.")
    if answer.type() == "audio/mpeg":
        yield _ok("type of the sound", "audio/mpeg")
    else:
        yield _fail("type of the sound", answer.type() or "none", "Let the server send audio/mpeg for .mp3.")
    for name in ("podcast:chapters", "podcast:transcript"):
        for element in item.findall(name, NAMESPACES):
            answer = _ask(session, "HEAD", element.get("url", ""))
            kind, label = element.get("type", ""), f"{name.partition(':')[2]} {element.get('type', '')}"
            if answer.status != requests.codes.ok:
                yield _fail(label, answer.said, answer.advice)
            elif answer.type() not in {kind, "application/json" if "json" in kind else kind}:
                yield _note(label, answer.type() or "no type", f"Let the server send {kind}.")
            else:
                yield _cors(label, answer)


def _sounds_there(session: requests.Session, items: list[ET.Element]) -> WebFinding:
    """Return whether all sounds are there with the length that the feed says."""
    wanted = [(one.get("url", ""), one.get("length", "")) for item in items for one in item.findall("enclosure")]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = list(pool.map(lambda pair: _ask(session, "HEAD", pair[0]), wanted))
    wrong = [
        f"{url.rpartition('/')[2]} ({answer.said}, {answer.headers.get('content-length', 'no')} bytes)"
        for (url, length), answer in zip(wanted, answers, strict=True)
        if answer.status != requests.codes.ok or answer.headers.get("content-length", length) != length
    ]
    if wrong:
        return _fail("sounds", f"{len(wrong)} of {len(wanted)} are missing or of another length: {wrong[0]}", _UPLOAD)
    return _ok("sounds", f"{len(wanted)} of {len(wanted)} are there, each as long as the feed says")


def _found(name: str, answer: _Answer, advice: str) -> WebFinding:
    return _ok(name, "200") if answer.status == requests.codes.ok else _fail(name, answer.said, advice)


def _cors(name: str, answer: _Answer) -> WebFinding:
    if answer.headers.get("access-control-allow-origin"):
        return _ok(name, "there, open to players in browsers")
    advice = "Players in browsers can't read it. Let the server send Access-Control-Allow-Origin: *."
    return _note(name, "there, closed to players in browsers", advice)


def _ask(
    session: requests.Session, method: str, url: str, extra: dict[str, str] | None = None, most_bytes: int = 0
) -> _Answer:
    """Return what a server says; of a body no more than was wanted is read."""
    headers = {"Accept-Encoding": "identity", "Origin": "https://player.example"} | (extra or {})
    try:
        with session.request(
            method, url, headers=headers, timeout=_TIMEOUT_S, stream=True, allow_redirects=True
        ) as answer:
            content = answer.raw.read(most_bytes) if most_bytes else b""
            said = {name.lower(): value for name, value in answer.headers.items()}
            return _Answer(answer.status_code, said, content)
    except (requests.RequestException, OSError) as error:
        known = ((problem, advice) for kind, problem, advice in _PROBLEMS if isinstance(error, kind))
        other = f"no answer ({type(error).__name__})", "Check again later, or ask the host."
        problem, advice = next(known, other)
        return _Answer(0, {}, problem=problem, advice=advice)


def _items(feed: bytes) -> list[ET.Element]:
    return ET.fromstring(feed).findall("channel/item")  # noqa: S314 - our own


def _ok(name: str, value: str) -> WebFinding:
    return WebFinding(name=name, state="ok", value=value)


def _fail(name: str, value: str, advice: str) -> WebFinding:
    return WebFinding(name=name, state="fail", value=value, advice=advice)


def _note(name: str, value: str, advice: str) -> WebFinding:
    return WebFinding(name=name, state="note", value=value, advice=advice)
