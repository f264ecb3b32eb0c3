"""Every event of a case-file audit, in a database."""

from datetime import date

from domain.improvement.audits.item_set import AuditMark
from tests.web.conftest import CommandLine
from web.auth.viewer import EVERYTHING
from web.commands.improvement import case_file_audits as commands
from web.commands.improvement.author import Author
from web.commands.improvement.case_file_audits import AuditTerms, NewAuditAction
from web.queries.improvement.audits.drawing import DrawQuery, drawn
from web.services import OPERATOR, Services
from web.settings import Settings

DAY, LAST = date(2017, 5, 3), date(2017, 7, 3)
AUTHOR = Author("tester", OPERATOR, "commissioner", DAY, LAST)


def draw_one(services: Services, agency: str) -> int:
    """A sample of three files."""
    query = DrawQuery((agency,), date(2017, 1, 31), 3, "7", "none")
    with services.snapshot() as snapshot:
        sample = drawn(snapshot, EVERYTHING, query)
    terms = AuditTerms("plans-and-risks", "Are the plans up to date?")
    return commands.draw_audit(services.register, terms, query, sample, AUTHOR).number


def complete_one(services: Services, agency: str) -> int:
    """An audit that was completed, with a finding and an action that was done."""
    number, register = draw_one(services, agency), services.register
    commands.save_marks(register, number, {(1, "recovery-plan"): AuditMark("in date", "paper")}, AUTHOR)
    commands.complete_audit(register, number, DAY, "Poor.", AUTHOR)
    commands.add_finding(register, number, "Plans are missing.", "", AUTHOR)
    commands.add_action(register, number, NewAuditAction("Write them.", "service manager", LAST, 1), AUTHOR)
    commands.finish_audit_action(register, number, 1, "Done.", AUTHOR)
    return number


def audited(recount: CommandLine) -> None:
    """One audit that was completed, and one that was given up."""
    services = Services(Settings.from_environment(recount.settings))
    complete_one(services, "H0001")
    commands.discard_audit(services.register, draw_one(services, "H0001"), "", AUTHOR)
    services.close()
