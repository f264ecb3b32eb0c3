"""Figures as JSON text, kept for whoever asks them again: most questions of a service are yesterday's.

A figure follows from its measure, definition, slice and standpoint, and from what was erased since: a submission that
comes later changes nothing of it. So text is kept under just these, and for whom it is shown. The generation stands
beside them since a rebuild may put right what was damaged.
"""

from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from domain.definition import definition_in_force
from domain.measures.registry import Measure
from domain.standpoint import Standpoint
from projections.standings.engine import Figure
from projections.standings.lru import LruCache
from projections.standings.slices import Slice
from web.schemas.figure import figure_document, standpoint_document
from web.snapshot import Snapshot

from .figures import FiguresQuery

MOST: Final = 8192
"""Figures; each has about a thousand bytes."""

Shown = Callable[[Figure], Figure]
"""What an audience sees of a figure."""


class _Key(NamedTuple):
    measure: str
    definition: str
    where: Slice
    standpoint: Standpoint
    generation: int
    erased: int
    audience: Hashable


def _whole(figure: Figure) -> Figure:
    return figure


class KeptFigures:
    """The texts of one process, for any number of threads."""

    def __init__(self, most: int = MOST) -> None:
        self._texts: LruCache[_Key, bytes] = LruCache(most)

    def __len__(self) -> int:
        return len(self._texts)

    def document(
        self,
        snapshot: Snapshot,
        asked: FiguresQuery,
        beside: Mapping[str, Any] | None = None,
        audience: Hashable = None,
        shown: Shown = _whole,
    ) -> bytes:
        """What `figures` answers, as JSON, with what stands `beside` it; `audience` and `shown` as for `texts`."""
        standpoint = snapshot.standpoint(asked.as_of, asked.known_at)
        texts = self.texts(snapshot, asked, audience, shown)
        members = [
            b'"standpoint":' + msgspec.json.encode(standpoint_document(standpoint)),
            b'"figures":[' + b",".join(texts) + b"]",
        ]
        for name, value in (beside or {}).items():
            members.append(msgspec.json.encode(name) + b":" + msgspec.json.encode(value))
        return b"{" + b",".join(members) + b"}"

    def texts(
        self, snapshot: Snapshot, asked: FiguresQuery, audience: Hashable = None, shown: Shown = _whole
    ) -> list[bytes]:
        """Each figure as JSON, in the order asked for. What is `shown` of it must follow from the `audience` alone.

        Nothing is kept of a question whose standings are not.
        """
        standpoint = snapshot.standpoint(asked.as_of, asked.known_at)
        keys = [self._key(snapshot, asked, measure, standpoint, audience) for measure in asked.measures]
        found = {key: text for key in keys if key and (text := self._texts.get(key))}
        missing = [measure for measure, key in zip(asked.measures, keys, strict=True) if key not in found]
        made = iter(snapshot.figures(missing, standpoint, asked.where, asked.definition) if missing else ())
        return [
            found[key] if key in found else self._kept(key, msgspec.json.encode(figure_document(shown(next(made)))))
            for key in keys
        ]

    def _kept(self, key: _Key | None, text: bytes) -> bytes:
        return text if key is None else self._texts.keep(key, text)

    @staticmethod
    def _key(
        snapshot: Snapshot, asked: FiguresQuery, measure: Measure, standpoint: Standpoint, audience: Hashable
    ) -> _Key | None:
        if snapshot.loaded is None:
            return None
        state = snapshot.loaded.snapshot
        version = (asked.definition or definition_in_force(asked.as_of)).version
        return _Key(measure.code, version, asked.where, standpoint, state.generation, state.erased, audience)
