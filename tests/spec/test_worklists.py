"""The worklists at both ends of each window, from the log alone; that the database gives the same is held elsewhere."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from projections.privacy.redaction import redacted_worklist
from projections.standings.slices import Slice
from projections.worklists import WORKLISTS, WorklistRow, worklist_named
from tests.histories import told
from tests.worklists import seen_by_reference

EVERYBODY = Slice()


def rows(
    name: str, history: str, as_of: str, known_at: str | None = None, where: Slice = EVERYBODY
) -> list[WorklistRow]:
    ledger = told(history).ledger
    known = date.fromisoformat(known_at) if known_at else None
    return worklist_named(name).rows_in(seen_by_reference(ledger, date.fromisoformat(as_of), known), where)


def listed(name: str, history: str, as_of: str, known_at: str | None = None, where: Slice = EVERYBODY) -> list[str]:
    """The agencies' own numbers of those on the list, in its order: a client's name, if the history gives no other."""
    return [row.episode.client_reference for row in rows(name, history, as_of, known_at, where)]


def on_days(name: str, history: str, *days: str) -> list[int]:
    """How many are listed as of each day, all being known."""
    return [len(rows(name, history, day)) for day in days]


SAME = """
    client | episode | agency | event        | occurred_on | known_on   | detail
    Ann    | 001     | H0001  | started      | 2017-02-05  | 2017-03-10 |
    Ann    | 1       | H0001  | started      | 2017-02-05  | 2017-04-10 |
    Ben    | b1      | H0001  | started      | 2017-02-05  | 2017-03-10 |
    Ben    | b2      | H0002  | started      | 2017-02-05  | 2017-04-12 |
    Cai    | c1      | H0001  | started      | 2017-02-05  | 2017-03-10 |
    Cai    | c1      | H0001  | exited       | 2017-03-01  | 2017-03-10 | 80
    Cai    | c2      | H0001  | started      | 2017-02-05  | 2017-04-10 |
    Dee    | d1      | H0001  | started      | 2017-02-05  | 2017-03-10 |
    Dee    | d2      | H0001  | started      | 2017-02-06  | 2017-04-10 |
    Ann    | 001     | H0001  | rekeyed      |             | 2017-05-01 | to=1
           |         | H0001  | handed over  | 2017-04-01  | 2017-05-02 | to=H0002
    Ann    | 001     | H0001  | rekey undone |             | 2017-05-03 |
"""


def test_probably_one_episode_under_two_references() -> None:
    """A person with an open episode, triaged on that day again; answered by a join, or by a handover."""
    assert listed("same-record", SAME, "2017-05-31", "2017-04-11") == ["1"]
    assert listed("same-record", SAME, "2017-05-31", "2017-04-30") == ["1", "b2"]
    assert listed("same-record", SAME, "2017-05-31", "2017-05-01") == ["b2"]
    assert listed("same-record", SAME, "2017-05-31", "2017-05-02") == []
    assert listed("same-record", SAME, "2017-05-31", "2017-05-03") == []
    assert listed("same-record", SAME, "2017-02-05", "2017-04-30") == ["1", "c2", "b2"]
    assert listed("same-record", SAME, "2017-02-04", "2017-04-30") == []
    (row,) = rows("same-record", SAME, "2017-05-31", "2017-04-11")
    assert row.beside
    assert (row.beside.client_reference, row.days) == ("001", 1)


def test_one_that_has_ended_does_not_hide_the_open_one_before_it() -> None:
    history = """
        client | episode | event   | occurred_on | known_on   | detail
        Ann    | a1      | started | 2017-02-05  | 2017-03-10 |
        Ann    | a2      | started | 2017-02-05  | 2017-04-10 |
        Ann    | a2      | exited  | 2017-04-01  | 2017-04-10 | 80
        Ann    | a3      | started | 2017-02-05  | 2017-05-10 |
    """
    found = rows("same-record", history, "2017-05-31")
    pairs = [(row.beside.client_reference if row.beside else None, row.episode.client_reference) for row in found]
    assert sorted(pairs, key=str) == [("a1", "a2"), ("a1", "a3")]


def test_a_provider_sees_pairs_of_its_own_alone() -> None:
    """That somebody came again tells whom the other agency knows."""
    both = rows("same-record", SAME, "2017-05-31", "2017-04-30")
    assert [row.episode.client_reference for row in redacted_worklist(both, {"H0002"})] == []
    assert [row.episode.client_reference for row in redacted_worklist(both, {"H0001"})] == ["1"]


OTHERS = """
    client | episode | event   | occurred_on | known_on   | detail
    Ann    | e1      | started | 2017-02-05  | 2017-03-10 |
    Ben    | e1      | started | 2017-04-05  | 2017-05-10 |
    Ann    | e1      | started | 2017-02-05  | {again}    |
