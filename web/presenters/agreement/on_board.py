"""What the staff board says of months: what each hub achieved of what was agreed, and what it needs in the next one."""

from collections.abc import Callable, Sequence
from datetime import date

from domain.measures.registry import Measure
from web.auth.viewer import Viewer
from web.presenters import text
from web.queries.agreement.completions_needed import CompletionsNeededQuery, NeedResult, completions_needed
from web.queries.agreement.hub_targets import HubTargetsQuery, HubTargetsVersionResult, hub_targets
from web.snapshot import Snapshot

Named = Callable[[str], str]


def months(
    snapshot: Snapshot, viewer: Viewer, as_of: date, measures: Sequence[Measure], named: Named
) -> dict[str, str]:
    """By measure, what the last month brought to each hub of what was agreed, and what the next one has to."""
    query = CompletionsNeededQuery(as_of, measures=tuple(measures))
    needed = completions_needed(snapshot, viewer, query).completions_needed
    shared = hub_targets(snapshot, viewer, HubTargetsQuery(as_of)).hub_targets
    in_force = {one.target.number: one.version(one.in_force) for one in shared}
    said = {}
    for one in needed:
        version = in_force.get(one.target.number) if one.target else None
        sentences = month_agreed(version, as_of, named), month_needed(one.need, named)
        said[one.code] = " ".join(filter(None, sentences))
    return said


def month_agreed(version: HubTargetsVersionResult | None, as_of: date, named: Named) -> str:
    """What each hub achieved in the month of a day, of what was agreed for it; empty where nothing was."""
    month = as_of.replace(day=1)
    if version is None or month not in version.months:
        return ""
    place = version.months.index(month)
    hubs = [
        f"{named(hub.agency)} {hub.achieved[place] or 0:,} of {hub.numbers[place]:,}"
        for hub in version.hubs
        if hub.agency
    ]
    return f"{month:%B}: {text.listed(hubs)} agreed."


def month_needed(need: NeedResult | None, named: Named) -> str:
    """What each hub needs in the next month to be on the way to the target; empty where nothing is needed."""
    if need is None or not need.months or not need.to_go:
        return ""
    hubs = [f"{named(hub.agency)} {hub.months[0]:,}" for hub in need.hubs if hub.agency and hub.months[0]]
    if not hubs:
        return ""
    return f"{need.months[0].first_day:%B} needs: {text.listed(hubs)}."
