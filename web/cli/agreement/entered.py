"""The commands of `recount entered`: KPIs that the monthly file does not hold, and their values."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Literal

import click

from domain.contract_life.entered import Evidence
from domain.contract_life.transitions import COMMISSIONER, PROVIDER
from domain.errors import WrongUse
from domain.periods import Period
from projections.performance.entered import WHOLE, EnteredKpi, EnteredValue
from projections.performance.trend import BASES
from web.auth.viewer import EVERYTHING
from web.cli import options
from web.cli.output import answer, answer_query, new_services, refusals
from web.clock import now, today
from web.commands.agreement import entered as commands
from web.commands.agreement import entered_values as values
from web.commands.agreement.entered import KpiAuthor, KpiTerms
from web.commands.agreement.entered_values import NewValue, ValueNumbers
from web.files.entered_lists import read_entered_list
from web.files.evidence import evidence_at
from web.presenters.agreement import entered as tables
from web.presenters.console import messages, say
from web.queries.agreement import entered as queries
from web.queries.agreement import entered_figures as figures
from web.services import OPERATOR, Services

on_day = click.option("--on", type=options.DAY, help="The day on which it is said; today if left out.")
party = click.option(
    "--party",
    type=click.Choice([COMMISSIONER, PROVIDER]),
    default=COMMISSIONER,
    show_default=True,
    help="For which party it is said.",
)
seen = click.option("--seen", type=click.IntRange(min=1), metavar="N", help="The version that it was decided on.")
evidence = click.option("--evidence", type=options.FILE, help="The file that shows it: its hash is kept, not the file.")
numerator = click.option("--numerator", type=int, required=True, help="How many are counted.")
denominator = click.option("--denominator", type=int, help="Out of how many; of a count it is left out.")
source = click.option("--source", default="", metavar="TEXT", help="Where the numbers are from.")


@click.group()
def entered() -> None:
    """KPIs that the monthly file does not hold: define them, enter their values, and read their figures."""


@entered.command("define")
@click.argument("code")
@click.option("--name", required=True, metavar="TEXT", help="What it is called.")
@click.option("--wording", default="", metavar="TEXT", help="What is counted, as the contract words it.")
@click.option("--kind", type=click.Choice(["proportion", "count"]), default="proportion", show_default=True)
@click.option("--better", type=click.Choice(["higher", "lower"]), help="Which side is better; of a count perhaps none.")
@click.option("--frequency", type=click.Choice(["monthly", "quarterly"]), default="monthly", show_default=True)
@click.option("--agency", "agencies", multiple=True, metavar="CODE", help="Enters its own value; may be repeated.")
@click.option("--needs-evidence", is_flag=True, help="No value without a file.")
@click.option("--from", "first_day", type=options.DAY, required=True, help="The first day for which it is due.")
@source
@on_day
@options.as_json
def define_kpi(
    *,
    kind: Literal["proportion", "count"],
    better: Literal["higher", "lower"] | None,
    frequency: Literal["monthly", "quarterly"],
    agencies: tuple[str, ...],
    on: date | None,
    as_json: bool,
    **terms: Any,
) -> None:
    """Define the KPI called CODE, like X.needle. Without an agency, one value is entered for all together."""
    services = new_services()
    if kind == "proportion" and better is None:
        raise click.UsageError("Say which side of a proportion is better: --better higher, or lower.")
    its_terms = KpiTerms(kind=kind, polarity=better, frequency=frequency, agencies=agencies, **terms)
    _record_kpi(services, as_json, lambda: commands.define_kpi(services.register, its_terms, _author(services, on)))


@entered.command("end")
@options.number
@click.option("--last-day", type=options.DAY, required=True, help="The last day for which a value is due.")
@click.option("--reason", default="", metavar="TEXT", help="Why, for the log.")
@seen
@on_day
@options.as_json
def end_kpi(*, number: int, last_day: date, reason: str, seen: int | None, on: date | None, as_json: bool) -> None:
    """Let entered KPI NUMBER end: no value is due after its last day."""
    services = new_services()
    _record_kpi(
        services,
        as_json,
        lambda: commands.end_kpi(services.register, number, last_day, reason, _author(services, on), seen),
    )


@entered.command("list")
@options.as_json
def list_kpis(*, as_json: bool) -> None:
    """Every KPI that was ever defined, the oldest first."""
    answer_query(lambda snapshot, viewer, _: queries.kpis(snapshot, viewer), None, tables.print_kpis, as_json=as_json)


@entered.command("enter")
@click.argument("code")
@click.option("--agency", default=WHOLE, metavar="CODE", help="Whose value it is; left out, of all together.")
@options.period
@numerator
@denominator
@source
@evidence
@party
@on_day
@options.as_json
def enter_value(
    *,
    code: str,
    agency: str,
    first_day: date,
    last_day: date,
    numerator: int,
    denominator: int | None,
    source: str,
    evidence: Path | None,
    party: str,
    on: date | None,
    as_json: bool,
) -> None:
    """Enter the value of KPI CODE for a whole month, or a whole quarter."""
    services = new_services()

    def enter() -> EnteredValue:
        its_numbers = ValueNumbers(numerator, denominator, source, _evidence(evidence))
        value = NewValue(code, agency, Period(first_day, last_day), its_numbers)
        return values.enter_value(services.register, value, _author(services, on, party))

    _record_value(services, as_json, enter)


@entered.command("correct")
@options.number
@numerator
@denominator
@source
@evidence
@click.option("--reason", required=True, metavar="TEXT", help="Why it is corrected.")
@seen
@party
@on_day
@options.as_json
def correct_value(
    *,
    number: int,
    numerator: int,
    denominator: int | None,
    source: str,
    evidence: Path | None,
    reason: str,
    seen: int | None,
    party: str,
    on: date | None,
    as_json: bool,
) -> None:
    """Put other numbers in the place of those of value NUMBER. As known before, the older ones stand."""
    services = new_services()

    def correct() -> EnteredValue:
        its_numbers = ValueNumbers(numerator, denominator, source, _evidence(evidence))
        author = _author(services, on, party)
        return values.correct_value(services.register, number, its_numbers, reason, author, seen)

    _record_value(services, as_json, correct)


@entered.command("confirm")
@options.number
@seen
@party
@on_day
@options.as_json
def confirm_value(*, number: int, seen: int | None, party: str, on: date | None, as_json: bool) -> None:
    """Agree with value NUMBER, which the other party entered."""
    services = new_services()
    _record_value(
        services,
        as_json,
        lambda: values.confirm_value(services.register, number, _author(services, on, party), seen),
    )


@entered.command("question")
@options.number
@click.option("--question", required=True, metavar="TEXT", help="What is asked; it stays in the log, so name nobody.")
@seen
@party
@on_day
@options.as_json
def question_value(*, number: int, question: str, seen: int | None, party: str, on: date | None, as_json: bool) -> None:
    """Ask about value NUMBER, which the other party entered. It counts meanwhile."""
    services = new_services()
    _record_value(
        services,
        as_json,
        lambda: values.question_value(services.register, number, question, _author(services, on, party), seen),
    )


@entered.command("withdraw")
@options.number
@click.option("--reason", required=True, metavar="TEXT", help="Why it counts no more.")
@seen
@party
@on_day
@options.as_json
def withdraw_value(*, number: int, reason: str, seen: int | None, party: str, on: date | None, as_json: bool) -> None:
    """Let value NUMBER count no more: its period has none again."""
    services = new_services()
    _record_value(
        services,
        as_json,
        lambda: values.withdraw_value(services.register, number, reason, _author(services, on, party), seen),
    )


@entered.command("values")
@click.option("--code", metavar="CODE", help="Only those of this KPI.")
@options.as_json
def list_values(*, code: str | None, as_json: bool) -> None:
    """Every value that was ever entered, the newest period first."""
    answer_query(queries.values, queries.ValuesQuery(code), tables.print_values, as_json=as_json)


@entered.command("load")
@click.argument("file", type=options.FILE)
@evidence
@options.dry_run
@party
@on_day
@options.as_json
def load_values(
    *, file: Path, evidence: Path | None, dry_run: bool, party: str, on: date | None, as_json: bool
) -> None:
    """Enter every value of FILE, a CSV, or none of them if anything is wrong. The evidence is of all of them."""
    services = new_services()
    with refusals(as_json=as_json):
        read, its_evidence = read_entered_list(file), _evidence(evidence)
        author = _author(services, on, party)
        loaded = values.enter_values(services.register, read, its_evidence, author, dry_run=dry_run)
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=loaded.document,
        tables=lambda console: tables.print_loaded(console, loaded),
    )
    if loaded.rejected:
        raise click.exceptions.Exit(1)


@entered.command("figures")
@options.as_of
@options.known_at
@click.option("--agency", metavar="CODE", help="Only what this agency enters.")
@click.option("--basis", type=click.Choice(list(BASES)), default="previous", show_default=True)
@options.as_json
def entered_figures(
    *, as_of: date | None, known_at: date | int | None, agency: str | None, basis: str, as_json: bool
) -> None:
    """The figures of all entered KPIs: of the newest month, or quarter, that had ended by --as-of; and what is due."""
    if as_of is None:
        raise click.UsageError("Missing option '--as-of'.")
    query = figures.EnteredQuery(as_of, known_at, agency, BASES[basis], today())
    answer_query(figures.scorecard, query, tables.print_entered_scorecard, as_json=as_json)


@entered.command("check")
@options.number
@click.argument("file", type=options.FILE)
@options.as_json
def check_evidence(*, number: int, file: Path, as_json: bool) -> None:
    """Hold FILE against the evidence of value NUMBER: is it the file that was read then?"""
    services = new_services()
    with services.snapshot() as snapshot:
        result = queries.evidence_check(snapshot, EVERYTHING, number, evidence_at(file))
        demonstration = snapshot.is_demonstration
    if result is None:
        raise WrongUse(f"There is no entered value {number}. 'recount entered values' names them.")
    answer(
        as_json=as_json,
        demonstration=demonstration,
        document=result.document,
        tables=lambda console: tables.print_check(console, result),
    )
    if not result.versions:
        raise click.exceptions.Exit(1)


@entered.command("certify")
@options.number
@click.option("--out", type=options.NEW_FILE, required=True, help="The file that the certificate is written into.")
def certify_value(*, number: int, out: Path) -> None:
    """Sign a certificate of value NUMBER: that its entries are in the log, word for word. Nothing is stored."""
    services = new_services()
    with services.snapshot() as snapshot:
        text = queries.signed_value(snapshot, EVERYTHING, number, services.signer, now().isoformat(timespec="seconds"))
    if text is None:
        raise WrongUse(f"There is no entered value {number} that counts. 'recount entered values' names them.")
    out.write_text(text, encoding="utf-8")
    say(messages(), f"The certificate of value {number} is in {out}.")


def _author(services: Services, on: date | None, its_party: str = COMMISSIONER) -> KpiAuthor:
    return KpiAuthor(services.actor, OPERATOR, its_party, on or today(), today())


def _evidence(file: Path | None) -> Evidence | None:
    return evidence_at(file) if file else None


def _record_kpi(services: Services, as_json: bool, command: Callable[[], EnteredKpi]) -> None:
    with refusals(as_json=as_json):
        result = queries.kpi_result(command())
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=result.document,
        tables=lambda console: tables.print_kpi(console, result),
    )


def _record_value(services: Services, as_json: bool, command: Callable[[], EnteredValue]) -> None:
    with refusals(as_json=as_json):
        number = command().number
    with services.snapshot() as snapshot:
        result = queries.value(snapshot, EVERYTHING, number)
        demonstration = snapshot.is_demonstration
    assert result
    answer(
        as_json=as_json,
        demonstration=demonstration,
        document=result.document,
        tables=lambda console: tables.print_value(console, result),
    )
