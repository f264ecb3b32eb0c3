"""A notice is drafted from figures of one standpoint, with those that are red ticked; and written anew until issued."""

from collections.abc import Iterable
from typing import Any, ClassVar

from flask import redirect, url_for

from domain.errors import ChangedMeanwhile
from domain.improvement.notice_rules import rule_sets
from domain.improvement.written import OpenedFrom
from domain.measures.registry import MEASURE_OF
from projections.performance.scorecard import State
from web import parameters
from web.auth import guard
from web.auth.guard import principal, services, snapshot
from web.auth.roles import Right
from web.clock import today
from web.commands.improvement import performance_notices as commands
from web.commands.improvement.author import author_of
from web.commands.improvement.performance_notices import Draft
from web.pages.frame.agency_names import named
from web.pages.frame.forms import CheckboxesField, DateField, SeenForm, SelectField, TextareaField
from web.pages.frame.layout import Page
from web.pages.frame.page import PageContext, SeenFrom, asked_of, choices_of_slices
from web.presenters import text as words
from web.presenters.agreement.schedule import versions_table
from web.presenters.improvement import performance_notices as presenter
from web.queries.agreement.schedule import SchedulesQuery, schedules
from web.queries.improvement import performance_notices as queries
from web.queries.improvement.results.notice_results import NoticeResult
from web.queries.performance import scorecards
from web.queries.performance.scorecards import ScorecardLineResult

from .links import ONE
from .performance_notices import NUMBER, PATH, blueprint, notice_or_404


class NewNoticeAddress(SeenFrom):
    """Which figure it begins from; all red ones of the standpoint, where none is named."""

    measure = parameters.measure_field(load_default=None)


class DraftForm(SeenForm):
    """What a notice says. The choices of figures and agencies are those of the page."""

    field_of_code: ClassVar = {
        "notice-figures": "measures",
        "notice-agencies": "agencies",
        "notice-response-due": "response_due",
        "working-days-unknown": "response_due",
        "notice-rules-unknown": "rules",
    }

    measures = CheckboxesField("Figures in question", choices={})
    agencies = CheckboxesField("To which agencies", choices={})
    reasons = TextareaField("Why they are in question", "It stays on record for good. Do not name anybody.", rows=5,
                            needed="Say in a sentence why the figures are in question.")  # fmt: skip
    rules = SelectField("By which rules days are counted", "Each is set out below the form.",
                        needed="Choose by which rules days are counted.")  # fmt: skip
    response_due = DateField("Response due", "Leave it empty to let the rules count it from the day of issue.")

    def cells(self) -> dict[str, str]:
        """What was written, as names and texts."""
        rules = rule_sets().get(self.rules.data)
        return {
            "To": ", ".join(map(named, sorted(self.agencies.data))),
            "Reasons": self.reasons.data.strip(),
            "Rules": rules.name if rules else "",
            "Response due": words.day(self.response_due.day) if self.response_due.day else "",
        }


def _form(measures: dict[str, str], agencies: Iterable[str], data: dict[str, Any] | None, *, is_new: bool) -> DraftForm:
    """The form over these choices: filled with `data`, or else as it was sent."""
    its_class = type(
        "DraftFormOfPage",
        (DraftForm,),
        {
            "measures": CheckboxesField(
                "Figures in question",
                "Those of this page’s dates. Red ones come first.",
                choices=measures,
                needed="Tick at least one figure.",
            ),
            "agencies": CheckboxesField(
                "To which agencies",
                "All of one provider.",
                choices={code: named(code) for code in agencies},
                needed="Tick the provider’s agencies.",
            ),
        },
    )
    # In place of those of `DraftForm`, and so where those stand: the figures come before the reasons.
    for name in ("measures", "agencies"):
        getattr(its_class, name).creation_counter = getattr(DraftForm, name).creation_counter
    form: DraftForm = its_class() if data is None else its_class(None, data=data)
    if not is_new:
        del form["measures"]
    form.rules.choices = {code: rules.name for code, rules in rule_sets().items()}
    return form


# ---- a new one


@blueprint.seen_from(f"{PATH}/new", Right.KNOWLEDGE, NewNoticeAddress)
def new(context: PageContext) -> Page:
    """The form that drafts a notice about figures of this standpoint."""
    lines, chosen = _lines(context), context.args["measure"]
    ticked = [chosen] if chosen else [line.measure.code for line in lines if _is_red(line)]
    data = {"measures": ticked, "agencies": _likely_agencies(context), "rules": ""}
    return _new_page(context, _new_form(context, lines, data), is_red=any(_is_red(line) for line in lines))


def _is_red(line: ScorecardLineResult) -> bool:
    return line.state is State.MISSED


def _lines(context: PageContext) -> list[ScorecardLineResult]:
    """The figures of the standpoint, red ones first."""
    query = scorecards.ScorecardQuery(context.as_of, context.known_at, context.slice_)
    lines = scorecards.scorecard(context.snapshot, context.who, query).lines
    chosen = context.args["measure"]
    if chosen and chosen not in {line.measure.code for line in lines}:
        more = scorecards.ScorecardQuery(
            context.as_of, context.known_at, context.slice_, measures=(MEASURE_OF[chosen],)
        )
        lines = [*scorecards.scorecard(context.snapshot, context.who, more).lines, *lines]
    return sorted((line for line in lines if line.figure.is_covered), key=lambda line: not _is_red(line))


