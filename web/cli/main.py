"""The command line `recount`: the commands and their options.

What a command does is in a module of its own, loaded when it runs, so that `--help` is quick.
"""

from pathlib import Path
from typing import Any

import click

from domain.errors import RecountError, WrongUse

from . import options

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)


class Failed(click.ClickException):
    """The input was refused, or a check failed: a sentence on standard error, never a traceback."""

    exit_code = 1


class UsedWrongly(click.ClickException):
    """The command was used wrongly."""

    exit_code = 2


class Commands(click.Group):
    """The commands, whose expected errors end in one sentence."""

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


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="recount", prog_name="recount")
def main() -> None:
    """Any treatment KPI, for any date, as it was known on any date.

    Monthly files go in with 'submit'; 'figures', 'series', 'triangle' and 'members' answer. Dates are written
    YYYY-MM-DD. Exit codes: 0 done, 1 the input was refused or a check failed, 2 wrong use.
    """


@main.command()
@click.argument("files", nargs=-1, type=_FILE)
@click.option("--manifest", type=_FILE, help="A CSV received_on,file[,complete] that names the files and their days.")
@options.received_on
@click.option("--complete", is_flag=True, help="The file holds all that the agency has of the covered days.")
@click.option("--accept-withdrawals", is_flag=True, help="Take a complete file in although it withdraws much.")
@options.dry_run
@options.as_json
def submit(**given: Any) -> None:
    """Take monthly files and review files in, in the order given, each whole or not at all.

    The first refused file ends the command; those before it stay. Rejected rows are listed, and are no failure. With
    --dry-run, each file is held against what is stored, to say what it would do to the records and to each KPI.
    """
    from . import submissions

    submissions.submit(**given)


@main.command()
@click.argument("agency")
@click.argument("client")
@click.argument("episode")
@options.received_on
@options.dry_run
@options.as_json
def withdraw(**given: Any) -> None:
    """Confirm that an episode was reported by mistake: AGENCY, and its CLIENT and EPISODID of it."""
    from . import submissions

    submissions.withdraw(**given)


@main.command()
@click.argument("from_agency")
@click.argument("to_agency")
@click.option("--on", type=options.DAY, required=True, help="The day on which the caseload passed over.")
@options.received_on
@options.dry_run
@options.as_json
def handover(**given: Any) -> None:
    """Pass the caseload of FROM_AGENCY to TO_AGENCY: its open episodes end on that day by a transfer."""
    from . import submissions

    submissions.handover(**given)


@main.command()
@click.argument("agency")
@click.option("--from", "first_day", type=options.DAY, required=True, help="The contract's first day.")
@click.option("--to", "last_day", type=options.DAY, help="Its last day; without it, until one is said.")
@click.option("--succeeds", default="", metavar="CODE", help="The agency whose service it continues.")
@click.option("--withdraw", "withdrawn", is_flag=True, help="It was never a contract.")
@options.received_on
@options.dry_run
@options.as_json
def contract(**given: Any) -> None:
    """Say from when to when AGENCY is under contract: it is expected to report on each of these days.

    A contract is told apart by its agency and first day; said again, it stands as said last.
    """
    from . import submissions

    submissions.contract(**given)


@main.command()
@options.standpoint
@click.option("--measure", "measures", multiple=True, metavar="M", help="A measure's code; may be repeated. Else all.")
@options.where
@options.definition
@options.as_json
def figures(**given: Any) -> None:
    """The figures of some measures, or of all, from one standpoint."""
    from . import figures as asking

    asking.figures(**given)


@main.command()
@options.measure
@options.period
@click.option("--every", type=click.Choice(["month", "quarter"]), default="month", show_default=True)
@options.known_at_or_cut
@options.where
@options.definition
@options.as_json
def series(**given: Any) -> None:
    """One measure at the ends of the months, or of the council's quarters, between two days."""
    from . import figures as asking

    asking.series(**given)


@main.command()
@options.measure
@options.period
@options.where
@options.definition
@options.as_json
def triangle(**given: Any) -> None:
    """One measure at each month end, as known on each day on which something became known."""
    from . import figures as asking

    asking.triangle(**given)


