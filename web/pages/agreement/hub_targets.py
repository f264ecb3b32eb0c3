"""Targets of hubs and months: seen beside what was achieved, proposed in a grid, agreed by one press, withdrawn."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from flask import redirect, request
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from domain.contract_life.hub_targets import MOST_HUBS, MOST_MONTHS, SharingRule
from domain.errors import ChangedMeanwhile, Refused
from domain.periods import add_months
from web import parameters
from web.auth import guard
from web.auth.guard import principal, services
from web.auth.roles import Right
from web.auth.viewer import NotOwn, Viewer
from web.clock import today
from web.commands.agreement import hub_targets as commands
from web.commands.agreement.hub_targets import HubSpeaker, Numbers
from web.pages.frame.agency_names import name_alone, named
from web.pages.frame.forms import Form, HiddenField, InvalidField, TextField, whole_number
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup, standpoint_asked
from web.pages.frame.page import Choice, PageContext, Pages, SeenFrom, asked_of
from web.presenters import text as words
from web.presenters.agreement import hub_targets as presenter
from web.presenters.contract_life.targets import to_be_reached
from web.presenters.tables import Table
from web.queries.agreement import hub_targets as queries
from web.queries.agreement.hub_targets import (
    HubNumbers,
    HubTargetsQuery,
    HubTargetsResult,
    HubTargetsVersionResult,
    ProposalQuery,
    ProposalResult,
)

LIST: Final = "hub_targets_pages.hub_targets"
ONE: Final = "hub_targets_pages.one"
_PATH: Final = "/contract/hub-targets"
_ONE_PATH: Final = f"{_PATH}/<int(min=1, max=2147483647):number>"
_DONE: Final = {
    "proposed": "The numbers are proposed. You have agreed to them; the other side still has to.",
    "agreed": "You have agreed to the numbers.",
    "withdrawn": "The numbers are withdrawn.",
}

_NOT_ALL_YOURS: Final = (
    "Not all hubs are yours, so the first proposal comes from the commissioner. You can then propose other numbers for "
    "your own hubs."
)

blueprint = Pages(
    "hub_targets_pages",
    __name__,
    Place(
        "Targets of hubs and months",
        LIST,
        Right.AGREED,
        PlaceGroup.AGREED,
        "How a target is shared out over hubs and months.",
        seen_from=True,
    ),
)


@blueprint.seen_from(_PATH, Right.AGREED)
def hub_targets(context: PageContext) -> Page:
    """Every target that completions decide, and what the hubs have of it."""
    query = HubTargetsQuery(context.as_of, context.known_at, with_withdrawn=True)
    result = queries.hub_targets(context.snapshot, context.who, query)
    return Page(
        "hub-targets.html",
        "Targets of hubs and months",
        {"overview": presenter.overview(result, partial(_to, context))},
        context=context,
        said_by=queries.said_by(context.snapshot, context.standpoint),
        nothing=presenter.NONE,
    )


def _to(context: PageContext, one: HubTargetsResult) -> str:
    return context.to(ONE, number=one.target.number)


# ---- one target's


class OneAddress(SeenFrom):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(list(_DONE)))


class WithdrawHubTargetsForm(Form):
    """Why the numbers count no more, and which of them somebody read."""

    reason = TextField("Why", "It stays on record. Name nobody.", needed="Say why.")
    seen = HiddenField()


@blueprint.seen_from(_ONE_PATH, Right.AGREED, OneAddress)
def one(context: PageContext, number: int) -> Page:
    """The hubs' part of one target."""
    result = _result(context, number)
    return _page(context, result, _withdrawal(result), done=_DONE.get(context.args["done"], ""))


def _result(context: PageContext, number: int) -> HubTargetsResult:
    """What was said of a target's; as there is none, where there is none."""
    try:
        query = HubTargetsQuery(context.as_of, context.known_at, number)
        return queries.hub_targets(context.snapshot, context.who, query).hub_targets[0]
    except NotOwn:
        guard.refuse_as_missing()


def _withdrawal(result: HubTargetsResult) -> WithdrawHubTargetsForm:
    return WithdrawHubTargetsForm(None, data={"seen": str(result.newest)})


