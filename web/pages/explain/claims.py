"""Another party's figure beside ours: where ours would be the same, and with a list, client by client."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, BinaryIO, ClassVar, Final, cast

from flask import request
from marshmallow import fields, validate

from domain.measures.registry import Measure
from projections.claims import wording
from projections.claims.claim import Claim, Difference
from projections.claims.reconciliation import Listed
from web.auth import guard
from web.auth.rate_limits import limit_uploads
from web.auth.roles import Reach, Right
from web.auth.trail.access import question_noted
from web.auth.viewer import Viewer
from web.files.claim_lists import LIST_COLUMNS, list_from, opened_text
from web.pages.frame.forms import FileField, Form, InvalidField, TextareaField, TextField, one_line
from web.pages.frame.layout import Page
from web.pages.frame.navigation import FigurePage
from web.pages.frame.page import PageContext, Pages, SeenFrom, asked_of, is_disputed, measure_or_404, pages_of_figure
from web.presenters import text as words
from web.presenters.tables import Column, Table
from web.queries.explain import claims
from web.queries.explain.claim import ClaimResult, ComparisonResult, FitResult, SearchResult, StatedFigure
from web.queries.explain.claims import PlausibleResult
from web.queries.explain.people import JourneyResult, MemberResult

from .access_reasons import LEAST, reason_given, wrong_with

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

blueprint = Pages("claim", __name__, of_figure=(FigurePage("Compare with their figure", CLAIM, Right.FIGURES),))


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


class PeopleField(TextField):
    """A number of people: `number`, once the form was validated; None where the field was left empty."""

    number: int | None = None

    def __init__(self, label: str, **settings: Any) -> None:
        super().__init__(label, width=5, options={"inputmode": "numeric"}, **settings)

    def pre_validate(self, form: Form) -> None:
        """Read the number."""
        super().pre_validate(form)
        text = self.data.replace(",", "")
        if text and not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
            raise InvalidField(f"'{self.data}' is not a number of people. Write it in figures, with no words.")
        self.number = int(text) if text else None


class ClaimForm(Form):
    """Another party's figure: `claim`, once the form was validated; None where nothing is claimed."""

    field_of_code: ClassVar = dict.fromkeys(
        ("claim-negative", "claim-of-count", "claim-half", "claim-impossible"), "numerator"
    )

    numerator = PeopleField("How many people are counted")
    denominator = PeopleField("Out of how many people")
    percentage: TextField | None = TextField(
        "Or a percentage", "As it is printed, with all its decimals: they show how it was rounded.", width=5
    )
    claim: Claim | None = None

    def __init__(self, measure: Measure, *sent: Any, **settings: Any) -> None:
        super().__init__(*sent, **settings)
        self.is_count = measure.kind == "count"
        if self.is_count:
            self.numerator.label.text = "How many"

    def validate(self, extra_validators: Any = None) -> bool:
        """Read the claim."""
        super().validate(extra_validators)
        percentage = self.percentage.data if self.percentage is not None else ""
        if not self.numerator.errors and not self.denominator.errors:
            with self.refusals_at("percentage" if percentage else "numerator"):
                self.claim = claims.stated_claim(
                    self.numerator.number, self.denominator.number, percentage or None, None
                )
        return not self.errors


class ListForm(Form):
    """Another party's list of people, and why a commissioner looks at them."""

    members = FileField(
        "The list",
        f"A CSV file with the columns {', '.join(LIST_COLUMNS)}; the last two may be left out. References only: no "
        "names and no dates of birth.",
        accept=".csv,text/csv",
        needed="Choose the file that has their list.",
    )
    reason = TextareaField(
        "Why you need to look at single clients",
        "It is kept in the trail beside your name. Leave it empty if you gave a reason for this figure within the last "
        "hour, or if a dispute over it is open.",
        rows=4,
    )

    def check_reason(self, context: PageContext, measure: Measure) -> str:
        """Why a commissioner looks; empty where none is needed. Says so where one is missing."""
        if context.who.reach is not Reach.WITH_REASON:
            return ""
        reason = one_line(self.reason.data) or reason_given(measure, context.slice_)
        wrong = wrong_with(reason)
        if wrong and (len(reason) >= LEAST or not is_disputed(context, measure, context.slice_)):
            self.add_error("reason", wrong)
        return reason


@blueprint.seen_from("/figures/<measure>/claim", Right.FIGURES, ClaimAddress)
def claim(context: PageContext, measure: str) -> Page:
    """Their numbers, or their percentage, beside ours."""
    measure_ = measure_or_404(measure)
    form, result = ClaimForm(measure_, request.args), None
    if form.validate() and form.claim is not None:
        with form.refusals_at("numerator"):
            result = _beside(context, context.who, measure_, form.claim)
    return _page(context, measure_, result, form)