@main.command()
@options.measure
@options.standpoint
@options.where
@options.definition
@options.as_json
def members(**given: Any) -> None:
    """Who is in a figure: counted or not, by which rule and journey, from which events."""
    from . import figures as asking

    asking.members(**given)


@main.command()
@options.measure
@options.standpoint
@click.option("--to-as-of", type=options.DAY, help="The other figure's last day; the same if left out.")
@click.option("--to-known-at", type=options.KnownAt(), help="The other figure's day of knowledge, or @POSITION.")
@click.option("--to-definition", metavar="VERSION", help="The other figure's version of the definition.")
@click.option("--to-area", metavar="CODE", help="The other figure's area.")
@click.option("--to-agency", metavar="CODE", help="The other figure's agency.")
@options.where
@options.definition
@options.as_json
def explain(**given: Any) -> None:
    """Why one figure is not another: client by client, each with its event and row, adding up exactly.

    The walk goes first to what is known for the other figure, then to its dates, its definition, its slice.
    """
    from . import explanations

    explanations.explain(**given)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("percentage", metavar="PERCENT")
@click.option("--decimals", type=click.IntRange(min=0), help="With how many decimals it was printed, if not as given.")
@click.option("--denominator-min", type=int, default=1, show_default=True, help="The smallest cohort to list.")
@click.option("--denominator-max", type=int, default=500, show_default=True, help="The largest cohort to list.")
@options.as_json
def plausible(**given: Any) -> None:
    """Which fractions a printed percentage could be, rounded half up or half to even."""
    from . import claims

    claims.plausible(**given)


@main.command()
@options.measure
@options.standpoint
@options.where
@options.definition
@click.option("--numerator", type=int, help="How many they count.")
@click.option("--denominator", type=int, help="Of how many.")
@click.option("--percentage", metavar="PERCENT", help="The percentage they print, where they give no numbers.")
@click.option("--decimals", type=click.IntRange(min=0), help="With how many decimals it was printed, if not as given.")
@click.option("--members", type=_FILE, help="A CSV AGNCY,CLIENT[,EPISODID][,COUNTED] of the people behind it.")
@options.as_json
def claim(**given: Any) -> None:
    """Another party's figure beside ours.

    With a list of people: who is only in theirs and why not in ours, who is only in ours, who is twice. Without one:
    from where, or by which rule, ours would be the same.
    """
    from . import claims

    claims.claim(**given)


@main.command(name="check-table")
@click.argument("file", type=_FILE)
@options.as_json
def check_table(**given: Any) -> None:
    """What cannot stand beside the rest of a printed table. Exit code 1 if anything is found.

    FILE is a CSV with one line a printed figure; the documentation names its columns.
    """
    from . import claims

    claims.check_table(**given)


@main.command()
@click.option("--measure", "measures", multiple=True, metavar="M", help="A measure's code; may be repeated. Else all.")
@options.period
@click.option("--every", type=click.Choice(["month", "quarter"]), default="month", show_default=True)
@click.option("--by", type=click.Choice(["agency"]), help="Each agency for itself.")
@options.known_at
@options.where
@options.definition
@options.as_json
def revisions(**given: Any) -> None:
    """How later records restated figures: first, now, largest restatement, days until they stopped moving."""
    from . import revisions as revising

    revising.revisions(**given)


@main.command()
@options.standpoint
@options.where
@click.option(
    "--basis",
    type=click.Choice(["previous", "last-year", "first"]),
    default="previous",
    show_default=True,
    help="With what a figure is compared: the previous period, the same last year, the first of twelve months.",
)
@options.as_json
def scorecard(**given: Any) -> None:
    """Every KPI with its target, colour, variance and direction of travel."""
    from . import scorecards

    scorecards.scorecard(**given)


@main.command()
@options.measure
@options.standpoint
@options.where
@options.definition
@options.as_json
def forecast(**given: Any) -> None:
    """What a figure that still fills in is expected to come to, with the record of earlier forecasts."""
    from . import revisions as revising

    revising.forecast(**given)


