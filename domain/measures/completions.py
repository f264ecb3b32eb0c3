"""Successful completions. Source: Appendix C 4.0 to 4.3."""

from .columns import Columns, Rule, Rules


def completions(j: Columns) -> Rules:
    """Adults whose latest journey in the last 12 months is of the group; counted: it ended in them in success."""
    return Rules(
        cohort=(
            Rule("in treatment in the window", j.touches),
            Rule("by the latest journey", j.latest(j.touches)),
            Rule("in a substance group", j.grouped),
        ),
        counted=(Rule("ended in the window", j.ended_inside), Rule("in success", j.success)),
    )
