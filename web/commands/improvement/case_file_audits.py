"""Case-file audits: drawn, typed in, completed, with findings and actions. They change no figure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from domain.contract_life.transitions import NONE, check_version, next_state
from domain.errors import ChangedMeanwhile, Refused
from domain.improvement.audits.case_file_audit import (
    MOST_AGENCIES,
    MOST_FILES,
    STRATA,
    THING,
    AuditActionAdded,
    AuditActionDone,
    AuditCompleted,
    AuditDiscarded,
    AuditDrawn,
    AuditFindingAdded,
    AuditMarksSaved,
    CaseFileAudit,
    PlacedMark,
    audit_stream,
    changed_cells,
    clashing_cells,
)
from domain.improvement.audits.item_set import AuditMark, item_set_named
from domain.improvement.written import WRITING_REFUSALS, written_line, written_text
from domain.register import Recording, Register
from projections.improvement.audits.on_record import audits, within_reach
from web.auth.viewer import NotOwn
from web.commands.commit import next_number
from web.commands.improvement.author import Author, check_day
from web.queries.improvement.audits.drawing import DrawnSample, DrawQuery, audit_unknown

REFUSALS: Final = WRITING_REFUSALS | {
    "audit-unknown": "There is no audit with this number.",
    "audit-items-unknown": "There is no such item set.",
    "audit-purpose": "The purpose says too little: it is why single files are looked at.",
    "audit-size": "A sample has 1 to 200 files.",
    "audit-agencies": "A sample is drawn from 1 to 50 agencies of one provider.",
    "audit-strata": "A sample cannot be split by this.",
    "audit-seed": "A seed has 1 to 64 letters or digits.",
    "audit-no-files": "No file can be drawn.",
    "audit-cell": "The sample has no such file, or the set no such item.",
    "audit-empty": "Nothing was typed in.",
    "audit-held-on": "It would have been held before its sample was known, or after today.",
    "audit-finding": "There is no such finding.",
    "audit-action": "There is no such action, or it is done already.",
    "audit-due": "An action would be due before it was set.",
}
"""Why a step of an audit is refused, by code; nothing is stored then."""

LEAST_PURPOSE: Final = 10
"""Letters: a word is no reason to look at single files."""
LONGEST_SEED: Final = 64


@dataclass(frozen=True, slots=True)
class AuditTerms:
    """What an audit looks for, why, and which earlier one it looks at again."""

    item_set: str
    purpose: str
    follows: int | None = None


def check_draw(query: DrawQuery) -> DrawQuery:
    """What is to be drawn, with each agency once.

    Raises:
        Refused: it cannot be drawn so.
    """
    if not 1 <= query.wanted <= MOST_FILES:
        raise Refused("audit-size", f"Draw 1 to {MOST_FILES} files.")
    agencies = tuple(sorted(set(query.agencies)))
    if not 1 <= len(agencies) <= MOST_AGENCIES:
        raise Refused("audit-agencies", "Choose the agencies whose files are audited, all of one provider.")
    if query.strata not in STRATA:
        raise Refused("audit-strata", f"A sample is split by one of: {', '.join(STRATA)}.")
    seed = query.seed.strip()
    if not (seed.isascii() and seed.isalnum() and len(seed) <= LONGEST_SEED):
        raise Refused("audit-seed", f"Write the seed in 1 to {LONGEST_SEED} letters and digits, without blanks.")
    return DrawQuery(
        agencies, query.as_of, query.wanted, seed, query.strata, query.known_at, query.without, query.figure
    )


def draw_audit(
    register: Register, terms: AuditTerms, query: DrawQuery, sample: DrawnSample, author: Author
) -> CaseFileAudit:
    """Keep a sample that was drawn, for the eyes of the author's party alone.

    Raises:
        Refused: the terms lack something, the step is not the author's, or there is no audit that it could follow.
    """
    next_state(THING, "draw", NONE, author.party)
    purpose = written_line(terms.purpose, "purpose")
    if len(purpose) < LEAST_PURPOSE:
        raise Refused("audit-purpose", f"Say in {LEAST_PURPOSE} letters or more why these files are looked at.")
    with register.recording() as recording:
        check_day(author, None)
        if terms.follows is not None:
            _check_followed(recording, register, terms.follows, author)
        number = next_number(recording, AuditDrawn)
        event = AuditDrawn(
            **author.fields(audit_stream(number), 1, number),
            item_set=item_set_named(terms.item_set),
            purpose=purpose,
            agencies=query.agencies,
            as_of=sample.standpoint.as_of,
            position=sample.standpoint.position,
            known_at=sample.standpoint.known_at,
            seed=query.seed,
            wanted=query.wanted,
            strata=query.strata,
            files=sample.files,
            drawn=sample.strata,
            left_out=sample.left_out,
            without=query.without,
            follows=terms.follows,
            figure=query.figure,
        )
        return CaseFileAudit.folded(recording.append([event]))


def _check_followed(recording: Recording, register: Register, number: int, author: Author) -> None:
    """Whether the author reads an audit. Another provider's is none for it, in the same words as one that is not."""
    try:
        _one(recording, register, number, author)
    except NotOwn:
        raise audit_unknown(number) from None


