"""Accounts, tokens and the trail of access described field by field, for the description of the API."""

from marshmallow import fields

from .described import Described


class AccountSchema(Described):
    """An account; without a role it may do nothing yet, and `issuer` is empty of one that is known here alone."""

    number = fields.Integer()
    name = fields.String()
    issuer = fields.String()
    subject = fields.String()
    role = fields.String(allow_none=True)
    agencies = fields.List(fields.String())
    has_password = fields.Boolean()
    made_at = fields.DateTime()
    closed_at = fields.DateTime(allow_none=True)


class AccountsSchema(Described):
    """All accounts, by name."""

    accounts = fields.List(fields.Nested(AccountSchema))


class TokenSchema(Described):
    """A token without its secret."""

    id = fields.String()
    name = fields.String()
    role = fields.String()
    agencies = fields.List(fields.String())
    scopes = fields.List(fields.String())
    made_by = fields.String()
    made_at = fields.DateTime()
    expires_at = fields.DateTime(allow_none=True)
    revoked_at = fields.DateTime(allow_none=True)


class NewTokenSchema(TokenSchema):
    """A token that was made just now; `token` is shown this once."""

    token = fields.String()


class TokensSchema(Described):
    """All tokens that were ever made, the newest first."""

    tokens = fields.List(fields.Nested(TokenSchema))


class AccessEntrySchema(Described):
    """A line of the trail of access. `about` is an endpoint, an account or a token, `question` what was asked."""

    number = fields.Integer()
    at = fields.DateTime()
    actor = fields.String()
    role = fields.String()
    deed = fields.String()
    about = fields.String()
    question = fields.Dict(keys=fields.String())
    reason = fields.String()


class AccessSchema(Described):
    """Lines of the trail of access, the newest first."""

    entries = fields.List(fields.Nested(AccessEntrySchema))
