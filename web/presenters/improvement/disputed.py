"""Disputes row by row, for people: who stands where, what both accept, the evidence, the meetings, the settlement."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from rich.console import Console

from domain.improvement.disputed.steps import LEVELS, PLACES, ROW_REASONS
from projections.claims import wording
from projections.claims.claim import Claim
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.improvement.steps import LASTS, StepWords
from web.presenters.tables import Column, Table, lines
from web.queries.contract_life.disputes import DisputeResult
from web.queries.improvement.disputed.account import DisputeAccount, DisputeCure
from web.queries.improvement.disputed.course import (
    DisputeCourseResult,
    DisputeHappening,
    DisputeNumbers,
    DisputeRowResult,
    DisputeSpeech,
    DisputeSums,
)
from web.queries.improvement.disputed.evidence import DisputeEvidenceCheck

STEP_WORDS: Final[dict[str, StepWords]] = {
    "accept the settlement of": StepWords("accept", "Accept the settlement", "Why you agree", LASTS,
        "Settlement accepted", "Both sides have agreed. The dispute is settled."),
    "refuse the settlement of": StepWords("refuse", "Refuse the settlement", "Why you do not agree", LASTS,
        "Settlement refused", "The settlement is refused. The other side can read why."),
    "list rows of": StepWords("list", "Say on which clients you differ", "", "", "Clients listed",
        "The list is on record. The other side can answer it client by client."),
    "propose a settlement of": StepWords("propose", "Propose a settlement", "Why this figure", LASTS,
        "Settlement proposed", "The settlement is proposed. It counts once the other side has accepted it."),
    "give evidence for": StepWords("evidence", "Give evidence", "What the file shows",
        f"Both sides read the note. {LASTS}", "Evidence given", "The evidence is on record."),
    "review": StepWords("review", "Record a joint review", "What you found together", LASTS,
        "Joint review", "The joint review is on record."),
    "meet about": StepWords("meeting", "Record a meeting", "What came of it", LASTS, "Meeting",
        "The meeting is on record."),
    "escalate": StepWords("escalate", "Escalate it", "Why it is escalated", LASTS, "Escalated",
        "The dispute is escalated."),
}  # fmt: skip
"""Every step that has a form of its own, in the order in which it is offered."""
STEP_OF_SLUG: Final = {words.slug: step for step, words in STEP_WORDS.items()}
FIRST: Final = frozenset({"accept the settlement of", "refuse the settlement of", "list rows of"})
"""The steps that lead it on, and so stand first."""
STANDINGS: Final = {
    "accepted": "accepted by both",
    "contested": "contested",
    "given-up": "given up",
    "unanswered": "not answered yet",
}
TAGS: Final = {"open": "blue", "reviewed": "turquoise", "settled": "green", "closed": "grey"}
"""The colour of a stage's tag; of what is not named, yellow."""
VERDICTS: Final = {"accepted": "Accepted", "contested": "Contested", "given-up": "Given up"}


def numbers(its: DisputeNumbers | None) -> str:
    """A figure in numbers: 24 of 438."""
    return wording.claimed(Claim(its.numerator, its.denominator)) if its else ""


def effect(one: DisputeRowResult | DisputeSums, *, is_count: bool) -> str:
    """What a row, or several, make in the two numbers: -1 of +0."""
    return _signed(one.numerator) if is_count else f"{_signed(one.numerator)} of {_signed(one.denominator)}"


def _signed(number: int) -> str:
    return f"+{number}" if number > 0 else f"−{-number}" if number else "±0"


# ---- rows

_ROW_COLUMNS: Final = (
    Column("Row", number=True),
    Column("Client", whole=True),
    Column("Ours", folds=True),
    Column("Theirs", folds=True),
    Column("Makes", whole=True),
    Column("Why", folds=True),
    Column("How it stands", folds=True),
)
GONE: Final = "nothing on record any more"


