"""What a page of the documentation lets one type: its commands with what they print, and the files that it shows."""

import re
import shlex
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

# A heading, a block of commands, or a block that is the text of a file; a block may stand in a list.
PART = re.compile(
    r"^#{2,} (?P<heading>[^\n]+)\n"
    r"|^ *```console\n(?P<typed>.*?)^ *```$"
    r"|^ *```\{code-block\} \w+\n *:caption: (?P<file>/\S+)\n\n(?P<text>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
COMMAND = re.compile(r"^\$ (?P<line>[^\n]*)\n(?P<printed>.*?)(?=^\$ |\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Command:
    """A line to type in a shell, and what the page says that it prints: `...` is anything, and nothing is not said."""

    line: str
    printed: str = ""

    def script(self) -> str:
        """Shows the line, and runs it."""
        return f"printf '\\n$ %s\\n' {shlex.quote(self.line)}\n{_marked(self.line)}"

    def holds(self, output: str) -> bool:
        """Whether it printed what the page says."""
        said = (r"\s+".join(map(re.escape, part.split())) for part in self.printed.split("..."))
        return not self.printed or bool(re.fullmatch(".*".join(said), output.strip(), re.DOTALL))


@dataclass(frozen=True)
class File:
    """A file to write, whole; its rights stay as they are."""

    path: str
    text: str

    def script(self) -> str:
        """Says which file, and writes it."""
        return (
            f"printf '\\n%s is written\\n' {self.path}\n{_marked(f'printf %s {shlex.quote(self.text)} > {self.path}')}"
        )

    def holds(self, output: str) -> bool:
        """Nothing is said."""
        return not output


Step = Command | File

MARK = "\x1e"


def _marked(line: str) -> str:
    return f"printf '\\x1e'\n{line}\nprintf '\\x1e'\n"


def outputs(printed: str) -> list[str]:
    """What each step of a script printed, in their order; the last of them may have ended early."""
    return printed.split(MARK)[1::2]


def steps(
    page: Path, *, of: str | None = None, without: Container[str] = (), until: str | None = None
) -> Iterator[Step]:
    """The steps of a page, in their order: of one section alone, without some, or of those before one.

    Raises:
        LookupError: no section is called `of` or `until`, so that it was renamed.
    """
    section = ""
    sections = {of, until} - {None}
    for part in PART.finditer(page.read_text()):
        section = part["heading"] or section
        sections.discard(section)
        if until and section == until:
            break
        if section in without or section != (of or section):
            continue
        if part["typed"]:
            for typed in COMMAND.finditer(dedent(part["typed"])):
                yield Command(typed["line"], typed["printed"])
        elif part["file"]:
            yield File(part["file"], dedent(part["text"]))
    if sections:
        raise LookupError(f"{page.name} has no section {sections}.")
