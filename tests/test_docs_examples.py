"""The Python examples in the docs run as they are printed."""

import re
from pathlib import Path

import pytest

from .conftest import ROOT

_BLOCKS = re.findall(
    r"```python( continued)?\n(.*?)```", (ROOT / "docs" / "python.md").read_text(encoding="utf-8"), re.DOTALL
)


def _joined() -> list[str]:
    """The examples, each with those that go on where it ended."""
    examples: list[str] = []
    for continued, code in _BLOCKS:
        if continued:
            examples[-1] += code
        else:
            examples.append(code)
    return examples


EXAMPLES = _joined()


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_runs(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Each example of docs/python.md runs in an empty folder, and what it asserts is true."""
    monkeypatch.chdir(tmp_path)
    code = compile(EXAMPLES[number], f"docs/python.md, example {number + 1}", "exec")
    exec(code, {"__name__": "example"})  # noqa: S102 - the code is our own


def test_the_examples_assert_something():
    """An example that could not fail would prove nothing."""
    assert len(EXAMPLES) == 3
    assert sum(example.count("assert ") for example in EXAMPLES) >= 7
