"""Samples of case files, the letters that are typed in, and what a sample tells of its caseload."""

from fractions import Fraction
from math import comb
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.improvement.audits.case_file_audit import changed_cells, clashing_cells
from domain.improvement.audits.item_set import AuditMark, letters_of, mark_written
from domain.improvement.audits.sampling import CaseFile, drawn_sample, shares, sizes_of
from projections.improvement.audits.counts import limits_in_all

FILES = [CaseFile(UUID(int=n), "H0001", f"C{n}", "1", "odd" if n % 2 else "even") for n in range(1, 41)]


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(1, 50), min_size=1), st.integers(1, 200))
def test_shares_add_up_and_none_is_larger_than_its_stratum(sizes: dict[str, int], wanted: int) -> None:
    drawn = shares(sizes, wanted)
    assert sum(drawn.values()) == min(wanted, sum(sizes.values()))
    assert all(0 <= drawn[name] <= size for name, size in sizes.items())
    assert wanted < len(sizes) or all(drawn.values())


@given(st.integers(1, 10**6), st.integers(1, 40), st.integers(0, 39))
def test_the_same_seed_draws_the_same_and_a_file_that_goes_moves_no_other(seed: int, wanted: int, gone: int) -> None:
    one = [each._replace(stratum="") for each in FILES]
    before = drawn_sample(one, str(seed), shares(sizes_of(one), wanted))
    assert drawn_sample(reversed(one), str(seed), {"": wanted}) == before
    left = [each for each in one if each != one[gone]]
    after = drawn_sample(left, str(seed), {"": wanted})
    assert [each for each in after if each in before] == [each for each in before if each != one[gone]]


@pytest.mark.parametrize(
    ("typed", "mark"),
    [
        ("ie", AuditMark("in date", "electronic")),
        (" O p ", AuditMark("out of date", "paper")),
        ("m", AuditMark("missing")),
        ("", AuditMark("")),
        ("x", None),
        ("iee", None),
    ],
)
def test_letters(typed: str, mark: AuditMark | None) -> None:
    assert mark_written(typed) == mark
    assert mark is None or mark_written(letters_of(mark)) == mark


def test_only_the_same_cell_typed_otherwise_clashes() -> None:
    in_date, missing = AuditMark("in date"), AuditMark("missing")
    before, now = {(1, "a"): in_date}, {(1, "a"): missing, (2, "a"): in_date}
    typed = {(1, "a"): in_date, (2, "a"): AuditMark(""), (3, "a"): missing}
    assert clashing_cells(changed_cells(typed, before), before, now) == []
    typed[2, "a"] = missing
    assert clashing_cells(changed_cells(typed, before), before, now) == [(2, "a")]


@given(st.integers(1, 14).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n), st.integers(n, 30))))
def test_the_interval_is_that_of_every_number_tried(question: tuple[int, int, int]) -> None:
    counted, drawn, files = question

    def tail(inside: int, numbers: range) -> Fraction:
        return Fraction(sum(comb(inside, k) * comb(files - inside, drawn - k) for k in numbers), comb(files, drawn))

    possible = [
        inside
        for inside in range(counted, files - (drawn - counted) + 1)
        if tail(inside, range(counted, drawn + 1)) > Fraction(1, 40) < tail(inside, range(counted + 1))
    ]
    assert limits_in_all(counted, drawn, files) == (possible[0], possible[-1])
