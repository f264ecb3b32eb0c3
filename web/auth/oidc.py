"""Signing in at an identity provider: OpenID Connect, by authorization code with PKCE, a state and a nonce.

Who somebody is, is the issuer and the subject that the provider signed; of Microsoft's Entra ID the object id, which
is one person's in the whole tenant. No e-mail address is looked at.
"""

from collections.abc import Mapping
from typing import Any, Final

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from authlib.oidc.core import CodeIDToken
from flask import Flask, Response, current_app, request, session
from joserfc.errors import JoseError
from requests import RequestException

from web.problems import Problem
from web.settings import IdentityProvider, Settings

from .accounts import Identity

NAME: Final = "recount"
_STATE: Final = f"_state_{NAME}_"
"""What the names begin with under which the session keeps a sign-in that was begun."""
_EXTENSION: Final = "recount-oidc"
_DISCOVERY: Final = "/.well-known/openid-configuration"
_WAIT: Final = 10
"""Seconds for an answer of the provider."""
_LEEWAY: Final = 60
"""Seconds by which the clocks of two machines may differ."""
_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures with a key that only the provider has."""

REFUSALS: Final = {
    "sign-in-not-begun": (400, "This sign-in was not begun in this browser, or was used already. Begin again."),
    "sign-in-not-proved": (401, "What the identity provider answered does not prove who you are. Begin again."),
    "sign-in-declined": (401, "The identity provider did not sign you in."),
    "provider-unavailable": (503, "The identity provider does not answer. Try again in a little while."),
}
"""Why somebody is not signed in, by code, with the status."""


class NotSignedIn(Problem):
    """Somebody came back from the provider, and is not signed in."""

    def __init__(self, code: str) -> None:
        status, detail = REFUSALS[code]
        super().__init__(status, code, detail)


def use_provider(app: Flask, settings: Settings) -> None:
    """Let the application send people to the identity provider of the settings, if there is one."""
    provider = settings.identity_provider
    if provider is None:
        return
    oauth = OAuth(app)
    oauth.register(
        NAME,
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        server_metadata_url=provider.issuer.rstrip("/") + _DISCOVERY,
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "default_timeout": _WAIT},
    )
    app.extensions[_EXTENSION] = (provider, oauth.create_client(NAME))


def has_provider() -> bool:
    """Whether people may sign in at an identity provider."""
    return _EXTENSION in current_app.extensions


def send_to_provider(come_back_to: str) -> Response:
    """The way to the provider, from which people come back to this address of ours.

    Raises:
        NotSignedIn: the provider does not answer.
    """
    # One sign-in at a time: a cookie has little room.
    for name in [name for name in session if name.startswith(_STATE)]:
        del session[name]
    provider, client = _provider()
    try:
        _prepare(provider, client)
        response: Response = client.authorize_redirect(come_back_to)
    except RequestException as error:
        raise _unavailable(error) from error
    return response


def who_came_back() -> tuple[Identity, list[str]]:
    """Who the provider says came back with this request, and what they may be called, the best name first.

    Raises:
        NotSignedIn: it says so of nobody, or cannot be believed.
    """
    provider, client = _provider()
    if request.args.get("iss", provider.issuer) != provider.issuer:
        raise NotSignedIn("sign-in-not-proved")
    if _STATE + request.args.get("state", "") not in session:
        raise NotSignedIn("sign-in-not-begun")
    if "error" in request.args:
        del session[_STATE + request.args["state"]]
        raise NotSignedIn("sign-in-declined")
    try:
        _prepare(provider, client)
        claims = client.authorize_access_token(
            claims_cls=CodeIDToken, claims_options=_claims(provider), leeway=_LEEWAY
        ).get("userinfo")
    except RequestException as error:
        raise _unavailable(error) from error
    # Whatever a provider answers that is none of what it should be: not a token, not signed, of another shape.
    except (AuthlibBaseError, JoseError, LookupError, TypeError, ValueError, AttributeError) as error:
        current_app.logger.warning("An answer of the identity provider was refused: %s", type(error).__name__)
        raise NotSignedIn("sign-in-not-proved") from error
    if not claims:
        raise NotSignedIn("sign-in-not-proved")
    return identity_of(provider.issuer, claims), _names(claims)


def identity_of(issuer: str, claims: Mapping[str, Any]) -> Identity:
    """Who the claims are about. Where the issuer is an Entra tenant, that tenant's object id, else the subject."""
    tenant, object_id = claims.get("tid"), claims.get("oid")
    if isinstance(tenant, str) and isinstance(object_id, str) and object_id and tenant in issuer.split("/"):
        return Identity(issuer, object_id)
    return Identity(issuer, str(claims["sub"]))


def _provider() -> tuple[IdentityProvider, Any]:
    provider: tuple[IdentityProvider, Any] | None = current_app.extensions.get(_EXTENSION)
    if provider is None:
        raise Problem(404, "not-found")
    return provider


def _prepare(provider: IdentityProvider, client: Any) -> None:
    """Read what the provider says of itself, once; it must be the one of the settings, and sign with a key of its own.

    Raises:
        NotSignedIn: it is another.
    """
    try:
        metadata = client.load_server_metadata()
        known = metadata.get("id_token_signing_alg_values_supported", ["RS256"])
        metadata["id_token_signing_alg_values_supported"] = [name for name in known if name in _ALGORITHMS]
        is_it = metadata["issuer"] == provider.issuer
    except (KeyError, TypeError, AttributeError, ValueError):
        is_it = False
    if not is_it:
        # So that it is read again, once whoever runs it has put it right.
        client.server_metadata.pop("_loaded_at", None)
        current_app.logger.error("The identity provider names another issuer than the setting does.")
        raise NotSignedIn("provider-unavailable")


def _claims(provider: IdentityProvider) -> dict[str, Any]:
    return {
        "iss": {"essential": True, "values": [provider.issuer]},
        "aud": {"essential": True, "values": [provider.client_id]},
        "sub": {"essential": True},
        "exp": {"essential": True},
        "nonce": {"essential": True},
    }


def _names(claims: Mapping[str, Any]) -> list[str]:
    wished = (claims.get("preferred_username"), claims.get("name"))
    return [name for name in wished if isinstance(name, str)]


def _unavailable(error: Exception) -> NotSignedIn:
    current_app.logger.error("The identity provider does not answer: %s", type(error).__name__)
    return NotSignedIn("provider-unavailable")
