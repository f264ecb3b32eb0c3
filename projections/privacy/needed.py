"""What a provider sees of completions needed: its own hubs, and all others as one part, so that they still add up."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from projections.performance.needed.completions_needed import CompletionsNeeded, HubNeed, Need, WindowMoves
from projections.publication.suppression import UNDER, Counts
from projections.standings.engine import Figure
from projections.standings.hidden import HIDDEN

from .complements import FEW_OTHERS, is_few
from .redaction import Own, redacted_figure

_SMALL = ("could_count", "may_change", "recent")
"""Counts that stand beside the figure and may be small though it is not."""


def redacted_need(answer: CompletionsNeeded, own: Own) -> CompletionsNeeded:
    """The answer with the hubs of others as one part that names nobody."""
    answer = replace(answer, whole=redacted_figure(answer.whole, own))
    if answer.need is None:
        return answer
    theirs = [hub for hub in answer.need.hubs if hub.agency not in own]
    together = [_together(theirs)] if theirs else []
    ours = [hub for hub in answer.need.hubs if hub.agency in own]
    return replace(answer, need=replace(answer.need, hubs=(*ours, *together)))


def _together(hubs: Sequence[HubNeed]) -> HubNeed:
    sums = {
        name: sum(getattr(hub, name) for hub in hubs)
        for name in ("cohort", "counted", "wanted", "to_go", "could_count", "may_change", "recent")
    }
    months = tuple(map(sum, zip(*(hub.months for hub in hubs), strict=True)))
    return HubNeed(agency="", months=months, **sums)


def need_beside_others(answer: CompletionsNeeded, whole: Figure) -> CompletionsNeeded:
    """What is shown to somebody who knows all of it but the part of others: nothing that tells of fewer than 5 of them.

    `whole` is today's figure as far as it may be shown. Who leaves and enters the window is told in steps of single
    people, so it is left out.
    """
    need = answer.need
    others = next((hub for hub in need.hubs if not hub.agency), None) if need else None
    if whole.withheld or (others is not None and is_few(Counts(others.counted, others.cohort))):
        return CompletionsNeeded(whole, answer.target, None, FEW_OTHERS)
    if need is None or others is None:
        return replace(answer, whole=whole)
    return replace(answer, whole=whole, need=_without_few(need, others))


def _without_few(need: Need, others: HubNeed) -> Need:
    few: dict[str, Any] = {name: HIDDEN for name in _SMALL if getattr(others, name) < UNDER}
    hubs = (*(hub for hub in need.hubs if hub.agency), replace(others, **few))
    hidden = need.expected if not few.keys() & {"recent", "may_change"} else None
    moves = WindowMoves(HIDDEN, HIDDEN, HIDDEN, HIDDEN)
    return replace(need, hubs=hubs, moves=moves, expected=hidden, **few)
