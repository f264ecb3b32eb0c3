"""The steps of a plan on the command line: share and agree it, act, review, extend, sign off, close."""

from datetime import date
from typing import Final

import click

from domain.errors import WrongUse
from domain.improvement.plan_terms import ActionTerms, Progress
from web.cli import options
from web.cli.output import new_services
from web.commands.improvement.plan_steps import STEP_OF_SLUG, PlanSaid
from web.queries.improvement import action_plans as queries

from .plan_said import for_agencies, known_plan, on_day, seen_version, take, viewer_for

_OF_THE_PLAN: Final = ("propose", "agree", "send-back", "close", "discard", "withdraw")
_OF_AN_ACTION: Final = ("add", "change", "extend", "finish", "reopen", "drop")
_WORDS = click.option(
    "--words", default="", metavar="TEXT", help="Why, or what came of it, for the log: so without a client."
)
_DAY = click.option("--day", type=options.DAY, help="The day on which it was; the day on which it is said if left out.")


@click.command("step")
@options.number
@click.argument("step", type=click.Choice(_OF_THE_PLAN))
@_WORDS
@for_agencies
@on_day
@seen_version
@options.as_json
def take_step(
    *,
    number: int,
    step: str,
    words: str,
    agencies_of_speaker: tuple[str, ...],
    on: date | None,
    seen: int | None,
    as_json: bool,
) -> None:
    """Take a step of plan NUMBER as a whole: share it with the other side, agree to it, close it, and so on."""
    take(number, STEP_OF_SLUG[step], PlanSaid(words), agencies_of_speaker, on, seen, as_json=as_json)


@click.command("act")
@options.number
@click.argument("what", type=click.Choice(_OF_AN_ACTION))
@click.option("--strand", type=click.IntRange(min=1), metavar="N", help="Of add: the strand; 1 if left out.")
@click.option("--action", type=click.IntRange(min=1), metavar="N", help="The action, but for add.")
@click.option("--text", "written", metavar="TEXT", help="Of add and change: what is done.")
@click.option("--owner", metavar="ROLE", help="Of add and change: who does it, by role.")
@click.option("--due", type=options.DAY, help="Of add: by when; of extend: the new day.")
@click.option("--output", metavar="TEXT", help="Of add and change: what is there when it is done.")
@click.option("--kpi", "kpis", multiple=True, metavar="M", help="Of add and change: a linked KPI; may be repeated.")
@_DAY
@_WORDS
@for_agencies
@on_day
@seen_version
@options.as_json
def act(
    *,
    number: int,
    what: str,
    strand: int | None,
    action: int | None,
    written: str | None,
    owner: str | None,
    due: date | None,
    output: str | None,
    kpis: tuple[str, ...],
    day: date | None,
    words: str,
    agencies_of_speaker: tuple[str, ...],
    on: date | None,
    seen: int | None,
    as_json: bool,
) -> None:
    """Add an action to plan NUMBER, change or extend one, say that it is done, open it again, or drop it.

    What is left out when an action is changed stays as it was.
    """
    services = new_services()
    if what == "add":
        terms = ActionTerms(written or "", owner or "", due, output or "", kpis)
    else:
        plan = known_plan(services, number, viewer_for(agencies_of_speaker))
        known = next((one for one in plan.actions if one.number == action), None)
        if known is None:
            raise WrongUse("Give --action: 'recount action-plan show' lists the actions with their numbers.")
        terms = ActionTerms(
            known.text if written is None else written,
            known.owner if owner is None else owner,
            due or known.due,
            known.output if output is None else output,
            kpis or known.kpis,
        )
    said = PlanSaid(words, action, strand or 1, terms, until=due, day=day)
    step = STEP_OF_SLUG[f"{what}-action"]
    take(number, step, said, agencies_of_speaker, on, seen, as_json=as_json, services=services)


@click.command("review")
@options.number
@click.option("--kind", required=True, metavar="KIND", help="Like phone, or formal.")
@click.option("--words", required=True, metavar="TEXT", help="What was said, for the log: so without a client.")
@_DAY
@click.option("--attendee", "attendees", multiple=True, metavar="ROLE", help="Who took part; may be repeated.")
@click.option("--progress", multiple=True, metavar="N=TEXT", help="What was said of action N; may be repeated.")
@for_agencies
@on_day
@seen_version
@options.as_json
def review(
    *,
    number: int,
    kind: str,
    words: str,
    day: date | None,
    attendees: tuple[str, ...],
    progress: tuple[str, ...],
    agencies_of_speaker: tuple[str, ...],
    on: date | None,
    seen: int | None,
    as_json: bool,
) -> None:
    """Write down a review of plan NUMBER, with its figures as they are known now."""
    services, viewer = new_services(), viewer_for(agencies_of_speaker)
    plan = known_plan(services, number, viewer)
    with services.snapshot() as snapshot:
        about = queries.newest_about(snapshot, viewer, plan)
    its = tuple(map(_progress, progress))
    said = PlanSaid(words, kind=kind, day=day, attendees=attendees, progress=its, about=about)
    take(number, "review", said, agencies_of_speaker, on, seen, as_json=as_json, services=services)


def _progress(text: str) -> Progress:
    number, equals, words = text.partition("=")
    if not (equals and number.isascii() and number.isdigit()):
        raise WrongUse(f"'{text}' is no progress. Write N=TEXT, like 3=20 files read.")
    return Progress(int(number), words)


@click.command("extend")
@options.number
@click.option("--until", type=options.DAY, required=True, help="The plan's new last day.")
@click.option("--words", required=True, metavar="TEXT", help="Why, for the log: so without a client.")
@for_agencies
@on_day
@seen_version
@options.as_json
def extend(
    *,
    number: int,
    until: date,
    words: str,
    agencies_of_speaker: tuple[str, ...],
    on: date | None,
    seen: int | None,
    as_json: bool,
) -> None:
    """Let plan NUMBER run on. Its actions keep their days: extend those by 'act NUMBER extend'."""
    take(number, "extend", PlanSaid(words, until=until), agencies_of_speaker, on, seen, as_json=as_json)


@click.command("sign-off")
@options.number
@click.option("--strand", type=click.IntRange(min=1), default=1, show_default=True, metavar="N", help="Which strand.")
@click.option("--name", default="", metavar="ROLE", help="Who signs: a role, or a name at work.")
@_DAY
@click.option("--undo", metavar="TEXT", help="Open a strand again that was signed off, and say why.")
@for_agencies
@on_day
@seen_version
@options.as_json
def sign_off(
    *,
    number: int,
    strand: int,
    name: str,
    day: date | None,
    undo: str | None,
    agencies_of_speaker: tuple[str, ...],
    on: date | None,
    seen: int | None,
    as_json: bool,
) -> None:
    """Sign off a strand of plan NUMBER, whose actions are all done or dropped."""
    step = STEP_OF_SLUG["sign-off" if undo is None else "reopen-strand"]
    said = PlanSaid(undo or "", strand=strand, name=name, day=day)
    take(number, step, said, agencies_of_speaker, on, seen, as_json=as_json)


COMMANDS: Final = (take_step, act, review, extend, sign_off)