@main.command()
@options.period
@options.known_at
@options.as_json
def coverage(**given: Any) -> None:
    """Which agency's file covers the end of each month, and how many days after it the file came."""
    from . import revisions as revising

    revising.coverage(**given)


@main.command()
@options.standpoint
@options.where
@options.as_json
def waiting(**given: Any) -> None:
    """Who was referred and has not started structured treatment, the longest wait first."""
    from . import figures as asking

    asking.waiting(**given)


@main.command()
@options.standpoint
@options.where
@options.as_json
def profile(**given: Any) -> None:
    """The caseload by substance group: years in treatment, length of career, first treatment."""
    from . import figures as asking

    asking.profile(**given)


@main.command()
@options.as_json
def definitions(**given: Any) -> None:
    """The versions of the definitions, for --definition: what each says, and from when it is in force."""
    from . import figures as asking

    asking.definitions(**given)


@main.command()
@click.option("--standpoints", type=click.IntRange(min=1), help="How many standpoints to count again; 40 if left out.")
@options.as_json
def verify(**given: Any) -> None:
    """Compare the stored tables with the log and with a second way of counting. Exit code 1 if they differ."""
    from . import verification

    verification.verify(**given)


@main.command()
@options.as_json
def rebuild(**given: Any) -> None:
    """Make the stored tables anew from the log, beside those in use, and switch over in one step."""
    from . import verification

    verification.rebuild(**given)


@main.command()
@click.option("--client", metavar="ID", help="Only the episodes of this client, by the number that 'members' prints.")
@click.option("--episode", metavar="AGENCY/CLIENT/EPISODID", help="Only this episode, by the agency's references.")
@click.option("--submission", type=click.IntRange(min=1), metavar="N", help="Only what this submission brought.")
@click.option("--agency", metavar="CODE", help="Only what this agency's submissions brought.")
@click.option("--from", "first", type=click.IntRange(min=1), metavar="POSITION", help="From this position on.")
@click.option("--to", "last", type=click.IntRange(min=1), metavar="POSITION", help="Up to this position.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many, the newest.")
@options.as_json
def log(**given: Any) -> None:
    """The audit trail, newest last: what was said, by whom, from which row of which file, and the three dates.

    Each line has when it happened, when it was received (from then on it was known), and when it was recorded.
    """
    from . import verification

    verification.log(**given)


@main.command()
@click.option("--measure", metavar="M", help="The measure's code, of a certificate of one figure.")
@options.as_of
@options.known_at
@click.option(
    "--cut", metavar="NAME", help="The scorecard's name; with --measure, the scorecard to take a figure from."
)
@options.where
@options.definition
@click.option("--out", type=_NEW_FILE, help="Where to write the certificate.")
@options.as_json
def publish(**given: Any) -> None:
    """Issue a signed certificate of one figure, or freeze a whole scorecard under a name.

    With --measure, the certificate goes to --out. With --cut and --as-of alone, all figures of that standpoint are
    frozen, and the name can be used in its place from then on. Both are recorded in the log.
    """
    from . import publications

    publications.publish(**given)


@main.command()
@click.option("--changed", is_flag=True, help="Only the published figures that are others as known now.")
@click.option(
    "--show", type=click.IntRange(min=1), metavar="N", help="The document of publication N, as it was signed."
)
@options.as_json
def published(**given: Any) -> None:
    """Every figure and scorecard ever published, the oldest first."""
    from . import publications

    publications.published(**given)


@main.command()
@click.argument("position", type=click.IntRange(min=1))
@options.as_json
def changed(**given: Any) -> None:
    """Which published figures the submission at POSITION of the log changed, or one event inside a submission."""
    from . import publications

    publications.changed(**given)


@main.command("check-certificate")
@click.argument("file", type=_FILE)
@click.option("--public-key", type=_FILE, required=True, help="The public key of the service that signed, PEM.")
@click.option("--head", type=_FILE, help="A later head, from 'recount head --from': is the history still the same?")
@click.option("--member", type=_FILE, help="A proof from 'recount member-proof': is the client in the figure?")
@options.as_json
def check_certificate(**given: Any) -> None:
    """Verify a certificate, or a frozen scorecard, with no database and no network. Exit code 1 if it does not hold."""
    from . import certificates

    certificates.check_certificate(**given)


