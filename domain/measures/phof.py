"""PHOF 2.15 (later C19): left treatment in success and did not come back. Source: Appendix C 1.0, 2.0, 3.0."""

from .columns import Columns, Rule, Rules


def phof(j: Columns) -> Rules:
    """Adults whose latest journey in the window (18 to 6 months back) is of the group.

    Counted: it ended in that window in success, and no re-presentation followed. An end after the window counts as
    not ended.
    """
    return Rules(
        cohort=(
            Rule("in treatment in the window", j.touches),
            Rule("by the latest journey", j.latest(j.touches)),
            Rule("in a substance group", j.grouped),
        ),
        counted=(
            Rule("ended in the window", j.ended_inside),
            Rule("in success", j.success),
            Rule("not re-presented", ~j.returned),
        ),
    )
