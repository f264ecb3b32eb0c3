"""A person's own data, on lawful request: subject-access."""

import os
from collections.abc import Sequence
from pathlib import Path

import click

from domain.errors import WrongUse
from domain.retention import schedule_with
from web import parameters
from web.auth.trail import access
from web.auth.trail.access import Deed
from web.auth.viewer import EVERYTHING
from web.cli import options
from web.cli.output import answer, new_services, refusals
from web.clock import now, today
from web.exports import docx, typesetting
from web.presenters.administration.subject_access import Request, print_subject, subject_report
from web.presenters.console import messages, say
from web.queries.administration import subject_access as queries
from web.queries.administration.accounts import agency_names
from web.queries.administration.subject_access import Subject, SubjectAccessQuery
from web.services import OPERATOR, Services
from web.snapshot import NOTICE

ABOUT = "subject-access"
"""What the trail of access calls it."""


@click.command()
@click.option("--case", required=True, metavar="NUMBER", help="The request's case number, for the trail: name nobody.")
@click.option("--by-reference", is_flag=True, help="Ask for an agency's reference in place of the person's details.")
@click.option("--pdf", type=options.NEW_FILE, help="Write the document into this file, as a PDF.")
@click.option("--docx", "word", type=options.NEW_FILE, help="Write the document into this file, as a DOCX.")
@options.years
@options.as_json
def subject_access(
    *, case: str, by_reference: bool, pdf: Path | None, word: Path | None, years: Sequence[str], as_json: bool
) -> None:
    """A person's own data on lawful request: all that is held about one person, and nobody else.

    Initials, date of birth and sex are asked for on the terminal, or read from standard input, a line each. They are
    never options, since other users of the machine can read those; they are not stored, and not noted. That somebody
    asked is, with the case number.
    """
    services, reason = new_services(), queries.need_reason(case)
    subject = _referred_to(services) if by_reference else _described(services)
    query = SubjectAccessQuery(subject, today(), schedule_with(options.years_written(years)))
    access.note(services.access_engine, now(), services.actor, OPERATOR, Deed.LOOKED, ABOUT, {"by": subject.by}, reason)
    with services.snapshot() as snapshot, refusals(as_json=as_json):
        record = queries.subject_record(snapshot, EVERYTHING, query)
        names = agency_names(snapshot.connection)
        request = Request(
            reason,
            lambda code: f"{names[code]} ({code})" if code in names else code,
            NOTICE if snapshot.is_demonstration else "",
        )
        report = subject_report(record, request)
        for path, content in ((pdf, typesetting.pdf), (word, docx.docx)):
            if path is not None:
                _write(path, content(report, {}))
                say(messages(), f"Written: {path}. Hand it to the person alone.")
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=lambda: {"subject_access": record.result().document()},
            tables=lambda console: print_subject(console, report),
        )


def _write(path: Path, content: bytes) -> None:
    """For whoever runs the command alone; whoever hands it on decides who else may read it."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)


def _described(services: Services) -> Subject:
    initials = _typed("First letter of the first name")[:1] + _typed("First letter of the surname")[:1]
    born_on = parameters.day_written(_typed("Date of birth (YYYY-MM-DD)"))
    if born_on is None:
        # What was typed is not repeated.
        raise WrongUse("This is no date of birth. Write it as YYYY-MM-DD, like 1980-05-17.")
    sex = _typed("Sex (M, F, or U if it is not stated)").upper()
    return queries.subject_by_identity(services.client_key, initials, born_on, sex)


def _referred_to(services: Services) -> Subject:
    agency, client = _typed("Agency code").upper(), _typed("CLIENT, the agency's number for the person")
    episode = _typed("EPISODID, or nothing for all of that number", default="")
    return queries.subject_by_reference(services.client_key, agency, client, episode or None)


def _typed(what: str, default: str | None = None) -> str:
    text: str = click.prompt(what, default=default, show_default=False, err=True)
    return text.strip()
