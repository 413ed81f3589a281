"""The docs can't drift: what the code knows, the docs say."""

import importlib.util
import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest

from audio_builder import errors
from audio_builder.cli.lazy import command_paths, find_command
from audio_builder.cli.main import cli
from audio_builder.recipe.recipe_file import settings
from audio_builder.recipe.settings import PACING_PRESETS

from .conftest import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*.md")])


def _docs_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_script", ROOT / "scripts" / "docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_generated_parts_are_fresh(page: Path):
    """What `scripts/docs.py` would write is what is there."""
    text = page.read_text(encoding="utf-8")
    assert _docs_script().refreshed(text) == text, "run: .venv/bin/python scripts/docs.py"


def test_every_generator_is_used():
    """No generated part is missing from the docs."""
    everything = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    missing = [name for name in _docs_script().GENERATORS if f"<!-- generated: {name} -->" not in everything]
    assert missing == []


@pytest.mark.parametrize("command", command_paths(cli))
def test_every_command_has_a_page_with_each_of_its_options(command: str):
    """A command's page, or its group's, names all its options, and gives two examples or more that begin with it."""
    page = (ROOT / "docs" / "commands" / f"{command.split(maxsplit=1)[0]}.md").read_text(encoding="utf-8")
    found = find_command(cli, command)
    for parameter in found.params:
        for option in parameter.opts:
            if option.startswith("--"):
                assert option in page, option
    assert page.count(f"  audio-builder {command}") >= 2


def test_every_setting_is_documented():
    """Each field of the recipe is a row of the recipe's page, and each preset a column."""
    page = (ROOT / "docs" / "recipe.md").read_text(encoding="utf-8")
    assert [field.path for field in settings() if f"| `{field.path}` | {field.help}" not in page] == []
    assert f"| setting | {' | '.join(PACING_PRESETS)} |" in page


def test_every_error_is_documented_and_stands_in_the_printed_tree():
    """The page of errors and the tree at the top of `errors.py` name every class, with its exit code."""
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    for name, value in vars(errors).items():
        if inspect.isclass(value):
            assert f"| {value.exit_code} | `{name}` |" in page
            assert re.search(rf"(^|[ ─]){name}\b", errors.__doc__ or "", re.MULTILINE), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path):
    """A relative link names a file or folder of the project."""
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_public_thing_has_a_docstring():
    """Each public module, class, function and method of the package says what it is."""
    import ast

    silent = []
    for path in sorted((ROOT / "audio_builder").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not ast.get_docstring(tree):
            silent.append(str(path.relative_to(ROOT)))
        silent += [f"{path.relative_to(ROOT)}:{line}" for line in _undocumented(tree)]
    assert silent == []


def _undocumented(tree) -> list[int]:
    import ast

    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    lines = []
    for node in tree.body if hasattr(tree, "body") else []:
        if isinstance(node, kinds) and not node.name.startswith("_"):
            if not ast.get_docstring(node):
                lines.append(node.lineno)
            if isinstance(node, ast.ClassDef):
                lines += _undocumented(node)
    return lines


@pytest.mark.parametrize("folder", ["audio_builder", "voices", "scripts", "docs", "tests", "examples", ".ci"])
def test_the_project_speaks_of_itself_alone(folder: str):
    """No path of a machine and no host of a package registry stands in the project."""
    forbidden = re.compile(
        "|".join(["/" + "root/", "/" + "home/", "/" + "tmp/w", "pypi" + r"\.org", "registry" + r"\.npm"])
    )
    texts = [path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    hits = [path.name for path in texts if forbidden.search(path.read_text(encoding="utf-8", errors="ignore"))]
    assert hits == []
