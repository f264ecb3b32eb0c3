"""What others reached: quartiles, places and intervals; how values are read; which were known on a day."""

from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contract_life.comparators import (
    ComparatorSetChanged,
    ComparatorSetDefined,
    ComparatorValue,
    ComparatorValuesReleased,
    ComparatorValuesWithdrawn,
    ValueKind,
    area_key,
    check_areas,
    period_words,
    period_written,
    release_stream,
    set_stream,
)
from domain.errors import Refused
from domain.log.reading import Recorded
from domain.periods import Period
from projections.performance.beside.areas import areas_of_period, newest_period
from projections.performance.beside.comparators import Comparators, comparator_set, release
from projections.performance.beside.quartiles import (
    AreaJudgement,
    QuartileMethod,
    best_first,
    by_interval,
    quartile_of,
    quartiles,
    rank_of,
)
from projections.standings.wilson import wilson
from web.demo.agreement.comparators import (
    INVENTED_FILE,
    OPIATE_AREAS,
    OTHER_AREAS,
    PRINTED,
    SETS,
)
from web.files.agreement.comparator_values import SaidValue, checked_value, read_values
from web.queries.agreement.comparator_areas import needed_of

Q3 = Period(date(2016, 10, 1), date(2016, 12, 31))
SHARES = st.lists(st.fractions(0, 1, max_denominator=500), min_size=4, max_size=60)
POLARITIES = st.sampled_from(["higher", "lower"])
METHODS = st.sampled_from(list(QuartileMethod))


def percent(*values: str) -> list[Fraction]:
    return [Fraction(Decimal(value)) / 100 for value in values]


# ---- quartiles and places


@pytest.mark.parametrize(
    ("method", "polarity", "top"),
    [
        (QuartileMethod.RANKED, "higher", ("7", "8")),
        (QuartileMethod.INCLUSIVE, "higher", ("6.25", "8")),
        (QuartileMethod.EXCLUSIVE, "higher", ("6.75", "8")),
        (QuartileMethod.RANKED, "lower", ("1", "2")),
        (QuartileMethod.INCLUSIVE, "lower", ("1", "2.75")),
        (QuartileMethod.EXCLUSIVE, "lower", ("1", "2.25")),
    ],
)
def test_the_top_quartile_is_the_better_one_by_each_method(
    method: QuartileMethod, polarity: str, top: tuple[str, str]
) -> None:
    """1 to 8: a spreadsheet says 6.25 and 2.75 by QUARTILE.INC, 6.75 and 2.25 by QUARTILE.EXC."""
    first, *_ = quartiles(percent(*map(str, range(1, 9))), polarity, method)
    assert [first.low, first.high] == percent(*top)


@given(SHARES, POLARITIES, METHODS)
def test_quartiles_follow_on_each_other_and_hold_every_area(
    shares: list[Fraction], polarity: str, method: QuartileMethod
) -> None:
    found = quartiles(shares, polarity, method)
    ordered = best_first(shares, polarity)
    assert [one.number for one in found] == [1, 2, 3, 4]
    assert (found[0].best, found[3].worst) == (ordered[0], ordered[-1])
    ends = [end for one in found for end in (one.best, one.worst)]
    assert best_first(ends, polarity) == ends
    of_areas = [quartile_of(share, found, polarity) for share in ordered]
    assert of_areas == sorted(of_areas, key=int)  # type: ignore[arg-type]


@given(SHARES, POLARITIES)
def test_by_areas_in_order_both_ends_are_what_an_area_reached(shares: list[Fraction], polarity: str) -> None:
    assert {end for one in quartiles(shares, polarity) for end in (one.worst, one.best)} <= set(shares)


@given(SHARES, st.fractions(0, 1, max_denominator=500), POLARITIES)
def test_a_place_is_one_more_than_the_areas_that_are_better(
    shares: list[Fraction], share: Fraction, polarity: str
) -> None:
    place = rank_of(share, shares, polarity)
    assert place == 1 + sum((other > share) if polarity == "higher" else (other < share) for other in shares)
    better = share + 1 if polarity == "higher" else share - 1
    assert rank_of(better, shares, polarity) == 1


def test_of_three_areas_there_are_no_quartiles() -> None:
    assert quartiles(percent("1", "2", "3"), "higher") == ()
    assert quartile_of(Fraction(1, 50), (), "higher") is None


