"""The command line `recount`: which commands there are, and in which module each is.

A module is imported when one of its commands is called, so that `recount --help` lists them all at once.
"""

from importlib import import_module
from typing import Any, Final

import click

from domain.errors import RecountError, WrongUse

COMMANDS: Final = {
    "performance.figures": {
        "definitions": (
            "The versions of the definitions, for --definition: what each says, and from when it is in force."
        ),
        "figures": "The figures of some measures, or of all, from one standpoint.",
        "members": "Who is in a figure: counted or not, by which rule and journey, from which events.",
        "profile": "The caseload by substance group: years in treatment, length of career, first treatment.",
        "series": "One measure at the ends of the months, or of the council's quarters, between two days.",
        "triangle": "One measure at each month end, as known on each day on which something became known.",
        "waiting": "Who was referred and has not started structured treatment, the longest wait first.",
    },
    "performance.national": {
        "national": (
            "Many councils read together: write a council's standings as Parquet, and ask all of them at once."
        ),
    },
    "performance.contribution": {
        "contribution": "Which agency and which segment makes a figure miss its target; the parts add up exactly.",
    },
    "improvement.did_it_help": {
        "did-it-help": "What was corrected and what changed since a plan's first day, and if chance gives as much.",
    },
    "improvement.calendar": {
        "calendar": "What is due, of whom: files, plans, notices, disputes, targets and contracts.",
    },
    "administration.mail": {
        "mail": "Reminders by e-mail: send what waits, and list the outbox.",
    },
    "explain.explanations": {
        "explain": "Why one figure is not another: client by client, each with its event and row, adding up exactly.",
    },
    "explain.claims": {
        "check-table": "What cannot stand beside the rest of a printed table.",
        "claim": "Another party's figure beside ours.",
        "plausible": "Which fractions a printed percentage could be, rounded half up or half to even.",
    },
    "improvement.other_reports": {
        "compare": (
            "A whole REPORT of the other party beside ours: each figure equal, equal elsewhere, or fitting nothing."
        ),
        "compared": "The comparisons that were kept; with NUMBER one of them, as it was and by what is known now.",
    },
    "contract_life.certificates": {
        "check-certificate": "Verify a certificate, or a frozen scorecard, with no database and no network.",
        "check-witness": "Verify the heads that a witness was handed: one history that only grew. No database.",
    },
    "contract_life.publications": {
        "changed": (
            "Which published figures the submission at POSITION of the log changed, or one event inside a submission."
        ),
        "head": "The newest signed head of the log, as JSON; with --from, the proof that the log only grew since.",
        "member-proof": (
            "The proof that CLIENT is in the figure of certificate NUMBER, counted or not, showing nobody else."
        ),
        "public-key": "The public key that verifies what this service signs, PEM.",
        "publish": "Issue a signed certificate of one figure, or freeze a whole scorecard under a name.",
        "published": "Every figure and scorecard ever published, the oldest first.",
    },
    "performance.revisions": {
        "coverage": "Which agency's file covers the end of each month, and how many days after it the file came.",
        "forecast": "What a figure that still fills in is expected to come to, with the record of earlier forecasts.",
        "revisions": (
            "How later records restated figures: first, now, largest restatement, days until they stopped moving."
        ),
    },
    "performance.scorecards": {
        "scorecard": "Every KPI with its target, colour, variance and direction of travel.",
    },
    "agreement.completions_needed": {
        "completions-needed": (
            "What it takes to meet each target by its last day: completions by hub and month, and the last useful day."
        ),
    },
    "agreement.hub_targets": {
        "hub-targets": (
            "Targets of hubs and months: list them beside what was achieved; propose, agree and withdraw them."
        ),
    },
    "records.worklists": {
        "data-quality": (
            "Files due, received and late, month by month; rejected rows; days to report; which fields are filled in."
        ),
        "worklist": "Who is on worklist NAME, the most urgent first, and why.",
    },
    "records.covered_days": {
        "covered-days": (
            "Say which days the monthly file that is submission NUMBER covers, where its name claims too many."
        ),
    },
    "records.rekeys": {
        "rekey": "Join the episodes that came again under another reference, as MAPPING says: old and new references.",
    },
    "agreement.retender": {
        "handovers": (
            "Which caseloads passed from whom to whom, the newest first; with --undo, take a mistaken one back whole."
        ),
        "retender": (
            "End a contract, begin the next and hand the caseload over, all at once: FROM:TO is H0001:N0001, one a hub."
        ),
    },
    "records.submissions": {
        "contract": "Say from when to when AGENCY is under contract: it is expected to report on each of these days.",
        "handover": "Pass the caseload of FROM_AGENCY to TO_AGENCY: its open episodes end on that day by a transfer.",
        "prepare": (
            "Check files where they come from, and make them fit to send: without initials, sex and birth dates."
        ),
        "submit": "Take monthly files and review files in, in the order given, each whole or not at all.",
        "withdraw": "Confirm that an episode was reported by mistake: AGENCY, and its CLIENT and EPISODID of it.",
    },
    "agreement.schedule": {
        "schedule": (
            "Contracts with their hubs and KPIs: draft, agree, change, correct and end them; list them, and show one."
        ),
    },
    "contract_life.targets": {
        "target": "Targets of measures: set and withdraw them, and list them.",
    },
    "agreement.colour_rules": {
        "colour-rule": (
            "Colour rules: how a figure beside its target is green, amber or red. Agree, try, change, withdraw, list."
        ),
    },
    "agreement.entered": {
        "entered": "KPIs that the monthly file does not hold: define them, enter their values, and read their figures.",
    },
    "agreement.comparators": {
        "comparator": "What other areas reached: sets of areas, values of a period, and what ours stand beside.",
    },
    "improvement.action_plans": {
        "action-plan": "Action plans: list, open, work on, review, extend, sign off and print them.",
    },
    "improvement.meetings.commentary": {
        "comment": "What the parties say about figures: write it, rewrite it, share it, list it, and show it.",
    },
    "improvement.meetings.meetings": {
        "meeting": (
            "Meetings of both parties: plan and minute them, agree to the minutes, follow actions, and make the pack."
        ),
    },
    "improvement.return_reviews": {
        "return-review": (
            "Reviews of returns: what is due, overdue and done; write, correct and withdraw them, and set when due."
        ),
    },
    "improvement.case_file_audits": {
        "audit": "Case-file audits: draw a sample, enter what was found, take steps, show and compare them.",
    },
    "improvement.committee_report": {
        "committee-report": (
            "The committee report from a standpoint: figures, hubs, plans, notices, what changed, and what is due next."
        ),
        "committee-reports": "The committee reports that were given out; with NUMBER one of them, as it was.",
    },
    "improvement.performance_notices": {
        "notice": "Performance notices (contract queries): draft them, take their steps, list them, and show one.",
    },
    "improvement.to_do": {
        "to-do": "What a party has to do: what the other one has said, and nobody has answered yet.",
    },
    # The group is that of `contract_life.disputes`, with the steps of this module.
    "improvement.disputed": {
        "dispute": "Disputes over a figure: open, answer, settle and close them; list them, and show one.",
    },
    "records.erasures": {
        "dispose": (
            "Erase for good what 'retention' lists as due, and record it; with it goes what is left of earlier "
            "erasures."
        ),
        "erase": "Erase a person for good, on lawful request: every episode that was ever theirs, at any agency.",
        "retention": "How long each kind of record is kept, from when and why, and what need not be kept any more.",
    },
    "administration.accounts": {
        "agency": "Say what the pages call an agency, beside its code; without CODE, list the names.",
        "token": "Make an API token called NAME, and print it: this once.",
        "user": "Make or change the account NAME of somebody who signs in.",
    },
    "administration.subject_access": {
        "subject-access": "A person's own data on lawful request: all that is held about one person, and nobody else.",
    },
    "administration.backups": {
        "backup": (
            "Write everything into FILE, which is new, while others go on; the keys and the stop-list are not in it."
        ),
        "backup-key": (
            "Make the two keys of encrypted backups: the private one goes into FILE, the public one is printed. No "
            "database."
        ),
        "check-backup": (
            "Look whether a backup is whole: it opens, and every event is the one that was written. No database."
        ),
        "restore": (
            "Put a backup into the empty database, erase again those who were erased since it was made, and verify."
        ),
    },
    "administration.operations": {
        "migrate": (
            "Bring a database that an earlier version wrote up to this one's tables, or say that there is nothing to "
            "do."
        ),
        "serve": "Run the service on 127.0.0.1, until it is told to stop.",
    },
    "administration.trail": {
        "log": (
            "The audit trail, newest last: what was said, by whom, from which row of which file, and the three dates."
        ),
        "rebuild": "Make the stored tables anew from the log, beside those in use, and switch over in one step.",
        "verify": "Compare the stored tables with the log and with a second way of counting.",
    },
    "administration.demo": {
        "demo": "Load the demonstration archive where the database is empty, and print the scorecard.",
    },
}
"""The commands of each module, with the first sentence of their help. A command and its function have one name."""