@main.command("public-key")
def public_key() -> None:
    """The public key that verifies what this service signs, PEM."""
    from . import publications

    publications.public_key()


@main.command()
@click.option("--from", "since", type=click.IntRange(min=1), metavar="SIZE", help="Prove that it goes on from there.")
@click.option("--out", type=_NEW_FILE, help="Where to write it; standard output if left out.")
def head(**given: Any) -> None:
    """The newest signed head of the log, as JSON; with --from, the proof that the log only grew since."""
    from . import publications

    publications.head(**given)


@main.command("member-proof")
@click.argument("number", type=click.IntRange(min=1))
@click.argument("client")
@click.option("--out", type=_NEW_FILE, help="Where to write it; standard output if left out.")
def member_proof(**given: Any) -> None:
    """The proof that CLIENT is in the figure of certificate NUMBER, counted or not, showing nobody else."""
    from . import publications

    publications.member_proof(**given)


@main.command()
@click.argument("agency", required=False)
@click.argument("client_reference", metavar="[CLIENT]", required=False)
@click.argument("episode", required=False)
@click.option("--client", metavar="ID", help="The person's number, as 'members' prints it, in place of the references.")
@click.option("--reason", help="Why, for the log, where it stays for good: so without a name.")
@click.option("--again", is_flag=True, help="Erase again whom the stop-list names, after an old database was put back.")
@options.received_on
@options.dry_run
@options.as_json
def erase(**given: Any) -> None:
    """Erase a person for good, on lawful request: every episode that was ever theirs, at any agency.

    Name one of the person's episodes by AGENCY, CLIENT and EPISODE (left out where all of the CLIENT's are of one
    person), or the person by --client. Proofs and published figures still check afterwards, and the stop-list keeps
    the next files from bringing the person back.
    """
    from . import erasures

    erasures.erase(**given)


@main.command()
@click.option("--on", type=options.DAY, help="What is due on this day; today if left out.")
@options.years
@options.as_json
def retention(**given: Any) -> None:
    """How long each kind of record is kept, from when and why, and what need not be kept any more."""
    from . import erasures

    erasures.retention(**given)


@main.command()
@options.years
@options.received_on
@options.dry_run
@options.as_json
def dispose(**given: Any) -> None:
    """Erase for good what 'retention' lists as due, and record it; with it goes what is left of earlier erasures."""
    from . import erasures

    erasures.dispose(**given)


@main.command()
@click.argument("file", type=_NEW_FILE)
@options.as_json
def backup(**given: Any) -> None:
    """Write everything into FILE, which is new, while others go on; the keys and the stop-list are not in it.

    The file is a SQLite database, also where the data are on a PostgreSQL server (whose own pg_dump does as well: after
    its pg_restore, run 'erase --again').
    """
    from . import backup as backing_up

    backing_up.backup(**given)


@main.command()
@click.argument("file", type=_FILE)
@options.as_json
def restore(**given: Any) -> None:
    """Put a backup into the empty database, erase again those who were erased since it was made, and verify.

    The client key and the stop-list have to be in their places before.
    """
    from . import backup as backing_up

    backing_up.restore(**given)


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Where to listen on 127.0.0.1; PORT, or 8000, if left out.")
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True, help="Processes that answer.")
@click.option("--threads", type=click.IntRange(min=1), default=4, show_default=True, help="Threads of each process.")
def serve(**given: Any) -> None:
    """Run the service on 127.0.0.1, until it is told to stop."""
    from . import serve as serving

    serving.serve(**given)


@main.command()
@click.argument("name", required=False)
@click.option("--role", metavar="ROLE", help="commissioner, provider, auditor, public or administrator.")
@click.option("--agency", "agencies", multiple=True, metavar="G", help="Whose records are a provider's; repeatable.")
@click.option("--scope", "scopes", multiple=True, metavar="RIGHT", help="Narrow the role to this right; repeatable.")
@click.option("--days", type=click.IntRange(min=1), help="For how long it holds; without it, until it is revoked.")
@click.option("--revoke", metavar="ID", help="Let the token with this ID hold no more.")
@click.option("--list", "listed", is_flag=True, help="List the tokens that were made.")
@options.as_json
def token(**given: Any) -> None:
    """Make an API token called NAME, and print it: this once."""
    from . import accounts

    accounts.token(**given)