def rows_table(
    dispute: DisputeResult, rows: list[DisputeRowResult], title: str, references: dict[int, str | None] | None = None
) -> Table:
    """Rows with who the client is (the agency alone without `references`), what it makes, and how it stands."""
    is_count = dispute.measure.kind == "count"
    cells = [
        (
            one.row,
            _client(one, references),
            PLACES[one.ours],
            PLACES[one.theirs],
            effect(one, is_count=is_count),
            one.words,
            standing_words(one),
        )
        for one in rows
    ]
    return Table(_ROW_COLUMNS, cells, title)


def _client(one: DisputeRowResult, references: dict[int, str | None] | None) -> str:
    if references is None:
        return f"one of {one.agency}"
    return references.get(one.row) or f"{one.agency}: {GONE}"


def standing_words(one: DisputeRowResult) -> Any:
    """How a row stands, with the newest answer's reason."""
    reply = one.reply
    said = STANDINGS[one.standing]
    if reply is None:
        return said
    why = "; ".join(filter(None, (ROW_REASONS.get(reply.reason, ""), reply.words)))
    return lines(said, why) if why else said


def rows_said(dispute: DisputeResult, account: DisputeAccount | None = None) -> list[str]:
    """What both accept, what stays contested and what waits, in sentences; with an account, of those on record."""
    course = dispute.course
    if not course.rows:
        return []
    is_count, sums = dispute.measure.kind == "count", account.sums if account else course.sums
    parts = [
        (sums.accepted, "accepted by both"),
        (sums.contested, "contested"),
        (sums.unanswered, "not answered yet"),
    ]
    said = [
        f"{text.plural(one.rows, 'client')} {what}: {effect(one, is_count=is_count)}."
        for one, what in parts
        if one.rows
    ]
    given_up = len(course.standing("given-up"))
    if account and (erased := len(account.erased_rows)):
        whose = "was erased since and is" if erased == 1 else "were erased since and are"
        said.append(f"{text.plural(erased, 'client')} {whose} in our figure no more: no sum here holds them.")
    return said + ([f"{text.plural(given_up, 'client')} given up by the side that listed them."] if given_up else [])


_SUM_COLUMNS: Final = (Column("From ours to theirs"), Column("Clients", number=True), Column("Makes", whole=True))


def sums_table(dispute: DisputeResult, account: DisputeAccount) -> Table | None:
    """How the rows add up to the difference; None where the difference is not known in numbers."""
    if account.difference is None:
        return None
    is_count, sums = dispute.measure.kind == "count", account.sums
    parts = [
        ("Accepted by both", sums.accepted),
        ("Contested", sums.contested),
        ("Not answered yet", sums.unanswered),
    ]
    rows: list[tuple[Any, ...]] = [(what, one.rows, effect(one, is_count=is_count)) for what, one in parts if one.rows]
    if account.unexplained is not None:
        left = account.unexplained
        is_all = not left.numerator and not left.denominator
        rows.append(("Explained by no client" + (": the clients add up" if is_all else ""), 0,
                     effect(left, is_count=is_count)))  # fmt: skip
    rows.append(
        ("The difference between the two figures", sums.listed.rows, effect(account.difference, is_count=is_count))
    )
    return Table(_SUM_COLUMNS, rows, "How the clients add up")


# ---- evidence, meetings, figures

_EVIDENCE_COLUMNS: Final = (
    Column("File", folds=True),
    Column("What it shows", folds=True),
    Column("Given by", folds=True),
    Column("On", whole=True),
    Column("SHA-256", folds=True, aside=True),
)


def evidence_table(course: DisputeCourseResult) -> Table | None:
    """The files that were shown; None where none was."""
    rows = [
        (f"{its.name}, {text.plural(its.size, 'byte')}", one.words, party(one.party), one.on, its.sha256)
        for one in course.evidence
        if (its := one.file)
    ]
    return Table(_EVIDENCE_COLUMNS, rows, "Evidence") if rows else None


_CHECK_COLUMNS: Final = (
    Column("File", folds=True),
    Column("Given by", folds=True),
    Column("On", whole=True),
    Column("It is", whole=True),
    Column("Found as", folds=True),
)


