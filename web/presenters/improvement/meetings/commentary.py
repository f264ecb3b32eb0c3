"""Commentary, for people: whose words, what they were written about, and what the figure is by now."""

from collections.abc import Callable
from typing import Any, Final

from rich.console import Console

from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Link, Table, lines, numbered
from web.queries.improvement.meetings.commentary import CommentaryResult, CommentResult, CommentVersion

PARTIES: Final = {"provider": "The provider", "commissioner": "The commissioner"}
TAGS: Final = {"draft": "grey", "withdrawn": "grey", "discarded": "grey"}
_NOT_SHOWN: Final = "Written about a figure that is not shown to you."
DONE: Final = {
    "drafted": "The comment is kept as a draft. Only your side can read it until you share it.",
    "edit": "The draft is written anew.",
    "rewrite": "The comment is written anew. The version before it stays readable.",
    "share": "The comment is shared. The other party reads it beside the figure now.",
    "discard": "The draft is given up.",
    "withdraw": "The comment is withdrawn. It does not stand beside the figure any more.",
    "publish": "The comment is published. It may stand in the public edition of the committee report.",
    "unpublish": "The comment is for the two parties alone again.",
}
"""What is said once a step was taken, by its name."""


def numbers(numerator: int | None, denominator: int | None) -> str:
    """Numbers in words; a count has no denominator."""
    if numerator is None:
        return ""
    if denominator is None:
        return f"{numerator:,}"
    return f"{numerator:,} of {denominator:,}"


def written_about(one: CommentResult) -> str:
    """What it was written about, with what that is by now where it was restated: "Written about 24 of 438, as known
    on 14 August 2017. It is 25 of 440 now."
    """
    if one.not_shown:
        return _NOT_SHOWN
    known = f", as known on {text.day(one.known_at)}" if one.known_at else ""
    said = f"Written about {numbers(one.numerator, one.denominator)}{known}."
    if one.restated:
        said += f" The figure was restated since: it is {numbers(one.now_numerator, one.now_denominator)} now."
    return said


def version_about(one: CommentVersion) -> str:
    """What an earlier version was written about."""
    known = f", as known on {text.day(one.known_at)}" if one.known_at else ""
    return (
        f"Written about {numbers(one.numerator, one.denominator)}{known}." if one.numerator is not None else _NOT_SHOWN
    )


def signed(one: CommentResult | CommentVersion) -> str:
    """By whom and on which day."""
    return f"{one.actor} ({one.role}), {text.day(one.on)}"


def about(one: CommentResult, named: Callable[[str], str] = str) -> str:
    """The figure that it is about."""
    return f"{one.name} ({one.measure}) as of {text.day(one.as_of)}. {text.slice_of(one.slice, named)}"


def comment_sentences(result: CommentaryResult) -> list[str]:
    """What stands beside a figure, each in one paragraph: whose words, the words, and what they were written about.

    For prints and reports, where nobody is named: the party speaks.
    """
    said = []
    for one in result.comments:
        words = " ".join(one.words.split())
        tied = "" if one.not_shown else f" ({written_about(one).rstrip('.')})"
        said.append(f"{PARTIES[one.party]}: {words}{tied}")
    return said


def words_of_count(result: CommentaryResult) -> str:
    """How many comments, for the mark on a line of the scorecard."""
    return text.plural(len(result.comments), "comment")


LIST_COLUMNS: Final = (
    Column("Figure", folds=True),
    Column("As of", whole=True),
    Column("In words", folds=True),
    Column("State"),
)


def list_table(
    result: CommentaryResult, named: Callable[[str], str] = str, href: Callable[[CommentResult], str] | None = None
) -> Table:
    """Comments, the newest first."""
    rows: list[tuple[Any, ...]] = []
    for one in result.comments:
        figure = f"{one.name} ({one.measure})"
        rows.append(
            (
                lines(Link(figure, href(one)) if href else figure, text.slice_of(one.slice, named)),
                one.as_of,
                lines(one.words, written_about(one)),
                one.state,
            )
        )
    return Table(LIST_COLUMNS, rows, "Comments, the newest first")


def as_cells(one: CommentResult) -> dict[str, str]:
    """A comment as names and texts, to be set beside another version of it."""
    return {"State": one.state, "Comment": one.words}


# ---- the terminal


def print_commentary(console: Console, result: CommentaryResult) -> None:
    """All comments."""
    if not result.comments:
        say(console, "Nobody has written about a figure.")
        return
    table = list_table(result)
    rows = [(numbered(one.number), *row) for one, row in zip(result.comments, table.rows, strict=True)]
    print_table(console, Table((Column("no.", number=True), *table.columns), rows, table.title))


def print_comment(console: Console, one: CommentResult) -> None:
    """One comment with its versions."""
    say(console, f"Comment {one.number} ({one.state}), version {one.version}: {about(one)}", "")
    say(console, one.words, f"{signed(one)}. {written_about(one)}")
    for version in one.earlier:
        say(console, "", f"Before: {version.words}", f"{signed(version)}. {version_about(version)}")