"""


def test_a_reference_that_names_another_person() -> None:
    """Asked about for a year, or until it names the first person again."""
    never = OTHERS.format(again="2019-01-01")
    assert listed("another-person", never, "2017-05-31", "2017-05-09") == []
    assert listed("another-person", never, "2017-05-31", "2017-05-10") == ["e1"]
    assert listed("another-person", never, "2017-05-31", "2018-05-09") == ["e1"]
    assert listed("another-person", never, "2017-05-31", "2018-05-10") == []
    assert listed("another-person", OTHERS.format(again="2017-06-10"), "2017-05-31", "2017-06-10") == []


REVIEWS = """
    client | event         | occurred_on | known_on   | detail
    Ann    | started       | 2017-01-02  | 2017-12-31 |
    Ann    | recovery plan | 2017-03-01  | 2017-12-31 |
    Ben    | started       | 2017-01-02  | 2017-12-31 |
    Ben    | care plan     | 2017-03-01  | 2017-12-31 |
    Cai    | started       | 2017-01-02  | 2017-12-31 |
    Dee    | triaged       | 2017-01-02  | 2017-12-31 |
    Eve    | started       | 2017-01-02  | 2017-12-31 |
    Eve    | exited        | 2017-04-01  | 2017-12-31 | 80
"""


def test_a_plan_is_overdue_when_none_was_reviewed_in_84_days() -> None:
    """Reviewed on 1 March, it is up to date on 23 May, the last of 84 days, and overdue on the 24th."""
    # Eve's ended; Dee's structured treatment never began.
    assert listed("plans-overdue", REVIEWS, "2017-05-23") == ["Cai"]
    assert listed("plans-overdue", REVIEWS, "2017-05-24") == ["Cai", "Ann", "Ben"]
    assert [row.days for row in rows("plans-overdue", REVIEWS, "2017-05-24")] == [142, 1, 1]
    assert listed("plans-overdue", REVIEWS, "2017-03-31") == ["Cai", "Eve"]


def test_the_sentence_says_when_it_was_reviewed() -> None:
    """And what is on record, where nothing is."""
    cai, ann, _ = rows("plans-overdue", REVIEWS, "2017-05-24")
    assert ann.because == "The recovery plan was last reviewed on 1 Mar 2017, 84 days ago."
    assert cai.because == "No recovery plan is on record; structured treatment began on 2 Jan 2017."
    assert [(dated.what, dated.day) for dated in ann.dates] == [
        ("last reviewed", date(2017, 3, 1)),
        ("last day up to date", date(2017, 5, 23)),
    ]


def test_a_risk_assessment_is_another_review() -> None:
    history = """
        client | event           | occurred_on | known_on
        Ann    | started         | 2017-01-02  | 2017-12-31
        Ann    | recovery plan   | 2017-05-01  | 2017-12-31
        Ann    | risk assessment | 2017-03-01  | 2017-12-31
    """
    assert on_days("risks-overdue", history, "2017-05-23", "2017-05-24") == [0, 1]


TOPS = """
    client | event      | occurred_on | known_on   | detail
    Ann    | started    | 2017-01-02  | 2017-12-31 |
    Ben    | started    | 2017-01-02  | 2017-12-31 |
    Ben    | start TOP  | 2017-01-10  | 2017-12-31 |
    Ben    | review TOP | 2017-01-30  | 2017-12-31 |
    Eve    | started    | 2017-01-02  | 2017-12-31 | born=2000-06-01
"""


def test_a_start_top_is_due_to_day_14() -> None:
    """Eve is 16: the TOP is an adult's."""
    assert listed("start-tops-due", TOPS, "2017-01-02") == ["Ann", "Ben"]
    assert listed("start-tops-due", TOPS, "2017-01-16") == ["Ann"]
    assert listed("start-tops-due", TOPS, "2017-01-17") == []
    assert listed("start-tops-due", TOPS, "2017-01-16", where=Slice(young_people=True)) == ["Eve"]
    (ann,) = rows("start-tops-due", TOPS, "2017-01-16")
    assert (ann.days, ann.because) == (
        0,
        "No start TOP yet, 14 days after structured treatment began; the last useful day is 16 Jan 2017, today.",
    )


