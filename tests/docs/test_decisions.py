"""The records of decisions, the architecture and CONTRIBUTING name files that exist, and the index is complete."""

from __future__ import annotations

import itertools
import re
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "decisions"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))
PAGES = [*RECORDS, FOLDER / "README.md", *(ROOT / "docs" / f"{name}.md" for name in ("architecture", "glossary"))]
PAGES.append(ROOT / "CONTRIBUTING.md")

_HEAD = re.compile(
    r"# (\d+)\. (\S.*[^.\n])\n\n\*\*Status\.\*\* (Proposed|Accepted|Superseded by \d+), (\d{4}-\d\d-\d\d)\b"
)
_PATH = re.compile(r"`((?:\.?[\w-]+/)+[\w.-]*|[\w-]+(?:/[\w-]+)*\.(?:py|md|toml))`")
_NOT_OURS = ("show.toml", "audio-builder.toml", ".venv/")
"""Paths that begin so are made by a user or by set-up."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a record says."""

    number: int
    title: str
    status: str
    date: str


def head_of(record: Path) -> Head:
    """Return the head of a record; fails where it has none."""
    found = _HEAD.match(record.read_text(encoding="utf-8"))
    assert found is not None, record.name
    return Head(int(found[1]), found[2], found[3], found[4])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_exists(page: Path) -> None:
    """A path in a page is that of a file or folder, from the project's folder or from the package's."""
    paths = [path for path in _PATH.findall(page.read_text(encoding="utf-8")) if not path.startswith(_NOT_OURS)]
    assert [path for path in paths if not any((top / path).exists() for top in (ROOT, ROOT / "audio_builder"))] == []


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_a_record_has_a_title_a_status_and_its_parts(record: Path) -> None:
    """A record is one page: its number and a sentence, a status with a date, context, decision and cost."""
    text = record.read_text(encoding="utf-8")
    assert head_of(record).number == int(record.name[:4])
    assert all(f"\n**{part}" in text for part in ("Context.**", "Decision", "Cost.**"))
    assert len(text.split()) < 700


def test_the_index_lists_each_record_with_its_title_and_status() -> None:
    """Each record is one row of the index, and the numbers have no gap."""
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [head_of(record).number for record in RECORDS] == list(range(1, len(RECORDS) + 1))
    for record in RECORDS:
        head = head_of(record)
        assert f"| {head.number} | [{head.title}]({record.name}) | {head.status} | {head.date} |" in index
    assert len(re.findall(r"^\| \d+ \|", index, re.MULTILINE)) == len(RECORDS)


def test_every_reference_to_a_decision_names_one() -> None:
    """“Decision 14” in code, docs and tests is a number of the index, and never one of four digits."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    paths = [ROOT / line for line in listed.split("\n")] if listed else [*(ROOT / "audio_builder").rglob("*.py")]
    wrong = []
    for path in paths:
        if path.suffix in {".py", ".md", ".toml"} and path.is_file():
            found = re.findall(r"\b[Dd]ecisions?\s+(\d+)(?:\s+and\s+(\d+))?", path.read_text(encoding="utf-8"))
            numbers = [number for pair in found for number in pair if number]
            wrong += [(path.name, number) for number in numbers if not 1 <= int(number) <= len(RECORDS)]
            wrong += [(path.name, number) for number in numbers if len(number) > 2]
    assert wrong == []


def test_a_glossary_is_short() -> None:
    """At most twenty terms, each once."""
    terms = re.findall(r"^\| \*\*(.+?)\*\*", (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(terms) <= 20
    assert len(set(terms)) == len(terms)


def test_the_architecture_shows_the_layers_of_the_import_contract() -> None:
    """The layers are drawn in the order of the contract in `pyproject.toml`, none left out."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawn = page.partition("## Who may import whom")[2].partition("```text\n")[2].partition("```")[0]
    shown = [re.split(r" {2,}", line.strip())[0].split(" · ") for line in drawn.splitlines()]
    names = [re.findall(r"audio_builder\.(\w+)", layer) for layer in layers]
    assert list(dict.fromkeys(itertools.chain(*shown))) == list(dict.fromkeys(itertools.chain(*names)))