def save_marks(
    register: Register,
    number: int,
    typed: Mapping[tuple[int, str], AuditMark],
    author: Author,
    seen: int | None = None,
) -> CaseFileAudit:
    """Keep what was typed in, by place and item; what is not in `typed` stays as it is.

    Two people may type in at once: what only one of them changed since the version that they had `seen` is kept from
    both. Only where both changed the same cell differently nothing is stored.

    Raises:
        Refused: there is no such cell, or the step is not the author's, or not now.
        ChangedMeanwhile: somebody else changed the same cells.
    """
    with register.recording() as recording:
        audit = _one(recording, register, number, author)
        next_state(THING, "save marks of", audit.state, author.party)
        check_day(author, audit.newest_day)
        items = {item.code for item in audit.drawn.item_set.items}
        for place, item in typed:
            if not 1 <= place <= len(audit.drawn.files) or item not in items:
                raise Refused("audit-cell", f"Audit {number} has no such item of a file {place}.")
        before = audit.marks if seen is None else audit.marks_at(seen)
        changed = changed_cells(typed, before)
        if clashing_cells(changed, before, audit.marks):
            raise ChangedMeanwhile(
                "changed-meanwhile",
                "Somebody else typed something else into the same cells. Nothing of yours was stored. Compare the two.",
                seen or audit.version,
                audit.version,
            )
        new = changed_cells(changed, audit.marks)
        if not new:
            return audit
        marks = tuple(PlacedMark(place, item, mark) for (place, item), mark in sorted(new.items()))
        fields = author.fields(audit_stream(number), audit.version + 1, number)
        recorded = recording.append([AuditMarksSaved(**fields, marks=marks)])
        return CaseFileAudit.folded((*audit.recorded, *recorded))


def complete_audit(
    register: Register, number: int, held_on: date, words: str, author: Author, seen: int | None = None
) -> CaseFileAudit:
    """Say that all was looked at, on a day; the other party reads it from now on.

    Raises:
        Refused: nothing was typed in, the day does not fit, or the step is not the author's, or not now.
        ChangedMeanwhile: it is not the version that was `seen`.
    """

    def event(audit: CaseFileAudit, fields: dict[str, Any]) -> AuditCompleted:
        if not audit.marks:
            raise Refused("audit-empty", "Nothing was typed in yet. Type in what was found first.")
        if not audit.drawn.as_of <= held_on <= author.on:
            raise Refused(
                "audit-held-on", f"Give the day on which the files were looked at: {audit.drawn.as_of} to {author.on}."
            )
        return AuditCompleted(**fields, held_on=held_on, words=written_text(words, "summary"))

    return _step(register, number, "complete", event, author, seen)