def test_a_review_top_is_due_from_day_29_to_day_182() -> None:
    """Day 29 is 31 January, day 182 is 3 July. Ben's review of day 28 is too early, and does not count."""
    assert on_days("review-tops-due", TOPS, "2017-01-30", "2017-01-31", "2017-07-03", "2017-07-04") == [0, 2, 2, 0]
    ann, ben = sorted(rows("review-tops-due", TOPS, "2017-07-02"), key=lambda row: row.episode)
    assert ben.because.endswith("the last useful day is 3 Jul 2017, in 1 day.")
    assert ann.because.endswith("in 1 day. Without a start TOP on time, T.review leaves it out.")


def test_an_exit_top_is_due_to_day_14_after_a_completion() -> None:
    """A TOP of day 15 before the end does not count, one of day 14 does; of a drop-out none is owed."""
    history = """
        client | event    | occurred_on | known_on   | detail
        Ann    | started  | 2017-01-02  | 2017-12-31 |
        Ann    | exit TOP | 2017-05-17  | 2017-12-31 |
        Ann    | exited   | 2017-06-01  | 2017-12-31 | 80
        Ben    | started  | 2017-01-02  | 2017-12-31 |
        Ben    | exit TOP | 2017-05-18  | 2017-12-31 |
        Ben    | exited   | 2017-06-01  | 2017-12-31 | 80
        Cai    | started  | 2017-01-02  | 2017-12-31 |
        Cai    | exited   | 2017-06-01  | 2017-12-31 | 85
    """
    assert listed("exit-tops-due", history, "2017-06-01") == ["Ann"]
    assert on_days("exit-tops-due", history, "2017-05-31", "2017-06-15", "2017-06-16") == [0, 1, 0]


TRANSFERS = """
    client | episode | agency | event        | occurred_on | known_on   | detail
    Ann    | a1      | H0001  | started      | 2017-01-02  | 2017-12-31 |
    Ann    | a1      | H0001  | exited       | 2017-06-01  | 2017-12-31 | 83
    Ben    | b1      | H0001  | started      | 2017-01-02  | 2017-12-31 |
    Ben    | b1      | H0001  | exited       | 2017-06-01  | 2017-12-31 | 83
    Ben    | b2      | H0002  | triaged      | 2017-06-10  | 2017-12-31 |
    Cai    | c1      | H0001  | started      | 2017-01-02  | 2017-12-31 |
    Cai    | c1      | H0001  | exited       | 2017-06-01  | 2017-12-31 | 84
    Dee    | d1      | H0003  | started      | 2017-01-02  | 2017-12-31 |
    Dee    | d1      | H0003  | handed over  | 2017-06-01  | 2017-12-31 | to=H0002
    Eve    | e1      | H0001  | started      | 2017-01-02  | 2017-12-31 |
    Eve    | e1      | H0001  | exited       | 2017-06-01  | 2017-12-31 | 83
    Eve    | e2      | H0002  | triaged      | 2017-05-20  | 2017-12-31 |
"""


def test_a_transfer_is_picked_up_by_a_triage_anywhere() -> None:
    """Day 1 to day 21 after; a caseload handed over is a transfer too. Custody (84) is where nobody here looks.

    Eve was triaged elsewhere before she left, and is waiting for treatment there.
    """
    assert listed("transfers-not-picked-up", TRANSFERS, "2017-06-01") == []
    assert listed("transfers-not-picked-up", TRANSFERS, "2017-06-02") == ["a1", "b1", "d1"]
    assert listed("transfers-not-picked-up", TRANSFERS, "2017-06-10") == ["a1", "d1"]
    assert listed("transfers-not-picked-up", TRANSFERS, "2017-06-22") == ["a1", "d1"]
    assert listed("transfers-not-picked-up", TRANSFERS, "2017-06-23") == []
    assert [row.days for row in rows("transfers-not-picked-up", TRANSFERS, "2017-06-20")] == [2, 2]


