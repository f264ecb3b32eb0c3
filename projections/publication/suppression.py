"""What of a figure the public sees: no count under 5, and nothing that gives one back.

A count under 5, 0 included, is suppressed, and so is its complement, with all that either could be worked out from:
percentage, interval, parts, who waits, how many have matured. A suppressed number is `{"suppressed": true}`, never 0.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from projections.standings.engine import Figure

Document = dict[str, Any]

UNDER: Final = 5
"""Counts under this are not shown to the public. [S, domain.md: "counts under 5 (and their complements)"]"""
SUPPRESSED: Final[Document] = {"suppressed": True}


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts in a figure; None where it has none of the kind."""

    numerator: int
    denominator: int | None
    matured: int | None = None
    parts: Mapping[str, int] | None = None
    waiting: int | None = None


@dataclass(frozen=True, slots=True)
class Visible:
    """Which counts of a figure are shown."""

    numerator: bool
    denominator: bool
    matured: bool
    parts: frozenset[str]
    waiting: bool


def counts_of(figure: Figure) -> Counts:
    """The counts in a figure."""
    waiting = figure.waiting.people if figure.waiting else None
    return Counts(figure.numerator, figure.denominator, figure.matured, figure.parts, waiting)


def counts_in(document: Document) -> Counts:
    """The counts in a FIGURE document."""
    waiting = document["waiting"] and document["waiting"]["people"]
    return Counts(document["numerator"], document["denominator"], document["matured"], document["parts"], waiting)


def visible(counts: Counts) -> Visible:
    """What of a figure may be shown by itself."""
    whole = counts.numerator if counts.denominator is None else counts.denominator
    enough = whole >= UNDER
    return Visible(
        numerator=enough and _both_enough(counts.numerator, counts.denominator),
        denominator=enough and counts.denominator is not None,
        matured=enough and counts.matured is not None and _both_enough(counts.matured, whole),
        parts=frozenset(counts.parts).difference(hidden_among(counts.parts))
        if enough and counts.parts
        else frozenset(),
        waiting=counts.waiting is not None and counts.waiting >= UNDER,
    )


def _both_enough(count: int, whole: int | None) -> bool:
    return count >= UNDER and (whole is None or whole - count >= UNDER)


def hidden_among(parts: Mapping[str, int], already: Collection[str] = ()) -> frozenset[str]:
    """Which parts of a total that is shown are hidden: those under 5, and the next smallest with them until what is
    hidden is at least two parts and 5 people; else the total would give them back. Some may be hidden already.
    """
    ascending = sorted(parts, key=lambda part: (parts[part], part))
    hidden = {part for part in ascending if parts[part] < UNDER}.union(already)
    for part in ascending:
        if not hidden or (len(hidden) > 1 and sum(parts[one] for one in hidden) >= UNDER):
            break
        hidden.add(part)
    return frozenset(hidden)


def visible_beside(total: Counts, groups: Sequence[Counts]) -> list[Visible]:
    """What may be shown of groups that add up to a total which stands beside them, as far as it is shown itself.

    Nobody is in two of the groups, and nobody of the total in none.
    """
    choice, alone = visible(total), [visible(group) for group in groups]
    wholes = {str(i): group.denominator or 0 for i, group in enumerate(groups)}
    counted = {str(i): group.numerator for i, group in enumerate(groups)}
    others = {i: whole - counted[i] for i, whole in wholes.items()}
    small = hidden_among(wholes) if choice.denominator else frozenset()
    hidden = small
    if choice.numerator:
        hidden = hidden_among(counted, hidden)
        hidden = hidden_among(others, hidden) if choice.denominator else hidden
    return [
        replace(
            one,
            numerator=one.numerator and str(i) not in hidden,
            denominator=one.denominator and str(i) not in small,
            matured=one.matured and str(i) not in small,
            parts=frozenset() if str(i) in hidden else one.parts,
        )
        for i, one in enumerate(alone)
    ]


def suppressed_document(document: Document, choice: Visible) -> Document:
    """A FIGURE document for the public: with `suppression`, which says what to ask for instead."""
    hidden = {
        **_hidden_unless(document, ("numerator", "percentage", "interval"), choice=choice.numerator),
        **_hidden_unless(document, ("denominator",), choice=choice.denominator),
        **_hidden_unless(document, ("matured",), choice=choice.matured),
    }
    if (parts := document["parts"]) is not None:
        hidden["parts"] = {name: count if name in choice.parts else SUPPRESSED for name, count in parts.items()}
    if document["waiting"] is not None:
        # The longest wait is one person's, however many wait.
        people = document["waiting"]["people"] if choice.waiting else SUPPRESSED
        hidden["waiting"] = {"people": people, "longest_days": SUPPRESSED}
    # How many records were erased grows with each person who asked for it.
    hidden["erased_records"] = SUPPRESSED
    # The part of an agency that adds up would tell, with the whole, of those who were at two.
    if "belonging" in document:
        hidden["belonging"] = None
    is_suppressed = any(_is_suppressed(hidden[name]) for name in hidden if name not in {"erased_records", "belonging"})
    # With those of all areas it would give back who is in none.
    if document.get("in_no_area") is not None:
        hidden["in_no_area"] = SUPPRESSED
    # It would part the people of a figure once more, or tell of those beside it.
    if "not_recorded" in document:
        hidden["not_recorded"] = SUPPRESSED
    suppression = {"under": UNDER, "instead": instead(document) if is_suppressed else None}
    return document | hidden | {"suppression": suppression}


def _hidden_unless(document: Document, names: Collection[str], *, choice: bool) -> Document:
    return {} if choice else {name: SUPPRESSED for name in names if document[name] is not None}


def _is_suppressed(value: Any) -> bool:
    if value == SUPPRESSED:
        return True
    return isinstance(value, dict) and any(one == SUPPRESSED for name, one in value.items() if name != "longest_days")


def instead(document: Document) -> str:
    """What to ask for in place of a figure of which something is suppressed."""
    part = document["slice"]
    wider = []
    if part["agency"] or part["area"]:
        wider.append("the whole area")
    if part["criminal_justice"] or part["young_people"]:
        wider.append("all referrals and ages")
    wider += ["substance groups taken together", "a longer period"]
    return (
        f"Counts under {UNDER}, 0 included, are not shown, nor what would give them back. "
        f"Ask for {', '.join(wider[:-1])} or {wider[-1]} instead."
    )


def withheld_document(document: Document) -> Document:
    """A FIGURE document of which no count is shown."""
    return suppressed_document(document, Visible(False, False, False, frozenset(), False))
