"""What stands in a person's document beside their records: figures, looks, how long, what is not held, the words."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

from domain.contract_life.transitions import COMMISSIONER, PROVIDER, WITHDRAWN
from domain.improvement.disputed.steps import PLACES, ROW_REASONS
from domain.improvement.return_reviews import FINDINGS
from domain.measures.registry import MEASURE_OF
from projections.privacy.subject_access import HoldingSource
from projections.privacy.subject_references import RowKeptOut
from web.auth.roles import Role
from web.presenters import text
from web.presenters.contract_life.reports import Section
from web.presenters.tables import Column, Table
from web.queries.administration.subject_access import SubjectRecord
from web.queries.administration.subject_looks import SubjectLook
from web.queries.administration.subject_result import SubjectFigure, SubjectRetention
from web.queries.administration.subject_written import SubjectAudited, SubjectDisputed, SubjectOwn, SubjectReviewed

from .subject_words import GLOSSARY

Named = Callable[[str], str]
"""How a document calls an agency."""


def section(key: str, heading: str, about: str, table: Table, findings: Sequence[str] = ()) -> Section:
    """A section of the document, with no room to write."""
    return Section(key, heading, about, findings, table, is_written_on=False)


def columns_of(*columns: tuple[str, float]) -> tuple[Column, ...]:
    """Columns of a table, each with its width in centimetres."""
    return tuple(Column(heading, folds=True, width=width) for heading, width in columns)


def beside(record: SubjectRecord, named: Named) -> Section:
    """What stood under the person's details, and is no record of theirs."""
    columns = columns_of(("What", 9.0), ("From", 4.0), ("To", 4.0))
    rows = [
        (
            f"{text.plural(one.records, 'entry', 'entries')} of a record that is somebody else’s",
            day_words(one.from_day),
            day_words(one.to_day),
        )
        for one in record.passed_on
    ]
    rows += [
        (
            _rejected(one, named),
            day_words(one.source.received_on),
            "until the service’s next file",
        )
        for one in record.rejected_rows
    ]
    about = (
        "A record may have been held under your details by mistake, until a correction made it somebody else’s. What "
        "it says is about that person, so it is not shown here. A row that was not taken in is kept by its number, so "
        "that the service can correct it."
    )
    return section("beside", "What else stood under your details", about, Table(columns, rows, "Beside your records"))


def _rejected(row: RowKeptOut, named: Named) -> str:
    number = f"{row.client_reference}, episode {row.episode_reference}"
    place = f"row {row.source.row} of {row.source.file}"
    return f"A row under your number at {named(row.agency)} ({number}) that was not taken in: {place}"


def written(record: SubjectRecord) -> Section:
    """What was said of the person's records one by one: in audits, disputes and reviews of returns."""
    columns = columns_of(("Record", 1.6), ("What", 5.2), ("Day", 2.7), ("What was said", 7.5))
    numbers = {
        (one.its.agency, one.its.client_reference, one.its.episode_reference): number
        for number, one in enumerate(record.episodes, 1)
    }
    its = record.written
    said: list[tuple[SubjectOwn, tuple[str, str, str]]] = [(one, _audited(one)) for one in its.audited]
    said += [(one, _disputed(one)) for one in its.disputed]
    said += [(one, _reviewed(one)) for one in its.reviewed]
    rows = sorted(
        ((numbers[one.agency, one.client_reference, one.episode_reference], *cells) for one, cells in said),
        key=lambda row: row[0],
    )
    about = (
        "Now and then somebody looks at single records: files are drawn at random to see what is in them, the council "
        "and a service disagree over a figure, or a service asks why somebody came back. What people wrote in their "
        "own words may speak of others too, so it is not printed here. Ask the council for it."
    )
    table = Table(columns, [(str(number), *cells) for number, *cells in rows], "What was said of single records")
    return section("written", "What was written about your records", about, table)


def _audited(one: SubjectAudited) -> tuple[str, str, str]:
    found = "; ".join(f"{mark.name}: {', '.join(filter(None, (mark.state, mark.kind)))}" for mark in one.marks)
    what = f"Case-file audit {one.audit}: your file was drawn"
    return what, day_words(one.held_on or one.drawn_on), found or "nothing was written down yet"


def _disputed(one: SubjectDisputed) -> tuple[str, str, str]:
    figure = f"{one.measure} {MEASURE_OF[one.measure].name}, as of {text.day(one.as_of)}"
    said = [f"By the records: {PLACES[one.ours]}. By {_PARTIES[one.listed_by]}: {PLACES[one.theirs]}."]
    for answer in one.answers:
        why = f": {ROW_REASONS[answer.reason]}" if answer.reason else ""
        verdict = answer.verdict.replace("-", " ")
        said.append(f"{text.day(answer.on)}, {_PARTIES[answer.party]}: {verdict}{why}.")
    return f"Dispute {one.dispute} over {figure}, row {one.row}", day_words(one.listed_on), " ".join(said)


_PARTIES: Final = {COMMISSIONER: "the council", PROVIDER: "a service"}


def _reviewed(one: SubjectReviewed) -> tuple[str, str, str]:
    taken_back = "Taken back since. " if one.state == WITHDRAWN else ""
    found = "; ".join(FINDINGS[finding] for finding in one.findings)
    return f"Review {one.review} of why you came back", day_words(one.on), f"{taken_back}{found}."


