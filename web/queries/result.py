"""Results: what queries give. A result is the answer, already what its viewer may see, and it is the JSON.

Names, order and values of the fields are those of the JSON reference; the API's description is made from them. What
presenters want beside the JSON (the measure of a code, a standpoint) are properties.
"""

from typing import Annotated, Any, Final

import msgspec

from projections.publication.suppression import SUPPRESSED
from projections.standings.hidden import Hidden

Document = dict[str, Any]

SUPPRESSIBLE: Final = msgspec.Meta(extra_json_schema={"x-suppressible": True})
"""Marks a number that the public may be told only of that it is suppressed; the API's description says so."""

Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
"""A moment as the JSON has it: its text, with the offset of its time zone."""


def _hidden(value: Any) -> Document:
    if isinstance(value, Hidden):
        return SUPPRESSED
    raise NotImplementedError(f"{type(value).__name__} has no form in JSON")


_ENCODER: Final = msgspec.json.Encoder(enc_hook=_hidden)


class Result(msgspec.Struct, frozen=True):
    """An answer. A field that is UNSET is not in the JSON."""

    def document(self) -> Document:
        """The JSON, as plain values."""
        document: Document = msgspec.json.decode(self.encoded())
        return document

    def encoded(self) -> bytes:
        """The JSON, as text."""
        return _ENCODER.encode(self)