@pytest.mark.parametrize(
    ("counts", "against", "polarity", "judged"),
    [
        ((19, 487), ("6.376", "6.376"), "higher", AreaJudgement.WORSE),
        ((19, 487), ("6.376", "6.376"), "lower", AreaJudgement.BETTER),
        ((19, 487), ("6.376", "6.376"), None, AreaJudgement.LOWER),
        ((4, 10), ("18.9", "18.9"), "lower", AreaJudgement.SIMILAR),
        ((60, 207), ("38.3", "38.3"), "higher", AreaJudgement.WORSE),
        ((10, 15), ("5", "10"), "higher", AreaJudgement.BETTER),
        ((10, 15), ("50", "60"), "higher", AreaJudgement.SIMILAR),
        ((0, 0), ("5", "10"), "higher", None),
    ],
)
def test_better_similar_and_worse_go_by_the_interval(
    counts: tuple[int, int], against: tuple[str, str], polarity: str | None, judged: AreaJudgement | None
) -> None:
    assert by_interval(*counts, *percent(*against), polarity) == judged


@given(st.integers(1, 400), st.data(), POLARITIES)
def test_a_figure_is_similar_to_itself(denominator: int, data: st.DataObject, polarity: str) -> None:
    numerator = data.draw(st.integers(0, denominator))
    share = Fraction(numerator, denominator)
    assert by_interval(numerator, denominator, share, share, polarity) is AreaJudgement.SIMILAR


# ---- the papers' numbers


@pytest.mark.parametrize(
    ("low", "high", "people", "needed"),
    [("7.36", "8.93", 485, (36, 43)), ("7.36", "8.93", 487, (36, 43)), ("45.61", "57.73", 156, (72, 90)),
     ("45.61", "57.73", 157, (72, 90)),
     ("42.59", "60.67", 47, (21, 28))],
)  # fmt: skip
def test_a_range_is_so_many_completions(low: str, high: str, people: int, needed: tuple[int, int]) -> None:
    """36 to 43, 72 to 90 and 21 to 28, as the paper prints them; 487 are the demonstration's own."""
    found = needed_of(*percent(low, high), people)
    assert (found.fewest, found.most, found.among) == (*needed, people)


@given(st.integers(0, 10000), st.integers(0, 10000), st.integers(1, 5000))
def test_whoever_is_needed_lies_in_the_range_and_nobody_else(first: int, second: int, people: int) -> None:
    low, high = (Fraction(end, 10000) for end in sorted((first, second)))
    found = needed_of(low, high, people)
    assert (found.fewest, found.most) == (ceil(low * people), floor(high * people))
    inside = [k for k in range(people + 1) if low <= Fraction(k, people) <= high]
    assert inside == list(range(found.fewest or 0, (found.most or 0) + 1))


def test_appendix_b_is_whole() -> None:
    assert len(OPIATE_AREAS) == len(OTHER_AREAS) == 32
    both = set(OPIATE_AREAS) & set(OTHER_AREAS)
    in_both = {"Brighton and Hove", "East Sussex", "Kirklees", "Southampton", "Stoke-on-Trent", "Warrington"}
    assert both == in_both
    assert (OPIATE_AREAS[4], OPIATE_AREAS[-1], OTHER_AREAS[0], OTHER_AREAS[-1]) == (
        "Cheshire East UA", "York", "Barking and Dagenham", "West Sussex",
    )  # fmt: skip
    assert [len(check_areas(one.areas)) for one in SETS] == [32, 32]


def test_the_invented_values_have_the_printed_top_quartiles() -> None:
    """Each range that the paper prints of Q3 2016/17 is the top quartile of the invented values, as it would print."""
    values = read_values(INVENTED_FILE.read_bytes(), INVENTED_FILE.name)
    assert not values.rejected
    printed = {one.measure: (one.percentage, one.to) for one in PRINTED
               if one.kind is ValueKind.TOP_QUARTILE and one.period == "Q3 2016/17"}  # fmt: skip
    assert printed == {
        "1.0": ("7.36", "8.93"), "2.0": ("45.61", "57.73"), "4.3": ("42.59", "60.67"),
        "5.0": ("3.45", "12.5"), "5.1": ("0", "0"), "5.3": ("0", "4.55"),
    }  # fmt: skip
    for measure, ends in printed.items():
        shares = [Fraction(v.numerator or 0, v.denominator or 1) for v in values.values if v.measure == measure]
        top, *_ = quartiles(shares, "lower" if measure.startswith("5") else "higher")
        assert [round(100 * end, 2) for end in (top.low, top.high)] == [Fraction(end) for end in ends], measure
        assert len(shares) == (31 if measure == "4.3" else 32)


