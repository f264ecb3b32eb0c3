"""The commands of `recount mail`: send, list."""

from dataclasses import asdict

import click

from domain.errors import SettingMissing
from web.cli import options
from web.cli.output import answer, answer_query, new_services, refusals
from web.operations.mailing import send_mails
from web.presenters import text
from web.presenters.console import say
from web.presenters.improvement.reminders import print_outbox
from web.queries.improvement import reminders as queries
from web.queries.improvement.reminders import NEWEST, OutboxQuery
from web.settings import SMTP_HOST


@click.group()
def mail() -> None:
    """Reminders by e-mail: send what waits, and list the outbox."""


@mail.command("send")
@options.as_json
def send_mail(*, as_json: bool) -> None:
    """Write what is due into the outbox, and hand over what waits there. A running service does the same by itself."""
    services = new_services()
    with refusals(as_json=as_json):
        server = services.settings.mail_server
        if server is None:
            raise SettingMissing(f"{SMTP_HOST} is not set. Nothing is sent without a mail server.")
        done = send_mails(services, server)
    answer(
        as_json=as_json,
        demonstration=services.is_demonstration,
        document=lambda: asdict(done),
        tables=lambda console: say(
            console,
            f"{text.plural(done.written, 'mail')} written, {done.sent} sent, {done.failed} failed.",
            *(["Those that failed are tried again. 'recount mail list' says why."] if done.failed else []),
        ),
    )


@mail.command("list")
@click.option("--limit", type=click.IntRange(1, NEWEST), default=50, show_default=True, help="At most so many.")
@options.as_json
def list_mails(*, limit: int, as_json: bool) -> None:
    """The newest mails of the outbox, the newest first, each with its state; no address."""
    answer_query(queries.outbox, OutboxQuery(limit), print_outbox, as_json=as_json)