class LazyCommand(click.Command):
    """A command as `recount --help` lists it, without its module."""

    def __init__(self, module: str, name: str, summary: str) -> None:
        super().__init__(name, help=summary)
        self.attribute = f"web.cli.{module}:{name.replace('-', '_')}"

    def load(self) -> click.Command:
        """The command itself, with its options."""
        module, _, attribute = self.attribute.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


LAZY_COMMANDS: Final = {
    name: LazyCommand(module, name, summary)
    for module, commands in COMMANDS.items()
    for name, summary in commands.items()
}


class Failed(click.ClickException):
    """The input was refused, or a check failed: a sentence on standard error, never a traceback."""

    exit_code = 1


class UsedWrongly(click.ClickException):
    """The command was used wrongly."""

    exit_code = 2


class LazyGroup(click.Group):
    """Commands that are imported when they are called, and whose expected errors end in one sentence."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called, and the rest of the arguments."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.load() if isinstance(command, LazyCommand) else command, rest

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except WrongUse as error:
            raise UsedWrongly(str(error)) from error
        except RecountError as error:
            raise Failed(str(error)) from error
        except BrokenPipeError:
            raise  # whoever read our output has seen enough; click ends quietly
        except OSError as error:
            raise Failed(f"{error.filename or 'A file'}: {error.strerror or error}.") from error


@click.group(
    cls=LazyGroup,
    commands=dict(LAZY_COMMANDS),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="recount", prog_name="recount")
def main() -> None:
    """Any treatment KPI, for any date, as it was known on any date.

    Monthly files go in with 'submit'; 'figures', 'series', 'triangle' and 'members' answer. Dates are written
    YYYY-MM-DD. Exit codes: 0 done, 1 the input was refused or a check failed, 2 wrong use.
    """
