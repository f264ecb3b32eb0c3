"""What a page of the documentation lets one type: its commands and the files that it shows, in their order."""

import re
import shlex
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

# A heading, a block of commands, or a block that is the text of a file.
PART = re.compile(
    r"^#{2,} (?P<heading>[^\n]+)\n"
    r"|^```console\n(?P<typed>.*?)^```$"
    r"|^```\{code-block\} \w+\n:caption: (?P<file>/\S+)\n\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Command:
    """A line to type in a shell."""

    line: str

    def script(self) -> str:
        """Shows the line, and runs it."""
        return f"printf '\\n$ %s\\n' {shlex.quote(self.line)}\n{self.line}\n"


@dataclass(frozen=True)
class File:
    """A file to write, whole; its rights stay as they are."""

    path: str
    text: str

    def script(self) -> str:
        """Says which file, and writes it."""
        return f"printf '\\n%s is written\\n' {self.path}\nprintf %s {shlex.quote(self.text)} > {self.path}\n"


def steps(page: Path, *, without: Container[str], until: str) -> Iterator[Command | File]:
    """The steps of the sections before the one named `until`, but for those named in `without`.

    Raises:
        LookupError: no section is called `until`, so that it was renamed.
    """
    section = ""
    for part in PART.finditer(page.read_text()):
        section = part["heading"] or section
        if section == until:
            return
        if section in without:
            continue
        if part["typed"]:
            yield from map(Command, re.findall(r"^\$ (.*)$", part["typed"], re.MULTILINE))
        elif part["file"]:
            yield File(part["file"], part["text"])
    raise LookupError(f"{page.name} has no section '{until}'.")
