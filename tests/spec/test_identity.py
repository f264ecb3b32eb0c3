"""Who a client is

Initials, date of birth and sex name a client; the agency's own client number does not tie episodes together. A
correction may merge or split people: it restates figures as known from its day, and leaves earlier knowledge alone.
"""

from .conftest import FigureOf

ON_BOTH_DATABASES = True


def test_two_records_of_one_person_are_merged(figure_of: FigureOf) -> None:
    """Two clients found to be one person count once from the day of the correction."""
    history = """
        client | episode | agency | event   | occurred_on | known_on   | detail
        Ann    | 1       | H0001  | started | 2016-09-01  | 2016-10-12 | opiate
        Ann    | 1       | H0001  | exited  | 2017-02-01  | 2017-02-12 | 80
        Anne   | 2       | H0002  | started | 2017-05-01  | 2017-05-12 | opiate
        Ann    | 2       | H0002  | started | 2017-05-01  | 2017-07-12 | opiate
    """
    assert figure_of(history, known_at="2017-07-11").cohort == ("Ann", "Anne")
    assert figure_of(history, known_at="2017-07-12").cohort == ("Ann",)
    assert figure_of(history, measure="5.0u", known_at="2017-07-11").counts == (0, 1)
    assert figure_of(history, measure="5.0u", known_at="2017-07-12").counts == (1, 1)


def test_one_client_number_may_be_two_people(figure_of: FigureOf) -> None:
    """A correction that reaches one of two episodes splits their person: two people, each with a journey."""
    history = """
        client | episode | event   | occurred_on | known_on   | detail
        Ann    | 1       | started | 2016-09-01  | 2016-10-12 | opiate
        Ann    | 2       | started | 2016-10-01  | 2016-10-12 | alcohol
        Bea    | 2       | started | 2016-10-01  | 2017-02-12 | alcohol
    """
    assert figure_of(history, measure="4.0", known_at="2017-02-11").cohort == ("Ann",)
    assert figure_of(history, measure="4.2", known_at="2017-02-11").cohort == ()
    assert figure_of(history, measure="4.0", known_at="2017-02-12").cohort == ("Ann",)
    assert figure_of(history, measure="4.2", known_at="2017-02-12").cohort == ("Bea",)


def test_a_person_corrected_back(figure_of: FigureOf) -> None:
    """A person corrected and corrected back stands as before, with the time between as it was known then."""
    history = """
        client | episode | event   | occurred_on | known_on   | detail
        Ann    | 1       | started | 2016-09-01  | 2016-10-12 | opiate
        Bea    | 1       | started | 2016-09-01  | 2017-02-12 | opiate
        Ann    | 1       | started | 2016-09-01  | 2017-05-12 | opiate
    """
    assert figure_of(history, known_at="2017-02-11").cohort == ("Ann",)
    assert figure_of(history, known_at="2017-05-11").cohort == ("Bea",)
    assert figure_of(history, known_at="2017-05-12").cohort == ("Ann",)


def test_a_corrected_birth_date_changes_the_age(figure_of: FigureOf) -> None:
    """A corrected birth date makes another client, who may be of another age."""
    history = """
        client | episode | event   | occurred_on | known_on   | detail
        Ann    | 1       | started | 2016-09-01  | 2016-10-12 | opiate
        Anne   | 1       | started | 2016-09-01  | 2017-02-12 | opiate born=2000-06-30
    """
    assert figure_of(history, known_at="2017-02-11").cohort == ("Ann",)
    assert figure_of(history, known_at="2017-02-12").cohort == ()
    assert figure_of(history, known_at="2017-02-12", young_people=True).cohort == ("Anne",)


