"""Every command and option is documented, and every command line in the documentation could be typed."""

import re
import shlex
from pathlib import Path

import click
import pytest

from web.cli.main import LAZY_COMMANDS

from .test_links_and_targets import PAGES, ROOT, each_page

REFERENCE = (ROOT / "docs/reference/command-line.md").read_text()
# The options that many commands share are explained once, above the first command.
SHARED, *SECTIONS = re.split(r"^## (?=[a-z-]+$)", REFERENCE, flags=re.MULTILINE)
SECTION_OF = {section.split("\n", 1)[0]: section for section in SECTIONS}


@pytest.fixture(scope="module")
def commands() -> dict[str, click.Command]:
    loaded = {name: command.load() for name, command in LAZY_COMMANDS.items()}
    return {name: command for name, command in loaded.items() if not command.hidden}


def options_of(command: click.Command) -> set[str]:
    """Its own, and those of the commands below it."""
    below = command.commands.values() if isinstance(command, click.Group) else ()
    own = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
    return own.union({"--help"}, *map(options_of, below))


def typed(page: Path) -> list[list[str]]:
    lines = re.findall(r"^\$ \.venv/bin/recount (.*)$", page.read_text(), re.MULTILINE)
    return [shlex.split(line.split(" > ")[0], comments=True) for line in lines]


def test_every_command_has_help_and_a_section(commands: dict[str, click.Command]) -> None:
    assert {name for name, command in commands.items() if not command.help} == set()
    assert set(commands) == set(SECTION_OF)


def test_every_command_is_listed_by_its_name_and_first_sentence(commands: dict[str, click.Command]) -> None:
    listed = {name: command.get_short_help_str(limit=200) for name, command in LAZY_COMMANDS.items()}
    assert listed == {command.name: command.get_short_help_str(limit=200) for command in commands.values()}


def test_every_option_is_documented(commands: dict[str, click.Command]) -> None:
    missing = {
        f"{name} {option}"
        for name, command in commands.items()
        for option in options_of(command)
        if option not in SHARED + SECTION_OF.get(name, "")
    }
    assert missing == set()


@each_page
def test_what_is_typed_in_the_documentation_exists(page: Path, commands: dict[str, click.Command]) -> None:
    for name, *arguments in typed(page):
        assert name in commands, f"{page.name}: recount {name}"
        given = {argument.split("=")[0] for argument in arguments if argument.startswith("--")}
        assert given <= options_of(commands[name]), f"{page.name}: recount {name} {' '.join(arguments)}"


def test_the_tutorial_is_among_the_pages() -> None:
    assert any(typed(page) for page in PAGES if page.name == "tutorial.md")
