"""Another party's figure beside ours: where ours would be the same, and with a list, client by client."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, BinaryIO, Final, cast

from flask import request
from marshmallow import fields, validate

from domain.errors import Refused, WrongUse
from domain.measures.registry import Measure
from projections.claims.claim import Claim, Difference, Fit, Search
from projections.claims.plausibility import Plausible
from projections.claims.reconciliation import Comparison, Listed
from projections.explain.provenance import JourneySeen, MemberSeen
from projections.privacy import redaction
from projections.privacy.redaction import ComparisonShown, JourneyShown, MemberShown
from web.auth import guard
from web.auth.access import question_noted
from web.auth.rate_limits import limit_uploads
from web.auth.roles import Reach, Right
from web.auth.viewer import Viewer
from web.files.claim_lists import LIST_COLUMNS, list_from, opened_text
from web.presenters import text as words
from web.presenters.tables import Column, Link, Table
from web.queries import claims
from web.queries.claims import ClaimResult

from .access_reasons import LEAST, reason_given, wrong_with
from .layout import Page
from .navigation import Place
from .page import PageContext, Pages, SeenFrom, asked_of, is_disputed, measure_or_404, pages_of_figure

CLAIM: Final = "claim.claim"
FITS_SHOWN: Final = 10
"""Places where ours is the same; of more their number is told."""
FRACTIONS_SHOWN: Final = 12
"""Cohorts of a plausible percentage: the smallest, and those nearest to ours."""
LONGEST_NUMBER: Final = 9
ROWS_SHOWN: Final = 20
"""People of a table that are shown at once; a longer one is folded, so that what comes after it is found."""
LINES_SHOWN: Final = 20
"""Lines of a list that are named as one person."""
_LIST: Final = "the list"
"""What a refusal calls it: a file's name may say more than it should."""

blueprint = Pages("claim", __name__, of_figure=(Place("Another figure", CLAIM, Right.FIGURES),))


@blueprint.teardown_request
def _let_go(_error: BaseException | None) -> None:
    """Nothing of a list stays in this process's temporary files, however the request ended."""
    request.close()


def _number(description: str) -> fields.String:
    return fields.String(load_default="", validate=validate.Length(max=200), metadata={"description": description})


class ClaimAddress(SeenFrom):
    """What the other party says, as it was typed: what is wrong with it is said at its field."""

    numerator = _number("Their numerator.")
    denominator = _number("Their denominator.")
    percentage = _number("Their percentage, as it is printed.")


Errors = dict[str, str]
"""By field, the sentence of what is wrong with it."""


def stated_of(given: Mapping[str, Any]) -> tuple[Claim | None, Errors]:
    """What is claimed, None if nothing is; or what is wrong with it, by field."""
    errors: Errors = {}
    numbers: dict[str, int | None] = {}
    for name in ("numerator", "denominator"):
        text = str(given[name]).strip().replace(",", "")
        numbers[name] = int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None
        if text and numbers[name] is None:
            errors[name] = f"'{given[name]}' is not a number of people. Write it in figures, like 24."
    if errors:
        return None, errors
    try:
        return claims.stated_claim(
            numbers["numerator"], numbers["denominator"], given["percentage"].strip() or None, None
        ), {}
    except (Refused, WrongUse) as error:
        return None, {"percentage" if given["percentage"] else "numerator": str(error)}


@blueprint.seen_from("/figures/<measure>/claim", Right.FIGURES, ClaimAddress)
def claim(asked: PageContext, measure: str) -> Page:
    """Their numbers, or their percentage, beside ours."""
    of = measure_or_404(measure)
    stated, errors = stated_of(asked.given)
    found = None
    if stated is not None:
        try:
            found = _beside(asked, asked.who, of, stated)
        except (Refused, WrongUse) as error:
            errors = {"numerator": str(error)}
    return _page(asked, of, stated, found, errors)


@blueprint.page("/figures/<measure>/claim", Right.CLIENTS, ClaimAddress, method="POST")
@limit_uploads
def compare(given: Mapping[str, Any], measure: str) -> Any:
    """Their list of people beside ours. The list is read, compared and let go; nothing of it is kept."""
    of, asked = measure_or_404(measure), asked_of(given, Right.CLIENTS)
    sent = request.files.get("members")
    if sent is None or not sent.filename:
        return _page(asked, of, None, None, {"members": "Choose the file that has their list."}), 422
    why, wanted = _reason(asked, of)
    if wanted:
        return _page(asked, of, None, None, {"reason": wanted}), 422
    try:
        listed = tuple(list_from(opened_text(cast("BinaryIO", sent.stream)), _LIST))
        if asked.who.reach is Reach.OWN:
            redaction.check_own_list(listed, asked.who.own)
        who = _looking(asked, of, len(listed), why)
        found = _beside(asked, who, of, None, listed)
    except (Refused, WrongUse) as error:
        said = str(error)
        return _page(asked, of, None, None, {"members": said[:1].upper() + said[1:]}), 422
    return _page(asked, of, None, found, {})