@main.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--out", type=_FOLDER, help="The folder for the prepared files; beside each raw one if left out.")
@click.option("--client-key-file", type=_FILE, help="The commissioner's client key, in place of RECOUNT_CLIENT_KEY.")
@options.as_json
def prepare(**given: Any) -> None:
    """Check files where they come from, and make them fit to send: without initials, sex and birth dates.

    Writes, for each FILE, one that ends in .prepared.csv, which 'submit' takes in its place, and lists the rejected
    rows. It needs no database, but the commissioner's client key.
    """
    from . import prepare as preparing

    preparing.prepare(**given)


@main.command()
@click.argument("name", required=False)
@click.option("--role", metavar="ROLE", help="commissioner, provider, auditor, public or administrator.")
@click.option("--agency", "agencies", multiple=True, metavar="G", help="Whose records are a provider's; repeatable.")
@click.option("--password", is_flag=True, help="Ask for a password at this terminal.")
@click.option("--password-stdin", is_flag=True, help="Read a password from standard input, its first line.")
@click.option("--issuer", metavar="URL", help="The identity provider that knows this person.")
@click.option("--subject", metavar="ID", help="Who this is to the provider; of Entra the object id.")
@click.option("--link", is_flag=True, help="Print a link that signs the account in, once, within 15 minutes.")
@click.option("--close", is_flag=True, help="Let nobody sign in by this account any more.")
@click.option("--list", "listed", is_flag=True, help="List the accounts.")
@options.as_json
def user(**given: Any) -> None:
    """Make or change the account NAME of somebody who signs in. What is changed ends its sessions.

    A new account needs a role, and a way to sign in: a password, who the person is at an identity provider, or a link.
    A role opens a closed account again.
    """
    from . import accounts

    accounts.user(**given)


@main.command()
@click.argument("code", required=False)
@click.option("--name", help="What its pages call the agency CODE; an empty name takes it away.")
@options.as_json
def agency(**given: Any) -> None:
    """Say what the pages call an agency, beside its code; without CODE, list the names."""
    from . import agencies

    agencies.agency(**given)


@main.command()
@options.as_json
def demo(**given: Any) -> None:
    """Load the demonstration archive where the database is empty, and print the scorecard.

    No person in the demonstration is real.
    """
    from . import demo as demonstration

    demonstration.demo(**given)


@main.group()
def dispute() -> None:
    """Disputes over a figure: open, answer and close them; list them, and show one."""


_PARTY = click.option("--party", default="", metavar="CODE", help="The agency that speaks; else the commissioner does.")
_NUMERATOR = click.option("--numerator", type=int, metavar="N", help="How many are counted.")
_DENOMINATOR = click.option("--denominator", type=int, metavar="N", help="Of how many; not of a count.")


@dispute.command("open")
@options.measure
@options.standpoint
@options.where
@_NUMERATOR
@_DENOMINATOR
@click.option("--percentage", metavar="P", help="What is claimed, where only the percentage is known, as printed.")
@click.option("--reason", required=True, help="Why, for the log, where it stays for good: so without a name.")
@_PARTY
@options.as_json
def open_dispute(**given: Any) -> None:
    """Dispute a figure: say what it should be, and why."""
    from . import disputes

    disputes.open_dispute(**given)


@dispute.command("answer")
@click.argument("number", type=click.IntRange(min=1))
@click.option("--statement", required=True, help="What there is to say, for the log: so without a name.")
@_PARTY
@options.as_json
def answer_dispute(**given: Any) -> None:
    """State something about dispute NUMBER."""
    from . import disputes

    disputes.answer_dispute(**given)


