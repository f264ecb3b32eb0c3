"""Every event of a performance notice, in a database."""

from datetime import date

from domain.improvement.written import WrittenAbout
from tests.web.conftest import CommandLine
from web.commands.improvement import performance_notices as commands
from web.commands.improvement.author import Author
from web.commands.improvement.performance_notices import Draft, Said
from web.services import OPERATOR, Services
from web.settings import Settings

DAY, LAST = date(2017, 5, 3), date(2017, 7, 3)

ABOUT = WrittenAbout(
    measure="4.0", definition="1", as_of=date(2017, 2, 28), position=1, numerator=1, denominator=9, agency="H0001"
)


def noticed(recount: CommandLine) -> None:
    """Notices that took every step: one closed, one withdrawn, one discarded."""
    services = Services(Settings.from_environment(recount.settings))
    register = services.register
    council, provider = (Author("tester", OPERATOR, party, DAY, LAST) for party in ("commissioner", "provider"))
    draft = Draft((ABOUT,), ("H0001",), "Below the target.", "council-charity")
    for _number in (1, 2, 3):
        commands.draft_notice(register, draft, council)
    commands.edit_notice(register, 1, draft, council)

    def step(name: str, author: Author = council, number: int = 1, **said: object) -> None:
        commands.take_step(register, number, name, Said("In words.", **said), author)  # type: ignore[arg-type]

    step("issue")
    step("reject", provider)
    step("uphold")
    step("investigate")
    step("report the investigation of")
    step("propose a plan for", provider)
    step("reject the plan of")
    step("propose a plan for", provider)
    step("accept the plan of")
    step("meet about", attendees="Leads of both")
    step("escalate")
    step("withhold for", percentage="2")
    step("end the withholding of", last_day=LAST)
    step("report an exception to")
    step("close")
    step("issue", number=2)
    step("withdraw", number=2)
    step("discard", number=3)
    services.close()
