"""Which questions an open dispute lets the commissioner ask of clients, and whom a dispute concerns."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.contract_life.dispute import Dispute, DisputeAnswered, DisputeClosed, DisputeOpened, dispute_stream
from domain.errors import Refused
from domain.log.reading import Recorded
from domain.measures.registry import measure_named
from projections.claims.claim import Claim
from projections.claims.disputes import covers, is_party, opens_to_commissioner
from projections.claims.plausibility import StatedPercentage
from projections.standings.slices import Slice
from web.commands.contract_life import disputes
from web.queries.contract_life.disputes import dispute_result

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
COMPLETIONS = measure_named("4.0")


def said(version: int, **given: Any) -> dict[str, Any]:
    return {
        "originator_id": dispute_stream(1),
        "originator_version": version,
        "occurred_on": date(2017, 8, 20),
        "actor": "ann",
        "role": "provider",
        "number": 1,
        **given,
    }


def dispute(**given: Any) -> Dispute:
    asked = {"measure": "4.0", "as_of": date(2017, 7, 31), "position": 9, "reason": "So.", "percentage": "4.75"}
    return Dispute.folded([Recorded(10, AT, DisputeOpened(**said(1), **(asked | given)))])


def closed(found: Dispute) -> Dispute:
    return Dispute.folded([*found.recorded, Recorded(11, AT, DisputeClosed(**said(2), outcome="So."))])


@pytest.mark.parametrize(
    ("disputed", "asked", "expected"),
    [
        (Slice(), Slice(), True),
        (Slice(), Slice(area="Ross"), True),
        (Slice(), Slice(agency="H0001"), True),
        (Slice(), Slice(criminal_justice=True), True),
        (Slice(), Slice(young_people=True), False),
        (Slice(young_people=True), Slice(young_people=True), True),
        (Slice(young_people=True), Slice(), False),
        (Slice(area="Ross"), Slice(), False),
        (Slice(area="Ross"), Slice(area="Ross"), True),
        (Slice(area="Ross"), Slice(area="Ledbury"), False),
        (Slice(area="Ross"), Slice(area="Ross", agency="H0001"), True),
        (Slice(agency="H0001"), Slice(area="Ross"), False),
        (Slice(agency="H0001"), Slice(agency="H0001", criminal_justice=True), True),
        (Slice(criminal_justice=True), Slice(), False),
        (Slice(criminal_justice=True), Slice(criminal_justice=True), True),
    ],
)
def test_a_dispute_covers_its_own_figure_and_parts_of_it(disputed: Slice, asked: Slice, expected: bool) -> None:
    found = dispute(
        area=disputed.area,
        agency=disputed.agency,
        criminal_justice=disputed.criminal_justice,
        young_people=disputed.young_people,
    )
    assert covers(found, COMPLETIONS, asked) is expected
    assert not covers(found, measure_named("5.0"), asked)


def test_only_while_it_is_open() -> None:
    found = dispute()
    other = replace(dispute(measure="5.0"))
    assert opens_to_commissioner([other, found], COMPLETIONS, Slice()) is found
    assert opens_to_commissioner([other, closed(found)], COMPLETIONS, Slice()) is None
    assert opens_to_commissioner([], COMPLETIONS, Slice()) is None


def test_whom_it_concerns() -> None:
    """Who opened it, who answered, whose figure it is."""
    found = dispute(agency="H0001")
    assert is_party(found, {"H0001"})
    assert not is_party(found, {"H0002"})
    assert not is_party(dispute(), {"H0001"})
    answer = DisputeAnswered(**said(2, party="H0002"), statement="So.")
    assert is_party(Dispute.folded([*found.recorded, Recorded(11, AT, answer)]), {"H0002", "H0004"})


def test_what_is_claimed() -> None:
    assert dispute_result(dispute()).claimed.claim == Claim(percentage=StatedPercentage(475, 2))
    assert dispute_result(dispute(percentage="", numerator=5, denominator=70)).claimed.claim == Claim(5, 70)


def test_every_code_of_a_refusal_is_listed() -> None:
    from domain.contract_life.dispute import dispute_text
    from projections.claims.claim import check_claim

    codes = set()
    for text in ("", "x" * 2001, "\x07"):
        with pytest.raises(Refused) as refused:
            dispute_text(text, "reason")
        codes.add(refused.value.code)
    for claimed, measure in ((Claim(-1, 2), "4.0"), (Claim(1), "4.0"), (Claim(3, 2), "4.0"), (Claim(1, 2), "N.open")):
        with pytest.raises(Refused) as refused:
            check_claim(claimed, measure_named(measure))
        codes.add(refused.value.code)
    assert codes | {"dispute-unknown", "dispute-closed"} == set(disputes.REFUSALS)