@dispute.command("close")
@click.argument("number", type=click.IntRange(min=1))
@click.option("--outcome", required=True, help="What came of it, for the log: so without a name.")
@_NUMERATOR
@_DENOMINATOR
@_PARTY
@options.as_json
def close_dispute(**given: Any) -> None:
    """Close dispute NUMBER, with the figure that was agreed, if one was."""
    from . import disputes

    disputes.close_dispute(**given)


@dispute.command("list")
@options.as_json
def list_disputes(**given: Any) -> None:
    """Every dispute, the oldest first."""
    from . import disputes

    disputes.list_disputes(**given)


@dispute.command("show")
@click.argument("number", type=click.IntRange(min=1))
@options.as_json
def show_dispute(**given: Any) -> None:
    """Dispute NUMBER with all that was said about it."""
    from . import disputes

    disputes.show(**given)


@main.group()
def target() -> None:
    """Targets of measures: set and withdraw them, and list them."""


@target.command("set")
@options.measure
@click.option("--area", metavar="CODE", help="Of people living in this area; else of everybody.")
@click.option("--agency", metavar="CODE", help="Of journeys at this agency; else of everybody.")
@options.period
@click.option("--level", type=options.NUMBER, metavar="P", help="The percentage to be reached.")
@click.option("--range", "between", type=options.NUMBER, nargs=2, metavar="LOW HIGH", help="Or from one to another.")
@click.option("--relative", type=options.NUMBER, metavar="C", help="Or a change on a baseline, in percent of it.")
@click.option("--points", type=options.NUMBER, metavar="C", help="Or a change on a baseline, in points.")
@click.option("--baseline", type=options.NUMBER, metavar="P", help="The percentage that is to change.")
@click.option("--baseline-words", default="", metavar="TEXT", help="Which that is, like 'Q4 2015/16'.")
@click.option("--scale", type=click.Choice(["points", "relative"]), default="points", show_default=True)
@click.option(
    "--green-within", type=options.NUMBER, default="0", metavar="N", help="How far off the target is green still."
)
@click.option(
    "--amber-within", type=options.NUMBER, default="0", metavar="N", help="How far off it is amber, and not red."
)
@click.option("--comparator", type=options.NUMBER, nargs=2, metavar="LOW HIGH", help="What others reach.")
@click.option("--comparator-words", default="", metavar="TEXT", help="Who they are, and of when that is.")
@click.option("--source", default="", metavar="TEXT", help="Where it was agreed: a contract, a paper.")
@click.option("--agreed-on", type=options.DAY, help="The day on which it was agreed; today if left out.")
@options.as_json
def set_target(**given: Any) -> None:
    """Set what a measure is to reach, from one day to another.

    A scorecard as known on a day shows the target that had been agreed by then.
    """
    from . import targets

    targets.set_target(**given)


@target.command("withdraw")
@click.argument("number", type=click.IntRange(min=1))
@click.option("--on", type=options.DAY, help="The day from which it counts no more; today if left out.")
@click.option("--reason", default="", metavar="TEXT", help="Why, for the log.")
@options.as_json
def withdraw_target(**given: Any) -> None:
    """Let target NUMBER count no more, for any day; as known before, it did."""
    from . import targets

    targets.withdraw_target(**given)


@target.command("list")
@click.option("--measure", metavar="M", help="Only those of this measure.")
@options.as_json
def list_targets(**given: Any) -> None:
    """Every target that was ever set, the oldest first."""
    from . import targets

    targets.list_targets(**given)


@main.command()
@click.argument("name", required=False)
@click.option("--list", "listed", is_flag=True, help="Every worklist, with how many are on it, in place of one.")
@options.standpoint
@options.where
@options.as_json
def worklist(**given: Any) -> None:
    """Who is on worklist NAME, the most urgent first, and why.

    A row belongs to the agency whose episode it names, which is who can act; so agencies add up to the area.
    """
    from . import worklists

    worklists.worklist(**given)


@main.command("data-quality")
@options.period
@options.known_at_or_cut
@click.option("--agency", metavar="CODE", help="Only this agency's files and records.")
@options.as_json
def data_quality(**given: Any) -> None:
    """Files due, received and late, month by month; rejected rows; days to report; which fields are filled in."""
    from . import worklists

    worklists.data_quality(**given)