def _page(context: PageContext, result: HubTargetsResult, form: WithdrawHubTargetsForm, **more: Any) -> Page:
    said_by = queries.said_by(context.snapshot, context.standpoint)
    in_force, standing = result.version(result.in_force), result.version(result.standing)
    waits = standing if standing and (in_force is None or standing.number != in_force.number) else None
    counts = result.target.withdrawn is None
    may_step = counts and said_by is None and principal().reach(Right.AGREE) is not None
    not_proposed = _why_not_proposed(context, result, standing) if may_step else ""
    return Page(
        "hub-target.html",
        presenter.name_of(result),
        {
            "in_force": presenter.grid(in_force, name_alone, "Achieved, of what was agreed") if in_force else None,
            "proposed": presenter.grid(waits, name_alone, "Completions by month and hub", with_achieved=False)
            if waits
            else None,
            "versions": presenter.versions_table(result, named),
        },
        context=context,
        result=result,
        said_by=said_by,
        lead=presenter.lead(result, named),
        state=presenter.state_of(result),
        tag=presenter.STATE_TAGS[result.state] if counts else "grey",
        target=to_be_reached(result.target),
        beside=_others_hidden(in_force),
        form=form,
        errors=form.links,
        may_agree=may_step and waits is not None and bool(_own_missing(context.who, waits)),
        may_propose=may_step and not not_proposed,
        not_proposed=not_proposed,
        may_withdraw=may_step and standing is not None and _may_withdraw(context.who, result),
        **more,
    )


def _why_not_proposed(context: PageContext, result: HubTargetsResult, standing: HubTargetsVersionResult | None) -> str:
    """Why this person cannot propose numbers from this page's day; empty where they can."""
    query = ProposalQuery(result.target.number, SharingRule.CASELOAD, context.as_of, context.known_at)
    try:
        queries.proposal(context.snapshot, context.who, query)
    except NotOwn:
        return "" if standing else _NOT_ALL_YOURS
    except Refused as refused:
        return refused.message
    return ""


def _others_hidden(version: HubTargetsVersionResult | None) -> str:
    if version is None or all(hub.agency for hub in version.hubs):
        return ""
    return "What other providers’ hubs achieved in a month is not shown: it would tell of single people."


def _own_missing(who: Viewer, version: HubTargetsVersionResult) -> list[str]:
    """Of those whose agreement is missing, the ones for whom this person speaks."""
    return [one for one in version.missing if (one in who.own if who.is_provider else not one)]


def _may_withdraw(who: Viewer, result: HubTargetsResult) -> bool:
    return not (who.is_provider and result.state == "agreed")


@blueprint.page(f"{_ONE_PATH}/agree", Right.AGREE, SeenFrom, method="POST")
def agree(args: parameters.Given, number: int) -> Any:
    """Agree to the numbers that stand."""
    context = asked_of(args, Right.AGREE)
    result = _result(context, number)
    form = _withdrawal(result)
    try:
        commands.agree(services().register, number, _speaker(context.who), whole_number(request.form.get("seen", "")))
    except ChangedMeanwhile:
        return _conflict(context, result, form), 409
    except Refused as refused:
        form.refuse(refused, "reason")
        return _page(context, result, form), 422
    return _back(context, number, "agreed")


@blueprint.page(f"{_ONE_PATH}/withdraw", Right.AGREE, SeenFrom, method="POST")
def withdraw(args: parameters.Given, number: int) -> Any:
    """Take the numbers back that stand, or end those that were agreed."""
    context, form = asked_of(args, Right.AGREE), WithdrawHubTargetsForm()
    result = _result(context, number)
    if form.validate_on_submit():
        try:
            _withdraw(context, number, form)
            return _back(context, number, "withdrawn")
        except ChangedMeanwhile:
            return _conflict(context, result, form), 409
        except Refused as refused:
            form.refuse(refused, "reason")
    return _page(context, result, form), 422


def _withdraw(context: PageContext, number: int, form: WithdrawHubTargetsForm) -> None:
    seen = whole_number(form.seen.data)
    commands.withdraw(services().register, number, _speaker(context.who), form.reason.data, seen)


def _conflict(context: PageContext, result: HubTargetsResult, form: WithdrawHubTargetsForm) -> Page:
    """What was read beside what stands: the numbers are looked at once more before anybody agrees to them."""
    stands = result.versions[-1]
    before = result.versions[-2] if len(result.versions) > 1 else stands
    form.seen.data = str(result.newest)
    return _page(
        context,
        result,
        form,
        versions_in_conflict=presenter.differences(before.hubs, stands, named),
        **_changed_by(result),
    )


def _changed_by(result: HubTargetsResult) -> dict[str, str]:
    version = result.versions[-1]
    last = version.withdrawn or (version.agreements[-1] if version.agreements else version.proposed)
    return {"changed_by": last.actor, "changed_on": words.day(last.on)}


def _speaker(who: Viewer) -> HubSpeaker:
    """Who acts here today: a provider for its own hubs, the commissioner for none."""
    person, day = principal(), today()
    return HubSpeaker(person.name, person.role, who.own if who.is_provider else None, day, day)


def _back(context: PageContext, number: int, done: str) -> Response:
    href = context.to(ONE, number=number, done=done, as_of=context.as_of.isoformat(), known_at=None, cut=None)
    return redirect(href, 303)


