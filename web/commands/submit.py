"""Taking files in, one commit each, and what became of each: for the command line, the service and the pages alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from web.clock import today
from web.commands.idempotency import received_before
from web.commands.ingest import Progress, Submission, take_in
from web.files.file_names import parse_name
from web.files.manifest import ManifestLine
from web.queries.effects import Effect, effects
from web.queries.parameters import Document
from web.schemas.submissions import submission_document
from web.services import Services
from web.snapshot import Snapshot


@dataclass
class Taken:
    """What became of a file, and, of a dry run, what it would do to the figures."""

    submission: Submission
    effects: Sequence[Effect] = ()

    @property
    def names_any(self) -> bool:
        """Whether there are episodes that the file does not have."""
        return bool(self.submission.missing or self.submission.withdrawn_episodes)


@dataclass
class Intake:
    """Takes files in that somebody sends, one commit each, and knows what became of those before.

    Without `raw_files`, monthly files must have been prepared where they come from.
    """

    services: Services
    actor: str
    role: str
    accept_withdrawals: bool = False
    dry_run: bool = False
    raw_files: bool = True
    taken: list[Taken] = field(default_factory=list)

    def take(self, line: ManifestLine, come: Progress | None = None) -> Taken:
        """Take one file in, or try it; `come` is told how many of its episodes are checked. Raises as `take_in`."""
        found: list[Effect] = []

        def look(connection: sa.Connection) -> None:
            name = parse_name(line.path.name)
            after = Snapshot.of(connection, self.services.mapper)
            with self.services.snapshot() as before:
                found.extend(effects(before, after, name.last_day, name.agency))

        submission = take_in(
            self.services.register,
            self.services.client_key,
            line.path,
            line.received_on,
            today(),
            actor=self.actor,
            role=self.role,
            complete=line.complete,
            accept_withdrawals=self.accept_withdrawals,
            dry_run=self.dry_run,
            raw_files=self.raw_files,
            progress=come,
            look=look if self.dry_run else None,
        )
        self.taken.append(Taken(submission, found))
        return self.taken[-1]

    def take_archive(self, lines: Sequence[ManifestLine], come: Progress | None) -> None:
        """Take in the lines of a manifest; what was taken in before is passed over."""
        for done, line in enumerate(lines):
            if come:
                come(done, len(lines))
            with self.services.snapshot() as snapshot:
                before = received_before(snapshot, line.path, line.received_on)
            if before:
                self.taken.append(Taken(before))
            else:
                self.take(line)

    def finish(self) -> bool:
        """Where consent ended, nothing of what was erased stays in the database's files; False if that has to wait."""
        erased = not self.dry_run and any(taken.submission.erased for taken in self.taken)
        return self.services.finish_erasure() if erased else True

    def document(self, may_name: Callable[[Submission], bool] = lambda _: True) -> Document:
        """What became of the files so far: SUBMIT of the JSON reference.

        `may_name` says of which submission the episodes may be named that its file does not have.
        """
        return {
            "submissions": [
                submission_document(
                    taken.submission, taken.effects, names=not taken.names_any or may_name(taken.submission)
                )
                for taken in self.taken
            ]
        }
