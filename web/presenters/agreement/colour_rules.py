"""Colour rules, for people: what each says, what it would make of the newest scorecard, two versions side by side."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from rich.console import Console

from domain.measures.registry import MEASURE_OF
from projections.performance.colours.colouring import Rating
from projections.performance.trend import BASES
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Table
from web.queries.agreement.colour_rules import ColourRuleResult, ColourRulesResult, RuleStep, RuleTermsResult
from web.queries.agreement.colour_trials import ColourTrial, TrialLine

_COLUMNS: Final = (
    Column("no.", number=True),
    Column("name", folds=True),
    Column("KPI", folds=True),
    Column("whose"),
    Column("rule", folds=True),
    Column("figures from"),
    Column("agreed"),
    Column("state"),
)


def print_rules(console: Console, result: ColourRulesResult) -> None:
    """Rules, the oldest first."""
    if not result.rules:
        say(console, "No colour rule was agreed: what misses its target is red.")
        return
    print_table(console, Table(_COLUMNS, list(map(_row, result.rules))))


def _row(rule: ColourRuleResult) -> tuple[str, ...]:
    terms = rule.terms
    return (
        str(rule.number),
        terms.name,
        kpi_of(terms),
        terms.agency or "everybody",
        terms.words,
        text.short_day(terms.first_day),
        text.short_day(rule.agreed_on),
        rule.state,
    )


def print_rule(console: Console, rule: ColourRuleResult) -> None:
    """One rule, as it stands."""
    say(console, f"Colour rule {rule.number}: {rule.terms.name}, {rule.state}.", *sentences_of(rule.terms))
    say(console, *(f"{step_words(step)}." for step in rule.steps))


def print_agreed(console: Console, result: ColourRulesResult) -> None:
    """Rules that were just agreed, changed or withdrawn."""
    for rule in result.rules:
        print_rule(console, rule)


def print_trial(console: Console, trial: ColourTrial) -> None:
    """What rules would make of the newest scorecard."""
    say(console, *trial_sentences(trial))
    if table := trial_table(trial):
        print_table(console, table)


# ---- a rule in words


def kpi_of(terms: RuleTermsResult) -> str:
    """Which KPIs it colours; one that is entered by hand is named by its code."""
    if not terms.measure:
        return "every KPI"
    measure = MEASURE_OF.get(terms.measure)
    return f"{measure.name} ({measure.code})" if measure else terms.measure


def sentences_of(terms: RuleTermsResult, named: Callable[[str], str] = str) -> list[str]:
    """What a rule says: of what, from when, by which distances and conditions, and where it is from."""
    whose = f"at {named(terms.agency)}" if terms.agency else "of everybody"
    said = [
        f"It colours {kpi_of(terms)} {whose}, in figures as of {text.day(terms.first_day)} and later.",
        f"{terms.words[:1].upper()}{terms.words[1:]}. {_rest(terms)}",
    ]
    if terms.direction:
        said.append(f"Directions are compared with the {BASES[terms.direction]}.")
    if terms.source:
        said.append(f"Source: {terms.source}.")
    return said


def _rest(terms: RuleTermsResult) -> str:
    green = "A figure that reaches its target is green"
    if any(one.when in _WORSEN for one in terms.conditions):
        green += ", unless a condition says otherwise"
    return f"{green}; one that misses it by more is red." if terms.amber_within != "0" else f"{green}; a miss is red."


_WORSEN: Final = frozenset({"not improved on last year", "worse than the comparator"})
"""The conditions that may take green from a figure that reaches its target."""


def step_words(step: RuleStep) -> str:
    """A step of a rule: Agreed on 10 April 2017 by ann, commissioner."""
    why = f": {step.reason}" if step.reason else ""
    return f"{step.step.capitalize()} on {text.day(step.on)} by {step.actor}, {step.role}{why}"


# ---- what it would make of the newest scorecard


_TRIAL: Final = (
    Column("KPI"),
    Column("Result", whole=True, aside=True),
    Column("Now"),
    Column("With the rule"),
    Column("Why", aside=True, folds=True),
)


def trial_table(trial: ColourTrial) -> Table | None:
    """The KPIs that the rules decide, those that would change colour first; None where they decide none."""
    if not trial.lines:
        return None
    ordered = sorted(trial.lines, key=lambda line: line.before is line.after)
    return Table(_TRIAL, list(map(_tried, ordered)), "On the newest scorecard")


def _tried(line: TrialLine) -> tuple[Any, ...]:
    after = str(line.after) if line.after is not line.before else f"{line.after}, as now"
    result = f"{line.numerator:,} of {line.denominator:,}"
    return f"{line.name} ({line.measure})", result, str(line.before), after, line.because


def example(trial: ColourTrial) -> str:
    """A rule on the newest scorecard, in a sentence: this rule makes 3 of 12 KPIs amber, 7 red and 2 green."""
    if trial.standpoint is None:
        return "There is no scorecard yet on which to try it."
    if not trial.lines:
        seen = f"On the newest scorecard, as of {text.day(trial.standpoint.as_of)}"
        return f"{seen}, it decides no colour: other rules, or targets with distances of their own, go before it."
    return (
        f"With {'this rule' if len(trial.terms) == 1 else 'these rules'}, of {text.plural(len(trial.lines), 'KPI')} on "
        f"the newest scorecard, as of {text.day(trial.standpoint.as_of)}, {_colours(trial)}."
    )


def _colours(trial: ColourTrial) -> str:
    """How many KPIs have each colour: 3 would be amber, 7 red and 2 green."""
    counts = trial.colours
    amber, red, green = (counts[colour] or "none" for colour in (Rating.AMBER, Rating.RED, Rating.GREEN))
    return f"{amber} would be amber, {red} red and {green} green"


def trial_sentences(trial: ColourTrial) -> Iterator[str]:
    """What rules would make of the newest scorecard, and which KPIs would change colour."""
    yield example(trial)
    changed = [line for line in trial.lines if line.before is not line.after]
    if trial.lines and not changed:
        yield "No KPI would change colour."
    if changed:
        names = text.listed([f"{line.name} ({line.measure}) from {line.before} to {line.after}" for line in changed])
        yield f"{text.plural(len(changed), 'KPI')} would change colour: {names}."
    yield "Nothing is stored."


# ---- two versions


_VERSIONS: Final = (Column("What"), Column("As you wrote it"), Column("As it stands"))


def both_versions(written: RuleTermsResult, standing: ColourRuleResult) -> Table:
    """What somebody wrote beside what stands now, where the two differ."""
    pairs = zip(_parts(written), _parts(standing.terms), strict=True)
    rows: list[Sequence[str]] = [(what, mine, theirs) for (what, mine), (_, theirs) in pairs if mine != theirs]
    if standing.state != "agreed":
        rows.append(("State", "agreed", standing.state))
    return Table(_VERSIONS, rows or [("Nothing", "the same", "the same")], "Where the two differ")


def _parts(terms: RuleTermsResult) -> Iterable[tuple[str, str]]:
    yield "Name", terms.name
    yield "First day of the figures", text.day(terms.first_day)
    yield "Rule", terms.words
    yield "Direction", str(BASES[terms.direction]) if terms.direction else "left to the reader"
    yield "Source", terms.source or "none"
