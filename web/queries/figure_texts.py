"""Figures as JSON text, kept for whoever asks them again: most questions of a service are yesterday's.

A figure follows from its measure, definition, slice and standpoint, and from what was erased since: a submission that
comes later changes nothing of it. So text is kept under just these, and for whom it is shown. The generation stands
beside them since a rebuild may put right what was damaged.
"""

from collections.abc import Hashable, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from domain.definition import definition_in_force
from domain.measures.registry import Measure
from domain.standpoint import Standpoint
from projections.privacy import redaction
from projections.standings.engine import Figure
from projections.standings.lru import LruCache
from projections.standings.slices import Slice
from web.auth.viewer import Viewer
from web.snapshot import Snapshot

from .figure import figure_result, standpoint_result
from .figures import FiguresQuery

MOST: Final = 8192
"""Figures; each has about a thousand bytes."""


class _Key(NamedTuple):
    measure: str
    definition: str
    where: Slice
    standpoint: Standpoint
    generation: int
    erased: int
    audience: Hashable


class KeptFigures:
    """The texts of one process, for any number of threads."""

    def __init__(self, most: int = MOST) -> None:
        self._texts: LruCache[_Key, bytes] = LruCache(most)

    def __len__(self) -> int:
        return len(self._texts)

    def document(
        self,
        snapshot: Snapshot,
        viewer: Viewer,
        asked: FiguresQuery,
        beside: Mapping[str, Any] | None = None,
    ) -> bytes:
        """What `figures` answers, as JSON, with what stands `beside` it."""
        standpoint = snapshot.standpoint(asked.as_of, asked.known_at)
        texts = self.texts(snapshot, viewer, asked)
        members = [
            b'"standpoint":' + standpoint_result(standpoint).encoded(),
            b'"figures":[' + b",".join(texts) + b"]",
        ]
        for name, value in (beside or {}).items():
            members.append(msgspec.json.encode(name) + b":" + msgspec.json.encode(value))
        return b"{" + b",".join(members) + b"}"

    def texts(self, snapshot: Snapshot, viewer: Viewer, asked: FiguresQuery) -> list[bytes]:
        """Each figure as JSON, in the order asked for. Nothing is kept of a snapshot whose standings are not."""
        standpoint = snapshot.standpoint(asked.as_of, asked.known_at)
        keys = [self._key(snapshot, viewer, asked, measure, standpoint) for measure in asked.measures]
        found = {key: text for key in keys if key and (text := self._texts.get(key))}
        missing = [measure for measure, key in zip(asked.measures, keys, strict=True) if key not in found]
        made = iter(snapshot.figures(missing, standpoint, asked.where, asked.definition) if missing else ())
        return [found[key] if key in found else self._kept(key, _text(viewer, next(made))) for key in keys]

    def _kept(self, key: _Key | None, text: bytes) -> bytes:
        return text if key is None else self._texts.keep(key, text)

    @staticmethod
    def _key(
        snapshot: Snapshot, viewer: Viewer, asked: FiguresQuery, measure: Measure, standpoint: Standpoint
    ) -> _Key | None:
        if snapshot.loaded is None:
            return None
        state = snapshot.loaded.snapshot
        version = (asked.definition or definition_in_force(asked.as_of)).version
        return _Key(measure.code, version, asked.where, standpoint, state.generation, state.erased, viewer.key)


def _text(viewer: Viewer, figure: Figure) -> bytes:
    return figure_result(viewer.redacted(figure, redaction.redacted_figure)).encoded()