def test_the_printed_averages_and_the_cluster() -> None:
    others = {one.measure: one.percentage for one in PRINTED if one.kind is not ValueKind.TOP_QUARTILE}
    assert others == {
        "3.0": "38.3", "4.2": "39.5", "5.2": "8.8",
        "profile.six-years.opiate": "23", "profile.career.opiate": "21", "profile.first.opiate": "36",
    }  # fmt: skip
    earlier = [one for one in PRINTED if one.period == "Q4 2015/16"]
    assert [(one.measure, one.percentage, one.to) for one in earlier] == [("2.0", "44.83", "52.53")]


@pytest.mark.parametrize(("ours", "theirs"), [(46, "23"), (50, "21"), (53, "36")])
def test_wirrals_profile_is_higher_than_its_cluster(ours: int, theirs: str) -> None:
    """Of 1,700 people, which is about as many as Wirral had in treatment: its paper gives percentages alone."""
    assert by_interval(17 * ours, 1700, *percent(theirs, theirs), None) is AreaJudgement.HIGHER


# ---- periods, areas and values


@pytest.mark.parametrize(
    ("written", "period", "words"),
    [
        ("Q3 2016/17", Q3, "Q3 2016/17"),
        ("q3 16/17", Q3, "Q3 2016/17"),
        ("2016-10-01 to 2016-12-31", Q3, "Q3 2016/17"),
        ("2016/17", Period(date(2016, 4, 1), date(2017, 3, 31)), "2016/17"),
        ("2013", Period(date(2013, 1, 1), date(2013, 12, 31)), "2013"),
        ("2016-12", Period(date(2016, 12, 1), date(2016, 12, 31)), "2016-12"),
        ("2016-10-05 to 2016-11-30", Period(date(2016, 10, 5), date(2016, 11, 30)), "2016-10-05 to 2016-11-30"),
    ],
)
def test_periods_are_read_and_written(written: str, period: Period, words: str) -> None:
    assert (period_written(written), period_words(period)) == (period, words)


@pytest.mark.parametrize(
    "written", ["", "Q5 2016/17", "Q3 2016/18", "2016/18", "2016-13", "0000", "last year", "2016-12-31 to 2016-10-01",
                "2016-02-30 to 2016-03-31", "Q3"],
)  # fmt: skip
def test_what_is_no_period_is_none(written: str) -> None:
    assert period_written(written) is None


@given(st.dates(date(1991, 1, 1), date(2099, 12, 31)), st.integers(0, 800))
def test_a_period_is_read_back_as_it_is_written(first: date, days: int) -> None:
    period = Period(first, date.fromordinal(first.toordinal() + days))
    assert period_written(period_words(period)) == period


