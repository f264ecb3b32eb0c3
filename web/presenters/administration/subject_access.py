"""One person's own data as a document: what they can read, and what every file and the page are made of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console

from domain.client import client_text
from domain.episode.facts import Exit, Fact, Handover, Referral, Start
from projections.privacy.subject_access import OwnEpisode
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.contract_life.reports import Report, Section
from web.presenters.tables import Table
from web.queries.administration.subject_access import SubjectEpisodeSeen, SubjectRecord

from .subject_sections import (
    Named,
    beside,
    columns_of,
    day_words,
    figures,
    file_words,
    glossary,
    looks,
    not_held,
    retention,
    section,
    since_words,
    written,
)
from .subject_words import Line, fact_lines

TITLE: Final = "What is held about you"
AUDIENCE: Final = "the person whom it is about, and nobody else."
INTRODUCTION: Final = (
    "Recount is the system in which the council keeps what treatment services report each month, so that it can count "
    "how well treatment works. You asked what it holds about you. This document has all of it, and nothing about "
    "anybody else."
)
RIGHTS: Final = (
    "If something here is wrong, tell the service that reported it, or the council’s data protection officer. A "
    "correction comes with the service’s next file. You may also ask for your records to be erased. If you are not "
    "content with the answer, you may complain to the Information Commissioner’s Office."
)
NOTHING: Final = (
    "Nothing is held about you under the details that you gave. No service has reported treatment under them, or what "
    "was reported has been erased and leaves nothing by which it could be found."
)
ERASED: Final = (
    "Your records were erased on {day}. All that is left is a hash: it keeps your records out if a service reports "
    "them again, and nothing can be read from it. Figures that were published before stand as they were printed; they "
    "are numbers about many people, and nobody can tell any more whether you were in them."
)


@dataclass(frozen=True, slots=True)
class Request:
    """What a document answers: the case number, how agencies are called, and the notice of a demonstration."""

    case: str
    named: Named = str
    notice: str = ""


def subject_report(record: SubjectRecord, request: Request) -> Report:
    """The document."""
    is_held = record.held == "records"
    return Report(
        title=TITLE,
        audience=AUDIENCE,
        standpoint=f"Answered on {text.day(record.query.on)}.",
        whose=f"Your request: {request.case}.",
        status=INTRODUCTION,
        caveat=RIGHTS,
        notice=request.notice,
        in_short=list(_in_short(record)),
        sections=[*(_held(record, request.named) if is_held else ()), not_held(), glossary()],
    )


def print_subject(console: Console, report: Report) -> None:
    """The document in a terminal."""
    say(console, report.title, f"{report.standpoint} {report.whose}", f"For whom: {report.audience}", "")
    say(console, *report.in_short, "")
    for part in report.sections:
        say(console, part.heading, part.about, *part.findings)
        print_table(console, part.table)
        say(console, "")
    say(console, report.caveat)


# ---- in short


def _in_short(record: SubjectRecord) -> Iterator[str]:
    if record.held == "nothing":
        yield NOTHING
        return
    if record.erased_on:
        yield ERASED.format(day=text.day(record.erased_on))
    if record.held == "erased":
        return
    if record.episodes:
        since = min((one.its.since.received_on for one in record.episodes if one.its.since.received_on), default=None)
        first = f"; the first came on {text.day(since)}" if since else ""
        yield f"{text.plural(len(record.episodes), 'record')} of treatment {_are(len(record.episodes))} held{first}."
    else:
        yield "No record of treatment is held about you, but the following is."
    changes = sum(len(one.its.changes) for one in record.episodes)
    yield (
        f"{text.plural(changes, 'time')}, something in them was corrected or taken back."
        if changes
        else "Nothing in them was ever corrected or taken back."
    )
    if record.written:
        yield "Some of them were looked at one by one. What was noted then is listed below."
    figures = len(record.figures) + record.figures_withheld
    yield f"You are in {text.plural(figures, 'published figure')}." if figures else "You are in no published figure."
    yield from _looks_in_short(record)
    if record.client is not None and record.episodes:
        yield f"Recount calls you by the number {client_text(record.client)}, and not by your name."


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _looks_in_short(record: SubjectRecord) -> Iterator[str]:
    on_lists = sum(look.times for look in record.looks.lists)
    if on_lists:
        yield f"Lists on which you stood were looked at {text.plural(on_lists, 'time')}."
    else:
        yield "No list on which you stood is known to have been looked at."


# ---- what is held


def _held(record: SubjectRecord, named: Named) -> Iterator[Section]:
    if record.episodes:
        yield _overview(record.episodes, named)
    for number, seen in enumerate(record.episodes, 1):
        yield _record(number, seen, named)
    if any(seen.its.changes for seen in record.episodes):
        yield _changes(record.episodes)
    if record.passed_on or record.rejected_rows:
        yield beside(record, named)
    if record.written:
        yield written(record)
    if record.figures or record.figures_withheld:
        yield figures(record, named)
    yield looks(record, named)
    if record.retention:
        yield retention(record.retention)


def _overview(episodes: Sequence[SubjectEpisodeSeen], named: Named) -> Section:
    columns = columns_of(
        ("Record", 1.6), ("Service", 4.6), ("Its number for you", 3.4), ("Treatment", 4.2), ("Held since", 3.2)
    )
    rows = [
        (
            str(number),
            named(seen.its.agency),
            f"{seen.its.client_reference}, episode {seen.its.episode_reference}",
            _spell(seen.its),
            day_words(seen.its.since.received_on),
        )
        for number, seen in enumerate(episodes, 1)
    ]
    about = "A record is what one service reported about one course of treatment. These are held:"
    return section("records", "Your records", about, Table(columns, rows, "Your records, the first to arrive first"))


def _spell(episode: OwnEpisode) -> str:
    facts = list(episode.facts.values())
    start, referral = _one(facts, Start), _one(facts, Referral)
    left = _one(facts, Exit)
    passed = _one(facts, Handover)
    if start is None:
        if episode.joined_on:
            return "joined with another record of yours"
        return f"referred on {text.day(referral.referred_on)}" if referral else "taken back"
    if left:
        return f"{text.day(start.triaged_on)} to {text.day(left.discharged_on)}"
    if passed:
        return f"{text.day(start.triaged_on)} to {text.day(passed.handed_over_on)}"
    return f"from {text.day(start.triaged_on)}, no end reported"


def _one(facts: Sequence[Fact], kind: type[Any]) -> Any:
    return next((fact for fact in facts if isinstance(fact, kind)), None)


def _record(number: int, seen: SubjectEpisodeSeen, named: Named) -> Section:
    its = seen.its
    columns = columns_of(("What is held", 6.4), ("Day", 2.7), ("Held since", 3.1), ("From which file", 4.8))
    rows = list(_rows(its)) or [("Nothing is said of this record any more", "", "", "")]
    heading = f"Record {number}: {named(its.agency)}"
    about = "What the service reported, as it stands now. Where a cell is empty, the one above it holds."
    title = f"Record {number}, number {its.client_reference}, episode {its.episode_reference}"
    return section(f"record-{number}", heading, about, Table(columns, rows, title), list(_notes(seen)))


def _rows(episode: OwnEpisode) -> Iterator[tuple[str, ...]]:
    said = set[Line]()
    for holding in episode.holdings:
        first, *others = fact_lines(holding.key, holding.fact)
        yield first.words, day_words(first.day), since_words(holding.source), file_words(holding.source)
        # What comes with the referral comes with the start of treatment again, as a rule the same.
        yield from ((line.words, day_words(line.day), "", "") for line in others if line not in said)
        said.update(others)


def _notes(seen: SubjectEpisodeSeen) -> Iterator[str]:
    its = seen.its
    if its.taken_over:
        yield (
            f"Until {day_words(its.since.received_on)} this record stood under other details than yours; a correction "
            "made it yours. What was said of it before and differs from now is not shown, since it may be about "
            "somebody else. Ask the service."
        )
    if its.joined_on:
        yield f"On {text.day(its.joined_on)} it was joined with another record of yours, where everything stands since."
    if its.erased_on:
        yield f"On {text.day(its.erased_on)} earlier entries under this number were erased. Nobody can read them."
    if seen.not_in_file_since:
        yield f"Since {text.day(seen.not_in_file_since)} the service’s files do not have this record any more."
    if seen.consent_unclear:
        yield "The service’s newest file does not say clearly whether you agreed to this. It is asked about."


def _changes(episodes: Sequence[SubjectEpisodeSeen]) -> Section:
    columns = columns_of(
        ("Record", 1.6),
        ("What was said", 5.0),
        ("What is said since", 4.4),
        ("Known on", 2.7),
        ("From which file", 3.3),
    )
    rows = [
        (
            str(number),
            _worded(before),
            _worded(after) if after else "taken back",
            day_words(change.source.received_on),
            file_words(change.source),
        )
        for number, seen in enumerate(episodes, 1)
        for change in seen.its.changes
        for before, after in [_difference(change.key, change.before, change.now)]
    ]
    about = "Nothing is overwritten: what was said before is kept, so that an earlier figure can be explained."
    return section(
        "changes", "What was corrected or taken back", about, Table(columns, rows, "Corrections, record by record")
    )


def _difference(key: str, before: Fact, now: Fact | None) -> tuple[list[Line], list[Line]]:
    """The lines in which two states of a fact differ; all of what was taken back."""
    old = fact_lines(key, before)
    if now is None:
        return old, []
    new = fact_lines(key, now)
    only_old, only_new = [line for line in old if line not in new], [line for line in new if line not in old]
    if not only_old and not only_new:
        return [Line("your details, or the service’s number for you", None)], [
            Line("other details or another number", None)
        ]
    return only_old or [Line("nothing", None)], only_new or [Line("nothing", None)]


def _worded(its: Sequence[Line]) -> str:
    return "; ".join(f"{line.words}: {text.day(line.day)}" if line.day else line.words for line in its)
