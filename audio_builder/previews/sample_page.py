"""A page on which samples can be heard side by side: one file beside them, which needs no server."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Sequence
from importlib import resources

import jinja2
from markupsafe import Markup
from msgspec import Struct


class PageEntry(Struct, frozen=True, kw_only=True):
    """One thing on the page.

    Attributes:
        name: what the user types.
        about: one line.
        audio: the sample's file name, in the page's folder; empty where there is none.
        facts: what is known of it, each a label and a value.
        use: the option that chooses it, such as `--voice lark`; empty where no option does.
        problem: why there is no sample; empty where there is one.
        mend: what to do about that.
    """

    name: str
    about: str
    audio: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    use: str = ""
    problem: str = ""
    mend: str = ""


class PageSection(Struct, frozen=True, kw_only=True):
    """A heading and what stands under it; a section without a heading is the page's only one."""

    heading: str = ""
    entries: tuple[PageEntry, ...]


def sample_page(title: str, intro: str, sections: Sequence[PageSection], nothing: str) -> bytes:
    """Return the page, UTF-8: the samples that were made, then what has none.

    Args:
        title: of the page.
        intro: one paragraph under it.
        sections: in the order in which they are shown.
        nothing: what is said where there is no sample at all.
    """
    style = _source("page.css")
    made = [
        PageSection(heading=section.heading, entries=tuple(entry for entry in section.entries if entry.audio))
        for section in sections
    ]
    page = _environment().get_template("page.html").render(
        title=title,
        intro=intro,
        sections=[section for section in made if section.entries],
        missing=[entry for section in sections for entry in section.entries if not entry.audio],
        nothing=nothing,
        # Our own file, the only text on the page that isn't escaped; the policy admits it by its hash.
        style=Markup(style),  # noqa: S704
        style_hash=f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}",
    )  # fmt: skip
    return page.encode("utf-8", "replace")


@functools.cache
def _source(name: str) -> str:
    return (resources.files("audio_builder.previews") / name).read_text(encoding="utf-8")


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(_source), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
