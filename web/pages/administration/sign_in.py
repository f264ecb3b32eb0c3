"""The pages on which people sign in and out, and what their account is."""

from typing import Any, Final

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from domain.log.database import reading, writing
from web.auth import accounts, oidc, sessions
from web.auth.accounts import AccountSeen, AccountUpdate, Identity
from web.auth.guard import by_bearer, note, open_to_all, principal, services, snapshot
from web.auth.rate_limits import remember_browser, try_link, try_own_password, try_to_sign_in
from web.auth.roles import Principal
from web.auth.trail import access
from web.auth.trail.access import Deed
from web.clock import LONDON, now
from web.commands.administration import accounts as administering
from web.commands.administration.accounts import Actor
from web.pages.administration.guidance import footer
from web.pages.frame.exports import files_of_page
from web.pages.frame.forms import Form, HiddenField, PasswordField, TextField
from web.pages.frame.layout import Surroundings
from web.pages.frame.navigation import all_pages, first_page, navigation, own_path
from web.presenters.tables import Link
from web.problems import Problem
from web.snapshot import NOTICE

blueprint = Blueprint("sign-in", __name__)

_NEXT: Final = "next"


def surroundings() -> Surroundings:
    """What stands around every page: who is signed in, and whether anybody in the data is real."""
    who = sessions.who_asks()
    demonstration = NOTICE if snapshot().is_demonstration else ""
    if who is None or who.by_token:
        return Surroundings(demonstration=demonstration, footer=footer())
    account = Link("Account", url_for("sign-in.account"), request.endpoint == "sign-in.account")
    return Surroundings(
        navigation=(*navigation(who), account),
        files=files_of_page(),
        footer=(all_pages(), *footer()),
        demonstration=demonstration,
        sign_out=url_for("sign-in.leave"),
        person=who.name,
        home=first_page(who),
    )


def _path_after(text: Any) -> str:
    """The path to go on to after signing in, if it is one of ours; else the first page."""
    return own_path(text, url_for("home.page"))


class SignInForm(Form):
    """Name and password, and where to go on to."""

    name = TextField("Name", options={"autocomplete": "username", "spellcheck": False})
    password = PasswordField("Password")
    next = HiddenField(filters=[_path_after])


@blueprint.get("/sign-in")
@open_to_all
def form() -> str:
    """The page on which to sign in."""
    return _sign_in_page(SignInForm(data={_NEXT: request.args.get(_NEXT)}))


@blueprint.post("/sign-in")
@open_to_all
def enter() -> Response | tuple[str, int]:
    """Sign in by name and password."""
    form = SignInForm()
    name, password, after = form.name.data, form.password.data, form.next.data
    attempt = try_to_sign_in(name)
    with reading(services().access_engine) as connection:
        # Hashing takes its time: outside the writer's transaction.
        account = accounts.by_password(connection, name, password)
        named = accounts.account_named(connection, name)
    if account is None or account.principal is None:
        attempt.failed()
        code = "wrong-password" if account is None else _why_not(account)
        _note_failure(code, named)
        form.add_error("name", "The name or the password is not right.")
        return _sign_in_page(form), 401
    attempt.succeeded()
    return _begin(account, "password", after, password)


@blueprint.post("/sign-out")
@open_to_all
def leave() -> Response:
    """Sign out, in every browser: a copy of the cookie is worth nothing afterwards."""
    who = sessions.who_asks()
    if who is not None and not by_bearer():
        with writing(services().access_engine) as connection:
            accounts.end_sessions(connection, number_of(who))
            access.note_on(connection, now(), who.name, who.role, Deed.SIGNED_OUT, request.endpoint or "")
    sessions.end()
    return redirect(url_for("sign-in.form"), 303)


@blueprint.get("/sign-in/link")
@open_to_all
def by_link() -> Response:
    """Sign in by a link that `recount user` printed. Raises Problem: it was used, or is too old."""
    if request.method == "HEAD":
        raise Problem(405, "method-not-allowed", headers={"Allow": "GET"})
    attempt = try_link("sign-in link")
    with writing(services().access_engine) as connection:
        holder = accounts.use_link(connection, request.args.get("word", ""), now())
    if holder is None or holder.principal is None:
        attempt.failed()
        _note_failure("link-ended", holder)
        raise Problem(400, "link-ended", "This link was used already, or is older than a quarter of an hour.")
    attempt.succeeded()
    return _begin(holder, "link", _path_after(request.args.get(_NEXT)))


@blueprint.get("/sign-in/provider")
@open_to_all
def to_provider() -> Any:
    """Go to the identity provider to sign in there."""
    session[_NEXT] = _path_after(request.args.get(_NEXT))
    return oidc.send_to_provider(f"{services().settings.origin}{url_for('sign-in.from_provider')}")


