"""The documents that hold figures, members and the rest, as JSON."""

from typing import Any

import msgspec

from domain.client import client_text
from projections.explain.provenance import MemberSeen
from projections.privacy.redaction import RedactedMember

Document = dict[str, Any]


def member_document(member: MemberSeen | RedactedMember) -> Document:
    """One person of a figure; `client` and `journey` are null where another agency's is not shown."""
    return {
        "client": None if member.client is None else client_text(member.client),
        "counted": member.counted,
        "rule": member.rule,
        "journey": msgspec.to_builtins(member.journey),
        "events": msgspec.to_builtins(member.sources),
    }