# ---- proposing


class ProposeAddress(SeenFrom):
    """By which rule, and how many are to be shared out."""

    rule = fields.String(load_default=str(SharingRule.CASELOAD), validate=validate.OneOf(list(map(str, SharingRule))))
    whole = parameters.number_field("How many completions are to be shared out.", 0, 10**6, load_default=None)


class NumberField(TextField):
    """A month's number of a hub: `number`, once the form was validated."""

    number = 0

    def __init__(self, label: str, **settings: Any) -> None:
        hidden = {"label": {"classes": "govuk-visually-hidden"}, "inputmode": "numeric", "spellcheck": False}
        super().__init__(label, width=3, options=hidden, **settings)

    def pre_validate(self, form: Form) -> None:
        """Read it; nothing is 0."""
        super().pre_validate(form)
        if self.data and not (self.data.isdecimal() and len(self.data) < 6):
            raise InvalidField(f"{self.label.text}: write a whole number, like 3.")
        self.number = int(self.data or 0)


class GridForm(Form):
    """The numbers of hubs by month, and what they are to add up to."""

    seen = HiddenField()
    rule = HiddenField()
    whole = HiddenField()
    first_month = HiddenField()
    shape = HiddenField()
    """Which hubs, and how many months: the form is made of what was sent by these."""

    hubs: tuple[str, ...] = ()
    months: tuple[date, ...] = ()

    @property
    def grid(self) -> list[list[NumberField]]:
        """The fields, a row a month."""
        return [[self[_name(hub, month)] for hub in range(len(self.hubs))] for month in range(len(self.months))]

    @property
    def numbers(self) -> dict[str, tuple[int, ...]]:
        """The numbers of each hub, by month."""
        its = range(len(self.months))
        return {
            code: tuple(_number(self[_name(hub, month)].data) for month in its) for hub, code in enumerate(self.hubs)
        }

    @property
    def sums(self) -> list[int]:
        """What each hub has together."""
        return [sum(row) for row in self.numbers.values()]

    @property
    def sum_wanted(self) -> int:
        """What the numbers are to add up to."""
        return _number(self.whole.data)

    @property
    def hub_names(self) -> list[str]:
        """The hubs as people call them."""
        return [name_alone(hub) for hub in self.hubs]

    @property
    def month_names(self) -> list[str]:
        """The months as people call them."""
        return [f"{month:%B %Y}" for month in self.months]


def _number(text: Any) -> int:
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 8 else 0


def _name(hub: int, month: int) -> str:
    return f"n{hub}-{month}"


def _form(hubs: Sequence[str], months: Sequence[date], data: Mapping[str, Any] | None = None) -> GridForm:
    """The form of these hubs and months: as it was sent, or filled with `data`."""
    cells: dict[str, Any] = {
        _name(place, nth): NumberField(f"{name_alone(hub)}, {month:%B %Y}")
        for place, hub in enumerate(hubs)
        for nth, month in enumerate(months)
    }
    kind = type("FilledGridForm", (GridForm,), {**cells, "hubs": tuple(hubs), "months": tuple(months)})
    form: GridForm = kind() if data is None else kind(None, data=data)
    return form


@blueprint.seen_from(f"{_ONE_PATH}/propose", Right.AGREE, ProposeAddress)
def propose(context: PageContext, number: int) -> Page:
    """What a rule makes of the target, to be written over and proposed."""
    result = _result(context, number)
    standing, args = result.version(result.standing), context.args
    query = ProposalQuery(number, SharingRule(args["rule"]), context.as_of, context.known_at, args["whole"])
    try:
        proposal = queries.proposal(context.snapshot, context.who, query)
    except NotOwn:
        if standing is None:
            raise Refused("hub-targets-not-yours", _NOT_ALL_YOURS) from None
        return _propose_page(context, result, _own_form(result, standing), None, _others(context.who, standing))
    return _propose_page(context, result, _filled(result, proposal), proposal)


def _others(who: Viewer, version: HubTargetsVersionResult) -> tuple[int, ...]:
    """The numbers of others' hubs by month; nothing to who sees all of them."""
    its = [hub.numbers for hub in version.hubs if not hub.agency] if who.is_provider else []
    return its[0] if its else ()


def _filled(result: HubTargetsResult, proposal: ProposalResult) -> GridForm:
    return _form_of(result, proposal.hubs, proposal.months, proposal.whole, proposal.rule)


def _own_form(result: HubTargetsResult, standing: HubTargetsVersionResult) -> GridForm:
    own = [hub for hub in standing.hubs if hub.agency]
    return _form_of(result, own, standing.months, standing.whole, SharingRule.TYPED)


