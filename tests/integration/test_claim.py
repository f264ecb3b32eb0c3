"""A claim beside our figure: the place where ours is the same, and their list beside our members."""

from collections.abc import Sequence
from datetime import date

import pytest

from domain.definition import definition_in_force, definition_named
from domain.errors import Refused
from domain.log.database import reading
from domain.measures.registry import measure_named
from projections.claims.claim import Claim, ClaimSearch, Difference, Search, check_claim, measures_of, variants_of
from projections.claims.plausibility import StatedPercentage
from projections.claims.reconciliation import Comparison, Listed, ListQuestion
from projections.explain.provenance import members_seen
from projections.standings.in_memory import StandingsEngine
from projections.standings.reference import ReferenceEngine
from projections.standings.slices import Slice
from projections.store import generations
from tests.bridges import recorded_in_sqlite
from tests.histories import told

HISTORY = """
    client | episode | agency | event   | occurred_on | known_on   | detail
    Ann    | a1      | H0001  | started | 2016-09-01  | 2016-10-10 | opiate area=Ross
    Ben    | b1      | H0001  | started | 2016-09-01  | 2016-10-10 | opiate area=Ross
    Cai    | c1      | H0002  | started | 2016-09-01  | 2016-10-11 | opiate
    Dee    | d1      | H0002  | started | 2016-09-01  | 2016-10-11 | non-opiate
    Eve    | e1      | H0002  | started | 2016-09-01  | 2016-10-11 | non-opiate-and-alcohol
    Fay    | f1      | H0002  | started | 2016-04-01  | 2016-10-11 | opiate
    Fay    | f1      | H0002  | exited  | 2016-07-15  | 2016-10-11 | 80
    Gil    | g1      | H0001  | started | 2016-09-01  | 2016-10-12 | alcohol
    Gil    | g1      | H0001  | exited  | 2016-12-01  | 2017-01-10 | 80
    Gil    | g2      | H0001  | started | 2016-12-26  | 2017-01-10 | alcohol
    Ben    | b1      | H0001  | exited  | 2017-07-14  | 2017-08-10 | 80
    Eve    | e1      | H0002  | exited  | 2017-06-01  | 2017-08-11 | 81
    Ben    | b2      | H0001  | started | 2017-07-28  | 2017-09-12 | opiate area=Ross
    Ivy    | i1      | H0002  | started | 2017-08-10  | 2017-09-13 | opiate
    Jon    | j1      | H0002  | triaged | 2017-07-10  | 2017-09-13 | opiate
    Kit    | k1      | H0002  | started | 2017-06-10  | 2017-09-13 | opiate born=2002-01-01
    Ann    | a2      | H0001  | started | 2016-10-01  | 2017-09-14 | opiate area=Ross
    Ann    | a1      | H0001  | exited  | 2016-12-01  | 2017-09-14 | 80
    Liv    | l1      | H0002  | started | 2017-09-20  | 2017-10-20 | opiate
"""
JULY = date(2017, 7, 31)
NEWEST = date(2017, 9, 30)


def search(
    stated: Claim, code: str = "4.0", as_of: date = JULY, known_at: date = NEWEST, where: Slice | None = None
) -> Search:
    """The search over the history; every place found is counted again by the reference engine."""
    ledger, measure = told(HISTORY).ledger, measure_named(code)
    with recorded_in_sqlite(ledger) as register, reading(register.engine) as connection:
        engine = StandingsEngine.load(connection, measures_of(variants_of(measure)))
        found = ClaimSearch(
            connection,
            engine,
            definition_in_force(as_of),
            stated,
            measure,
            engine.standpoint(as_of, known_at),
            where or Slice(),
        ).run()
    for fit in found.fits:
        again = ReferenceEngine(ledger.recorded, definition_named(fit.definition))
        assert again.counts(fit.measure, fit.standpoint, fit.slice) == (fit.numerator, fit.denominator)
        assert stated.fits(fit.numerator, fit.denominator)
    assert [len(fit.differences) for fit in found.fits] == sorted(len(fit.differences) for fit in found.fits)
    return found


def first(found: Search) -> tuple[Difference, ...]:
    return found.fits[0].differences


def test_ours_as_known_earlier() -> None:
    """Ben's return made his completion void in September."""
    found = search(Claim(1, 3))
    assert first(found) == (Difference.KNOWN_AT,)
    assert found.fits[0].standpoint.known_at == date(2017, 8, 10)
    assert (found.fits[0].known_from, found.fits[0].known_until) == (date(2017, 8, 10), date(2017, 9, 12))
    assert found.definitions == ()


def test_ours_of_another_month() -> None:
    """Fay completed in July of the year before: June's window still has her."""
    found = search(Claim(1, 4), known_at=date(2017, 8, 31))
    assert first(found) == (Difference.AS_OF,)
    assert found.fits[0].standpoint.as_of == date(2017, 6, 30)


def test_ours_of_another_slice() -> None:
    found = search(Claim(0, 2), where=Slice(agency="H0002"))
    assert (Difference.SLICE,) in [fit.differences for fit in found.fits]
    assert Slice(agency="H0001") in [fit.slice for fit in found.fits if fit.differences == (Difference.SLICE,)]


def test_ours_with_two_groups_taken_together() -> None:
    found = search(Claim(1, 2), "4.1")
    assert first(found) == (Difference.WORDING,)
    assert found.fits[0].wording == "with non-opiate and non-opiate-and-alcohol taken together"


def test_another_definition_is_measured_when_no_single_difference_fits() -> None:
    """Gil completed and came back on day 25: of all in treatment, his latest journey is the one that is open."""
    assert search(Claim(1, 1), "5.2").fits[0].differences == ()
    found = search(Claim(0, 1), "5.2")
    assert first(found) == (Difference.DEFINITION,)
    assert found.fits[0].definition == "1-of-all"
    assert {"1-gap-28", "1-official-gap", "1-with-area"} <= set(found.definitions)


