"""The reason for which a journey ended

Only the episodes discharged on the journey's last day speak. Reasons are recoded first; then one of them is left, or
they agree within a set, or they contradict each other.
"""

import pytest

from domain.codes import DISCHARGE_REASONS, KIND_OF_EXIT, RECODED, ExitKind, recoded

from .conftest import FigureOf

_RECODES = {
    80: (1, 15, 16, 17, 18, 19, 20, 21, 90),
    82: (91, 2, 22, 23, 24, 25, 26, 27, 28),
    81: (92,),
    89: (9,),
    85: (6,),
    86: (3,),
    87: (8, 14),
    88: (12,),
    83: (74, 93, 94, 95, 96, 97),
    0: (0, 11),
}
_KINDS = {
    "successful": (80, 81, 82),
    "transferred": (83, 84, 5, 33, 40, 47, 54, 61, 68),
    "unplanned": (85, 86, 88, 4, 7, 10, 13, 71, 29, 30, 31, 32, 34, 35, 36, 37, 38, 39, 41, 42, 43, 44, 45, 46,
                  48, 49, 50, 51, 52, 53, 55, 56, 57, 58, 59, 60, 62, 63),
    "died": (89,),
    "custody": (87,),
    "unknown": (0, 64, 65, 66, 67, 69, 70, 98, 99, 500, 999),
}  # fmt: skip


@pytest.mark.parametrize(("counted_as", "submitted"), _RECODES.items())
def test_reasons_are_recoded(counted_as: int, submitted: tuple[int, ...]) -> None:
    """Reasons as submitted are recoded first."""
    assert {recoded(reason) for reason in submitted} == {counted_as}


def test_no_other_reason_is_recoded() -> None:
    """Every other reason counts as it was submitted."""
    listed = {reason for submitted in _RECODES.values() for reason in submitted}
    assert set(RECODED) == listed
    assert all(recoded(reason) == reason for reason in DISCHARGE_REASONS - listed)


@pytest.mark.parametrize(("kind", "reasons"), _KINDS.items())
def test_each_reason_has_a_kind(kind: str, reasons: tuple[int, ...]) -> None:
    """Each reason is of one kind of exit; death and custody are always shown apart."""
    assert {KIND_OF_EXIT[reason] for reason in reasons} == {ExitKind(kind)}
    assert sum(its == kind for its in KIND_OF_EXIT.values()) == len(reasons)


def test_every_accepted_reason_counts_as_its_kind(figure_of: FigureOf) -> None:
    """Every reason that a file may carry ends a journey of the kind that the two tables say."""
    kind_of = {reason: kind for kind, reasons in _KINDS.items() for reason in reasons}
    counted_as = {reason: kind for kind, submitted in _RECODES.items() for reason in submitted}
    rows = [
        f"P{reason} | {event}" for reason in sorted(DISCHARGE_REASONS)
        for event in ("started | 2016-09-01 | opiate", f"exited | 2017-03-01 | {reason}")
    ]  # fmt: skip
    history = "\n".join(["client | event | occurred_on | detail", *rows])
    exits = figure_of(history, measure="N.exits")
    expected = {f"P{reason}": kind_of[counted_as.get(reason, reason)] for reason in DISCHARGE_REASONS}
    assert dict(zip(exits.cohort, exits.parts, strict=True)) == expected
    successes = {name for name, kind in expected.items() if kind == "successful"}
    assert set(figure_of(history, measure="4.0").counted) == successes


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        (80, 80, "successful"),
        (80, 81, "successful"),
        (82, 1, "successful"),
        (80, 85, "unknown"),
        (80, 83, "unknown"),
        (85, 86, "unknown"),
        (71, 88, "unplanned"),
        (71, 12, "unplanned"),
        (71, 85, "unknown"),
        (83, 74, "transferred"),
        (9, 89, "died"),
        (0, 11, "unknown"),
        (0, 80, "unknown"),
    ],
)
def test_two_episodes_that_ended_on_the_last_day(figure_of: FigureOf, first: int, second: int, kind: str) -> None:
    """Different reasons on the last day are successful if all are, 88 if all are 71 or 88, otherwise inconsistent.

    An inconsistent journey (999) is of unknown kind, and no success.
    """
    history = f"""
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-09-01  | opiate
        Ann    | 1       | exited  | 2017-03-01  | {first}
        Ann    | 2       | started | 2016-10-01  | opiate
        Ann    | 2       | exited  | 2017-03-01  | {second}
    """
    assert figure_of(history, measure="N.exits").parts == (kind,)
    assert figure_of(history).counts == (int(kind == "successful"), 1)


@pytest.mark.parametrize(
    ("earlier", "last", "counts"),
    [(80, 85, (0, 1)), (85, 80, (1, 1)), (89, 82, (1, 1)), (80, 83, (0, 1))],
)
def test_only_the_last_day_speaks(figure_of: FigureOf, earlier: int, last: int, counts: tuple[int, int]) -> None:
    """An episode discharged the day before the journey's last day says nothing of how the journey ended."""
    history = f"""
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-09-01  | opiate
        Ann    | 1       | exited  | 2017-02-28  | {earlier}
        Ann    | 2       | started | 2016-10-01  | opiate
        Ann    | 2       | exited  | 2017-03-01  | {last}
    """
    assert figure_of(history).counts == counts


def test_three_successes_and_a_failure_are_no_success(figure_of: FigureOf) -> None:
    """All episodes of the last day must be successes, not any of them."""
    history = """
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-09-01  | opiate
        Ann    | 1       | exited  | 2017-03-01  | 80
        Ann    | 2       | started | 2016-10-01  | opiate
        Ann    | 2       | exited  | 2017-03-01  | 81
        Ann    | 3       | started | 2016-10-01  | opiate
        Ann    | 3       | exited  | 2017-03-01  | 82
        Bob    | 1B      | started | 2016-09-01  | opiate
        Bob    | 1B      | exited  | 2017-03-01  | 80
        Bob    | 2B      | started | 2016-10-01  | opiate
        Bob    | 2B      | exited  | 2017-03-01  | 81
        Bob    | 3B      | started | 2016-10-01  | opiate
        Bob    | 3B      | exited  | 2017-03-01  | 85
    """
    answer = figure_of(history)
    assert (answer.counted, answer.cohort) == (("Ann",), ("Ann", "Bob"))


@pytest.mark.parametrize(("as_of", "counts"), [("2009-03-31", (1, 1)), ("2009-04-01", (0, 1))])
def test_referred_on_was_a_success_before_april_2009(figure_of: FigureOf, as_of: str, counts: tuple[int, int]) -> None:
    """Before April 2009 "referred on" was a success; the version in force on `as_of` answers."""
    history = """
        client | event   | occurred_on | detail
        Ann    | started | 2008-05-01  | opiate
        Ann    | exited  | 2009-01-31  | 33
    """
    assert figure_of(history, as_of=as_of).counts == counts