def check_table(course: DisputeCourseResult, result: DisputeEvidenceCheck) -> Table:
    """Each evidence with whether it is kept, changed or missing."""
    given = {one.position: one for one in course.evidence}
    rows = [
        (one.name, party(its.party), its.on, one.standing, one.found_as or None)
        for one in result.evidence
        for its in [given[one.position]]
    ]
    return Table(_CHECK_COLUMNS, rows, "The evidence, held against these files")


def check_words(result: DisputeEvidenceCheck) -> list[str]:
    """What came of the check, in sentences."""
    said = []
    counts = [(sum(one.standing == standing for one in result.evidence), words) for standing, words in _CHECKED.items()]
    said += [f"{text.plural(count, 'file')} {words}" for count, words in counts if count]
    if result.others:
        said.append(f"No evidence of this dispute, by the SHA-256: {text.listed(result.others)}.")
    return said


_CHECKED: Final = {
    "kept": "kept: byte for byte what was given.",
    "changed": "changed: of the same name, with another SHA-256.",
    "missing": "of the evidence not among these.",
}


_MEETING_COLUMNS: Final = (
    Column("Held on", whole=True),
    Column("What", folds=True),
    Column("Who was there", folds=True),
    Column("Rows looked at", folds=True),
    Column("What came of it", folds=True),
)


def meetings_table(course: DisputeCourseResult) -> Table | None:
    """Joint reviews and meetings; None where there was none."""
    rows = [
        (
            one.held_on,
            f"{STEP_WORDS[one.step].happened}, {LEVELS[(one.level or 1) - 1]}",
            one.attendees,
            ", ".join(map(str, one.rows)) or None,
            one.words,
        )
        for one in course.meetings
    ]
    return Table(_MEETING_COLUMNS, rows, "Joint reviews and meetings") if rows else None


_FIGURE_COLUMNS: Final = (Column("Which figure"), Column("It is", whole=True))


def figures_table(
    dispute: DisputeResult, account: DisputeAccount, published: Callable[[int, str], Any] = lambda _number, title: title
) -> Table:
    """The figures of a dispute side by side: none takes the place of another. `published` writes a publication."""
    agreed = dispute.closed.agreed if dispute.closed else None
    rows: list[tuple[Any, Any]] = [("Claimed", wording.claimed(dispute.claimed.claim))]
    if account.ours:
        rows.append(("Ours, from the standpoint of the dispute", numbers(account.ours)))
    if account.by_rows:
        rows.append(("Ours, with the clients that both accept", numbers(account.by_rows)))
    rows += [(published(one.number, f"Published: {one.title}"), numbers(one.figure)) for one in account.published]
    if dispute.course.proposed and dispute.is_open:
        rows.append(("Proposed as a settlement", numbers(dispute.course.proposed)))
    if agreed:
        both = dispute.course.stage == "settled"
        rows.append(("Agreed by both sides" if both else "Agreed, by the word of one side", numbers(agreed)))
    if account.now:
        rows.append(("Ours, by what is known now", numbers(account.now)))
    return Table(_FIGURE_COLUMNS, rows, "The figures")


def settlement_words(dispute: DisputeResult, account: DisputeAccount) -> str:
    """Whether the figure that is proposed, or was agreed, is what the clients accepted by both make of ours."""
    beside = account.beside_rows
    if beside is None:
        return ""
    what = "agreed" if dispute.closed else "proposed"
    if not beside.numerator and not beside.denominator:
        return f"The figure {what} is what the clients accepted by both make of ours."
    apart = effect(beside, is_count=dispute.measure.kind == "count")
    return f"The figure {what} is {apart} beside what the clients accepted by both make of ours."


def moved_words(account: DisputeAccount) -> str:
    """That ours is another figure by now; empty where it is not."""
    if account.ours is None or account.now is None or account.now == account.ours:
        return ""
    return f"Ours has moved since: it was {numbers(account.ours)}, and is {numbers(account.now)} by what is known now."


def print_account(console: Console, dispute: DisputeResult, account: DisputeAccount) -> None:
    """The numbers of a dispute, for a terminal."""
    print_table(console, figures_table(dispute, account))
    say(console, *filter(None, (settlement_words(dispute, account), moved_words(account))))
    if dispute.course.rows:
        say(console, "", *rows_said(dispute, account))
        if sums := sums_table(dispute, account):
            print_table(console, sums)
        say(console, *map(cure_sentence, account.cures))