def test_a_window_that_is_a_month_longer() -> None:
    """Fay completed a fortnight before the window, Ben a fortnight before its end."""
    found = search(Claim(2, 4), known_at=date(2017, 8, 31))
    assert first(found) == (Difference.WINDOW,)
    assert found.fits[0].window == "with a window a month longer"


def test_a_percentage_alone() -> None:
    found = search(Claim(percentage=StatedPercentage.parse("33.3")))
    assert (found.fits[0].numerator, found.fits[0].denominator) == (1, 3)


def test_nothing_fits() -> None:
    found = search(Claim(17, 40))
    assert found.fits == ()
    assert found.pairs > 100
    assert found.windows


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        (Claim(5, 4), "4.0"),
        (Claim(-1, 4), "4.0"),
        (Claim(1, -4), "4.0"),
        (Claim(1), "4.0"),
        (Claim(None, 3), "4.0"),
        (Claim(1, 3), "N.open"),
        (Claim(percentage=StatedPercentage.parse("5")), "N.open"),
    ],
)
def test_what_cannot_be_is_refused(stated: Claim, code: str) -> None:
    with pytest.raises(Refused):
        check_claim(stated, measure_named(code))


def compare(
    listed: Sequence[Listed], code: str = "4.0", where: Slice | None = None, known_at: date = NEWEST
) -> Comparison:
    ledger, measure, part = told(HISTORY).ledger, measure_named(code), where or Slice()
    definition = definition_in_force(JULY)
    with recorded_in_sqlite(ledger) as register, reading(register.engine) as connection:
        engine = StandingsEngine.load(connection, [measure])
        standpoint, generation = engine.standpoint(JULY, known_at), generations.live(connection)
        members = members_seen(
            connection,
            register.mapper,
            generation,
            measure,
            standpoint,
            engine.members(measure, standpoint, part),
            definition,
        )
        snapshot = ListQuestion(connection, register.mapper, generation, measure, standpoint, part, definition)
        found = snapshot.compare(listed, members)
    *steps, unexplained, ours = found.account
    assert (unexplained.numerator, unexplained.denominator) in {(0, 0), (None, 0)}
    assert ours.denominator == len(members)
    assert sum(step.denominator for step in steps) == len(members)
    return found


def line(number: int, reference: str, agency: str = "H0002", **said: object) -> Listed:
    return Listed(number, agency, reference, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reference", "rule"),
    [
        ("d1", "of the group opiate"),
        ("f1", "in treatment in the window"),
        ("i1", "referred or triaged by 31 July 2017"),
        ("j1", "in structured treatment by 31 July 2017"),
        ("k1", "adult in the window"),
        ("l1", "known by 30 September 2017"),
    ],
)
def test_the_first_rule_that_keeps_somebody_out(reference: str, rule: str) -> None:
    (only,) = compare([line(2, reference), line(3, "c1")]).only_theirs
    assert only.rule == rule
    assert (only.journey is not None) == (reference in {"d1", "f1", "k1"})


@pytest.mark.parametrize(
    ("where", "rule"),
    [
        (Slice(area="Ross"), "living in Ross"),
        (Slice(agency="H0001"), "with an episode at H0001"),
        (Slice(criminal_justice=True), "referred by criminal justice"),
        (Slice(young_people=True), "under 18 in the window"),
    ],
)
def test_the_slice_is_the_last_rule(where: Slice, rule: str) -> None:
    (only,) = compare([line(2, "c1")], where=where).only_theirs
    assert only.rule == rule


def test_who_is_only_in_ours() -> None:
    found = compare([line(2, "c1"), line(3, "b1", "H0001")])
    assert found.agreed == 2
    assert [episode.client_reference for m in found.only_ours for episode in m.journey.episodes] == ["a1", "a2"]


def test_who_is_twice_and_counted_on_one_side_only() -> None:
    """Ann has two references, of which her own agency completed one."""
    theirs = [
        line(2, "a1", "H0001", counted=True),
        line(3, "a2", "H0001", counted=False),
        line(4, "b1", "H0001", counted=False),
        line(5, "c1", counted=False),
    ]
    found = compare(theirs)
    (twice,) = found.twice
    assert [one.client_reference for one in twice.lines] == ["a1", "a2"]
    (differently,) = found.differently
    assert differently.member.rule == "ended in the window"
    steps = {step.step: (step.numerator, step.denominator) for step in found.account}
    assert steps["lines of the list"] == (1, 4)
    assert steps["one person on several lines"] == (0, -1)
    assert steps["counted on one side only"] == (-1, 0)
    assert steps["our figure"] == (0, 3)


def test_an_episode_may_be_named() -> None:
    assert compare([line(2, "c1", episode_reference="1")]).agreed == 1
    with pytest.raises(Refused, match="H0002: c1/9"):
        compare([line(2, "c1", episode_reference="9")])


def test_unknown_references_refuse_the_list_whole() -> None:
    with pytest.raises(
        Refused, match=r"2 references have never been reported here: H0002: x \(line 3\), H0001: c1"
    ) as no:
        compare([line(2, "c1"), line(3, "x"), line(4, "c1", "H0001")])
    assert no.value.code == "claim-unknown-references"


def test_many_unknown_references_are_counted() -> None:
    with pytest.raises(Refused, match=r"and 5 more\."):
        compare([line(number, f"x{number}") for number in range(15)])


def test_a_list_of_episodes_is_refused() -> None:
    with pytest.raises(Refused, match="does not count people"):
        compare([line(2, "c1")], "R.plan")