@blueprint.page("/figures/<measure>/claim", Right.CLIENTS, ClaimAddress, method="POST")
@limit_uploads
def compare(args: Mapping[str, Any], measure: str) -> Any:
    """Their list of people beside ours. The list is read, compared and let go; nothing of it is kept."""
    measure_, context = measure_or_404(measure), asked_of(args, Right.CLIENTS)
    form, claimed = ListForm(), ClaimForm(measure_, request.args)
    form.validate_on_submit()
    reason = form.check_reason(context, measure_)
    if not form.errors:
        with form.refusals_at("members"):
            listed = tuple(list_from(opened_text(cast("BinaryIO", form.members.data.stream)), _LIST))
            claims.check_list(context.who, listed)
            viewer = _viewer_of_clients(context, measure_, len(listed), reason)
            return _page(context, measure_, _beside(context, viewer, measure_, None, listed), claimed, form)
    return _page(context, measure_, None, claimed, form), 422


def _viewer_of_clients(context: PageContext, measure: Measure, lines: int, reason: str) -> Viewer:
    query = {"measure": measure.code, "as_of": context.as_of, "position": context.standpoint.position}
    question = question_noted(context.slice_, **query, lines=lines)
    return guard.viewer_of_clients(Right.CLIENTS, question, context.slice_, measure=measure, reason=reason)


def _beside(
    context: PageContext, viewer: Viewer, measure: Measure, stated: Claim | None, listed: tuple[Listed, ...] = ()
) -> ClaimResult:
    query = claims.ClaimQuery(measure, context.as_of, context.known_at, context.slice_, None, stated, listed)
    return claims.claim(context.snapshot, viewer, query)


def _page(
    context: PageContext,
    measure: Measure,
    result: ClaimResult | None,
    form: ClaimForm,
    listing: ListForm | None = None,
) -> Page:
    by, listing = guard.principal(), listing or ListForm(None)
    sees_clients = by.reach(Right.CLIENTS)
    return Page(
        "claim.html",
        f"Their figure beside ours: {measure.name} ({measure.code})",
        context=context,
        measure=measure,
        form=form,
        listing=listing,
        errors=form.links + listing.links,
        result=result,
        theirs=wording.claimed(result.stated.claim) if result else "",
        search=_search(context, measure, result.search) if result and result.search else None,
        plausible=_plausible(form.claim, result) if form.claim and result else None,
        comparison=compared(result.comparison) if result and result.comparison else None,
        may_list=sees_clients is not None,
        says_why=sees_clients is Reach.WITH_REASON,
        folded_from=ROWS_SHOWN,
        dispute=_dispute(context, measure, result.stated) if result and by.reach(Right.DISPUTE) is not None else None,
        more=pages_of_figure(context, measure),
    )


def _dispute(context: PageContext, measure: Measure, stated: StatedFigure) -> str:
    claimed = {"numerator": stated.numerator, "denominator": stated.denominator, "percentage": stated.percentage}
    return context.to_measure("dispute.new", measure, **claimed)


# ---- where ours is the same


def _search(context: PageContext, measure: Measure, search: SearchResult) -> dict[str, Any]:
    """The likeliest places: those with the fewest differences, each with the way to it."""
    likeliest = search.likeliest[:FITS_SHOWN]
    return {
        "fits": [(f"{fit.numbers} is our figure {fit.place}.", _walk(context, measure, fit)) for fit in likeliest],
        "rest": len(search.fits) - len(likeliest) + search.more,
        "pairs": search.pairs,
    }


_WALKED: Final = frozenset({Difference.AS_OF, Difference.KNOWN_AT, Difference.SLICE})
"""What a walk can change; another wording or window is another question."""


def _walk(context: PageContext, measure: Measure, fit: FitResult) -> str | None:
    """The walk from there to ours, for those who may see single clients."""
    if not set(fit.differences) <= _WALKED or guard.principal().reach(Right.CLIENTS) is None:
        return None
    slice_ = context.slice_
    if (fit.slice.criminal_justice, fit.slice.young_people) != (slice_.criminal_justice, slice_.young_people):
        return None
    changes: dict[str, Any] = {
        "cut": None,
        "as_of": fit.as_of,
        "known_at": f"@{fit.position}",
        "area": fit.slice.area,
        "agency": fit.slice.agency,
        "to_as_of": context.as_of,
        "to_known_at": f"@{context.standpoint.position}",
    }
    if fit.slice != slice_:
        changes |= {"to_area": slice_.area or "*", "to_agency": slice_.agency or "*"}
    return context.to_measure("why.why", measure, **changes)


# ---- which fractions a percentage could be


