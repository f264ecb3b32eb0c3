"""Counts: people in treatment, open on the day, journeys started and ended. No denominator."""

from .columns import Asked, Rule, Rules


def in_treatment(j: Asked) -> Rules:
    """Clients in treatment in the last 12 months, each once, by the latest journey."""
    return _count(Rule("in treatment in the window", j.touches), Rule("by the latest journey", j.latest(j.touches)))


def open_on_the_day(j: Asked) -> Rules:
    """Clients whose journey is open on the day: not discharged on or before it."""
    return _count(Rule("started by the day", j.start <= j.last_day), Rule("open", j.open))


def new_journeys(j: Asked) -> Rules:
    """Journeys started in the last 12 months."""
    return _count(Rule("started in the window", j.started_inside))


def exits(j: Asked) -> Rules:
    """Journeys ended in the last 12 months, by kind of exit."""
    return _count(Rule("ended in the window", j.ended_inside))


def _count(*rules: Rule) -> Rules:
    return Rules(cohort=rules, counted=rules)
