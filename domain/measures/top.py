"""Treatment Outcomes Profiles done on time, at start, review and exit. Local measures; windows [K]."""

from .columns import Columns, Rule, Rules


def start_top(j: Columns) -> Rules:
    """Journeys whose first structured intervention started in the last 3 months; counted: its start TOP is on time."""
    return Rules(
        cohort=(Rule("first structured intervention in the window", j.entered_structured_inside),),
        counted=(Rule("start TOP within 14 days", j.start_top <= j.last_day),),
    )


def review_top(j: Columns) -> Rules:
    """Journeys that reached day 182 in the last 3 months, open then, with a start TOP; counted: a review TOP."""
    return Rules(
        cohort=(
            Rule("day 182 in the window", (j.first_day <= j.due) & (j.due <= j.last_day)),
            Rule("open on day 182", j.end > j.due),
            Rule("has a start TOP", j.start_top <= j.last_day),
        ),
        counted=(Rule("review TOP on day 29 to 182", j.review_top <= j.last_day),),
    )


def exit_top(j: Columns) -> Rules:
    """Journeys ended in the last 3 months in success; counted: an exit TOP within 14 days of the end.

    Which other kinds of exit owe one is the definition's.
    """
    return Rules(
        cohort=(Rule("ended in the window", j.ended_inside), Rule("owes an exit TOP", j.owes_exit_top)),
        counted=(Rule("exit TOP within 14 days", j.exit_top <= j.last_day),),
    )
