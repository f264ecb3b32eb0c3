"""Every step of an audit after its sample, by one function: pages, API and command line call it."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.errors import Refused
from domain.improvement.audits.case_file_audit import CaseFileAudit
from domain.register import Register

from . import case_file_audits as commands
from .author import Author

AUDIT_STEPS: Final = ("complete", "discard", "finding", "action", "done")
"""The steps as addresses and the command line write them."""


@dataclass(frozen=True, slots=True)
class AuditSaid:
    """What a step says; each takes its own of these.

    `held_on` is the day on which the files were looked at, the day on which it is said if left out. `item` is that of a
    finding, "" of all. `who` and `due` are those of an action, `finding` the one that it answers. `action` is done.
    """

    words: str = ""
    held_on: date | None = None
    item: str = ""
    who: str = ""
    due: date | None = None
    finding: int | None = None
    action: int | None = None


def take_audit_step(
    register: Register, number: int, step: str, said: AuditSaid, author: Author, seen: int | None = None
) -> CaseFileAudit:
    """Take a step of AUDIT_STEPS. Raises as `complete_audit` and the other commands of an audit."""
    if step == "complete":
        return commands.complete_audit(register, number, said.held_on or author.on, said.words, author, seen)
    if step == "discard":
        return commands.discard_audit(register, number, said.words, author, seen)
    if step == "finding":
        return commands.add_finding(register, number, said.words, said.item, author, seen)
    if step == "done":
        return commands.finish_audit_action(register, number, said.action or 0, said.words, author, seen)
    if said.due is None:
        raise Refused("audit-due", "Say by which day it is due.")
    action = commands.NewAuditAction(said.words, said.who, said.due, said.finding)
    return commands.add_action(register, number, action, author, seen)