def _reason(asked: PageContext, measure: Measure) -> tuple[str, str]:
    """Why a commissioner looks, and what is missing of it."""
    if asked.who.reach is not Reach.WITH_REASON:
        return "", ""
    said = " ".join(request.form.get("reason", "").split()) or reason_given(measure, asked.where)
    wrong = wrong_with(said)
    if wrong and (len(said) >= LEAST or not is_disputed(asked, measure, asked.where)):
        return "", wrong
    return said, ""


def _looking(asked: PageContext, measure: Measure, lines: int, reason: str) -> Viewer:
    at = {"measure": measure.code, "as_of": asked.as_of, "position": asked.standpoint.position}
    snapshot = question_noted(asked.where, **at, lines=lines)
    return guard.viewer_of_clients(Right.CLIENTS, snapshot, asked.where, measure=measure, reason=reason)


def _beside(
    asked: PageContext, who: Viewer, measure: Measure, stated: Claim | None, listed: tuple[Listed, ...] = ()
) -> ClaimResult:
    of = claims.ClaimQuery(measure, asked.as_of, asked.known_at, asked.where, None, stated, listed)
    return claims.claim(asked.snapshot, who, of)


def _page(
    asked: PageContext, measure: Measure, stated: Claim | None, found: ClaimResult | None, errors: Errors
) -> Page:
    by = guard.principal()
    sees_clients = by.reach(Right.CLIENTS)
    return Page(
        "claim.html",
        f"Another figure for {measure.code}",
        asked=asked,
        measure=measure,
        is_count=measure.kind == "count",
        given=asked.given,
        errors=[Link(sentence, f"#{name}") for name, sentence in errors.items()],
        error_of=errors,
        found=found,
        ours=words.result(found.figure) if found else "",
        theirs=words.claimed(found.stated) if found else "",
        agrees=found is not None and found.stated.fits(found.figure.numerator, found.figure.denominator),
        search=_search(asked, measure, found.search) if found and found.search else None,
        plausible=_plausible(stated, found) if stated and found else None,
        comparison=compared(found.comparison) if found and found.comparison else None,
        may_list=sees_clients is not None,
        says_why=sees_clients is Reach.WITH_REASON,
        said_why=request.form.get("reason", ""),
        list_columns=LIST_COLUMNS,
        folded_from=ROWS_SHOWN,
        dispute=_dispute(asked, measure, found.stated) if found and by.reach(Right.DISPUTE) is not None else None,
        more=pages_of_figure(asked, measure),
    )


def _dispute(asked: PageContext, measure: Measure, stated: Claim) -> str:
    percentage = stated.printed.text if stated.printed else None
    claimed = {"numerator": stated.numerator, "denominator": stated.denominator, "percentage": percentage}
    return asked.to_measure("dispute.new", measure, **claimed)


# ---- where ours is the same


def _search(asked: PageContext, measure: Measure, search: Search) -> dict[str, Any]:
    """The likeliest places: those with the fewest differences, each with the way to it."""
    likeliest = [fit for fit in search.fits if len(fit.differences) == len(search.fits[0].differences)][:FITS_SHOWN]
    return {
        "fits": [(fit_sentence(fit), _walk(asked, measure, fit)) for fit in likeliest],
        "rest": len(search.fits) - len(likeliest) + search.more,
        "pairs": search.pairs,
    }


def fit_sentence(fit: Fit) -> str:
    """Which figure of ours is the same, and what is other about it than was asked."""
    other = words.fit_sentence(fit).removeprefix("Equals ours ").rstrip(".")
    numbers = f"{fit.numerator:,}" if fit.denominator is None else f"{fit.numerator:,} of {fit.denominator:,}"
    return f"{numbers} is our figure {other}."


_WALKED: Final = frozenset({Difference.AS_OF, Difference.KNOWN_AT, Difference.SLICE})
"""What a walk can change; another wording or window is another question."""


def _walk(asked: PageContext, measure: Measure, fit: Fit) -> str | None:
    """The walk from there to ours, for those who may see single clients."""
    if not set(fit.differences) <= _WALKED or guard.principal().reach(Right.CLIENTS) is None:
        return None
    where = asked.where
    if (fit.where.criminal_justice, fit.where.young_people) != (where.criminal_justice, where.young_people):
        return None
    changes: dict[str, Any] = {
        "cut": None,
        "as_of": fit.standpoint.as_of,
        "known_at": f"@{fit.standpoint.position}",
        "area": fit.where.area,
        "agency": fit.where.agency,
        "to_as_of": asked.as_of,
        "to_known_at": f"@{asked.standpoint.position}",
    }
    if fit.where != where:
        changes |= {"to_area": where.area or "*", "to_agency": where.agency or "*"}
    return asked.to_measure("why.why", measure, **changes)


