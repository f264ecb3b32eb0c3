"""What the commands that bring knowledge do: submit, withdraw, handover, contract."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa

from projections.contracts import Contract
from web.context import OPERATOR, Context, Question, today
from web.effects import Effect, effects
from web.intake.again import received_before
from web.intake.confirming import Confirmed, hand_over
from web.intake.confirming import withdraw as withdraw_episode
from web.intake.contracts import ContractSaid, agree_contract, withdraw_contract
from web.intake.manifest import Line, lines_of, read_manifest
from web.intake.reading import parse_name
from web.intake.summary import summary
from web.intake.taking_in import Submission, take_in
from web.schemas.submissions import submission_document
from web.terminal import words
from web.terminal.console import output, say
from web.terminal.progress import Progress, progress
from web.terminal.submissions import print_archive, print_effects

from .answering import answer, clear_remains, new_context, print_document, print_notice, refusals

LONG_FILE = 200
"""Episodes to check from which on a file is long enough for a progress bar."""


@dataclass
class Taken:
    """What became of a file, and, of a dry run, what it would do to the figures."""

    submission: Submission
    effects: Sequence[Effect] = ()


@dataclass
class Intake:
    """Takes the files of a command in, one commit each, and knows what became of those before."""

    context: Context
    accept_withdrawals: bool = False
    dry_run: bool = False
    taken: list[Taken] = field(default_factory=list)

    def take(self, line: Line, come: Progress | None = None) -> Taken:
        """Take one file in, or try it; `come` is told how many of its episodes are checked."""
        found: list[Effect] = []

        def look(connection: sa.Connection) -> None:
            name = parse_name(line.path.name)
            after = Question.of(connection, self.context.mapper)
            with self.context.question() as before:
                found.extend(effects(before, after, name.last_day, name.agency))

        submission = take_in(
            self.context.register,
            self.context.client_key,
            line.path,
            line.received_on,
            today(),
            actor=self.context.actor,
            role=OPERATOR,
            complete=line.complete,
            accept_withdrawals=self.accept_withdrawals,
            dry_run=self.dry_run,
            progress=come,
            look=look if self.dry_run else None,
        )
        self.taken.append(Taken(submission, found))
        return self.taken[-1]

    def take_archive(self, lines: Sequence[Line], come: Progress | None) -> None:
        """Take in the lines of a manifest; what was taken in before is passed over."""
        for done, line in enumerate(lines):
            if come:
                come(done, len(lines))
            with self.context.question() as question:
                before = received_before(question, line.path, line.received_on)
            if before:
                self.taken.append(Taken(before))
            else:
                self.take(line)

    def finish(self) -> None:
        """Where consent ended, nothing of what was erased stays in the database's files."""
        if not self.dry_run and any(taken.submission.erased for taken in self.taken):
            clear_remains(self.context)

    def document(self) -> dict[str, Any]:
        """What became of the files so far."""
        return {"submissions": [submission_document(taken.submission, taken.effects) for taken in self.taken]}


def submit(
    *,
    files: Sequence[Path],
    manifest: Path | None,
    received_on: date | None,
    complete: bool,
    accept_withdrawals: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take files in, in the order given; the first refused ends it."""
    if bool(files) == bool(manifest):
        raise click.UsageError("Give files, or --manifest FILE, and not both.")
    if manifest and (received_on or complete):
        raise click.UsageError("A manifest says itself when each file was received, and which are complete.")
    intake = Intake(new_context(), accept_withdrawals, dry_run)
    with refusals(as_json=as_json, beside=intake.document), ExitStack() as last:
        last.callback(intake.finish)
        if manifest:
            _submit_archive(intake, manifest, as_json=as_json)
        else:
            _submit_files(intake, lines_of(files, received_on or today(), complete=complete), as_json=as_json)
    if as_json:
        print_document(intake.document(), demonstration=intake.context.is_demonstration)


def _submit_files(intake: Intake, lines: Iterable[Line], *, as_json: bool) -> None:
    for line in lines:
        with progress(line.path.name, LONG_FILE) as come:
            taken = intake.take(line, come)
        if not as_json:
            click.echo(summary(taken.submission))
            print_effects(output(), taken.effects)
    if not as_json:
        print_notice(demonstration=intake.context.is_demonstration)


def _submit_archive(intake: Intake, manifest: Path, *, as_json: bool) -> None:
    lines = read_manifest(manifest)
    try:
        with progress(f"Taking in {manifest.name}") as come:
            intake.take_archive(lines, come)
    finally:
        if not as_json:
            print_archive(output(), [taken.submission for taken in intake.taken])
            print_notice(demonstration=intake.context.is_demonstration)


def withdraw(*, agency: str, client: str, episode: str, received_on: date | None, dry_run: bool, as_json: bool) -> None:
    """Confirm that an episode was reported by mistake."""
    context = new_context()
    with refusals(as_json=as_json):
        done = withdraw_episode(
            context.register,
            context.client_key,
            agency,
            client,
            episode,
            received_on or today(),
            today(),
            actor=context.actor,
            role=OPERATOR,
            dry_run=dry_run,
        )
    facts = words.plural(done.withdrawn, "fact")
    _print_confirmed(context, done, f"Episode {episode} of client {client} at {agency} is withdrawn: {facts}.", as_json)


def handover(
    *, from_agency: str, to_agency: str, on: date, received_on: date | None, dry_run: bool, as_json: bool
) -> None:
    """Pass a caseload from one agency to another."""
    context = new_context()
    with refusals(as_json=as_json):
        done = hand_over(
            context.register,
            from_agency,
            to_agency,
            on,
            received_on or today(),
            today(),
            actor=context.actor,
            role=OPERATOR,
            dry_run=dry_run,
        )
    verb = "ends" if done.episodes == 1 else "end"
    said = f"{words.plural(done.episodes, 'open episode')} of {from_agency} {verb} on {words.day(on)}"
    _print_confirmed(context, done, f"{said} by a transfer to {to_agency}, until a discharge is reported.", as_json)


def contract(
    *,
    agency: str,
    first_day: date,
    last_day: date | None,
    succeeds: str,
    withdrawn: bool,
    received_on: date | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Keep a contract of an agency, change it, or take it back."""
    if withdrawn and (last_day or succeeds):
        raise click.UsageError("A contract that is withdrawn has neither an end nor a service that it continues.")
    context, on = new_context(), received_on or today()
    by: dict[str, Any] = {"actor": context.actor, "role": OPERATOR, "dry_run": dry_run}
    with refusals(as_json=as_json):
        if withdrawn:
            done = withdraw_contract(context.register, agency, first_day, on, today(), **by)
        else:
            said = Contract(0, agency, first_day, last_day, succeeds)
            done = agree_contract(context.register, said, on, today(), **by)
    _print_confirmed(context, done, words.contract(agency, first_day, last_day, succeeds, withdrawn), as_json)


def _print_confirmed(context: Context, done: Confirmed | ContractSaid, said: str, as_json: bool) -> None:
    stored = "A trial: nothing was stored." if done.position is None else f"Stored at position {done.position}."
    answer(
        as_json=as_json,
        demonstration=context.is_demonstration,
        document=done.document,
        tables=lambda console: say(console, said, f"Received on {words.day(done.received_on)}. {stored}"),
    )
