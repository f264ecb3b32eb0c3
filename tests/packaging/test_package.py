"""What the walk types is what the page says, and the package makes what the units and the page count on.

The walk itself makes a machine, and takes minutes: `make walk`.
"""

import re
import runpy
import shlex

import pytest

from .page import Command, File, steps
from .walk import LAST, PACKAGE, PAGE, ROOT, SOURCES, server

UNITS = [unit for unit in (ROOT / "packaging/systemd").iterdir() if "@" not in unit.name]
POSTINST = (ROOT / "packaging/debian/postinst").read_text()
FOLDERS = set(re.findall(r"/var/[a-z/-]+", next(line for line in POSTINST.splitlines() if "for folder in" in line)))


def test_the_walk_types_every_command_above_the_section_that_ends_it() -> None:
    above = PAGE.read_text().split(f"## {LAST}\n")[0]
    either = {step.line for way in (PACKAGE, SOURCES) for step in server(way) if isinstance(step, Command)}
    assert either == set(re.findall(r"^\$ (.*)$", above, re.MULTILINE))
    assert len(above.split(":caption: /")) - 1 == len([step for step in server(PACKAGE) if isinstance(step, File)])


def test_a_page_whose_last_section_was_renamed_is_not_walked_to_its_end() -> None:
    with pytest.raises(LookupError, match="no section"):
        [*steps(PAGE, until="The unit")]


@pytest.mark.parametrize(
    ("output", "holds"),
    [
        ("It took 3 s.\nready\n", True),
        ("It took 4 s.\n ready for all\n\n", True),
        ("ready\n", False),
        ("It took 3 s.\n", False),
    ],
)
def test_what_a_command_prints_is_compared_but_for_what_differs(output: str, *, holds: bool) -> None:
    assert Command("curl", "It took ... s.\nready\n...\n").holds(output) is holds
    assert Command("curl").holds(output)


def test_the_folders_and_the_user_of_the_units_are_those_that_the_package_and_the_page_make() -> None:
    said = "\n".join(unit.read_text() for unit in UNITS)
    assert set(re.findall(r"=-?(/var/\S+)$", said, re.MULTILINE)) == FOLDERS
    assert set(re.findall(r"^(?:User|Group)=(.*)$", said, re.MULTILINE)) == {"recount"}
    assert "--group --home /var/lib/recount " in POSTINST
    by_hand = next(step.line for step in server(SOURCES) if isinstance(step, Command) and "install -d" in step.line)
    assert {word for word in shlex.split(by_hand) if word.startswith("/")} == FOLDERS
    assert set(re.findall(r"^EnvironmentFile=(.*)$", said, re.MULTILINE)) == {"/etc/recount.env"}


def test_the_package_puts_its_own_program_into_each_unit_and_the_command() -> None:
    """`make-deb` names another place than the one of the page without the package, everywhere."""
    place = "/srv/recount/venv"
    named = [unit for unit in UNITS if unit.suffix == ".service"] + [ROOT / "packaging/bin/recount"]
    assert all(file.read_text().count(place) == 1 for file in named)
    assert f"s|{place}|$home|" in (ROOT / "packaging/make-deb").read_text()


# The command `recount` of a server, which has no ending that says what it is written in.
COMMAND = runpy.run_path(str(ROOT / "packaging/bin/recount"))


def test_the_settings_that_come_with_the_package_are_those_of_the_page() -> None:
    shown = next(step.text for step in server(PACKAGE) if isinstance(step, File) and step.path == "/etc/recount.env")
    assert COMMAND["settings"]((ROOT / "packaging/recount.env").read_text()) == COMMAND["settings"](shown)


def test_settings_are_read_as_systemd_reads_them() -> None:
    text = '# A=0\nA=1\nC=\'two words\'\nKEY="-----BEGIN\nMC4C\n-----END"\nD="say \\"so\\""\nA=2\n'
    read = {"A": "2", "C": "two words", "KEY": "-----BEGIN\nMC4C\n-----END", "D": 'say "so"'}
    assert COMMAND["settings"](text) == read


@pytest.mark.parametrize("name", ["../leeds", "Leeds", ""])
def test_a_council_is_named_as_its_file_is(name: str) -> None:
    assert COMMAND["whose"](["@leeds", "verify"]) == ("/etc/recount/leeds.env", "recount-leeds", ["verify"])
    with pytest.raises(SystemExit, match="no name of a council"):
        COMMAND["whose"]([f"@{name}", "verify"])