def test_six_years_have_passed_on_the_same_day() -> None:
    """By the journey, whichever agencies it ran through: the row is of the one who treats the client now."""
    history = """
        client | episode | agency | event   | occurred_on | known_on   | detail
        Ann    | a1      | H0001  | started | 2011-06-02  | 2017-12-31 |
        Ann    | a1      | H0001  | exited  | 2014-06-01  | 2017-12-31 | 83
        Ann    | a2      | H0002  | started | 2014-06-05  | 2017-12-31 |
        Ben    | b1      | H0001  | started | 2011-06-02  | 2017-12-31 |
        Ben    | b1      | H0001  | exited  | 2017-06-02  | 2017-12-31 | 80
    """
    assert listed("six-years-or-more", history, "2017-06-01") == []
    assert listed("six-years-or-more", history, "2017-06-02") == ["a2"]
    (ann,) = rows("six-years-or-more", history, "2017-06-02")
    (shown,) = redacted_worklist([ann], ["H0002"])
    assert (shown.days, shown.dates, shown.withheld) == (None, (), True)
    assert shown.because == "In treatment for six years or more, counted with another agency's earlier episode."
    assert (
        redacted_worklist([ann], ["H0001", "H0002"])[0].because == "In treatment since 2 Jun 2011: six years or more."
    )
    assert redacted_worklist([ann], ["H0001"]) == []


READY = """
    client | event      | occurred_on | known_on   | detail
    Ann    | started    | 2016-06-02  | 2018-12-31 |
    Ann    | review TOP | 2017-05-01  | 2018-12-31 | OPIUSE=4 ALCUSE=0
    Ben    | started    | 2016-06-02  | 2018-12-31 |
    Ben    | review TOP | 2017-05-01  | 2018-12-31 | OPIUSE=5
    Cai    | started    | 2016-06-02  | 2018-12-31 |
    Cai    | review TOP | 2017-05-01  | 2018-12-31 | ALCUSE=0
    Dee    | started    | 2016-06-02  | 2018-12-31 | alcohol
    Dee    | review TOP | 2017-05-01  | 2018-12-31 | ALCUSE=0
    Eve    | started    | 2016-06-02  | 2018-12-31 |
    Eve    | medical    | 2017-04-01  | 2018-12-31 | low_dose=Y
    Eve    | medical    | 2017-05-01  | 2018-12-31 |
    Fay    | started    | 2016-06-02  | 2018-12-31 |
    Fay    | medical    | 2017-04-01  | 2018-12-31 | low_dose=Y
    Fay    | medical    | 2017-05-01  | 2018-12-31 | low_dose=N
    Gus    | started    | 2016-06-02  | 2018-12-31 |
    Gus    | start TOP  | 2016-06-02  | 2018-12-31 | OPIUSE=0
    Gus    | review TOP | 2017-05-01  | 2018-12-31 | OPIUSE=20
"""


def test_who_is_ready_to_review() -> None:
    """12 months or more, and use on at most 4 of 28 days at the latest TOP, or a low dose said last.

    A TOP that does not answer for opiates says nothing of an opiate client. Day 182 after the TOP is 30 October.
    """
    assert listed("ready-to-review", READY, "2017-06-01") == []
    assert listed("ready-to-review", READY, "2017-06-02") == ["Ann", "Dee", "Eve"]
    assert listed("ready-to-review", READY, "2017-10-30") == ["Ann", "Dee", "Eve"]
    assert listed("ready-to-review", READY, "2017-10-31") == ["Eve"]
    ann, dee, eve = rows("ready-to-review", READY, "2017-06-02")
    assert ann.because == ("In treatment since 2 Jun 2016, and the TOP of 1 May 2017 says use on at most 4 days of 28.")
    assert dee.because.endswith("the TOP of 1 May 2017 says no use.")
    assert eve.because.endswith("the review of 1 Apr 2017 says a low dose.")


RETURNS = """
    client | episode | agency | event   | occurred_on | known_on   | detail
    Ann    | a1      | H0001  | started | 2016-06-02  | 2018-12-31 |
    Ann    | a1      | H0001  | exited  | 2016-12-01  | 2018-12-31 | 80
    Ann    | a2      | H0002  | started | 2017-05-31  | 2018-12-31 |
    Ben    | b1      | H0001  | started | 2016-06-02  | 2018-12-31 |
    Ben    | b1      | H0001  | exited  | 2016-12-01  | 2018-12-31 | 80
    Ben    | b2      | H0001  | started | 2017-06-01  | 2018-12-31 |
    Cai    | c1      | H0001  | started | 2016-06-02  | 2018-12-31 |
    Cai    | c1      | H0001  | exited  | 2016-12-01  | 2018-12-31 | 85
    Cai    | c2      | H0001  | started | 2017-02-01  | 2018-12-31 |
"""


