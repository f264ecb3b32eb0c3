"""The documents that hold figures, members and the rest, as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import msgspec

from domain.client import client_text
from domain.definition import Definition
from domain.standpoint import Standpoint
from projections.explain.provenance import MemberSeen
from projections.performance.caseload import CaseloadProfile
from projections.privacy.redaction import RedactedMember
from projections.standings.engine import Figure
from projections.standings.slices import Slice
from web.snapshot import Triangle

from .figure import figure_document, slice_document, standpoint_document

Document = dict[str, Any]


def figures(standpoint: Standpoint, found: Sequence[Figure]) -> Document:
    """The figures of one standpoint."""
    return {"standpoint": standpoint_document(standpoint), "figures": [figure_document(figure) for figure in found]}


def series(found: Sequence[Figure]) -> Document:
    """One measure through time."""
    return {"series": [figure_document(figure) for figure in found]}


def triangle(found: Triangle) -> Document:
    """One measure through both times."""
    return {
        "measure": found.measure.code,
        "slice": slice_document(found.slice),
        "as_of": [day.isoformat() for day in found.as_ofs],
        "known_at": [day.isoformat() for day in found.known_ats],
        "cells": found.cells,
    }


def members(figure: Figure, found: Sequence[MemberSeen] | Sequence[RedactedMember]) -> Document:
    """The people of a figure, beside it."""
    return {"figure": figure_document(figure), "members": [member_document(member) for member in found]}


def member_document(member: MemberSeen | RedactedMember) -> Document:
    """One person of a figure; `client` and `journey` are null where another agency's is not shown."""
    return {
        "client": None if member.client is None else client_text(member.client),
        "counted": member.counted,
        "rule": member.rule,
        "journey": msgspec.to_builtins(member.journey),
        "events": msgspec.to_builtins(member.sources),
    }


def waiting(figure: Figure, found: Sequence[MemberSeen]) -> Document:
    """The people who wait, in the order given."""
    standpoint = figure.standpoint
    return {
        "standpoint": standpoint_document(standpoint),
        "slice": slice_document(figure.slice),
        "waiting": [
            {
                "client": client_text(member.client),
                "since": member.journey.start.isoformat(),
                "days": (standpoint.as_of - member.journey.start).days,
                "agency": member.journey.episodes[0].agency,
                "client_reference": member.journey.episodes[0].client_reference,
                "episode_reference": member.journey.episodes[0].episode_reference,
                "area": member.journey.area,
            }
            for member in found
        ],
    }


def profile(found: CaseloadProfile, where: Slice) -> Document:
    """The caseload profile."""
    return {
        "standpoint": standpoint_document(found.standpoint),
        "slice": slice_document(where),
        "in_twelve_months": [asdict(row) for row in found.in_twelve_months],
        "open_on_the_day": [asdict(row) for row in found.open_on_the_day],
    }


def definitions(found: Sequence[Definition]) -> Document:
    """The versions of the definitions; `in_force_from` is null for a variant, and for the first version."""
    return {
        "definitions": [
            {"version": one.version, "words": one.words, "in_force_from": _in_force_from(one)} for one in found
        ]
    }


def _in_force_from(definition: Definition) -> str | None:
    first_day = definition.in_force_from
    return first_day.isoformat() if first_day and first_day > date.min else None
