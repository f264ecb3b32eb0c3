"""What an audit looks for in each file: items as data, and the answers that can be given.

Item sets are files in `item_sets/`; another one is one file more. An audit keeps the set that it was drawn with, whole,
so that a file that is changed later changes nothing that was found.
"""

import tomllib
from functools import cache
from importlib import resources
from typing import Final, Literal

import msgspec

from domain.errors import Refused

Beside = Literal["", "recovery-plan", "risk-assessment", "top"]
"""What of the records says the same as an item; nothing does of an empty one."""

IN_DATE, OUT_OF_DATE, MISSING, NOT_NEEDED = "in date", "out of date", "missing", "not needed"
STATES: Final = (IN_DATE, OUT_OF_DATE, MISSING, NOT_NEEDED)
"""What an item can be in a file."""
JUDGED: Final = frozenset({IN_DATE, OUT_OF_DATE, MISSING})
"""The states that count: what a file does not need is in no percentage."""
PAPER, ELECTRONIC, BOTH_KINDS, NOT_SAID = "paper", "electronic", "both", ""
KINDS: Final = (PAPER, ELECTRONIC, BOTH_KINDS)
"""In which kind of file it lies."""
_STATE_KEYS: Final = {"i": IN_DATE, "o": OUT_OF_DATE, "m": MISSING, "n": NOT_NEEDED}
_KIND_KEYS: Final = {"p": PAPER, "e": ELECTRONIC, "b": BOTH_KINDS}


class AuditItem(msgspec.Struct, frozen=True):
    """Something to be looked for in a file; in date for so many `days` after it was written. 0: nobody set any."""

    code: str
    name: str
    beside: Beside = ""
    days: int = 0


class ItemSet(msgspec.Struct, frozen=True):
    """What an audit looks for. `unconfirmed` names the parts that were not checked against a policy."""

    code: str
    name: str
    items: tuple[AuditItem, ...]
    unconfirmed: tuple[str, ...] = ()

    def item(self, code: str) -> AuditItem | None:
        """The item with this code; None if there is none."""
        return next((one for one in self.items if one.code == code), None)


class AuditMark(msgspec.Struct, frozen=True):
    """What was found of an item in a file: its state, and in which kind of file it lies ("" where that was not said).

    An empty state takes back what was said.
    """

    state: str
    kind: str = NOT_SAID


def mark_written(text: str) -> AuditMark | None:
    """The mark of letters as they are typed: i, o, m or n, then p, e or b if it is to be said; None of no mark.

    An empty text is the mark of an empty state.
    """
    letters = "".join(text.split()).casefold()
    if not letters:
        return AuditMark("")
    state, kind = _STATE_KEYS.get(letters[0]), letters[1:]
    if state is None or (kind and kind not in _KIND_KEYS):
        return None
    return AuditMark(state, _KIND_KEYS.get(kind, NOT_SAID))


def letters_of(mark: AuditMark | None) -> str:
    """A mark as it is typed."""
    if mark is None or not mark.state:
        return ""
    return mark.state[0] + mark.kind[:1]


@cache
def item_sets() -> dict[str, ItemSet]:
    """The item sets that come with Recount, by code."""
    folder = resources.files("domain.improvement.audits") / "item_sets"
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)
    sets = [msgspec.convert(tomllib.loads(one.read_text("utf-8")), ItemSet, strict=True) for one in files]
    return {one.code: one for one in sets}


def item_set_named(code: str) -> ItemSet:
    """The item set of a code. Raises Refused if there is none (code "audit-items-unknown")."""
    its = item_sets().get(code)
    if its is None:
        raise Refused("audit-items-unknown", f"There is no item set '{code}'. There is {', '.join(item_sets())}.")
    return its
