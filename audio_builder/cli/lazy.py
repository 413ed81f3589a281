"""Groups of commands: one that imports a command's module only when it is called, one whose commands share a module."""

from __future__ import annotations

import importlib
import os
import shlex
from collections.abc import Mapping
from typing import Any

import click

from audio_builder.errors import did_you_mean


class HelpfulGroup(click.Group):
    """A group that names the closest commands when one is mistyped."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is called, and its arguments.

        Raises:
            UsageError: there is none of that name.
        """
        given, known = args[0], self.list_commands(ctx)
        if given.startswith("-") or given in known or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        if given.lower() in known:
            return super().resolve_command(ctx, [given.lower(), *args[1:]])
        hint = did_you_mean(given.lower(), known, f"The commands are {', '.join(known)}.", most=2)
        if os.path.isfile(given):  # noqa: PTH113 - a name that no path can have is no file either
            hint = f"To make an episode of that file: {ctx.command_path} build {shlex.quote(given)}"
        raise click.UsageError(f"There is no command “{given}”. {hint}", ctx)


class LazyGroup(HelpfulGroup):
    """A group whose commands are modules with a `command` in them, so that `--help` imports none.

    Attributes:
        lines: each command and its line in the group's help.
        modules: what a command's module is called, with `{}` where the command's name goes.
    """

    def __init__(self, *args: Any, lines: Mapping[str, str], modules: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        self.modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of the help."""
        return list(self.lines)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing its module; None where there is none of that name."""
        if cmd_name not in self.lines:
            return None
        command: click.Command = importlib.import_module(self.modules.format(cmd_name)).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands into a help text."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.lines.items()))


class OrderedGroup(HelpfulGroup):
    """A group whose help lists its commands in the order in which its module defines them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of the help."""
        return list(self.commands)


def command_paths(group: click.Group, prefix: str = "") -> tuple[str, ...]:
    """Return every command under a group, and those under each of them, such as `voices` and `voices show`."""
    context = click.Context(group)
    paths: list[str] = []
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        paths.append(prefix + name)
        if isinstance(found, click.Group):
            paths += command_paths(found, f"{prefix}{name} ")
    return tuple(paths)


def find_command(group: click.Group, path: str) -> click.Command:
    """Return the command of a path such as `voices show`.

    Raises:
        LookupError: there is none.
    """
    first, _, rest = path.partition(" ")
    found = group.get_command(click.Context(group), first)
    if rest and isinstance(found, click.Group):
        return find_command(found, rest)
    if found is None or rest:
        raise LookupError(path)
    return found
