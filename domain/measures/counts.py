"""Counts: people in treatment, open on the day, journeys started and ended. No denominator."""

from .columns import Columns, Rule, Rules


def in_treatment(j: Columns) -> Rules:
    """Clients in treatment in the last 12 months, each once, by the latest journey."""
    return _count(Rule("in treatment in the window", j.touches), Rule("by the latest journey", j.latest(j.touches)))


def open_on_the_day(j: Columns) -> Rules:
    """Clients whose journey is open on the day: not discharged on or before it."""
    return _count(Rule("started by the day", j.start <= j.last_day), Rule("open", j.open))


def new_journeys(j: Columns) -> Rules:
    """Journeys started in the last 12 months."""
    return _count(Rule("started in the window", j.started_inside))


def exits(j: Columns) -> Rules:
    """Journeys ended in the last 12 months, by kind of exit."""
    return _count(Rule("ended in the window", j.ended_inside))


def _count(*rules: Rule) -> Rules:
    return Rules(cohort=rules, counted=rules)
