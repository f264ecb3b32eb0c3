"""Files that somebody sends, taken in one after the other: for the command line, the service and the pages alike."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import msgspec

from domain.log.database import reading
from domain.submission import SubmissionReceived
from projections.privacy.redaction import notices_for_providers
from web.auth.roles import Role
from web.clock import today
from web.commands.commit import Receipt
from web.commands.known import Knowledge
from web.files.schemas import one_form
from web.files.uploads import ManifestLine
from web.queries.records.submissions import MayName
from web.queries.result import Result
from web.services import Services

from .checking import Progress
from .plan import FileOptions
from .submission import Submission, received_before
from .take_in import Effect, preview_effects, take_in


@dataclass
class FileOutcome:
    """What became of a file, and, of a dry run, what it would do to the figures."""

    submission: Submission
    effects: Sequence[Effect] = ()

    def result(self, may_name: MayName) -> Submission:
        """The file as the answer has it; where they may not be named, its episodes are only counted."""
        submission, changes = self.submission, dict[str, Any]()
        if submission.names_episodes and not may_name(submission.agency, submission.file):
            changes = {"rejected": [one.unnamed for one in submission.rejected]}
            if submission.lacks_episodes:
                changes |= {"episodes_not_in_file": None, "withdrawn_episodes": None}
        if submission.dry_run:
            changes["effects"] = [effect.result() for effect in self.effects]
        return msgspec.structs.replace(submission, **changes)


class IntakeResult(Result, frozen=True):
    """What became of the files, in their order."""

    submissions: list[Submission]


@dataclass
class Intake:
    """Takes files in that somebody sends, one commit each, and knows what became of those before.

    Without `raw_files`, monthly files must have been prepared where they come from. A dry run also says what a file
    would do to the figures, unless `effects` is false.
    """

    services: Services
    actor: str
    role: str
    accept_withdrawals: bool = False
    dry_run: bool = False
    raw_files: bool = True
    effects: bool = True
    outcomes: list[FileOutcome] = field(default_factory=list)

    def take(self, line: ManifestLine, progress: Progress | None = None) -> FileOutcome:
        """Take one file in, or try it; `progress` is told how many of its episodes are checked. Raises as `take_in`."""
        services = self.services
        receipt = Receipt(line.received_on, today(), self.actor, self.role, self.dry_run)
        options = FileOptions(line.complete, self.accept_withdrawals, self.raw_files)
        effects: Sequence[Effect] = ()
        if self.dry_run and self.effects:
            submission, effects = preview_effects(services, line.path, receipt, options, progress)
        else:
            register, client_key = services.register, services.client_key
            submission = take_in(register, client_key, line.path, receipt, options, progress)
        outcome = FileOutcome(self._visible(submission), effects)
        self.outcomes.append(outcome)
        return outcome

    def _visible(self, submission: Submission) -> Submission:
        """The submission as whoever sends it may see it."""
        if self.role != Role.PROVIDER:
            return submission
        return msgspec.structs.replace(submission, notices=notices_for_providers(submission.notices))

    def take_archive(self, lines: Sequence[ManifestLine], progress: Progress | None) -> None:
        """Take in the lines of a manifest; what was taken in before is passed over, so that one that was cut short can
        be run again.
        """
        for done, line in enumerate(lines):
            if progress:
                progress(done, len(lines))
            if before := self._received_before(line):
                self.outcomes.append(FileOutcome(before))
            else:
                self.take(line)

    def _received_before(self, line: ManifestLine) -> Submission | None:
        digest = sha256(line.path.read_bytes()).hexdigest()
        with reading(self.services.engine) as connection:
            knowledge = Knowledge.of(connection, self.services.mapper)
            recorded = knowledge.received_before(one_form(line.path.name), line.received_on, digest)
        if recorded is None:
            return None
        assert isinstance(recorded.event, SubmissionReceived)
        return received_before(recorded.event, recorded.position)

    def finish(self) -> bool:
        """Where consent ended, nothing of what was erased stays in the database's files; False if that has to wait."""
        erased = not self.dry_run and any(one.submission.erased for one in self.outcomes)
        return self.services.finish_erasure() if erased else True

    def result(self, may_name: MayName = lambda _agency, _file: True) -> IntakeResult:
        """What became of the files so far. `may_name` says whether the episodes may be named that a file lacks."""
        return IntakeResult([outcome.result(may_name) for outcome in self.outcomes])