def test_returns_within_six_months_of_a_completion() -> None:
    """The day before six months is a return, the day itself is none. A completion is looked at for 12 months."""
    assert listed("returns-to-review", RETURNS, "2017-05-30") == []
    assert listed("returns-to-review", RETURNS, "2017-06-30") == ["a1"]
    assert on_days("returns-to-review", RETURNS, "2017-11-30", "2017-12-01") == [1, 0]


def test_of_a_return_elsewhere_the_agency_learns_that_there_is_one() -> None:
    (ann,) = rows("returns-to-review", RETURNS, "2017-06-30")
    assert ann.because == "Completed on 1 Dec 2016 and came back on 31 May 2017, after 181 days."
    (shown,) = redacted_worklist([ann], ["H0001"])
    assert [dated.what for dated in shown.dates] == ["completed"]
    assert (shown.days, shown.withheld) == (None, True)
    assert shown.because == ("Completed on 1 Dec 2016 and came back within six months; the rest is another agency's.")
    assert redacted_worklist([ann], ["H0002"]) == []


AFTER_DEATH = """
    client | episode | agency | event   | occurred_on | known_on   | detail
    Ann    | a1      | H0001  | started | 2016-09-01  | 2017-12-31 |
    Ann    | a1      | H0001  | exited  | 2017-01-10  | 2017-12-31 | 89
    Ann    | a2      | H0002  | started | {again}     | 2017-12-31 |
    Ben    | b1      | H0001  | started | 2016-09-01  | 2017-12-31 |
    Ben    | b1      | H0001  | exited  | 2017-01-10  | 2017-12-31 | 85
    Ben    | b2      | H0002  | started | 2017-02-01  | 2017-12-31 |
"""


def test_who_is_treated_after_death() -> None:
    """From the day after it; one line of both, and to each agency its own."""
    name, history = "treated-after-death", AFTER_DEATH.format(again="2017-01-11")
    assert listed(name, AFTER_DEATH.format(again="2017-01-10"), "2017-06-30") == []
    assert listed(name, history, "2017-01-10") == []
    assert listed(name, history, "2017-06-30") == ["a1"]
    assert listed(name, history, "2017-06-30", where=Slice(agency="H0002")) == ["a2"]


def test_of_a_death_elsewhere_the_agency_learns_that_there_is_one() -> None:
    history = AFTER_DEATH.format(again="2017-01-11")
    found = rows("treated-after-death", history, "2017-06-30", where=Slice(agency="H0002"))
    (shown,) = redacted_worklist(found, ["H0002"])
    assert (shown.days, [dated.what for dated in shown.dates]) == (None, ["treated from"])
    assert "by another agency's record the person had died" in shown.because
    assert "H0001" not in shown.because


def test_who_waits_the_longest_first() -> None:
    history = """
        client | episode | event    | occurred_on | known_on   | detail
        Ann    | a1      | referred | 2017-05-10  | 2017-12-31 |
        Ann    | a2      | referred | 2017-05-01  | 2017-12-31 |
        Ben    | b1      | triaged  | 2017-04-01  | 2017-12-31 |
        Cai    | c1      | referred | 2017-05-01  | 2017-12-31 |
        Cai    | c1      | started  | 2017-05-20  | 2017-12-31 |
    """
    found = rows("waiting", history, "2017-05-19")
    assert [(row.episode.client_reference, row.days) for row in found] == [("b1", 48), ("a2", 18), ("c1", 18)]
    assert found[0].because == "Triaged on 1 Apr 2017; has waited 48 days for structured treatment."
    assert listed("waiting", history, "2017-05-20") == ["b1", "a2"]


SILENT = """
    client | event       | occurred_on | known_on
    Ann    | started     | 2017-01-02  | 2017-02-01
    Ben    | started     | 2017-01-02  | 2017-02-01
    Ben    | care plan   | 2017-01-03  | 2017-02-20
    Zoe    | referred    | 2017-01-03  | 2017-05-02
    Zed    | referred    | 2017-01-03  | 2017-05-03
"""


def test_nothing_new_for_more_than_90_days() -> None:
    """Day 90 after the file of 1 February is 2 May. What the file said, not when it happened, is what counts."""
    assert listed("silent", SILENT, "2017-12-31", "2017-05-02") == []
    assert listed("silent", SILENT, "2017-12-31", "2017-05-03") == ["Ann"]
    assert listed("silent", SILENT, "2017-12-31", "2017-05-22") == ["Ann", "Ben"]


