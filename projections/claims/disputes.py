"""The disputes that were opened, and what an open one lets the commissioner see."""

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from domain.contract_life.dispute import OPEN, Dispute, DisputeEvent
from domain.improvement.disputed.steps import EVERY_DISPUTE_EVENT
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, read_topics
from domain.measures.entered import as_measure
from domain.measures.registry import Measure, measure_named
from domain.standpoint import Standpoint
from projections.standings.slices import Slice


def disputes(connection: sa.Connection, mapper: JsonMapper) -> list[Dispute]:
    """Every dispute, in the order in which they were opened."""
    of_number: dict[int, list[Recorded]] = {}
    for recorded in read_topics(connection, mapper, [event.TOPIC for event in EVERY_DISPUTE_EVENT]):
        event = recorded.event
        assert isinstance(event, DisputeEvent)
        of_number.setdefault(event.number, []).append(recorded)
    return [Dispute.folded(recorded) for recorded in of_number.values()]


def measure_of(dispute: Dispute) -> Measure:
    """Which measure's figure is disputed, or which entered KPI's."""
    opened = dispute.opened
    if opened.entered_kind:
        return as_measure(opened.measure, opened.entered_name, opened.entered_kind, None, "")
    return measure_named(opened.measure)


def slice_of(dispute: Dispute) -> Slice:
    """Whose figure is disputed."""
    said = dispute.opened
    return Slice(said.area, said.agency, said.criminal_justice, said.young_people)


def standpoint_of(dispute: Dispute) -> Standpoint:
    """From where the disputed figure is seen."""
    said = dispute.opened
    return Standpoint(said.as_of, said.known_at, said.position)


def is_party(dispute: Dispute, own: Collection[str]) -> bool:
    """Whether a provider has to do with it: one of its agencies opened it, answered it, or has the disputed figure."""
    spoke = {recorded.event.party for recorded in dispute.recorded if isinstance(recorded.event, DisputeEvent)}
    return not {dispute.opened.agency, *spoke}.isdisjoint(own)


def covers(dispute: Dispute, measure: Measure, slice_: Slice) -> bool:
    """Whether the disputed figure holds everybody whom the measure holds in a slice.

    Young people are no part of a figure of adults, nor the other way round; nor is one measure part of another.
    """
    disputed = slice_of(dispute)
    return (
        dispute.opened.measure == measure.code
        and disputed.area in {None, slice_.area}
        and disputed.agency in {None, slice_.agency}
        and (slice_.criminal_justice or not disputed.criminal_justice)
        and disputed.young_people == slice_.young_people
    )


def opens_to_commissioner(disputes: Iterable[Dispute], measure: Measure, slice_: Slice) -> Dispute | None:
    """The open dispute by which the commissioner may look at the clients of a figure, from whatever standpoint."""
    return next((one for one in disputes if one.state == OPEN and covers(one, measure, slice_)), None)
