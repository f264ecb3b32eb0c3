"""What is agreed between the two parties: which step leads from which state to which, and who may take it.

One table for everything that a contract brings: a step that it does not name is taken by nobody. States and steps are
the words of the pages. A stream that nothing was said of is in the state NONE.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from domain.errors import ChangedMeanwhile, Refused

COMMISSIONER, PROVIDER = "commissioner", "provider"
BOTH: Final = frozenset({COMMISSIONER, PROVIDER})
NONE: Final = "none"


class Transition(NamedTuple):
    """A step of a `thing` from one of these states to another, and the roles that may take it."""

    thing: str
    step: str
    before: frozenset[str]
    after: str
    roles: frozenset[str]


_AGREED_BY_PROVIDER: Final = "agreed by the provider"
_ONE_COMMISSIONER, _ONE_PROVIDER = frozenset({COMMISSIONER}), frozenset({PROVIDER})


def _colour_rule(step: str, before: str, after: str) -> Transition:
    return Transition("colour rule", step, frozenset({before}), after, _ONE_COMMISSIONER)


_COLOUR_RULES: Final = (
    _colour_rule("agree", NONE, "agreed"),
    _colour_rule("change", "agreed", "agreed"),
    _colour_rule("withdraw", "agreed", "withdrawn"),
)


def _hub_target(step: str, before: Iterable[str], after: str, roles: frozenset[str] = BOTH) -> Transition:
    return Transition("hub target", step, frozenset(before), after, roles)


_ANY_OF_HUB_TARGETS: Final = (NONE, "proposed", _AGREED_BY_PROVIDER, "agreed", "withdrawn")
_HUB_TARGETS: Final = (
    # Whoever proposes has agreed to it. "agree in part": others still have to; "settle": it was the last one missing.
    _hub_target("propose", _ANY_OF_HUB_TARGETS, "proposed"),
    _hub_target("propose for every hub", _ANY_OF_HUB_TARGETS, _AGREED_BY_PROVIDER, _ONE_PROVIDER),
    _hub_target("agree in part", ("proposed",), "proposed"),
    _hub_target("agree", ("proposed",), _AGREED_BY_PROVIDER, _ONE_PROVIDER),
    _hub_target("agree", (_AGREED_BY_PROVIDER,), "agreed", _ONE_COMMISSIONER),
    _hub_target("settle", ("proposed",), "agreed", _ONE_PROVIDER),
    _hub_target("withdraw", ("proposed", _AGREED_BY_PROVIDER), "withdrawn"),
    _hub_target("withdraw", ("agreed",), "withdrawn", _ONE_COMMISSIONER),
)


def _comparator(thing: str, step: str, before: str, after: str) -> Transition:
    return Transition(thing, step, frozenset({before}), after, _ONE_COMMISSIONER)


_COMPARATORS: Final = (
    _comparator("comparator set", "define", NONE, "in use"),
    _comparator("comparator set", "change", "in use", "in use"),
    _comparator("comparator set", "withdraw", "in use", "withdrawn"),
    _comparator("release of comparator values", "load", NONE, "in use"),
    _comparator("release of comparator values", "enter", NONE, "in use"),
    _comparator("release of comparator values", "withdraw", "in use", "withdrawn"),
)

ENTERED_KPI, ENTERED_VALUE = "entered KPI", "entered value"
WITHDRAWN: Final = "withdrawn"


def by(word: str, role: str) -> str:
    """A state that says who made it: "entered by the provider"."""
    return f"{word} by the {role}"


def _of_entered_values(own: str, other: str) -> tuple[Transition, ...]:
    """The steps of one party: it enters and corrects, and speaks to what the other has entered."""
    theirs = frozenset({by("entered", other), by("corrected", other)})
    parties = (own, other)
    standing = frozenset(
        by(word, role) for word in ("entered", "corrected", "confirmed", "questioned") for role in parties
    )
    roles = frozenset({own})
    return (
        Transition(ENTERED_VALUE, "enter", frozenset({NONE}), by("entered", own), roles),
        Transition(ENTERED_VALUE, "confirm", theirs | {by("questioned", own)}, by("confirmed", own), roles),
        Transition(ENTERED_VALUE, "question", theirs | {by("confirmed", own)}, by("questioned", own), roles),
        Transition(ENTERED_VALUE, "correct", standing, by("corrected", own), roles),
        Transition(ENTERED_VALUE, "withdraw", standing, WITHDRAWN, roles),
    )


_ENTERED_VALUES: Final = (
    Transition(ENTERED_KPI, "define", frozenset({NONE}), "defined", _ONE_COMMISSIONER),
    Transition(ENTERED_KPI, "end", frozenset({"defined"}), "ended", _ONE_COMMISSIONER),
    *_of_entered_values(PROVIDER, COMMISSIONER),
    *_of_entered_values(COMMISSIONER, PROVIDER),
)


def _schedule(step: str, before: str, after: str) -> Transition:
    return Transition("schedule", step, frozenset({before}), after, _ONE_COMMISSIONER)


_SCHEDULES: Final = (
    # A contract is signed by both outside of Recount: the commissioner writes down what it says, the provider reads it.
    _schedule("draft", NONE, "draft"),
    _schedule("edit", "draft", "draft"),
    _schedule("discard", "draft", "discarded"),
    _schedule("agree", "draft", "agreed"),
    _schedule("change", "agreed", "agreed"),
    _schedule("correct", "agreed", "agreed"),
    _schedule("end", "agreed", "ended"),
    # With the handover that it ended with, and in no other way.
    _schedule("resume", "ended", "agreed"),
)


_HANDOVERS: Final = (
    Transition("handover", "say", frozenset({NONE}), "said", _ONE_COMMISSIONER),
    Transition("handover", "undo", frozenset({"said"}), "undone", _ONE_COMMISSIONER),
)

ACTION_PLAN: Final = "action plan"


def _action_plan(step: str, before: Iterable[str], after: str, roles: frozenset[str] = BOTH) -> Transition:
    return Transition(ACTION_PLAN, step, frozenset(before), after, roles)


_WORK_ON_ACTIONS: Final = tuple(
    f"{verb} an action {preposition}" for verb, preposition in (("add", "to"), ("change", "of"), ("drop", "of"))
)


def _of_action_plans(own: str, other: str) -> tuple[Transition, ...]:
    """The steps of the party that writes a plan until the other agrees, and what the other does with it."""
    back, proposed, roles = f"sent back to the {own}", by("proposed", own), frozenset({own})
    return (
        _action_plan("propose", ("draft", back), proposed, roles),
        _action_plan("edit", (back,), back, roles),
        *(_action_plan(step, (back,), back, roles) for step in _WORK_ON_ACTIONS),
        _action_plan("send back", (proposed,), back, frozenset({other})),
        _action_plan("withdraw", (proposed, back), WITHDRAWN, roles),
    )


_ACTION_PLANS: Final = (
    # A draft is within the reach of the party that writes it alone, so that "both" is that one.
    _action_plan("draft", (NONE,), "draft"),
    _action_plan("edit", ("draft",), "draft"),
    *(_action_plan(step, ("draft",), "draft") for step in _WORK_ON_ACTIONS),
    _action_plan("discard", ("draft",), "discarded"),
    *_of_action_plans(PROVIDER, COMMISSIONER),
    *_of_action_plans(COMMISSIONER, PROVIDER),
    # The commissioner can put its own plan in force; a provider's is never in force without the commissioner.
    _action_plan("agree", (by("proposed", PROVIDER),), "agreed", _ONE_COMMISSIONER),
    _action_plan("agree", (by("proposed", COMMISSIONER),), "agreed"),
    *(_action_plan(step, ("agreed",), "agreed") for step in _WORK_ON_ACTIONS),
    _action_plan("finish an action of", ("agreed",), "agreed"),
    _action_plan("reopen an action of", ("agreed",), "agreed"),
    _action_plan("review", ("agreed",), "agreed"),
    _action_plan("extend an action of", ("agreed",), "agreed", _ONE_COMMISSIONER),
    _action_plan("extend", ("agreed",), "agreed", _ONE_COMMISSIONER),
    _action_plan("sign off a strand of", ("agreed",), "agreed", _ONE_COMMISSIONER),
    _action_plan("reopen a strand of", ("agreed",), "agreed", _ONE_COMMISSIONER),
    _action_plan("close", ("agreed",), "closed", _ONE_COMMISSIONER),
    _action_plan("withdraw", ("agreed",), WITHDRAWN, _ONE_COMMISSIONER),
)

CASE_FILE_AUDIT: Final = "case-file audit"


def _of_audits(own: str) -> tuple[Transition, ...]:
    """What the party that holds an audit does once it is completed; a draft is within its reach alone."""
    completed, roles = by("completed", own), frozenset({own})

    def step(name: str, before: str, after: str, who: frozenset[str] = roles) -> Transition:
        return Transition(CASE_FILE_AUDIT, name, frozenset({before}), after, who)

    return (
        step("complete", "draft", completed),
        step("save marks of", completed, completed),
        step("add a finding to", completed, completed),
        step("add an action to", completed, completed),
        step("finish an action of", completed, completed, BOTH),
    )


_CASE_FILE_AUDITS: Final = (
    Transition(CASE_FILE_AUDIT, "draw", frozenset({NONE}), "draft", BOTH),
    *(
        Transition(CASE_FILE_AUDIT, step, frozenset({"draft"}), "draft", BOTH)
        for step in ("save marks of", "add a finding to", "add an action to")
    ),
    Transition(CASE_FILE_AUDIT, "discard", frozenset({"draft"}), "discarded", BOTH),
    *_of_audits(COMMISSIONER),
    *_of_audits(PROVIDER),
)

_OTHER_REPORTS: Final = (Transition("other report", "keep", frozenset({NONE}), "kept", BOTH),)

# A report that was given out stays as it is: there is no other step.
_COMMITTEE_REPORTS: Final = (
    Transition("committee report", "give out", frozenset({NONE}), "given out", _ONE_COMMISSIONER),
)

_OPEN_NOTICES: Final = (
    "issued",
    "rejected by the provider",
    "upheld",
    "plan proposed",
    "plan rejected",
    "plan agreed",
    "under joint investigation",
    "investigated",
    "exception reported",
)
"""The states of a performance notice that was given and has not ended."""


def _notice(step: str, before: Iterable[str], after: str, roles: frozenset[str] = _ONE_COMMISSIONER) -> Transition:
    return Transition("performance notice", step, frozenset(before), after, roles)


def _beside_notice(step: str, roles: frozenset[str] = _ONE_COMMISSIONER) -> tuple[Transition, ...]:
    """What may be done about an open notice at any time, and leaves it where it is."""
    return tuple(_notice(step, (state,), state, roles) for state in _OPEN_NOTICES)


_UNDECIDED: Final = ("issued", "rejected by the provider", "upheld", "plan rejected", "exception reported")
_PERFORMANCE_NOTICES: Final = (
    _notice("draft", (NONE,), "draft"),
    _notice("edit", ("draft",), "draft"),
    _notice("discard", ("draft",), "discarded"),
    _notice("issue", ("draft",), "issued"),
    _notice("propose a plan for", (*_UNDECIDED, "investigated"), "plan proposed", _ONE_PROVIDER),
    _notice("reject", ("issued",), "rejected by the provider", _ONE_PROVIDER),
    _notice("uphold", ("rejected by the provider",), "upheld"),
    _notice("accept the plan of", ("plan proposed",), "plan agreed"),
    _notice("reject the plan of", ("plan proposed",), "plan rejected"),
    _notice("investigate", _UNDECIDED, "under joint investigation", BOTH),
    _notice("report the investigation of", ("under joint investigation",), "investigated", BOTH),
    _notice("report an exception to", ("plan agreed",), "exception reported"),
    *_beside_notice("meet about", BOTH),
    *_beside_notice("escalate"),
    *_beside_notice("withhold for"),
    *_beside_notice("end the withholding of"),
    _notice("close", _OPEN_NOTICES, "closed"),
    _notice("withdraw", _OPEN_NOTICES, "withdrawn"),
)


def _of_comments(own: str) -> tuple[Transition, ...]:
    """The steps of the party whose words they are; nobody publishes or withdraws those of the other."""
    shared, published, roles = by("shared", own), by("published", own), frozenset({own})

    def comment(step: str, before: Iterable[str], after: str) -> Transition:
        return Transition("comment", step, frozenset(before), after, roles)

    return (
        comment("draft", (NONE,), "draft"),
        comment("edit", ("draft",), "draft"),
        comment("discard", ("draft",), "discarded"),
        comment("share", ("draft",), shared),
        # What was rewritten is not what was published.
        comment("rewrite", (shared, published), shared),
        comment("publish", (shared,), published),
        comment("unpublish", (published,), shared),
        comment("withdraw", (shared, published), WITHDRAWN),
    )


_COMMENTS: Final = (*_of_comments(PROVIDER), *_of_comments(COMMISSIONER))
_REFUSED: Final = "settlement refused"
_PROPOSED: Final = {role: by("settlement proposed", role) for role in (PROVIDER, COMMISSIONER)}
_OPEN_DISPUTES: Final = ("open", "reviewed", _REFUSED, *_PROPOSED.values())
"""The stages of a dispute that has not ended."""


def _dispute(step: str, before: Iterable[str], after: str, roles: frozenset[str] = BOTH) -> Transition:
    return Transition("dispute", step, frozenset(before), after, roles)


def _of_disputes(own: str, other: str) -> tuple[Transition, ...]:
    """What one side proposes, and what the other does with it: a figure is agreed by both or by nobody."""
    roles, theirs = frozenset({own}), (_PROPOSED[other],)
    return (
        _dispute("propose a settlement of", _OPEN_DISPUTES, _PROPOSED[own], roles),
        _dispute("accept the settlement of", theirs, "settled", roles),
        _dispute("refuse the settlement of", theirs, _REFUSED, roles),
    )


_DISPUTES: Final = (
    _dispute("open", (NONE,), "open"),
    *(
        _dispute(step, (stage,), stage)
        for step in ("answer", "list rows of", "answer rows of", "give evidence for", "meet about", "escalate")
        for stage in _OPEN_DISPUTES
    ),
    _dispute("review", ("open", "reviewed"), "reviewed"),
    *(_dispute("review", (stage,), stage) for stage in (_REFUSED, *_PROPOSED.values())),
    *_of_disputes(PROVIDER, COMMISSIONER),
    *_of_disputes(COMMISSIONER, PROVIDER),
    _dispute("close", _OPEN_DISPUTES, "closed"),
)
RETURN_REVIEW, RETURN_RULE = "return review", "rule for return reviews"
_RETURN_REVIEWS: Final = (
    Transition(RETURN_RULE, "set", frozenset({NONE}), "in use", _ONE_COMMISSIONER),
    # The provider that the client left writes; the commissioner may for one that has nobody here.
    Transition(RETURN_REVIEW, "write", frozenset({NONE}), "written", BOTH),
    Transition(RETURN_REVIEW, "correct", frozenset({"written"}), "written", BOTH),
    Transition(RETURN_REVIEW, "withdraw", frozenset({"written"}), WITHDRAWN, BOTH),
)


def _of_meetings(own: str, other: str) -> tuple[Transition, ...]:
    """The steps of one party: either plans a meeting and writes its minutes; the other agrees to them."""
    mine, theirs, roles = by("minutes written", own), by("minutes written", other), frozenset({own})

    def meeting(step: str, before: Iterable[str], after: str) -> Transition:
        return Transition("meeting", step, frozenset(before), after, roles)

    return (
        meeting("plan", (NONE,), "planned"),
        meeting("edit", ("planned",), "planned"),
        meeting("cancel", ("planned",), "cancelled"),
        meeting("write the minutes of", ("planned", mine, theirs), mine),
        meeting("agree the minutes of", (theirs,), "minutes agreed"),
        # What is added to minutes is seen by who agrees to them.
        meeting("add an action to", (mine,), mine),
        *(meeting("close an action of", (state,), state) for state in (mine, theirs, "minutes agreed")),
    )


_MEETINGS: Final = (*_of_meetings(PROVIDER, COMMISSIONER), *_of_meetings(COMMISSIONER, PROVIDER))

TRANSITIONS: Final[tuple[Transition, ...]] = (
    *_COLOUR_RULES,
    *_COMPARATORS,
    *_HUB_TARGETS,
    *_ENTERED_VALUES,
    *_SCHEDULES,
    *_HANDOVERS,
    *_ACTION_PLANS,
    *_OTHER_REPORTS,
    *_PERFORMANCE_NOTICES,
    *_COMMENTS,
    *_DISPUTES,
    *_CASE_FILE_AUDITS,
    *_RETURN_REVIEWS,
    *_COMMITTEE_REPORTS,
    *_MEETINGS,
)
"""The table, by thing and in the order of a thing's life."""


def next_state(thing: str, step: str, state: str, role: str) -> str:
    """The state that a step leads to.

    Raises:
        Refused: the role may not take it (code "step-not-yours"), or not in this state (code "step-not-now").
    """
    steps = [one for one in TRANSITIONS if (one.thing, one.step) == (thing, step)]
    if not any(role in one.roles for one in steps):
        raise Refused("step-not-yours", f"A {role} cannot {step} a {thing}.")
    taken = next((one for one in steps if state in one.before and role in one.roles), None)
    if taken is None:
        raise Refused("step-not-now", f"The {thing} is {state}, so a {role} cannot {step} it.")
    return taken.after


def check_version(thing: str, seen: int | None, newest: int) -> None:
    """Hold the version that somebody read against the newest; None says that they read none, as a program may.

    Raises:
        ChangedMeanwhile: there is a newer one (code "changed-meanwhile").
    """
    if seen is not None and seen != newest:
        raise ChangedMeanwhile(
            "changed-meanwhile",
            f"The {thing} was changed since you opened it. Nothing was stored. Compare what you wrote with it.",
            seen,
            newest,
        )
