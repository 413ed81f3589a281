"""Write the generated parts of the docs anew (run with .venv/bin/python scripts/docs.py).

A generated part stands between `<!-- generated: NAME -->` and `<!-- end -->`. A test fails when one is stale.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path

import click

from audio_builder import errors
from audio_builder.article.details import Details, about
from audio_builder.cli.lazy import command_paths, find_command
from audio_builder.cli.main import COMMANDS, cli
from audio_builder.podcast.show_settings import Show, settings_of_show
from audio_builder.recipe.recipe_file import settings
from audio_builder.recipe.settings import PACING_PRESETS

ROOT = Path(__file__).resolve().parent.parent
_PART = re.compile(r"(<!-- generated: (?P<name>[\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def recipe_table() -> str:
    """Every setting with its unit, range and default."""
    rows = ["| setting | what it sets | allowed | default |", "|---|---|---|---|"]
    for field in settings():
        default = f"`{_literal(field.default)}`" if field.default != "" else ""
        rows.append(f"| `{field.path}` | {field.help} | {field.range_text} | {default} |")
    return "\n".join(rows)


def _literal(value: str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def front_matter_table() -> str:
    """Every key of front matter that players read."""
    rows = ["| key | what it says |", "|---|---|"]
    rows += [f"| `{key}` | {_in_a_cell(about(key))} |" for key in Details.__struct_fields__]
    return "\n".join(rows)


def show_table() -> str:
    """Every setting of `show.toml` with its default."""
    rows = ["| setting | what it sets | default |", "|---|---|---|"]
    for name, help_ in settings_of_show():
        default = getattr(Show(), name)
        rows.append(
            f"| `{name}` | {_in_a_cell(help_)} | {f'`{_literal(default)}`' if default not in ('', ()) else ''} |"
        )
    return "\n".join(rows)


def command_table() -> str:
    """Every command with its line in the help."""
    return "\n".join(
        ["| command | what it does |", "|---|---|", *(f"| [{n}]({n}.md) | {a} |" for n, a in COMMANDS.items())]
    )


def _in_a_cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def preset_table() -> str:
    """Every number of every preset."""
    names = list(PACING_PRESETS)
    rows = [f"| setting | {' | '.join(names)} |", "|---|" + "---|" * len(names)]
    for field in settings():
        if field.path.startswith("pacing.") and field.low is not None:
            key = field.path.removeprefix("pacing.")
            values = (f"{getattr(PACING_PRESETS[name], key):g} {field.unit}" for name in names)
            rows.append(f"| `{field.path}` | {' | '.join(values)} |")
    return "\n".join(rows)


def error_table() -> str:
    """Every error of the tree with its exit code."""
    rows = ["| exit code | error | when |", "|---|---|---|"]
    tree = [value for value in vars(errors).values() if inspect.isclass(value)]
    for error in sorted(tree, key=lambda error: error.exit_code):
        about = (inspect.getdoc(error) or "").splitlines()[0]
        rows.append(f"| {error.exit_code} | `{error.__name__}` | {about} |")
    return "\n".join(rows)


def help_of(command: str) -> Callable[[], str]:
    """What `audio-builder COMMAND --help` prints."""

    def generate() -> str:
        context = click.Context(cli, info_name="audio-builder", help_option_names=["-h", "--help"])
        *groups, name = command.split()
        for group in groups:
            context = click.Context(find_command(cli, group), info_name=group, parent=context)
        found = find_command(cli, command)
        with click.Context(found, info_name=name, parent=context, terminal_width=100, max_content_width=100) as inner:
            return "```text\n" + found.get_help(inner).rstrip() + "\n```"

    return generate


GENERATORS: dict[str, Callable[[], str]] = {
    "recipe table": recipe_table,
    "preset table": preset_table,
    "front matter table": front_matter_table,
    "show table": show_table,
    "error table": error_table,
    "command table": command_table,
    **{f"help {command}": help_of(command) for command in command_paths(cli)},
}


def refreshed(page: str) -> str:
    """Return a page with its generated parts made anew."""
    return _PART.sub(lambda part: f"{part[1]}{GENERATORS[part['name']]()}\n{part[3]}", page)


def main() -> int:
    """Write every page whose generated parts are stale; return 0."""
    for path in sorted(ROOT.glob("docs/**/*.md")):
        page = path.read_text(encoding="utf-8")
        fresh = refreshed(page)
        if fresh != page:
            path.write_text(fresh, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