def test_an_erased_person_leaves_no_figure(figure_of: FigureOf) -> None:
    """Consent ended: the person's data are erased, and stand in no figure at any standpoint, also earlier ones."""
    history = """
        client | episode | event         | occurred_on | known_on   | detail
        Ann    | 1       | started       | 2016-09-01  | 2016-10-12 | opiate
        Bob    | 2       | started       | 2016-09-01  | 2016-10-12 | opiate
        Ann    | 1       | consent ended |             | 2017-02-12 |
    """
    assert figure_of(history, known_at="2017-02-11").cohort == ("Bob",)
    assert figure_of(history, known_at="2017-02-12").cohort == ("Bob",)


def test_what_another_agency_says_of_an_erased_person_stands(figure_of: FigureOf) -> None:
    """Only the episodes of the file without consent are erased; the journey is what is left, as if always so."""
    history = """
        client | episode | agency | event         | occurred_on | known_on   | detail
        Ann    | 1       | H0001  | started       | 2016-09-01  | 2016-10-12 | opiate
        Ann    | 2       | H0002  | started       | 2016-10-01  | 2016-10-12 | alcohol
        Ann    | 1       | H0001  | consent ended |             | 2017-02-12 |
    """
    assert figure_of(history, measure="4.0", known_at="2016-12-31").cohort == ()
    assert figure_of(history, measure="4.2", known_at="2016-12-31").cohort == ("Ann",)
    assert figure_of(history, measure="4.2").cohort == ("Ann",)


def test_a_triage_that_stands_follows_its_person(figure_of: FigureOf) -> None:
    """A file with a row of which nobody knows the episode withdraws nothing; what stands so is of the corrected person.

    The second file (`keyless`) has the referral of another person and no triage any more. The triage stands, and an
    episode is of one person: it is Bea's too.
    """
    history = """
        client | episode | event            | occurred_on | known_on   | detail
        Ann    | 1       | referred         | 2016-08-20  | 2016-10-12 |
        Ann    | 1       | started          | 2016-09-01  | 2016-10-12 | opiate
        Bea    | 1       | triage withdrawn |             | 2017-02-12 | keyless
        Bea    | 1       | referred         | 2016-08-20  | 2017-02-12 | keyless
    """
    assert figure_of(history, known_at="2017-02-11").cohort == ("Ann",)
    assert figure_of(history, known_at="2017-02-12").cohort == ("Bea",)


def test_nobody_is_treated_before_triage(figure_of: FigureOf) -> None:
    """Where an intervention stands that began before a corrected triage, treatment begins with the triage."""
    history = """
        client | event                  | occurred_on | known_on   | detail
        Ann    | started                | 2016-09-01  | 2016-10-12 | opiate
        Ann    | intervention withdrawn |             | 2017-02-12 | keyless
        Ann    | triaged                | 2016-09-10  | 2017-02-12 | opiate keyless
    """
    assert figure_of(history, as_of="2016-09-09", known_at="2017-02-11").cohort == ("Ann",)
    assert figure_of(history, as_of="2016-09-09", known_at="2017-02-12").cohort == ()
    assert figure_of(history, as_of="2016-09-10", known_at="2017-02-12").cohort == ("Ann",)


def test_a_referral_after_triage_begins_no_wait(figure_of: FigureOf) -> None:
    """Where a referral stands that lies after a corrected triage, it begins no wait, and nothing is counted by it."""
    history = """
        client | event               | occurred_on | known_on   | detail
        Ann    | referred            | 2017-05-10  | 2017-05-31 |
        Ann    | triaged             | 2017-05-20  | 2017-05-31 | opiate
        Ann    | referral withdrawn  |             | 2017-06-30 | keyless
        Ann    | triaged             | 2017-05-05  | 2017-06-30 | opiate keyless
        Ann    | intervention        | 2017-06-01  | 2017-06-30 | keyless
    """
    assert figure_of(history, measure="W.waiting", as_of="2017-05-09", known_at="2017-05-31").cohort == ()
    assert figure_of(history, measure="W.waiting", as_of="2017-05-09", known_at="2017-06-30").cohort == ("Ann",)
    assert figure_of(history, measure="W.started", known_at="2017-06-30").counts == (0, 1)
