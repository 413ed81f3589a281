"""The labelled blocks under `tests/labelled_blocks`, and what the readers make of them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from audio_builder.article.model import Article, BlockKind
from audio_builder.article.read import read
from audio_builder.article.source import SourceText

FOLDER = Path(__file__).parent.parent / "labelled_blocks"
PARTS = ("tuning", "held_out", "written_later")
CLASSES = ("prose", "lines", "list")
"""What a block of two lines or more can be: lines that were wrapped, lines that are meant, items."""

_PAGE = re.compile(r"%% page (plain|markdown): (.+)")


@dataclass(frozen=True)
class Labelled:
    """A block with what it is and what it was taken for.

    Attributes:
        about: its page, its label and its first line, for messages.
        truth: one of `CLASSES`.
        found: one of them, or what went wrong otherwise.
    """

    about: str
    truth: str
    found: str


def labelled_blocks(part: str) -> list[Labelled]:
    """Return every labelled block of a part, as its page was read."""
    text = (FOLDER / f"{part}.txt").read_text(encoding="utf-8")
    pages = re.split(r"^(?=%% page )", text, flags=re.MULTILINE)[1:]
    return [block for page in pages for block in _page(page)]


def _page(page: str) -> list[Labelled]:
    head, _, body = page.partition("\n")
    kind, about = _PAGE.fullmatch(head).groups()
    source: list[str] = []
    spans: list[tuple[str, int, int]] = []
    label = ""
    for line in body.split("\n"):
        if line.startswith("%% "):
            label = line.removeprefix("%% ")
            continue
        source.append(line)
        if label and line:
            first = spans.pop()[1] if spans and spans[-1][2] == len(source) - 1 else len(source)
            spans.append((label, first, len(source)))
        elif spans and label == spans[-1][0] and not line:
            label = ""
    article = read(SourceText("\n".join(source), f"{about}.txt", kind))
    return [_judged(article, source, about, span) for span in spans]


def _judged(article: Article, source: list[str], about: str, span: tuple[str, int, int]) -> Labelled:
    label, first, last = span
    truth = {"prose": "prose", "list": "list"}.get(label.split()[0], "lines")
    blocks = [
        block for section in article.sections for block in section.blocks if first <= block.lines[0].number <= last
    ]
    lines = [line for block in blocks for line in block.lines]
    if any(block.kind is BlockKind.LIST for block in blocks):
        found = "list"
    elif len(lines) == 1:
        found = "prose"
    elif len(lines) == last - first + 1:
        found = "lines"
    else:
        found = f"{len(lines)} of {last - first + 1} lines"
    return Labelled(f"{about}: {label}: {source[first - 1].strip()}", truth, found)


def share_right(blocks: list[Labelled]) -> float:
    """Return the share of blocks taken for what they are."""
    return sum(block.found == block.truth for block in blocks) / len(blocks)


def table(parts: dict[str, list[Labelled]]) -> str:
    """Return precision and recall of each class in each part as a Markdown table."""
    rows = ["| part | class | blocks | precision | recall |", "|---|---|---|---|---|"]
    for part, blocks in parts.items():
        truth, found = (Counter(getattr(block, name) for block in blocks) for name in ("truth", "found"))
        right = Counter(block.truth for block in blocks if block.found == block.truth)
        rows += [
            f"| {part.replace('_', ' ')} | {name} | {truth[name]} | {right[name] / max(found[name], 1):.1%} | "
            f"{right[name] / truth[name]:.1%} |"
            for name in CLASSES
        ]
    return "\n".join(rows)