def _form_of(
    result: HubTargetsResult, hubs: Sequence[HubNumbers], months: Sequence[date], whole: int, rule: SharingRule
) -> GridForm:
    data = {_name(place, nth): str(number) for place, hub in enumerate(hubs) for nth, number in enumerate(hub.numbers)}
    data |= {"seen": str(result.newest), "rule": str(rule), "whole": str(whole)}
    data |= {
        "first_month": months[0].isoformat(),
        "shape": f"{len(months)} {' '.join(hub.agency for hub in hubs)}",
    }
    return _form([hub.agency for hub in hubs], months, data)


def _propose_page(
    context: PageContext,
    result: HubTargetsResult,
    form: GridForm,
    proposal: ProposalResult | None,
    others: Sequence[int] = (),
    **more: Any,
) -> Page:
    number = result.target.number
    as_of = context.as_of.isoformat()
    return Page(
        "hub-target-propose.html",
        f"Propose numbers: {presenter.name_of(result)}",
        context=context,
        number=number,
        name=presenter.name_of(result),
        form=form,
        errors=form.links,
        basis=presenter.basis(result, proposal),
        rules=_rules(proposal.rule) if proposal else (),
        whole=proposal.whole if proposal else "",
        kept=[(name, value) for name, value in standpoint_asked().items()],
        action=context.to("hub_targets_pages.propose", number=number).partition("?")[0],
        sent_to=context.to("hub_targets_pages.send", number=number, as_of=as_of, known_at=None, cut=None),
        others=others,
        **more,
    )


def _rules(chosen: SharingRule) -> tuple[Choice, ...]:
    return tuple(Choice(str(rule), said, rule is chosen) for rule, said in presenter.RULES.items())


@blueprint.page(f"{_ONE_PATH}/propose", Right.AGREE, SeenFrom, method="POST")
def send(args: parameters.Given, number: int) -> Any:
    """Propose the numbers as they were written."""
    context = asked_of(args, Right.AGREE)
    result, form = _result(context, number), _sent_form()
    standing = result.version(result.standing)
    others = _others(context.who, standing) if standing else ()
    if form.validate_on_submit():
        try:
            numbers = _numbers_of(context, number, form)
            commands.propose(services().register, number, numbers, _speaker(context.who), whole_number(form.seen.data))
            return _back(context, number, "proposed")
        except ChangedMeanwhile:
            return _propose_conflict(context, result, form, others), 409
        except Refused as refused:
            form.refuse(refused, _name(0, 0))
    return _propose_page(context, result, form, _proposal(context, number, form), others), 422


def _propose_conflict(context: PageContext, result: HubTargetsResult, form: GridForm, others: Sequence[int]) -> Page:
    """Both versions; the form keeps what was written, and is now over the version that stands."""
    form.seen.data = str(result.newest)
    mine = [HubNumbers(hub, row, ()) for hub, row in form.numbers.items()]
    both: Table = presenter.differences(mine, result.versions[-1], named)
    proposal = _proposal(context, result.target.number, form)
    return _propose_page(context, result, form, proposal, others, versions_in_conflict=both, **_changed_by(result))


def _sent_form() -> GridForm:
    """The form as it was sent: of the hubs and months that it says it is of."""
    count, *hubs = request.form.get("shape", "").split(" ")
    first = parameters.day_written(request.form.get("first_month", ""))
    fits = first is not None and 0 < _number(count) <= MOST_MONTHS and len(hubs) <= MOST_HUBS
    if not fits or first is None or not all(map(parameters.is_code, hubs)):
        raise Refused("hub-targets-months", "The form was not sent whole. Open it again.")
    return _form(hubs, [add_months(first, nth) for nth in range(_number(count))])


def _numbers_of(context: PageContext, number: int, form: GridForm) -> Numbers:
    """What is proposed: a provider's own hubs beside those of others as they stand; written over, it is typed in."""
    first_month, mine = form.months[0], form.numbers
    proposal = _proposal(context, number, form)
    is_of_rule = proposal is not None and {hub.agency: hub.numbers for hub in proposal.hubs} == mine
    rule = proposal.rule if proposal and is_of_rule else SharingRule.TYPED
    of_hub = commands.with_others(services().register, number, mine, _speaker(context.who))
    return Numbers(form.sum_wanted, rule, first_month, of_hub)


def _proposal(context: PageContext, number: int, form: GridForm) -> ProposalResult | None:
    """What the form's rule makes of the target; None where it is not for this person to share out."""
    rule = SharingRule(form.rule.data) if form.rule.data in set(SharingRule) else SharingRule.TYPED
    query = ProposalQuery(number, rule, context.as_of, context.known_at, form.sum_wanted)
    try:
        return queries.proposal(context.snapshot, context.who, query)
    except (NotOwn, Refused):
        return None
