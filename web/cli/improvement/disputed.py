"""More commands of `recount dispute`: clients, their answers, evidence, joint reviews, and the way to a settlement."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import click
from rich.console import Console

from domain.contract_life.entered import Evidence
from domain.errors import WrongUse
from domain.improvement.disputed.steps import ROW_REASONS, DisputeRowAnswer
from projections.claims.claim import Claim
from web.auth.viewer import EVERYTHING
from web.cli import options
from web.cli.contract_life.disputes import DENOMINATOR, NUMERATOR, PARTY, dispute, record, speaker_for
from web.cli.output import answer, new_services, refusals
from web.commands.improvement.disputed import steps as commands
from web.commands.improvement.disputed.steps import DisputeSaid
from web.files.evidence import evidence_at, hashed
from web.presenters.console import print_table, say
from web.presenters.improvement import disputed as tables
from web.queries.contract_life import disputes as queries
from web.queries.contract_life.disputes import DisputeResult
from web.queries.improvement.disputed.account import account
from web.queries.improvement.disputed.evidence import evidence_check
from web.queries.improvement.disputed.rows import named_rows
from web.snapshot import Snapshot

_SLUGS = sorted(slug for slug in tables.STEP_OF_SLUG if slug != "list")
_SEEN = click.option("--seen", type=click.IntRange(min=1), metavar="N", help="Only if VERSION is still this one.")


@dispute.command("rows")
@options.number
@click.option("--from", "path", type=options.FILE, required=True, help="Lines of AGENCY, CLIENT, WHERE, WHY.")
@PARTY
@_SEEN
@options.as_json
def list_rows(*, number: int, path: Path, party: str, seen: int | None, as_json: bool) -> None:
    """Say on which clients the figures of dispute NUMBER differ."""
    services = new_services()
    with refusals(as_json=as_json), services.snapshot() as snapshot:
        result = _one(snapshot, number)
        rows = named_rows(snapshot, EVERYTHING, result, path.read_text(encoding="utf-8-sig"))
    speaker = speaker_for(services, party)
    record(services, as_json, lambda: commands.list_rows(services.register, number, rows, speaker, seen))


@dispute.command("row")
@options.number
@click.argument("row", type=click.IntRange(min=1))
@click.argument("verdict", type=click.Choice(["accepted", "contested", "given-up"]))
@click.option("--reason", type=click.Choice(list(ROW_REASONS)), default=None, help="A reason of the short list.")
@click.option("--words", default="", metavar="TEXT", help="The reason in words, for the log: so without a name.")
@PARTY
@_SEEN
@options.as_json
def answer_row(
    *,
    number: int,
    row: int,
    verdict: str,
    reason: str | None,
    words: str,
    party: str,
    seen: int | None,
    as_json: bool,
) -> None:
    """Accept, contest or give up ROW of dispute NUMBER."""
    services = new_services()
    speaker = speaker_for(services, party)
    answers = [DisputeRowAnswer(row, verdict, reason or "", words)]  # type: ignore[arg-type]
    record(services, as_json, lambda: commands.answer_rows(services.register, number, answers, speaker, seen))


@dispute.command("step")
@options.number
@click.argument("step", type=click.Choice(_SLUGS))
@click.option("--words", required=True, metavar="TEXT", help="What there is to say, for the log: so without a name.")
@click.option("--held-on", type=options.DAY, help="Of review and meeting: the day; today if left out.")
@click.option("--attendees", default="", metavar="TEXT", help="Of review and meeting: who was there, by role.")
@click.option("--row", "rows", type=click.IntRange(min=1), multiple=True, help="Of review: a row; may be repeated.")
@click.option("--file", "path", type=options.FILE, help="Of evidence: the file; its hash is kept, not the file.")
@NUMERATOR
@DENOMINATOR
@PARTY
@_SEEN
@options.as_json
def take_step(
    *,
    number: int,
    step: str,
    words: str,
    held_on: date | None,
    attendees: str,
    rows: tuple[int, ...],
    path: Path | None,
    numerator: int | None,
    denominator: int | None,
    party: str,
    seen: int | None,
    as_json: bool,
) -> None:
    """Take a step of dispute NUMBER: evidence, review, meeting, escalate, propose, accept or refuse."""
    if numerator is None and denominator is not None:
        raise click.UsageError("Give --numerator with --denominator.")
    services = new_services()
    agreed = None if numerator is None else Claim(numerator, denominator)
    speaker, name = speaker_for(services, party), tables.STEP_OF_SLUG[step]
    with refusals(as_json=as_json):
        file: Evidence | None = evidence_at(path) if path else None
    said = DisputeSaid(words, held_on, attendees, rows, file, agreed)
    record(services, as_json, lambda: commands.take_dispute_step(services.register, number, name, said, speaker, seen))


@dispute.command("account")
@options.number
@options.as_json
def show_account(*, number: int, as_json: bool) -> None:
    """The numbers of dispute NUMBER: ours, theirs, what its clients add up to, and what was proposed or agreed."""
    with new_services().snapshot() as snapshot:
        result = _one(snapshot, number)
        its = account(snapshot, EVERYTHING, EVERYTHING, result)
        demonstration = snapshot.is_demonstration
    answer(
        as_json=as_json,
        demonstration=demonstration,
        document=its.document,
        tables=lambda console: tables.print_account(console, result, its),
    )


def _one(snapshot: Snapshot, number: int) -> DisputeResult:
    result = queries.dispute(snapshot, EVERYTHING, number)
    if result is None:
        raise WrongUse(f"There is no dispute {number}. 'recount dispute list' names them.")
    return result


@dispute.command("check")
@options.number
@click.argument("paths", type=click.Path(exists=True, path_type=Path), nargs=-1, required=True, metavar="FILE...")
@options.as_json
def check_evidence(*, number: int, paths: tuple[Path, ...], as_json: bool) -> None:
    """Hold FILEs against the evidence of dispute NUMBER: is it kept, changed or missing? A folder is all files in it.

    The exit code is 1 if a file that is named is no evidence, or if a folder lacks some of the evidence.
    """
    with new_services().snapshot() as snapshot:
        result = _one(snapshot, number)
        demonstration = snapshot.is_demonstration
    with refusals(as_json=as_json):
        named, in_folders = _hashed(path for path in paths if path.is_file()), _hashed(_files_in(paths))
    checked = evidence_check(result.course, [*named, *in_folders])

    def tables_of(console: Console) -> None:
        if checked.evidence:
            print_table(console, tables.check_table(result.course, checked))
        say(console, *tables.check_words(checked))

    answer(as_json=as_json, demonstration=demonstration, document=checked.document, tables=tables_of)
    lacks = any(path.is_dir() for path in paths) and not checked.is_whole
    if lacks or not evidence_check(result.course, named).is_all_evidence:
        raise click.exceptions.Exit(1)


def _files_in(paths: Iterable[Path]) -> Iterator[Path]:
    for folder in (path for path in paths if path.is_dir()):
        yield from sorted(path for path in folder.rglob("*") if path.is_file())


def _hashed(paths: Iterable[Path]) -> list[Evidence]:
    its = []
    for path in paths:
        with path.open("rb") as file:
            its.append(hashed(path.name, file))
    return its
