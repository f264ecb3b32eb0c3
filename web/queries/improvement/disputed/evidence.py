"""The evidence of a dispute held against files that somebody has: which are kept, changed or missing."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from domain.contract_life.entered import Evidence
from web.queries.improvement.disputed.course import DisputeCourseResult
from web.queries.result import Result

EvidenceStanding = Literal["kept", "changed", "missing"]


class EvidenceChecked(Result, frozen=True):
    """A file that was given as evidence, and whether it is among those that were held against it.

    `standing`: "kept" (a file is the same, byte for byte, whatever it is called now), "changed" (only one of the same
    name is there, and it differs), or "missing". `found_as` is what the file is called that was found, or "".
    """

    position: int = msgspec.field(name="log_position")
    name: str
    sha256: str
    size: int
    standing: EvidenceStanding
    found_as: str


class DisputeEvidenceCheck(Result, frozen=True):
    """All evidence of a dispute in the order in which it was given, and the `others`: files that are no evidence."""

    evidence: list[EvidenceChecked]
    others: list[str]

    @property
    def is_whole(self) -> bool:
        """Whether every evidence is kept."""
        return all(one.standing == "kept" for one in self.evidence)

    @property
    def is_all_evidence(self) -> bool:
        """Whether every file is one that was given as evidence."""
        return not self.others and all(one.standing != "changed" for one in self.evidence)


def evidence_check(course: DisputeCourseResult, files: Sequence[Evidence]) -> DisputeEvidenceCheck:
    """Hold files against the evidence of a dispute. Their bytes count; a name only tells a changed file from none."""
    of_hash = {one.sha256: one.name for one in reversed(files)}
    of_name = {one.name: one.name for one in files}
    checked = []
    for given in course.evidence:
        file = given.file
        assert file is not None  # it is evidence because it has one
        kept, changed = of_hash.get(file.sha256), of_name.get(file.name)
        standing: EvidenceStanding = "kept" if kept is not None else "changed" if changed is not None else "missing"
        found_as = kept if kept is not None else changed or ""
        checked.append(EvidenceChecked(given.position, file.name, file.sha256, file.size, standing, found_as))
    hashes = {one.sha256 for one in checked}
    changed_names = {one.found_as for one in checked if one.standing == "changed"}
    others = [one.name for one in files if one.sha256 not in hashes and one.name not in changed_names]
    return DisputeEvidenceCheck(checked, others)