def cure_sentence(cure: DisputeCure) -> str:
    """That a data error is cured by a new file, and whether one has come."""
    rows = text.listed([str(row) for row in cure.rows])
    of_rows = f"{'Row' if len(cure.rows) == 1 else 'Rows'} {rows}"
    said = f"{of_rows}: an error in the data of {cure.agency}, as both sides said by {text.short_day(cure.said_on)}."
    if cure.received_on is None:
        return f"{said} It is cured by a new file, never by editing. None has come since."
    return (
        f"{said} It is cured by a new file, never by editing. The next one came on {text.short_day(cure.received_on)}."
    )


# ---- what was said


def party(code: str) -> str:
    """A party by its agency; empty is the commissioner."""
    return code or "the commissioner"


def speeches(dispute: DisputeResult) -> Iterator[tuple[str, str, str]]:
    """All that was said, the oldest first: who spoke and when; how it is headed; and the words."""
    said: list[tuple[DisputeSpeech, str, str]] = [(dispute.opened, "Opened", dispute.reason)]
    said += [(answer, "Answer", answer.statement) for answer in dispute.answers]
    # Whoever accepts a settlement closes the dispute with the same words.
    said += [
        (one, heading_of(one), happening_words(one))
        for one in dispute.course.happened
        if one.step != "accept the settlement of"
    ]
    if closed := dispute.closed:
        both = dispute.course.stage == "settled"
        agreed = ""
        if closed.agreed:
            agreed = f" {'Agreed' if both else 'Agreed, by the word of one side'}: {numbers(closed.agreed)}."
        said.append((closed, "Settled by both sides" if both else "Closed", f"{closed.outcome}{agreed}"))
    for one, heading, words in sorted(said, key=lambda its: its[0].position):
        yield f"{text.day(one.on)}, {one.actor} for {party(one.party)}", heading, words


def happening_words(one: DisputeHappening) -> str:
    """What a step said, in words."""
    parts = list[str]()
    if one.agreed:
        parts.append(f"{numbers(one.agreed)}.")
    if one.file:
        parts.append(f"{one.file.name}.")
    if one.held_on:
        parts.append(f"Held on {text.day(one.held_on)}, with {one.attendees}.")
    if one.step == "escalate" and one.level:
        parts.append(f"To {LEVELS[one.level - 1]}.")
    if one.rows:
        parts.append(f"{text.plural(len(one.rows), 'client')}: {_rows(one.rows)}.")
    return " ".join([*parts, one.words]).strip()


def _rows(rows: tuple[int, ...]) -> str:
    return f"{'row' if len(rows) == 1 else 'rows'} {text.listed(list(map(str, rows)))}"


def heading_of(one: DisputeHappening) -> str:
    """What a step is called where it is told."""
    return "Clients answered" if one.step == "answer rows of" else STEP_WORDS[one.step].happened


def course_lines(dispute: DisputeResult) -> Iterator[str]:
    """How far a dispute has come, for a terminal."""
    course = dispute.course
    if not course.happened:
        return
    yield f"Stage: {course.stage}; level {course.level}: {course.level_name}."
    yield from rows_said(dispute)
    if course.rows_not_shown:
        yield not_shown(course)


def not_shown(course: DisputeCourseResult) -> str:
    """That there are rows of others."""
    return f"{text.plural(course.rows_not_shown, 'more client')} of other providers not shown."


def as_cells(dispute: DisputeResult) -> dict[str, str]:
    """A dispute in short, to be held against another version of it."""
    course, last = dispute.course, dispute.course.happened[-1] if dispute.course.happened else None
    return {
        "Stage": course.stage,
        "Level": course.level_name,
        "Clients": " ".join(rows_said(dispute)),
        "Proposed": numbers(course.proposed),
        "Said last": f"{heading_of(last)}: {happening_words(last)}" if last else dispute.reason,
    }
