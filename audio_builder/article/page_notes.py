"""Footnotes of pages and books that no class names: found by the links between their marks and their words."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from audio_builder.article.boilerplate import BLOCKS

_MARK = re.compile(r"[\[({]?(?:\d{1,3}|[*†‡§¶]{1,3}|[a-z]|[A-Z]{1,2}\d{1,3}|[ivx]{1,5})[\])}]?\.?")
_COMMENT = re.compile(r"_?(?:cmnt|msocom|comment)", re.IGNORECASE)
_MOST_LINKS = 20_000
_LONGEST_NOTE = 5000
_MOST_STEPS = 8
_MOST_LEVELS = 200
_NO_NOTES = frozenset({"body", "html", "article", "main", "h1", "h2", "h3", "h4", "h5", "h6"})
_BACK = "a[href*='#']"
_HEADING = "h1, h2, h3"


@dataclass(frozen=True, slots=True)
class _Note:
    """What may be the words of a note.

    Attributes:
        body: the element that holds them.
        begin: how they begin, without brackets.
        leads_back: there is a link in them.
    """

    body: LexborNode
    begin: str
    leads_back: bool


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
    bodies = _Bodies()
    for mark in marks:
        target = (mark.attributes.get("href") or "").rpartition("#")[2]
        kind = "comment" if _COMMENT.match(target) else "footnote"
        found[mark.mem_id] = kind
        for node in named.get(target, ())[:3]:
            body = bodies.body(node, mark.text().strip())
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


@dataclass(slots=True)
class _Bodies:
    """Finds the elements that hold the words of notes; each is looked at once, for thousands may lead to it."""

    notes: dict[int, _Note | None] = field(default_factory=dict)
    around: dict[int, str] = field(default_factory=dict)

    def body(self, target: LexborNode, mark: str) -> LexborNode | None:
        """Return the element that holds the words of a note, None where what a mark leads to is none."""
        node: LexborNode | None = target
        for _ in range(_MOST_LEVELS):
            if node is None or node.tag in BLOCKS:
                break
            node = node.parent
        if node is None or node.tag in _NO_NOTES:
            return None
        if node.mem_id not in self.notes:
            self.notes[node.mem_id] = self._note(node)
        note = self.notes[node.mem_id]
        begins = note is not None and note.begin.startswith(mark.strip("[](){}."))
        return note.body if note is not None and (begins or note.leads_back) else None

    def _note(self, node: LexborNode) -> _Note | None:
        """Return the note that an element may be, None where it is too long or has a heading."""
        text = node.text().strip()
        if len(text) > _LONGEST_NOTE or node.css_first(_HEADING) is not None:
            return None
        parent = node.parent
        if parent is not None and parent.mem_id not in self.around:
            self.around[parent.mem_id] = _only_note(parent)
        around = self.around[parent.mem_id] if parent is not None else ""
        alone = around != "" and around.startswith(text[:80])
        leads_back = node.css_first(_BACK) is not None
        return _Note(parent if parent is not None and alone else node, text[:80].lstrip("[({"), leads_back)


def _only_note(node: LexborNode) -> str:
    """Return the text of an element that holds one note at most, nothing for any other."""
    if node.tag not in ("li", "div", "aside") or len(node.css(_BACK)) > 2 or node.css_first(_HEADING) is not None:
        return ""
    text = node.text().strip()
    return text if len(text) <= _LONGEST_NOTE else ""