def figures(record: SubjectRecord, named: Named) -> Section:
    """The published figures in which the person stands."""
    columns = columns_of(("Figure", 5.6), ("Whose figures", 4.4), ("As of", 2.7), ("Published", 2.5), ("How", 1.8))
    rows = [_figure(one, named) for one in record.figures] or [("None that can be shown", "", "", "", "")]
    about = (
        "A figure is a number about many people; nobody can read from it that you are in it. “Among” says that you "
        "were one of the people it is about, “counted” that you also did what it looks for."
    )
    findings = []
    if record.figures_withheld:
        findings.append(
            f"You also stood in {text.plural(record.figures_withheld, 'published figure')} at a time when a record "
            "that is somebody else’s was held under your details. How you were counted there would say something about "
            "that person, so it is not shown."
        )
    return section(
        "figures", "In which published figures you are", about, Table(columns, rows, "Published figures"), findings
    )


def _figure(one: SubjectFigure, named: Named) -> tuple[Any, ...]:
    name = f"{one.measure} {one.name}"
    within = f"{name}, on the scorecard “{one.cut}”" if one.cut else f"{name}, certificate {one.publication}"
    how = "counted" if one.counted and MEASURE_OF[one.measure].kind != "count" else "among"
    return within, one.slice.words(named), day_words(one.as_of), day_words(one.published_on), how


def looks(record: SubjectRecord, named: Named) -> Section:
    """Who looked, as far as it can be told."""
    its = record.looks
    columns = columns_of(("Day", 3.0), ("Who", 4.0), ("What they looked at", 8.0), ("Times", 2.0))
    rows = [_look(one, named) for one in its.lists]
    about = (
        "Every look at the people behind a figure is noted: who, when and what was asked, but not whose records were "
        "shown. Where it was a figure, it can be worked out that you were on the list; whether your line was read "
        "nobody can tell. Who it was is told by role: the names of staff, and the reasons that they gave, are not part "
        "of your data."
    )
    findings = []
    if its.untold:
        more = text.plural(its.untold, "more look")
        looked = f"{more} at single people since your first record, such as at a list of what is due or at the log,"
        findings.append(f"{looked} cannot be tied to anybody: they may or may not have shown you.")
    if its.answers:
        findings.append(
            f"{text.plural(its.answers, 'request')} like yours {'was' if its.answers == 1 else 'were'} answered in "
            "that time, this one included where it came by the service. It is not noted whose they were."
        )
    findings.append("Whoever runs the machine can read the database without being noted here.")
    rows = rows or [("None that is known", "", "", "")]
    return section("looks", "Who looked", about, Table(columns, rows, "Lists on which you stood"), findings)


_ROLES: Final = {
    Role.COMMISSIONER: "a commissioner (at the council)",
    Role.PROVIDER: "a treatment service",
    Role.AUDITOR: "an auditor",
    Role.ADMINISTRATOR: "an administrator",
    Role.PUBLIC: "the public",
}


def _look(one: SubjectLook, named: Named) -> tuple[Any, ...]:
    what = f"the people of {one.measure} {one.name}, as of {text.day(one.as_of)}: {one.slice.words(named)}"
    return day_words(one.on), _ROLES.get(Role(one.role), one.role), what, str(one.times)


def retention(retention: Sequence[SubjectRetention]) -> Section:
    """How long the records are kept."""
    columns = columns_of(("What", 4.4), ("Kept for", 2.4), ("Counted from", 5.6), ("Need not be kept from", 4.6))
    rows = [
        (_KINDS.get(one.kind, one.kind), text.plural(one.months // 12, "year"), one.counted_from, _until(one))
        for one in retention
    ]
    about = (
        "Your records are kept for as long as this schedule says, and then erased by the council. The council may have "
        "set other periods. Published figures are kept for good; they are numbers about many people. Copies that were "
        "made in case the system fails (backups) hold the same until they are destroyed."
    )
    return section("kept", "How long it is kept", about, Table(columns, rows, "The schedule that applies to you"))


_KINDS: Final = {
    "treatment": "Records of treatment",
    "referral": "A referral that never became treatment",
    "withdrawn": "Records that the service took back",
}


def _until(one: SubjectRetention) -> str:
    return text.day(one.due_on) if one.due_on else "not yet known: treatment has not ended"


# ---- what is not held, and the words


_FORGOTTEN: Final = (
    "They are in the files. Recount makes a hash of them, and four more with one of them left out, to know which "
    "records are one person’s. Then it forgets them. Of people under 18 it keeps the 18th birthday."
)
_ERASED_BEFORE: Final = (
    "What they said is gone, and so is whose they were. Their place in the log and their days are left, which nobody "
    "can tie to you without the service’s own numbers."
)


def not_held() -> Section:
    """What is not held, and why."""
    columns = columns_of(("What", 5.0), ("Why not", 12.0))
    rows = [
        ("Your name, address, telephone number, NHS number", "They are not in the files that services send."),
        ("Your initials, date of birth and sex", _FORGOTTEN),
        ("Letters, notes, and what you talked about", "Services keep these themselves. Ask the service."),
        ("The files that services sent", "Only what they say is kept, not the files."),
        ("Records that were erased, or that you did not agree to", _ERASED_BEFORE),
    ]
    about = "Recount keeps as little as it can. These are not in it, so they cannot be shown:"
    return section("not-held", "What is not held", about, Table(columns, rows, "Not held"))


def glossary() -> Section:
    """What the words of the document mean."""
    columns = columns_of(("Word", 3.0), ("What it means", 14.0))
    about = "Words that you will meet in this document:"
    return section("words", "Words used here", about, Table(columns, GLOSSARY, "Words"))


# ---- cells


def day_words(day: date | None) -> str:
    """A day written out; nothing for none."""
    return text.day(day) if day else ""


def since_words(source: HoldingSource) -> str:
    """The day of receipt, and the position of the log."""
    return f"{day_words(source.received_on)}, position {source.position:,}"


def file_words(source: HoldingSource) -> str:
    """The file and its row."""
    if not source.file:
        return "said by the council, or worked out"
    return source.file + (f", row {source.row}" if source.row else "")
