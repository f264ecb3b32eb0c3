"""The outbox of e-mails, for administrators: what waits, what was sent, and why something was not. No address in it."""

from web import parameters
from web.auth import guard
from web.auth.roles import Right
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup
from web.pages.frame.page import Pages
from web.presenters.improvement.reminders import outbox_table, waiting
from web.queries.improvement import reminders as queries
from web.queries.improvement.reminders import OutboxQuery

blueprint = Pages(
    "outbox",
    __name__,
    Place(
        "Outbox",
        "outbox.page",
        Right.ACCOUNTS,
        PlaceGroup.ADMINISTRATION,
        "The e-mails that wait or were sent, and why one could not be.",
    ),
)


@blueprint.page("/outbox", Right.ACCOUNTS)
def page(_given: parameters.Given) -> Page:
    """The newest mails, the newest first."""
    result = queries.outbox(guard.snapshot(), guard.viewer(Right.ACCOUNTS), OutboxQuery())
    server = guard.services().settings.mail_server
    return Page(
        "outbox.html",
        "Outbox",
        {"mails": outbox_table(result.mails)},
        waiting=waiting(result.waiting),
        server=f"{server.host}, port {server.port}" if server else "",
    )
