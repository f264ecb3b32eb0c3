"""Every event of a comment and of a meeting, in a database."""

from tests.web.conftest import CommandLine
from web.commands.improvement.author import Author
from web.commands.improvement.meetings import commentary, meetings
from web.commands.improvement.meetings.meetings import NewMeeting, NewMinutes
from web.services import OPERATOR, Services
from web.settings import Settings

from .noticed import ABOUT, DAY, LAST


def met(recount: CommandLine) -> None:
    """A comment that was published, unpublished and withdrawn; one that was given up; a meeting, and one not held."""
    services = Services(Settings.from_environment(recount.settings))
    council = Author("tester", OPERATOR, "commissioner", DAY, LAST)
    comments(services, council)
    meet(services, council, Author("tester", OPERATOR, "provider", DAY, LAST))
    services.close()


def comments(services: Services, council: Author) -> None:
    register = services.register
    for _number in (1, 2):
        commentary.write_comment(register, ABOUT, "Few people.", council)
    commentary.rewrite_comment(register, 1, None, "Few people, again.", council)
    commentary.take_comment_step(register, 1, "share", council)
    commentary.rewrite_comment(register, 1, ABOUT, "Still few people.", council)
    for step in ("publish", "unpublish", "withdraw"):
        commentary.take_comment_step(register, 1, step, council)
    commentary.take_comment_step(register, 2, "discard", council)


def meet(services: Services, council: Author, provider: Author) -> None:
    register, terms = services.register, NewMeeting(DAY, "contract-review")
    for _number in (1, 2):
        meetings.plan_meeting(register, terms, council)
    meetings.edit_meeting(register, 1, terms, provider)
    meetings.write_minutes(register, 1, NewMinutes("Leads of both", "We met."), council)
    meetings.add_action(register, 1, "Audit the files", "Service manager", LAST, council)
    meetings.agree_minutes(register, 1, provider)
    meetings.close_action(register, 1, 1, "done", "", provider)
    meetings.cancel_meeting(register, 2, "", council)