def discard_audit(
    register: Register, number: int, words: str, author: Author, seen: int | None = None
) -> CaseFileAudit:
    """Give up an audit that is not completed; it stays on record. Raises as `complete_audit`."""

    def event(_audit: CaseFileAudit, fields: dict[str, Any]) -> AuditDiscarded:
        return AuditDiscarded(**fields, words=written_text(words, "text", needed=False))

    return _step(register, number, "discard", event, author, seen)


def add_finding(
    register: Register, number: int, words: str, item: str, author: Author, seen: int | None = None
) -> CaseFileAudit:
    """Add a finding, of an item or ("") of all. Raises as `complete_audit`; code "audit-cell" for no such item."""

    def event(audit: CaseFileAudit, fields: dict[str, Any]) -> AuditFindingAdded:
        if item and audit.drawn.item_set.item(item) is None:
            raise Refused("audit-cell", f"Audit {number} has no item '{item}'.")
        return AuditFindingAdded(**fields, words=written_text(words, "finding"), item=item)

    return _step(register, number, "add a finding to", event, author, seen)


@dataclass(frozen=True, slots=True)
class NewAuditAction:
    """Something to be done: what, by whom (a role), by which day, and which finding it answers."""

    words: str
    who: str
    due: date
    finding: int | None = None


def add_action(
    register: Register, number: int, action: NewAuditAction, author: Author, seen: int | None = None
) -> CaseFileAudit:
    """Set an action. Raises as `complete_audit`; codes "audit-finding" and "audit-due" for what does not fit."""

    def event(audit: CaseFileAudit, fields: dict[str, Any]) -> AuditActionAdded:
        if action.finding is not None and not 1 <= action.finding <= len(audit.findings):
            raise Refused("audit-finding", f"Audit {number} has no finding {action.finding}.")
        if action.due < author.on:
            raise Refused("audit-due", f"It would be due on {action.due}; give {author.on} or a later day.")
        words, who = written_text(action.words, "action"), written_line(action.who, "role of who does it")
        return AuditActionAdded(**fields, words=words, who=who, due=action.due, finding=action.finding)

    return _step(register, number, "add an action to", event, author, seen)


def finish_audit_action(
    register: Register, number: int, action: int, words: str, author: Author, seen: int | None = None
) -> CaseFileAudit:
    """Say that an action was done. Raises as `complete_audit`; code "audit-action" if it cannot be."""

    def event(audit: CaseFileAudit, fields: dict[str, Any]) -> AuditActionDone:
        its = audit.actions
        if not 1 <= action <= len(its) or its[action - 1][1] is not None:
            raise Refused("audit-action", f"Audit {number} has no action {action} that is still open.")
        return AuditActionDone(**fields, action=action, words=written_text(words, "text", needed=False))

    return _step(register, number, "finish an action of", event, author, seen)


def _step(
    register: Register,
    number: int,
    step: str,
    event: Callable[[CaseFileAudit, dict[str, Any]], Any],
    author: Author,
    seen: int | None,
) -> CaseFileAudit:
    with register.recording() as recording:
        audit = _one(recording, register, number, author)
        next_state(THING, step, audit.state, author.party)
        check_version(THING, seen, audit.version)
        check_day(author, audit.newest_day)
        fields = author.fields(audit_stream(number), audit.version + 1, number)
        recorded = recording.append([event(audit, fields)])
        return CaseFileAudit.folded((*audit.recorded, *recorded))


def _one(recording: Recording, register: Register, number: int, author: Author) -> CaseFileAudit:
    """The audit with this number, if it is within the author's reach."""
    every = audits(recording.connection, register.mapper)
    audit = next((one for one in every if one.number == number), None)
    if audit is None:
        raise audit_unknown(number)
    if not within_reach(audit, author.own):
        raise NotOwn
    return audit
