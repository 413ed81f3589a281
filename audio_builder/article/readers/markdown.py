"""Markdown to its outline, through a CommonMark parser with tables, struck-out text and footnotes.

Spoken: headings, paragraphs, quotations, list items, and the cells of a table, each as an item of
a list. Not spoken: code blocks, images, comments, tags, rules, struck-out text and footnotes.
"""

from __future__ import annotations

from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from audio_builder.article.blocks import wrapping_of
from audio_builder.article.frontmatter import FrontMatter
from audio_builder.article.gather import Gatherer
from audio_builder.article.inline import html_wording, wording
from audio_builder.article.model import BlockKind
from audio_builder.article.outline import Outline

_CONTAINERS = {
    "blockquote_open": BlockKind.QUOTE,
    "bullet_list_open": BlockKind.LIST,
    "ordered_list_open": BlockKind.LIST,
    "table_open": BlockKind.LIST,
}
_CONTAINER_ENDS = frozenset(name.replace("_open", "_close") for name in _CONTAINERS)


def read_markdown(text: str, front: FrontMatter) -> Outline:
    """Return the outline of a Markdown text.

    Args:
        text: the body, with empty lines where its front matter was.
        front: what the front matter says; its title, subtitle and language matter here.
    """
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("text_join")
    parser.use(footnote_plugin, inline=False)
    reader = _Reader(Gatherer(front.language, wrapping_of(text.split("\n"))))
    for token in parser.parse(text):
        reader.take(token)
    return reader.gatherer.outline(front)


@dataclass(slots=True)
class _Reader:
    """Tells a gatherer what each token says."""

    gatherer: Gatherer
    heading_level: int = 0
    footnotes: int = 0

    def take(self, token: Token) -> None:
        """Add what one block token says."""
        kind = token.type
        if kind.startswith("footnote_block"):
            self.footnotes += token.nesting
        elif self.footnotes:
            return
        elif kind in _CONTAINERS:
            self.gatherer.open_container(_CONTAINERS[kind])
        elif kind in _CONTAINER_ENDS:
            self.gatherer.close_container()
        elif kind in ("heading_open", "heading_close"):
            self.heading_level = int(token.tag[1:]) if token.nesting > 0 else 0
        elif kind == "inline":
            self.gatherer.words(wording(token), self.heading_level)
        elif kind == "html_block" and token.map:
            self.gatherer.words(html_wording(token.content, token.map[0] + 1), self.heading_level)
