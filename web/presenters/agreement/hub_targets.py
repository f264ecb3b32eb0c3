"""Targets of hubs and months, in sentences and tables: what was agreed, who still has to, and what was achieved."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Final

from rich.console import Console

from domain.contract_life.hub_targets import AGREED, BY_PROVIDER, NOTHING, PROPOSED, WITHDRAWN, SharingRule
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.contract_life.targets import to_be_reached
from web.presenters.tables import Column, Link, Table, month
from web.queries.agreement.hub_targets import (
    AllHubTargetsResult,
    HubNumbers,
    HubTargetsResult,
    HubTargetsVersionResult,
    ProposalResult,
    SaidBy,
)

Named = Callable[[str], str]
To = Callable[[HubTargetsResult], str]

STATE_TAGS: Final = {PROPOSED: "yellow", BY_PROVIDER: "yellow", AGREED: "green", WITHDRAWN: "grey", NOTHING: "grey"}
"""The colour of the tag that says how it stands."""
STATE_WORDS: Final = {NOTHING: "not shared out"}
RULES: Final = {
    SharingRule.CASELOAD: "By caseload: who could still count",
    SharingRule.EQUAL: "Equal: as many for each hub",
    SharingRule.TYPED: "Typed in: write them below",
}
"""How the numbers may be come by, as a person chooses it."""
NONE: Final = "No target that completions decide had been agreed by then, so there is nothing to share out."


def state_of(result: HubTargetsResult) -> str:
    """How it stands, as a person reads it."""
    if result.target.withdrawn is not None:
        return "target withdrawn"
    return STATE_WORDS.get(result.state, result.state)


def name_of(result: HubTargetsResult) -> str:
    """The KPI of a target."""
    return f"{result.measure.name} ({result.measure.code})"


# ---- all of them


_OVERVIEW: Final = (
    Column("KPI"),
    Column("State"),
    Column("Achieved", folds=True),
    Column("Target", aside=True, folds=True),
    Column("Months", aside=True, folds=True),
)


def overview(result: AllHubTargetsResult, to: To | None = None) -> Table | None:
    """A row a target; None where there is none."""
    rows = [_overview_row(one, to) for one in result.hub_targets]
    return Table(_OVERVIEW, rows, "Each target, and what the hubs have of it") if rows else None


def _overview_row(one: HubTargetsResult, to: To | None) -> tuple[Any, ...]:
    target = f"{to_be_reached(one.target)} by {text.short_day(one.target.last_day)}"
    kpi = Link(name_of(one), to(one), more=f", target {one.target.number}") if to else name_of(one)
    version = one.version(one.in_force) or one.version(one.standing)
    if version is None:
        return kpi, state_of(one), None, target, None
    return kpi, state_of(one), progress(version), target, months_in_words(version.months)


def months_in_words(months: Sequence[date]) -> str:
    """From which month to which."""
    first, last = months[0], months[-1]
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%B %Y}"
    return f"{first:%B} to {last:%B %Y}" if first.year == last.year else f"{first:%B %Y} to {last:%B %Y}"


def progress(version: HubTargetsVersionResult) -> str:
    """How many were achieved of how many were to be by now."""
    hubs = [hub for hub in version.hubs if hub.agency]
    done, due = sum(map(achieved_so_far, hubs)), sum(map(due_so_far, hubs))
    whose = "" if len(hubs) == len(version.hubs) else " at your hubs"
    return f"{done:,} of {due:,} due by now{whose}"


def achieved_so_far(hub: HubNumbers) -> int:
    """A hub's completions in the months that have begun."""
    return sum(count for count in hub.achieved if count is not None)


def due_so_far(hub: HubNumbers) -> int:
    """What was agreed for the months that have begun."""
    return sum(number for number, count in zip(hub.numbers, hub.achieved, strict=True) if count is not None)


# ---- one of them


def lead(result: HubTargetsResult, named: Named) -> str:
    """How it stands, in a sentence."""
    version = result.version(result.standing)
    if gone := result.target.withdrawn:
        return (
            f"The target was withdrawn on {text.day(gone.on)}, so these numbers count no more. If it was set anew, "
            "propose the numbers anew for the new target."
        )
    if result.state == NOTHING or not result.versions:
        return "Nothing was proposed yet for the hubs’ part of this target."
    if version is None or result.state == WITHDRAWN:
        return "What was proposed or agreed was withdrawn, so the hubs have no part of this target now."
    what = f"{text.plural(version.whole, 'completion')}, {months_in_words(version.months)}"
    if version.agreed_on is not None:
        return f"Agreed by both on {text.day(version.agreed_on)}: {what}."
    return f"Proposed {by(version.proposed, named)}: {what}. Waiting for {waiting_for(version, named)}."


def waiting_for(version: HubTargetsVersionResult, named: Named) -> str:
    """Whose agreement is missing."""
    return text.listed([f"the provider of {named(one)}" if one else "the commissioner" for one in version.missing]) or (
        "another provider"
    )


def by(said: SaidBy, named: Named) -> str:
    """Who said it, for whom and when."""
    whose = f"for {text.listed([named(hub) for hub in said.party])}" if said.party else _commissioner(said)
    return f"on {text.day(said.on)} by {said.actor}{', ' + whose if whose else ''}"


