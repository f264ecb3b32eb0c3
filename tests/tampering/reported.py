"""The event of a committee report, in a database."""

from datetime import date

from domain.improvement.committee_report import CommitteeReportGiven, Edition, committee_report_stream
from tests.web.conftest import CommandLine
from web.commands.improvement.author import Author
from web.services import OPERATOR, Services
from web.settings import Settings

DAY, LAST = date(2017, 5, 3), date(2017, 7, 3)


def reported(recount: CommandLine) -> None:
    """A report that was given out."""
    services = Services(Settings.from_environment(recount.settings))
    author = Author("tester", OPERATOR, "commissioner", DAY, LAST)
    common = author.fields(committee_report_stream(1), 1, 1)
    words = {"name": "Board", "document": "{}", "edition": Edition.FULL, "sections": ()}
    services.register.submit([CommitteeReportGiven(**common, **words, as_of=date(2017, 2, 28), position=3)])
    services.close()