def _plausible(claim: Claim, result: ClaimResult) -> list[str]:
    """What a printed percentage could be, in sentences; nothing where numbers were stated."""
    if claim.percentage is None:
        return []
    fractions = claims.plausible(claims.PlausibleQuery(claim.percentage))
    k, n = fractions.smallest
    text = f"{fractions.percentage}%"
    sentences = [f"It takes at least {words.plural(n, 'person', 'people')} to come to {text}: {k:,} of {n:,}."]
    ours, near = result.ours.denominator, result.stated.of_our_denominator
    if ours:
        fitting = f"{_range(near)} of our" if near else "No number out of our"
        sentences.append(f"{fitting} {ours:,} {'would come' if near else 'comes'} to {text}.")
    return [*sentences, _cohorts(fractions, ours or n)]


def _cohorts(result: PlausibleResult, ours: int) -> str:
    """The cohorts nearest to ours, with the numbers that print so."""
    by_cohort = [
        (n, [k for k, _ in fractions]) for n, fractions in groupby(result.fractions, key=lambda fraction: fraction[1])
    ]
    if not by_cohort:
        return f"No number out of {result.denominator_min:,} to {result.denominator_max:,} people comes to it."
    nearest = sorted(sorted(by_cohort, key=lambda cohort: abs(cohort[0] - ours))[:FRACTIONS_SHOWN])
    cohorts = ", ".join(f"{_range(numerators)} of {n:,}" for n, numerators in nearest)
    rest = len(by_cohort) - len(nearest)
    more = f", or out of {rest:,} other numbers of people up to {result.denominator_max:,}" if rest else ""
    return f"The nearest to ours that it could be: {cohorts}{more}."


def _range(numerators: Sequence[int]) -> str:
    return f"{numerators[0]:,}" if len(numerators) == 1 else f"{numerators[0]:,} to {numerators[-1]:,}"


# ---- client by client

_LINES: Final = Column("Their lines")
_JOURNEY: Final = (Column("Treatment"), Column("Group"))


def compared(comparison: ComparisonResult) -> dict[str, Any]:
    """Their list beside ours: the account that leads from one to the other, and who makes the difference."""
    parts: list[tuple[str, str, Sequence[Column], list[tuple[Any, ...]]]] = [
        (
            "only-theirs",
            "Only in theirs, with the first of our rules that they do not meet",
            (_LINES, Column("Not met"), *_JOURNEY),
            [(_references(one.references), one.rule, *_journey(one.journey)) for one in comparison.only_theirs],
        ),
        (
            "only-ours",
            "Only in ours",
            (Column("Our references"), Column("Ours"), Column("Why"), *_JOURNEY),
            [(_own(one), *_counted(one), *_journey(one.journey)) for one in comparison.only_ours],
        ),
        (
            "differently",
            "In both, but counted on one side only",
            (_LINES, Column("Ours"), Column("Why"), *_JOURNEY),
            [
                (_references(one.references), *_counted(one.ours), *_journey(one.ours.journey))
                for one in comparison.counted_differently
            ],
        ),
        (
            "twice",
            "More than one line of theirs, but one person here",
            (_LINES,),
            [(_references(one.references),) for one in comparison.twice],
        ),
    ]
    counts = comparison.says_who_counts
    counted = [Column("Counted", number=True)] if counts else []
    return {
        "agreed": comparison.agreed,
        "notices": comparison.notices,
        "tables": [
            (name, Table(columns, rows, f"{caption}: {len(rows)}")) for name, caption, columns, rows in parts if rows
        ],
        "account": Table(
            [Column("From theirs to ours"), *counted, Column("People", number=True)],
            [(step.step, *([step.numerator or 0] if counts else []), step.denominator) for step in comparison.account],
            "From theirs to ours",
        ),
    }


def _references(lines: Sequence[Listed]) -> str:
    named = ", ".join(f"{one.reference} (line {one.line})" for one in lines[:LINES_SHOWN])
    more = len(lines) - LINES_SHOWN
    return f"{named} and {words.plural(more, 'more line')}" if more > 0 else named


def _counted(member: MemberResult) -> tuple[str, str]:
    return ("counted" if member.counted else "not counted"), member.rule


def _own(member: MemberResult) -> str:
    if member.journey is None:
        return "another agency’s"
    named = (f"{one.agency}: {one.client_reference}/{one.episode_reference}" for one in member.journey.episodes)
    return ", ".join(named)


def _journey(journey: JourneyResult | None) -> tuple[str | None, str | None]:
    if journey is None or journey.start is None:
        return None, None
    until = f"to {words.short_day(journey.end)}" if journey.end else "on"
    return f"{words.short_day(journey.start)} {until}", journey.group