def _commissioner(said: SaidBy) -> str:
    return "" if said.role == "provider" else "for the commissioner"


def grid(version: HubTargetsVersionResult, named: Named, title: str, *, with_achieved: bool = True) -> Table:
    """A row a month and a column a hub: achieved of agreed, or what is to be; the last row and column add up."""
    names = [named(hub.agency) if hub.agency else "Other hubs" for hub in version.hubs]
    columns = [Column("Month"), *(Column(name, number=True) for name in [*names, "All hubs"])]
    rows: list[tuple[Any, ...]] = []
    for place, first_day in enumerate(version.months):
        cells = [_cell(hub.numbers[place], hub.achieved[place], with_achieved) for hub in version.hubs]
        rows.append((month(first_day), *cells, _sum_of_month(version.hubs, place, with_achieved)))
    rows.append(("Together", *(_sum_of_hub(hub, with_achieved) for hub in version.hubs), _sum(version, with_achieved)))
    return Table(columns, rows, title)


def _cell(number: int, count: int | None, with_achieved: bool) -> int | str:
    return f"{count:,} of {number:,}" if with_achieved and count is not None else number


def _sum_of_month(hubs: Iterable[HubNumbers], place: int, with_achieved: bool) -> int | str:
    its = list(hubs)
    counts = [hub.achieved[place] for hub in its]
    known = [count for count in counts if count is not None]
    return _cell(sum(hub.numbers[place] for hub in its), sum(known) if len(known) == len(its) else None, with_achieved)


def _sum_of_hub(hub: HubNumbers, with_achieved: bool) -> int | str:
    known = any(count is not None for count in hub.achieved)
    return _cell(sum(hub.numbers), achieved_so_far(hub) if known else None, with_achieved)


def _sum(version: HubTargetsVersionResult, with_achieved: bool) -> int | str:
    known = all(hub.achieved[0] is not None for hub in version.hubs)
    return _cell(version.whole, sum(map(achieved_so_far, version.hubs)) if known else None, with_achieved)


_VERSIONS: Final = (
    Column("Version", number=True),
    Column("State"),
    Column("Proposed", folds=True),
    Column("Completions", number=True, aside=True),
    Column("Rule", aside=True),
    Column("Agreed", whole=True, aside=True),
)


def versions_table(result: HubTargetsResult, named: Named) -> Table | None:
    """Every version, the newest first; None where there is none."""
    rows = [
        (one.number, _version_state(result, one), by(one.proposed, named), one.whole, str(one.rule), one.agreed_on)
        for one in reversed(result.versions)
    ]
    return Table(_VERSIONS, rows, "Every version") if rows else None


def _version_state(result: HubTargetsResult, version: HubTargetsVersionResult) -> str:
    newer = any(one.number > version.number and one.agreed_on for one in result.versions)
    return "replaced" if newer and version.state == AGREED else version.state


def basis(result: HubTargetsResult, proposal: ProposalResult | None) -> list[str]:
    """What the number to be shared out rests on, in sentences."""
    target = f"The target is {to_be_reached(result.target)} by {text.day(result.target.last_day)}."
    if proposal is None:
        return [target]
    if proposal.needed is None:
        return [target, f"{proposal.why} So write how many are to be shared out, and the numbers."]
    needed = (
        f"To meet it, {text.plural(proposal.needed, 'more completion')} are needed if nobody new starts, and "
        f"{proposal.with_new_starts or 0:,} if as many start as in the last 12 months. The second number is shared "
        "out, unless you write another one."
    )
    return [target, needed]


def differences(mine: Sequence[HubNumbers], theirs: HubTargetsVersionResult, named: Named) -> Table:
    """What somebody wrote beside what stands, hub by hub; for who wrote over a version that is not the newest."""
    stands = {hub.agency: hub.numbers for hub in theirs.hubs}
    rows = [
        (
            named(hub.agency) if hub.agency else "Other hubs",
            _numbers(hub.numbers),
            _numbers(stands.get(hub.agency, ())),
        )
        for hub in mine
    ]
    return Table((Column("What"), Column("As you wrote it"), Column("As it stands")), rows, "Both versions")


def _numbers(numbers: Sequence[int]) -> str:
    return f"{', '.join(map(str, numbers))}: {sum(numbers):,} in all" if numbers else "nothing"


# ---- the terminal


def print_hub_targets(console: Console, result: AllHubTargetsResult) -> None:
    """Each target: its state, and the numbers that are in force or stand."""
    if not result.hub_targets:
        say(console, NONE)
    for one in result.hub_targets:
        say(console, "", f"Target {one.target.number}: {name_of(one)}, {to_be_reached(one.target)}: {one.state}")
        print_one(console, one)


def print_one(console: Console, one: HubTargetsResult) -> None:
    """One target's, with the numbers that are in force and those that stand."""
    say(console, lead(one, str))
    for number in dict.fromkeys(filter(None, (one.in_force, one.standing))):
        version = one.version(number)
        if version:
            title = "Agreed: achieved of what was to be" if number == one.in_force else "Proposed"
            print_table(console, grid(version, str, title, with_achieved=number == one.in_force))
