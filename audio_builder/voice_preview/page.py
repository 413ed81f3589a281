"""The page to compare voices: one file beside the samples, which needs no server and no network."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Sequence
from importlib import resources

import jinja2
from markupsafe import Markup
from msgspec import Struct


class Sample(Struct, frozen=True, kw_only=True):
    """A voice on the page.

    Attributes:
        name: what the user types.
        description: one line.
        engine: name of its engine.
        licence: SPDX identifier.
        attribution: whom to credit.
        language: BCP 47 tag of the voice.
        slowest_wpm: slowest measured rate inside phrases.
        fastest_wpm: fastest measured rate inside phrases.
        problem: why there is no sample; empty where there is one.
        mend: what to do about that.
        audio: the sample's file name, in the page's folder; empty where there is none.
        duration_s: of the sample.
        wpm: words per minute inside phrases, measured on the sample.
    """

    name: str
    description: str
    engine: str
    licence: str
    attribution: str
    language: str
    slowest_wpm: float
    fastest_wpm: float
    problem: str = ""
    mend: str = ""
    audio: str = ""
    duration_s: float = 0.0
    wpm: float = 0.0


def preview_page(samples: Sequence[Sample]) -> bytes:
    """Return the page, UTF-8: the samples that were made, then the voices without one.

    Args:
        samples: in the order in which they are shown.
    """
    style = _source("page.css")
    page = _environment().get_template("page.html").render(
        made=[sample for sample in samples if sample.audio],
        missing=[sample for sample in samples if not sample.audio],
        # Our own file, the only text on the page that isn't escaped; the policy admits it by its hash.
        style=Markup(style),  # noqa: S704
        style_hash=f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}",
    )  # fmt: skip
    return page.encode("utf-8", "replace")


@functools.cache
def _source(name: str) -> str:
    return (resources.files("audio_builder.voice_preview") / name).read_text(encoding="utf-8")


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_source), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters["clock"] = _clock
    return environment


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