# ---- which fractions a percentage could be


def _plausible(stated: Claim, found: ClaimResult) -> list[str]:
    """What a printed percentage could be, in sentences; nothing where numbers were stated."""
    if stated.printed is None:
        return []
    fractions = claims.plausible(claims.PlausibleQuery(stated.printed)).plausible
    k, n = fractions.smallest
    text = f"{stated.printed.text}%"
    said = [f"It takes at least {words.plural(n, 'person', 'people')} to come to {text}: {k:,} of {n:,}."]
    ours = found.figure.denominator
    if ours:
        near = stated.printed.numerators(ours)
        fitting = f"{_range(near)} of our" if near else "No number out of our"
        said.append(f"{fitting} {ours:,} {'would come' if near else 'comes'} to {text}.")
    return [*said, _cohorts(fractions, ours or n)]


def _cohorts(fractions: Plausible, ours: int) -> str:
    """The cohorts nearest to ours, with the numbers that print so."""
    by_cohort = [(n, [k for k, _ in its]) for n, its in groupby(fractions.fractions, key=lambda fraction: fraction[1])]
    if not by_cohort:
        return f"No number out of {fractions.denominator_min:,} to {fractions.denominator_max:,} people comes to it."
    nearest = sorted(sorted(by_cohort, key=lambda one: abs(one[0] - ours))[:FRACTIONS_SHOWN])
    said = ", ".join(f"{_range(numerators)} of {n:,}" for n, numerators in nearest)
    rest = len(by_cohort) - len(nearest)
    more = f", or out of {rest:,} other numbers of people up to {fractions.denominator_max:,}" if rest else ""
    return f"The nearest to ours that it could be: {said}{more}."


def _range(numerators: Sequence[int]) -> str:
    return f"{numerators[0]:,}" if len(numerators) == 1 else f"{numerators[0]:,} to {numerators[-1]:,}"


# ---- client by client

_LINES: Final = Column("Their lines")
_JOURNEY: Final = (Column("Treatment"), Column("Group"))
AnyComparison = Comparison | ComparisonShown


def compared(found: AnyComparison) -> dict[str, Any]:
    """Their list beside ours: the account that leads from one to the other, and who makes the difference."""
    parts: list[tuple[str, str, Sequence[Column], list[tuple[Any, ...]]]] = [
        (
            "only-theirs",
            "Only in theirs, with the first of our rules that they do not meet",
            (_LINES, Column("Not met"), *_JOURNEY),
            [(_references(one.lines), one.rule, *_journey(one.journey)) for one in found.only_theirs],
        ),
        (
            "only-ours",
            "Only in ours",
            (Column("Our references"), Column("Ours"), Column("Why"), *_JOURNEY),
            [(_own(one), *_counted(one), *_journey(one.journey)) for one in found.only_ours],
        ),
        (
            "differently",
            "In both, but counted on one side only",
            (_LINES, Column("Ours"), Column("Why"), *_JOURNEY),
            [(_references(d.lines), *_counted(d.member), *_journey(d.member.journey)) for d in found.differently],
        ),
        (
            "twice",
            "More than one line of theirs, but one person here",
            (_LINES,),
            [(_references(one.lines),) for one in found.twice],
        ),
    ]
    tells = any(step.numerator is not None for step in found.account)
    counted = [Column("Counted", number=True)] if tells else []
    return {
        "agreed": found.agreed,
        "notices": found.notices,
        "tables": [
            (name, Table(columns, rows, f"{caption}: {len(rows)}")) for name, caption, columns, rows in parts if rows
        ],
        "account": Table(
            [Column("From theirs to ours"), *counted, Column("People", number=True)],
            [(step.words, *([step.numerator or 0] if tells else []), step.denominator) for step in found.account],
            "From theirs to ours",
        ),
    }


def _references(lines: Sequence[Listed]) -> str:
    named = ", ".join(f"{one.reference} (line {one.line})" for one in lines[:LINES_SHOWN])
    more = len(lines) - LINES_SHOWN
    return f"{named} and {words.plural(more, 'more line')}" if more > 0 else named


def _counted(member: MemberSeen | MemberShown) -> tuple[str, str]:
    return ("counted" if member.counted else "not counted"), member.rule


def _own(member: MemberSeen | MemberShown) -> str:
    if member.journey is None:
        return "another agency’s"
    named = (f"{one.agency}: {one.client_reference}/{one.episode_reference}" for one in member.journey.episodes)
    return ", ".join(named)


def _journey(journey: JourneySeen | JourneyShown | None) -> tuple[str | None, str | None]:
    if journey is None or journey.start is None:
        return None, None
    until = f"to {words.short_day(journey.end)}" if journey.end else "on"
    return f"{words.short_day(journey.start)} {until}", journey.group
