"""The commands that say who may use the service, and what its pages call the agencies: token, user, agency."""

import os
import sys
from collections.abc import Sequence
from typing import Any, Final

import click

from domain.errors import Refused, WrongUse
from domain.log.database import reading, writing
from web.auth import accounts, tokens
from web.auth.accounts import AccountSeen, AccountUpdate, Identity
from web.auth.roles import Right, Role
from web.auth.viewer import EVERYTHING
from web.cli import options
from web.cli.output import answer, new_services, print_document, refusals
from web.clock import now
from web.commands.administration import accounts as administering
from web.commands.administration.accounts import Actor, name_agency
from web.operations.running import running_port
from web.presenters.administration import accounts as tables
from web.presenters.console import messages, output, print_table, say
from web.presenters.tables import Column, Table
from web.queries.administration import accounts as queries
from web.queries.administration.accounts import (
    AccountResult,
    AgencyName,
    AgencyNamesResult,
    NewTokenResult,
    agency_names,
)
from web.services import OPERATOR, Services

PORT: Final = "PORT"
DEFAULT_PORT: Final = 8000
LAST_PORT: Final = 65535


@click.command()
@click.argument("name", required=False)
@options.role
@click.option("--agency", "agencies", multiple=True, metavar="G", help="Whose records are a provider's; repeatable.")
@click.option("--scope", "scopes", multiple=True, metavar="RIGHT", help="Narrow the role to this right; repeatable.")
@click.option("--days", type=click.IntRange(min=1), help="For how long it holds; without it, until it is revoked.")
@click.option("--revoke", metavar="ID", help="Let the token with this ID hold no more.")
@click.option("--list", "listed", is_flag=True, help="List the tokens that were made.")
@options.as_json
def token(
    *,
    name: str | None,
    role: str | None,
    agencies: Sequence[str],
    scopes: Sequence[str],
    days: int | None,
    revoke: str | None,
    listed: bool,
    as_json: bool,
) -> None:
    """Make an API token called NAME, and print it: this once."""
    if sum((name is not None, revoke is not None, listed)) != 1:
        raise click.UsageError("Give NAME and --role, or --revoke ID, or --list.")
    services = new_services()
    with refusals(as_json=as_json):
        if listed:
            _list_tokens(services, as_json=as_json)
        elif revoke is not None:
            _revoke_token(services, revoke, as_json=as_json)
        elif name is None or role is None:
            raise click.UsageError("Missing option '--role'.")
        else:
            _make_token(services, name, role, agencies, scopes, days, as_json=as_json)


def _make_token(
    services: Services,
    name: str,
    role: str,
    agencies: Sequence[str],
    scopes: Sequence[str],
    days: int | None,
    *,
    as_json: bool,
) -> None:
    granted, narrowed = tokens.role_named(role), [_right(scope) for scope in scopes]
    with writing(services.access_engine) as connection:
        text, record = administering.make_token(
            connection, _actor(services), name, granted, agencies, narrowed, days, now()
        )
    if as_json:
        print_document(NewTokenResult.of_new(text, record).document(), demonstration=False)
    else:
        click.echo(text)


def _revoke_token(services: Services, identifier: str, *, as_json: bool) -> None:
    with writing(services.access_engine) as connection:
        administering.revoke_token(connection, _actor(services), identifier, now())
    document: dict[str, Any] = {"revoked": identifier}
    answer(
        as_json=as_json,
        demonstration=False,
        document=lambda: document,
        tables=lambda console: say(console, f"The token {identifier} holds no more."),
    )


def _list_tokens(services: Services, *, as_json: bool) -> None:
    with services.snapshot() as snapshot:
        result = queries.tokens(snapshot, EVERYTHING)
    answer(
        as_json=as_json,
        demonstration=False,
        document=result.document,
        tables=lambda console: tables.print_tokens(console, result.tokens),
    )


@click.command()
@click.argument("name", required=False)
@options.role
@click.option("--agency", "agencies", multiple=True, metavar="G", help="Whose records are a provider's; repeatable.")
@click.option("--password", is_flag=True, help="Ask for a password at this terminal.")
@click.option("--password-stdin", is_flag=True, help="Read a password from standard input, its first line.")
@click.option("--issuer", metavar="URL", help="The identity provider that knows this person.")
@click.option("--subject", metavar="ID", help="Who this is to the provider; of Entra the object id.")
@click.option("--link", is_flag=True, help="Print a link that signs the account in, once, within 15 minutes.")
@click.option("--close", is_flag=True, help="Let nobody sign in by this account any more.")
@click.option("--list", "listed", is_flag=True, help="List the accounts.")
@options.as_json
def user(
    *,
    name: str | None,
    role: str | None,
    agencies: Sequence[str],
    password: bool,
    password_stdin: bool,
    issuer: str | None,
    subject: str | None,
    link: bool,
    close: bool,
    listed: bool,
    as_json: bool,
) -> None:
    """Make or change the account NAME of somebody who signs in. What is changed ends its sessions.

    A new account needs a role, and a way to sign in: a password, who the person is at an identity provider, or a link.
    A role opens a closed account again.
    """
    if (name is None) != listed:
        raise click.UsageError("Give NAME, or --list.")
    if password and password_stdin:
        raise click.UsageError("Give --password or --password-stdin, not both.")
    if (issuer is None) != (subject is None):
        raise click.UsageError("Give --issuer and --subject together.")
    changes = bool(role or agencies or password or password_stdin or issuer)
    if (listed or close) and (changes or link):
        raise click.UsageError("--list and --close stand alone.")
    services = new_services()
    with refusals(as_json=as_json):
        if name is None:
            _list_accounts(services, as_json=as_json)
            return
        if close:
            _print_account(AccountResult.of(_close_account(services, name)), "", as_json=as_json)
            return
        update = AccountUpdate(
            role=tokens.role_named(role) if role else None,
            agencies=tuple(agencies) or None,
            identity=Identity(issuer, subject) if issuer and subject else None,
            password=_password(password, password_stdin),
        )
        account, address = _update_account(services, name, update, link=link)
        _print_account(AccountResult.of(account), address, as_json=as_json)