@blueprint.get("/sign-in/callback")
@open_to_all
def from_provider() -> Response:
    """Come back from the identity provider. Raises Problem: it does not say who came back, or they may do nothing."""
    attempt = try_link("provider")
    try:
        identity, names = oidc.who_came_back()
    except oidc.NotSignedIn as refused:
        if refused.status < 500:
            attempt.failed()
        else:
            attempt.succeeded()
        _note_failure(refused.code, None)
        raise
    attempt.succeeded()
    holder = _account_of(identity, names)
    if holder.principal is None:
        code = _why_not(holder)
        _note_failure(code, holder)
        session.clear()
        raise Problem(403, code, _WHY_NOT[code])
    return _begin(holder, "provider", _path_after(session.get(_NEXT)))


_WHY_NOT: Final = {
    "no-role": "You have signed in, but no role was given to you yet. Ask whoever looks after accounts at the council.",
    "account-closed": "Your account is closed. Ask whoever looks after accounts at the council.",
}


class PasswordForm(Form):
    """Another password for oneself."""

    old = PasswordField("Your current password")
    password = PasswordField(
        "New password",
        "At least 12 characters. A few unrelated words do well.",
        options={"autocomplete": "new-password"},
    )


@blueprint.get("/account")
@open_to_all
def account() -> str:
    """What one's own account is."""
    return _account_page(principal(), PasswordForm())


@blueprint.post("/account/password")
@open_to_all
def password() -> Response | tuple[str, int]:
    """Give oneself another password; every other session of the account ends."""
    who, form = principal(), PasswordForm()
    if by_bearer():
        raise Problem(403, "not-by-token", "A token has no password.")
    attempt = try_own_password()
    with reading(services().access_engine) as connection:
        known = accounts.by_password(connection, who.name, form.old.data) is not None
    if not known:
        attempt.failed()
        note(Deed.SIGN_IN_FAILED, question={"code": "wrong-password"})
        form.add_error("old", "This is not your password.")
        return _account_page(who, form), 400
    attempt.succeeded()
    with form.refusals_at("password"):
        with writing(services().access_engine) as connection:
            update = AccountUpdate(password=form.password.data)
            number = number_of(who)
            administering.change_account(connection, Actor.of(who), number, update, now(), "password")
            word = accounts.session_word(connection, number)
        sessions.begin(who, word, now())
        return redirect(url_for("sign-in.account", changed="password"), 303)
    return _account_page(who, form), 400


def number_of(who: Principal) -> int:
    """The number of the account of somebody who signed in."""
    return int(who.key.removeprefix(accounts.KEY))


def _sign_in_page(form: SignInForm) -> str:
    with reading(services().access_engine) as connection:
        is_first = not accounts.is_any(connection)
    return render_template(
        "sign-in.html", form=form, errors=form.links, has_provider=oidc.has_provider(), is_first=is_first
    )


def _account_page(who: Principal, form: PasswordForm) -> str:
    with reading(services().access_engine) as connection:
        seen = None if who.by_token else accounts.account_numbered(connection, number_of(who))
    ends_at = sessions.ends_at()
    return render_template(
        "account.html",
        who=who,
        seen=seen,
        form=form,
        errors=form.links,
        ends_at=ends_at and ends_at.astimezone(LONDON),
        done=request.args.get("changed") == "password",
    )


def _begin(holder: AccountSeen, by: str, after: str, password: str = "") -> Response:
    who = holder.principal
    assert who is not None
    with writing(services().access_engine) as connection:
        if password:
            administering.hash_anew(connection, holder, password, now())
        word = accounts.session_word(connection, holder.number)
        access.note_on(connection, now(), who.name, who.role, Deed.SIGNED_IN, request.endpoint or "", {"by": by})
    sessions.begin(who, word, now())
    response = redirect(after, 303)
    remember_browser(response, who.name)
    return response


def _account_of(identity: Identity, names: list[str]) -> AccountSeen:
    """The account of who came back; a first time makes one that may do nothing yet."""
    with reading(services().access_engine) as connection:
        holder = accounts.account_of(connection, identity)
    if holder is not None:
        return holder
    with writing(services().access_engine) as connection:
        if holder := accounts.account_of(connection, identity):
            return holder
        name = accounts.free_name(connection, names)
        return administering.make_account(connection, Actor(name, ""), name, AccountUpdate(identity=identity), now())


def _note_failure(code: str, whose: AccountSeen | None) -> None:
    """In the trail, with the account's name only where there is one: people type passwords into fields for names."""
    actor, role = (whose.name, whose.role or "") if whose else ("", "")
    access.note(
        services().access_engine, now(), actor, role, Deed.SIGN_IN_FAILED, request.endpoint or "", {"code": code}
    )


def _why_not(holder: AccountSeen) -> str:
    return "account-closed" if holder.closed_at is not None else "no-role"
