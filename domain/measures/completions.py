"""Successful completions and those who came back; and counts, which have no denominator.

Sources: Appendix C 1.0 to 3.0 (PHOF 2.15, later C19), 4.0 to 4.3, 5.0 to 5.3 and the text.
"""

from .calendar import Flags, six_months_later
from .columns import Columns, Rule, Rules


def phof(j: Columns) -> Rules:
    """Adults whose latest journey in the window (18 to 6 months back) is of the group.

    Counted: it ended in that window in success, and no re-presentation followed. An end after the window counts as
    not ended.
    """
    return Rules(
        cohort=(*_in_treatment(j), Rule("in a substance group", j.grouped)),
        counted=(
            Rule("ended in the window", j.ended_inside),
            Rule("in success", j.success),
            Rule("not re-presented", ~j.returned),
        ),
    )


def completions(j: Columns) -> Rules:
    """Adults whose latest journey in the last 12 months is of the group; counted: it ended in them in success."""
    return Rules(
        cohort=(*_in_treatment(j), Rule("in a substance group", j.grouped)),
        counted=(Rule("ended in the window", j.ended_inside), Rule("in success", j.success)),
    )


def representations(j: Columns) -> Rules:
    """Adults with a successful completion in the window, by the latest such; counted: re-presented.

    Herefordshire's 4/10 is of completers, as here; the words of Appendix C ("of all in treatment") are a variant.
    """
    completed = j.ended_inside & j.success & j.grouped
    return Rules(
        cohort=(
            Rule("ended in the window", j.ended_inside),
            Rule("in success", j.success),
            Rule("in a substance group", j.grouped),
            Rule("by the latest successful completion", j.latest_of_age(completed)),
        ),
        counted=(Rule("re-presented", j.returned),),
    )


def representations_of_all(j: Columns) -> Rules:
    """The words of Appendix C: of all in treatment in the window; counted: completed in it, then re-presented."""
    return Rules(
        cohort=(*_in_treatment(j), Rule("in a substance group", j.grouped)),
        counted=(
            Rule("ended in the window", j.ended_inside),
            Rule("in success", j.success),
            Rule("re-presented", j.returned),
        ),
    )


def immature(j: Columns) -> Flags:
    """Six months have not passed since the completion: a return could still come."""
    return six_months_later(j.end) > j.last_day + 1


def in_treatment(j: Columns) -> Rules:
    """Clients in treatment in the last 12 months, each once, by the latest journey."""
    return _count(*_in_treatment(j))


def open_on_the_day(j: Columns) -> Rules:
    """Clients whose journey is open on the day: not discharged on or before it."""
    return _count(Rule("started by the day", j.start <= j.last_day), Rule("open", j.open))


def new_journeys(j: Columns) -> Rules:
    """Journeys started in the last 12 months."""
    return _count(Rule("started in the window", j.started_inside))


def exits(j: Columns) -> Rules:
    """Journeys ended in the last 12 months, by kind of exit."""
    return _count(Rule("ended in the window", j.ended_inside))


def _in_treatment(j: Columns) -> tuple[Rule, Rule]:
    return Rule("in treatment in the window", j.touches), Rule("by the latest journey", j.latest(j.touches))


def _count(*rules: Rule) -> Rules:
    return Rules(cohort=rules, counted=rules)
