"""What the commands do that say who may use the service: token, user."""

import sys
from collections.abc import Sequence
from typing import Any

import click

from domain.errors import Refused, WrongUse
from domain.log.database import reading, writing
from web.auth import accounts, tokens
from web.auth.accounts import AccountSeen, AccountUpdate, Identity
from web.auth.roles import Right, Role
from web.clock import now
from web.commands import accounts as administering
from web.commands.accounts import Actor
from web.presenters import accounts as terminal
from web.presenters.console import messages, output, say
from web.schemas import accounts as documents
from web.services import OPERATOR, Services

from . import serve
from .output import answer, new_services, print_document, refusals


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
    """Make a token, list them, or let one hold no more."""
    if sum((name is not None, revoke is not None, listed)) != 1:
        raise click.UsageError("Give NAME and --role, or --revoke ID, or --list.")
    services = new_services()
    with refusals(as_json=as_json):
        if listed:
            _list(services, as_json=as_json)
        elif revoke is not None:
            _revoke(services, revoke, as_json=as_json)
        elif name is None or role is None:
            raise click.UsageError("Missing option '--role'.")
        else:
            _make(services, name, role, agencies, scopes, days, as_json=as_json)


def _make(
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
    with writing(services.engine) as connection:
        text, its = administering.make_token(
            connection, _actor(services), name, granted, agencies, narrowed, days, now()
        )
    if as_json:
        answer(
            as_json=True,
            demonstration=False,
            document=lambda: {"token": text} | documents.token(its),
            tables=lambda _console: None,
        )
    else:
        click.echo(text)


def _revoke(services: Services, identifier: str, *, as_json: bool) -> None:
    with writing(services.engine) as connection:
        administering.revoke_token(connection, _actor(services), identifier, now())
    document: dict[str, Any] = {"revoked": identifier}
    answer(
        as_json=as_json,
        demonstration=False,
        document=lambda: document,
        tables=lambda console: say(console, f"The token {identifier} holds no more."),
    )


def _list(services: Services, *, as_json: bool) -> None:
    with reading(services.engine) as connection:
        found = tokens.tokens(connection)
    answer(
        as_json=as_json,
        demonstration=False,
        document=lambda: {"tokens": list(map(documents.token, found))},
        tables=lambda console: terminal.print_tokens(console, found),
    )


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
    """Make an account, change it, close it, or list them all."""
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
            _tell_account(_close(services, name), "", as_json=as_json)
            return
        given = AccountUpdate(
            role=tokens.role_named(role) if role else None,
            agencies=tuple(agencies) or None,
            identity=Identity(issuer, subject) if issuer and subject else None,
            password=_password(password, password_stdin),
        )
        account, address = _settle(services, name, given, link=link)
        _tell_account(account, address, as_json=as_json)


def _password(ask: bool, from_input: bool) -> str | None:
    """A password, never from the command line, where every process of the machine could read it."""
    if ask:
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\r\n") if from_input else None


def _settle(services: Services, name: str, given: AccountUpdate, *, link: bool) -> tuple[AccountSeen, str]:
    """The account as it is now, and the address that signs it in, if one was asked for."""
    by = _actor(services)
    with writing(services.engine) as connection:
        account = accounts.account_named(connection, name)
        if account is None:
            _check_new(given, link=link)
            account = administering.make_account(connection, by, name, given, now())
        elif not given.is_nothing:
            account = administering.change_account(connection, by, account.number, given, now())
        elif not link:
            raise WrongUse("Say what to change of the account, or print a link by --link.")
        word = administering.make_link(connection, by, account.number, now()) if link else ""
    return account, _address(services, word) if word else ""


def link_of(services: Services, name: str, role: Role, port: int) -> str:
    """An address that signs an account in, once; the account is made with this role where there is none."""
    by = _actor(services)
    with writing(services.engine) as connection:
        account = accounts.account_named(connection, name)
        if account is None:
            account = administering.make_account(connection, by, name, AccountUpdate(role=role), now())
        word = administering.make_link(connection, by, account.number, now())
    return _address(services, word, port)


def _check_new(given: AccountUpdate, *, link: bool) -> None:
    if given.role is None:
        raise WrongUse("There is no such account yet. Give --role to make it.")
    if given.password is None and given.identity is None and not link:
        raise WrongUse(
            "Say how they sign in: --password or --password-stdin; --issuer and --subject; or --link, for once."
        )


def _address(services: Services, word: str, port: int | None = None) -> str:
    from web.operations.serving import ADDRESS

    at = serve.port_of_environment() if port is None else port
    origin = services.settings.origin or f"http://{ADDRESS}:{at}"
    return f"{origin}/sign-in/link?word={word}"


def _close(services: Services, name: str) -> AccountSeen:
    with writing(services.engine) as connection:
        found = accounts.account_named(connection, name)
        if found is None:
            raise Refused("account-unknown", f"There is no account '{name}'. 'recount user --list' prints them.")
        return administering.close_account(connection, _actor(services), found.number, now())


def _actor(services: Services) -> Actor:
    return Actor(services.actor, OPERATOR)


def _tell_account(account: AccountSeen, address: str, *, as_json: bool) -> None:
    """A link alone is on standard output, so that it can be passed on as it is."""
    if as_json:
        link = {"link": address} if address else {}
        print_document({"account": documents.account(account)} | link, demonstration=False)
        return
    sentence = terminal.account_sentence(account)
    say(messages() if address else output(), sentence)
    if address:
        click.echo(address)


def _list_accounts(services: Services, *, as_json: bool) -> None:
    with reading(services.engine) as connection:
        found = accounts.accounts(connection)
    answer(
        as_json=as_json,
        demonstration=False,
        document=lambda: {"accounts": list(map(documents.account, found))},
        tables=lambda console: terminal.print_accounts(console, found),
    )


def _right(text: str) -> Right:
    try:
        return Right(text)
    except ValueError:
        raise WrongUse(f"'{text}' is no right. There is {', '.join(Right)}.") from None
