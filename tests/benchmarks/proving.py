"""What proof costs: the tree and its signed head in taking a month in, and the check of a certificate."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from time import perf_counter
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.log import heads, recorder
from domain.log.database import reading
from domain.log.heads import log_tree, newest_head
from domain.measures.registry import measure_named
from domain.proof.inclusion import consistency
from projections.publication import certificate, documents
from projections.publication import publish as publishing
from projections.standings.slices import Slice
from web.clock import now, today
from web.queries.performance.figure import figure_result
from web.services import Services
from web.snapshot import Snapshot

from .archive import Archive
from .ratios import Row, Timing, side_by_side

VERIFICATIONS: Final = 10
"""Ed25519 verifications that the check of a certificate may cost."""
MANY: Final = 50
"""Checks that are timed together."""
SHARE: Final = 0.1
"""How much of taking a month in may go into the tree and its head."""


_OF_THE_TREE: Final = ((heads, "grow"), (recorder, "leaf_hash"), (heads, "sign_head"))


class TreeTime:
    """The seconds that growing the tree and signing its head have taken, while it is measured."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Time both, wherever they are called from."""
        untimed = [(module, name, getattr(module, name)) for module, name in _OF_THE_TREE]
        for module, name, function in untimed:
            setattr(module, name, self._timed(function))
        try:
            yield
        finally:
            for module, name, function in untimed:
                setattr(module, name, function)

    def _timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any) -> Any:
            begin = perf_counter()
            try:
                return function(*arguments)
            finally:
                self.seconds += perf_counter() - begin

        return timed


def tree_share(tree_seconds: float, files: Sequence[float]) -> Row:
    """The tree and its heads in all files together, by the seconds that each file took."""
    return Row(
        f"growing the tree and signing its head, over the {len(files)} files of the archive",
        Timing([tree_seconds]),
        "taking these files in",
        Timing([sum(files)]),
        at_most=SHARE,
    )


def checks(services: Services, archive: Archive) -> Iterator[Row]:
    """A certificate from the middle of the archive, checked with the newest head, beside so many verifications."""
    publication = _publish(services, archive.first_day + (archive.last_day - archive.first_day) / 2)
    with reading(services.engine) as connection:
        head = newest_head(connection)
        assert head is not None
        since = publication.event.position
        later = documents.later_head(head, since, consistency(log_tree(connection), since, head.head.size))
    text, proof = publication.event.document.encode(), documents.json_text(later).encode()
    keys, message = services.signer.keys, b"x" * 200
    key = Ed25519PrivateKey.generate()
    signature, public = key.sign(message), key.public_key()
    ours, theirs = side_by_side(
        5,
        lambda: [certificate.check(text, keys, later=proof) for _ in range(MANY)],
        lambda: [public.verify(signature, message) for _ in range(MANY * VERIFICATIONS)],
    )
    yield Row(
        f"a certificate checked, with the proof of {len(later['consistency']['path'])} hashes that its log only grew",
        ours.times(1 / MANY),
        f"{VERIFICATIONS} Ed25519 verifications",
        theirs.times(1 / MANY),
        at_most=1,
    )


def _publish(services: Services, known_at: date) -> Any:
    with services.register.recording() as recording:
        snapshot = Snapshot.of(recording.connection, services.mapper)
        standpoint = snapshot.standpoint(known_at - timedelta(days=30), known_at)
        figure, members = snapshot.standings(measure_named("4.0"), standpoint, Slice())
        issue = publishing.Issue(now(), today(), "benchmark", "commissioner")
        publish = partial(publishing.publish_figure, recording, services.signer, figure, members)
        return publish(figure_result(figure).document(), issue, {})
