"""The small parts that several answers about audits have in common."""

from collections.abc import Iterable

import msgspec

from domain.improvement.audits.case_file_audit import LeftOut
from web.queries.result import Result


class LeftOutResult(Result, frozen=True):
    """How many could not be drawn, and why, by code."""

    code: str
    count: int


class AuditStratum(Result, frozen=True):
    """A stratum of a sample: how many files the caseload has of it, and how many were drawn."""

    name: str
    files: int
    sampled: int = msgspec.field(name="drawn")


def left_out_results(its: Iterable[LeftOut]) -> list[LeftOutResult]:
    """Who was left out."""
    return [LeftOutResult(one.code, one.count) for one in its]