def said(**changes: Any) -> SaidValue:
    return SaidValue(**{"area": "Derby", "measure": "4.0", "period": "Q3 2016/17", "percentage": "7.4"} | changes)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"area": " "}, "area-missing"),
        ({"measure": "9.9"}, "measure-unknown"),
        ({"measure": "N.open"}, "measure-unknown"),
        ({"measure": "5.0u"}, "measure-unknown"),
        ({"period": "last year"}, "period-unknown"),
        ({"percentage": ""}, "value-missing"),
        ({"numerator": "7"}, "value-half"),
        ({"numerator": "seven", "denominator": "90"}, "number-unreadable"),
        ({"numerator": "91", "denominator": "90"}, "numerator-above-denominator"),
        ({"numerator": "0", "denominator": "0"}, "denominator-zero"),
        ({"percentage": "many"}, "percentage-unreadable"),
        ({"percentage": "7.36001"}, "percentage-unreadable"),
        ({"percentage": "100.1"}, "percentage-impossible"),
        ({"percentage": "-1"}, "percentage-impossible"),
        ({"percentage": "21.5", "denominator": "57"}, "percentage-no-fraction"),
        ({"percentage": "7.4", "numerator": "5", "denominator": "90"}, "percentage-other-fraction"),
        ({"percentage": "8.93", "percentage_to": "7.36"}, "range-empty"),
        ({"percentage": "", "numerator": "7", "denominator": "90", "percentage_to": "9"}, "range-empty"),
    ],
)
def test_a_value_that_is_not_as_it_must_be_is_refused_with_a_sentence(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        checked_value(said(**changes))
    assert refused.value.code == code
    assert refused.value.message.endswith((".", ")"))


def test_values_are_what_was_written() -> None:
    value = checked_value(said(area="  Derby ", measure="4", numerator="7", denominator="95", percentage=""))
    assert (value.measure, value.name, value.numerator, value.denominator) == ("4.0", "Derby", 7, 95)
    assert checked_value(said(area="england")).kind is ValueKind.NATIONAL
    top = checked_value(said(area="top", percentage="7.36%", percentage_to="8.93%", kind=ValueKind.TOP_QUARTILE))
    assert (top.percentage, top.percentage_to) == (Decimal("7.36"), Decimal("8.93"))


def test_a_set_names_each_area_once() -> None:
    assert area_key("Brighton & Hove") == area_key("brighton  and hove")
    for areas, code in (((), "comparator-set-empty"), ((" ",), "comparator-set-empty"),
                        (("Derby", "derby"), "comparator-area-twice")):  # fmt: skip
        with pytest.raises(Refused) as refused:
            check_areas(areas)
        assert refused.value.code == code


def test_a_file_names_each_wrong_line_and_takes_columns_by_name() -> None:
    text = (
        "\ufeffPercentage,Note,MEASURE,area,period,denominator\n"
        "7.4,x,4.0,Derby,Q3 2016/17,\n"
        ",,,,,\n"
        "101,x,4.0,Leeds,Q3 2016/17,\n"
        "7.4,x,4.0,DERBY,Q3 16/17,\n"
        "21.5,x,4.0,Wigan,Q3 2016/17,57\n"
    )
    read = read_values(text.encode(), "values.csv")
    assert [(one.sheet_row, one.column, one.code) for one in read.rejected] == [
        (4, "percentage", "percentage-impossible"),
        (5, "area", "area-twice"),
        (6, "percentage", "percentage-no-fraction"),
    ]
    assert ([one.name for one in read.values], read.unread) == (["Derby"], ("note",))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff\xfe", "values-unreadable"),
        (b"area,measure,period,percentage\nDerby,4.0,\x00,7\n", "values-unreadable"),
        (b'area,measure,period,percentage\n"Derby,4.0', "values-unreadable"),
        (b"area,measure,percentage\nDerby,4.0,7\n", "values-columns"),
        (b"area,area,measure,period,percentage\n", "values-columns"),
        (b"area,measure,period\nDerby,4.0,2016\n", "values-columns"),
        (b"", "values-columns"),
        (b"area,measure,period,percentage\n", "values-empty"),
        (b"area,measure,period,percentage\n" + 5001 * b"Derby,4.0,2016,7\n", "values-too-long"),
        (500_001 * b"x", "values-too-long"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_values(data, "values.csv")
    assert refused.value.code == code


@given(st.binary(max_size=300))
def test_no_file_is_more_than_refused(data: bytes) -> None:
    with suppress(Refused):
        read_values(b"area,measure,period,percentage\n" + data, "values.csv")


@given(st.integers(1, 400), st.data(), st.fractions(0, 1, max_denominator=1000))
def test_similar_is_what_lies_in_the_wilson_interval(denominator: int, data: st.DataObject, other: Fraction) -> None:
    numerator = data.draw(st.integers(0, denominator))
    low, high = wilson(numerator, denominator) or (0, 0)
    theirs = float(100 * other)
    if min(abs(theirs - low), abs(theirs - high)) > 1e-9:
        is_similar = by_interval(numerator, denominator, other, other, "higher") is AreaJudgement.SIMILAR
        assert is_similar == (low <= theirs <= high)


# ---- what was known on a day

MARCH, MAY, JULY = date(2017, 3, 1), date(2017, 5, 1), date(2017, 7, 1)


def recorded(event: Any, position: int = 1) -> Recorded:
    return Recorded(position, datetime(2017, 8, 1, tzinfo=UTC), event)


def fields(on: date, version: int = 1, number: int = 1, stream: Any = set_stream) -> dict[str, Any]:
    return {
        "originator_id": stream(number), "originator_version": version, "number": number, "occurred_on": on,
        "actor": "Cara", "role": "commissioner",
    }  # fmt: skip


def values(on: date, number: int, **of_area: tuple[int, int]) -> list[Recorded]:
    its = tuple(
        ComparatorValue(measure="4.0", first_day=Q3.first_day, last_day=Q3.last_day, name=name, numerator=k,
                        denominator=n)
        for name, (k, n) in of_area.items()
    )  # fmt: skip
    event = ComparatorValuesReleased(**fields(on, number=number, stream=release_stream), values=its, source="DOMES")
    return [recorded(event, number)]


def known(*releases: list[Recorded], sets: list[list[Recorded]] | None = None) -> Comparators:
    return Comparators.of(map(comparator_set, sets or []), map(release, releases))


def shares(comparators: Comparators, known_at: date) -> dict[str, Fraction]:
    return {one.value.name: one.low for one in comparators.known("4.0", known_at).get(Q3, {}).values()}


def test_a_later_release_of_the_same_period_leaves_the_older_as_it_was_known() -> None:
    comparators = known(values(MARCH, 1, Derby=(7, 90), York=(5, 80)), values(MAY, 2, Derby=(8, 90)))
    assert shares(comparators, date(2017, 2, 28)) == {}
    assert shares(comparators, date(2017, 4, 30)) == {"Derby": Fraction(7, 90), "York": Fraction(5, 80)}
    assert shares(comparators, MAY) == {"Derby": Fraction(8, 90), "York": Fraction(5, 80)}


def test_it_is_the_day_of_release_that_decides_and_not_when_it_was_typed_in() -> None:
    comparators = known(values(MAY, 1, Derby=(8, 90)), values(MARCH, 2, Derby=(7, 90)))
    assert shares(comparators, JULY) == {"Derby": Fraction(8, 90)}


def test_what_was_withdrawn_gives_way_to_what_was_said_before() -> None:
    wrong = values(MAY, 2, Derby=(80, 90))
    gone = ComparatorValuesWithdrawn(**fields(JULY, version=2, number=2, stream=release_stream), reason="mistyped")
    comparators = known(values(MARCH, 1, Derby=(7, 90)), [*wrong, recorded(gone, 3)])
    assert shares(comparators, date(2017, 6, 30)) == {"Derby": Fraction(80, 90)}
    assert shares(comparators, JULY) == {"Derby": Fraction(7, 90)}


def a_set(*areas: str, own_area: str = "", changed: tuple[str, ...] = ()) -> list[Recorded]:
    first = ComparatorSetDefined(**fields(MARCH), name="Group", measures=("4.0",), areas=areas, own_area=own_area)
    if not changed:
        return [recorded(first)]
    second = ComparatorSetChanged(**fields(MAY, version=2), name="Group", measures=("4.0",), areas=changed)
    return [recorded(first), recorded(second, 2)]


def test_a_changed_set_is_the_other_as_known_before() -> None:
    areas = a_set("Derby", "York", changed=("Derby",))
    comparators = known(values(MARCH, 1, Derby=(7, 90), York=(5, 80)), sets=[areas])
    before, after = (areas_of_period(comparators, "4.0", on, Q3) for on in (date(2017, 4, 30), MAY))
    assert [one.value.name for one in before.areas] == ["Derby", "York"]
    assert [one.value.name for one in after.areas] == ["Derby"]


def test_areas_without_a_value_are_counted_and_ours_is_not_compared_with_itself() -> None:
    its = a_set("Derby", "York", "Herefordshire", "Wigan", own_area="herefordshire")
    comparators = known(values(MARCH, 1, Derby=(7, 90), York=(5, 80), Herefordshire=(1, 100)), sets=[its])
    found = areas_of_period(comparators, "4.0", MAY, Q3)
    assert [one.value.name for one in found.areas] == ["Derby", "York"]
    assert (found.without, found.own.value.numerator if found.own else None) == (("Wigan",), 1)
    assert found.group is not None
    assert (found.group.numerator, found.group.denominator) == (12, 170)
    assert (found.rank(Fraction(6, 90)), found.quartile(Fraction(6, 90))) == (2, None)


def test_the_newest_period_that_has_ended_is_compared() -> None:
    comparators = known(values(MARCH, 1, Derby=(7, 90)))
    assert newest_period(comparators, "4.0", MAY, date(2016, 12, 30)) is None
    assert newest_period(comparators, "4.0", MAY, date(2016, 12, 31)) == Q3
    assert newest_period(comparators, "4.0", date(2017, 2, 1), JULY) is None