def test_a_return_found_by_us_is_no_news_of_the_completed_episode() -> None:
    """Only what a file says counts."""
    history = """
        client | episode | event   | occurred_on | known_on   | detail
        Ann    | a1      | started | 2017-01-02  | 2017-02-01 |
        Ann    | a1      | exited  | 2017-01-31  | 2017-02-01 | 80
        Ann    | a2      | started | 2017-03-01  | 2017-05-10 |
    """
    seen = seen_by_reference(told(history).ledger, date(2017, 12, 31), None)
    assert sorted(seen.reported.values()) == [date(2017, 2, 1), date(2017, 5, 10)]


def test_a_list_of_a_past_day_knows_what_was_known_then() -> None:
    """The transfer turned out to be a completion a month later."""
    history = """
        client | episode | event   | occurred_on | known_on   | detail
        Ann    | a1      | started | 2017-01-02  | 2017-02-01 |
        Ann    | a1      | exited  | 2017-05-31  | 2017-06-05 | 83
        Ann    | a1      | exited  | 2017-05-31  | 2017-07-05 | 80
    """
    assert listed("transfers-not-picked-up", history, "2017-06-10", "2017-06-10") == ["a1"]
    assert listed("transfers-not-picked-up", history, "2017-06-10", "2017-07-10") == []


@pytest.mark.parametrize("name", [one.name for one in WORKLISTS])
def test_before_anything_was_received_every_list_is_empty(name: str) -> None:
    assert rows(name, TRANSFERS, "2017-06-10", "2017-01-01") == []


def test_agencies_add_up_to_the_area() -> None:
    """A row is of the agency that can act, and of no other."""
    for one in WORKLISTS:
        if not one.in_pairs:
            for day in (date(2017, 5, 1) + timedelta(days=30 * n) for n in range(8)):
                everybody, parts = (
                    listed(one.name, TRANSFERS, day.isoformat(), where=where)
                    for where in (EVERYBODY, Slice(agency="H0001"))
                )
                others = [
                    listed(one.name, TRANSFERS, day.isoformat(), where=Slice(agency=agency))
                    for agency in ("H0002", "H0003")
                ]
                assert sorted(everybody) == sorted([*parts, *others[0], *others[1]])


def test_nothing_is_overdue_from_before_the_files_of_it_began() -> None:
    """Ann's treatment began in 2001; review files begin in April 2017, and of H0002 there is none."""
    history = """
        client | agency | event           | occurred_on | known_on   | detail
        Ann    | H0001  | started         | 2001-12-13  | 2017-06-10 |
        Bob    | H0001  | started         | 2017-05-01  | 2017-06-10 |
        Cai    | H0002  | started         | 2001-12-13  | 2017-06-10 |
        Dee    | H0001  | started         | 2001-12-13  | 2017-06-10 |
        Dee    | H0001  | risk assessment | 2017-06-01  | 2017-06-12 |
    """
    ledger = told(history).ledger
    seen = seen_by_reference(ledger, date(2017, 7, 31), None)
    since = {("H0001", "REVIEWS"): date(2017, 4, 1), ("H0001", "TREAT"): date(2013, 4, 1)}
    found = worklist_named("risks-overdue").rows_in(replace(seen, files_since=since), EVERYBODY)
    assert [(row.episode.client_reference, row.days, row.because) for row in found] == [
        (
            "Ann",
            121,
            (
                "No risk assessment is on record since review files began on 1 Apr 2017; structured treatment began on "
                "13 Dec 2001."
            ),
        ),
        ("Bob", 91, "No risk assessment is on record; structured treatment began on 1 May 2017."),
        (
            "Cai",
            None,
            (
                "No risk assessment is on record: no review file of H0002 was received; structured treatment began on "
                "13 Dec 2001."
            ),
        ),
    ]


def test_of_a_very_long_wait_it_is_asked_whether_the_record_is_right() -> None:
    history = """
        client | event    | occurred_on | known_on
        Ann    | referred | 2015-08-21  | 2017-08-10
        Bob    | referred | 2017-07-01  | 2017-08-10
    """
    ann, bob = rows("waiting", history, "2017-07-31")
    assert ann.because.endswith("has waited 710 days for structured treatment. Is the record right?")
    assert bob.because.endswith("has waited 30 days for structured treatment.")
