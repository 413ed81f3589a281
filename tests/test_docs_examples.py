"""The Python examples in the docs run as they are printed."""

import re
from pathlib import Path

import pytest

from .conftest import ROOT

EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "python.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_runs(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Each example of docs/python.md runs in an empty folder, and what it asserts is true."""
    monkeypatch.chdir(tmp_path)
    exec(compile(EXAMPLES[number], f"docs/python.md, example {number + 1}", "exec"), {"__name__": "example"})  # noqa: S102 - our own docs


def test_the_examples_assert_something():
    """An example that could not fail would prove nothing."""
    assert len(EXAMPLES) == 3
    assert sum(example.count("assert ") for example in EXAMPLES) >= 5