def _password(ask: bool, from_input: bool) -> str | None:
    """A password, never from the command line, where every process of the machine could read it."""
    if ask:
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\r\n") if from_input else None


def _update_account(services: Services, name: str, update: AccountUpdate, *, link: bool) -> tuple[AccountSeen, str]:
    """The account as it is now, and the address that signs it in, if one was asked for."""
    by = _actor(services)
    with writing(services.access_engine) as connection:
        account = accounts.account_named(connection, name)
        if account is None:
            _check_new(update, link=link)
            account = administering.make_account(connection, by, name, update, now())
        elif not update.is_nothing:
            account = administering.change_account(connection, by, account.number, update, now())
        elif not link:
            raise WrongUse("Say what to change of the account, or print a link by --link.")
        word = administering.make_link(connection, by, account.number, now()) if link else ""
    return account, _address(services, word) if word else ""


def link_of(services: Services, name: str, role: Role, port: int) -> str:
    """An address that signs an account in, once; the account is made with this role where there is none."""
    by = _actor(services)
    with writing(services.access_engine) as connection:
        account = accounts.account_named(connection, name)
        if account is None:
            account = administering.make_account(connection, by, name, AccountUpdate(role=role), now())
        word = administering.make_link(connection, by, account.number, now())
    return _address(services, word, port)


def _check_new(update: AccountUpdate, *, link: bool) -> None:
    if update.role is None:
        raise WrongUse("There is no such account yet. Give --role to make it.")
    if update.password is None and update.identity is None and not link:
        raise WrongUse(
            "Say how they sign in: --password or --password-stdin; --issuer and --subject; or --link, for once."
        )


def _address(services: Services, word: str, port: int | None = None) -> str:
    from web.operations.serving import ADDRESS

    port = port or running_port(services.settings) or port_of_environment()
    return f"{services.settings.origin or f'http://{ADDRESS}:{port}'}/sign-in/link?word={word}"


def port_of_environment() -> int:
    """The port that the environment names, or the usual one; raises WrongUse."""
    text = os.environ.get(PORT, "").strip() or str(DEFAULT_PORT)
    if not (text.isascii() and text.isdigit() and int(text) <= LAST_PORT):
        raise WrongUse(f"{PORT} is '{text}', which is no port.")
    return int(text)


def _close_account(services: Services, name: str) -> AccountSeen:
    with writing(services.access_engine) as connection:
        account = accounts.account_named(connection, name)
        if account is None:
            raise Refused("account-unknown", f"There is no account '{name}'. 'recount user --list' prints them.")
        return administering.close_account(connection, _actor(services), account.number, now())


def _actor(services: Services) -> Actor:
    return Actor(services.actor, OPERATOR)


def _print_account(account: AccountResult, address: str, *, as_json: bool) -> None:
    """A link alone is on standard output, so that it can be passed on as it is."""
    if as_json:
        link = {"link": address} if address else {}
        print_document({"account": account.document()} | link, demonstration=False)
        return
    sentence = tables.account_sentence(account)
    say(messages() if address else output(), sentence)
    if address:
        click.echo(address)


def _list_accounts(services: Services, *, as_json: bool) -> None:
    with services.snapshot() as snapshot:
        result = queries.accounts(snapshot, EVERYTHING)
    answer(
        as_json=as_json,
        demonstration=False,
        document=result.document,
        tables=lambda console: tables.print_accounts(console, result.accounts),
    )


def _right(text: str) -> Right:
    try:
        return Right(text)
    except ValueError:
        raise WrongUse(f"'{text}' is no right. There is {', '.join(Right)}.") from None


@click.command()
@click.argument("code", required=False)
@click.option("--name", help="What its pages call the agency CODE; an empty name takes it away.")
@options.as_json
def agency(*, code: str | None, name: str | None, as_json: bool) -> None:
    """Say what the pages call an agency, beside its code; without CODE, list the names."""
    if (code is None) != (name is None):
        raise click.UsageError("Give CODE and --name; or neither, for the list.")
    services = new_services()
    with refusals(as_json=as_json):
        if code is not None and name is not None:
            with writing(services.engine) as connection:
                name_agency(connection, code, name)
        with reading(services.engine) as connection:
            names = agency_names(connection)
    columns = (Column("agency"), Column("name"))
    answer(
        as_json=as_json,
        demonstration=False,
        document=AgencyNamesResult([AgencyName(*pair) for pair in names.items()]).document,
        tables=lambda console: (
            print_table(console, Table(columns, list(names.items())))
            if names
            else say(console, "No agency has a name.")
        ),
    )