def _new_form(context: PageContext, lines: list[ScorecardLineResult], data: dict[str, Any] | None) -> DraftForm:
    measures = {line.measure.code: _line_words(line) for line in lines}
    return _form(measures, _agencies(context), data, is_new=True)


def _line_words(line: ScorecardLineResult) -> str:
    figure = line.figure
    parts = [words.result(figure), words.percentage(figure) if figure.matured is None else "", line.state or ""]
    said = ", ".join(filter(None, parts))
    return f"{line.measure.name} ({line.measure.code}): {said}"


def _agencies(context: PageContext) -> list[str]:
    _, agencies = choices_of_slices(context.snapshot, context.who, context.slice_)
    return [choice.value for choice in agencies if choice.value]


def _likely_agencies(context: PageContext) -> list[str]:
    """The agency of the figures, else those of the newest contract in force."""
    if context.slice_.agency:
        return [context.slice_.agency]
    its = [one for one in schedules(context.snapshot, context.who, SchedulesQuery()).schedules if one.is_open]
    return [hub.agency for hub in its[-1].hubs] if its else []


def _new_page(context: PageContext, form: DraftForm, **more: Any) -> Page:
    return Page(
        "notice-form.html",
        "Draft a performance notice",
        context=context,
        form=form,
        errors=form.links,
        action=context.to(
            "performance-notices.draft",
            measure=context.args["measure"],
            as_of=context.as_of.isoformat(),
            known_at=f"@{context.standpoint.position}",
            cut=None,
        ),
        button={"text": "Write the draft", "preventDoubleClick": True},
        rule_sets=_rule_sets(),
        **more,
    )


def _rule_sets() -> list[tuple[str, list[str]]]:
    return [(rules.name, presenter.rules_sentences(rules)) for rules in rule_sets().values()]


@blueprint.page(f"{PATH}/new", Right.KNOWLEDGE, NewNoticeAddress, method="POST")
def draft(args: parameters.Given) -> Any:
    """Write the draft of a notice."""
    context = asked_of(args, Right.KNOWLEDGE)
    form = _new_form(context, _lines(context), None)
    if form.validate_on_submit():
        with form.refusals_at("reasons"):
            measures = [MEASURE_OF[code] for code in form.measures.data]
            figures = queries.figures_in_question(
                context.snapshot, context.who, measures, context.as_of, context.known_at, context.slice_
            )
            author = author_of(principal(), context.who, today(), today())
            its = commands.draft_notice(services().register, _draft(form, figures, OpenedFrom("figure")), author)
            return redirect(url_for(ONE, number=its.number, done="drafted"), 303)
    return _new_page(context, form), 422


def _draft(form: DraftForm, figures: Any = (), origin: OpenedFrom | None = None) -> Draft:
    return Draft(figures, tuple(form.agencies.data), form.reasons.data, form.rules.data, form.response_due.day, origin)


# ---- a draft, written anew


@blueprint.page(f"{NUMBER}/edit", Right.KNOWLEDGE)
def edit(_given: parameters.Given, number: int) -> Page:
    """The form that writes a draft anew."""
    its = notice_or_404(number, Right.KNOWLEDGE)
    data = {
        "agencies": its.agencies,
        "reasons": its.reasons,
        "rules": its.rules.code,
        "response_due": its.response_due.isoformat() if its.response_due else "",
        "seen": str(its.version),
    }
    return _edit_page(its, _form({}, _known_agencies(its), data, is_new=False))


def _known_agencies(its: NoticeResult) -> list[str]:
    viewer = guard.viewer(Right.KNOWLEDGE)
    _, agencies = choices_of_slices(snapshot(), viewer, its.figures[0].slice)
    return sorted({*its.agencies, *(choice.value for choice in agencies if choice.value)})


def _edit_page(its: NoticeResult, form: DraftForm, **more: Any) -> Page:
    return Page(
        "notice-form.html",
        f"Write the draft anew: {presenter.name_of(its)}",
        {},
        notice=its,
        form=form,
        errors=form.links,
        action=url_for("performance-notices.write", number=its.number),
        button={"text": "Write it anew", "preventDoubleClick": True},
        rule_sets=_rule_sets(),
        **more,
    )


@blueprint.page(f"{NUMBER}/edit", Right.KNOWLEDGE, method="POST")
def write(_given: parameters.Given, number: int) -> Any:
    """Write a draft anew."""
    its = notice_or_404(number, Right.KNOWLEDGE)
    form = _form({}, _known_agencies(its), None, is_new=False)
    if form.validate_on_submit():
        author = author_of(principal(), guard.viewer(Right.KNOWLEDGE), today(), today())
        with form.refusals_at("reasons"):
            try:
                commands.edit_notice(services().register, number, _draft(form), author, form.version)
                return redirect(url_for(ONE, number=number, done="edited"), 303)
            except ChangedMeanwhile as changed:
                form.seen.data = str(changed.newest)
                return _edit_page(its, form, **_conflict(its, form)), 409
    return _edit_page(its, form), 422


def _conflict(its: NoticeResult, form: DraftForm) -> dict[str, Any]:
    stands = {name: value for name, value in presenter.as_cells(its, named).items() if name in form.cells()}
    last = its.happened[-1] if its.happened else None
    changed = {"changed_by": last.actor, "changed_on": words.day(last.on)} if last else {}
    return {"conflict": versions_table(form.cells(), stands, {}), **changed}
