"""Footnotes of pages and books that no class names: found by the links between their marks and their words."""

from __future__ import annotations

import re
from collections import defaultdict

from selectolax.lexbor import LexborNode

from audio_builder.article.boilerplate import BLOCKS

_MARK = re.compile(r"[\[({]?(?:\d{1,3}|[*†‡§¶]{1,3}|[a-z]|[A-Z]{1,2}\d{1,3}|[ivx]{1,5})[\])}]?\.?")
_COMMENT = re.compile(r"_?(?:cmnt|msocom|comment)", re.IGNORECASE)
_MOST_LINKS = 20_000
_LONGEST_NOTE = 5000
_MOST_STEPS = 8


def find_notes(root: LexborNode) -> dict[int, str]:
    """Return the elements that are marks of notes or their words, by identity: footnotes, and comments of reviewers."""
    links = [link for link in root.css("a[href]")[:_MOST_LINKS] if "#" in (link.attributes.get("href") or "")]
    marks = [link for link in links if _MARK.fullmatch(link.text().strip()) and _is_attached(link)]
    if not marks:
        return {}
    named: dict[str, list[LexborNode]] = defaultdict(list)
    for node in root.css("[id], a[name]"):
        for name in {node.attributes.get("id"), node.attributes.get("name")} - {None, ""}:
            named[str(name)].append(node)
    found: dict[int, str] = {}
    for mark in marks:
        target = (mark.attributes.get("href") or "").rpartition("#")[2]
        kind = "comment" if _COMMENT.match(target) else "footnote"
        found[mark.mem_id] = kind
        for node in named.get(target, ())[:3]:
            body = _body(node, mark.text().strip())
            if body is not None:
                found[body.mem_id] = kind
    return found


def _is_attached(link: LexborNode) -> bool:
    """Return whether a link is raised, or stands right behind a word."""
    node: LexborNode | None = link
    for _ in range(_MOST_STEPS):
        if node is None or node.tag in BLOCKS:
            return False
        if node.tag == "sup":
            return True
        before = node.prev
        if before is not None:
            text = (before.text(deep=False) if before.tag == "-text" else before.text()) or ""
            if text:
                return not text[-1].isspace() and (text[-1].isalnum() or text[-1] in ".,;:!?…”’\"')]»*†‡§¶")
            node = before
            continue
        node = node.parent
    return False


def _body(target: LexborNode, mark: str) -> LexborNode | None:
    """Return the element that holds the words of a note, None where what a mark leads to is none."""
    node: LexborNode | None = target
    while node is not None and node.tag not in BLOCKS:
        node = node.parent
    if node is None or node.tag in ("body", "html", "article", "main", "h1", "h2", "h3", "h4", "h5", "h6"):
        return None
    text = node.text().strip()
    bare = mark.strip("[](){}.")
    begins = text.lstrip("[({").startswith(bare)
    back = node.css_first("a[href*='#']") is not None
    if len(text) > _LONGEST_NOTE or not (begins or back) or node.css_first("h1, h2, h3"):
        return None
    parent = node.parent
    if parent is not None and parent.tag in ("li", "div", "aside") and parent.text().strip().startswith(text[:80]):
        alone = len(parent.css("a[href*='#']")) <= 2 and len(parent.text()) <= _LONGEST_NOTE
        if alone and parent.css_first("h1, h2, h3") is None:
            return parent
    return node
