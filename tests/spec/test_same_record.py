"""The same record under another name

An episode that comes again under another reference (leading zeros lost, a new case-management system) is counted under
both until somebody joins the two. From then on they are one: of each file what was said last counts, and what comes
under either reference is of that one episode. What was known before stays, and the join can be undone.
"""

from .conftest import FigureOf

ON_BOTH_DATABASES = True

ZERO_LOST = """
    client | episode | event           | occurred_on | known_on   | detail
    Ann    | 001     | started         | 2017-02-05  | 2017-03-10 | opiate
    Ann    | 001     | recovery plan   | 2017-06-20  | 2017-07-10 |
    Bob    | 002     | started         | 2017-02-05  | 2017-03-10 | opiate
    Bob    | 002     | recovery plan   | 2017-06-20  | 2017-07-10 |
    Ann    | 1       | started         | 2017-02-05  | 2017-08-10 | opiate
    Ann    | 1       | exited          | 2017-07-20  | 2017-08-10 | 80
    Bob    | 2       | started         | 2017-02-05  | 2017-08-10 | opiate
    Ann    | 001     | rekeyed         |             | 2017-08-20 | to=1
    Bob    | 002     | rekeyed         |             | 2017-08-21 | to=2
    Ann    | 1       | exited          | 2017-07-20  | 2017-09-10 | 85
    Ann    | 1       | rekey undone    |             | 2017-09-20 |
"""


def test_both_are_counted_until_they_are_joined(figure_of: FigureOf) -> None:
    """Under two references an episode never ends, and its plan is counted twice; joined, it ends and counts once."""
    assert figure_of(ZERO_LOST, known_at="2017-08-10").counts == (0, 2)
    assert figure_of(ZERO_LOST, known_at="2017-08-20").counts == (1, 2)
    assert figure_of(ZERO_LOST, measure="R.plan", known_at="2017-08-10").cohort == ("Ann", "Bob", "Bob")
    assert figure_of(ZERO_LOST, measure="R.plan", known_at="2017-08-21").cohort == ("Bob",)


def test_what_only_the_old_reference_had_stays(figure_of: FigureOf) -> None:
    """A review that came under the old reference counts for the episode as it is known now."""
    assert figure_of(ZERO_LOST, measure="R.plan", known_at="2017-08-10").counts == (2, 3)
    assert figure_of(ZERO_LOST, measure="R.plan", known_at="2017-08-21").counts == (1, 1)


def test_what_comes_later_is_of_the_one_episode(figure_of: FigureOf) -> None:
    """A correction under the new reference corrects the episode; what was known before stays as it was."""
    assert figure_of(ZERO_LOST, known_at="2017-09-10").counts == (0, 2)
    assert figure_of(ZERO_LOST, measure="N.exits", known_at="2017-09-10").parts == ("unplanned",)
    assert figure_of(ZERO_LOST, known_at="2017-08-20").counts == (1, 2)


def test_a_join_can_be_undone(figure_of: FigureOf) -> None:
    """Parted again, each reference has what was said of it before, and what has come under it since."""
    assert figure_of(ZERO_LOST, measure="R.plan", known_at="2017-09-20").cohort == ("Bob", "Bob")
    assert figure_of(ZERO_LOST, measure="R.plan", known_at="2017-09-20").counts == (1, 2)


NEWEST_COUNTS = """
    client | episode | event        | occurred_on | known_on   | detail
    Ann    | old     | started      | 2017-02-05  | 2017-03-10 | opiate
    Ann    | new     | started      | 2017-02-06  | 2017-04-10 | alcohol
    Ann    | old     | started      | 2017-02-05  | {changed}  | opiate area=Ross
    Ann    | old     | rekeyed      |             | 2017-06-10 | to=new
"""


def test_the_newest_file_speaks(figure_of: FigureOf) -> None:
    """Of two references the one counts, whole, of which a file spoke last."""
    new_last = NEWEST_COUNTS.format(changed="2017-03-20")
    assert figure_of(new_last, measure="4.2", as_of="2017-06-30").cohort == ("Ann",)
    assert figure_of(new_last, as_of="2017-06-30", area="Ross").cohort == ()
    old_last = NEWEST_COUNTS.format(changed="2017-05-20")
    assert figure_of(old_last, as_of="2017-06-30", area="Ross").cohort == ("Ann",)
    assert figure_of(old_last, measure="4.2", as_of="2017-06-30").cohort == ()
