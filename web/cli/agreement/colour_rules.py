"""The commands of `recount colour-rule`: agree, load, change, withdraw, list."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import click

from domain.contract_life.colour_rules import (
    Condition,
    ConditionColour,
    ConditionKind,
    DirectionBasis,
    RuleTerms,
)
from domain.contract_life.targets import TargetScale
from domain.errors import WrongUse
from projections.performance.colours.colour_rules import AgreedRule
from web.auth.viewer import EVERYTHING
from web.cli import options
from web.cli.output import answer, answer_query, new_services, refusals
from web.clock import today
from web.commands.agreement import colour_rules as commands
from web.commands.agreement.colour_rules import RuleDecision
from web.files.agreement.rule_files import read_rules
from web.presenters.agreement import colour_rules as tables
from web.queries.agreement import colour_rules as queries
from web.queries.agreement.colour_rules import ColourRulesQuery, ColourRulesResult, rule_result
from web.queries.agreement.colour_trials import TrialQuery, trial
from web.queries.agreement.entered import all_entered, proportions
from web.services import OPERATOR, Services

_TRY: Final = click.option("--try", "tried", is_flag=True, help="Say which KPIs would change colour; store nothing.")
_ON: Final = click.option("--on", type=options.DAY, help="The day on which that was agreed; today if left out.")
_SEEN: Final = click.option(
    "--seen",
    type=click.IntRange(min=1),
    metavar="V",
    help="The version that you read; refused if another is newest.",
)


def _terms(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what a rule says."""
    for option in reversed(
        (
            click.option("--name", required=True, metavar="TEXT", help="Whose rule it is: each colour names it."),
            click.option("--from", "first_day", type=options.DAY, required=True, help="First day of its figures."),
            click.option(
                "--scale", type=click.Choice(list(map(str, TargetScale))), default="points", show_default=True
            ),
            click.option("--green-within", type=options.NUMBER, default="0", metavar="N", help="Beyond the target."),
            click.option(
                "--amber-within", type=options.NUMBER, default="0", metavar="N", help="Beyond it; 0 is no amber."
            ),
            click.option(
                "--condition",
                "conditions",
                multiple=True,
                metavar="COLOUR:WHEN",
                help="Like 'red:not improved on last year'; may be repeated.",
            ),
            click.option(
                "--direction", type=click.Choice(list(map(str, DirectionBasis))), help="The basis of directions."
            ),
            click.option("--source", default="", metavar="TEXT", help="Where it was agreed: a contract, a paper."),
        )
    ):
        command = option(command)
    return command


@click.group("colour-rule")
def colour_rule() -> None:
    """Colour rules: how a figure beside its target is green, amber or red. Agree, try, change, withdraw, list."""


@colour_rule.command("agree")
@_terms
@click.option("--measure", metavar="M", help="Of this KPI alone; else the contract's, for every KPI.")
@click.option("--agency", metavar="CODE", help="Of this agency alone; else of everybody.")
@_ON
@_TRY
@options.as_json
def agree(*, on: date | None, tried: bool, as_json: bool, **said: Any) -> None:
    """Agree a rule, for every KPI or for one; with --try, only say what it would change."""
    services, terms = new_services(), _terms_of(**said)
    if tried:
        _try(services, (terms,), None, as_json=as_json)
        return
    _record(services, as_json, lambda: [commands.agree_rule(services.register, terms, _decision(services, on))])


@colour_rule.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_TRY
@options.as_json
def load(*, file: Path, tried: bool, as_json: bool) -> None:
    """Agree the rules of FILE, TOML or JSON: all of them or none."""
    services = new_services()
    with services.snapshot() as snapshot:
        entered = [kpi.code for kpi in proportions(snapshot)]
    with refusals(as_json=as_json):
        read = read_rules(file.read_bytes(), file.name, entered)
    if tried:
        _try(services, tuple(one.terms for one in read), None, as_json=as_json)
        return
    rules = [(one.terms, _decision(services, one.agreed_on)) for one in read]
    _record(services, as_json, lambda: commands.agree_rules(services.register, rules))


@colour_rule.command("change")
@options.number
@_terms
@_ON
@_SEEN
@_TRY
@options.as_json
def change(*, number: int, on: date | None, seen: int | None, tried: bool, as_json: bool, **said: Any) -> None:
    """Agree rule NUMBER anew, with other terms for the same figures; as known before, it stays what it was."""
    services = new_services()
    with services.snapshot() as snapshot:
        standing = queries.colour_rule(snapshot, EVERYTHING, number)
    measure, agency = (standing.terms.measure, standing.terms.agency) if standing else (None, None)
    terms = _terms_of(**said, measure=measure, agency=agency)
    if tried:
        _try(services, (terms,), number, as_json=as_json)
        return
    _record(
        services,
        as_json,
        lambda: [commands.change_rule(services.register, number, terms, _decision(services, on), seen)],
    )


@colour_rule.command("withdraw")
@options.number
@_ON
@click.option("--reason", default="", metavar="TEXT", help="Why, for the log.")
@_SEEN
@options.as_json
def withdraw(*, number: int, on: date | None, reason: str, seen: int | None, as_json: bool) -> None:
    """Let rule NUMBER colour nothing any more; as known before, it did."""
    services = new_services()
    _record(
        services,
        as_json,
        lambda: [commands.withdraw_rule(services.register, number, _decision(services, on), reason, seen)],
    )


@colour_rule.command("list")
@options.as_json
def list_rules(*, as_json: bool) -> None:
    """Every rule that was ever agreed, the oldest first."""
    answer_query(queries.colour_rules, ColourRulesQuery(), tables.print_rules, as_json=as_json)


def _terms_of(
    *,
    scale: str,
    green_within: Decimal,
    amber_within: Decimal,
    conditions: tuple[str, ...],
    direction: str | None,
    **said: Any,
) -> RuleTerms:
    return RuleTerms(
        **said,
        scale=TargetScale(scale),
        green_within=green_within,
        amber_within=amber_within,
        conditions=tuple(map(_condition, conditions)),
        direction=DirectionBasis(direction) if direction else None,
    )


def _condition(written: str) -> Condition:
    """A condition of `--condition`; raises WrongUse."""
    colour, _, when = written.partition(":")
    try:
        return Condition(ConditionKind(when.strip()), ConditionColour(colour.strip()))
    except ValueError as error:
        kinds = ", ".join(map(str, ConditionKind))
        raise WrongUse(
            f"'{written}' is no condition. Write amber: or red: and one of: {kinds}. So "
            f"'red:{ConditionKind.NOT_IMPROVED}'."
        ) from error


def _decision(services: Services, on: date | None) -> RuleDecision:
    return RuleDecision(services.actor, OPERATOR, on or today(), today())


def _try(services: Services, terms: tuple[RuleTerms, ...], number: int | None, *, as_json: bool) -> None:
    with services.snapshot() as snapshot:
        entered = all_entered(snapshot)
        with refusals(as_json=as_json):
            checked = tuple(commands.check_terms(one, entered) for one in terms)
        result = trial(snapshot, EVERYTHING, TrialQuery(checked, today(), number))
        demonstration = snapshot.is_demonstration
    answer(
        as_json=as_json,
        demonstration=demonstration,
        document=result.document,
        tables=lambda console: tables.print_trial(console, result),
    )


def _record(services: Services, as_json: bool, command: Callable[[], list[AgreedRule]]) -> None:
    with refusals(as_json=as_json):
        rules = [rule_result(rule) for rule in command()]

    result = ColourRulesResult(rules)
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=result.document,
        tables=lambda console: tables.print_agreed(console, result),
    )
